"""Run plan: everything a run needs, created and checked before its first call, so that errors cost nothing."""

import ast
import hashlib
import json
import platform
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from evalstudio.authoring.python_evaluation import PythonEvaluation
from evalstudio.authoring.rows import RowsDataset
from evalstudio.authoring.source import code_hash
from evalstudio.authoring.user_code import is_async, load_function
from evalstudio.core.errors import DatasetError, EvaluationError, RunError
from evalstudio.core.strategy import BY_WORKERS, Adaptive, SlidingWindow, Strategy
from evalstudio.core.version import __version__
from evalstudio.core.workers import Cluster, Processes, Threads, WorkerKind, choose_workers, is_asked_for
from evalstudio.datasets import Dataset, open_dataset
from evalstudio.engine.benchmarks.opening import BenchmarkTask
from evalstudio.engine.models.pricing import Prices
from evalstudio.evaluations.loading import Evaluation, variants
from evalstudio.evaluations.request import Options, StoredSpec, automatic_name
from evalstudio.evaluations.spec import EvaluationSpec
from evalstudio.evaluators import Evaluator, build_evaluators
from evalstudio.models.keys import check_no_secret
from evalstudio.models.providers import BUILT_IN, RECORDED, resolve_model
from evalstudio.models.settings import ModelSettings
from evalstudio.settings.values import Settings
from evalstudio.store.runs import NewRun
from evalstudio.templating.templates import Conversation, compile_value

JUDGING = Processes(1, 8)  # for evaluators; those that compute much set processes = N


@dataclass(frozen=True, slots=True)
class Plan:
    """A checked run that has not started."""

    spec: EvaluationSpec
    options: Options
    experiment: str
    dataset: Dataset | RowsDataset
    conversation: Conversation
    evaluators: tuple[Evaluator, ...]
    model: ModelSettings
    function: Callable[..., Any] | None  # the Python model, where this process calls it
    strategy: Strategy
    strategy_source: str
    pool: WorkerKind | None  # the workers that run the model, where it is a synchronous function
    reference: str  # to the evaluation, to load it again
    folder: Path  # the base of its relative paths
    evaluation: PythonEvaluation | None = None  # where the evaluation itself is a function
    given: frozenset[str] = (
        frozenset()
    )  # names of the time-outs that the evaluation sets itself, and "budget"
    cluster: Cluster | None = None  # that runs the model or user-written evaluators
    benchmark: BenchmarkTask | None = None  # the open task that the evaluation is
    judging: Processes = JUDGING  # that run user-written evaluators, where there is no cluster

    @property
    def workers(self) -> int | None:
        """Calls that the workers run at once; None: there are none, or the cluster has to be asked."""
        return None if self.pool is None or isinstance(self.pool, Cluster) else self.pool.capacity

    @property
    def asks_for_workers(self) -> bool:
        """Whether an option or the evaluation chooses the workers; else the settings do."""
        marked = self.evaluation.marked if self.evaluation is not None else self.spec
        return is_asked_for((self.options, marked))

    @property
    def samples_a_call(self) -> int:
        """The number of samples in one call of a worker."""
        return (self.evaluation.marked.batch_size or 1) if self.evaluation is not None else 1

    @property
    def is_python(self) -> bool:
        """Whether the model is user code."""
        return self.model.provider == "python"

    def compile_expected(self) -> Callable[[Mapping[str, Any]], Any] | None:
        """Returns what computes a sample's expected answer from its values, as the first comparing evaluator does.

        None where no evaluator compares.
        """
        columns = tuple(self.dataset.columns)
        usual = "{{ expected }}" if "expected" in columns else None
        for table in self.spec.evaluators:
            expected = table.get("expected", usual)
            if isinstance(expected, str):
                return compile_value(expected, columns)
            if expected is not None:
                return partial(_same, expected)
        return compile_value(usual, columns) if usual and self.evaluation is not None else None

    @property
    def cache(self) -> bool:
        """Whether answers of earlier runs are reused; never in a Python evaluation, whose calls are unknown."""
        wanted = self.spec.cache if self.options.cache is None else self.options.cache
        return wanted and self.evaluation is None

    def asked(self) -> dict[str, str]:
        """Returns the parts of the request that all samples share; with several turns the templates are among them."""
        parts = ["model", "parameters", "base URL", "headers", "model's file"]
        if self.conversation.turns > 1:
            parts.append("prompt")
        return {name: part for name, part in _fingerprint(self).items() if name in parts}

    @property
    def is_recorded(self) -> bool:
        """Whether the answers are columns of the dataset: nothing is called, and nothing takes time."""
        return self.model.provider == RECORDED

    @property
    def total(self) -> int:
        return len(self.dataset) * self.spec.repeats

    def new_run(self) -> NewRun:
        """Returns the row of this run for the store."""
        options = msgspec.structs.replace(self.options, resume=None)
        stored = StoredSpec.of(self.spec, options, self.reference, str(self.folder))
        return NewRun(
            experiment=self.experiment,
            evaluation=self.spec.name,
            model=self.model.label,
            spec=stored.encode(),
            fingerprint=_fingerprint(self),
            dataset_path=str(self.dataset.path),
            dataset_hash=self.dataset.content_hash,
            total=self.total,
            repeats=self.spec.repeats,
            versions={"evalstudio": __version__, "python": platform.python_version()},
            git_commit=_git_commit(self.dataset.path.parent),
        )


