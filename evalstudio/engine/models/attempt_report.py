"""Attempt report: the part of a call's result that the endpoint's limits learn from."""

from evalstudio.core.outcome import Outcome
from evalstudio.engine.limits.vocabulary import AttemptResult, work_of
from evalstudio.engine.models.call import Answer, CallResult

_NO_ANSWER = Answer("")


def report(result: CallResult | None) -> AttemptResult:
    """Converts the result of a call for the endpoint's limits; None: the call was cancelled."""
    if result is None:
        return AttemptResult(Outcome.CANCELLED)
    answer = result.answer or _NO_ANSWER
    used = None if answer.tokens_out is None else answer.tokens_out + (answer.tokens_in or 0)
    return AttemptResult(
        result.outcome,
        work=work_of(answer.tokens_out, answer.tokens_in or 0, len(answer.text)),
        tokens=used,
        output_tokens=answer.tokens_out,
        first_token=result.first_token,
        hint=result.hint,
        rates=result.rates,
        message=result.message,
    )
