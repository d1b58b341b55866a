"""Run list: the runs of the workspace with their state and progress, those of a grid under one head."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QItemSelectionModel,
    QModelIndex,
    QObject,
    QPoint,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QApplication,
    QLineEdit,
    QListView,
    QVBoxLayout,
)

from evalstudio.core.run_state import ACTIVE
from evalstudio.protocol import ScoreNow, Snapshot
from evalstudio.reports.score_text import short_score
from evalstudio.store.runs import RunRow
from evalstudio.ui.kit.text import one_line, tooltip, tr
from evalstudio.ui.kit.theme import SPACE_M, SPACE_S, theme
from evalstudio.ui.kit.widgets import Card, TextLabel, labelled
from evalstudio.ui.pages.runs.run_list_delegate import ENTRY, Index, RunListDelegate
from evalstudio.ui.pages.runs.run_list_rows import Row, RunHead, RunListEntry, arrange, group_keys
from evalstudio.ui.pages.runs.sparkline import spark_of
from evalstudio.ui.state.run_model import RunModel, last_summary, live_elsewhere

FEW = 10  # with up to this many runs, no filter is shown


class RunListModel(QAbstractListModel):
    """Model of the run list, newest first."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[Row] = []

    @property
    def entries(self) -> list[RunListEntry]:
        """The runs that are shown, without the heads."""
        return [row for row in self.rows if isinstance(row, RunListEntry)]

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        entry = self.rows[index.row()]
        if role == ENTRY:
            return entry
        if role == Qt.ItemDataRole.DisplayRole:
            return one_line(entry.title if isinstance(entry, RunHead) else entry.experiment)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return entry.spoken
        if role == Qt.ItemDataRole.ToolTipRole:
            if isinstance(entry, RunHead):
                return tooltip(entry.spoken)
            return tooltip(
                tr("{spoken}\nStarted {created}, run {run_id}").format(
                    spoken=entry.spoken, created=entry.created, run_id=entry.run_id
                )
            )
        return None

    def keys(self) -> list[int | str]:
        """Returns what the rows stand for, in their order: runs, and the keys of heads."""
        return _keys(self.rows)

    def row_of(self, run_id: int) -> int | None:
        """Returns the row of a run, or of the folded head that it is under; None if it is not in the list."""
        found = None
        for place, row in enumerate(self.rows):
            if isinstance(row, RunListEntry) and row.run_id == run_id:
                return place
            if isinstance(row, RunHead) and not row.is_open and run_id in row.run_ids:
                found = place
        return found

    def set_rows(self, rows: list[Row]) -> None:
        """Sets the rows; if only their contents differ, places and selection are kept."""
        if _keys(rows) != self.keys():
            self.beginResetModel()
            self.rows = rows
            self.endResetModel()
            return
        for place, (old, new) in enumerate(zip(self.rows, rows, strict=True)):
            if old != new:
                self.rows[place] = new
                self.dataChanged.emit(self.index(place), self.index(place))


