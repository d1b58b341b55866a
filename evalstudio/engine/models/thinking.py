"""Thinking splitter: separates a model's reasoning from its answer where both arrive in one text."""

import re

_OPENING = re.compile(r"\s*(?:<think(?:ing)?>|\[think\])", re.IGNORECASE)
_CLOSING = re.compile(r"(?:</think(?:ing)?>|\[/think\])\s*", re.IGNORECASE)
_LONE_CLOSING = re.compile(r"(?:</think>|\[/think\])\s*", re.IGNORECASE)


def split_thinking(text: str) -> tuple[str | None, str]:
    """Splits a text into thinking, None where there is none, and answer.

    A closing tag without an opening one ends the thinking, too: some templates put the opening tag in the prompt.

    Example:
        >>> split_thinking("<think>Two plus two.</think>4")
        ('Two plus two.', '4')
    """
    if "think" not in text and "THINK" not in text:
        return None, text
    opening = _OPENING.match(text)
    start = opening.end() if opening else 0
    closing = (_CLOSING if opening else _LONE_CLOSING).search(text, start)
    if closing is None:
        return None, text
    return text[start : closing.start()].strip(), text[closing.end() :]
