"""Flip table model: the samples that two runs score differently, with texts loaded only for visible rows."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor

from evalstudio.store.comparison import Flip
from evalstudio.store.reader import RecordLine
from evalstudio.ui.kit.text import apart, mark, one_line, tooltip, tr
from evalstudio.ui.kit.theme import tokens
from evalstudio.ui.records.record_cells import score_words
from evalstudio.ui.records.row_pages import RowPages
from evalstudio.ui.state.store_reader import StoreReader

HEADINGS = (
    mark("Sample"),
    mark("Expected"),
    mark("Answer of A"),
    mark("Answer of B"),
    mark("Score A"),
    mark("Score B"),
)
ANSWER_A, ANSWER_B, SCORE_A, SCORE_B = 2, 3, 4, 5
PAGE = 64
PAGES_KEPT = 32
Index = QModelIndex | QPersistentModelIndex


class FlipsModel(QAbstractTableModel):
    """Table model with one row per flip."""

    def __init__(self, store: StoreReader) -> None:
        super().__init__()
        self.flips: Sequence[Flip] = ()
        self._pages: RowPages[RecordLine] = RowPages(
            store, self._ids_of, lambda line: line, self._arrived, PAGES_KEPT
        )

    def show_flips(self, flips: Sequence[Flip], evaluator: str | None) -> None:
        self.beginResetModel()
        self.flips, self._pages.evaluator = flips, evaluator
        self._pages.forget()
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.flips)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(HEADINGS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return tr(HEADINGS[section])
        return _alignment() if role == Qt.ItemDataRole.TextAlignmentRole else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment()
        if role not in (
            Qt.ItemDataRole.DisplayRole,
            Qt.ItemDataRole.ToolTipRole,
            Qt.ItemDataRole.ForegroundRole,
        ):
            return None
        flip, column = self.flips[index.row()], index.column()
        if column in (SCORE_A, SCORE_B):
            words, colour = score_words(flip.score_a if column == SCORE_A else flip.score_b)
            if role == Qt.ItemDataRole.ForegroundRole:
                return QColor(getattr(tokens(), colour))
            return words if role == Qt.ItemDataRole.DisplayRole else None
        if role == Qt.ItemDataRole.ForegroundRole:
            return None
        text = flip.sample_id if column == 0 else self._text(index.row(), column)
        if role == Qt.ItemDataRole.ToolTipRole:
            return tooltip(text or "")
        if text is not None and column in (ANSWER_A, ANSWER_B):
            other = self._text(index.row(), ANSWER_A + ANSWER_B - column)
            text = apart(text, other or "")[0]
        return "…" if text is None else one_line(text)

    def _text(self, row: int, column: int) -> str | None:
        """Returns a text of a record; None while it is being loaded."""
        flip, lines = self.flips[row], self._pages.at(row // PAGE)
        if lines is None:
            return None
        line = lines.get(flip.record_b if column == ANSWER_B else flip.record_a)
        if line is None:
            return ""
        return (line.expected if column == 1 else line.answer) or ""

    def _ids_of(self, page: int) -> list[int]:
        flips = self.flips[page * PAGE : (page + 1) * PAGE]
        return [record for flip in flips for record in (flip.record_a, flip.record_b)]

    def _arrived(self, page: int) -> None:
        last = min((page + 1) * PAGE, len(self.flips)) - 1
        self.dataChanged.emit(self.index(page * PAGE, 0), self.index(last, len(HEADINGS) - 1))


def _alignment() -> Qt.AlignmentFlag:
    return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