class RunList(Card):
    """The list with its heading. `chosen` is emitted with the run selected by a person."""

    chosen = Signal(int)
    menu_wanted = Signal(object)  # screen position; the run there has been selected
    sparkline_wanted = Signal(int)  # a visible run whose curve is not known

    def __init__(self) -> None:
        super().__init__()
        self.model = RunListModel()
        self._sparks: dict[int, tuple[float, ...]] = {}  # of runs that are not active
        self._asked: set[int] = set()
        self.view = QListView()
        self.view.setObjectName("run_list")
        self.view.setAccessibleName(tr("Runs"))
        self.view.setModel(self.model)
        delegate = RunListDelegate(self.view)
        delegate.missed.connect(self._want_sparkline)
        self.view.setItemDelegate(delegate)
        self.view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.view.customContextMenuRequested.connect(self._open_menu)
        self.view.setFrameShape(QListView.Shape.NoFrame)
        self.view.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.view.setUniformItemSizes(True)
        self.view.setSelectionMode(QListView.SelectionMode.ExtendedSelection)
        self.view.viewport().setAutoFillBackground(False)
        self.view.selectionModel().currentChanged.connect(self._current_changed)
        self.view.clicked.connect(self._pressed)
        self.view.installEventFilter(self)
        self._focused: int | None = None
        self._is_open: dict[
            str, bool
        ] = {}  # heads that a person has opened or folded, and those with an active run
        self._empty = TextLabel(tr("No runs yet."), "muted", name="run_list_empty")
        self._empty.setContentsMargins(SPACE_M, 0, SPACE_M, 0)
        self._shown: tuple[list[RunRow], dict[int, RunModel], int | None] = ([], {}, None)
        self.filter = QLineEdit()
        self.filter.setPlaceholderText(tr("Filter the runs"))
        self.filter.setClearButtonEnabled(True)
        labelled(
            self.filter, "run_filter", tr("Filter the runs"),
            tr("Search experiment, evaluation, model, state, notes and tags"),
        )  # fmt: skip
        self.filter.textChanged.connect(lambda *_: self.show_runs(*self._shown))
        self.filter.hide()
        around = QVBoxLayout()
        around.setContentsMargins(SPACE_S, 0, SPACE_S, 0)
        around.addWidget(self.filter)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(1, SPACE_M, 1, SPACE_S)
        layout.setSpacing(SPACE_S)
        title = TextLabel(tr("Runs"), factor=1.15, bold=True)
        title.setContentsMargins(SPACE_M, 0, SPACE_M, 0)
        layout.addWidget(title)
        layout.addLayout(around)
        layout.addWidget(self._empty)
        layout.addWidget(self.view, 1)
        self.setMinimumWidth(190)
        theme().changed.connect(self.view.viewport().update)

    def show_runs(self, rows: list[RunRow], models: dict[int, RunModel], focus: int | None) -> None:
        """Fills the list with the filtered runs: live ones from their snapshots, the rest from the store."""
        self._shown = rows, models, focus
        entries = []
        keys = group_keys(rows)
        for row in rows:
            model = models.get(row.id)
            live = model is not None and model.is_live
            if live or row.state in ACTIVE:  # its curve continues: what was read is outdated
                self._sparks.pop(row.id, None)
                self._asked.discard(row.id)
            entry = _entry(row, model, None if live else self._sparks.get(row.id))
            entries.append(replace(entry, group=keys.get(row.id, "")))
            if entry.state in ACTIVE and row.id in keys:
                self._is_open.setdefault(keys[row.id], True)
        words = self.filter.text().casefold().split()
        fitting = [entry for entry in entries if all(word in entry.spoken.casefold() for word in words)]
        chosen = self.chosen_runs()
        # while it is filtered, the list shows what fits by itself
        shown: list[Row] = [*fitting] if words else arrange(fitting, self._is_open)
        self.model.set_rows(shown)
        self.filter.setVisible(len(rows) > FEW or bool(words))
        self._empty.setVisible(not fitting)
        self._empty.show_text(tr("No run found.") if rows else tr("No runs yet."))
        place = self.model.row_of(focus) if focus is not None else None
        same, self._focused = focus == self._focused, focus
        if (
            place is not None
            and self.view.currentIndex().row() != place
            and not (same and self._is_on_head())
        ):
            self.view.setCurrentIndex(self.model.index(place))
        if len(chosen) > 1 and self.chosen_runs() != chosen:  # the rows were made anew
            self._choose(set(chosen))

    def chosen_runs(self) -> list[int]:
        """Returns the runs that are selected, with Shift or Ctrl several, in the order of the list; of a head, all its runs."""
        rows = sorted(index.row() for index in self.view.selectedIndexes())
        return list(dict.fromkeys(run_id for row in rows for run_id in self.model.rows[row].run_ids))

    @property
    def open_heads(self) -> tuple[str, ...]:
        """The keys of the heads that show their runs."""
        return tuple(key for key, is_open in self._is_open.items() if is_open)

    def open(self, keys: Sequence[str]) -> None:
        """Shows the runs under these heads."""
        self._is_open |= dict.fromkeys(keys, True)

    def turn(self, key: str) -> None:
        """Shows the runs under a head, or folds them."""
        self._is_open[key] = not self._is_open.get(key, False)
        self.show_runs(*self._shown)
        self.view.setCurrentIndex(self.model.index(self.model.keys().index(key)))

    def _is_on_head(self) -> bool:
        """Whether a person has chosen a head: it keeps the selection until another run is focused."""
        index = self.view.currentIndex()
        return index.isValid() and isinstance(self.model.rows[index.row()], RunHead)

    def _choose(self, run_ids: set[int]) -> None:
        flag = QItemSelectionModel.SelectionFlag.Select
        for row, one in enumerate(self.model.rows):
            if run_ids.issuperset(one.run_ids):
                self.view.selectionModel().select(self.model.index(row), flag)

    def know_sparkline(self, run_id: int, points: tuple[float, ...]) -> None:
        """Sets the requested curve of a run."""
        self._sparks[run_id] = points
        for row, entry in enumerate(self.model.rows):
            if isinstance(entry, RunListEntry) and entry.run_id == run_id and entry.spark is None:
                self.model.rows[row] = replace(entry, spark=points)
                self.model.dataChanged.emit(self.model.index(row), self.model.index(row))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Left folds a head, Right opens it, Space and Return do either."""
        index = self.view.currentIndex()
        row = self.model.rows[index.row()] if index.isValid() else None
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and isinstance(row, RunHead):
            keys = Qt.Key
            opens, folds = not row.is_open, row.is_open
            if (
                event.key() in (keys.Key_Space, keys.Key_Return, keys.Key_Enter)
                or (event.key() == keys.Key_Right and opens)
                or (event.key() == keys.Key_Left and folds)
            ):
                self.turn(row.key)
                return True
        return False

    def _pressed(self, index: QModelIndex) -> None:
        row = self.model.rows[index.row()]
        several = QApplication.keyboardModifiers() & (
            Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.ControlModifier
        )
        if isinstance(row, RunHead) and not several:
            self.turn(row.key)

    def _want_sparkline(self, run_id: int) -> None:
        if run_id not in self._asked:
            self._asked.add(run_id)
            self.sparkline_wanted.emit(run_id)

    def _open_menu(self, place: QPoint) -> None:
        index = self.view.indexAt(place)
        if index.isValid() and not self.view.selectionModel().isSelected(index):
            self.view.setCurrentIndex(index)
        if self.view.currentIndex().isValid():
            self.menu_wanted.emit(self.view.viewport().mapToGlobal(place))

    def _current_changed(self, index: QModelIndex, _: QModelIndex) -> None:
        if index.isValid() and isinstance(row := self.model.rows[index.row()], RunListEntry):
            self.chosen.emit(row.run_id)


def _keys(rows: Sequence[Row]) -> list[int | str]:
    return [row.key if isinstance(row, RunHead) else row.run_id for row in rows]


def _entry(row: RunRow, model: RunModel | None, spark: tuple[float, ...] | None) -> RunListEntry:
    live: Snapshot | None = model.snapshot if model is not None and model.is_live else None
    scores = live.scores if live is not None else _stored_scores(row)
    return RunListEntry(
        row.id,
        row.experiment,
        row.evaluation,
        row.model,
        live.state if live is not None else row.true_state,
        live.saved if live is not None else row.saved,
        live.total if live is not None else row.total,
        short_score(scores[0]) if scores else "",
        datetime.fromtimestamp(row.created_at).astimezone().strftime("%Y-%m-%d %H:%M"),
        spark_of(model) if live is not None and model is not None else spark,
        row.note,
        tuple(row.tags.split()),
        row.pinned_at is not None,
        row.archived_at is not None,
    )


def _stored_scores(row: RunRow) -> tuple[ScoreNow, ...]:
    summary = live_elsewhere(row) or last_summary(row)
    return summary.scores if summary is not None else ()
