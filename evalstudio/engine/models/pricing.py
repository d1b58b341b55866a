"""Pricing: the cost of an answer in US dollars. An unknown price is None, not 0, and never ends a run."""

from collections.abc import Callable
from decimal import Decimal
from functools import lru_cache

from evalstudio.engine.models.call import Answer
from evalstudio.models.providers import BUILT_IN, PROVIDERS, RECORDED, is_private_address
from evalstudio.models.settings import ModelSettings, TokenPrices

FREE = (*BUILT_IN, RECORDED)
FREE_AT_HOME = (
    "ollama",
    "vllm",
    "llamacpp",
)  # on this machine or its network; elsewhere somebody may ask for money

Pricer = Callable[[int, int, int, int], float]
"""Maps tokens (in, of these read from the cache, of these written to the cache, out) to US dollars."""


class Prices:
    """The prices of one model, in US dollars, from its settings or genai-prices; looked up at the first answer.

    Args:
        model: The model.
        on_failure: Called with one sentence when genai-prices itself fails; the cost is then unknown.
    """

    def __init__(
        self, model: ModelSettings, on_failure: Callable[[str], None] = lambda message: None
    ) -> None:
        self._on_failure = on_failure
        self._failed = False
        self._free = model.provider in FREE or (
            model.provider in FREE_AT_HOME
            and is_private_address(model.base_url or PROVIDERS[model.provider].base_url)
        )
        self._unpriced = model.provider == "python"  # what it calls, and at what price, is not known here
        preset = PROVIDERS.get(model.provider)
        at_home = preset is not None and model.base_url in ("", preset.base_url)
        # another address means another provider, whose prices may differ
        self._provider = model.provider if at_home else None
        self._address = None if at_home else model.base_url
        self._model = model.name
        self._own = _own_pricer(model.prices) if model.prices is not None else None

    def prepare(self) -> None:
        """Looks the prices up now. Blocking: it takes a quarter of a second the first time."""
        if self._own is None and not self._free and not self._unpriced:
            _find_pricer(self._provider, self._address, self._model)  # cached there; `of` reports a failure

    @property
    def known(self) -> bool:
        """Whether an answer with known token counts has a price. A function is trusted to keep a budget itself."""
        return self._free or self._unpriced or self._pricer() is not None

    def of(self, answer: Answer) -> float | None:
        """Returns the price of an answer, in US dollars; None where the model's price or the usage is unknown."""
        if self._free and self._own is None:
            return 0.0
        if answer.tokens_in is None or answer.tokens_out is None:
            return None
        pricer = self._pricer()
        if pricer is None:
            return None
        # more cached tokens than tokens would be a provider's mistake: they are bounded
        cached = min(answer.tokens_cached or 0, answer.tokens_in)
        written = min(answer.tokens_cache_written or 0, answer.tokens_in - cached)
        try:
            return pricer(answer.tokens_in, cached, written, answer.tokens_out)
        except Exception as error:  # noqa: BLE001 - whatever the library raises, the answer is kept
            self._give_up(_failure(error))
            return None

    def _pricer(self) -> Pricer | None:
        if self._own is not None or self._free or self._unpriced:
            return self._own
        if self._failed:
            return None
        found = _find_pricer(self._provider, self._address, self._model)
        if isinstance(found, str):
            self._give_up(found)
            return None
        return found

    def _give_up(self, message: str) -> None:
        """Reports a failure of the price library once, and stops using it for this model."""
        if not self._failed:
            self._failed = True
            self._on_failure(message)


def _own_pricer(prices: TokenPrices) -> Pricer:
    cached_input = prices.input if prices.cached_input is None else prices.cached_input

    def price(tokens_in: int, cached: int, written: int, tokens_out: int) -> float:
        plain = tokens_in - cached  # writing to the cache costs the same as any input
        return (plain * prices.input + cached * cached_input + tokens_out * prices.output) / 1_000_000

    return price


@lru_cache(maxsize=256)
def _find_pricer(provider: str | None, address: str | None, model: str) -> Pricer | str | None:
    """The prices of a model; None where they are unknown; a sentence where they could not be looked up."""
    try:
        return _look_up(provider, address, model)
    except Exception as error:  # noqa: BLE001 - an installation without its metadata, data it can't read: no reason to stop
        return _failure(error)


def _failure(error: Exception) -> str:
    return (
        f"Prices can't be looked up ({type(error).__name__}: {error}); the cost of this run is unknown. Set prices in the "
        "model's settings to have it."
    )


def _look_up(provider: str | None, address: str | None, model: str) -> Pricer | None:
    from genai_prices import Usage, calc_price  # late: it imports pydantic

    nothing = Usage(input_tokens=0, output_tokens=0)
    try:
        if provider is not None:
            found = calc_price(nothing, model, provider_id=provider)
        else:
            found = calc_price(nothing, model, provider_api_url=address)
    except LookupError:
        return None

    def price(tokens_in: int, cached: int, written: int, tokens_out: int) -> float:
        usage = Usage(
            input_tokens=tokens_in,
            cache_read_tokens=cached or None,
            cache_write_tokens=written or None,
            output_tokens=tokens_out,
        )
        return float(found.model.calc_price(usage, found.provider).total_price)

    prices = vars(found.model_price).values()
    if isinstance(found.model.prices, list) or not all(isinstance(one, Decimal | None) for one in prices):
        return price  # it depends on the hour or the prompt's length
    return _linear(price)


def _linear(price: Pricer) -> Pricer:
    """The same prices as a linear function, a hundred times faster: it is called for every answer."""
    million = 1_000_000
    call = price(0, 0, 0, 0)
    plain = (price(million, 0, 0, 0) - call) / million
    cached = (price(million, million, 0, 0) - call) / million
    written = (price(million, 0, million, 0) - call) / million
    out = (price(0, 0, 0, million) - call) / million

    def sum_of(tokens_in: int, from_cache: int, into_cache: int, tokens_out: int) -> float:
        others = tokens_in - from_cache - into_cache
        return call + others * plain + from_cache * cached + into_cache * written + tokens_out * out

    return sum_of
