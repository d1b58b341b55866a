"""The frozen window's main."""

import multiprocessing
import sys

if __name__ == "__main__":
    multiprocessing.freeze_support()
    from evalstudio.cli import main

    if len(sys.argv) == 1 or sys.argv[1] == "--smoke-test":
        sys.argv.insert(1, "window")
    main()
