"""What an answer costs. An unknown price is unknown, not 0."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from evalstudio.engine.models.call import Answer
from evalstudio.evaluation import ModelSettings
from evalstudio.models import BUILT_IN, PRESETS

FREE = (*BUILT_IN, "python", "ollama", "vllm", "llamacpp")

Pricer = Callable[[Any], float]
"""From genai-prices' usage to US dollars."""


class Prices:
    """The prices of one model, in US dollars, from genai-prices; looked up when the first answer is there."""

    def __init__(self, model: ModelSettings) -> None:
        self._free = model.provider in FREE
        preset = PRESETS.get(model.provider)
        at_home = preset is not None and model.base_url in ("", preset.base_url)
        # behind another address is another provider, whose prices may be others
        self._provider = model.provider if at_home else None
        self._address = None if at_home else model.base_url
        self._model = model.name

    def of(self, answer: Answer) -> float | None:
        """The price of an answer; None where the model's price or the usage is unknown."""
        if self._free:
            return 0.0
        if answer.tokens_in is None or answer.tokens_out is None:
            return None
        pricer = _find_pricer(self._provider, self._address, self._model)
        if pricer is None:
            return None
        return pricer(
            {
                "input_tokens": answer.tokens_in,
                "cache_read_tokens": answer.tokens_cached or None,
                "cache_write_tokens": answer.tokens_cache_written or None,
                "output_tokens": answer.tokens_out,
            }
        )


@lru_cache(maxsize=256)
def _find_pricer(provider: str | None, address: str | None, model: str) -> Pricer | None:
    from genai_prices import Usage, calc_price  # late: it brings pydantic

    try:
        if provider is not None:
            found = calc_price(Usage(input_tokens=1), model, provider_id=provider)
        else:
            found = calc_price(Usage(input_tokens=1), model, provider_api_url=address)
    except LookupError:
        return None

    def price(usage: dict[str, int | None]) -> float:
        # the model's own method: looking it up by name again costs more than the sum; prices may change by the hour
        return float(found.model.calc_price(Usage(**usage), found.provider).total_price)

    return price
