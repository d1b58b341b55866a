"""Records panel: the records of a run in a table with a filter and a search, and the selected record in full."""

import time
from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np
from PySide6.QtCore import QModelIndex, QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from evalstudio.core.errors import StoreError
from evalstudio.store.ids import Ids
from evalstudio.store.query import GROUPS, RecordQuery
from evalstudio.store.reader import Details
from evalstudio.store.schema import record_ids
from evalstudio.ui.kit.combo_box import ComboBox
from evalstudio.ui.kit.text import tr, trn
from evalstudio.ui.kit.theme import SPACE_S, theme
from evalstudio.ui.kit.widgets import TextLabel, labelled, quiet_selection
from evalstudio.ui.records.columns_button import ColumnsButton
from evalstudio.ui.records.record_cells import HEADINGS, HIDDEN_AT_FIRST, NOTE, sort_of
from evalstudio.ui.records.record_detail import RecordDetail
from evalstudio.ui.records.record_table import RecordTable
from evalstudio.ui.records.records_model import RecordsModel
from evalstudio.ui.state.store_reader import StoreReader
from evalstudio.ui.state.tasks import spawn

REFRESH_MS = 500  # during a run: at most twice a second
TYPING_MS = 200
LONG_RUN = 20_000  # records; for longer runs, the first rows are shown before all are known
FIRST_ROWS = 128
COST_FACTOR = 5  # a query is not repeated before five times its duration has passed


