"""Whole stories on the Evaluations page: written with the form and as text, previewed, tried and run. Driven by name."""

import json
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QAction, QWheelEvent
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QListWidget,
    QPlainTextEdit,
    QPushButton,
    QSpinBox,
    QTableWidget,
    QToolButton,
    QWidget,
)

from evalstudio.core.run_state import RunState
from tests.ui.driver import Driver, press, text_of

OpenWindow = Callable[[], Driver]
EVALUATION = """# kept by hand: a space that does not break ->\N{NO-BREAK SPACE}<-
name = "reviews"
dataset = { path = "rows.csv", columns = { expected = "label" } }
model = "demo/instant"
messages = [{ role = "user", content = "{{ text }}" }]  # the review
evaluators = [{ type = "exact_match", expected = "{{ expected }}", normalise = true }]
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    rows = [
        ("It is wonderful, I love it", "positive"),
        ("It broke", "negative"),
        ("It is a table", "neutral"),
    ] * 4
    (tmp_path / "rows.csv").write_text(
        "text,label\n" + "".join(f'"{text}",{label}\n' for text, label in rows)
    )
    path = tmp_path / "reviews.toml"
    path.write_text(EVALUATION)
    return path


def opened(open_window: OpenWindow, path: Path) -> Driver:
    driver = open_window()
    driver.ready()
    driver.window.show_page("evaluations")
    driver.window.take_evaluation(str(path))
    driver.wait(lambda: driver.window.evaluations_page.editor.is_checked)
    return driver


def visible(driver: Driver, name: str) -> str:
    label = driver.find(QLabel, name)
    return label.text() if label.isVisibleTo(driver.window) else ""


def test_that_the_form_edits_the_text_and_leaves_what_was_written_by_hand(
    open_window: OpenWindow, file: Path
) -> None:
    driver = opened(open_window, file)
    assert driver.find(QLineEdit, "eval_name").text() == "reviews"
    assert driver.find(QComboBox, "eval_model").currentText() == "demo/instant"
    assert driver.find(QPlainTextEdit, "message_0_text").toPlainText() == "{{ text }}"
    assert not driver.find(QAction, "save_evaluation").isEnabled()
    driver.find(QSpinBox, "eval_samples").setValue(6)
    driver.find(QComboBox, "eval_model").setEditText("demo/fast")
    driver.qtbot.keyClicks(driver.find(QLineEdit, "eval_temperature"), "0.5")
    driver.find(QSpinBox, "eval_repeats").setValue(2)
    driver.find(QComboBox, "eval_strategy").setCurrentText("Sliding window")
    driver.find(QSpinBox, "eval_window").setValue(4)
    press(driver, QPushButton, "add_evaluator")
    driver.find(QComboBox, "evaluator_1_type").setCurrentText("numeric_match")
    driver.qtbot.keyClicks(driver.find(QLineEdit, "evaluator_1_tolerance"), "0.1")
    driver.find(QCheckBox, "evaluator_0_normalise").setChecked(False)
    press(driver, QPushButton, "add_message")
    driver.qtbot.keyClicks(driver.find(QPlainTextEdit, "message_1_text"), "Why?")
    assert "· changed" in driver.find(QLabel, "evaluation_title").text()
    press(driver, QToolButton, "save_evaluation_button")
    text = file.read_text()
    assert EVALUATION.splitlines()[0] in file.read_text()
    table = tomllib.loads(text)
    assert table["dataset"] == {"path": "rows.csv", "columns": {"expected": "label"}, "samples": 6}
    assert (table["model"], table["parameters"], table["repeats"]) == ("demo/fast", {"temperature": 0.5}, 2)
    assert table["strategy"] == {"type": "sliding_window", "max_concurrency": 4}
    assert table["messages"][1] == {"role": "user", "content": "Why?"}
    assert table["evaluators"] == [
        {"type": "exact_match", "expected": "{{ expected }}"},
        {"type": "numeric_match", "expected": "{{ expected }}", "tolerance": 0.1},
    ]
    assert not driver.find(QAction, "save_evaluation").isEnabled()
    # and the text is read back into the form
    driver.find(QPlainTextEdit, "evaluation_text").setPlainText(text.replace("demo/fast", "demo/flaky"))
    assert driver.find(QComboBox, "eval_model").currentText() == "demo/flaky"
    assert driver.find(QLineEdit, "evaluator_1_tolerance").text() == "0.1"


def test_that_a_click_just_after_typing_runs(open_window: OpenWindow, file: Path) -> None:
    driver = opened(open_window, file)
    name = driver.find(QLineEdit, "eval_name")
    name.setFocus()
    name.selectAll()
    driver.qtbot.keyClicks(name, "typed")
    button = driver.find(QToolButton, "run_evaluation_button")
    assert not driver.window.evaluations_page.editor.is_checked
    driver.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    driver.wait(lambda: driver.state() == RunState.COMPLETED)
    driver.wait(lambda: [row.evaluation for row in driver.session.rows] == ["typed"])
    # what can't run is told, and does not start
    driver.window.show_page("evaluations")
    model = driver.find(QComboBox, "eval_model")
    model.setEditText("no such model")
    driver.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    driver.wait(lambda: driver.window.evaluations_page.editor.is_checked)
    driver.wait(lambda: not button.isEnabled())
    assert len(driver.session.rows) == 1


def test_that_another_evaluation_begins_at_the_top_of_its_form(open_window: OpenWindow, file: Path) -> None:
    other = file.with_name("other.toml")
    other.write_text(EVALUATION.replace("reviews", "other"))
    driver = opened(open_window, file)
    editor = driver.window.evaluations_page.editor
    bar = editor.form.verticalScrollBar()
    driver.wait(lambda: bar.maximum() > 0)
    bar.setValue(bar.maximum())
    editor.tabs.setCurrentIndex(1)
    driver.window.evaluations_page.open(str(other))
    assert editor.tabs.currentIndex() == 0
    assert bar.value() == 0


def test_that_a_grid_is_made_of_fields_and_tells_its_runs_and_samples(
    open_window: OpenWindow, file: Path
) -> None:
    driver = opened(open_window, file)
    runs = driver.find(QLabel, "grid_runs")
    assert runs.text().startswith("One run.")
    for number, model in enumerate(("demo/instant", "demo/fast")):
        press(driver, QPushButton, "add_grid_models")
        driver.find(QComboBox, f"grid_model_{number}").setEditText(model)
    press(driver, QPushButton, "add_grid_prompts")
    driver.find(QLineEdit, "grid_prompt_0_name").setText("")
    driver.qtbot.keyClicks(driver.find(QLineEdit, "grid_prompt_0_name"), "short")
    press(driver, QPushButton, "add_grid_prompts")
    driver.qtbot.keyClicks(driver.find(QPlainTextEdit, "grid_prompt_1_message_0_text"), "Think. ")
    press(driver, QPushButton, "add_grid_parameters")
    driver.qtbot.keyClicks(driver.find(QLineEdit, "grid_parameter_0_name"), "temperature")
    driver.qtbot.keyClicks(driver.find(QLineEdit, "grid_parameter_0_values"), "0, 0.5, 1")
    press(driver, QToolButton, "save_evaluation_button")
    table = tomllib.loads(file.read_text())
    assert table["grid"] == {
        "models": ["demo/instant", "demo/fast"],
        "prompts": {
            "short": [{"role": "user", "content": "{{ text }}"}],
            "prompt 2": [{"role": "user", "content": "Think. {{ text }}"}],
        },
        "parameters": {"temperature": [0, 0.5, 1]},
    }
    assert EVALUATION.splitlines()[0] in file.read_text()
    lines = runs.text().splitlines()
    assert lines[0].startswith("12 runs")
    assert lines[1] == "•  demo/instant, short, temperature=0"
    driver.wait(lambda: runs.text().startswith("12 runs, 144 samples in all"))
    driver.wait(lambda: driver.find(QLabel, "forecast").text().startswith("12 runs, 144 samples"))
    assert not driver.find(QLineEdit, "also_on").isEnabled()
    # a message of a prompt that can't be rendered is told in the grid; rows go, and with the last one the grid
    driver.find(QPlainTextEdit, "grid_prompt_0_message_0_text").setPlainText("{{ nothing }}")
    driver.wait(lambda: "Prompt 'short'" in visible(driver, "issue_grid"))
    for name in ("grid_prompt_1", "grid_prompt_0", "grid_parameter_0", "grid_model_1", "grid_model_0"):
        press(driver, QToolButton, f"{name}_remove")
    assert "grid" not in tomllib.loads(text_of(driver, "evaluation_text"))
    assert runs.text().startswith("One run.")


def test_that_a_grid_that_is_written_is_shown_as_fields(open_window: OpenWindow, file: Path) -> None:
    file.write_text(
        EVALUATION + '[grid]\nmodels = ["demo/fast", { provider = "demo", name = "instant" }]\n'
        'parameters = { top_p = [0.5, 1.0] }\n[grid.prompts]\nplain = [{ role = "user", content = "{{ text }}" }]\n'
    )
    driver = opened(open_window, file)
    assert driver.find(QComboBox, "grid_model_0").currentText() == "demo/fast"
    assert not driver.find(QComboBox, "grid_model_1").isEnabled()  # a table: changed in the text
    assert driver.find(QLineEdit, "grid_parameter_0_values").text() == "0.5, 1.0"
    assert driver.find(QLineEdit, "grid_prompt_0_name").text() == "plain"
    driver.qtbot.keyClicks(driver.find(QLineEdit, "grid_parameter_0_values"), ", 0.9")
    grid = tomllib.loads(text_of(driver, "evaluation_text"))["grid"]
    assert grid["parameters"] == {"top_p": [0.5, 1.0, 0.9]}
    assert grid["models"] == ["demo/fast", {"provider": "demo", "name": "instant"}]


def test_that_mistakes_are_told_where_they_are_as_they_are_made(open_window: OpenWindow, file: Path) -> None:
    driver = opened(open_window, file)
    message = driver.find(QPlainTextEdit, "message_0_text")
    message.setPlainText("{{ txt }}")
    driver.wait(lambda: "uses 'txt', and no column is called so" in visible(driver, "issue_message_0"))
    assert not driver.find(QAction, "run_evaluation").isEnabled()
    driver.wait(lambda: "1 problem to fix" in driver.find(QLabel, "forecast").text())
    message.setPlainText("{{ text }}")
    driver.wait(
        lambda: (
            visible(driver, "issue_message_0") == "" and driver.find(QAction, "run_evaluation").isEnabled()
        )
    )
    driver.find(QComboBox, "map_0_column").setEditText("lable")
    driver.wait(lambda: "There is no column 'lable' (for 'expected')" in visible(driver, "issue_dataset"))
    driver.find(QComboBox, "map_0_column").setEditText("label")
    driver.wait(lambda: visible(driver, "issue_dataset") == "")
    driver.find(QComboBox, "eval_dataset").setEditText("none.csv")
    driver.wait(lambda: "There is no file" in visible(driver, "issue_dataset"))
    wheel = QWheelEvent(
        QPointF(5, 5), QPointF(5, 5), QPoint(), QPoint(0, 120), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(
        driver.find(QSpinBox, "eval_samples"), wheel
    )  # scrolls the form, and changes nothing
    assert driver.find(QSpinBox, "eval_samples").value() == 0
    text = driver.find(QPlainTextEdit, "evaluation_text")
    text.setPlainText('name = "x"\nmodel = \n')
    driver.wait(
        lambda: (
            "not valid TOML" in visible(driver, "issue_text") and "line 2" in visible(driver, "issue_text")
        )
    )
    assert not driver.find(QLineEdit, "eval_name").isEnabled()
    text.setPlainText(EVALUATION)
    driver.wait(
        lambda: visible(driver, "issue_text") == "" and driver.find(QAction, "run_evaluation").isEnabled()
    )
    assert driver.find(QLineEdit, "eval_name").isEnabled()


def test_that_the_preview_shows_real_rows_one_after_the_other(open_window: OpenWindow, file: Path) -> None:
    driver = opened(open_window, file)
    driver.find(QPlainTextEdit, "message_0_text").setPlainText("Is it good? {{ text }}")
    driver.wait(lambda: "Is it good? It is wonderful" in text_of(driver, "preview_text"))
    assert "expected: positive" in text_of(driver, "preview_text")
    press(driver, QToolButton, "preview_after")
    driver.wait(lambda: "Is it good? It broke" in text_of(driver, "preview_text"))
    assert driver.find(QLabel, "preview_place").text() == "Row 2 of the first 12"
    driver.find(QPlainTextEdit, "message_0_text").setPlainText("{{ text.nothing }}")
    driver.wait(lambda: "fails on this sample" in visible(driver, "issue_preview"))


def test_that_a_try_shows_answers_tells_the_forecast_and_a_run_goes_to_the_runs_page(
    open_window: OpenWindow, file: Path
) -> None:
    driver = opened(open_window, file)
    driver.wait(lambda: "try a few samples" in driver.find(QLabel, "forecast").text())
    press(driver, QToolButton, "try_evaluation_button")
    driver.wait(lambda: "exact_match: " in text_of(driver, "try_text"))
    assert text_of(driver, "try_text").count("SAMPLE ") == 3
    assert "EXPECTED\npositive" in text_of(driver, "try_text")
    driver.wait(lambda: "3 earlier answers" in driver.find(QLabel, "forecast").text())
    assert driver.find(QLabel, "forecast").text().startswith("12 samples, about ")
    assert driver.window._pages.currentWidget() is driver.window.evaluations_page
    driver.find(QLineEdit, "also_on").setText("demo/fast")
    assert driver.find(QLineEdit, "evaluation_experiment").text() == "reviews-1"
    press(driver, QToolButton, "run_evaluation_button")
    driver.wait(lambda: driver.window._pages.currentWidget() is driver.window.runs_page)
    driver.wait(lambda: driver.state() == RunState.COMPLETED)
    driver.wait(
        lambda: len([row for row in driver.session.rows if row.true_state is RunState.COMPLETED]) == 3
    )
    assert driver.find(QComboBox, "evaluation").currentText() == "reviews.toml"  # the next Start is of it
    runs = {(row.experiment, row.model, row.saved) for row in driver.session.rows}
    assert runs == {
        ("reviews (try)", "demo/instant", 3), ("reviews-1", "demo/instant", 12), ("reviews-1", "demo/fast", 12),
    }  # fmt: skip
    driver.window.show_page("evaluations")
    driver.wait(lambda: driver.find(QLineEdit, "evaluation_experiment").text() == "reviews-2")


def test_that_a_try_tells_how_far_it_is_shows_what_has_come_and_can_be_stopped(
    open_window: OpenWindow, file: Path
) -> None:
    file.write_text(
        EVALUATION.replace("demo/instant", "demo/one-second") + 'strategy = { type = "sequential" }\n'
    )
    driver = opened(open_window, file)
    driver.window.activateWindow()
    assert visible(driver, "try_state") == ""
    press(driver, QToolButton, "try_evaluation_button")
    driver.wait(lambda: visible(driver, "try_state").startswith("0 of 3 answers after "))
    driver.wait(driver.find(QPlainTextEdit, "try_text").hasFocus)  # and not the button that starts the run
    driver.wait(lambda: "SAMPLE 0" in text_of(driver, "try_text"))
    assert "SAMPLE 2" not in text_of(driver, "try_text")
    press(driver, QPushButton, "stop_try")
    driver.wait(lambda: not driver.find(QPushButton, "stop_try").isVisible())
    assert "SAMPLE 0" in text_of(driver, "try_text")
    driver.wait(driver.find(QToolButton, "try_evaluation_button").isEnabled)
    driver.wait(lambda: [row.true_state for row in driver.session.rows] == [RunState.STOPPED])
    assert driver.session.focus is None
    driver.window.show_page("runs")  # where a run is listed one is shown
    driver.wait(lambda: driver.find(QLabel, "run_title").text() == "reviews (try)")


def test_that_a_try_of_a_grid_shows_each_variant(open_window: OpenWindow, file: Path) -> None:
    values = ", ".join(str(number / 10) for number in range(4))
    grid = f'[grid]\nmodels = ["demo/instant", "demo/fast"]\nparameters = {{ temperature = [{values}] }}\n'
    file.write_text(EVALUATION.replace('model = "demo/instant"\n', "") + grid)
    driver = opened(open_window, file)
    press(driver, QToolButton, "try_evaluation_button")
    driver.wait(lambda: text_of(driver, "try_text").count("SAMPLE ") == 18)
    text = text_of(driver, "try_text")
    headings = [line for line in text.splitlines() if line.startswith("VARIANT ")]
    assert headings == [
        *(f"VARIANT demo/instant, temperature={number / 10}" for number in range(4)),
        *(f"VARIANT demo/fast, temperature={number / 10}" for number in range(2)),
    ]
    assert text.endswith("NOT TRIED\n2 more variants are not tried. A run includes all of them.")
    driver.wait(
        lambda: [(row.experiment, row.saved) for row in driver.session.rows] == [("reviews (try)", 3)] * 6
    )
    driver.wait(driver.find(QToolButton, "try_evaluation_button").isEnabled)


def test_that_an_example_is_copied_before_it_is_changed(open_window: OpenWindow) -> None:
    driver = open_window()
    driver.ready()
    driver.window.show_page("evaluations")
    page = driver.window.evaluations_page
    driver.wait(lambda: page.editor.is_checked)
    assert page.editor.reference == "example:sentiment"
    assert not driver.find(QLineEdit, "eval_name").isEnabled()
    press(driver, QPushButton, "copy_example")
    driver.wait(lambda: page.editor.path.parent == driver.workspace.evaluations and page.editor.is_checked)
    assert not page.editor.issues
    assert (driver.workspace.datasets / "sentiment.csv").is_file()
    assert driver.find(QLineEdit, "eval_name").isEnabled()
    entries = driver.find(QListWidget, "evaluation_list")
    driver.wait(
        lambda: entries.currentItem() is not None and entries.currentItem().text().strip() == "sentiment"
    )
    driver.find(QAction, "new_evaluation").trigger()
    driver.wait(lambda: page.editor.path.name == "new-evaluation.toml" and page.editor.is_checked)
    assert "There is no file" in visible(driver, "issue_dataset")


PYTHON = '''
import pytest
from evalstudio import Result, foreach
from evalstudio.evaluators import exact_match

@pytest.fixture
def model():
    return lambda text: "yes"

@foreach("text,expected", [("a", "yes"), ("b", "yes"), ("c", "no")])
def eval_own(text, expected, model):
    """Says yes to everything."""
    return Result(exact_match(model(text), expected), prompt=text, model_response=model(text))
'''


def test_that_a_python_file_is_listed_run_and_its_errors_shown_with_its_own_lines(
    open_window: OpenWindow, tmp_path: Path
) -> None:
    path = tmp_path / "eval_own.py"
    path.write_text(PYTHON)
    driver = open_window()
    driver.ready()
    driver.window.take_evaluation(str(path))
    table = driver.find(QTableWidget, "function_table")
    driver.wait(lambda: table.rowCount() == 1)
    words = [table.item(0, column).text() for column in (0, 1, 2, 3, 4, 6)]
    assert words == ["eval_own", "3", "text, expected", "model", "worker threads", "Says yes to everything."]
    driver.wait(lambda: table.item(0, 5).text() == "not run yet")
    press(driver, QPushButton, "run_eval_own")
    driver.wait(lambda: driver.state() == RunState.COMPLETED)
    assert driver.window._pages.currentWidget() is driver.window.runs_page
    assert driver.session.focused.snapshot.scores[0].value == pytest.approx(2 / 3)
    path.write_text(PYTHON.replace('return lambda text: "yes"', 'raise ValueError("no such server")'))
    driver.window.show_page("evaluations")
    press(driver, QPushButton, "run_all_functions")
    driver.wait(lambda: "no such server" in text_of(driver, "python_trace"))
    assert "could not be run" in visible(driver, "python_status")
    path.write_text("def first():\n    return {}['missing']\n\nfirst()\n")
    press(driver, QPushButton, "read_again")
    driver.wait(lambda: "cannot be imported: KeyError" in visible(driver, "python_status"))
    assert "line 4, in <module>" in text_of(driver, "python_trace")
    assert "return {}['missing']" in text_of(driver, "python_trace")
    assert table.rowCount() == 0


UNKNOWN = """
from evalstudio import Result, batch, foreach
from evalstudio.evaluators import exact_match

