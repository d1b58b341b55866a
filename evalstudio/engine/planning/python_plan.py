"""Plan of a Python evaluation: rows in memory, the function as model, and its own scores."""

from typing import Any

from evalstudio.authoring.decorators import Marked
from evalstudio.authoring.python_evaluation import PythonEvaluation
from evalstudio.authoring.rows import RowsDataset
from evalstudio.authoring.user_code import is_async
from evalstudio.core.errors import EvaluationError, RunError
from evalstudio.core.strategy import BY_WORKERS, window_of
from evalstudio.core.workers import Cluster, Threads, choose_workers, is_asked_for
from evalstudio.datasets import DatasetSource
from evalstudio.engine.planning.plan import Plan, strategy_in_force, with_settings
from evalstudio.evaluations.request import Options, automatic_name
from evalstudio.evaluations.spec import EvaluationSpec, TimeOuts
from evalstudio.models.settings import ModelSettings
from evalstudio.settings.values import Settings
from evalstudio.templating.templates import Conversation, Message


def plan_evaluation(evaluation: PythonEvaluation, options: Options, settings: Settings) -> Plan:
    """Checks everything the run needs, and reads the rows once; of a generator only the first one.

    Raises:
        EvalStudioError: Something can't work; the message says what to do.
    """
    marked = evaluation.marked
    if options.samples is not None and options.samples < 1:
        raise RunError(f"samples must be 1 or more; it is {options.samples}.")
    if options.model is not None:
        raise EvaluationError(
            f"The model of {evaluation.label} is its own function; --model can't replace it."
        )
    dataset = RowsDataset(marked.columns, marked.rows, evaluation.path, options.samples)
    # the prompt that a record shows, unless the function returns another
    messages = (Message("user", "{{ " + marked.columns[0] + " }}"),)
    timeouts, given = _timeouts(marked, options)
    spec = EvaluationSpec(
        name=evaluation.label,
        dataset=DatasetSource(path=evaluation.path.name),
        model=ModelSettings("python", evaluation.name, path=str(evaluation.path)),
        messages=messages,
        strategy=marked.strategy,
        timeouts=timeouts,
    )
    spec = with_settings(spec, given, settings)
    pool = None if is_async(evaluation.function) else choose_workers((options, marked), settings)
    strategy, source = strategy_in_force(spec, options, settings, pool)
    chosen = pool is not None and (not isinstance(pool, Threads) or is_asked_for((options, marked)))
    if marked.batch_size is not None and chosen and options.strategy is None:
        assert pool is not None
        strategy, source = (
            window_of(pool.capacity, marked.batch_size),
            BY_WORKERS,
        )  # a batch for each, not one
    assert isinstance(spec.model, ModelSettings)
    return Plan(
        spec, options, options.experiment or automatic_name(), dataset, Conversation(messages, marked.columns), (),
        spec.model, evaluation.function, strategy, source, pool, evaluation.reference, evaluation.path.parent,
        evaluation, given, pool if isinstance(pool, Cluster) else None,
    )  # fmt: skip


def _timeouts(marked: Marked, options: Options) -> tuple[TimeOuts, frozenset[str]]:
    """The time-outs that the evaluation and its options set themselves, and their names."""
    own: dict[str, Any] = {}
    if marked.retries is not None and marked.retries.attempts is not None:
        own["attempts"] = marked.retries.attempts
    longest = marked.timeout if options.timeout is None else options.timeout
    if longest is not None:
        # a batch whose call raises is retried in halves, each with its own time-out
        own["sample" if marked.batch_size is None else "attempt"] = longest
    return TimeOuts(**own), frozenset(own)
