"""Benchmark scoring: asks the host for the scores of an answer; implements `Workers` for the evaluators of a task."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from evalstudio.core.errors import RequirementError
from evalstudio.core.outcome import Outcome
from evalstudio.core.score import Score
from evalstudio.engine.benchmarks.host_process import HostFailed
from evalstudio.engine.benchmarks.opening import READ, BenchmarkTask
from evalstudio.engine.user_code.stopwatch import Spent
from evalstudio.engine.workers.protocol import CallFailed, WorkerResult
from evalstudio.protocol import WorkerStatus

LONGEST_EXTRACT = 200  # characters of what a filter took that a score's reason shows


class _ByFilter(msgspec.Struct):
    taken: Any
    nothing: bool
    metrics: dict[str, float | None]


class BenchmarkScoring:
    """Scores the answers to one task's documents; all evaluators of an answer share one request.

    Args:
        task: The open task.
        tables: The evaluators' tables, by name.
    """

    size = capacity = 1
    label = "a process of the benchmark"
    waiting = 0

    def __init__(self, task: BenchmarkTask, tables: Mapping[str, Mapping[str, Any]]) -> None:
        self._task = task
        self._tables = tables
        self._asked: dict[tuple[int, str], tuple[asyncio.Task[dict[str, _ByFilter]], set[str]]] = {}

    async def run(
        self,
        function: Callable[..., Any] | None,
        arguments: Mapping[str, Any],
        longest: float | None = None,
    ) -> WorkerResult:
        """Returns the score of one evaluator; see `Workers`."""
        name, answer, values = arguments["score"], arguments["answer"], arguments["values"]
        key = (int(values["doc_id"]), answer)
        asked = self._asked.get(key)
        if asked is None:
            asked = asyncio.create_task(self._ask(*key, longest or 60.0)), set(self._tables)
            self._asked[key] = asked
        scoring, outstanding = asked
        outstanding.discard(name)
        if not outstanding:
            del self._asked[key]
        by_filter = await scoring
        return WorkerResult(score_of(name, self._tables[name], by_filter), Spent())

    async def _ask(self, document: int, answer: str, longest: float) -> dict[str, _ByFilter]:
        try:
            responses = responses_of(answer, self._task.info)
            found = await self._task.host.ask(
                "score", longest, task=self._task.info.name, document=document, responses=responses
            )
        except (HostFailed, RequirementError) as error:
            raise CallFailed(Outcome.CLIENT_ERROR, str(error)) from error
        return msgspec.convert(found, dict[str, _ByFilter])

    def notify_changes(self, on_change: Callable[[], None]) -> None:
        """Has no effect: the size does not change."""

    def resize(self, size: int) -> None:
        """Has no effect: a task's code runs one answer at a time."""

    def worker_status(self) -> tuple[WorkerStatus, ...]:
        return ()

    def close(self) -> None:
        for scoring, _ in self._asked.values():
            scoring.cancel()

    async def aclose(self) -> None:
        """Cancels what is asked; the host ends with the run."""
        self.close()
        await asyncio.gather(*(scoring for scoring, _ in self._asked.values()), return_exceptions=True)
        self._asked.clear()


def responses_of(answer: str, info: Any) -> list[Any]:
    """Returns an answer as the task takes it: its text, or log-probabilities.

    Raises:
        HostFailed: The answer holds no log-probabilities.
    """
    if not info.asks_logprobs:
        return [answer]
    try:
        rows = msgspec.json.decode(answer, type=list[_Likelihood])
    except msgspec.MsgspecError as error:
        raise HostFailed("The answer holds no log-probabilities.") from error
    if info.output == "loglikelihood_rolling":
        return [row.logprob for row in rows]
    return [[row.logprob, row.greedy] for row in rows]


class _Likelihood(msgspec.Struct):
    logprob: float
    greedy: bool


def score_of(name: str, table: Mapping[str, Any], by_filter: Mapping[str, _ByFilter]) -> Score:
    """Returns the score that an evaluator's table asks for."""
    found = by_filter.get(table["filter"])
    metrics = tuple(table.get("metrics", ("mean",)))
    if found is None or table["metric"] not in found.metrics:
        return Score(name, None, metrics, "the task gives this answer no such score")
    if table.get(READ) and found.nothing:
        return Score(name, None, metrics, "nothing found: as published, this counts as wrong")
    value = found.metrics[table["metric"]]
    why = f"took {_shown(found.taken)}" if isinstance(found.taken, str) else ""
    if found.nothing:
        why = "nothing found in the answer, which counts as wrong"
    return Score(
        name, value, metrics, why if value is not None else "the task gives no number for one answer"
    )


def _shown(taken: str) -> str:
    text = " ".join(taken.split())
    return repr(text if len(text) <= LONGEST_EXTRACT else f"{text[:LONGEST_EXTRACT]}…")


def tables_of(tables: Sequence[Mapping[str, Any]], kind: str) -> dict[str, Mapping[str, Any]]:
    """Returns the tables of one type of evaluator, by name."""
    return {str(table["name"]): table for table in tables if table.get("type") == kind}
