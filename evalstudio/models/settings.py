"""The settings of a model: what answers, where it is, what it costs and may be asked."""

from pathlib import Path

import msgspec

from evalstudio.core.errors import EvaluationError
from evalstudio.core.strategy import check_count


class TokenPrices(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What a model costs where no price list knows it: US dollars for a million tokens."""

    input: float
    output: float
    cached_input: float | None = None  # None: as `input`

    def __post_init__(self) -> None:
        if min(self.input, self.output, self.cached_input or 0.0) < 0:
            raise EvaluationError("The prices of a model can't be below 0.")


class ModelSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What answers: an endpoint, or a Python function. The `model` table of an evaluation, or a name for one.

    `provider` is openai (and all that is compatible), anthropic, python, demo or local. `key` names where the API key
    is: an environment variable, or a name that the keychain or the session knows. Never the key itself.
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
    prices: TokenPrices | None = None  # None: from a list of prices, where it knows the model
    headers: dict[str, str] = {}  # more of them; a secret as "env:NAME", found where `key` is
    window: int | None = None  # calls in flight of a run that sets no strategy; None: as the settings have it

    def __post_init__(self) -> None:
        for name in ("max_concurrency", "window"):
            if (count := getattr(self, name)) is not None:
                check_count(name, count)

    @property
    def label(self) -> str:
        """What a person calls it, e.g. openai/gpt-4o-mini."""
        if self.provider == "python":
            return f"{Path(self.path).name}::{self.name}"
        return f"{self.provider}/{self.name}"
