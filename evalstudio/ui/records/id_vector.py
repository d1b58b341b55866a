"""Id vector: the ids of a table's rows.

An unbroken beginning takes no memory, so a run without gaps can be of any length.
"""

import numpy as np

from evalstudio.store.ids import Ids

SPARE = 8  # capacity for an eighth more ids, so that a growing table is rarely copied


class IdVector:
    """Vector of ids: the consecutive ids at the top are stored as a range, those after them as an array."""

    def __init__(self, ids: Ids) -> None:
        self._first = int(ids[0]) if len(ids) else 0
        self.unbroken = _leading(ids, self._first)
        self._room: Ids = ids[self.unbroken :].copy()  # the others, possibly with spare capacity
        self._others = len(self._room)
        self.ascending = _ascend(ids)
        self._by_id: Ids | None = (
            None  # for unsorted ids: their positions in ascending order, computed when needed
        )

    def __len__(self) -> int:
        return self.unbroken + self._others

    def begins_with(self, first: int) -> bool:
        return self.unbroken > 0 and self._first == first

    def at(self, row: int) -> int:
        return self._first + row if row < self.unbroken else int(self._room[row - self.unbroken])

    def part(self, start: int = 0, stop: int | None = None) -> Ids:
        """Returns the ids of some rows as a copy."""
        stop = len(self) if stop is None else min(stop, len(self))
        start = min(start, stop)
        edge = min(max(self.unbroken, start), stop)
        others = self._room[max(0, start - self.unbroken) : max(0, stop - self.unbroken)]
        return np.concatenate([np.arange(self._first + start, self._first + edge, dtype=np.int64), others])

    def insert(self, row: int, ids: Ids) -> None:
        """Inserts ids before a row."""
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
        """Returns the row of a record; None if it is not in the table."""
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
        """Moves ids that now continue the unbroken beginning into it."""
        others = self._room[: self._others]
        if not self.unbroken and self._others:
            self._first = int(others[0])
        joining = _leading(others, self._first + self.unbroken)
        if joining:
            self.unbroken += joining
            self._room = others[joining:].copy()
            self._others = len(self._room)


def _leading(ids: Ids, first: int) -> int:
    """Counts the leading ids that are consecutive, starting with `first`."""
    gaps = np.flatnonzero(ids != np.arange(first, first + len(ids), dtype=np.int64))
    return int(gaps[0]) if len(gaps) else len(ids)


def _ascend(ids: Ids) -> bool:
    return bool(np.all(ids[:-1] < ids[1:]))
