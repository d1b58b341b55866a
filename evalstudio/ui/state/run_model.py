"""Run model: the latest snapshot and the seconds of a run, without Qt and in constant size.

A run of this window's engine sends snapshots. For every other run, whether finished or run by another program, the
same data is read from the store, so that the pages need not distinguish them.
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import msgspec

from evalstudio.core.outcome import Outcome
from evalstudio.core.run_state import ACTIVE, RunState
from evalstudio.core.strategy import Adaptive, SlidingWindow, Strategy
from evalstudio.evaluations.request import StoredSpec
from evalstudio.protocol import ErrorClass, LimitChange, Percentiles, ScoreNow, SecondBucket, Snapshot
from evalstudio.store.runs import RunRow

if TYPE_CHECKING:
    from evalstudio.ui.state.run_series import Series

MOST_CHANGES = 1_000


@dataclass(frozen=True, slots=True)
class History:
    """The stored data of a run."""

    row: RunRow
    buckets: list[SecondBucket]
    changes: list[LimitChange]
    errors: list[tuple[str, int, str]]  # class, records, an example
    scores: tuple[ScoreNow, ...]
    after: int = -1  # the buckets are those after this second; -1: all


class RunModel:
    """One run, live or from the store. `version` and `seconds_version` grow with each change."""

    def __init__(self, run_id: int) -> None:
        self.run_id = run_id
        self.series = _no_seconds()
        self.changes: deque[LimitChange] = deque(maxlen=MOST_CHANGES)
        self.snapshot: Snapshot | None = None
        self.is_live = False  # receives snapshots from this window's engine
        self.seconds_version = 0
        self.known_until = -1  # second up to which a run of another program is read; -1: read all of it
        self._waiting: Snapshot | None = None  # snapshots merged while the history is being read

    @property
    def state(self) -> RunState | None:
        return self.snapshot.state if self.snapshot is not None else None

    @property
    def is_active(self) -> bool:
        return self.state in ACTIVE

    def await_history(self, first: Snapshot) -> None:
        """Holds back new seconds from the first live snapshot until `load`, because earlier ones come from the store."""
        self._waiting = first

    def give_up_history(self) -> None:
        """Continues with live data only, because the store could not be read."""
        self._waiting = None

    def take(self, snapshot: Snapshot) -> None:
        """Takes the next snapshot of the engine."""
        self.is_live = True
        self.snapshot = snapshot
        if self._waiting is not None:
            self._waiting = msgspec.structs.replace(
                self._waiting,
                buckets=self._waiting.buckets + snapshot.buckets,
                changes=self._waiting.changes + snapshot.changes,
            )
        self._add(snapshot.buckets, snapshot.changes)

    def load(self, history: History) -> None:
        """Replaces the past by the stored data, then applies what was held back."""
        waiting, self._waiting = self._waiting, None
        if history.after < 0:
            self.series = _no_seconds()
        self.changes.clear()
        active = history.row.true_state in ACTIVE
        seconds = (bucket.second for bucket in history.buckets)
        self.known_until = max(seconds, default=history.after) if active and not self.is_live else -1
        self._add(history.buckets, history.changes)
        self.seconds_version += 1
        if waiting is not None:
            self._add(waiting.buckets, [change for change in waiting.changes if change not in self.changes])
        if not self.is_live or self.snapshot is None:
            self.snapshot = snapshot_from_store(history)

    def end_live(self) -> None:
        """Marks the run as no longer live, because its engine has ended."""
        self.is_live = False

    def _add(self, buckets: Iterable[SecondBucket], changes: Iterable[LimitChange]) -> None:
        before = len(self.changes)
        self.changes.extend(changes)
        if self.series.add(buckets) or len(self.changes) != before:
            self.seconds_version += 1


def _no_seconds() -> "Series":
    from evalstudio.ui.state.run_series import (
        Series,  # imports NumPy, which the first paint of the window does not need
    )

    return Series()


def snapshot_from_store(history: History) -> Snapshot:
    """Builds the snapshot of a stored run, in the form that the engine would send."""
    row = history.row
    if (live := live_elsewhere(row)) is not None:
        state = row.true_state
        return msgspec.structs.replace(live, experiment=row.experiment, state=state, reason=row.reason)
    summary = last_summary(row)
    errors = _errors(history, summary)
    state = row.true_state
    common: dict[str, Any] = {
        "experiment": row.experiment,  # it may have been renamed since
        "state": state,
        "reason": row.reason,
        "total": row.total,
        "in_flight": 0,
        "backing_off": 0,
        "calls": (),
        "errors": errors,
        "eta": None,
        "rate": row.saved / row.elapsed if row.elapsed > 0 else 0.0,
        "elapsed": row.elapsed,
        "buckets": (),
        "changes": (),
        "gate": "",
        "gate_wait": None,
        "binding": "",
        "binding_sentence": "",
    }
    if summary is not None and summary.saved >= row.saved:
        return msgspec.structs.replace(summary, **common)
    unscored = max((score.unscored for score in history.scores), default=0)
    return Snapshot(
        run_id=row.id, evaluation=row.evaluation, model=row.model, saved=row.saved,
        scored=max(0, row.saved - row.errored - unscored), unscored=unscored, errored=row.errored,
        queued=max(0, row.total - row.saved), judging=0, strategy=_strategy(row), limit=0, workers=None, ceiling=0,
        latency=_overall(history.buckets), first_token=None,
        tokens_in=sum(bucket.tokens_in for bucket in history.buckets),
        tokens_out=sum(bucket.tokens_out for bucket in history.buckets),
        cost=None, cost_is_partial=True, loop_lag=0.0, cpu=0.0, repeated=0, scores=history.scores, **common,
    )  # fmt: skip


@lru_cache(maxsize=512)
def _decoded(summary: str) -> Snapshot | None:
    try:
        return msgspec.json.decode(summary, type=Snapshot)
    except msgspec.MsgspecError:
        return None  # written by another version; the columns of the run are sufficient


def last_summary(row: RunRow) -> Snapshot | None:
    """Returns the last snapshot of a run; None if it has none."""
    return _decoded(row.summary) if row.summary is not None else None


def live_elsewhere(row: RunRow) -> Snapshot | None:
    """Returns what the program that runs a run tells of it; None if no program does, or it is of another version."""
    if row.live is None or row.true_state not in ACTIVE:
        return None
    return _decoded(row.live)


def _errors(history: History, summary: Snapshot | None) -> tuple[ErrorClass, ...]:
    """Combines error counts: attempts from the seconds, records from the store, examples from either."""
    attempts: dict[str, int] = {}
    first: dict[str, float] = {}
    for bucket in history.buckets:
        for name, count in bucket.errors.items():
            attempts[name] = attempts.get(name, 0) + count
            first.setdefault(name, float(bucket.second))
    known = {error.name: error for error in summary.errors} if summary is not None else {}
    records = {name: (count, example) for name, count, example in history.errors}
    made = []
    for name in Outcome:
        if name is Outcome.OK or (name not in attempts and name not in records and name not in known):
            continue
        count, example = records.get(name, (0, ""))
        old = known.get(name)
        made.append(
            ErrorClass(
                name,
                max(attempts.get(name, 0), old.attempts if old else 0, count),
                count,
                first.get(name, old.first_seen if old else 0.0),
                example or (old.example if old else ""),
                old.answered if old else 0,
            )
        )
    return tuple(made)


def _overall(buckets: list[SecondBucket]) -> Percentiles | None:
    """Estimates a run's latency without a summary, from that of its seconds."""
    from evalstudio.statistics.percentile_mix import mix  # late, because of NumPy

    some = [bucket.latency for bucket in buckets if bucket.latency is not None]
    found = mix(((one.n, (one.p50, one.p95, one.p99)) for one in some), (0.5, 0.95, 0.99))
    return Percentiles(sum(one.n for one in some), *found) if found is not None else None


def _strategy(row: RunRow) -> Strategy:
    """Returns the requested strategy of the run; Adaptive if it used the default."""
    try:
        return StoredSpec.decode(row.spec).strategy or Adaptive()
    except msgspec.MsgspecError:
        return Adaptive()


def window_of(strategy: Strategy, limit: int) -> int:
    """Returns the number that the window slider shows for a strategy."""
    match strategy:
        case SlidingWindow(max_concurrency=size):
            return size
        case Adaptive(max=most):
            return most or max(1, limit)
        case _:
            return 1
