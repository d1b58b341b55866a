"""Setting row: the editor for one setting, with its range, the source of its value, and a reset button.

The kind in the settings schema determines the editor.
"""

from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QComboBox,
    QDoubleSpinBox,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QSpinBox,
    QToolButton,
    QWidget,
)

from evalstudio.core.errors import SettingsError
from evalstudio.settings.schema import Field
from evalstudio.settings.values import DEFAULTS
from evalstudio.ui.kit.combo_box import ComboBox
from evalstudio.ui.kit.icons import icon
from evalstudio.ui.kit.text import tr
from evalstudio.ui.kit.theme import SPACE_S
from evalstudio.ui.kit.widgets import TextLabel, labelled
from evalstudio.ui.settings.rates_table import RatesTable

OBJECT_NAMES = {
    "adaptive_min": "setting_min",
    "adaptive_start": "setting_initial",
    "adaptive_max": "setting_max",
}
EDITOR_WIDTH = 170
SOURCE_WIDTH = 18  # characters; longer texts are wrapped
WIDE = ("file", "folder", "text", "rates")


def _stem(word: str) -> str:
    """Returns the approximate stem of a word."""
    word = word.replace("-", "")
    return word[:-1] if len(word) > 3 and word[-1] in "ys" else word


class NumberBox(QDoubleSpinBox):
    """Number field without trailing zeros."""

    def textFromValue(self, value: float) -> str:
        text = super().textFromValue(value)
        point = self.locale().decimalPoint()
        return text.rstrip("0").rstrip(point) if point in text else text


