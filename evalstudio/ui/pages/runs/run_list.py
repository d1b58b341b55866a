"""Run list: the runs of the workspace with their state and progress."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import (
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
)

from evalstudio.core.run_state import ACTIVE, RunState
from evalstudio.protocol import ScoreNow, Snapshot
from evalstudio.reports.score_text import short_score
from evalstudio.store.runs import RunRow
from evalstudio.ui.kit.icons import draw_icon
from evalstudio.ui.kit.run_state_look import LOOKS
from evalstudio.ui.kit.text import one_line, tooltip, tr
from evalstudio.ui.kit.theme import RADIUS, SPACE_M, SPACE_S, SPACE_XS, scaled, theme, tokens
from evalstudio.ui.kit.widgets import Card, TextLabel, labelled
from evalstudio.ui.pages.runs.sparkline import draw_spark, spark_of
from evalstudio.ui.state.run_model import RunModel, last_summary

SPARK_WIDTH = 54
FEW = 10  # with up to this many runs, no filter is shown
NAME = Qt.TextElideMode.ElideMiddle  # names with the same beginning differ at their end
ENTRY = Qt.ItemDataRole.UserRole
Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class RunListEntry:
    """A run in the list."""

    run_id: int
    experiment: str
    evaluation: str
    model: str
    state: RunState
    saved: int
    total: int
    score: str
    created: str
    spark: tuple[float, ...] | None = None  # records per second over its time; None: not known yet

    @property
    def spoken(self) -> str:
        return tr("{experiment}: {evaluation} on {model}, {state}, {saved} of {total} saved").format(
            experiment=self.experiment,
            evaluation=self.evaluation,
            model=self.model,
            state=tr(self.state),
            saved=self.saved,
            total=self.total,
        ) + (f", {self.score}" if self.score else "")


class RunListModel(QAbstractListModel):
    """Model of the run list, newest first."""

    def __init__(self) -> None:
        super().__init__()
        self.entries: list[RunListEntry] = []

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.entries)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        entry = self.entries[index.row()]
        if role == ENTRY:
            return entry
        if role == Qt.ItemDataRole.DisplayRole:
            return one_line(entry.experiment)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return entry.spoken
        if role == Qt.ItemDataRole.ToolTipRole:
            return tooltip(
                tr("{spoken}\nStarted {created}, run {run_id}").format(
                    spoken=entry.spoken, created=entry.created, run_id=entry.run_id
                )
            )
        return None

    def ids(self) -> list[int]:
        """Returns the runs in the order of the rows."""
        return [entry.run_id for entry in self.entries]

    def set_entries(self, entries: list[RunListEntry]) -> None:
        """Sets the entries; if only their contents differ, rows and selection are kept."""
        if [entry.run_id for entry in entries] != self.ids():
            self.beginResetModel()
            self.entries = entries
            self.endResetModel()
            return
        for row, (old, new) in enumerate(zip(self.entries, entries, strict=True)):
            if old != new:
                self.entries[row] = new
                self.dataChanged.emit(self.index(row), self.index(row))


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
        delegate = _Delegate(self.view)
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
        self._empty = TextLabel(tr("No runs yet."), "muted", name="run_list_empty")
        self._empty.setContentsMargins(SPACE_M, 0, SPACE_M, 0)
        self._shown: tuple[list[RunRow], dict[int, RunModel], int | None] = ([], {}, None)
        self.filter = QLineEdit()
        self.filter.setPlaceholderText(tr("Filter the runs"))
        self.filter.setClearButtonEnabled(True)
        labelled(
            self.filter, "run_filter", tr("Filter the runs"),
            tr("Search experiment, evaluation, model and state"),
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
        for row in rows:
            model = models.get(row.id)
            live = model is not None and model.is_live
            if live or row.state in ACTIVE:  # its curve continues: what was read is outdated
                self._sparks.pop(row.id, None)
                self._asked.discard(row.id)
            entries.append(_entry(row, model, None if live else self._sparks.get(row.id)))
        words = self.filter.text().casefold().split()
        fitting = [entry for entry in entries if all(word in entry.spoken.casefold() for word in words)]
        chosen = self.chosen_runs()
        self.model.set_entries(fitting)
        self.filter.setVisible(len(rows) > FEW or bool(words))
        self._empty.setVisible(not fitting)
        self._empty.show_text(tr("No run found.") if rows else tr("No runs yet."))
        for place, entry in enumerate(self.model.entries):
            if entry.run_id == focus and self.view.currentIndex().row() != place:
                self.view.setCurrentIndex(self.model.index(place))
        if len(chosen) > 1 and self.chosen_runs() != chosen:  # the rows were made anew
            self._choose(set(chosen))

    def chosen_runs(self) -> list[int]:
        """Returns the runs that are selected, with Shift or Ctrl several, in the order of the list."""
        rows = sorted(index.row() for index in self.view.selectedIndexes())
        return [self.model.entries[row].run_id for row in rows]

    def _choose(self, run_ids: set[int]) -> None:
        flag = QItemSelectionModel.SelectionFlag.Select
        for row, run_id in enumerate(self.model.ids()):
            if run_id in run_ids:
                self.view.selectionModel().select(self.model.index(row), flag)

    def know_sparkline(self, run_id: int, points: tuple[float, ...]) -> None:
        """Sets the requested curve of a run."""
        self._sparks[run_id] = points
        for row, entry in enumerate(self.model.entries):
            if entry.run_id == run_id and entry.spark is None:
                self.model.entries[row] = replace(entry, spark=points)
                self.model.dataChanged.emit(self.model.index(row), self.model.index(row))

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
        if index.isValid():
            self.chosen.emit(self.model.entries[index.row()].run_id)


class _Delegate(QStyledItemDelegate):
    """Draws three lines: experiment and score, evaluation with the throughput curve, and state.

    `missed` is called with a painted run whose curve is not known.
    """

    missed = Signal(int)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(160, option.fontMetrics.height() * 3 + 26)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        entry: RunListEntry = index.data(ENTRY)
        colours = tokens()
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(option.rect).adjusted(SPACE_S - 1, 2, -SPACE_S + 1, -2)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colours.selection))
            painter.drawRoundedRect(box, RADIUS - 2, RADIUS - 2)
        elif option.state & QStyle.StateFlag.State_MouseOver:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colours.window))
            painter.drawRoundedRect(box, RADIUS - 2, RADIUS - 2)
        self._write(painter, option, entry, box.adjusted(SPACE_S, 6, -SPACE_S, -7))
        painter.restore()

    def _write(
        self, painter: QPainter, option: QStyleOptionViewItem, entry: RunListEntry, box: QRectF
    ) -> None:
        colours = tokens()
        normal, bold = option.font, scaled(option.font, 1.0, bold=True)
        small = scaled(option.font, 0.9)
        height = option.fontMetrics.height()
        line = QRectF(box.x(), box.y(), box.width(), height)
        painter.setFont(normal)
        painter.setPen(QColor(colours.text))
        score_width = painter.fontMetrics().horizontalAdvance(entry.score)
        painter.drawText(line, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, entry.score)
        painter.setFont(bold)
        _elided(painter, line.adjusted(0, 0, -score_width - SPACE_S, 0), one_line(entry.experiment), NAME)
        painter.setFont(small)
        painter.setPen(QColor(colours.muted))
        line.translate(0, height + 2)
        if entry.spark is None:
            self.missed.emit(entry.run_id)
        spark = QRectF(line.right() - SPARK_WIDTH, line.y() + 2, SPARK_WIDTH, height - 4)
        draw_spark(painter, spark, entry.spark or ())
        painter.setPen(QColor(colours.muted))
        _elided(
            painter,
            line.adjusted(0, 0, -SPARK_WIDTH - SPACE_S, 0),
            one_line(f"{entry.evaluation} · {entry.model}"),
            NAME,
        )
        line.translate(0, height + 2)
        look = LOOKS[entry.state]
        colour = QColor(getattr(colours, look.colour))
        draw_icon(painter, look.icon, colour, QRectF(line.x(), line.y() + (height - 13) / 2, 13, 13))
        painter.setPen(colour)
        all_saved = entry.saved == entry.total
        share = f"{entry.total:,}" if all_saved else f"{entry.saved:,}/{entry.total:,}"
        room = painter.fontMetrics().horizontalAdvance(share) + SPACE_XS
        _elided(painter, line.adjusted(18, 0, -room, 0), tr(entry.state))
        painter.setPen(QColor(colours.muted))
        painter.drawText(line, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, share)
        if entry.state in ACTIVE and entry.total:
            track = QRectF(box.x(), box.bottom() + 1, box.width(), 3)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colours.border))
            painter.drawRoundedRect(track, 1.5, 1.5)
            track.setWidth(box.width() * min(1.0, entry.saved / entry.total))
            painter.setBrush(colour)
            painter.drawRoundedRect(track, 1.5, 1.5)


def _elided(
    painter: QPainter, box: QRectF, text: str, mode: Qt.TextElideMode = Qt.TextElideMode.ElideRight
) -> None:
    shown = painter.fontMetrics().elidedText(text, mode, int(box.width()))
    painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)


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
    )


def _stored_scores(row: RunRow) -> tuple[ScoreNow, ...]:
    summary = last_summary(row)
    return summary.scores if summary is not None else ()
