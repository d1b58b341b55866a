"""Tells a model's thinking from its answer where both come in one text."""

import re

_OPENING = re.compile(r"\s*(?:<think(?:ing)?>|\[think\])", re.IGNORECASE)
_CLOSING = re.compile(r"(?:</think(?:ing)?>|\[/think\])\s*", re.IGNORECASE)
_LONE_CLOSING = re.compile(r"(?:</think>|\[/think\])\s*", re.IGNORECASE)


def split_thinking(text: str) -> tuple[str | None, str]:
    """(thinking or None, answer). A closing mark without an opening one ends the thinking, too: some templates
    put the opening mark in the prompt."""
    if "think" not in text and "THINK" not in text:
        return None, text
    opening = _OPENING.match(text)
    start = opening.end() if opening else 0
    closing = (_CLOSING if opening else _LONE_CLOSING).search(text, start)
    if closing is None:
        return None, text
    return text[start : closing.start()].strip(), text[closing.end() :]
