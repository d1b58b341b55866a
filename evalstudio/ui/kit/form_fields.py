"""Form building blocks: headings, captioned fields, and the place for validation messages."""

import tomllib
from collections.abc import Sequence
from typing import Any

from PySide6.QtGui import QFontMetricsF, QWheelEvent
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QPlainTextEdit,
    QSizePolicy,
    QSpinBox,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from evalstudio.evaluations.toml_edit import write_value
from evalstudio.ui.kit.combo_box import ComboBox
from evalstudio.ui.kit.icons import icon
from evalstudio.ui.kit.text import plain
from evalstudio.ui.kit.theme import SPACE_S
from evalstudio.ui.kit.widgets import TextLabel, labelled

MOST_SAMPLES = 10_000_000


class IssueLabel(TextLabel):
    """Validation message for the part above it; takes no space while there is none."""

    def __init__(self, name: str) -> None:
        super().__init__("", "bad", name=f"issue_{name}")
        self.setWordWrap(True)
        self.setVisible(False)

    def show_sentences(self, sentences: Sequence[str]) -> None:
        self.show_text(plain("\n".join(sentences), 1_500))
        self.setVisible(bool(sentences))


class Section(QWidget):
    """A section of a form: a heading, rows, and a validation message."""

    def __init__(self, title: str, name: str) -> None:
        super().__init__()
        self.issue = IssueLabel(name)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(SPACE_S)
        self._layout.addWidget(TextLabel(title, factor=1.08, bold=True))
        self._layout.addWidget(self.issue)

    def add(self, *fields: tuple[str, QWidget, int]) -> None:
        """Adds a row of fields, each with caption, widget and stretch factor."""
        row = QHBoxLayout()
        row.setSpacing(SPACE_S)
        for caption, widget, stretch in fields:
            row.addWidget(captioned(caption, widget) if caption else widget, stretch)
        self._layout.insertLayout(self._layout.count() - 1, row)

    def add_widget(self, widget: QWidget) -> None:
        self._layout.insertWidget(self._layout.count() - 1, widget)


def captioned(caption: str, widget: QWidget) -> QWidget:
    """Places a widget below its caption."""
    box = QWidget()
    layout = QVBoxLayout(box)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(1)
    label = TextLabel(caption, "muted", 0.85)
    label.setBuddy(widget)
    layout.addWidget(label)
    layout.addWidget(widget)
    return box


def choice(
    name: str, spoken: str, items: Sequence[str] = (), hint: str = "", *, editable: bool = False
) -> QComboBox:
    """Creates a combo box that does not grow with its contents and ignores the wheel."""
    box = ComboBox()
    box.setEditable(editable)
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    box.setMinimumContentsLength(8)
    box.addItems(list(items))
    box.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
    labelled(box, name, spoken, hint)
    return box


class CalmSpinBox(QSpinBox):
    """Number field that ignores the wheel."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


class GrowingText(QPlainTextEdit):
    """Text field of a few lines that grows with its contents."""

    def __init__(self, name: str, spoken: str, lines: tuple[int, int] = (2, 10)) -> None:
        super().__init__()
        labelled(self, name, spoken)
        self._lines = lines
        self.setTabChangesFocus(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.document().documentLayout().documentSizeChanged.connect(lambda *_: self._fit())
        self._fit()

    def show_text(self, text: str) -> None:
        """Sets the text if it differs; otherwise the cursor stays where it is."""
        if text != exact_text(self):
            self.setPlainText(text)

    def _fit(self) -> None:
        least, most = self._lines
        lines = min(most, max(least, round(self.document().size().height())))
        height = QFontMetricsF(self.font()).lineSpacing() * lines
        self.setFixedHeight(round(height + 2 * self.document().documentMargin() + 2 * self.frameWidth() + 1))


def exact_text(edit: QPlainTextEdit) -> str:
    """Returns the exact text of a field: `toPlainText` converts non-breaking spaces to plain ones."""
    return edit.document().toRawText().replace("\u2029", "\n")


def small_button(name: str, spoken: str, icon_name: str, hint: str = "") -> QToolButton:
    """Creates a button with only an icon."""
    button = QToolButton()
    labelled(button, name, spoken, hint or spoken)
    button.setIcon(icon(icon_name, "muted"))
    button.setAutoRaise(True)
    return button


def show_in(box: QComboBox, text: str) -> None:
    """Selects a text in a combo box without emitting a signal."""
    if box.currentText() == text and (box.isEditable() or box.currentIndex() >= 0):
        return
    box.blockSignals(True)
    index = box.findText(text)
    if box.isEditable():
        box.setCurrentIndex(index)
        box.setEditText(text)
    else:
        if index < 0:
            box.addItem(text)
            index = box.count() - 1
        box.setCurrentIndex(index)
    box.blockSignals(False)


def refill(box: QComboBox, items: Sequence[str]) -> None:
    """Replaces the items of a combo box and keeps its current text."""
    if [box.itemText(place) for place in range(box.count())] == list(items):
        return
    shown = box.currentText()
    box.blockSignals(True)
    box.clear()
    box.addItems(list(items))
    box.blockSignals(False)
    show_in(box, shown)


def as_field(value: Any) -> str:
    """Formats a TOML value for a field: a text is unquoted unless that would be ambiguous."""
    if value is None:
        return ""
    if isinstance(value, str) and (not value or from_field(value) == value):
        return value
    return write_value(value)


def from_field(text: str) -> Any:
    """Parses a field: TOML if valid, otherwise the text itself."""
    try:
        return tomllib.loads(f"x = {text.strip()}")["x"] if "\n" not in text else text
    except (tomllib.TOMLDecodeError, KeyError):
        return text
