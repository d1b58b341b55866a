"""Log pane: engine messages and the output of user code, newest lines last, as plain text."""

import time

from PySide6.QtGui import QColor, QFontDatabase, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit, QVBoxLayout, QWidget

from evalstudio.models.keys import redact
from evalstudio.protocol import LogLine
from evalstudio.ui.kit.text import plain, tr
from evalstudio.ui.kit.theme import theme, tokens
from evalstudio.ui.kit.widgets import quiet_selection

MOST_LINES = 2_000
LONGEST_LINE = 4_000
COLOURS = {"info": "text", "output": "muted", "warning": "warn", "error": "bad"}


class LogPane(QWidget):
    """Pane with the last lines; older ones are dropped."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("log_pane")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        self.view = QPlainTextEdit()
        self.view.setObjectName("log_text")
        self.view.setAccessibleName(tr("Log"))
        self.view.setReadOnly(True)
        self.view.setFrameShape(QPlainTextEdit.Shape.NoFrame)
        self.view.setMaximumBlockCount(MOST_LINES)
        self.view.setUndoRedoEnabled(False)
        self.view.setPlaceholderText(tr("Output of the engine and of your code appears here."))
        self.view.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        layout.addWidget(self.view)
        theme().changed.connect(self._follow_theme)
        self._follow_theme()

    def add(self, line: LogLine) -> None:
        """Appends a line; the view follows unless a person has scrolled up."""
        bar = self.view.verticalScrollBar()
        follows = bar.value() >= bar.maximum() - 4
        form = QTextCharFormat()
        form.setForeground(QColor(getattr(tokens(), COLOURS.get(line.level, "text"))))
        moment = time.strftime("%H:%M:%S", time.localtime(line.at))
        cursor = QTextCursor(self.view.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        if not self.view.document().isEmpty():
            cursor.insertBlock()
        cursor.insertText(f"{moment}  {redact(plain(line.text, LONGEST_LINE))}", form)
        if follows:
            bar.setValue(bar.maximum())

    def _follow_theme(self) -> None:
        quiet_selection(self.view)

    def last_lines(self, count: int) -> str:
        """Returns the newest lines, for a crash report."""
        return "\n".join(self.view.toPlainText().splitlines()[-count:])
