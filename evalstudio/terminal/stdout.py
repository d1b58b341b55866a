"""What goes to standard output: harmless text, in whatever encoding there is, to a place that may be full or gone."""

import contextlib
import errno
import io
import os
import re
import sys

_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")  # all but tab and line feed


def visible(text: str) -> str:
    """The text with a mark in place of each character that commands a terminal: ESC as U+241B, the others as U+FFFD."""
    return _CONTROLS.sub(lambda found: "\u241b" if found[0] == "\x1b" else "\ufffd", text)


def forgive_encodings() -> None:
    """A terminal or a pipe that knows few characters gets `\\u2028` for one it lacks, not an error."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def write_as_file() -> None:
    """Standard output takes what a file would hold: UTF-8 with its line ends as they are, on every system."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", errors="strict", newline="")


def explain_output(error: OSError) -> str | None:
    """Why standard output takes no more, and no further try to write it; "" where its reader has left; else None."""
    if error.filename is not None or error.errno not in (errno.ENOSPC, errno.EPIPE):
        return None
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return "" if error.errno == errno.EPIPE else f"The output cannot be written ({error.strerror})."
