"""The Compare page on two real runs: what differs, whether it is real, and which samples changed."""

import csv
import math
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyqtgraph as pg
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QTableView,
    QTableWidget,
    QToolButton,
)
from pytestqt.qtbot import QtBot

from evalstudio.store.comparison import Speed
from evalstudio.store.reader import Reader
from evalstudio.ui.kit.text import apart
from evalstudio.ui.pages.compare.overlay import Overlaid, OverlayChart
from evalstudio.ui.pages.compare.page import propose
from evalstudio.ui.pages.compare.speed_panel import SpeedPanel, speed_rows
from tests.ui.driver import Driver

Opened = Callable[[], Driver]


def open_compare(open_filled: Opened) -> Driver:
    driver = open_filled()
    driver.wait(lambda: len(driver.session.rows) == 2)
    driver.window.show_page("compare")
    driver.wait(lambda: driver.window.compare_page.comparison is not None)
    return driver


def flips(driver: Driver) -> list[tuple[str, ...]]:
    model = driver.find(QTableView, "flips").model()
    shown = lambda: [  # noqa: E731 - asked again until all is there
        tuple(model.index(row, column).data() for column in range(model.columnCount()))
        for row in range(model.rowCount())
    ]
    driver.wait(lambda: not any("…" in cells for cells in shown()))
    return shown()


def test_that_two_runs_are_proposed_compared_and_told_in_words(open_filled: Opened) -> None:
    driver = open_compare(open_filled)
    assert driver.find(QComboBox, "compare_a").currentData() == 1
    assert driver.find(QComboBox, "compare_b").currentData() == 2
    comparison = driver.window.compare_page.comparison
    assert comparison is not None
    (pair,) = comparison.scores
    assert pair.comparison is not None
    assert driver.find(QLabel, "verdict_exact_match").text() == pair.comparison.sentence
    assert driver.find(QLabel, "verdict_exact_match").text().startswith("B is better: +")
    assert driver.find(QLabel, "coverage_a_exact_match").text() == "36 of 40 scored · 0 unscored · 4 errored"
    assert driver.find(QLabel, "coverage_b_exact_match").text() == "40 of 40 scored · 0 unscored · 0 errored"
    assert "exact McNemar" in driver.find(QLabel, "test_exact_match").text()
    assert "4 scored in one run only" in driver.find(QLabel, "test_exact_match").text()
    assert driver.find(QLabel, "score_b_exact_match").text().startswith("100.0% (")
    assert driver.find(QLabel, "errored_a").text() == "4 of 40"
    assert driver.find(QLabel, "errored_change").text() == "−4"


def test_that_what_differs_is_listed_and_more_than_one_thing_is_warned_of(open_filled: Opened) -> None:
    driver = open_compare(open_filled)
    table = driver.find(QTableWidget, "differences")
    parts = [table.item(row, 0).text() for row in range(table.rowCount())]
    assert {"model", "prompt"} <= set(parts)
    assert "dataset" not in parts
    warnings = driver.find(QLabel, "compare_warnings")
    assert warnings.isVisible()
    assert "More than one thing differs" in warnings.text()
    assert "not on the same samples" not in warnings.text()
    assert driver.find(QLabel, "compare_status").text().startswith("Differs: ")


def test_that_flips_can_be_filtered_and_both_answers_read(open_filled: Opened) -> None:
    driver = open_compare(open_filled)
    shown = flips(driver)
    assert shown
    assert all(cells[4:] == ("✗ 0", "✓ 1") for cells in shown)
    sample, expected, before, after, *_ = shown[0]
    assert before != after == expected
    driver.wait(lambda: driver.find(QPlainTextEdit, "answer_b").toPlainText().startswith(after))
    assert driver.find(QPlainTextEdit, "answer_a").toPlainText().startswith(before)
    assert driver.find(QLabel, "flip_sample").text() == f"Sample {sample} · expected: {expected}"
    driver.find(QComboBox, "flips_direction").setCurrentIndex(2)
    assert flips(driver) == []
    assert driver.find(QPlainTextEdit, "answer_a").toPlainText() == ""
    driver.find(QComboBox, "flips_direction").setCurrentIndex(1)
    assert flips(driver) == shown


def test_that_a_comparison_is_exported(open_filled: Opened, tmp_path: Path) -> None:
    driver = open_compare(open_filled)
    changed = flips(driver)
    for name in ("both.md", "both.csv", "nowhere/both.md"):
        driver.qtbot.mouseClick(driver.find(QPushButton, "export_comparison"), Qt.MouseButton.LeftButton)
        dialog = driver.window.findChildren(QFileDialog, "export_comparison_dialog")[-1]
        dialog.fileSelected.emit(str(tmp_path / name))
        dialog.close()
        driver.wait(lambda name=name: name in driver.messages())
    assert "cannot be written" in driver.messages()
    text = (tmp_path / "both.md").read_text()
    pair = driver.window.compare_page.comparison.scores[0]
    for words in (
        "run 1, words-1",
        "B is better: +",
        "## Speed",
        "| prompt |",
        "| Errored | 4 of 40 | 0 of 40 |",
    ):
        assert words in text, words
    with (tmp_path / "both.csv").open(newline="") as file:
        rows = list(csv.reader(file))
    assert rows[0] == ["evaluator", "sample_id", "run_1", "run_2"]
    assert [row[1] for row in rows[1:]] == [flip.sample_id for flip in pair.flips]
    assert len(rows) - 1 == len(changed)


