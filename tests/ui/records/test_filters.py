"""Filters of the records: about the evaluator that is shown, for one run, and never changed by the wheel."""

import json
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QWheelEvent
from PySide6.QtWidgets import QApplication, QComboBox, QSpinBox, QTableView, QWidget

from evalstudio.core.run_state import RunState
from evalstudio.ui.records.record_cells import SCORE
from tests.ui.driver import Driver

OpenWindow = Callable[[], Driver]


TWO_EVALUATORS = """
name = "two"
dataset = { path = "two.jsonl" }
model = "recorded/answer"
messages = [{ role = "user", content = "{{ q }}" }]
[[evaluators]]
type = "exact_match"
name = "same"
expected = "{{ key }}"
[[evaluators]]
type = "contains"
name = "aside"
expected = "{{ part }}"
"""


def run_two(open_window: OpenWindow, tmp_path: Path) -> Driver:
    """Runs ten samples with two evaluators."""
    rows = [
        {"q": f"q{n}", "key": "a" if n < 6 else "b", "part": "a" if n % 2 else "z", "answer": "a"}
        for n in range(10)
    ]
    (tmp_path / "two.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    (tmp_path / "two.toml").write_text(TWO_EVALUATORS)
    driver = open_window()
    driver.ready()
    driver.window.take_evaluation(str(tmp_path / "two.toml"))
    driver.find(QAction, "start").trigger()
    driver.wait(lambda: driver.state() == RunState.COMPLETED)
    records = driver.window.runs_page.records
    driver.wait(lambda: records.model.rowCount() == 10)
    return driver


def test_that_right_and_wrong_are_those_of_the_evaluator_that_is_shown(
    open_window: OpenWindow, tmp_path: Path
) -> None:
    driver = run_two(open_window, tmp_path)
    records = driver.window.runs_page.records
    box = driver.find(QComboBox, "outcome_filter")

    def count(words: str) -> int:
        shown: list[int] = []
        box.setCurrentIndex(box.findText(words))
        driver.wait(lambda: not records._busy)
        shown.append(records.model.rowCount())
        return shown[0]

    # the headline's first evaluator is "same": six right, four wrong; of "aside" five are wrong
    assert driver.session.focused.snapshot.scores[0].evaluator == "same"
    assert (count("Right"), count("Wrong"), count("Scored")) == (6, 4, 10)
    driver.find(QAction, "page_results").trigger()
    results = driver.window.results_page.records
    driver.wait(lambda: results.model.rowCount() == 10)
    results.ask(evaluator="aside", outcome="wrong")
    driver.wait(lambda: results.model.rowCount() == 5)
    results.ask(evaluator="same", outcome="wrong")
    driver.wait(lambda: results.model.rowCount() == 4)
    results.ask(evaluator="same", outcome="right")
    driver.wait(lambda: results.model.rowCount() == 6)


def test_that_each_evaluator_has_a_column_that_sorts(open_window: OpenWindow, tmp_path: Path) -> None:
    driver = run_two(open_window, tmp_path)
    table = driver.find(QTableView, "records")
    records, header = driver.window.runs_page.records, table.horizontalHeader()
    headings = [records.model.heading(column) for column in range(records.model.columnCount())]
    (aside,) = [column for column, heading in enumerate(headings) if heading == "aside"]
    assert headings[SCORE] == "same"
    assert not table.isColumnHidden(aside)
    assert header.visualIndex(aside) == header.visualIndex(SCORE) + 1

    def cells(column: int) -> list[str]:
        return [records.model.index(row, column).data() for row in range(10)]

    driver.wait(lambda: cells(aside) == ["✗ 0", "✓ 1"] * 5)
    place = QPoint(header.sectionViewportPosition(aside) + 20, header.height() // 2)
    driver.qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=place)
    driver.wait(lambda: cells(aside) == ["✗ 0"] * 5 + ["✓ 1"] * 5)
    assert cells(SCORE) == ["✓ 1"] * 3 + ["✗ 0"] * 2 + ["✓ 1"] * 3 + ["✗ 0"] * 2
    driver.find(QAction, "page_results").trigger()
    results = driver.window.results_page
    driver.wait(lambda: results.records.model.more == ("aside",))
    box = driver.find(QComboBox, "evaluator")
    driver.wait(lambda: box.findText("aside") >= 0)
    box.setCurrentIndex(box.findText("aside"))
    box.activated.emit(box.currentIndex())
    assert results.records.model.heading(SCORE) == "aside"
    assert results.records.model.more == ("same",)


def test_that_a_filter_ends_with_its_run_and_hides_the_record_in_full(open_filled: OpenWindow) -> None:
    driver = open_filled()
    driver.ready()
    records = driver.window.runs_page.records
    driver.session.look_at(1)
    driver.wait(lambda: records.run_id == 1 and not records._busy)
    driver.wait(lambda: records.model.rowCount() == 40)
    records.table.setCurrentIndex(records.model.index(1, 0))
    driver.wait(records.detail.text)
    box = driver.find(QComboBox, "outcome_filter")
    box.setCurrentIndex(box.findText("Errored"))
    driver.wait(lambda: records.model.rowCount() == 4)
    driver.wait(lambda: not records.detail.text())
    driver.session.look_at(2)
    driver.wait(lambda: records.model.rowCount() == 40)
    assert box.currentText() == "All records"


def test_that_the_wheel_changes_no_choice(open_filled: OpenWindow) -> None:
    driver = open_filled()
    driver.ready()
    driver.find(QAction, "page_results").trigger()
    driver.wait(lambda: driver.find(QComboBox, "results_run").count() == 2)
    for name in (
        "results_run",
        "evaluation",
        "model",
        "strategy",
        "samples",
        "window_size",
        "outcome_filter",
    ):
        box = driver.find(QWidget, name)
        assert isinstance(box, QComboBox | QSpinBox)
        before = box.currentText() if isinstance(box, QComboBox) else box.text()
        for turn in (-120, 120):
            event = QWheelEvent(
                box.rect().center(), box.mapToGlobal(box.rect().center()), QPoint(), QPoint(0, turn),
                Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
            )  # fmt: skip
            QApplication.sendEvent(box, event)
        assert (box.currentText() if isinstance(box, QComboBox) else box.text()) == before, name
