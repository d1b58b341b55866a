"""The definition of an evaluation: a TOML file that a person can read, diff and run."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from evalstudio.concurrency import Strategy
from evalstudio.datasets import DatasetSource
from evalstudio.errors import EvaluationError
from evalstudio.resources import resource
from evalstudio.templates import Message

EXAMPLE = "example:"


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

    @property
    def label(self) -> str:
        """What a person calls it, e.g. openai/gpt-4o-mini."""
        if self.provider == "python":
            return f"{Path(self.path).name}::{self.name}"
        return f"{self.provider}/{self.name}"


class TimeOuts(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """How long to wait, in seconds, and how often to try."""

    connect: float = 10.0
    first_token: float = 120.0
    between_tokens: float = 60.0
    attempt: float = 240.0
    sample: float = 900.0
    attempts: int = 8

    def __post_init__(self) -> None:
        for name in self.__struct_fields__:
            value = getattr(self, name)
            if isinstance(value, bool) or not 0 < value < 86_400 * 7:
                raise EvaluationError(f"The time-out '{name}' must be a number above 0; it is {value!r}.")


class EvaluationSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What is done with each sample of a dataset, and how the answers are judged."""

    name: str
    dataset: DatasetSource
    model: str | ModelSettings
    messages: tuple[Message, ...]
    description: str = ""
    parameters: dict[str, Any] = {}  # temperature, max_tokens, ... as the endpoint takes them
    evaluators: tuple[dict[str, Any], ...] = ()
    strategy: Strategy | None = None
    workers: int | None = None  # threads for a synchronous model; or
    processes: int | None = None  # processes for it, and
    threads_per_process: int | None = None
    cluster: str | None = None  # or a Dask scheduler's address, or local
    repeats: int = 1
    stream: bool = False
    timeouts: TimeOuts = TimeOuts()
    budget: float | None = None  # US dollars; the run stops there
    cache: bool = False  # take answers that an earlier run of this workspace got to the same question

    def __post_init__(self) -> None:
        if not self.name.strip():
            raise EvaluationError("An evaluation needs a name.")
        if not self.messages:
            raise EvaluationError(
                f"The evaluation '{self.name}' has no messages; give it at least one user message."
            )
        if not 1 <= self.repeats <= 1000:
            raise EvaluationError(f"repeats must be from 1 to 1,000; it is {self.repeats}.")


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A definition and the folder from which its relative paths start."""

    spec: EvaluationSpec
    base: Path


def load_evaluation(reference: str) -> Evaluation:
    """Reads an evaluation: a path to a TOML file, or `example:NAME`. Raises EvaluationError with what to do."""
    path = (
        _example(reference.removeprefix(EXAMPLE))
        if reference.startswith(EXAMPLE)
        else Path(reference).expanduser()
    )
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise EvaluationError(f"There is no evaluation file {path}; check the path.") from error
    except (OSError, UnicodeDecodeError) as error:
        raise EvaluationError(f"The evaluation file {path} cannot be read ({error}).") from error
    return parse_evaluation(text, path)


def parse_evaluation(text: str, path: Path) -> Evaluation:
    """Reads the text of an evaluation file; `path` is where it is, or would be."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise EvaluationError(f"The evaluation file {path} is not valid TOML: {error}.") from error
    try:
        spec = msgspec.convert(table, EvaluationSpec)
    except msgspec.ValidationError as error:
        raise EvaluationError(
            f"The evaluation file {path} has a field that can't be used: {error}."
        ) from error
    return Evaluation(spec, path.absolute().parent)


def examples() -> list[str]:
    """The names of the examples that ship with the program."""
    return sorted(path.stem for path in resource("examples").glob("*.toml"))


def _example(name: str) -> Path:
    names = examples()
    if name not in names:
        raise EvaluationError(f"There is no example '{name}'; there are {', '.join(names)}.")
    return resource("examples", f"{name}.toml")
