"""Thinking in an answer that an evaluator is given by hand; in a run it is taken out before."""

from evalstudio.core.errors import EvaluationError
from evalstudio.core.thinking import split_thinking

LONGEST = 200_000
"""Characters of the longest answer in which all spellings of thinking are looked for; in longer ones only tags that end."""
_CLOSING = ("</think>", "</thinking>", "[/think]", "[/THINK]")


class StillThinking(EvaluationError):
    """An answer ends before its thinking does."""


def without_thought(answer: str) -> str:
    """The answer without its thinking.

    Example:
        >>> without_thought("<think>12? No.</think>9")
        '9'

    Raises:
        StillThinking: the thinking never ends.
    """
    if len(answer) > LONGEST:
        ends = [place + len(mark) for mark in _CLOSING if (place := answer.rfind(mark)) >= 0]
        return answer[max(ends, default=0) :]
    split = split_thinking(answer)
    if split.unfinished:
        raise StillThinking("the answer was cut off while it was still thinking")
    return split.answer
