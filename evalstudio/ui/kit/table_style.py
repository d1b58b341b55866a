"""Table style: a flat part of its card, one-line rows, and columns that grow with the text size."""

from collections.abc import Sequence

from PySide6.QtCore import QItemSelectionModel, QObject, Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QTableWidget, QTableWidgetItem

from evalstudio.ui.kit.text import tooltip
from evalstudio.ui.kit.theme import line_height, theme
from evalstudio.ui.kit.widgets import quiet_selection

GROWTH = 0.6  # growth of columns relative to that of text: most have spare room
ROW = 12  # vertical padding of a row in pixels
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


def quieten(table: QTableView) -> None:
    """Applies the common table style, in both themes and at every text size."""
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setTabKeyNavigation(False)
    table.setShowGrid(False)
    table.setWordWrap(False)
    table.setFrameShape(QTableView.Shape.NoFrame)
    table.verticalHeader().hide()
    table.horizontalHeader().setHighlightSections(False)
    table.horizontalHeader().setTextElideMode(Qt.TextElideMode.ElideRight)
    table.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    _Look(table)


def detach_header(table: QTableView) -> None:
    """Makes the header ignore the selection: it would ask the model for every row of it at each painting.

    Call it after `setModel`. With a million rows selected, one painting takes 20 seconds otherwise.
    """
    header = table.horizontalHeader()
    header.setSelectionModel(QItemSelectionModel(table.model(), header))


def set_widths(table: QTableView, widths: Sequence[int]) -> None:
    """Sets column widths in pixels at the default text size; 0 leaves a column unchanged."""
    for column, width in enumerate(widths):
        if width:
            table.setColumnWidth(column, round(width * _growth(theme().percent)))


class _Look(QObject):
    """Updates a table's style with the theme for as long as the table exists."""

    def __init__(self, table: QTableView) -> None:
        super().__init__(table)
        self._table = table
        self._percent = theme().percent
        theme().changed.connect(self._follow)
        self._follow()

    def _follow(self) -> None:
        quiet_selection(self._table)
        self._table.verticalHeader().setDefaultSectionSize(line_height() + ROW)
        before, self._percent = self._percent, theme().percent
        if before == self._percent:
            return
        header = self._table.horizontalHeader()
        for column in range(header.count()):
            if header.sectionResizeMode(column) == QHeaderView.ResizeMode.Interactive:
                size = header.sectionSize(column) * _growth(self._percent) / _growth(before)
                header.resizeSection(column, round(size))


def _growth(percent: int) -> float:
    return 1 + (percent - 100) / 100 * GROWTH


def make_table(
    name: str, spoken: str, headings: Sequence[str], stretched: int, numbers: Sequence[int] = ()
) -> QTableWidget:
    """Creates a read-only table for a few rows; hidden until it has some. `numbers`: the columns aligned to the right."""
    table = QTableWidget(0, len(headings))
    table.setObjectName(name)
    table.setAccessibleName(spoken)
    table.setHorizontalHeaderLabels(list(headings))
    for column in numbers:
        if (heading := table.horizontalHeaderItem(column)) is not None:
            heading.setTextAlignment(RIGHT)
    quieten(table)
    table.horizontalHeader().setSectionResizeMode(stretched, QHeaderView.ResizeMode.Stretch)
    table.setVisible(False)
    return table


def fill_row(table: QTableWidget, row: int, words: Sequence[str], whole: str) -> None:
    """Writes a row; unchanged cells are not touched."""
    for column, text in enumerate(words):
        fill_cell(table, row, column, text, whole)


def fill_cell(table: QTableWidget, row: int, column: int, text: str, whole: str) -> None:
    """Writes a cell; `whole` is its tooltip."""
    item = table.item(row, column)
    if item is None:
        item = QTableWidgetItem()
        heading = table.horizontalHeaderItem(column)
        if heading is not None and heading.textAlignment() & int(Qt.AlignmentFlag.AlignRight):
            item.setTextAlignment(RIGHT)
        table.setItem(row, column, item)
    if item.text() != text:
        item.setText(text)
        item.setToolTip(tooltip(whole))
