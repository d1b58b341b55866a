"""Evaluation decorators: `foreach`, `ForEach` and `batch` mark a function as an evaluation and name its rows.

The function itself is unchanged: it can be called with one sample like any other function.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

from evalstudio.authoring.retries import Retries, read_retries
from evalstudio.core.coverage import check_coverage
from evalstudio.core.errors import EvaluationError, LimitError
from evalstudio.core.strategy import Adaptive, Sequential, SlidingWindow, Strategy, check_count
from evalstudio.core.workers import is_asked_for

MARK = "__evalstudio__"
BATCH_SIZE = 32
LONGEST_S = 7 * 86_400.0

Function = TypeVar("Function", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Marked:
    """Options that a decorator stores on an evaluation's function."""

    columns: tuple[str, ...]
    rows: Any
    strategy: Strategy | None = None
    retries: Retries | None = None
    batch_size: int | None = None  # None: the function takes one sample
    fail_under: float | None = None
    fail_under_low: bool = False  # judged on the lower end of the interval
    workers: int | None = None
    processes: int | None = None
    threads_per_process: int | None = None
    cluster: str | None = None
    timeout: float | None = None  # seconds: of a sample, or of one call with a batch
    min_coverage: float | None = (
        None  # the share of answers that the first score is to rest on; None: as usual
    )


class ForEach:
    """Factory of `foreach` decorators that share a strategy and other run options.

    Args:
        concurrency: how many samples are processed at once; by default Adaptive for async functions and a window of
            the worker count for others.
        retries: how often a call that failed for a transient reason is retried: a number, or a tenacity object,
            of which the number of attempts and the exception types are used.
        workers: threads for a function that is not async.
        processes: processes for it instead of threads, which import its file.
        threads_per_process: threads in each of the processes.
        cluster: the workers of a Dask scheduler instead, at tcp://HOST:PORT or `local`.
        timeout: seconds for a sample including its retries; after that it is errored and its slot is free.

    Raises:
        LimitError: an option has the wrong type or an invalid value.

    Example:
        >>> from evalstudio import ForEach, Result
        >>> from evalstudio.concurrency import SlidingWindow
        >>> from evalstudio.evaluators import exact_match
        >>> each = ForEach(concurrency=SlidingWindow(8), retries=3, timeout=60)
        >>> @each("question,expected", [("2 + 2", "4"), ("3 + 3", "6")])
        ... def eval_sums(question, expected):
        ...     answer = str(sum(map(int, question.split(" + "))))
        ...     return Result(exact_match(answer, expected), prompt=question, model_response=answer)
        >>> eval_sums("1 + 1", "2").model_response
        '2'
    """

    def __init__(
        self,
        concurrency: Strategy | None = None,
        retries: Any = None,
        *,
        workers: int | None = None,
        processes: int | None = None,
        threads_per_process: int | None = None,
        cluster: str | None = None,
        timeout: float | None = None,
    ) -> None:
        if concurrency is not None and not isinstance(concurrency, (Sequential, SlidingWindow, Adaptive)):
            raise LimitError(
                "concurrency must be Sequential(), SlidingWindow(N) or Adaptive(); "
                f"it is {type(concurrency).__name__}."
            )
        self._strategy = concurrency
        self._retries = read_retries(retries)
        self._asked = (workers, processes, threads_per_process, cluster, check_timeout(timeout))

    def __call__(
        self,
        columns: str,
        rows: Iterable[Any],
        *,
        fail_under: float | None = None,
        fail_under_low: bool = False,
        min_coverage: float | None = None,
    ) -> Callable[[Function], Function]:
        """Returns a decorator for a function that is called with each row.

        Args:
            columns: names separated by commas; the function has a parameter for each.
            rows: tuples or lists in that order, dicts by column name, or the values themselves if there is a single
                column; as a list, a generator (which is streamed), or a pandas, polars or Hugging Face dataset.
            fail_under: the evaluation fails if its first score is below this, under pytest and as exit status.
            fail_under_low: compare the lower end of the score's 95 % interval instead, under pytest.
            min_coverage: with fail_under, the share of answers that have to be scored; by default 0.95.

        Returns:
            A decorator that marks the function and returns it unchanged.

        Raises:
            EvaluationError: columns, rows or fail_under are invalid.
            LimitError: more than one kind of workers is chosen.
        """
        names = _names(columns)
        check_rows(rows)
        _check_fail_under(fail_under)
        marked = Marked(
            names, rows, self._strategy, self._retries, None, fail_under, fail_under_low, *self._asked,
            min_coverage=check_coverage(min_coverage),
        )  # fmt: skip
        is_asked_for((marked,))
        return lambda function: _mark(function, marked)


