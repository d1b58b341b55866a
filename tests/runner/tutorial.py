"""An evaluation in the style of dotevals: only the first word of its imports is another one."""

import asyncio

from evalstudio import ForEach, Result
from evalstudio.concurrency import SlidingWindow
from evalstudio.evaluators import evaluator, exact_match, numeric_match, valid_json
from evalstudio.metrics import accuracy, metric
from evalstudio.models import Score

foreach = ForEach(concurrency=SlidingWindow(max_concurrency=8))


@evaluator(metrics=accuracy())
def length_ok(answer, limit):
    return len(answer) <= limit


@foreach("text,expected", [("so good", "positive"), ("so bad", "negative")])
async def eval_sentiment(text, expected):
    await asyncio.sleep(0.01)
    answer = "positive" if "good" in text else "negative"
    return Result(
        exact_match(answer, expected),
        length_ok(answer, 10),
        Score("own", True, [accuracy()], {"from": "here"}),
        prompt=text,
        model_response=answer,
    )


__all__ = ["metric", "numeric_match", "valid_json"]
