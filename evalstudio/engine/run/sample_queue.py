"""Sample queue: the remaining work of a run, new samples in dataset order and those that wait for a retry.

A sample whose retry has to wait for the retry budget goes behind all others.

Memory hardly grows with the dataset: samples are read as they are needed, and finished ones take one bit each.
"""

import heapq
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import count

from evalstudio.core.errors import DatasetError
from evalstudio.core.outcome import Outcome
from evalstudio.datasets import Sample
from evalstudio.engine.models.call import Answer
from evalstudio.store.database import Connection
from evalstudio.store.rows import AttemptRow
from evalstudio.store.run_records import record_outcomes
from evalstudio.store.schema import record_id, record_ids
from evalstudio.templating.templates import Message

MOST_DEFERRED = 1_000  # samples at the end of the queue; beyond that the oldest goes before a new sample


@dataclass(slots=True, eq=False)
class SampleTask:
    """One sample in one repeat, from the queue to its record. Times are in seconds of the engine's clock."""

    sample: Sample
    repeat: int
    record_id: int
    again: bool  # its record replaces an existing one
    crashes: int  # of the engine while it was in flight
    ready_at: float
    first_started: float | None = None
    time_from: float | None = None  # when the time-out of the sample started
    started: float = 0.0  # of the current attempt
    queued: float = 0.0
    backed_off: float = 0.0
    turn: int = 0
    turn_attempts: int = 0
    excused: int = 0  # of these: the endpoint took no calls
    messages: tuple[Message, ...] = ()
    rendered: tuple[Message, ...] | None = None  # of the next call, to estimate its tokens
    answers: list[str] = field(default_factory=list)
    cost: float | None = None  # of all its answers so far; None: unknown
    attempts: list[AttemptRow] = field(default_factory=list)
    partial: Answer | None = None  # of the last attempt with a partial answer
    streamed: int = 0  # parts of the current answer that have arrived, about a token each
    state: str = "waiting"
    abandoned: bool = False  # by a person
    cause: str = ""
    question: bytes | None = None  # its key in the answer cache, where that is used


class RecordBits:
    """Bit sets of the records that exist and of those to be made again. `kept` counts the ones to keep."""

    def __init__(self, run_id: int) -> None:
        self._first = record_ids(run_id)[0]
        self._kept = bytearray()
        self._again = bytearray()
        self.kept = 0

    @classmethod
    def load(cls, connection: Connection, run_id: int, classes: tuple[str, ...] | None) -> "RecordBits":
        """Reads the records of a run. Errored ones are made again: all, or those with an outcome in `classes`."""
        done = cls(run_id)
        for record, outcome in record_outcomes(connection, run_id):
            retried = outcome != Outcome.OK and (classes is None or outcome in classes)
            done._set(done._again if retried else done._kept, record)
            done.kept += not retried
        return done

    def is_kept(self, record: int) -> bool:
        return self._get(self._kept, record)

    def is_again(self, record: int) -> bool:
        return self._get(self._again, record)

    def _set(self, bits: bytearray, record: int) -> None:
        byte, bit = divmod(record - self._first, 8)
        if byte >= len(bits):
            bits.extend(bytes(max(byte + 1 - len(bits), len(bits), 1024)))
        bits[byte] |= 1 << bit

    def _get(self, bits: bytearray, record: int) -> bool:
        byte, bit = divmod(record - self._first, 8)
        return byte < len(bits) and bool(bits[byte] & (1 << bit))


