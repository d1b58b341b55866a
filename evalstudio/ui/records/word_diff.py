"""What an answer has otherwise than what was expected, word by word, as git's --word-diff writes it.

Signs tell it, so that it can be read without colours, aloud and in a clipboard.
"""

import re
from difflib import SequenceMatcher
from typing import NamedTuple

MOST_CHARACTERS = 20_000  # of both: an answer of a megabyte is not even cut into words
MOST_WORDS = 1_000  # of both texts together: comparing costs their product
LEAST_ALIKE = 0.3  # texts that share less have no difference that helps: they are two texts

_WORDS = re.compile(r"\w+|\s+|[^\w\s]")


class Piece(NamedTuple):
    """A stretch of text. `kind`: same, gone (only in what was expected), new (only in the answer)."""

    kind: str
    text: str


def difference(expected: str, answer: str) -> list[Piece]:
    """From `expected` to `answer`; empty where they are the same but for blanks, too long, or hardly alike."""
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
    """The piece with the signs that tell its kind."""
    match piece.kind:
        case "gone":
            return f"[-{piece.text}-]"
        case "new":
            return f"{{+{piece.text}+}}"
        case _:
            return piece.text
