"""Status line: whether the engine is ready, and the workspace; process and versions are in About."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QStatusBar, QWidget

from evalstudio.protocol import Hello
from evalstudio.ui.kit.text import tr
from evalstudio.ui.kit.theme import SPACE_L, SPACE_S, theme, tokens
from evalstudio.ui.kit.widgets import TextLabel
from evalstudio.ui.state.engine_client import EngineState

COLOURS = {EngineState.READY: "good", EngineState.FAILED: "bad", EngineState.RESTARTING: "warn"}


class StatusLine:
    """The widgets of a window's status bar."""

    def __init__(self, bar: QStatusBar, workspace: str) -> None:
        bar.setObjectName("status_bar")
        bar.setSizeGripEnabled(False)
        folder = TextLabel(tr("Workspace: {folder}").format(folder=workspace), "muted", name="workspace")
        folder.setContentsMargins(0, 0, SPACE_L, 0)
        self._dot = _Dot()
        self._words = TextLabel(tr("Starting"), "muted", name="engine_state")
        self._words.setContentsMargins(0, 0, SPACE_S, 0)
        for part in (folder, self._dot, self._words):
            bar.addPermanentWidget(part)

    def show_engine(self, state: EngineState, hello: Hello | None) -> None:
        """Shows the state of the engine; its process is in the tooltip."""
        self._words.show_text(
            tr("Ready") if state is EngineState.READY else tr("Engine: {state}").format(state=tr(state))
        )
        self._words.set_colour("bad" if state is EngineState.FAILED else "muted")
        self._dot.show_colour(COLOURS.get(state, "muted"))
        if hello is not None:
            words = tr("Engine: Python {python}, process {pid}").format(python=hello.python, pid=hello.pid)
            self._words.setToolTip(words)


class _Dot(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self._colour = "muted"
        self.setFixedSize(QSize(12, 12))
        theme().changed.connect(self.update)

    def show_colour(self, colour: str) -> None:
        self._colour = colour
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(getattr(tokens(), self._colour)))
        painter.drawEllipse(QRectF(2, 2, 8, 8))
