"""Result: what an evaluation's function returns for one sample."""

import json
import math
from collections.abc import Sequence
from typing import Any

import msgspec

from evalstudio.core.score import Score

Plain = bool | int | float | str | None


class Result:
    """Scores of one answer, with the prompt and the answer they belong to.

    Args:
        scores: the scores returned by evaluators, such as `exact_match(answer, expected)`.
        prompt: the model's input: a text, or anything that can be shown as JSON.
        model_response: the model's answer.
        error: why there is no answer; the sample is then errored instead of scored.

    Raises:
        TypeError: an argument given as a score is not a Score.

    Example:
        >>> from evalstudio import Result
        >>> from evalstudio.evaluators import exact_match
        >>> Result(exact_match("4", "4"), prompt="2 + 2", model_response="4")
        Result(exact_match=True, model_response='4')
    """

    __slots__ = ("error", "model_response", "prompt", "scores")

    def __init__(
        self, *scores: Score, prompt: Any = None, model_response: Any = None, error: str | None = None
    ) -> None:
        self.scores = scores
        self.prompt = prompt
        self.model_response = model_response
        self.error = error
        check_scores(scores)

    def __repr__(self) -> str:
        given = ", ".join(f"{score.name}={score.value!r}" for score in self.scores)
        return f"Result({given}, model_response={self.model_response!r})"


def as_result(returned: Any) -> Result:
    """Converts a function's return value, a Result, a Score or several Scores, to a Result.

    Raises:
        TypeError: it is of another type.
    """
    if isinstance(returned, Result):
        return returned
    if isinstance(returned, Score):
        return Result(returned)
    if isinstance(returned, (list, tuple)) and returned:
        return Result(*returned)
    raise TypeError(
        f"The function returned {kind_of(returned)}; it must return a Result, as in "
        "Result(exact_match(answer, expected), prompt=text, model_response=answer)."
    )


def plain_result(returned: Any) -> Result:
    """Converts a function's return value to a picklable Result of texts and plain scores."""
    try:
        result = as_result(returned)
    except TypeError as problem:
        return Result(error=str(problem))
    scores = [msgspec.structs.replace(score, metadata={}) for score in storable(result.scores)]
    prompt = None if result.prompt is None else as_text(result.prompt)
    error = None if result.error is None else str(result.error)
    return Result(*scores, prompt=prompt, model_response=as_text(result.model_response), error=error)


def plain_results(returned: Any) -> Any:
    """Converts a batch function's return value in the same way; a value that is not a list is left to the engine."""
    if not isinstance(returned, (list, tuple)):
        return returned
    return [
        Result(error=f"{type(one).__name__}: {one}") if isinstance(one, Exception) else plain_result(one)
        for one in returned
    ]


def check_scores(scores: Sequence[Any]) -> None:
    for score in scores:
        if not isinstance(score, Score):
            raise TypeError(
                f"A Result takes scores, and was given {kind_of(score)}; use an evaluator, as in "
                "exact_match(answer, expected), or Score('name', value)."
            )


def storable(scores: Sequence[Score]) -> tuple[Score, ...]:
    """Prepares scores for the store: plain values and unique names.

    A value that no metric can read becomes unscored, with the reason.
    """
    named: dict[str, Score] = {}
    for score in scores:
        name, number = score.name, 1
        while name in named:
            number += 1
            name = f"{score.name}_{number}"
        named[name] = _plain(score, name)
    return tuple(named.values())


def _plain(score: Score, name: str) -> Score:
    value: Any = score.value
    why = score.why
    if isinstance(value, (dict, list, tuple)):
        value = json.dumps(value, ensure_ascii=False, default=str)
    elif not isinstance(value, Plain):
        item = getattr(value, "item", None)  # a NumPy or torch number
        value = item() if callable(item) else value
    if not isinstance(value, Plain):
        value, why = None, f"The evaluator returned {kind_of(value)}, which is no score."
    elif isinstance(value, float) and not math.isfinite(value):
        value, why = None, f"The evaluator returned {value}, which is no score."
    if value is score.value and name == score.name:
        return score
    return msgspec.structs.replace(score, name=name, value=value, why=why)


def as_text(value: Any) -> str:
    """Converts a prompt or an answer to text."""
    if value is None or isinstance(value, str):
        return value or ""
    return json.dumps(value, ensure_ascii=False, default=str)


def kind_of(value: Any) -> str:
    return "nothing" if value is None else f"{type(value).__name__} ({str(value)[:60]})"
