"""The Results page on records that a real run left: filters, order, columns, keys, and where the time went."""

import csv
import json
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QFileDialog,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPushButton,
    QTableView,
    QTabWidget,
)

from evalstudio.settings.values import changed
from evalstudio.store.reader import Details
from evalstudio.store.rows import AttemptRow, Record, ScoreRow
from evalstudio.ui.charts.histogram import HistogramChart
from evalstudio.ui.pages.evaluations.sample_preview import answer_parts
from evalstudio.ui.pages.results.waterfall import Span, Waterfall, spans_of
from evalstudio.ui.records.record_cells import ANSWER, PROMPT
from evalstudio.ui.records.record_text import sections
from tests.ui.driver import Driver

COST = 10
TOKENS = 6
Opened = Callable[[], Driver]


def open_results(open_filled: Opened) -> Driver:
    driver = open_filled()
    driver.wait(lambda: driver.session.focus is not None)
    driver.session.look_at(1)
    driver.find(QLabel, "workspace")
    driver.window.show_page("results")
    driver.wait(lambda: rows(driver) == 40)
    return driver


def rows(driver: Driver) -> int:
    return driver.find(QTableView, "results_records").model().rowCount()


def column(driver: Driver, number: int) -> list[str]:
    model = driver.find(QTableView, "results_records").model()
    return [model.index(row, number).data() for row in range(model.rowCount())]


def loaded(driver: Driver, number: int) -> list[str]:
    driver.wait(lambda: "…" not in column(driver, number))
    return column(driver, number)


def export_to(driver: Driver, path: Path) -> None:
    driver.qtbot.mouseClick(driver.find(QPushButton, "export_records"), Qt.MouseButton.LeftButton)
    dialog = driver.find(QFileDialog, "export_dialog")
    dialog.fileSelected.emit(str(path))
    dialog.close()
    driver.wait(lambda: driver.window.findChild(QFileDialog, "export_dialog") is None)


def click_bar(driver: Driver, name: str, number: int) -> HistogramChart:
    chart = driver.find(HistogramChart, name)
    driver.wait(lambda: len(chart.bars) > number)
    driver.qtbot.mouseClick(chart, Qt.MouseButton.LeftButton, pos=chart.bar_rect(number).center().toPoint())
    return chart


def test_that_headings_sort_in_sql_and_the_third_click_gives_dataset_order(open_filled: Opened) -> None:
    driver = open_results(open_filled)
    header = driver.find(QHeaderView, "results_records_columns")
    latencies = [float(text.split()[0]) for text in loaded(driver, 5) if text]
    assert latencies != sorted(latencies)
    place = QPoint(header.sectionViewportPosition(5) + 20, header.height() // 2)
    driver.qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=place)
    driver.wait(lambda: [float(text.split()[0]) for text in loaded(driver, 5) if text] == sorted(latencies))
    assert column(driver, 1)[-1] == "client error"  # without a latency: last
    driver.qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=place)
    driver.wait(
        lambda: [float(text.split()[0]) for text in loaded(driver, 5) if text] == sorted(latencies)[::-1]
    )
    answers = QPoint(header.sectionViewportPosition(3) + 20, header.height() // 2)
    driver.qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=answers)
    assert header.sortIndicatorSection() == 3
    driver.wait(lambda: loaded(driver, 3) == sorted(loaded(driver, 3)))
    driver.qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=answers)
    driver.wait(lambda: loaded(driver, 3) == sorted(loaded(driver, 3))[::-1])


