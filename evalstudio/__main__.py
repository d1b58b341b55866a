"""`python -m evalstudio`: the same as the command `evalstudio`."""

from evalstudio.cli import main

if __name__ == "__main__":
    main()
