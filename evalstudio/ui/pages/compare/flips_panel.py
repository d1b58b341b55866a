"""Flips panel: the samples whose score changed, and the two answers to the selected one side by side."""

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QPlainTextEdit,
    QSplitter,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from evalstudio.core.errors import StoreError
from evalstudio.store.comparison import Flip, ScorePair
from evalstudio.store.reader import Details
from evalstudio.ui.kit.combo_box import ComboBox
from evalstudio.ui.kit.table_style import detach_header, quieten, set_widths
from evalstudio.ui.kit.text import mark, one_line, plain, tr, trn
from evalstudio.ui.kit.theme import SPACE_S, theme
from evalstudio.ui.kit.widgets import ElidedLabel, TextLabel, labelled, quiet_selection
from evalstudio.ui.pages.compare.flips import ANSWER_A, ANSWER_B, FlipsModel
from evalstudio.ui.state.store_reader import StoreReader
from evalstudio.ui.state.tasks import spawn

WIDTHS = (70, 100, 0, 0, 66, 66)
CHOOSE = mark("Choose a sample to see both answers.")
DIRECTIONS = (mark("All flips"), mark("Up: B scores higher"), mark("Down: B scores lower"))


class FlipsPanel(QWidget):
    """Table of the flips of one evaluator, all or in one direction."""

    problem = Signal(str)

    def __init__(self, store: StoreReader) -> None:
        super().__init__()
        self.setObjectName("flips_panel")
        self._store = store
        self._pairs: dict[str, ScorePair] = {}
        self.model = FlipsModel(store)
        self.table = self._make_table()
        self.evaluator = ComboBox()
        labelled(self.evaluator, "flips_evaluator", tr("Evaluator whose scores changed"))
        self.direction = ComboBox()
        self.direction.addItems([tr(direction) for direction in DIRECTIONS])
        labelled(self.direction, "flips_direction", tr("Direction of the change"), tr("Which flips to show"))
        self.count = TextLabel("", "muted", name="flips_count")
        self.sample = ElidedLabel(tr(CHOOSE), "muted", name="flip_sample")
        self.answers = tuple(_answer(letter) for letter in "ab")
        self._lay_out()
        self.evaluator.currentIndexChanged.connect(lambda *_: self._fill())
        self.direction.currentIndexChanged.connect(lambda *_: self._fill())
        theme().changed.connect(self._follow_theme)
        self._follow_theme()

    def show_pairs(self, pairs: tuple[ScorePair, ...]) -> None:
        """Shows the flips of these evaluators and keeps the selected evaluator."""
        before = self.evaluator.currentText()
        self._pairs = {one_line(pair.evaluator, 60): pair for pair in pairs}
        self.evaluator.blockSignals(True)
        self.evaluator.clear()
        self.evaluator.addItems(list(self._pairs))
        self.evaluator.setCurrentIndex(max(0, self.evaluator.findText(before)))
        self.evaluator.blockSignals(False)
        self.evaluator.setVisible(len(pairs) > 1)
        self._fill()

    def _fill(self) -> None:
        pair = self._pairs.get(self.evaluator.currentText())
        flips = pair.flips if pair is not None else ()
        direction = self.direction.currentIndex()
        if direction:
            flips = tuple(flip for flip in flips if (flip.score_b > flip.score_a) == (direction == 1))
        self.model.show_flips(flips, pair.evaluator if pair is not None else None)
        self.count.show_text(trn("{n} sample", "{n} samples", len(flips)))
        self._show_answers(None, (None, None))
        if flips:
            self.table.setCurrentIndex(self.model.index(0, 0))

    def _current_changed(self, index: QModelIndex, _: QModelIndex) -> None:
        if index.isValid():
            spawn(self._read(self.model.flips[index.row()]))

    async def _read(self, flip: Flip) -> None:
        try:
            details = [await self._store.details(record) for record in (flip.record_a, flip.record_b)]
        except StoreError as error:
            self.problem.emit(str(error))
            return
        index = self.table.currentIndex()
        if index.isValid() and index.row() < len(self.model.flips) and self.model.flips[index.row()] == flip:
            self._show_answers(flip, (details[0], details[1]))

    def _show_answers(self, flip: Flip | None, both: tuple[Details | None, Details | None]) -> None:
        expected = next((one.record.expected for one in both if one is not None), None)
        if flip is None:
            none = tr("No sample has a different score.") if not self.model.flips else tr(CHOOSE)
            self.sample.show_text(none)
        else:
            words = tr("Sample {sample_id}").format(sample_id=one_line(flip.sample_id, 60))
            self.sample.show_text(
                tr("{words} · expected: {expected}").format(words=words, expected=one_line(expected))
                if expected
                else words
            )
        for view, details in zip(self.answers, both, strict=True):
            view.setPlainText(_whole(details) if details is not None else "")

    def _follow_theme(self) -> None:
        for view in self.answers:
            quiet_selection(view)

    def _make_table(self) -> QTableView:
        table = QTableView()
        labelled(table, "flips", tr("Samples whose score changed"))
        table.setModel(self.model)
        detach_header(table)
        quieten(table)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        set_widths(table, WIDTHS)
        for column in (ANSWER_A, ANSWER_B):
            table.horizontalHeader().setSectionResizeMode(column, QHeaderView.ResizeMode.Stretch)
        table.selectionModel().currentChanged.connect(self._current_changed)
        return table

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(SPACE_S, SPACE_S, SPACE_S, 0)
        head.setSpacing(SPACE_S)
        for part in (self.evaluator, self.direction, self.count):
            head.addWidget(part)
        head.addStretch(1)
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_S)
        column.addLayout(head)
        column.addWidget(self.table, 1)
        right = QWidget()
        beside = QVBoxLayout(right)
        beside.setContentsMargins(SPACE_S, SPACE_S, SPACE_S, 0)
        beside.setSpacing(SPACE_S)
        beside.addWidget(self.sample)
        both = QHBoxLayout()
        both.setSpacing(SPACE_S)
        for letter, view in zip("AB", self.answers, strict=True):
            side = QVBoxLayout()
            side.setSpacing(0)
            side.addWidget(TextLabel(tr("Answer of {letter}").format(letter=letter), bold=True))
            side.addWidget(view, 1)
            both.addLayout(side, 1)
        beside.addLayout(both, 1)
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.setObjectName("flips_splitter")
        self.splitter.setChildrenCollapsible(False)
        self.splitter.addWidget(left)
        self.splitter.addWidget(right)
        self.splitter.setSizes([640, 460])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.splitter)


def _answer(letter: str) -> QPlainTextEdit:
    view = QPlainTextEdit()
    labelled(view, f"answer_{letter}", tr("Answer of run {letter}").format(letter=letter.upper()))
    view.setReadOnly(True)
    view.setUndoRedoEnabled(False)
    view.setFrameShape(QPlainTextEdit.Shape.NoFrame)
    return view


def _whole(details: Details) -> str:
    """Returns the answer followed by its scores."""
    answer = details.record.answer
    text = plain(answer or tr("(empty)") if answer is not None else details.record.error or tr("(no answer)"))
    whys = [
        f"{score.evaluator}: {tr('unscored') if score.value is None else score.value}. {score.why}"
        for score in details.scores
    ]
    return text + "".join(f"\n\n{plain(why, 2_000)}" for why in whys)
