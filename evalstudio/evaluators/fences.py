"""Fenced blocks of an answer: where they begin and end, also where fences stand in their text."""

import re
from typing import NamedTuple

MOST_FENCES = 200
"""Lines with a fence that are looked at in one answer."""

_FENCE = re.compile(r"^[ \t]{0,12}(?P<mark>`{3,}|~{3,})[ \t]*(?P<label>[\w+#.-]*)[ \t]*\r?$", re.MULTILINE)
_IN_LINE = re.compile(r"```(?P<label>[A-Za-z]*)(?P<inside>[^`\n]+)```")


class Block(NamedTuple):
    """The label of a block in lower case, as `json`, and what stands in it."""

    label: str
    inside: str


def fenced_blocks(text: str) -> list[Block]:
    """The fenced blocks of a text, in order. One that is not closed reaches to the end of the text.

    A fence closes a block where it stands on a line of its own, with as many ticks as opened it; a fence at the end of a
    block's last line closes it, too, where no other does.

    Example:
        >>> fenced_blocks("So:\\n```json\\n[1]\\n```")
        [Block(label='json', inside='[1]\\n')]
    """
    if "```" not in text and "~~~" not in text:
        return []
    blocks: list[Block] = []
    label = mark = ""
    start = -1
    for count, fence in enumerate(_FENCE.finditer(text)):
        if count >= MOST_FENCES:
            break
        if start < 0:
            label, mark, start = fence["label"].lower(), fence["mark"], fence.end() + 1
        elif not fence["label"] and fence["mark"].startswith(mark):
            blocks.append(Block(label, text[start : fence.start()]))
            start = -1
    if start >= 0:
        rest = text[start:]
        close = rest.rfind(mark)
        blocks.append(Block(label, rest if close < 0 else rest[:close]))
    if not blocks and (line := _IN_LINE.fullmatch(text.strip())):
        blocks.append(Block(line["label"].lower(), line["inside"]))
    return blocks