class SampleQueue:
    """Hands out items: first those whose retry is due, then new ones, then those at the end of the queue."""

    def __init__(
        self,
        dataset: Iterable[Sample],
        run_id: int,
        repeats: int,
        done: RecordBits,
        crashes: dict[int, int] | None = None,
    ) -> None:
        self.trouble: str | None = None  # why the dataset gave no more samples, where that was not its end
        self._new = self._pending(dataset, run_id, repeats, done, crashes or {})
        self._next_new: SampleTask | None = next(self._new, None)
        self._due: deque[SampleTask] = deque()
        self._last: deque[SampleTask] = deque()
        self._waiting: list[tuple[float, int, SampleTask, bool]] = []
        self._order = count()
        self.taken = 0

    def has_item(self, now: float) -> bool:
        """Whether an item can be taken now."""
        self._wake(now)
        return bool(self._due) or self._next_new is not None or bool(self._last)

    def take(self, now: float) -> SampleTask:
        """Removes and returns the next item; `has_item` must be true."""
        self._wake(now)
        if self._due:
            return self._due.popleft()
        item = self._next_new
        if item is None or len(self._last) > MOST_DEFERRED:
            return self._last.popleft()
        self._next_new = next(self._new, None)
        item.ready_at = now
        self.taken += 1
        return item

    def next_crashes(self, now: float) -> int:
        """How often the engine crashed while the next item was in flight."""
        item = self.peek(now)
        return item.crashes if item is not None else 0

    def peek(self, now: float) -> SampleTask | None:
        """Returns the item that `take` would, without removing it; None: there is none."""
        self._wake(now)
        if self._due:
            return self._due[0]
        if self._next_new is None or len(self._last) > MOST_DEFERRED:
            return self._last[0] if self._last else None
        return self._next_new

    def put_back(self, item: SampleTask, due: float | None, *, last: bool = False) -> None:
        """Queues an item for another attempt.

        Args:
            item: The item.
            due: When it may be taken; None: at once.
            last: Behind all others instead of before the new samples.
        """
        if due is not None:
            heapq.heappush(self._waiting, (due, next(self._order), item, last))
        elif last:
            self._last.append(item)
        else:
            self._due.appendleft(item)

    def remove(self, record_id: int) -> SampleTask | None:
        """Removes and returns an item that waits for a retry; None where this record does not wait."""
        for place in (self._due, self._last):
            if (item := next((one for one in place if one.record_id == record_id), None)) is not None:
                place.remove(item)
                return item
        for entry in self._waiting:
            if entry[2].record_id == record_id:
                self._waiting.remove(entry)
                heapq.heapify(self._waiting)
                return entry[2]
        return None

    @property
    def has_new(self) -> bool:
        return self._next_new is not None

    @property
    def is_empty(self) -> bool:
        return self._next_new is None and not self._due and not self._waiting and not self._last

    def backing_off(self) -> list[tuple[float, SampleTask]]:
        """Returns up to 256 items in back-off, with the time at which they are due; soonest first."""
        return [(due, item) for due, _, item, _ in heapq.nsmallest(256, self._waiting)]

    @property
    def waiting(self) -> int:
        return len(self._waiting) + len(self._due) + len(self._last)

    def _wake(self, now: float) -> None:
        while self._waiting and self._waiting[0][0] <= now:
            due, _, item, last = heapq.heappop(self._waiting)
            item.ready_at = due
            (self._last if last else self._due).append(item)

    def _pending(
        self, dataset: Iterable[Sample], run_id: int, repeats: int, done: RecordBits, crashes: dict[int, int]
    ) -> Iterator[SampleTask]:
        for repeat in range(repeats):
            for sample in self._readable(dataset):
                record = record_id(run_id, sample.position, repeat, repeats)
                if not done.is_kept(record):
                    yield SampleTask(
                        sample, repeat, record, done.is_again(record), crashes.get(record, 0), 0.0
                    )
            if self.trouble is not None:
                return

    def _readable(self, dataset: Iterable[Sample]) -> Iterator[Sample]:
        """The samples up to the end, or to where the file can't be read any more: those before it are kept."""
        try:
            yield from dataset
        except DatasetError as error:
            self.trouble = str(error)
        except Exception as error:  # noqa: BLE001 - readers of foreign formats raise anything on a file that changes
            self.trouble = f"The dataset can't be read any further ({type(error).__name__}: {error})."
