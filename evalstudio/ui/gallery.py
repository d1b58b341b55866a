"""Gallery: every control in every state on one page, to see a change of the style at once.

Usage: python -m evalstudio.ui.gallery [--theme dark] [--text-scale 150] [--save gallery.png]
"""

import argparse
import sys
from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QMenu,
    QPlainTextEdit,
    QProgressBar,
    QRadioButton,
    QSlider,
    QSpinBox,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from evalstudio.ui.kit import theme
from evalstudio.ui.kit.combo_box import ComboBox
from evalstudio.ui.kit.icons import icon
from evalstudio.ui.kit.navigation_button import NavigationButton
from evalstudio.ui.kit.table_style import fill_row, make_table
from evalstudio.ui.kit.tabs import Tabs
from evalstudio.ui.kit.text import mark, tr
from evalstudio.ui.kit.theme import SPACE_L, SPACE_M, SPACE_S
from evalstudio.ui.kit.tokens import CAPTION, FIGURE, HEADLINE, SMALL, TITLE
from evalstudio.ui.kit.widgets import (
    ActionButton,
    Button,
    Card,
    TextLabel,
    labelled,
    quiet_selection,
)

ROWS = (
    ("14", "✓ 1", "Paris", "241 ms"), ("15", "✗ 0", "Lyon is the capital", "1,204 ms"), ("16", "0.5", "Paris, France", "318 ms"),
)  # fmt: skip
MODELS = ("demo/fast", "demo/flaky")
STATES = (mark("Normal"), mark("Disabled"))
SIZES = ((FIGURE, "87.5%"), (HEADLINE, mark("Headline")), (TITLE, mark("Title")), (1.0, mark("Text")), (SMALL, mark("Small")), (CAPTION, mark("Caption")))  # fmt: skip