def make_plan(
    evaluation: Evaluation,
    reference: str,
    options: Options,
    settings: Settings,
    named: Mapping[str, ModelSettings] | None = None,
) -> Plan:
    """Reads and checks everything the run needs. Blocking: it reads the whole dataset once.

    Args:
        evaluation: The loaded evaluation.
        reference: Where it was loaded from.
        options: The options of this run; they take precedence over the evaluation.
        settings: The user's settings; the evaluation takes precedence over them.
        named: The workspace's own models, by name.

    Raises:
        EvalStudioError: The dataset is missing or empty, a template names an unknown column, a model can't be found,
            or a limit can't work; the message says what to do.
    """
    if evaluation.spec.grid is not None:
        raise EvaluationError(
            f"'{evaluation.spec.name}' is a grid of {len(variants(evaluation.spec))} evaluations; name one behind a #, as in "
            f"{Path(reference).name}#{next(iter(variants(evaluation.spec)))}."
        )
    given = evaluation.timeouts_set | ({"budget"} if evaluation.spec.budget is not None else set())
    asked = evaluation.spec
    if options.timeout is not None:
        given |= {"sample"}
        asked = msgspec.structs.replace(
            asked, timeouts=msgspec.structs.replace(asked.timeouts, sample=options.timeout)
        )
    if options.repeats is not None:
        asked = msgspec.structs.replace(asked, repeats=options.repeats)
    if asked.benchmark and not asked.messages:
        raise EvaluationError(
            f"'{asked.name}' is a benchmark, whose documents are not known before it is opened; run it instead."
        )
    spec = with_settings(asked, given, settings)
    check_no_secret(spec.parameters, f"'{spec.name}'")
    check_no_secret(spec.evaluators, f"the evaluators of '{spec.name}'")
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
    conversation = Conversation(spec.messages, dataset.columns, verbatim=bool(spec.benchmark))
    evaluators = build_evaluators(spec.evaluators, dataset.columns, evaluation.base)
    if not (options.model or spec.model):
        raise EvaluationError(
            f"The benchmark '{spec.name}' needs a model: --model openai/gpt-4o-mini, or one of your own."
        )
    model = resolve_model(
        options.model or spec.model, Path.cwd() if options.model else evaluation.base, named
    )
    if model.provider == RECORDED:
        _check_recorded(model.name, dataset.columns, conversation.turns)
    if spec.budget is not None and not Prices(model).known:
        raise EvaluationError(
            f"The budget of ${spec.budget:g} can't be kept: no price of {model.label} is known. Add prices = "
            f"{{ input = ..., output = ... }} (US dollars for a million tokens) to its model, or take the budget out{'' if 'budget' in given else ' of the settings'}."
        )
    chosen = choose_workers((options, spec), settings, thread_safe=model.thread_safe)
    function, pool = _function_and_pool(model, chosen)
    on_cluster = pool is not None or any(one.apart for one in evaluators)
    strategy, source_name = strategy_in_force(spec, options, settings, pool, model.window)
    return Plan(
        spec, options, options.experiment or automatic_name(), dataset, conversation, evaluators, model, function,
        strategy, source_name, pool, reference, evaluation.base, given=given,
        cluster=chosen if isinstance(chosen, Cluster) and on_cluster else None,
        judging=chosen if isinstance(chosen, Processes) else JUDGING,
    )  # fmt: skip


