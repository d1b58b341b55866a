"""`python -m evalstudio`: the same as the command `evalstudio`."""

from evalstudio.cli.main import main

if __name__ == "__main__":
    main()
