"""Thinking that stands in an answer, in front of what counts."""

import re

from evalstudio.core.errors import EvaluationError

_OPENING = re.compile(r"\s{0,1000}(?:<think(?:ing)?>|\[think\])", re.IGNORECASE)
_CLOSING = ("</think>", "</thinking>", "[/think]")


class StillThinking(EvaluationError):
    """An answer ends before its thinking does."""


def without_thought(answer: str) -> str:
    """The answer behind its thinking.

    Example:
        >>> without_thought("<think>12? No.</think> 9")
        ' 9'

    Raises:
        StillThinking: the thinking never ends.
    """
    if "think" not in answer and "THINK" not in answer:
        return answer
    even = answer.lower() if answer.isascii() else answer
    ends = [place + len(mark) for mark in _CLOSING if (place := even.rfind(mark)) >= 0]
    if ends:
        return answer[max(ends) :]
    if _OPENING.match(answer):
        raise StillThinking("the answer was cut off while it was still thinking")
    return answer
