"""Log pane: engine messages and the output of user code, newest lines last, as plain text."""

import time
from collections import deque

from PySide6.QtCore import QTimer
from PySide6.QtGui import QColor, QFontDatabase, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit, QVBoxLayout, QWidget

from evalstudio.models.keys import redact
from evalstudio.protocol import LogLine
from evalstudio.ui.kit.text import plain, tr
from evalstudio.ui.kit.theme import theme, tokens
from evalstudio.ui.kit.widgets import quiet_selection

MOST_LINES = 2_000
LONGEST_LINE = 4_000
TICK_MS = 60
LINES_A_TICK = 100  # written at once: a flood of output must not hold up the window
COLOURS = {"info": "text", "output": "muted", "warning": "warn", "error": "bad"}


class LogPane(QWidget):
    """Pane with the last lines; older ones are dropped, in a flood before they are written."""

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
        self._waiting: deque[LogLine] = deque()
        self._left_out = 0
        self._timer = QTimer(self)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(lambda: self._write(LINES_A_TICK))
        theme().changed.connect(self._follow_theme)
        self._follow_theme()

    def add(self, line: LogLine) -> None:
        """Appends a line; the view follows unless a person has scrolled up."""
        self._waiting.append(line)
        if len(self._waiting) > MOST_LINES:
            self._waiting.popleft()
            self._left_out += 1
        if not self._timer.isActive():
            self._write(1)
            self._timer.start()

    def _write(self, most: int) -> None:
        bar = self.view.verticalScrollBar()
        follows = bar.value() >= bar.maximum() - 4
        if self._left_out:
            words = tr("{lines:,} lines of output left out").format(lines=self._left_out)
            self._left_out = 0
            self._insert(LogLine(time.time(), "warning", words))
        for _ in range(min(most, len(self._waiting))):
            self._insert(self._waiting.popleft())
        if not self._waiting:
            self._timer.stop()
        if follows:
            bar.setValue(bar.maximum())

    def _insert(self, line: LogLine) -> None:
        form = QTextCharFormat()
        form.setForeground(QColor(getattr(tokens(), COLOURS.get(line.level, "text"))))
        moment = time.strftime("%H:%M:%S", time.localtime(line.at))
        cursor = QTextCursor(self.view.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        if not self.view.document().isEmpty():
            cursor.insertBlock()
        cursor.insertText(f"{moment}  {redact(plain(line.text, LONGEST_LINE))}", form)

    def _follow_theme(self) -> None:
        quiet_selection(self.view)

    def last_lines(self, count: int) -> str:
        """Returns the newest lines, for a crash report."""
        self._write(MOST_LINES)
        return "\n".join(self.view.toPlainText().splitlines()[-count:])
