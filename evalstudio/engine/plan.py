"""Everything a run needs, made and checked before its first call: what is wrong is said before anything is spent."""

import hashlib
import inspect
import json
import platform
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from evalstudio import __version__
from evalstudio.concurrency import Adaptive, SlidingWindow, Strategy, check_count
from evalstudio.datasets import Dataset, open_dataset
from evalstudio.engine.models.function import load_function
from evalstudio.engine.pricing import Prices
from evalstudio.errors import DatasetError, EvaluationError, RunError
from evalstudio.evaluation import Evaluation, EvaluationSpec, ModelSettings, variants
from evalstudio.evaluators import Evaluator, build_evaluators
from evalstudio.models import BUILT_IN, RECORDED, resolve_model
from evalstudio.python.evaluation import PythonEvaluation
from evalstudio.python.rows import RowsDataset
from evalstudio.python.source import code_hash
from evalstudio.settings import Settings
from evalstudio.store.runs import NewRun
from evalstudio.templates import BARE_NAME, Conversation


class Options(msgspec.Struct, frozen=True):
    """What a person may say beside the evaluation file; None: as the file or the settings have it."""

    experiment: str | None = None
    strategy: Strategy | None = None
    workers: int | None = None
    samples: int | None = None
    model: str | None = None
    new_run: bool = False
    retry_classes: tuple[str, ...] | None = None  # errored records to make again; None: all
    cache: bool | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """A run before it starts."""

    spec: EvaluationSpec
    options: Options
    experiment: str
    dataset: Dataset | RowsDataset
    conversation: Conversation
    evaluators: tuple[Evaluator, ...]
    model: ModelSettings
    function: Callable[..., Any] | None  # of a Python model
    strategy: Strategy
    strategy_source: str
    workers: int | None  # threads, where the model is a synchronous function
    reference: str  # the evaluation file, to find it again
    folder: Path  # from which its relative paths start
    evaluation: PythonEvaluation | None = None  # where the evaluation itself is a function
    given: frozenset[str] = frozenset()  # what the evaluation sets itself: names of time-outs, budget

    @property
    def expected(self) -> str | None:
        """The column with the expected answer: the one that the first evaluator compares with."""
        for table in self.spec.evaluators:
            if match := BARE_NAME.fullmatch(str(table.get("expected", ""))):
                return match.group(1)
        given = self.evaluation is not None and "expected" in self.dataset.columns
        return "expected" if given else None

    @property
    def cache(self) -> bool:
        """Whether answers of earlier runs are taken. What a Python function calls, nobody else can know."""
        wanted = self.spec.cache if self.options.cache is None else self.options.cache
        return wanted and self.evaluation is None

    def asked(self) -> dict[str, str]:
        """What is the same in the request of every sample; the templates where a turn builds on an answer."""
        parts = ["model", "parameters", "base URL", "headers", "model's file"]
        if self.conversation.turns > 1:
            parts.append("prompt")
        return {name: part for name, part in _fingerprint(self).items() if name in parts}

    @property
    def is_recorded(self) -> bool:
        """Whether the answers come from the dataset itself: nothing is called, and nothing takes time."""
        return self.model.provider == RECORDED

    @property
    def total(self) -> int:
        return len(self.dataset) * self.spec.repeats

    def new_run(self) -> NewRun:
        stored = StoredSpec(self.spec, self.options, self.reference, str(self.folder))
        return NewRun(
            experiment=self.experiment,
            evaluation=self.spec.name,
            model=self.model.label,
            spec=msgspec.json.encode(stored).decode(),
            fingerprint=_fingerprint(self),
            dataset_path=str(self.dataset.path),
            dataset_hash=self.dataset.content_hash,
            total=self.total,
            repeats=self.spec.repeats,
            versions={"evalstudio": __version__, "python": platform.python_version()},
            git_commit=_git_commit(self.dataset.path.parent),
        )


class StoredSpec(msgspec.Struct, frozen=True):
    """A run as asked for, enough to go on with it later."""

    spec: EvaluationSpec
    options: Options
    reference: str
    base: str


