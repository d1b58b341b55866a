"""The frozen window's main: the window, the command line, and the Python that starts the command line's servers."""

import multiprocessing
import sys

if __name__ == "__main__":
    multiprocessing.freeze_support()
    from evalstudio.workspace.packaged import runs_own_module

    if not runs_own_module():
        from evalstudio.cli.main import main

        if len(sys.argv) == 1 or sys.argv[1] == "--smoke-test":
            sys.argv.insert(1, "window")
        main()
