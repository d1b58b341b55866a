"""Sheet: the program's own message box: a title, a sentence, perhaps a field, and the verb on the button."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from evalstudio.ui.kit.sheet_frame import SheetFrame
from evalstudio.ui.kit.text import tr
from evalstudio.ui.kit.theme import SPACE_L, SPACE_M, SPACE_S, line_height
from evalstudio.ui.kit.tokens import TITLE
from evalstudio.ui.kit.widgets import Button, TextLabel, labelled

WIDE = 28  # width in lines of text


class Sheet(SheetFrame):
    """A question or a message that does not block. `agreed` is emitted when a person presses the verb.

    Example:
        sheet = Sheet(window, "stop_question", tr("Stop and quit?"), tr("Saved answers are kept."), tr("Stop and quit"))
        sheet.agreed.connect(window.close)
        sheet.open()
    """

    agreed = Signal()

    def __init__(
        self, parent: QWidget, name: str, title: str, sentence: str, verb: str = "", *, danger: bool = False
    ) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(WIDE * line_height())
        heading = TextLabel(title, factor=TITLE, bold=True, name=f"{name}_title")
        self.sentence = TextLabel(sentence, "muted", name=f"{name}_sentence")
        for label in (heading, self.sentence):
            label.setWordWrap(True)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(SPACE_L, SPACE_L, SPACE_L, SPACE_L)
        self.column.setSpacing(SPACE_S)
        self.column.addWidget(heading)
        self.column.addWidget(self.sentence)
        self.sentence.setVisible(bool(sentence))
        self.setAccessibleDescription(sentence)
        self.buttons = QHBoxLayout()
        self.buttons.setSpacing(SPACE_S)
        self.buttons.setContentsMargins(0, SPACE_M, 0, 0)
        self.buttons.addStretch(1)
        self.cancel = Button(tr("Cancel") if verb else tr("Close"))
        labelled(self.cancel, f"{name}_cancel", self.cancel.text())
        self.cancel.clicked.connect(self.reject)
        self.buttons.addWidget(self.cancel)
        self.verb = Button(verb, primary=not danger, danger=danger)
        labelled(self.verb, f"{name}_verb", verb)
        self.verb.clicked.connect(self._agree)
        self.verb.setVisible(bool(verb))
        self.buttons.addWidget(self.verb)
        self.column.addLayout(self.buttons)
        (self.cancel if danger or not verb else self.verb).setDefault(True)

    def add(self, widget: QWidget) -> None:
        """Adds a widget below the sentence."""
        self.column.insertWidget(self.column.count() - 1, widget)

    def add_button(self, name: str, text: str) -> Button:
        """Adds a button at the left that leaves the sheet open."""
        button = Button(text)
        labelled(button, name, text)
        self.buttons.insertWidget(0, button)
        return button

    def add_field(self, name: str, spoken: str, text: str) -> QLineEdit:
        """Adds a field with a text; an empty one can't be agreed to."""
        field = QLineEdit(text)
        labelled(field, name, spoken)
        field.textChanged.connect(lambda words: self.verb.setEnabled(bool(words.strip())))
        field.selectAll()
        self.add(field)
        field.setFocus()
        return field

    def _agree(self) -> None:
        self.agreed.emit()
        self.accept()
