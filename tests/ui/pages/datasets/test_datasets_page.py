"""Whole stories on the Datasets page: a file is looked at, imported, mapped to an evaluation and run. Driven by name."""

import tomllib
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QAction, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QFileDialog,
    QLabel,
    QListWidget,
    QPushButton,
    QSpinBox,
    QTableView,
    QTableWidget,
    QToolButton,
)

from evalstudio.core.run_state import RunState
from tests.ui.driver import Driver, press, text_of

OpenWindow = Callable[[], Driver]


@pytest.fixture
def csv(tmp_path: Path) -> Path:
    path = tmp_path / "reviews.csv"
    words = [
        ("I love it, wonderful", "positive"),
        ("It broke, I hate it", "negative"),
        ("It is a table", "neutral"),
    ]
    lines = [f'"{text} ({number})",{label},{number}' for number, (text, label) in enumerate(words * 10)]
    path.write_text("customer review,label,stars\n" + "\n".join(lines) + "\n")
    return path


def cells(table: QTableWidget) -> list[list[str]]:
    return [
        [table.item(row, column).text() for column in range(table.columnCount())]
        for row in range(table.rowCount())
    ]


def drop(driver: Driver, path: Path) -> bool:
    """Drops a file on the window; whether it was taken."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(50, 50), Qt.DropAction.CopyAction, data, buttons, keys)
    enter.ignore()
    driver.window.dragEnterEvent(enter)
    if enter.isAccepted():
        driver.window.dropEvent(QDropEvent(QPointF(50, 50), Qt.DropAction.CopyAction, data, buttons, keys))
    return enter.isAccepted()


def test_that_a_csv_is_imported_defined_tried_and_run(open_window: OpenWindow, csv: Path) -> None:
    driver = open_window()
    driver.ready()
    driver.find(QAction, "import_dataset").trigger()
    dialog = driver.find(QFileDialog, "import_dialog")
    dialog.fileSelected.emit(str(csv))
    dialog.reject()
    assert driver.window._pages.currentWidget() is driver.window.datasets_page
    rows = driver.find(QTableWidget, "dataset_rows")
    driver.wait(lambda: rows.rowCount() == 20)
    titles = [rows.horizontalHeaderItem(column).text() for column in range(3)]
    assert titles == ["customer review · text", "label · text", "stars · integer"]
    assert cells(rows)[1] == ["It broke, I hate it (1)", "negative", "1"]
    assert "not imported yet" in driver.find(QLabel, "dataset_title").text()
    press(driver, QPushButton, "copy_dataset")
    copy = driver.workspace.datasets / "reviews.csv"
    driver.wait(copy.is_file)
    driver.wait(lambda: driver.find(QLabel, "dataset_status").text().startswith("30 rows · "))
    assert driver.find(QComboBox, "expected_column").currentText() == "label"
    driver.find(QComboBox, "input_column").setCurrentText("customer review")
    driver.find(QSpinBox, "dataset_samples").setValue(12)
    press(driver, QPushButton, "dataset_evaluation")
    page = driver.window.evaluations_page
    driver.wait(lambda: page.editor.is_checked and page.editor.path.name == "reviews.toml")
    assert not page.editor.issues
    table = tomllib.loads(page.editor.path.read_text())
    assert table["dataset"] == {
        "path": "../datasets/reviews.csv",
        "columns": {"text": "customer review", "expected": "label"},
        "samples": 12,
    }
    driver.wait(lambda: "I love it, wonderful (0)" in text_of(driver, "preview_text"))
    driver.find(QComboBox, "eval_model").setEditText("demo/instant")
    press(driver, QToolButton, "try_evaluation_button")
    driver.wait(lambda: text_of(driver, "try_text").count("SAMPLE ") == 3)
    press(driver, QToolButton, "run_evaluation_button")
    driver.wait(lambda: driver.state() == RunState.COMPLETED and driver.saved() == 12)
    driver.wait(lambda: driver.find(QTableView, "records").model().rowCount() == 12)
    driver.window.show_page("datasets")
    uses = driver.find(QTableWidget, "dataset_uses")
    driver.wait(lambda: uses.rowCount() == 3)
    assert cells(uses)[0][:2] == ["evaluation", "reviews"]
    assert {row[0] for row in cells(uses)[1:]} == {"run"}


def test_that_a_broken_csv_is_told_with_its_lines_before_it_is_taken(
    open_window: OpenWindow, csv: Path
) -> None:
    csv.write_text(csv.read_text() + 'too,many,cells,here\nonly one\n"never closed,neutral,1\n')
    driver = open_window()
    driver.ready()
    assert drop(driver, csv)
    problems = driver.find(QTableWidget, "dataset_problems")
    driver.wait(lambda: "3 left out" in driver.find(QLabel, "dataset_status").text())
    assert [row[0] for row in cells(problems)] == ["32", "33", "34"]
    assert "a quote opened here is not closed" in cells(problems)[2][1]
    assert not driver.workspace.datasets.exists()
    empty = csv.with_name("empty.csv")
    empty.write_text("")
    assert drop(driver, empty)
    driver.wait(lambda: driver.find(QLabel, "dataset_status").text() == "empty.csv is empty.")
    assert driver.find(QTableWidget, "dataset_rows").rowCount() == 0
    assert not drop(driver, csv.with_name("picture.png"))


def test_that_a_file_is_used_in_place_listed_and_read_in_another_way(
    open_window: OpenWindow, csv: Path, loop: object
) -> None:
    from tests.ui.driver import finish

    driver = open_window()
    driver.ready()
    assert drop(driver, csv)
    driver.find(QCheckBox, "dataset_header").setChecked(False)
    rows = driver.find(QTableWidget, "dataset_rows")
    driver.wait(lambda: rows.rowCount() == 20 and rows.horizontalHeaderItem(0).text() == "column_1 · text")
    assert cells(rows)[0][0] == "customer review"
    press(driver, QPushButton, "use_in_place")
    listed = driver.find(QListWidget, "dataset_list")
    driver.wait(lambda: listed.count() == 1)
    assert "used where it is" in listed.item(0).text()
    assert not list(driver.workspace.datasets.glob("*.csv"))
    finish(loop, driver.studio)
    again = open_window()
    again.ready()
    again.window.show_page("datasets")
    again.wait(lambda: "30 rows" in again.find(QLabel, "dataset_status").text())
    assert "used where it is" in again.find(QLabel, "dataset_title").text()


def test_that_another_file_begins_with_its_rows_from_the_top(open_window: OpenWindow, tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / f"{name}.csv").write_text("text\n" + "".join(f"row {n}\n" for n in range(60)))
    driver = open_window("datasets")
    driver.ready()
    page = driver.window.datasets_page
    page.look_at(tmp_path / "one.csv")
    driver.wait(lambda: page.view.rows.rowCount() > 10)
    page.view.rows.scrollToBottom()
    page.view.tabs.setCurrentIndex(1)
    page.look_at(tmp_path / "two.csv")
    assert page.view.tabs.currentIndex() == 0
    driver.wait(lambda: page.view.rows.verticalScrollBar().value() == 0)


def test_that_a_large_file_does_not_hold_up_the_window(open_window: OpenWindow, tmp_path: Path) -> None:
    """The whole is read by another process: the window shows the first rows while it is still at work."""
    path = tmp_path / "large.csv"
    path.write_text("text,label\n" + "some words of a review,positive\n" * 400_000)
    driver = open_window()
    driver.ready()
    driver.window.show_page("datasets")
    driver.window.datasets_page.look_at(path)
    rows = driver.find(QTableWidget, "dataset_rows")
    driver.wait(lambda: rows.rowCount() == 20)
    assert driver.find(QLabel, "dataset_status").text() == "Reading the whole file…"
    driver.wait(lambda: driver.find(QLabel, "dataset_status").text().startswith("400,000 rows"))
    path.write_text(path.read_text() * 2)
    driver.window.datasets_page.look_at(path)
    reads = lambda: [  # noqa: E731 - asked again until it is so
        child for child in psutil.Process().children() if "evalstudio.datasets.survey" in child.cmdline()
    ]
    driver.wait(reads)
    small = tmp_path / "small.csv"
    small.write_text("text\none\n")
    driver.window.datasets_page.look_at(small)  # nobody waits for the large one any more
    driver.wait(lambda: driver.find(QLabel, "dataset_status").text().startswith("1 row "))
    assert not reads()


def test_that_the_fields_take_two_lines_in_a_narrow_window(open_window: OpenWindow, tmp_path: Path) -> None:
    driver = open_window("datasets")
    path = tmp_path / "narrow.csv"
    path.write_text("question,answer\n1,2\n")
    driver.window.datasets_page.look_at(path)
    view = driver.window.datasets_page.view
    driver.wait(lambda: view.rows.rowCount() == 1)
    assert view.minimumSizeHint().width() < 700
    tops = {}
    for width in (1600, 900):
        driver.window.resize(width, 600)
        driver.wait(lambda width=width: driver.window.width() == width)
        QApplication.processEvents()
        tops[width] = [
            box.mapTo(view, QPoint()).y() for box in (view.input, view.samples, view.delimiter, view.encoding)
        ]
    (wide, narrow) = tops.values()
    assert len(set(wide)) == 1
    assert narrow[0] == narrow[1] < narrow[2] == narrow[3]