def rows():
    yield "a", "a"

@foreach("text,expected", rows())
def eval_streamed(text, expected):
    return Result(exact_match(text, expected), prompt=text)

@batch("text,expected", [("a", "a"), ("b", "b")], batch_size=2)
def eval_batches(text, expected):
    return [Result(exact_match(*pair), prompt=pair[0]) for pair in zip(text, expected)]
"""


def test_that_it_is_said_why_the_time_of_a_function_is_not_known(
    open_window: OpenWindow, tmp_path: Path
) -> None:
    path = tmp_path / "eval_unknown.py"
    path.write_text(UNKNOWN)
    driver = open_window()
    driver.ready()
    driver.window.take_evaluation(str(path))
    table = driver.find(QTableWidget, "function_table")
    driver.wait(lambda: table.rowCount() == 2)
    driver.wait(lambda: all(table.item(row, 5).text() == "not known" for row in range(2)))
    assert "rows are streamed" in table.item(0, 5).toolTip()
    assert "whole batches" in table.item(1, 5).toolTip()


def test_that_an_evaluation_used_before_is_listed_again(
    open_window: OpenWindow, file: Path, loop: object
) -> None:
    from tests.ui.driver import finish

    driver = opened(open_window, file)
    press(driver, QToolButton, "run_evaluation_button")
    driver.wait(lambda: driver.state() == RunState.COMPLETED)
    finish(loop, driver.studio)
    again = open_window()
    again.ready()
    again.window.show_page("evaluations")
    listed = again.find(QListWidget, "evaluation_list")
    names = lambda: [listed.item(row).text().strip() for row in range(listed.count())]  # noqa: E731
    again.wait(lambda: "reviews" in names())
    assert names()[0] == "Yours"
    assert "Examples" in names()
    assert json.loads(again.session.rows[0].spec)["reference"] == str(file)


def test_that_nothing_written_is_lost_and_another_programs_change_is_not_written_over(
    open_window: OpenWindow, file: Path
) -> None:
    driver = opened(open_window, file)
    driver.find(QSpinBox, "eval_samples").setValue(5)
    driver.window.evaluations_page.open("example:arithmetic")
    assert tomllib.loads(file.read_text())["dataset"]["samples"] == 5
    driver.window.evaluations_page.open(str(file))
    driver.wait(lambda: driver.window.evaluations_page.editor.is_checked)
    driver.find(QSpinBox, "eval_samples").setValue(6)
    file.write_text(EVALUATION.replace("reviews", "others"))
    press(driver, QToolButton, "save_evaluation_button")
    assert "was changed by another program" in driver.messages()
    assert file.read_text() == EVALUATION.replace("reviews", "others")
    press(driver, QPushButton, "offer_reload")
    assert driver.find(QLineEdit, "eval_name").text() == "others"
    file.write_text(EVALUATION.replace("reviews", "again"))
    driver.window.show_page("runs")
    driver.window.show_page("evaluations")
    assert driver.find(QLineEdit, "eval_name").text() == "again"
    driver.find(QSpinBox, "eval_samples").setValue(7)
    driver.window.close()
    assert tomllib.loads(file.read_text())["dataset"]["samples"] == 7


def test_that_the_form_is_gone_through_with_the_tab_key_from_top_to_bottom(
    open_window: OpenWindow, file: Path
) -> None:
    driver = opened(open_window, file)
    press(driver, QPushButton, "add_message")
    form = driver.find(QWidget, "evaluation_form")
    at: QWidget = driver.find(QLineEdit, "eval_name")
    names: list[str] = []
    while form.isAncestorOf(at):
        if (
            at.focusPolicy() & Qt.FocusPolicy.TabFocus
            and at.objectName()
            and not at.objectName().startswith("qt_")
        ):
            names.append(at.objectName())
        at = at.nextInFocusChain()
    wanted = [
        "eval_name", "eval_model", "eval_temperature", "eval_dataset", "eval_samples", "map_0_name", "map_0_column",
        "add_column", "message_0_role", "message_0_text", "message_1_role", "message_1_text", "add_message",
        "evaluator_0_type", "evaluator_0_expected", "evaluator_0_normalise", "add_evaluator", "eval_repeats", "eval_window",
    ]  # fmt: skip
    assert [name for name in names if name in wanted] == wanted