class Gallery(QWidget):
    """The page. Nothing of it does anything."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("gallery")
        self.setWindowTitle(tr("Controls"))
        page = QGridLayout(self)
        page.setContentsMargins(SPACE_L, SPACE_L, SPACE_L, SPACE_L)
        page.setSpacing(SPACE_M)
        page.setRowMinimumHeight(2, 230)  # the whole menu
        parts: tuple[tuple[str, Callable[[], QWidget], int, int], ...] = (
            (tr("Type and colours"), self._type, 0, 0), (tr("Buttons"), self._buttons, 0, 1), (tr("Inputs"), self._inputs, 0, 2),
            (tr("Ticks and ranges"), self._ranges, 1, 0), (tr("Table"), self._table, 1, 1), (tr("Lists"), self._lists, 1, 2),
            (tr("Tabs and texts"), self._texts, 2, 0), (tr("Navigation and menus"), self._menus, 2, 1), (tr("Scrolling"), self._scrolling, 2, 2),
        )  # fmt: skip
        for title, make, row, column in parts:
            card = Card()
            inside = QVBoxLayout(card)
            inside.setContentsMargins(SPACE_M, SPACE_M, SPACE_M, SPACE_M)
            inside.setSpacing(SPACE_S)
            inside.addWidget(TextLabel(title, factor=TITLE, bold=True))
            inside.addWidget(make(), 1)
            page.addWidget(card, row, column)

    def _type(self) -> QWidget:
        box, column = _column()
        for factor, words in SIZES:
            column.addWidget(TextLabel(tr(words), factor=factor, bold=factor > 1))
        for colour in ("muted", "accent_text", "good", "warn", "bad"):
            column.addWidget(TextLabel(colour, colour))
        return box

    def _buttons(self) -> QWidget:
        box, column = _column()
        for state in STATES:
            action = QAction(icon("start"), tr("Start"), self)
            action.setProperty("icon_name", "start")
            action.setEnabled(state == STATES[0])
            with_menu = Button(tr("Menu"))
            with_menu.setMenu(QMenu(with_menu))
            made = [
                ActionButton(action, primary=True, name=f"primary_{state}"), ActionButton(action, name=f"plain_{state}"),
                ActionButton(action, icon_only=True, name=f"icon_{state}"), Button(tr("Verb")), Button(tr("Delete"), danger=True), with_menu,
            ]  # fmt: skip
            row = QHBoxLayout()
            for button in made:
                button.setEnabled(state == STATES[0])
                row.addWidget(button)
            row.addStretch(1)
            column.addWidget(TextLabel(tr(state), "muted", CAPTION))
            column.addLayout(row)
        self.focused = Button(tr("With the focus"))
        self.focused.ring.is_shown = True
        column.addWidget(self.focused, 0, Qt.AlignmentFlag.AlignLeft)
        column.addStretch(1)
        return box

    def _inputs(self) -> QWidget:
        box = QWidget()
        grid = QGridLayout(box)
        grid.setContentsMargins(0, 0, 0, 0)
        for column, state in enumerate(STATES):
            grid.addWidget(TextLabel(tr(state), "muted", CAPTION), 0, column)
            grid.setRowStretch(7, 1)
            line, hint, combo, typed, number, real = (
                QLineEdit("support-3"), QLineEdit(), ComboBox(), QComboBox(), QSpinBox(), QDoubleSpinBox(),
            )  # fmt: skip
            hint.setPlaceholderText(tr("Search prompts and answers"))
            typed.setEditable(True)
            for choices in (combo, typed):
                choices.addItems(MODELS)
            number.setRange(0, 10_000)
            number.setValue(64)
            real.setValue(0.5)
            for row, widget in enumerate((line, hint, combo, typed, number, real), start=1):
                labelled(widget, f"input_{row}_{column}", tr("Input"))
                widget.setEnabled(column == 0)
                grid.addWidget(widget, row, column)
        return box

    def _ranges(self) -> QWidget:
        box, column = _column()
        for state in STATES:
            row = QHBoxLayout()
            plain, ticked, partly, radio = (
                QCheckBox(tr("Off")), QCheckBox(tr("On")), QCheckBox(tr("Partly")), QRadioButton(tr("One")),
            )  # fmt: skip
            ticked.setChecked(True)
            partly.setTristate(True)
            partly.setCheckState(Qt.CheckState.PartiallyChecked)
            radio.setChecked(True)
            slider = QSlider(Qt.Orientation.Horizontal)
            labelled(slider, f"slider_{state}", tr("Slider"))
            slider.setValue(40)
            for widget in (plain, ticked, partly, radio, slider):
                widget.setEnabled(state == STATES[0])
                row.addWidget(widget)
            column.addLayout(row)
        bar = QProgressBar()
        bar.setValue(60)
        column.addWidget(bar)
        column.addStretch(1)
        return box

    def _table(self) -> QWidget:
        table = make_table(
            "gallery_table",
            tr("Table"),
            (tr("Sample"), tr("Score"), tr("Answer"), tr("Latency")),
            2,
            numbers=(0, 3),
        )
        table.setRowCount(len(ROWS))
        for place, row in enumerate(ROWS):
            fill_row(table, place, row, "")
        table.setVisible(True)
        table.setCurrentCell(1, 0)
        return table

    def _lists(self) -> QWidget:
        box, column = _column()
        rows = QListWidget()
        rows.addItems(["sentiment", "arithmetic", "extraction"])
        rows.setCurrentRow(1)
        tree = QTreeWidget()
        tree.setHeaderHidden(True)
        for group in (tr("Yours"), tr("Examples")):
            top = QTreeWidgetItem([group])
            top.addChild(QTreeWidgetItem(["support"]))
            tree.addTopLevelItem(top)
        tree.expandAll()
        for view, name in ((rows, "gallery_list"), (tree, "gallery_tree")):
            labelled(view, name, name)
            quiet_selection(view)
            column.addWidget(view)
        return box

    def _texts(self) -> QWidget:
        tabs = Tabs("gallery_tabs", tr("Tabs"))
        field, reader = QPlainTextEdit("{{ question }}"), QPlainTextEdit(tr("A text to read"))
        reader.setReadOnly(True)
        tabs.addTab(field, tr("Field"))
        tabs.addTab(reader, tr("Reader"))
        return tabs

    def _menus(self) -> QWidget:
        box = QWidget()
        row = QHBoxLayout(box)
        row.setContentsMargins(0, 0, 0, 0)
        for checked in (True, False):
            button = NavigationButton(tr("Runs"), "runs", f"gallery_nav_{checked}")
            button.setCheckable(True)
            button.setChecked(checked)
            row.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        menu = QMenu(box)
        menu.setWindowFlags(Qt.WindowType.Widget)
        menu.addAction(icon("open"), tr("Open…")).setShortcut("Ctrl+O")
        menu.addSeparator()
        ticked = menu.addAction(tr("Dark"))
        ticked.setCheckable(True)
        ticked.setChecked(True)
        menu.addAction(tr("Not now")).setEnabled(False)
        menu.addMenu(tr("More"))
        row.addWidget(menu)
        row.addStretch(1)
        menu.show()
        return box

    def _scrolling(self) -> QWidget:
        rows = QListWidget()
        labelled(rows, "gallery_long", tr("Long list"))
        rows.addItems([f"sample {number}" for number in range(60)])
        quiet_selection(rows)
        return rows


def _column() -> tuple[QWidget, QVBoxLayout]:
    box = QWidget()
    column = QVBoxLayout(box)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(SPACE_S)
    return box, column


def main(arguments: list[str] | None = None) -> int:
    """Shows the page, or saves a picture of it."""
    parser = argparse.ArgumentParser(prog="evalstudio.ui.gallery", description=__doc__)
    parser.add_argument("--theme", choices=("light", "dark"), default="light")
    parser.add_argument("--text-scale", type=int, default=100, help="in per cent")
    parser.add_argument("--save", help="the picture to write, instead of a window")
    given = parser.parse_args(arguments)
    existing = QApplication.instance()
    application = existing if isinstance(existing, QApplication) else QApplication(sys.argv[:1])
    theme.install(application, given.theme).scale(given.text_scale)
    gallery = Gallery()
    gallery.resize(1180, 860)
    if given.save:
        return 0 if gallery.grab().save(given.save) else 1
    gallery.show()
    return application.exec()  # a program of its own: nothing waits behind it


if __name__ == "__main__":
    sys.exit(main())
