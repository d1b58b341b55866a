"""The frozen engine's main: the command line without Qt, and the Python that starts its own servers.

A server is started as `sys.executable -m MODULE ...`; in a frozen program that is this file.
"""

import multiprocessing
import runpy
import sys

if __name__ == "__main__":
    multiprocessing.freeze_support()
    if sys.argv[1:2] == ["-m"] and len(sys.argv) > 2 and sys.argv[2].startswith("evalstudio."):
        module = sys.argv[2]
        sys.argv = [module, *sys.argv[3:]]
        runpy.run_module(module, run_name="__main__", alter_sys=True)
    else:
        from evalstudio.cli import main

        main()
