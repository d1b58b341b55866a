"""Message list: the messages of an evaluation, each with its role and its template."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from evalstudio.evaluations.draft import Issue
from evalstudio.evaluations.spec import with_conversations
from evalstudio.templating.templates import CONVERSATION, ROLES
from evalstudio.ui.kit.form_fields import GrowingText, IssueLabel, choice, exact_text, show_in, small_button
from evalstudio.ui.kit.text import tr
from evalstudio.ui.kit.theme import SPACE_S, SPACE_XS
from evalstudio.ui.kit.widgets import Button, labelled


class MessageList(QWidget):
    """The list. `changed` is emitted with every change by a person."""

    changed = Signal()

    def __init__(self, prefix: str = "") -> None:
        super().__init__()
        self._prefix = prefix  # distinguishes the object names from those of another list
        self.setObjectName(f"{prefix}messages_list")
        self._rows: list[MessageRow] = []
        self._add = Button(tr("Add a message"))
        labelled(
            self._add,
            f"{prefix}add_message",
            tr("Add a message"),
            tr("A user message after another one starts a new turn"),
        )
        self._add.clicked.connect(self._append)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(SPACE_S)
        self._layout.addWidget(self._add, 0, Qt.AlignmentFlag.AlignLeft)

    @property
    def value(self) -> list[dict[str, str]]:
        return [row.value for row in self._rows]

    def show_value(self, messages: Any) -> None:
        """Shows the messages from the text; an invalid one is shown as empty."""
        wanted = with_conversations({"messages": messages})["messages"]
        wanted = wanted if isinstance(wanted, list) else []
        while len(self._rows) > len(wanted):
            self._take(self._rows[-1])
        while len(self._rows) < len(wanted):
            self._make()
        for row, message in zip(self._rows, wanted, strict=True):
            row.show_value(message if isinstance(message, dict) else {})

    def show_issues(self, issues: Sequence[Issue]) -> None:
        for number, row in enumerate(self._rows):
            row.issue.show_sentences([issue.sentence for issue in issues if issue.number == number])

    def _append(self) -> None:
        row = self._make()
        row.show_value({"role": "user", "content": ""})
        row.text.setFocus()
        self.changed.emit()

    def _make(self) -> "MessageRow":
        row = MessageRow(len(self._rows), self._prefix)
        row.changed.connect(self.changed)
        row.remove.clicked.connect(lambda: self._remove(row))
        self._rows.append(row)
        self._layout.insertWidget(len(self._rows) - 1, row)
        return row

    def _remove(self, row: "MessageRow") -> None:
        values = self.value
        del values[self._rows.index(row)]
        self.show_value(values)
        self.changed.emit()

    def _take(self, row: "MessageRow") -> None:
        self._rows.remove(row)
        self._layout.removeWidget(row)
        row.hide()
        row.deleteLater()


class MessageRow(QWidget):
    """One message."""

    changed = Signal()

    def __init__(self, number: int, prefix: str = "") -> None:
        super().__init__()
        self.role = choice(
            f"{prefix}message_{number}_role",
            tr("Role of message {number}").format(number=number + 1),
            (*ROLES, CONVERSATION),
        )
        self.text = GrowingText(
            f"{prefix}message_{number}_text", tr("Template of message {number}").format(number=number + 1)
        )
        self.text.setPlaceholderText(tr("Text with columns in braces: {{ text }}"))
        self.remove = small_button(
            f"{prefix}message_{number}_remove",
            tr("Remove message {number}").format(number=number + 1),
            "close",
        )
        self.issue = IssueLabel(f"{prefix}message_{number}")
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setHorizontalSpacing(SPACE_S)
        layout.setVerticalSpacing(SPACE_XS)
        layout.addWidget(self.role, 0, 0)
        layout.addWidget(self.text, 1, 0, 1, 3)
        layout.addWidget(self.remove, 0, 2)
        layout.addWidget(self.issue, 2, 0, 1, 3)
        layout.setColumnStretch(1, 1)
        self.role.currentIndexChanged.connect(lambda *_: self.changed.emit())
        self.text.textChanged.connect(self.changed)

    @property
    def value(self) -> dict[str, str]:
        return {"role": self.role.currentText(), "content": exact_text(self.text)}

    def show_value(self, message: dict[str, Any]) -> None:
        show_in(self.role, str(message.get("role", "user")))
        self.text.blockSignals(True)
        self.text.show_text(str(message.get("content", "")))
        self.text.blockSignals(False)