def test_that_bars_filter_the_table_and_a_second_click_or_clear_undoes_it(open_filled: Opened) -> None:
    driver = open_results(open_filled)
    clear = driver.find(QPushButton, "clear_filters")
    assert not clear.isEnabled()
    chart = click_bar(driver, "score_histogram", 0)
    assert chart.bars[0].label == "0"
    wrong = chart.bars[0].records
    assert 0 < wrong < 36
    driver.wait(lambda: rows(driver) == wrong)
    assert set(loaded(driver, 2)) == {"✗ 0"}
    assert clear.isEnabled()
    click_bar(driver, "score_histogram", 0)
    driver.wait(lambda: rows(driver) == 40)
    spread = driver.find(HistogramChart, "latency_histogram")
    assert sum(bar.records for bar in spread.bars) == 36
    number = max(range(len(spread.bars)), key=lambda place: spread.bars[place].records)
    click_bar(driver, "latency_histogram", number)
    driver.wait(lambda: rows(driver) == spread.bars[number].records)
    click_bar(driver, "score_histogram", 1)
    driver.find(QComboBox, "results_outcome_filter").setCurrentIndex(5)  # errored: none with a score
    driver.wait(lambda: rows(driver) == 0)
    driver.qtbot.mouseClick(clear, Qt.MouseButton.LeftButton)
    driver.wait(lambda: rows(driver) == 40)
    assert spread.picked is None


def test_that_bars_can_be_chosen_with_the_keyboard(open_filled: Opened) -> None:
    driver = open_results(open_filled)
    chart = driver.find(HistogramChart, "score_histogram")
    driver.wait(lambda: len(chart.bars) == 2)
    driver.qtbot.keyClick(chart, Qt.Key.Key_Right)
    driver.qtbot.keyClick(chart, Qt.Key.Key_Space)
    driver.wait(lambda: rows(driver) == chart.bars[1].records)
    driver.qtbot.keyClick(chart, Qt.Key.Key_Escape)
    driver.wait(lambda: rows(driver) == 40)


def test_that_coverage_search_and_columns_tell_what_is_there(open_filled: Opened) -> None:
    driver = open_results(open_filled)
    driver.wait(lambda: driver.find(QLabel, "coverage").text() == "36 of 40 scored · 0 unscored · 4 errored")
    driver.find(QLineEdit, "results_record_search").setText("(7)")
    driver.wait(lambda: rows(driver) == 1)
    table = driver.find(QTableView, "results_records")
    menu = driver.find(QPushButton, "results_columns_button").menu()
    assert table.isColumnHidden(9)
    (action,) = [action for action in menu.actions() if action.text() == "Tokens in"]
    action.trigger()
    assert not table.isColumnHidden(9)
    assert loaded(driver, 9)[0].isdigit()


def test_that_the_table_shows_what_was_asked_before_the_answer(open_filled: Opened) -> None:
    driver = open_results(open_filled)
    header = driver.find(QHeaderView, "results_records_columns")
    assert not header.isSectionHidden(PROMPT)
    assert header.visualIndex(PROMPT) == header.visualIndex(ANSWER) - 1
    assert all(f"({number})" in text for number, text in enumerate(loaded(driver, PROMPT)))


def test_that_columns_without_room_go_while_text_is_large(open_filled: Opened) -> None:
    driver = open_results(open_filled)
    table = driver.find(QTableView, "results_records")
    table.setColumnHidden(COST, False)  # chosen by a person
    table.setColumnHidden(TOKENS, True)  # as is this
    for scale, hidden in ((150, True), (110, False)):
        driver.session.change_settings(changed(driver.session.settings, text_scale=scale))
        assert table.isColumnHidden(PROMPT) is hidden
        assert not table.isColumnHidden(COST)
        assert table.isColumnHidden(TOKENS)
        assert not table.isColumnHidden(ANSWER)
    driver.session.change_settings(changed(driver.session.settings, text_scale=100))


def test_that_records_are_filtered_by_a_class_of_errors_that_the_run_has(open_filled: Opened) -> None:
    driver = open_results(open_filled)
    box = driver.find(QComboBox, "results_outcome_filter")
    driver.wait(lambda: box.findData("client error") >= 0)
    assert box.findData("overloaded") < 0  # no record of this run ended so
    box.setCurrentIndex(box.findData("client error"))
    driver.wait(lambda: rows(driver) == 4)
    driver.session.look_at(2)  # has no errors
    driver.wait(lambda: rows(driver) == 40 and box.findData("client error") < 0)


