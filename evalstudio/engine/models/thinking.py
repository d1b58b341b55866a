"""Tells a model's thinking from its answer where both come in one text."""

import re

_BLOCK = re.compile(
    r"\s*(?:<think(?:ing)?>|\[think\])(.*?)(?:</think(?:ing)?>|\[/think\])\s*", re.DOTALL | re.IGNORECASE
)
_HEADLESS = re.compile(r"(.*?)(?:</think>|\[/think\])\s*", re.DOTALL | re.IGNORECASE)


def split_thinking(text: str) -> tuple[str | None, str]:
    """(thinking or None, answer). A closing mark without an opening one ends the thinking, too: some templates
    put the opening mark in the prompt."""
    if "think" not in text and "THINK" not in text:
        return None, text
    match = _BLOCK.match(text) or _HEADLESS.match(text)
    if match is None:
        return None, text
    return match.group(1).strip(), text[match.end() :]
