"""The plan of an evaluation that is a Python function: rows in memory, the function as model, scores of its own."""

from evalstudio.datasets import DatasetSource
from evalstudio.engine.models.function import is_async
from evalstudio.engine.plan import Options, Plan, automatic_name, strategy_in_force, with_settings
from evalstudio.errors import EvaluationError, RunError
from evalstudio.evaluation import EvaluationSpec, ModelSettings, TimeOuts
from evalstudio.python.evaluation import PythonEvaluation
from evalstudio.python.rows import RowsDataset
from evalstudio.settings import Settings
from evalstudio.templates import Conversation, Message
from evalstudio.workers import Cluster, choose_workers


def plan_evaluation(evaluation: PythonEvaluation, options: Options, settings: Settings) -> Plan:
    """Checks all that the run needs; reads the rows once, of a generator the first one.

    Raises an EvalStudioError with what to do.
    """
    marked = evaluation.marked
    if options.samples is not None and options.samples < 1:
        raise RunError(f"samples must be 1 or more; it is {options.samples}.")
    if options.model is not None:
        raise EvaluationError(
            f"The model of {evaluation.label} is its own function; --model can't replace it."
        )
    dataset = RowsDataset(marked.columns, marked.rows, evaluation.path, options.samples)
    # what a record shows as its prompt where the function tells no other
    messages = (Message("user", "{{ " + marked.columns[0] + " }}"),)
    attempts = marked.retries.attempts if marked.retries is not None else None
    spec = EvaluationSpec(
        name=evaluation.label,
        dataset=DatasetSource(path=evaluation.path.name),
        model=ModelSettings("python", evaluation.name, path=str(evaluation.path)),
        messages=messages,
        strategy=marked.strategy,
        timeouts=TimeOuts() if attempts is None else TimeOuts(attempts=attempts),
    )
    given = frozenset({"attempts"} if attempts is not None else ())
    spec = with_settings(spec, given, settings)
    pool = None
    if not is_async(evaluation.function) and marked.batch_size is None:
        pool = choose_workers((options, marked), settings)
    strategy, source = strategy_in_force(spec, options, settings, pool)
    assert isinstance(spec.model, ModelSettings)
    return Plan(
        spec, options, options.experiment or automatic_name(), dataset, Conversation(messages, marked.columns), (),
        spec.model, evaluation.function, strategy, source, pool, evaluation.reference, evaluation.path.parent,
        evaluation, given, pool if isinstance(pool, Cluster) else None,
    )  # fmt: skip