class SettingRow(QObject):
    """Widgets of one setting in the grid of its section. `changed` is emitted with every change of the value."""

    changed = Signal()

    def __init__(self, field: Field, parent: QWidget) -> None:
        super().__init__(parent)
        self.field = field
        self.editor = self._make_editor()
        labelled(
            self.editor,
            OBJECT_NAMES.get(field.key, f"setting_{field.key}"),
            tr(field.title),
            tr("{help} Acts {acts}.").format(help=tr(field.help), acts=tr(field.acts)),
        )
        self._title = TextLabel(tr(field.title))
        self._title.setBuddy(self.editor)
        unit = " · ".join(
            filter(None, [tr(field.unit) if field.unit else "", field.range if not field.choices else ""])
        )
        self._unit = TextLabel(unit, "muted", 0.9)
        self.source = TextLabel("", "muted", 0.9, name=f"source_{field.key}")
        self.source.setWordWrap(True)  # the source of a run's strategy is a sentence
        self.source.setMinimumWidth(SOURCE_WIDTH * self.source.fontMetrics().averageCharWidth())
        self.source.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.reset = QToolButton()
        self.reset.setIcon(icon("reset"))
        self.reset.setAutoRaise(True)
        labelled(
            self.reset,
            f"reset_{field.key}",
            tr("Reset {title}").format(title=tr(field.title)),
            tr("Back to the program's default"),
        )
        self.reset.clicked.connect(lambda: self.set_value(DEFAULTS[field.key]))
        self._help = TextLabel(tr(field.help), "muted", 0.9)
        self._help.setWordWrap(True)
        self._extra: list[QWidget] = []

    def place(self, grid: QGridLayout) -> None:
        """Adds the widgets to a section's grid, in two new rows."""
        line = grid.rowCount()
        wide = self.field.kind in WIDE
        grid.addWidget(
            self._title, line, 0, Qt.AlignmentFlag.AlignTop if wide else Qt.AlignmentFlag.AlignVCenter
        )
        if wide:
            grid.addLayout(self._with_browse(), line, 1, 1, 2)
        else:
            grid.addWidget(self.editor, line, 1)
            grid.addWidget(self._unit, line, 2)
        grid.addWidget(self.source, line, 3)
        grid.addWidget(self.reset, line, 4)
        grid.addWidget(self._help, line + 1, 1, 1, 3)

    @property
    def value(self) -> Any:
        editor = self.editor
        match editor:
            case QComboBox():
                return editor.currentData()
            case QLineEdit():
                return editor.text().strip()
            case RatesTable():
                return editor.rates
            case QSpinBox() | QDoubleSpinBox():
                empty = self.field.empty is not None and editor.value() == editor.minimum()
                return None if empty else editor.value()
        raise TypeError(type(editor).__name__)

    def set_value(self, value: Any) -> None:
        editor = self.editor
        match editor:
            case QComboBox():
                editor.setCurrentIndex(max(0, editor.findData(value)))
            case QLineEdit():
                editor.setText(value or "")
            case RatesTable():
                editor.show_rates(value)
            case QSpinBox():
                editor.setValue(editor.minimum() if value is None else int(value))
            case QDoubleSpinBox():
                editor.setValue(editor.minimum() if value is None else value)

    def show_note(self, words: str, colour: str = "muted") -> None:
        """Shows the effect of the value after the help text; empty: none."""
        self._help.show_text(" ".join(filter(None, [tr(self.field.help), words])))
        self._help.set_colour(colour)

    def show_source(self, words: str, colour: str) -> None:
        """Shows the source of the value in force, and enables the reset if it differs from the default."""
        self.source.show_text(words)
        self.source.set_colour(colour)
        self.reset.setEnabled(self.differs_from(DEFAULTS[self.field.key]))

    def differs_from(self, value: Any) -> bool:
        """Returns whether the field differs from a stored value; an invalid entry always does."""
        try:
            return bool(self.value != value)
        except SettingsError:
            return True

    def set_enabled(self, enabled: bool) -> None:
        self.editor.setEnabled(enabled)

    def set_visible(self, visible: bool) -> None:
        for widget in (
            self._title,
            self.editor,
            self._unit,
            self.source,
            self.reset,
            self._help,
            *self._extra,
        ):
            if widget is not self._unit or self.field.kind not in WIDE:
                widget.setVisible(visible)

    def matches(self, words: list[str]) -> bool:
        """Returns whether the setting's texts contain every word, in any form: "retry" finds "retries"."""
        field = self.field
        message = " ".join(
            (tr(field.title), tr(field.help), field.key, tr(field.section), field.option, field.environment)
        )
        message = message.lower().replace("-", "")
        return all(_stem(word) in message for word in words)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Lets the wheel scroll the page, and change a value only in the focused field."""
        if event.type() == QEvent.Type.Wheel and isinstance(watched, QWidget) and not watched.hasFocus():
            event.ignore()
            return True
        return False

    # Construction -----------------------------------------------------------------------------------------------

    def _make_editor(self) -> QWidget:
        field = self.field
        if field.kind == "choice":
            combo = ComboBox()
            for value, words in field.choices:
                combo.addItem(tr(words), value)
            combo.currentIndexChanged.connect(lambda *_: self.changed.emit())
            editor: QWidget = combo
        elif field.kind == "rates":
            editor = RatesTable()
            editor.changed.connect(self.changed)
        elif field.kind in ("whole", "number"):
            editor = self._number_box()
        else:
            line = QLineEdit()
            line.setPlaceholderText(tr(field.empty).capitalize() if field.empty else "")
            line.textChanged.connect(lambda *_: self.changed.emit())
            editor = line
        if isinstance(editor, (QComboBox, QAbstractSpinBox)):
            editor.setFixedWidth(EDITOR_WIDTH)
            editor.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            editor.installEventFilter(self)
        return editor

    def _number_box(self) -> QSpinBox | QDoubleSpinBox:
        field = self.field
        assert field.low is not None
        assert field.high is not None
        box: QSpinBox | QDoubleSpinBox
        if field.kind == "whole":
            box = QSpinBox()
            box.setRange(int(field.low) - (field.empty is not None), int(field.high))
        else:
            box = NumberBox()
            box.setDecimals(3)
            box.setRange(0.0 if field.empty is not None else field.low, field.high)
        box.setSpecialValueText(tr(field.empty) if field.empty else "")
        box.setGroupSeparatorShown(True)
        box.valueChanged.connect(lambda *_: self.changed.emit())
        return box

    def _with_browse(self) -> QHBoxLayout:
        layout = QHBoxLayout()
        layout.setSpacing(SPACE_S)
        layout.addWidget(self.editor, 1)
        if self.field.kind in ("file", "folder"):
            browse = QToolButton()
            browse.setIcon(icon("open"))
            labelled(
                browse,
                f"browse_{self.field.key}",
                tr("Choose {title}").format(title=tr(self.field.title)),
                tr("Choose it on the disk"),
            )
            browse.clicked.connect(self._browse)
            layout.addWidget(browse)
            self._extra.append(browse)
        return layout

    def _browse(self) -> None:
        line = self.editor
        assert isinstance(line, QLineEdit)
        dialog = QFileDialog(line.window(), tr(self.field.title), line.text())
        mode = QFileDialog.FileMode
        dialog.setFileMode(mode.Directory if self.field.kind == "folder" else mode.ExistingFile)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(line.setText)
        dialog.open()
