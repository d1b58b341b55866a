"""Number formatting for people, the same in the window and the terminal."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    pass


PRICE_NOT_SET = "price not set"
SPEED_TELLS = 0.5
"""Seconds of a run from which "so many times as fast as one by one" says something; below, starting it is most of it."""


def duration(seconds: float | None) -> str:
    """3.2 s, 1 min 05 s, 2 h 10 min."""
    if seconds is None:
        return "–"
    if seconds < 10:
        return f"{seconds:.1f} s"
    if seconds < 59.5:
        return f"{seconds:.0f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest:02d} s"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02d} min"


def milliseconds(seconds: float | None) -> str:
    """7 ms, 340 ms, 2.41 s."""
    if seconds is None:
        return "–"
    if seconds < 0.01:
        return f"{seconds * 1000:.1f} ms"
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.2f} s"


def money(dollars: float | None, *, partial: bool = False) -> str:
    """$0.0123, or "price not set" where the price is not known."""
    if dollars is None:
        return PRICE_NOT_SET
    text = "$0" if dollars == 0 else f"${dollars:.4f}" if dollars < 1 else f"${dollars:.2f}"
    return f"at least {text}" if partial else text


def clock(seconds: float) -> str:
    """Formats seconds as minutes and seconds, with hours if there are any."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def byte_size(count: float) -> str:
    """Formats a size on a disk, in powers of 1,000.

    Example:
        >>> byte_size(527_300_000)
        '527 MB'
    """
    for unit in ("bytes", "kB", "MB"):
        if count < 999.5:
            return f"{count:.3g} {unit}"
        count /= 1_000
    return f"{count:.3g} GB"
