"""What an answer costs. An unknown price is unknown, not 0."""

from functools import lru_cache
from typing import Any

from evalstudio.evaluation import ModelSettings
from evalstudio.models import BUILT_IN

FREE = (*BUILT_IN, "python", "ollama", "vllm", "llamacpp")


class Prices:
    """The prices of one model, in US dollars, from genai-prices; read when the first answer is there."""

    def __init__(self, model: ModelSettings) -> None:
        self._provider = model.provider
        self._model = model.name

    def cost(self, tokens_in: int | None, tokens_cached: int | None, tokens_out: int | None) -> float | None:
        """The price of one answer; None where the model's price or the usage is unknown."""
        if self._provider in FREE:
            return 0.0
        if tokens_in is None or tokens_out is None:
            return None
        return _calculate(self._provider, self._model, tokens_in, tokens_cached or 0, tokens_out)


@lru_cache(maxsize=4096)
def _calculate(provider: str, model: str, tokens_in: int, cached: int, tokens_out: int) -> float | None:
    import genai_prices  # late: it brings pydantic

    usage: Any = genai_prices.Usage(
        input_tokens=tokens_in, cache_read_tokens=cached or None, output_tokens=tokens_out
    )
    try:
        price = genai_prices.calc_price(usage, model_ref=model, provider_id=provider)
    except LookupError:
        return None
    return float(price.total_price)
