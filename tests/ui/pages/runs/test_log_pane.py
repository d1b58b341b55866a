"""The log keeps the newest lines, and a flood of output does not hold up the window."""

import pytest
from pytestqt.qtbot import QtBot

from evalstudio.protocol import LogLine
from evalstudio.ui.pages.runs.log_pane import LINES_A_TICK, MOST_LINES, LogPane


@pytest.fixture
def log(qtbot: QtBot) -> LogPane:
    made = LogPane()
    qtbot.addWidget(made)
    return made


def texts(log: LogPane) -> list[str]:
    return [line.partition("  ")[2] for line in log.view.toPlainText().splitlines()]


def test_that_a_line_stands_there_at_once_and_in_order(log: LogPane, qtbot: QtBot) -> None:
    for number in range(5):
        log.add(LogLine(0.0, "info", f"line {number}"))
    assert texts(log) == ["line 0"]
    qtbot.waitUntil(lambda: texts(log) == [f"line {number}" for number in range(5)])
    assert not log._timer.isActive()


def test_that_a_flood_is_written_in_parts_and_its_oldest_lines_left_out(log: LogPane, qtbot: QtBot) -> None:
    for number in range(3 * MOST_LINES):
        log.add(LogLine(0.0, "output", f"line {number}"))
    assert len(texts(log)) <= 1 + LINES_A_TICK
    assert len(log._waiting) == MOST_LINES
    left_out = 3 * MOST_LINES - 1 - MOST_LINES
    qtbot.waitUntil(lambda: f"{left_out:,} lines of output left out" in texts(log))
    qtbot.waitUntil(lambda: not log._waiting, timeout=10_000)
    assert texts(log)[-1] == f"line {3 * MOST_LINES - 1}"
    assert len(texts(log)) == MOST_LINES


def test_that_a_report_has_the_lines_that_wait(log: LogPane) -> None:
    for number in range(300):
        log.add(LogLine(0.0, "error", f"line {number}"))
    assert log.last_lines(2).splitlines()[-1].endswith("line 299")