def test_that_the_records_behind_a_row_of_errors_are_one_press_away(open_filled: Opened) -> None:
    driver = open_filled()
    driver.wait(lambda: driver.session.focus is not None)
    driver.session.look_at(1)
    driver.find(QTabWidget, "run_tabs").setCurrentIndex(1)
    driver.wait(lambda: driver.window.findChild(QPushButton, "show_client_error"))
    driver.find(QPushButton, "show_client_error").click()
    table = driver.find(QTableView, "records")
    driver.wait(lambda: table.isVisible() and table.model().rowCount() == 4)
    box = driver.find(QComboBox, "outcome_filter")
    assert box.currentText() == "Client error"
    driver.wait(lambda: box.width() >= box.sizeHint().width())  # its words are not cut
    driver.session.look_at(2)  # has no such errors: what was asked of the other run is not asked of it
    driver.wait(lambda: table.model().rowCount() == 40)
    assert box.currentData() is None


def test_that_j_and_k_go_through_the_records_and_the_record_can_be_copied(open_filled: Opened) -> None:
    driver = open_results(open_filled)
    table = driver.find(QTableView, "results_records")
    loaded(driver, 0)
    panel = driver.window.results_page.records
    driver.wait(driver.window.isActiveWindow)
    for keys, row in (("J", 0), ("J", 1), ("J", 2), ("K", 1)):
        driver.qtbot.keyClick(table, keys)
        assert table.currentIndex().row() == row
    driver.wait(lambda: panel.detail.text().startswith("SAMPLE 1"))
    driver.window.actions_["copy_record"].trigger()
    assert QApplication.clipboard().text() == panel.detail.text()
    waterfall = driver.find(Waterfall, "waterfall")
    assert waterfall.isVisible()
    assert "answer" in waterfall.accessibleDescription()


