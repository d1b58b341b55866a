"""Word diff: the differences between an answer and the expected text, in the style of git's --word-diff.

Signs mark them, so that they are readable without colours, when read aloud, and from the clipboard.
"""

import re
from difflib import SequenceMatcher
from typing import NamedTuple

MOST_CHARACTERS = 20_000  # in both texts: an answer of a megabyte is not even split into words
MOST_WORDS = 1_000  # in both texts together: the cost is proportional to their product
LEAST_ALIKE = 0.3  # for less similar texts, a diff does not help

_WORDS = re.compile(r"\w+|\s+|[^\w\s]")


class Piece(NamedTuple):
    """A piece of text. `kind`: same, gone (only in the expected text), new (only in the answer)."""

    kind: str
    text: str


def difference(expected: str, answer: str) -> list[Piece]:
    """Returns the diff from `expected` to `answer`; empty if equal except for white space, too long, or too different."""
    if len(expected) + len(answer) > MOST_CHARACTERS:
        return []
    before, after = _WORDS.findall(expected.strip()), _WORDS.findall(answer.strip())
    if expected.split() == answer.split() or len(before) + len(after) > MOST_WORDS:
        return []
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    pieces: list[Piece] = []
    for tag, a_start, a_end, b_start, b_end in matcher.get_opcodes():
        if tag == "equal":
            pieces.append(Piece("same", "".join(before[a_start:a_end])))
            continue
        pieces += [
            Piece(kind, "".join(words))
            for kind, words in (("gone", before[a_start:a_end]), ("new", after[b_start:b_end]))
            if words
        ]
    same = sum(len("".join(piece.text.split())) for piece in pieces if piece.kind == "same")
    whole = sum(len("".join(text.split())) for text in (expected, answer))
    return pieces if 2 * same >= LEAST_ALIKE * whole else []


def signed(piece: Piece) -> str:
    """Returns the piece with the signs of its kind."""
    match piece.kind:
        case "gone":
            return f"[-{piece.text}-]"
        case "new":
            return f"{{+{piece.text}+}}"
        case _:
            return piece.text
