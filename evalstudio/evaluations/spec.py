"""Evaluation specification: the TOML file that a person can read, diff and run."""

from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from evalstudio.benchmarks.reference import is_benchmark
from evalstudio.core.errors import EvaluationError
from evalstudio.core.strategy import Strategy
from evalstudio.datasets import DatasetSource
from evalstudio.models.settings import ModelSettings
from evalstudio.templating.templates import CONVERSATION, Message


class TimeOuts(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Time-outs in seconds, and the number of attempts."""

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
    """Parameter grid: every combination is a run of its own, all in one experiment."""

    models: tuple[str | ModelSettings, ...] = ()
    prompts: dict[str, tuple[Message, ...]] = {}  # by name
    parameters: dict[str, tuple[Any, ...]] = {}  # the values of each

    def __post_init__(self) -> None:
        if not (self.models or self.prompts or self.parameters):
            raise EvaluationError("The grid varies nothing; give it models, prompts or parameters.")
        empty = [name for name, values in [*self.prompts.items(), *self.parameters.items()] if not values]
        if empty:
            raise EvaluationError(f"The grid has no values for '{empty[0]}'.")


def with_conversations(table: Mapping[str, Any]) -> dict[str, Any]:
    """The table of a definition with each text among its messages as a message of the role `conversation`.

    Example:
        >>> with_conversations({"messages": "{{ talk }}"})
        {'messages': [{'role': 'conversation', 'content': '{{ talk }}'}]}
    """
    changed = dict(table)
    if "messages" in changed:
        changed["messages"] = _expanded(changed["messages"])
    grid = changed.get("grid")
    if isinstance(grid, Mapping) and isinstance(grid.get("prompts"), Mapping):
        prompts = {name: _expanded(messages) for name, messages in grid["prompts"].items()}
        changed["grid"] = {**grid, "prompts": prompts}
    return changed


def _expanded(messages: Any) -> Any:
    listed = [messages] if isinstance(messages, str) else messages
    if not isinstance(listed, list):
        return messages
    return [{"role": CONVERSATION, "content": one} if isinstance(one, str) else one for one in listed]


class EvaluationSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Definition of an evaluation: what each sample of a dataset is turned into, and how answers are judged."""

    name: str
    dataset: DatasetSource = DatasetSource(path="")
    model: str | ModelSettings = ""  # may be set by the grid instead, like the messages
    messages: tuple[Message, ...] = ()
    grid: Grid | None = None
    description: str = ""
    parameters: dict[str, Any] = {}  # temperature, max_tokens, ... as the endpoint expects them
    evaluators: tuple[dict[str, Any], ...] = ()
    strategy: Strategy | None = None
    workers: int | None = None  # threads for a synchronous model
    processes: int | None = None  # or processes for it
    threads_per_process: int | None = None
    cluster: str | None = None  # or a Dask scheduler's address, or local
    repeats: int = 1
    stream: bool = False
    timeouts: TimeOuts = TimeOuts()
    budget: float | None = None  # US dollars; the run stops when it is used up
    api: Literal["chat", "completions"] = "chat"  # completions: the prompt is one text
    benchmark: str = ""  # as in lm-eval:gsm8k: it brings dataset, messages, parameters and evaluators
    fewshot: int | None = None  # of a benchmark: the number of examples, in place of its own
    include: tuple[str, ...] = ()  # folders with tasks of a person's own
    cache: bool = False  # reuse answers to the same question from earlier runs of this workspace

    def __post_init__(self) -> None:
        if not self.name.strip():
            raise EvaluationError("An evaluation needs a name.")
        if self.benchmark:
            self._check_benchmark()
            return
        if not self.dataset.path:
            raise EvaluationError(f"The evaluation '{self.name}' has no dataset; name its file.")
        if self.fewshot is not None or self.include:
            raise EvaluationError("fewshot and include are for a benchmark; name one, or take them out.")
        if not self.model and not (self.grid and self.grid.models):
            raise EvaluationError(f"The evaluation '{self.name}' has no model; name one.")
        if not self.messages and not (self.grid and self.grid.prompts):
            raise EvaluationError(
                f"The evaluation '{self.name}' has no messages; give it at least one user message."
            )
        if not 1 <= self.repeats <= 1000:
            raise EvaluationError(f"repeats must be from 1 to 1,000; it is {self.repeats}.")

    def _check_benchmark(self) -> None:
        if not is_benchmark(self.benchmark):
            raise EvaluationError(
                f"The benchmark '{self.benchmark}' has to begin with lm-eval:, as in lm-eval:gsm8k."
            )
        if self.fewshot is not None and self.fewshot < 0:
            raise EvaluationError(f"fewshot must be 0 or more; it is {self.fewshot}.")
        if not 1 <= self.repeats <= 1000:
            raise EvaluationError(f"repeats must be from 1 to 1,000; it is {self.repeats}.")
        if self.grid is not None and self.grid.prompts:
            raise EvaluationError("A benchmark brings its own prompts; the grid can't vary them.")
