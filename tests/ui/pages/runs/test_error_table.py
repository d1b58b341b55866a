"""What went wrong, by class: only what left samples without an answer can be tried again."""

from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from evalstudio.core.outcome import Outcome
from evalstudio.protocol import ErrorClass
from evalstudio.ui.pages.runs.error_table import SHOW, ErrorTable


def buttons(table: ErrorTable) -> list[tuple[str, bool]]:
    found = [button for button in table.findChildren(QPushButton) if button.isVisible()]
    return [(button.objectName(), button.isEnabled()) for button in found]


def test_that_only_classes_with_errored_samples_can_be_tried_again(qtbot: QtBot) -> None:
    table = ErrorTable()
    qtbot.addWidget(table)
    table.resize(900, 300)
    table.show()
    overloaded = ErrorClass(Outcome.OVERLOADED, 9, 0, 1.0, "503")
    bad = ErrorClass(Outcome.BAD_ANSWER, 4, 2, 2.0, "no JSON")
    table.show_errors((overloaded, bad), active=True)
    show = ("show_bad_answer", True)
    qtbot.waitUntil(lambda: buttons(table) == [show, ("retry_bad_answer", False)])
    table.show_errors((overloaded, bad), active=False)
    assert buttons(table) == [show, ("retry_bad_answer", True)]
    wanted = []
    table.retry.connect(wanted.append)
    table.findChild(QPushButton, "retry_bad_answer").click()  # type: ignore[union-attr]
    assert wanted == [("bad answer",)]
    seen = []
    table.wanted.connect(seen.append)
    table.findChild(QPushButton, "show_bad_answer").click()  # type: ignore[union-attr]
    assert seen == ["bad answer"]
    table.show_errors((bad, overloaded), active=False)
    qtbot.waitUntil(lambda: table.table.cellWidget(1, SHOW) is None and len(buttons(table)) == 2)
    table.show_errors((), active=False)
    assert not buttons(table)
