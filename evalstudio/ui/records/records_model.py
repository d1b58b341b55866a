"""Record table model: the ids of up to a million records, with texts loaded only for visible rows.

Ids come from SQL, already filtered and in order. Rows come in pages of 128, fetched in the store's thread; the last
64 pages are kept. A row that has not arrived yet is shown as an ellipsis.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor

from evalstudio.store.ids import Ids
from evalstudio.ui.kit.text import one_line, tooltip, tr
from evalstudio.ui.kit.theme import tokens
from evalstudio.ui.records.id_vector import IdVector
from evalstudio.ui.records.record_cells import (
    COLOURED,
    HEADINGS,
    MORE_SCORES,
    NOTE,
    NUMERIC,
    PROMPT,
    SCORE,
    Row,
    make_row,
)
from evalstudio.ui.records.row_pages import RowPages
from evalstudio.ui.state.store_reader import StoreReader

PAGE = 128
PAGES_KEPT = 64
MARK_ROOM = "\u00a0" * 5  # as wide as the mark of a sorted column
MOST_INSERTS = 64  # ranges of new rows inserted one by one; with more, the whole table is reset
Index = QModelIndex | QPersistentModelIndex


class RecordsModel(QAbstractTableModel):
    """Table model of the records with the given ids."""

    def __init__(self, store: StoreReader) -> None:
        super().__init__()
        self._sorted = 0
        self._ids = IdVector(np.empty(0, dtype=np.int64))
        self._pages: RowPages[Row] = RowPages(
            store, self._ids_of, lambda line: make_row(line, self.more), self._arrived, PAGES_KEPT
        )
        self.more: tuple[str, ...] = ()  # evaluators with a column at the end
        self._score_heading = ""  # the evaluator of the score, if there are several

    @property
    def evaluator(self) -> str | None:
        """The evaluator whose scores are shown; None: the first one."""
        return self._pages.evaluator

    @evaluator.setter
    def evaluator(self, name: str | None) -> None:
        self._pages.evaluator = name

    def know_evaluators(self, names: Sequence[str]) -> None:
        """Gives each evaluator but the shown one a column of its own, as far as there are columns."""
        shown = self.evaluator or (names[0] if names else "")
        more = tuple(name for name in names if name != shown)[:MORE_SCORES]
        heading = shown if more else ""
        if (more, heading) == (self.more, self._score_heading):
            return
        self.more, self._score_heading = more, heading
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, self.columnCount() - 1)
        self._refresh()

    @property
    def ids(self) -> Ids:
        """Returns all ids in table order as a copy."""
        return self._ids.part()

    def id_at(self, row: int) -> int:
        return self._ids.at(row)

    def ids_of_rows(self, start: int, stop: int) -> Ids:
        """Returns the ids of some rows as a copy."""
        return self._ids.part(start, stop)

    def unbroken(self, first: int) -> int:
        """Counts the rows from the top whose ids run from `first` without a gap: no row can be inserted between them."""
        return self._ids.unbroken if self._ids.begins_with(first) else 0

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._ids)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(HEADINGS) + MORE_SCORES

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation == Qt.Orientation.Horizontal:
            if role == Qt.ItemDataRole.DisplayRole:
                is_beside_mark = section == self._sorted and section in NUMERIC
                return self.heading(section) + (MARK_ROOM if is_beside_mark else "")
            if role == Qt.ItemDataRole.TextAlignmentRole:
                return _alignment(section)
            if role == Qt.ItemDataRole.ToolTipRole:
                return tooltip(f"{self.heading(section)}\n{tr('Click to sort')}")
        return None

    def show_sorted(self, column: int) -> None:
        """Leaves room for the mark of the column that is sorted, which lies over the end of a heading at the right."""
        before, self._sorted = self._sorted, column
        for section in (before, column):
            self.headerDataChanged.emit(Qt.Orientation.Horizontal, section, section)

    def heading(self, column: int) -> str:
        """Returns the heading of a column: of a score, its evaluator if there are several."""
        place = column - len(HEADINGS)
        if place >= 0:
            return one_line(self.more[place], 40) if place < len(self.more) else ""
        return (
            one_line(self._score_heading, 40)
            if column == SCORE and self._score_heading
            else tr(HEADINGS[column])
        )

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role == Qt.ItemDataRole.DisplayRole:
            row = self._row(index.row())
            return row.cells[index.column()] if row is not None else "…"
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(index.column())
        if role == Qt.ItemDataRole.ForegroundRole and index.column() in COLOURED:
            row = self._row(index.row())
            if row is not None:
                return QColor(getattr(tokens(), row.colours[COLOURED[index.column()]]))
        if role == Qt.ItemDataRole.ToolTipRole:
            row = self._row(index.row())
            if row is not None:
                column = index.column()
                return tooltip(
                    row.prompt if column == PROMPT else row.cells[NOTE] if column == NOTE else row.whole
                )
        return None

    def replace(self, ids: Ids) -> None:
        """Replaces all records, for another run or another filter."""
        self.beginResetModel()
        self._ids = IdVector(ids)
        self._pages.forget()
        self.endResetModel()

    def grow(self, ids: Ids, start: int = 0) -> None:
        """Adds records: from row `start` on, the ids are now `ids`.

        Selection and scroll position are kept; visible rows are read again.
        """
        before = self._ids.part(start)
        if np.array_equal(ids, before):
            self._refresh()
            return
        places = _inserted(before, ids)
        if places is None or len(places) > MOST_INSERTS:
            self.replace(np.concatenate([self._ids.part(0, start), ids]))
            return
        for first, last in places:
            self.beginInsertRows(QModelIndex(), start + first, start + last - 1)
            self._ids.insert(start + first, ids[first:last])
            self.endInsertRows()
        self._repage(start + places[0][0])
        self._refresh()

    def row_of(self, record_id: int) -> int | None:
        """Returns the row of a record; None if it is not shown."""
        return self._ids.row_of(record_id)

    # Pages ------------------------------------------------------------------------------------------------------

    def _row(self, row: int) -> Row | None:
        rows = self._pages.at(row // PAGE)
        return rows.get(self._ids.at(row)) if rows is not None else None

    def _ids_of(self, page: int) -> list[int]:
        ids: list[int] = self._ids.part(page * PAGE, (page + 1) * PAGE).tolist()
        return ids

    def _arrived(self, page: int) -> None:
        last = min((page + 1) * PAGE, len(self._ids)) - 1
        if last >= page * PAGE:
            self.dataChanged.emit(self.index(page * PAGE, 0), self.index(last, self.columnCount() - 1))

    def _refresh(self) -> None:
        """Marks cached rows as outdated: they are read again when next visible."""
        self._pages.expire()
        if len(self._ids):
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._ids) - 1, self.columnCount() - 1))

    def _repage(self, moved: int) -> None:
        """Reassigns cached rows to pages after the rows from `moved` on have moved."""
        for record_id, row in self._pages.take_from(moved // PAGE).items():
            place = self.row_of(record_id)
            if place is not None:
                self._pages.put(place // PAGE, record_id, row)


def _inserted(old: Ids, new: Ids) -> list[tuple[int, int]] | None:
    """Returns the ranges of `new` that are not in `old`; None if `new` is not `old` with insertions."""
    if len(new) < len(old):
        return None
    is_new = ~np.isin(new, old, assume_unique=True)
    if not np.array_equal(new[~is_new], old):
        return None
    edges = np.flatnonzero(np.diff(np.concatenate([[False], is_new, [False]]).astype(np.int8)))
    return [(int(first), int(last)) for first, last in edges.reshape(-1, 2)]


def _alignment(column: int) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column in NUMERIC else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter
