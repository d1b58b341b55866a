"""Recorded model: takes answers of another system from a column of the dataset, to score and compare them."""

from collections.abc import Callable
from typing import Any

from evalstudio.core.outcome import Outcome
from evalstudio.core.text import as_text
from evalstudio.engine.models.call import Answer, CallResult, Request
from evalstudio.evaluations.spec import TimeOuts


class RecordedModel:
    """Answers with the value of a column. An empty cell is no answer: its record is errored, never scored."""

    def __init__(self, column: str) -> None:
        self._column = column

    async def call(self, request: Request, on_parts: Callable[[int], None]) -> CallResult:
        """Returns the recorded answer; see `Model`."""
        value: Any = request.values.get(self._column)
        text = as_text(value)
        if text is None or not text.strip():
            message = f"The column '{self._column}' holds no answer for this sample."
            return CallResult(Outcome.CLIENT_ERROR, message=message)
        return CallResult(Outcome.OK, Answer(text))

    def set_timeouts(self, timeouts: TimeOuts) -> None:
        """Has no effect: nothing takes time."""

    async def aclose(self) -> None:
        """Has no effect: there is nothing to close."""
