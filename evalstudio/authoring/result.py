"""What an evaluation's function gives back for one sample."""

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
        scores: what evaluators said, as `exact_match(answer, expected)` returns it.
        prompt: what the model was asked: a text, or anything that can be shown as JSON.
        model_response: what it answered.
        error: why there is no answer; the sample is then errored, and not scored.

    Raises:
        TypeError: something given as a score is none.
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
    """What a function returned, as a Result: it may be one, a Score, or several Scores.

    Raises:
        TypeError: it is something else.
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
    """What a function returned, so that it can be sent to another process: a Result of texts and plain scores."""
    try:
        result = as_result(returned)
    except TypeError as problem:
        return Result(error=str(problem))
    scores = [msgspec.structs.replace(score, metadata={}) for score in storable(result.scores)]
    prompt = None if result.prompt is None else as_text(result.prompt)
    error = None if result.error is None else str(result.error)
    return Result(*scores, prompt=prompt, model_response=as_text(result.model_response), error=error)


def plain_results(returned: Any) -> Any:
    """What a batch's function returned, the same way. What is no list stays as it is: the engine says so."""
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
    """The scores as the store takes them: plain values, and a name for each that no other has.

    What is no value a metric can read is unscored, with the reason.
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
        item = getattr(value, "item", None)  # a number of numpy's or torch's
        value = item() if callable(item) else value
    if not isinstance(value, Plain):
        value, why = None, f"The evaluator returned {kind_of(value)}, which is no score."
    elif isinstance(value, float) and not math.isfinite(value):
        value, why = None, f"The evaluator returned {value}, which is no score."
    if value is score.value and name == score.name:
        return score
    return msgspec.structs.replace(score, name=name, value=value, why=why)


def as_text(value: Any) -> str:
    """A prompt or an answer as text."""
    if value is None or isinstance(value, str):
        return value or ""
    return json.dumps(value, ensure_ascii=False, default=str)


def kind_of(value: Any) -> str:
    return "nothing" if value is None else f"{type(value).__name__} ({str(value)[:60]})"
