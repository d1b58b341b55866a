"""The ids of a table's rows. An unbroken beginning takes no room: a run of any length has one."""

import numpy as np

from evalstudio.store.ids import Ids

SPARE = 8  # room for an eighth more ids, so that a table that grows is rarely copied


class IdVector:
    """Rows from the top on that hold ids one after the other are a range; those after them are an array."""

    def __init__(self, ids: Ids) -> None:
        self._first = int(ids[0]) if len(ids) else 0
        self.unbroken = _leading(ids, self._first)
        self._room: Ids = ids[self.unbroken :].copy()  # the others, and perhaps room for more
        self._others = len(self._room)
        self.ascending = _ascend(ids)
        self._by_id: Ids | None = (
            None  # where ids do not ascend: their places in ascending order, once needed
        )

    def __len__(self) -> int:
        return self.unbroken + self._others

    def begins_with(self, first: int) -> bool:
        return self.unbroken > 0 and self._first == first

    def at(self, row: int) -> int:
        return self._first + row if row < self.unbroken else int(self._room[row - self.unbroken])

    def part(self, start: int = 0, stop: int | None = None) -> Ids:
        """The ids of some rows, as an array of its own."""
        stop = len(self) if stop is None else min(stop, len(self))
        start = min(start, stop)
        edge = min(max(self.unbroken, start), stop)
        others = self._room[max(0, start - self.unbroken) : max(0, stop - self.unbroken)]
        return np.concatenate([np.arange(self._first + start, self._first + edge, dtype=np.int64), others])

    def insert(self, row: int, ids: Ids) -> None:
        """Puts ids in before a row."""
        if row < self.unbroken:
            self._room, self._others, self.unbroken = self.part(), len(self), 0
        place, count = row - self.unbroken, self._others + len(ids)
        if count > len(self._room):
            room = np.empty(count + count // SPARE, dtype=np.int64)
            room[: self._others] = self._room[: self._others]
            self._room = room
        self._room[place + len(ids) : count] = self._room[place : self._others]
        self._room[place : place + len(ids)] = ids
        self._others, self._by_id = count, None
        self.ascending = self.ascending and _ascend(self.part(max(0, row - 1), row + len(ids) + 1))
        self._close_ranks()

    def row_of(self, record_id: int) -> int | None:
        """Where a record stands; None where it is not there."""
        if 0 <= record_id - self._first < self.unbroken:
            return record_id - self._first
        others = self._room[: self._others]
        if self._by_id is None and not self.ascending:
            self._by_id = np.argsort(others)
        place = int(np.searchsorted(others, record_id, sorter=self._by_id))
        if place == len(others):
            return None
        row = place if self._by_id is None else int(self._by_id[place])
        return self.unbroken + row if others[row] == record_id else None

    def _close_ranks(self) -> None:
        """Ids that have come to continue the unbroken beginning join it."""
        others = self._room[: self._others]
        if not self.unbroken and self._others:
            self._first = int(others[0])
        joining = _leading(others, self._first + self.unbroken)
        if joining:
            self.unbroken += joining
            self._room = others[joining:].copy()
            self._others = len(self._room)


def _leading(ids: Ids, first: int) -> int:
    """How many ids from the start on are `first`, the next, and so on."""
    gaps = np.flatnonzero(ids != np.arange(first, first + len(ids), dtype=np.int64))
    return int(gaps[0]) if len(gaps) else len(ids)


def _ascend(ids: Ids) -> bool:
    return bool(np.all(ids[:-1] < ids[1:]))
