"""What a call will cost, before any was made: from the length of the first prompts and what an answer may have."""

from evalstudio.core.errors import EvaluationError
from evalstudio.engine.models.call import Answer
from evalstudio.engine.models.pricing import Prices
from evalstudio.engine.planning.plan import Plan

LOOKED_AT = 20  # samples
CHARACTERS_PER_TOKEN = 4
USUAL_ANSWER = 256  # tokens, where neither max_tokens nor experience says


def cost_of_a_call(plan: Plan, expected_output: float | None = None) -> float | None:
    """US dollars; None where no price is known. All turns of a conversation together count as one. Blocking."""
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
