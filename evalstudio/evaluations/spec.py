"""The definition of an evaluation: a TOML file that a person can read, diff and run."""

import tomllib
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import msgspec

from evalstudio.core.errors import EvaluationError
from evalstudio.core.field_errors import explain_field
from evalstudio.core.strategy import Strategy, check_count
from evalstudio.datasets import DatasetSource
from evalstudio.templating.templates import Message
from evalstudio.workspace.resources import resource

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


class Grid(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What is varied: every combination is a run of its own, all in one experiment."""

    models: tuple[str | ModelSettings, ...] = ()
    prompts: dict[str, tuple[Message, ...]] = {}  # by name
    parameters: dict[str, tuple[Any, ...]] = {}  # the values of each

    def __post_init__(self) -> None:
        if not (self.models or self.prompts or self.parameters):
            raise EvaluationError("The grid varies nothing; give it models, prompts or parameters.")
        empty = [name for name, values in [*self.prompts.items(), *self.parameters.items()] if not values]
        if empty:
            raise EvaluationError(f"The grid has no values for '{empty[0]}'.")


class EvaluationSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What is done with each sample of a dataset, and how the answers are judged."""

    name: str
    dataset: DatasetSource
    model: str | ModelSettings = ""  # may be left to the grid, as the messages may
    messages: tuple[Message, ...] = ()
    grid: Grid | None = None
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
        if not self.model and not (self.grid and self.grid.models):
            raise EvaluationError(f"The evaluation '{self.name}' has no model; name one.")
        if not self.messages and not (self.grid and self.grid.prompts):
            raise EvaluationError(
                f"The evaluation '{self.name}' has no messages; give it at least one user message."
            )
        if not 1 <= self.repeats <= 1000:
            raise EvaluationError(f"repeats must be from 1 to 1,000; it is {self.repeats}.")


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A definition, the folder from which its relative paths start, and the names of the time-outs that it sets."""

    spec: EvaluationSpec
    base: Path
    timeouts_set: frozenset[str] = frozenset()


def load_evaluation(reference: str) -> Evaluation:
    """Reads an evaluation: a path to a TOML file, or `example:NAME`, with `#VARIANT` behind it for one of its grid.

    Raises EvaluationError with what to do.
    """
    if is_python(reference):
        raise EvaluationError(
            f"{reference} is a Python file; this takes an evaluation as TOML, or example:NAME. "
            "evalstudio run and pytest take evaluations in Python."
        )
    reference, variant = split_variant(reference)
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
        reason = error.strerror if isinstance(error, OSError) else error
        raise EvaluationError(f"The evaluation file {path} cannot be read ({reason}).") from error
    evaluation = parse_evaluation(text, path)
    return evaluation if variant is None else Evaluation(_pick(evaluation.spec, variant), evaluation.base)


def is_python(reference: str) -> bool:
    """Whether a person means an evaluation file in Python, or one of its functions."""
    return split_variant(reference)[1] is None and reference.partition("::")[0].endswith(".py")


def split_variant(reference: str) -> tuple[str, str | None]:
    """An evaluation's reference without its variant, and that variant's name."""
    before, mark, variant = reference.partition(".toml#")
    if mark:
        return f"{before}.toml", variant
    before, mark, variant = reference.partition("#")
    return (before, variant) if mark and reference.startswith(EXAMPLE) else (reference, None)


def variants(spec: EvaluationSpec) -> dict[str, EvaluationSpec]:
    """The evaluations that a grid stands for, by their names, as in `openai/gpt-4o-mini, short, temperature=0`."""
    grid = spec.grid
    if grid is None:
        return {}
    models = [(_name_of(model), {"model": model}) for model in grid.models] or [("", {})]
    prompts = [(name, {"messages": messages}) for name, messages in grid.prompts.items()] or [("", {})]
    names = list(grid.parameters)
    found = {}
    for (model, its_model), (prompt, its_messages) in product(models, prompts):
        for values in product(*grid.parameters.values()):
            chosen = dict(zip(names, values, strict=True))
            parts = [model, prompt, *(f"{name}={value}" for name, value in chosen.items())]
            label = ", ".join(part for part in parts if part)
            changes = {**its_model, **its_messages, "parameters": {**spec.parameters, **chosen}}
            found[label] = msgspec.structs.replace(spec, name=f"{spec.name} [{label}]", grid=None, **changes)
    return found


def _name_of(model: str | ModelSettings) -> str:
    return model if isinstance(model, str) else model.label


def _pick(spec: EvaluationSpec, variant: str) -> EvaluationSpec:
    known = variants(spec)
    if variant not in known:
        there = f"it has {'; '.join(known)}" if known else "it has no grid"
        raise EvaluationError(f"The evaluation '{spec.name}' has no variant '{variant}'; {there}.")
    return known[variant]


def parse_evaluation(text: str, path: Path) -> Evaluation:
    """Reads the text of an evaluation file; `path` is where it is, or would be."""
    try:
        table = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise EvaluationError(f"The evaluation file {path} is not valid TOML: {error}.") from error
    try:
        spec = msgspec.convert(table, EvaluationSpec)
    except (msgspec.ValidationError, RecursionError) as error:
        raise EvaluationError(
            f"The evaluation file {path} has a field that can't be used: {explain_field(error, EvaluationSpec)}."
        ) from error
    return Evaluation(spec, path.absolute().parent, frozenset(table.get("timeouts", {})))


def examples() -> list[str]:
    """The names of the examples that ship with the program."""
    return sorted(path.stem for path in resource("examples").glob("*.toml"))


def _example(name: str) -> Path:
    names = examples()
    if name not in names:
        raise EvaluationError(f"There is no example '{name}'; there are {', '.join(names)}.")
    return resource("examples", f"{name}.toml")
