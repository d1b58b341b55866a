"""The question before a window with runs in work is closed."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QWidget

from evalstudio.ui.text import tr, trn


def ask_before_leaving(window: QWidget, running: int, answered: Callable[[bool], None]) -> None:
    """Opens the question, if it is not open yet; `answered` is told whether to stop `running` runs and quit."""
    if window.findChild(QMessageBox, "leave_question") is not None:
        return
    question = QMessageBox(
        QMessageBox.Icon.Question,
        tr("Stop and quit?"),
        trn("A run is still going on.", "{n} runs are still going on.", running),
        QMessageBox.StandardButton.NoButton,
        window,
    )
    question.setObjectName("leave_question")
    question.setTextFormat(Qt.TextFormat.PlainText)
    question.setInformativeText(tr("What is saved stays saved; a resume does the rest later."))
    stop = question.addButton(tr("Stop and quit"), QMessageBox.ButtonRole.AcceptRole)
    stop.setObjectName("stop_and_quit")
    question.addButton(QMessageBox.StandardButton.Cancel)
    question.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    question.finished.connect(lambda *_: answered(question.clickedButton() is stop))
    question.open()