def test_that_swapping_turns_every_sign(open_filled: Opened) -> None:
    driver = open_compare(open_filled)
    up = len(flips(driver))
    driver.qtbot.mouseClick(driver.find(QToolButton, "swap_runs"), Qt.MouseButton.LeftButton)
    driver.wait(lambda: driver.window.compare_page.comparison.a.id == 2)
    assert driver.find(QComboBox, "compare_a").currentData() == 2
    assert driver.find(QLabel, "verdict_exact_match").text().startswith("B is worse: −")
    assert driver.find(QLabel, "errored_change").text() == "+4"
    assert [cells[4:] for cells in flips(driver)] == [("✓ 1", "✗ 0")] * up


def test_that_a_run_compared_with_itself_says_so(open_filled: Opened) -> None:
    driver = open_compare(open_filled)
    driver.window.compare_page.choose(1, 1)
    driver.wait(lambda: driver.window.compare_page.comparison.b.id == 1)
    assert driver.find(QLabel, "compare_status").text() == "A and B are the same run."
    assert driver.find(QLabel, "verdict_exact_match").text().startswith("No difference")


def test_that_an_empty_workspace_says_what_is_missing(open_window: Opened) -> None:
    driver = open_window()
    driver.window.show_page("compare")
    assert "Comparing needs two runs" in driver.find(QLabel, "compare_status").text()
    driver.window.show_page("results")
    assert driver.find(QTableView, "results_records").model().rowCount() == 0


def test_that_changes_of_speed_are_said_in_the_right_direction(open_filled: Opened) -> None:
    driver = open_compare(open_filled)
    comparison = driver.window.compare_page.comparison
    assert comparison is not None
    slow = Speed(10.0, 10.0, 1.0, 2.0, 0, 100, 1.0, False)
    fast = Speed(5.0, 20.0, 0.5, 2.0, 3, 100, None, False)
    rows = dict(
        zip(SpeedPanel.NAMES, speed_rows(comparison._replace(speed_a=slow, speed_b=fast)), strict=True)
    )
    assert rows["Time"][3:] == ("2.00 × faster", "good")
    assert rows["Samples/s"][3:] == ("+100%", "good")
    assert rows["Latency p50"][3:] == ("−50%", "good")
    assert rows["Latency p95"][3:] == ("the same", "muted")
    assert rows["Errored"][3:] == ("+3", "bad")
    assert rows["Cost"][2:] == ("price not set", "", "muted")
    part = slow._replace(saved=50)
    assert (
        speed_rows(comparison._replace(speed_a=slow, speed_b=part))[0].change
        == "not the same number of samples"
    )


def test_that_long_texts_are_shown_from_where_they_differ() -> None:
    assert apart("a", "b") == ("a", "b")
    assert apart("x" * 50 + "one", "x" * 50 + "two") == ("…" + "x" * 20 + "one", "…" + "x" * 20 + "two")
    work = "Let me work it out step by step. The answer is"
    assert apart(f"{work} 12.", f"{work} 13.") == ("…The answer is 12.", "…The answer is 13.")


@dataclass
class Row:
    """What the proposal looks at of a run."""

    id: int
    experiment: str
    evaluation: str = "reviews"


def test_that_tries_are_proposed_only_where_there_is_nothing_else() -> None:
    first, tried, other, second = (
        Row(1, "reviews-1"),
        Row(2, "reviews (try)"),
        Row(3, "b-1", "b"),
        Row(4, "reviews-2"),
    )
    assert propose([second, other, tried, first]) == (1, 4)  # type: ignore[list-item]
    assert propose([other, tried, first]) == (1, 3)  # type: ignore[list-item]
    assert propose([tried, first]) == (1, 2)  # type: ignore[list-item]
    assert propose([first]) is None  # type: ignore[list-item]


def test_that_lines_laid_over_each_other_join_what_is_known(qtbot: QtBot) -> None:
    chart = OverlayChart("test", "Latency", "nothing", is_duration=True)
    qtbot.addWidget(chart)
    nan = math.nan
    gaps = Overlaid("3 · a-b · demo/fast", np.arange(4.0), np.array([1.0, nan, nan, 2.0]))
    alone = Overlaid("4 · c", np.arange(4.0), np.array([nan, 5.0, nan, nan]))
    chart.show_lines((gaps, alone))
    curves = chart.findChild(pg.PlotWidget).getPlotItem().listDataItems()
    assert [curve.getData()[0].tolist() for curve in curves] == [[0.0, 3.0], [1.0]]
    assert [curve.opts["symbol"] for curve in curves] == [None, "o"]
    legend = chart.findChild(QLabel, "legend_overlay_test").text()
    assert "demo/\N{WORD JOINER}fast" in legend  # a line of the legend ends between names only


def test_that_a_comparison_is_cancelled_by_its_button(
    open_filled: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    driver = open_compare(open_filled)
    held = threading.Event()

    def slow(reader: Reader, a: int, b: int) -> None:
        held.wait(20)
        reader.connection.execute("SELECT count(*) FROM records AS a, records AS b, records AS c").fetchone()

    with monkeypatch.context() as patched:
        patched.setattr("evalstudio.ui.state.store_reader.compare_runs", slow)
        driver.window.compare_page.choose(2, 1)
        cancel = driver.find(QPushButton, "compare_cancel")
        driver.wait(cancel.isVisible)
        driver.qtbot.mouseClick(cancel, Qt.MouseButton.LeftButton)
        held.set()
        driver.wait(lambda: driver.find(QLabel, "compare_status").text() == "The comparison was cancelled.")
    assert not cancel.isVisible()
    assert driver.messages() == ""
    driver.window.compare_page.choose(1, 2)
    driver.wait(lambda: driver.find(QLabel, "compare_status").text().startswith("Differs: "))