def test_that_what_is_filtered_or_selected_is_exported(open_filled: Opened, tmp_path: Path) -> None:
    driver = open_results(open_filled)
    driver.find(QComboBox, "results_outcome_filter").setCurrentIndex(5)  # errored
    driver.wait(lambda: rows(driver) == 4)
    export_to(driver, tmp_path / "errored.csv")
    driver.wait(lambda: "4 records of run 1 written" in driver.messages())
    with (tmp_path / "errored.csv").open(newline="") as file:
        assert [row["sample_id"] for row in csv.DictReader(file)] == ["9", "19", "29", "39"]
    table = driver.find(QTableView, "results_records")
    table.setCurrentIndex(table.model().index(1, 0))
    driver.qtbot.keyClick(table, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    export_to(driver, tmp_path / "two.jsonl")
    driver.wait(lambda: "2 records of run 1 written" in driver.messages())
    lines = (tmp_path / "two.jsonl").read_text().splitlines()
    assert [json.loads(line)["sample_id"] for line in lines] == ["19", "29"]
    export_to(driver, tmp_path / "nowhere" / "two.jsonl")
    driver.wait(lambda: "cannot be written" in driver.messages())


def test_that_sort_and_columns_come_back_in_the_next_window(open_filled: Opened) -> None:
    driver = open_results(open_filled)
    header = driver.find(QHeaderView, "results_records_columns")
    header.setSortIndicator(5, Qt.SortOrder.DescendingOrder)
    driver.find(QTableView, "results_records").setColumnHidden(4, True)
    driver.window.close()
    again = open_results(open_filled)
    assert again.find(QTableView, "results_records").isColumnHidden(4)
    query = again.window.results_page.records.query
    assert (query.sort, query.descending) == ("latency", True)


def details(**changes: object) -> Details:
    values: dict[str, object] = {
        "id": 1, "run_id": 1, "position": 0, "repeat": 0, "sample_id": "1", "outcome": "ok", "error": None, "prompt": "[]",
        "answer": "a", "thinking": None, "expected": None, "finish_reason": None, "answered_by": None, "latency": 2.0,
        "first_token": 0.5, "queued": 3.0, "backed_off": 1.0, "judged": 0.25, "tokens_in": 1, "tokens_cached": None,
        "tokens_out": 1, "cost": None, "attempts": 1, "finished_at": 1.0,
    }  # fmt: skip
    attempts = changes.pop("rows", ())
    return Details(Record(**(values | changes)), (), attempts)  # type: ignore[arg-type]


def test_that_the_waterfall_of_one_call_is_its_wait_its_call_and_its_judgement() -> None:
    assert spans_of(details()) == (
        Span("queue", "waits for the limits", 0.0, 3.0),
        Span("first token", "first token", 3.0, 3.5),
        Span("call", "answer", 3.5, 5.0),
        Span("evaluators", "evaluators", 5.0, 5.25),
    )


def test_that_scores_that_came_later_stand_side_by_side_after_the_answer() -> None:
    scores = (
        ScoreRow(1, "exact_match", True, None, None, ""),
        ScoreRow(1, "tone", 7, None, None, "", 2.0),
        ScoreRow(1, "facts", 3, None, None, "", 0.5),
    )
    spans = spans_of(msgspec.structs.replace(details(first_token=None), scores=scores))
    assert [(span.label, span.start, span.end) for span in spans[2:]] == [
        ("evaluators", 5.0, 5.25), ("tone", 5.25, 7.25), ("facts", 5.25, 5.75),
    ]  # fmt: skip


def test_that_the_waterfall_tells_a_connection_from_the_model() -> None:
    spans = spans_of(details(connect=0.2, queued=None, judged=None))
    assert spans == (
        Span("connect", "connects", 0.0, 0.2),
        Span("first token", "first token", 0.2, 0.5),
        Span("call", "answer", 0.5, 2.0),
    )
    assert "connecting: 200 ms" in dict(sections(details(connect=0.2)))["TIMINGS"]


def test_that_the_waterfall_of_several_attempts_keeps_waits_and_back_offs_apart() -> None:
    # the second attempt began a second later than its back-off: it waited for a slot again
    failed = (
        AttemptRow(1, 1, "overloaded", 503, "", 0.0, 0.5, 1.0),
        AttemptRow(1, 2, "overloaded", 503, "", 2.5, 0.5, 0.0),
    )
    spans = spans_of(details(rows=failed, attempts=3, first_token=None, judged=None))
    assert [(span.kind, span.start, span.end) for span in spans] == [
        ("queue", 0.0, 2.0), ("failed", 2.0, 2.5), ("back-off", 2.5, 3.5), ("queue", 3.5, 4.5), ("failed", 4.5, 5.0),
        ("call", 5.0, 7.0),
    ]  # fmt: skip
    assert spans[-1].label == "attempt 3: answer"


def test_that_a_record_without_an_answer_shows_only_what_was_tried() -> None:
    failed = (AttemptRow(1, 1, "client error", 400, "", 0.0, 0.5, 0.0),)
    spans = spans_of(
        details(rows=failed, outcome="client error", latency=None, first_token=None, judged=None, queued=0.0)
    )
    assert [(span.kind, span.end) for span in spans] == [("failed", pytest.approx(0.5))]


def test_that_an_answer_that_was_cut_off_is_told() -> None:
    assert "cut off at the limit of tokens" in dict(sections(details(finish_reason="length")))["SAMPLE 1"]
    assert "cut off" not in dict(sections(details(finish_reason="stop")))["SAMPLE 1"]
    tried = dict(answer_parts([details(finish_reason="length", latency=2.0)]))
    assert "SAMPLE 1 · 2.00 s · cut off at the limit of tokens" in tried
