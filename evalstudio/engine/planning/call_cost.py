"""Cost estimate: the price of a call before any was made, from the first prompts and the expected answer length."""

from evalstudio.core.errors import EvaluationError
from evalstudio.engine.models.call import Answer
from evalstudio.engine.models.pricing import Prices
from evalstudio.engine.planning.plan import Plan

LOOKED_AT = 20  # samples whose prompts are measured
CHARACTERS_PER_TOKEN = 4
USUAL_ANSWER = 256  # tokens, where neither max_tokens nor an earlier run gives a number


def cost_of_a_call(plan: Plan, expected_output: float | None = None) -> float | None:
    """Estimates the price of one sample, all turns of its conversation together. Blocking.

    Args:
        plan: The run.
        expected_output: Tokens of an answer, from earlier runs; None: `max_tokens`, else `USUAL_ANSWER`.

    Returns:
        US dollars; None where no price is known.
    """
    limit = plan.spec.parameters.get("max_tokens") or plan.spec.parameters.get("max_completion_tokens")
    tokens_out = expected_output or (limit if isinstance(limit, int) else USUAL_ANSWER)
    turns = plan.conversation.turns
    answer = Answer("", tokens_in=_prompt_tokens(plan), tokens_out=round(tokens_out))
    one = Prices(plan.model).of(answer)
    return None if one is None else one * turns


def _prompt_tokens(plan: Plan) -> int:
    lengths: list[int] = []
    for sample in plan.dataset:
        try:
            messages = plan.conversation.render_turn(0, sample.values, [])
        except EvaluationError:
            continue  # that sample will be errored, and cost nothing
        lengths.append(sum(len(message.content) for message in messages))
        if len(lengths) >= LOOKED_AT:
            break
    return round(sum(lengths) / max(1, len(lengths)) / CHARACTERS_PER_TOKEN)