def foreach(
    columns: str,
    rows: Iterable[Any],
    *,
    fail_under: float | None = None,
    fail_under_low: bool = False,
    min_coverage: float | None = None,
) -> Callable[[Function], Function]:
    """Returns a decorator for a function that is called with each row, with the default run options.

    Use `ForEach` to set a strategy, retries, workers or a time-out.

    Args:
        columns: names separated by commas; the function has a parameter for each.
        rows: tuples or lists in that order, dicts by column name, or the values themselves if there is a single
            column; as a list, a generator (which is streamed), or a pandas, polars or Hugging Face dataset.
        fail_under: the evaluation fails if its first score is below this, under pytest and as exit status.
        fail_under_low: compare the lower end of the score's 95 % interval instead, under pytest.
        min_coverage: with fail_under, the share of answers that have to be scored; by default 0.95.

    Returns:
        A decorator that marks the function and returns it unchanged.

    Raises:
        EvaluationError: columns, rows or fail_under are invalid.

    Example:
        >>> from evalstudio import Result, foreach
        >>> from evalstudio.evaluators import exact_match
        >>> @foreach("text,expected", [("so good", "good"), ("so bad", "bad")], fail_under=0.9)
        ... def eval_sentiment(text, expected):
        ...     answer = text.removeprefix("so ")
        ...     return Result(exact_match(answer, expected), prompt=text, model_response=answer)
    """
    return ForEach()(
        columns, rows, fail_under=fail_under, fail_under_low=fail_under_low, min_coverage=min_coverage
    )


def batch(
    columns: str,
    rows: Iterable[Any],
    *,
    batch_size: int | None = None,
    retries: Any = None,
    timeout: float | None = None,
    workers: int | None = None,
    processes: int | None = None,
    threads_per_process: int | None = None,
    cluster: str | None = None,
    fail_under: float | None = None,
    fail_under_low: bool = False,
    min_coverage: float | None = None,
) -> Callable[[Function], Function]:
    """Returns a decorator for a function that takes many rows at once, as one list per column.

    The function returns one Result per row, in the same order; an exception in place of a Result is that row's error.
    If the call raises, or kills its process, halves of the batch are tried, so that a bad row fails alone. One batch
    runs at a time, or as many as there are `workers`, or threads in `processes` or a `cluster`.

    Args:
        columns: names separated by commas; the function has a parameter for each.
        rows: tuples or lists in that order, dicts by column name, or the values themselves if there is a single
            column; as a list, a generator (which is streamed), or a pandas, polars or Hugging Face dataset.
        batch_size: the largest number of rows in a call, by default 32.
        retries: as in `ForEach`.
        timeout: seconds for the call with one batch.
        workers: threads, which is the number of concurrent batches.
        processes: processes instead of threads, which import the function's file.
        threads_per_process: threads in each of the processes.
        cluster: the workers of a Dask scheduler instead, at tcp://HOST:PORT or `local`.
        fail_under: the evaluation fails if its first score is below this, under pytest and as exit status.
        fail_under_low: compare the lower end of the score's 95 % interval instead, under pytest.

    Returns:
        A decorator that marks the function and returns it unchanged.

    Raises:
        EvaluationError: columns, rows or fail_under are invalid.
        LimitError: another option is invalid, or more than one kind of workers is chosen.

    Example:
        >>> from evalstudio import Result, batch
        >>> from evalstudio.evaluators import exact_match
        >>> @batch("text,expected", [("a", "A"), ("b", "B")], batch_size=16)
        ... def eval_upper(text, expected):
        ...     answers = [one.upper() for one in text]
        ...     return [Result(exact_match(answer, right)) for answer, right in zip(answers, expected)]
        >>> len(eval_upper(["c", "d"], ["C", "D"]))
        2
    """
    size = check_count("batch_size", BATCH_SIZE if batch_size is None else batch_size)
    names = _names(columns)
    check_rows(rows)
    _check_fail_under(fail_under)
    marked = Marked(
        names, rows, SlidingWindow(size), read_retries(retries), size, fail_under, fail_under_low, workers, processes,
        threads_per_process, cluster, check_timeout(timeout), check_coverage(min_coverage),
    )  # fmt: skip
    is_asked_for((marked,))
    return lambda function: _mark(function, marked)


def marked_of(function: Any) -> Marked | None:
    """Returns the options stored by a decorator; None for any other object."""
    marked = getattr(function, MARK, None) if callable(function) else None
    return marked if isinstance(marked, Marked) else None


def check_rows(rows: Any) -> None:
    if isinstance(rows, (str, bytes, dict)) or not hasattr(rows, "__iter__"):
        raise EvaluationError(
            f"The rows of an evaluation must be a list or another iterable of rows; they are a {type(rows).__name__}."
        )


def check_timeout(value: Any) -> float | None:
    """Returns `value` if it is None or a number of seconds above 0, and at most a week.

    Raises:
        LimitError: it is anything else.
    """
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 < value < LONGEST_S:
        raise LimitError(f"timeout must be a number of seconds above 0; it is {value!r}.")
    return float(value)


def _check_fail_under(value: Any) -> None:
    if value is not None and (isinstance(value, bool) or not isinstance(value, (int, float))):
        raise EvaluationError(f"fail_under must be a number, as in 0.9; it is {value!r}.")


def _names(columns: str) -> tuple[str, ...]:
    if not isinstance(columns, str):
        raise EvaluationError(
            f"The columns must be one text with names separated by commas, as in 'text,expected'; "
            f"they are {columns!r}."
        )
    names = tuple(name.strip() for name in columns.split(","))
    for name in names:
        if not name.isidentifier():
            raise EvaluationError(
                f"'{name}' in the columns '{columns}' can be no parameter's name; write names separated by commas."
            )
        if names.count(name) > 1:
            raise EvaluationError(f"The columns '{columns}' name '{name}' twice.")
    return names


def _mark(function: Function, marked: Marked) -> Function:
    if not callable(function):
        raise EvaluationError(f"foreach and batch decorate a function, not {function!r}.")
    setattr(function, MARK, marked)
    return function
