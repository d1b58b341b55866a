"""Text helpers: translated interface texts, and safe display of text from models, datasets and user code.

Such text is always shown as text, never interpreted as markup.
"""

import html
import re

from PySide6.QtCore import QCoreApplication

CONTEXT = "EvalStudio"  # the context of all texts in a translation

LONGEST_CELL = 200
LONGEST_VIEW = 20_000
SHOWN_BEFORE = 20  # equal characters shown before the first difference

# Control characters except tab and line feed, and bidirectional controls.
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def tr(text: str) -> str:
    """Translates a text to the window's language; English without a translation. Call `.format` on the result."""
    return QCoreApplication.translate(CONTEXT, text)


def trn(one: str, more: str, count: int) -> str:
    """Translates a text with a number, in the plural form of the window's language; both texts contain `{n}`."""
    found = QCoreApplication.translate(CONTEXT, more, one, count)
    return (one if count == 1 and found == more else found).replace("{n}", f"{count:,}")


def mark(text: str) -> str:
    """Marks a constant for translation and returns it unchanged; pass it to `tr` where it is shown."""
    return text


def plain(text: str, longest: int = LONGEST_VIEW) -> str:
    """Makes control characters visible and shortens long texts, with a note of how much is left out."""
    shown = _UNSEEN.sub("\N{REPLACEMENT CHARACTER}", text[:longest].replace("\r\n", "\n"))
    left = len(text) - longest
    return (
        shown
        if left <= 0
        else f"{shown}\n" + tr("… {left:,} more characters are in the store.").format(left=left)
    )


def one_line(text: str | None, longest: int = LONGEST_CELL) -> str:
    """Returns the text for a table cell: one line, shortened."""
    if not text:
        return ""
    flat = " ".join(_UNSEEN.sub("\N{REPLACEMENT CHARACTER}", text[: longest * 2]).split())
    return flat if len(flat) <= longest else flat[: longest - 1] + "…"


def apart(a: str, b: str) -> tuple[str, str]:
    """Returns two texts from shortly before their first difference; short ones in full."""
    both = enumerate(zip(a, b, strict=False))
    same = next((place for place, (one, two) in both if one != two), min(len(a), len(b)))
    if same <= SHOWN_BEFORE:
        return a, b
    cut = a.find(" ", same - SHOWN_BEFORE, same) + 1 or same - SHOWN_BEFORE  # at a word boundary if possible
    return f"…{a[cut:]}", f"…{b[cut:]}"


def tooltip(text: str, longest: int = 1_000) -> str:
    """Escapes a text for a tooltip, which would otherwise interpret markup."""
    return f"<div style='white-space: pre-wrap'>{html.escape(plain(text, longest))}</div>" if text else ""
