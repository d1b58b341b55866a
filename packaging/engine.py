"""The frozen engine's main: the command line without Qt, and the Python that starts its own servers."""

import multiprocessing

if __name__ == "__main__":
    multiprocessing.freeze_support()
    from evalstudio.workspace.packaged import runs_own_module

    if not runs_own_module():
        from evalstudio.cli.main import main

        main()
