"""Standard output: harmless text in any encoding, also when the disk is full or the reader of a pipe has exited."""

import contextlib
import errno
import io
import os
import re
import sys

_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")  # all but tab and line feed


def visible(text: str) -> str:
    """Replaces each terminal control character with a visible one: ESC with U+241B, the others with U+FFFD."""
    return _CONTROLS.sub(lambda found: "\u241b" if found[0] == "\x1b" else "\ufffd", text)


def keep_streams() -> None:
    """Puts nothing in the place of streams that are closed, so that no file or socket gets their descriptors."""
    while (descriptor := os.open(os.devnull, os.O_RDWR)) <= 2:
        os.set_inheritable(descriptor, True)
    os.close(descriptor)
    for name, number in (("stdout", 1), ("stderr", 2)):
        if getattr(sys, name) is None:  # as Python leaves it, where the descriptor was closed
            setattr(sys, name, open(number, "w", encoding="utf-8", closefd=False))  # noqa: SIM115


def forgive_encodings() -> None:
    """Makes output to a limited encoding write `\\u2028` for a missing character instead of raising an error."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def write_as_file() -> None:
    """Makes standard output write like a file: UTF-8 with unchanged line ends, on every system."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", errors="strict", newline="")


def explain_output(error: OSError) -> str | None:
    """Returns why standard output failed, and stops writing to it; "" if its reader has exited; None for other errors."""
    if error.filename is not None or error.errno not in (errno.ENOSPC, errno.EPIPE):
        return None
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return "" if error.errno == errno.EPIPE else f"The output cannot be written ({error.strerror})."