def make_plan(
    evaluation: Evaluation,
    reference: str,
    options: Options,
    settings: Settings,
    named: Mapping[str, ModelSettings] | None = None,
) -> Plan:
    """Reads and checks all that the run needs. Blocking: it reads the whole dataset once.

    `named` are the workspace's own models.

    Raises an EvalStudioError with what to do: a dataset that is missing or empty, a template that names a column
    which is not there, a model that can't be found, a limit that can't work.
    """
    if evaluation.spec.grid is not None:
        raise EvaluationError(
            f"'{evaluation.spec.name}' is a grid of {len(variants(evaluation.spec))} evaluations; name one behind a #, as in "
            f"{Path(reference).name}#{next(iter(variants(evaluation.spec)))}."
        )
    given = evaluation.timeouts_set | ({"budget"} if evaluation.spec.budget is not None else set())
    spec = with_settings(evaluation.spec, given, settings)
    source = spec.dataset
    if options.samples is not None:
        if options.samples < 1:
            raise RunError(f"samples must be 1 or more; it is {options.samples}.")
        source = msgspec.structs.replace(source, samples=options.samples)
    dataset = open_dataset(source, evaluation.base)
    if len(dataset) == 0:
        raise DatasetError(
            f"The dataset {dataset.path.name} has no samples to run; check its filter and its rows."
        )
    conversation = Conversation(spec.messages, dataset.columns)
    evaluators = build_evaluators(spec.evaluators, dataset.columns, evaluation.base)
    model = resolve_model(
        options.model or spec.model, Path.cwd() if options.model else evaluation.base, named
    )
    if model.provider == RECORDED:
        _check_recorded(model.name, dataset.columns, conversation.turns)
    function = load_function(Path(model.path), model.name) if model.provider == "python" else None
    workers = None
    if function is not None and not is_async(function):
        workers = check_count("workers", options.workers or spec.workers or settings.workers)
        if not model.thread_safe:
            workers = 1
    if spec.budget is not None and not Prices(model).known:
        raise EvaluationError(
            f"The budget of ${spec.budget:g} can't be kept: no price of {model.label} is known. Add prices = "
            f"{{ input = ..., output = ... }} (US dollars for a million tokens) to its model, or take the budget out{'' if 'budget' in given else ' of the settings'}."
        )
    strategy, source_name = strategy_in_force(spec, options, settings, workers, model.window)
    return Plan(
        spec, options, options.experiment or automatic_name(), dataset, conversation, evaluators, model, function,
        strategy, source_name, workers, reference, evaluation.base, given=given,
    )  # fmt: skip


def with_settings(spec: EvaluationSpec, given: frozenset[str], settings: Settings) -> EvaluationSpec:
    """The definition with the settings' time-outs and budget where it sets none; `given` are those that it sets."""
    own = {name: getattr(spec.timeouts, name) for name in given if name != "budget"}
    return msgspec.structs.replace(
        spec,
        timeouts=msgspec.structs.replace(settings.timeouts, **own),
        budget=spec.budget if "budget" in given else settings.budget,
    )


def _check_recorded(column: str, columns: Sequence[str], turns: int) -> None:
    if column not in columns:
        raise EvaluationError(
            f"The model recorded/{column} takes its answers from the column '{column}', and no column is called so. "
            f"The columns are: {', '.join(columns)}."
        )
    if turns > 1:
        raise EvaluationError("Recorded answers are of one turn; take the later user messages out.")


def is_async(function: Callable[..., Any]) -> bool:
    """Whether a call of it is awaited: an async function, or an object whose `__call__` is one."""
    return inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(type(function).__call__)


def automatic_name() -> str:
    """A name for an experiment that nobody named; such names sort by time."""
    return datetime.now().astimezone().strftime("%Y-%m-%d %H.%M.%S")


def strategy_in_force(
    spec: EvaluationSpec,
    options: Options,
    settings: Settings,
    workers: int | None,
    window: int | None = None,
) -> tuple[Strategy, str]:
    """The strategy that holds when the run starts, and where it comes from; `window` is the model's own."""
    if options.strategy is not None:
        return options.strategy, "option"
    if spec.strategy is not None:
        return spec.strategy, "evaluation"
    if window is not None:
        return SlidingWindow(window), "model"
    if settings.strategy is not None:
        return settings.strategy, "settings"
    if workers is not None:
        return SlidingWindow(workers), "default: the worker count"
    return Adaptive(), "default"


def _fingerprint(plan: Plan) -> dict[str, str]:
    spec = plan.spec
    if plan.evaluation is not None:
        return {
            "dataset": plan.dataset.content_hash,
            "columns": ", ".join(plan.dataset.columns),
            "code": code_hash(plan.evaluation.function),
        }
    assert isinstance(plan.dataset, Dataset)
    source = plan.dataset.source
    parts: dict[str, Any] = {
        "dataset": plan.dataset.content_hash,
        "columns": source.columns,
        "selection": [
            source.seed,
            source.indices,
            source.filter,
            source.samples if source.seed is not None else None,
        ],
        "prompt": spec.messages,
        "model": plan.model.label,
        "parameters": spec.parameters,
        "repeats": spec.repeats,
    }
    if plan.model.provider not in (*BUILT_IN, RECORDED, "python"):
        parts["base URL"] = plan.model.base_url
    if plan.model.headers:
        parts["headers"] = plan.model.headers
    if plan.function is not None:
        parts["model's file"] = hashlib.sha256(Path(plan.model.path).read_bytes()).hexdigest()[:16]
    return {
        name: part
        if isinstance(part, str)
        else json.dumps(msgspec.to_builtins(part), sort_keys=True, ensure_ascii=False)
        for name, part in parts.items()
    }


def _git_commit(folder: Path) -> str | None:
    try:
        found = subprocess.run(
            ["git", "rev-parse", "--short=12", "HEAD"],
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=2,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return found.stdout.strip() or None if found.returncode == 0 else None
