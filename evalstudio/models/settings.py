"""Model settings: what answers, where it is, what it costs, and its limits."""

from pathlib import Path

import msgspec

from evalstudio.core.errors import EvaluationError
from evalstudio.core.strategy import check_count


class TokenPrices(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Prices of a model that no price list knows, in US dollars per million tokens."""

    input: float
    output: float
    cached_input: float | None = None  # None: as `input`

    def __post_init__(self) -> None:
        if min(self.input, self.output, self.cached_input or 0.0) < 0:
            raise EvaluationError("The prices of a model can't be below 0.")


class ModelSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Settings of a model, an endpoint or a Python function: the `model` table of an evaluation.

    `provider` is openai (and compatible ones), anthropic, python, demo or local. `key` names where the API key
    is: an environment variable, or a name in the keychain or the session. It is never the key itself.
    """

    provider: str
    name: str = ""  # the model's name at the endpoint; of a Python model: the function
    base_url: str = ""
    key: str = ""
    path: str = ""  # of a Python model: its file
    thread_safe: bool = True
    requests_per_minute: float | None = None
    tokens_per_minute: float | None = None
    max_concurrency: int | None = None  # of the endpoint, for all runs together
    prices: TokenPrices | None = None  # None: from a price list, if it knows the model
    headers: dict[str, str] = {}  # additional headers; a secret as "env:NAME", looked up like `key`
    window: int | None = None  # calls in flight of a run that sets no strategy; None: from the settings

    def __post_init__(self) -> None:
        for name in ("max_concurrency", "window"):
            if (count := getattr(self, name)) is not None:
                check_count(name, count)

    @property
    def label(self) -> str:
        """Returns the display name, e.g. openai/gpt-4o-mini."""
        if self.provider == "python":
            return f"{Path(self.path).name}::{self.name}"
        return f"{self.provider}/{self.name}"
