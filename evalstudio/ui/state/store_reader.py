"""Store reader of the window: queries run in threads of their own, so the window's thread never waits for a disk.

What is visible now (the rows of a table, one record) has a thread and a connection for itself, and so have the search
for a table's records and the comparison of runs: no long query delays the others.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from evalstudio.core.errors import RunError, StoreError
from evalstudio.protocol import RecordNote, ScoreNow
from evalstudio.statistics.metrics import LiveAggregate
from evalstudio.store.bin import BinContents, bin_contents
from evalstudio.store.comparison import RunComparison, compare_runs
from evalstudio.store.concurrency_curve import CurvePoint, concurrency_curve
from evalstudio.store.database import NoTablesYet, explained
from evalstudio.store.distribution import Bar, latency_bars, outcome_counts, score_bars
from evalstudio.store.endpoint_memory import Learned, ModelHistory, learned_endpoints, model_histories
from evalstudio.store.leaderboard import Leaderboard, rank_runs
from evalstudio.store.notes import notes_of
from evalstudio.store.query import RecordQuery
from evalstudio.store.reader import Details, Reader, RecordLine
from evalstudio.store.runs import RunRow
from evalstudio.store.timeline import saved_rates
from evalstudio.ui.state.run_model import History, live_elsewhere
from evalstudio.workspace.folder import Workspace, has_database

if TYPE_CHECKING:  # they import NumPy, and the list of runs is read before it is loaded
    from evalstudio.store.ids import Ids
    from evalstudio.ui.state.run_series import Series

Result = TypeVar("Result")
STEPS = 10_000  # of SQLite's machine, between two looks at whether a query is broken off
SPARKS = 32  # points of a sparkline


class Distributions(NamedTuple):
    """Histograms of a run's latencies and of one evaluator's scores."""

    evaluators: tuple[str, ...]
    evaluator: str | None
    outcomes: tuple[int, int, int]  # scored by it, unscored, errored
    latencies: tuple[Bar, ...]
    scores: tuple[Bar, ...]


class Several(NamedTuple):
    """Several runs: ranking, seconds, and each model's concurrency curve over all its runs."""

    board: Leaderboard
    series: "dict[int, Series]"
    curves: dict[str, list[CurvePoint]]


class _Lane:
    """A thread with its own connection, opened once the database exists."""

    def __init__(self, workspace: Workspace, name: str) -> None:
        self._workspace = workspace
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix=name)
        self._reader: Reader | None = None
        self._closed = False
        self._is_broken_off = False  # also statements that follow within the same query end

    async def read(self, query: Callable[[Reader], Result], nothing: Result) -> Result:
        if self._closed:
            return nothing
        return await asyncio.wrap_future(self._thread.submit(self._work, query, nothing))

    def break_off(self) -> None:
        self._is_broken_off = True
        reader = self._reader
        if reader is not None:
            reader.interrupt()

    def close(self) -> None:
        self._closed = True
        self.break_off()
        self._thread.submit(self._close)
        self._thread.shutdown(wait=True)

    def _work(self, query: Callable[[Reader], Result], nothing: Result) -> Result:
        self._is_broken_off = self._closed
        if self._reader is None:
            if not has_database(self._workspace):
                return nothing
            try:
                self._reader = Reader(self._workspace)
                self._reader.connection.set_progress_handler(lambda: self._is_broken_off, STEPS)
            except NoTablesYet:
                return nothing  # the engine is creating them at this moment
        try:
            with explained(self._workspace.database):
                return query(self._reader)
        except StoreError:
            self._close()
            raise

    def _close(self) -> None:
        reader, self._reader = self._reader, None
        if reader is not None:
            reader.close()