async def release_all(plans: Sequence[Plan]) -> None:
    """Releases what plans that won't run hold: the processes of their benchmarks."""
    for plan in plans:
        if plan.benchmark is not None:
            await plan.benchmark.host.release()


def with_settings(spec: EvaluationSpec, given: frozenset[str], settings: Settings) -> EvaluationSpec:
    """Returns the definition with the settings' time-outs and budget, except for those in `given`, which it sets."""
    own = {name: getattr(spec.timeouts, name) for name in given if name != "budget"}
    return msgspec.structs.replace(
        spec,
        timeouts=msgspec.structs.replace(settings.timeouts, **own),
        budget=spec.budget if "budget" in given else settings.budget,
    )


def _function_and_pool(
    model: ModelSettings, pool: WorkerKind
) -> tuple[Callable[..., Any] | None, WorkerKind | None]:
    """A Python model's function and its workers. Other processes load it themselves; then it is not loaded here."""
    if model.provider != "python":
        return None, None
    if not isinstance(pool, Threads) and not _defines_async(Path(model.path), model.name):
        return None, pool
    function = load_function(Path(model.path), model.name)
    return function, None if is_async(function) else pool


def _defines_async(path: Path, name: str) -> bool:
    """Whether a file's source defines `name` as an async function, or a class with an async `__call__`."""
    try:
        tree = ast.parse(path.read_bytes())
    except (OSError, SyntaxError, ValueError):
        return True  # loading it here reports what is wrong
    for node in tree.body:
        if isinstance(node, ast.AsyncFunctionDef) and node.name == name:
            return True
        if isinstance(node, ast.ClassDef) and node.name == name:
            return any(isinstance(one, ast.AsyncFunctionDef) and one.name == "__call__" for one in node.body)
    return False


def _check_recorded(column: str, columns: Sequence[str], turns: int) -> None:
    if column not in columns:
        raise EvaluationError(
            f"The model recorded/{column} takes its answers from the column '{column}', and no column is called so. "
            f"The columns are: {', '.join(columns)}."
        )
    if turns > 1:
        raise EvaluationError("Recorded answers are of one turn; take the later user messages out.")


def strategy_in_force(
    spec: EvaluationSpec,
    options: Options,
    settings: Settings,
    pool: WorkerKind | None,
    window: int | None = None,
) -> tuple[Strategy, str]:
    """Returns the strategy at the start of the run, and its source; `window` is the model's own setting."""
    if options.strategy is not None:
        return options.strategy, "option"
    if spec.strategy is not None:
        return spec.strategy, "evaluation"
    if window is not None:
        return SlidingWindow(window), "model"
    if settings.strategy is not None:
        return settings.strategy, "settings"
    if pool is not None:
        # the capacity of a cluster is known once it is connected
        return SlidingWindow(pool.capacity), BY_WORKERS
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
    if spec.api != "chat":
        parts["api"] = spec.api
    if plan.is_python:
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


def _same(expected: Any, _: Mapping[str, Any]) -> Any:
    return expected
