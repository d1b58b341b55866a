"""The window's own words in the language of the person; and text from models, datasets and people's code made safe to
show: it is text, never markup."""

import html
import re

from PySide6.QtCore import QCoreApplication

CONTEXT = "EvalStudio"  # under which all texts stand in a translation

LONGEST_CELL = 200
LONGEST_VIEW = 20_000
SHOWN_BEFORE = 20  # characters that are the same, before the first that is not

# Control characters but tab and line feed; and those that turn the direction of what follows.
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def tr(text: str) -> str:
    """The text in the window's language; English where there is no translation. Parts go in with `.format` afterwards."""
    return QCoreApplication.translate(CONTEXT, text)


def trn(one: str, more: str, count: int) -> str:
    """The text for so many things, in the form that the window's language has for that number; both texts with `{n}`."""
    found = QCoreApplication.translate(CONTEXT, more, one, count)
    return (one if count == 1 and found == more else found).replace("{n}", f"{count:,}")


def mark(text: str) -> str:
    """The text as it is, for a constant: it is found for translation here, and goes through `tr` where it is shown."""
    return text


def plain(text: str, longest: int = LONGEST_VIEW) -> str:
    """The text with control characters made visible, cut in view with a note of how much is left out."""
    shown = _UNSEEN.sub("\N{REPLACEMENT CHARACTER}", text[:longest].replace("\r\n", "\n"))
    left = len(text) - longest
    return (
        shown
        if left <= 0
        else f"{shown}\n" + tr("… {left:,} more characters are in the store.").format(left=left)
    )


def one_line(text: str | None, longest: int = LONGEST_CELL) -> str:
    """The text for a cell of a table: one line, cut."""
    if not text:
        return ""
    flat = " ".join(_UNSEEN.sub("\N{REPLACEMENT CHARACTER}", text[: longest * 2]).split())
    return flat if len(flat) <= longest else flat[: longest - 1] + "…"


def apart(a: str, b: str) -> tuple[str, str]:
    """Two texts from a little before where they begin to differ; short ones whole."""
    both = enumerate(zip(a, b, strict=False))
    same = next((place for place, (one, two) in both if one != two), min(len(a), len(b)))
    if same <= SHOWN_BEFORE:
        return a, b
    cut = a.find(" ", same - SHOWN_BEFORE, same) + 1 or same - SHOWN_BEFORE  # at a word, where there is one
    return f"…{a[cut:]}", f"…{b[cut:]}"


def tooltip(text: str, longest: int = 1_000) -> str:
    """The text for a tooltip, which would else take anything that looks like markup for markup."""
    return f"<div style='white-space: pre-wrap'>{html.escape(plain(text, longest))}</div>" if text else ""