class StoreReader:
    """Reader with coroutine methods, which raise StoreError; without a database, all results are empty."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self._questions = _Lane(workspace, "store")
        self._seen = _Lane(workspace, "store-rows")
        self._searches = _Lane(workspace, "store-search")
        self._comparisons = _Lane(workspace, "store-compare")

    async def runs(self) -> list[RunRow]:
        """Returns all runs, newest first."""
        return await self._questions.read(Reader.runs, [])

    async def history(self, run_id: int, after: int = -1) -> History | None:
        """Returns the data of a run for charts and header; None if it does not exist (any more).

        Of an active run only the seconds after `after`.
        """
        try:
            return await self._questions.read(lambda reader: _history(reader, run_id, after), None)
        except RunError:
            return None

    async def record_ids(self, run_id: int, query: RecordQuery, after: int | None = None) -> "Ids":
        """Returns the record ids of a table in its order; with `after`, only greater ids."""
        from evalstudio.store.ids import find_ids, no_ids

        return await self._searches.read(
            lambda reader: find_ids(reader.connection, run_id, query, after), no_ids()
        )

    async def first_ids(self, run_id: int, count: int, *, descending: bool) -> "Ids":
        """Returns the first ids of an unfiltered table, before the others are known."""
        from evalstudio.store.ids import first_ids, no_ids

        return await self._seen.read(
            lambda reader: first_ids(reader.connection, run_id, count, descending=descending), no_ids()
        )

    async def lines(self, ids: list[int], evaluator: str | None = None) -> list[RecordLine]:
        return await self._seen.read(lambda reader: reader.lines(ids, evaluator), [])

    async def distributions(self, run_id: int, evaluator: str | None) -> Distributions:
        """Returns the histograms of latencies and one evaluator's scores; by default the first evaluator's."""
        return await self._questions.read(
            lambda reader: _distributions(reader, run_id, evaluator),
            Distributions((), None, (0, 0, 0), (), ()),
        )

    async def comparison(self, a: int, b: int) -> RunComparison | None:
        """Compares two runs; None if one of them does not exist (any more)."""
        try:
            return await self._comparisons.read(lambda reader: compare_runs(reader, a, b), None)
        except RunError:
            return None

    async def several(
        self, run_ids: list[int], evaluator: str | None, baseline: int | None
    ) -> Several | None:
        """Ranks several runs, with their seconds; None if one of them does not exist (any more)."""
        try:
            return await self._comparisons.read(
                lambda reader: _several(reader, run_ids, evaluator, baseline), None
            )
        except RunError:
            return None

    async def sparkline(self, run_id: int) -> tuple[float, ...]:
        """Returns records per second over a run, in at most `SPARKS` intervals."""
        return await self._questions.read(lambda reader: saved_rates(reader, run_id, SPARKS), ())

    async def details(self, record_id: int) -> Details | None:
        return await self._seen.read(lambda reader: reader.details(record_id), None)

    async def notes(self, ids: list[int]) -> list[RecordNote]:
        """Returns the notes of records, an empty one for each that has none."""
        return await self._seen.read(lambda reader: notes_of(reader.connection, ids), [])

    async def learned(self) -> tuple[list[Learned], list[ModelHistory]]:
        """Returns what was learned about endpoints, and the history of runs on each model."""
        return await self._questions.read(
            lambda reader: (learned_endpoints(reader.connection), model_histories(reader.connection)),
            ([], []),
        )

    async def bin(self) -> BinContents:
        """Returns the deleted runs, and the size of the database."""
        return await self._questions.read(lambda reader: bin_contents(reader.connection), BinContents())

    def interrupt(self) -> None:
        """Aborts the running search for records; its caller gets a StoreError."""
        self._searches.break_off()

    def break_off_comparison(self) -> None:
        """Aborts the running comparison; its caller gets a StoreError."""
        self._comparisons.break_off()

    def close(self) -> None:
        """Stops the threads and aborts a running query."""
        for lane in (self._searches, self._comparisons, self._questions, self._seen):
            lane.close()


def _several(reader: Reader, run_ids: list[int], evaluator: str | None, baseline: int | None) -> Several:
    from evalstudio.ui.state.run_series import Series

    board = rank_runs(reader, run_ids, evaluator, baseline)
    series = {}
    for run_id in run_ids:
        series[run_id] = Series()
        series[run_id].add(reader.buckets(run_id))
    of_model: dict[str, list[int]] = {one.row.model: [] for one in board.standings}
    for row in reader.runs():
        if row.model in of_model:
            of_model[row.model].append(row.id)
    curves = {model: concurrency_curve(reader, ids) for model, ids in of_model.items()}
    return Several(board, series, curves)


def _history(reader: Reader, run_id: int, after: int) -> History:
    row = reader.run(run_id)
    if live_elsewhere(row) is not None:  # its program tells the rest, which would be read from every record
        return History(row, reader.buckets(run_id, after), reader.changes(run_id), [], (), after)
    scores = () if row.summary is not None and not row.is_leased else _scores(reader, run_id)
    return History(row, reader.buckets(run_id), reader.changes(run_id), reader.errors(run_id), scores)


def _distributions(reader: Reader, run_id: int, evaluator: str | None) -> Distributions:
    names = tuple(reader.evaluators(run_id))
    if evaluator not in names:
        evaluator = names[0] if names else None
    return Distributions(
        names,
        evaluator,
        outcome_counts(reader, run_id, evaluator),
        latency_bars(reader, run_id),
        score_bars(reader, run_id, evaluator) if evaluator is not None else (),
    )


def _scores(reader: Reader, run_id: int) -> tuple[ScoreNow, ...]:
    """Computes the current scores of a run without a summary."""
    made = []
    for evaluator in reader.evaluators(run_id):
        counts = reader.score_counts(run_id, evaluator)
        numbers = [(float(value), count) for value, count in counts if isinstance(value, (int, float))]
        unscored = sum(count for value, count in counts if value is None)
        metric = "accuracy" if all(number in (0, 1) for number, _ in numbers) else "mean"
        if not numbers:
            made.append(ScoreNow(evaluator, metric, None, None, None, 0, unscored))
            continue
        aggregate = LiveAggregate()
        for number, count in numbers:
            aggregate.add_many(number, count)
        now = aggregate.snapshot()
        made.append(ScoreNow(evaluator, metric, now.value, now.low, now.high, now.n, unscored))
    return tuple(made)