class RecordsPanel(QWidget):
    """Panel of one run's records, updated as they are committed. A click on a heading sorts; a button selects columns.

    `prefix` distinguishes the object names from those of another panel in the same window.
    """

    problem = Signal(str)
    query_changed = Signal()
    details_shown = Signal(object)  # Details, or None
    large_changed = Signal(bool)  # the record takes the room of the table, too

    def __init__(
        self, store: StoreReader, prefix: str = "", hidden: tuple[int, ...] = HIDDEN_AT_FIRST
    ) -> None:
        super().__init__()
        self._hidden = hidden  # columns hidden by default
        self._prefix = prefix
        self.setObjectName(f"{prefix}records_panel")
        self._store = store
        self._query = RecordQuery()
        self._run_id: int | None = None
        self._saved = -1
        self._stale = False  # what was read of the previous run may be outdated
        self._busy = False
        self._again: bool | None = None  # requested while a query was running; True: for other records
        self._cost = 0.0
        self._detail_id: int | None = None  # the record shown in full
        self._wanted_record: int | None = None
        self._wanted_scroll = 0
        self.model = RecordsModel(store)
        self.table = self._make_table()
        self.detail = RecordDetail(prefix)
        self.outcome = ComboBox()
        self.outcome.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self._classes: tuple[str, ...] | None = None
        self.know_classes(())
        labelled(
            self.outcome, f"{prefix}outcome_filter", tr("Filter by outcome"), tr("Which records to show")
        )
        self.search = QLineEdit()
        self.search.setPlaceholderText(tr("Search prompts, answers and notes"))
        self.search.setClearButtonEnabled(True)
        labelled(self.search, f"{prefix}record_search", tr("Search prompts, answers and notes"))
        self.count = TextLabel("", "muted", name=f"{prefix}record_count")
        self.columns = ColumnsButton(self.table, self.model, prefix)
        self.is_large = False
        self._lay_out()
        self._typing = self._timer(TYPING_MS, lambda: self.ask(search=self.search.text().strip()))
        self._refresh = self._timer(REFRESH_MS, lambda: self._read(other=False))
        self.detail.large_wanted.connect(self.show_large)
        self.detail.step_wanted.connect(self.step)
        self.search.textChanged.connect(lambda *_: self._typing.start())
        self.outcome.currentIndexChanged.connect(lambda *_: self.ask(outcome=self.outcome.currentData()))
        self.table.horizontalHeader().sortIndicatorChanged.connect(self._sort)
        theme().changed.connect(self._follow_theme)
        self._follow_theme()

    def show_large(self, large: bool) -> None:
        """Gives a record the room of the table, or gives it back; Escape and Space do so, too."""
        if large == self.is_large or (large and self.shown_record is None):
            return
        self.is_large = large
        self._left.setVisible(not large)
        self.detail.show_large(large)
        self.large_changed.emit(large)
        (self.detail.view if large else self.table).setFocus()

    def show_run(self, run_id: int | None, saved: int) -> None:
        """Shows another run, or the same run with a new number of saved records; below 0 once it has ended."""
        if run_id != self._run_id:
            self.show_large(False)
            before, self._run_id, self._saved = self._run_id, run_id, saved
            if before is not None:
                self._drop_filters()  # they were meant for that run
            self._show_detail(None)
            self.model.replace(np.empty(0, dtype=np.int64))
            self._read(other=True)
        elif saved != self._saved:
            self._stale = self._stale or saved < self._saved or self._saved < 0  # it ended, or was resumed
            self._saved = saved
            if not self._refresh.isActive():
                self._refresh.start(max(REFRESH_MS, round(self._cost * COST_FACTOR * 1000)))

    def reload(self) -> None:
        """Reads the records again, after a run has ended or records were replaced."""
        self._stale = True
        self._read(other=False)

    def know_classes(self, names: Sequence[str]) -> None:
        """Sets the error classes of the run's records, which can be filtered by."""
        chosen = self.outcome.currentData()
        classes = tuple(dict.fromkeys(names if chosen in (None, *GROUPS) else (*names, chosen)))
        if classes == self._classes:
            return
        self._classes = classes
        with QSignalBlocker(self.outcome):
            self.outcome.clear()
            self.outcome.addItem(tr("All records"), None)
            for name in (*GROUPS, *classes):
                self.outcome.addItem(tr(name).capitalize(), name)
            self.outcome.setCurrentIndex(max(0, self.outcome.findData(chosen)))

    def show_class(self, name: str) -> None:
        """Shows only the records of an error class."""
        self.clear_filters()
        self.know_classes((*(self._classes or ()), name))
        self.outcome.setCurrentIndex(self.outcome.findData(name))

    @property
    def query(self) -> RecordQuery:
        return self._query

    def ask(self, **changes: Any) -> None:
        """Applies the query with some fields changed."""
        query = msgspec.structs.replace(self._query, **changes)
        if query == self._query:
            return
        evaluator_changed = query.evaluator != self._query.evaluator
        self._query = query
        self.model.evaluator = query.evaluator
        if evaluator_changed:
            self.model.replace(self.model.ids)
        self._read(other=True)
        self.query_changed.emit()

    def choose_evaluator(self, run_id: int, evaluator: str | None) -> None:
        """Sets the evaluator whose scores are shown, filtered and sorted; for another run before it is shown."""
        if run_id == self._run_id:
            self.ask(evaluator=evaluator)
        else:
            self._query = msgspec.structs.replace(self._query, evaluator=evaluator)
            self.model.evaluator = evaluator

    def know_evaluators(self, names: Sequence[str]) -> None:
        """Gives each evaluator of the run a column; those that there are no longer have none."""
        before = self.model.more
        self.model.know_evaluators(names)
        for place, column in enumerate(range(len(HEADINGS), self.model.columnCount())):
            there = place < len(self.model.more)
            if there != (place < len(before)) or not there:  # one hidden by a person stays hidden
                self.table.setColumnHidden(column, not there)

    def show_notes(self) -> None:
        """Shows the column of notes, after one was written, and reads the rows again."""
        self.table.setColumnHidden(NOTE, False)
        self.reload()
        if self.shown_record is not None:
            spawn(self._show_details(self.shown_record))

    def clear_filters(self) -> None:
        """Shows all records again in the same order."""
        self.outcome.setCurrentIndex(0)
        self.search.clear()
        self.ask(outcome=None, search="", score=None, latency=None)

    def _drop_filters(self) -> None:
        """Takes the filters away without reading the records again."""
        query = msgspec.structs.replace(self._query, outcome=None, search="", score=None, latency=None)
        with QSignalBlocker(self.outcome), QSignalBlocker(self.search):
            self.outcome.setCurrentIndex(0)
            self.search.clear()
        if query != self._query:
            self._query = query
            self.query_changed.emit()

    def select_when_there(self, record_id: int | None, scroll: int = 0) -> None:
        """Selects a record as soon as the table has it, then scrolls to a place in pixels."""
        self._wanted_record, self._wanted_scroll = record_id, scroll

    def step(self, rows: int) -> None:
        """Moves the selection forward, or back, by a number of records."""
        last = self.model.rowCount() - 1
        if last >= 0:
            now = self.table.currentIndex().row() if self.table.currentIndex().isValid() else -rows
            row = min(max(now + rows, 0), last)
            self.table.setCurrentIndex(self.model.index(row, 0))

    @property
    def run_id(self) -> int | None:
        return self._run_id

    def chosen_ids(self) -> Ids:
        """Returns a copy of the selected ids if there are several, else of all ids in table order."""
        parts = self._selected_parts()
        return np.concatenate(parts) if sum(map(len, parts)) > 1 else self.model.ids

    def marked_ids(self) -> list[int]:
        """Returns the selected ids, in table order."""
        parts = self._selected_parts()
        return [int(one) for one in np.concatenate(parts)] if parts else []

    def _selected_parts(self) -> list[Ids]:
        """Returns the ids of each range of selected rows, in table order."""
        ranges = {(one.top(), one.bottom() + 1) for one in self.table.selectionModel().selection().toList()}
        return [self.model.ids_of_rows(first, last) for first, last in sorted(ranges)]

    @property
    def shown_record(self) -> int | None:
        index = self.table.currentIndex()
        return self.model.id_at(index.row()) if index.isValid() else None

    def _read(self, *, other: bool) -> None:
        if self._busy:
            self._again = other or bool(self._again)
            if other:
                self._store.interrupt()
            return
        self._busy = True
        spawn(self._run_query(other, self._query))

    async def _run_query(self, other: bool, query: RecordQuery) -> None:
        run_id = self._run_id
        started = time.perf_counter()
        known = 0 if other else self._rows_that_last()
        self._stale = False
        try:
            if run_id is None:
                ids = np.empty(0, dtype=np.int64)
            else:
                if other and abs(self._saved) > LONG_RUN and query.is_everything:
                    known = await self._show_first(run_id, query)
                after = self.model.id_at(known - 1) if known and not other else None
                ids = await self._store.record_ids(run_id, query, after)
        except StoreError as error:
            if self._again is None:
                self.problem.emit(str(error))
            ids, known, self._stale = self.model.ids, 0, True
        self._cost = time.perf_counter() - started
        self._busy = False
        again, self._again = self._again, None
        if run_id == self._run_id and not again:
            self._show(ids, known, other=other)
        if again is not None or run_id != self._run_id:
            self._read(other=again or run_id != self._run_id)

    async def _show_first(self, run_id: int, query: RecordQuery) -> int:
        """Shows the first rows of a long run while the others are being read; returns their number."""
        first = await self._store.first_ids(run_id, FIRST_ROWS, descending=query.descending)
        if run_id != self._run_id or query != self._query:
            return 0
        self.model.replace(first)
        self.count.show_text("")
        return len(first)

    def _rows_that_last(self) -> int:
        """Counts the leading rows that need not be read again during a run, so that a long run costs no more than a short."""
        if self._run_id is None or self._stale or not self._query.is_everything:
            return 0
        return self.model.unbroken(record_ids(self._run_id)[0])

    def _show(self, ids: Ids, known: int, *, other: bool) -> None:
        selected = self.shown_record
        if not other:
            self.model.grow(ids, known)
        elif known and np.array_equal(ids[:known], self.model.ids):
            self.model.grow(ids[known:], known)
        else:
            self.model.replace(ids)
        if selected is not None and self.shown_record != selected:
            row = self.model.row_of(selected)
            if row is not None:
                self.table.setCurrentIndex(self.model.index(row, 0))
        if self._wanted_record is not None and (row := self.model.row_of(self._wanted_record)) is not None:
            self._wanted_record = None
            self.table.setCurrentIndex(self.model.index(row, 0))
        if (place := self._wanted_scroll) and self.model.rowCount():
            self._wanted_scroll = 0
            self.table.executeDelayedItemsLayout()  # the scroll bar knows the rows only then
            self.table.verticalScrollBar().setValue(place)
        if self._detail_id is not None and self.model.row_of(self._detail_id) is None:
            self._show_detail(None)  # it does not pass the filter
        count = self.model.rowCount()
        self.count.show_text(trn("{n} record", "{n} records", count))

    def _sort(self, column: int, order: Qt.SortOrder) -> None:
        sort = sort_of(column, self.model.more) if column >= 0 else "sample"
        self.ask(sort=sort, descending=order == Qt.SortOrder.DescendingOrder and column >= 0)

    def _current_changed(self, index: QModelIndex, _: QModelIndex) -> None:
        if index.isValid():
            spawn(self._show_details(self.model.id_at(index.row())))

    async def _show_details(self, record_id: int) -> None:
        try:
            details = await self._store.details(record_id)
        except StoreError as error:
            self.problem.emit(str(error))
            return
        if record_id == self.shown_record:
            self._show_detail(details)

    def _show_detail(self, details: Details | None) -> None:
        self._detail_id = details.record.id if details is not None else None
        self.detail.show_record(details)
        self.details_shown.emit(details)

    def _follow_theme(self) -> None:
        quiet_selection(self.detail.view)

    def _make_table(self) -> RecordTable:
        table = RecordTable(self.model, self._prefix, self._hidden)
        table.selectionModel().currentChanged.connect(self._current_changed)
        table.opened.connect(lambda: self.show_large(True))
        return table

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(SPACE_S, SPACE_S, SPACE_S, 0)
        head.setSpacing(SPACE_S)
        head.addWidget(self.outcome)
        head.addWidget(self.search, 1)
        head.addWidget(self.count)
        head.addWidget(self.columns)
        self._left = left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_S)
        column.addLayout(head)
        column.addWidget(self.table, 1)
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.setObjectName(f"{self._prefix}records_splitter")
        self.splitter.addWidget(left)
        self.splitter.addWidget(self.detail)
        self.splitter.setStretchFactor(0, 9)
        self.splitter.setStretchFactor(1, 5)
        self.splitter.setSizes([620, 330])
        self.splitter.setChildrenCollapsible(False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.splitter)

    def _timer(self, interval: int, act: object) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(interval)
        timer.timeout.connect(act)
        return timer
