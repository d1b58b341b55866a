"""Where commands print to."""

from rich.console import Console

WIDE = 240  # columns where there is no terminal: nothing is cut in a file or a pipe


def console(*, stderr: bool = False) -> Console:
    """A console as wide as its terminal, or wide enough where the output goes elsewhere."""
    plain = Console(stderr=stderr, highlight=False)
    return plain if plain.is_terminal else Console(stderr=stderr, highlight=False, width=WIDE)
