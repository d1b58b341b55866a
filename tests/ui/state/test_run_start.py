"""A run under a name that its experiment has already: told in words, with the two things that may be meant."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLineEdit, QPushButton

from evalstudio.core.run_state import RunState
from tests.engine.support import write_evaluation
from tests.ui.driver import Driver

OpenWindow = Callable[[], Driver]


@pytest.fixture
def done_once(open_window: OpenWindow, tmp_path: Path) -> Driver:
    """A window with a finished run of faq-2."""
    driver = open_window()
    driver.ready()
    driver.window.take_evaluation(write_evaluation(tmp_path, '"demo/instant"', 4, name="faq"))
    driver.find(QLineEdit, "experiment").setText("faq-2")
    driver.find(QAction, "start").trigger()
    driver.wait(lambda: driver.state() == RunState.COMPLETED)
    driver.wait(lambda: [row.true_state for row in driver.session.rows] == [RunState.COMPLETED])
    return driver


def offers(driver: Driver) -> dict[str, QPushButton]:
    (item,) = [item for item in driver.window.messages.items() if item.notice.key == "start"]
    return {button.text(): button for button in item.findChildren(QPushButton)}


def test_that_a_finished_experiment_offers_a_new_run_and_the_present_one(done_once: Driver) -> None:
    driver = done_once
    driver.find(QLineEdit, "experiment").setText("faq-2")
    driver.find(QAction, "start").trigger()
    driver.wait(lambda: "has all its answers already" in driver.messages())
    assert list(offers(driver)) == ["New run (faq-3)", "Open run 1"]
    driver.qtbot.mouseClick(offers(driver)["New run (faq-3)"], Qt.MouseButton.LeftButton)
    driver.wait(lambda: driver.session.focus == 2 and driver.state() == RunState.COMPLETED)
    assert driver.session.focused.snapshot.experiment == "faq-3"


@pytest.mark.parametrize("page", ["runs", "evaluations"])
def test_that_a_changed_prompt_is_told_without_json_and_options(
    done_once: Driver, tmp_path: Path, page: str
) -> None:
    driver = done_once
    path = tmp_path / "faq.toml"
    path.write_text(path.read_text().replace("with one word", "with a single word"))
    driver.window.take_evaluation(str(path))
    if page == "runs":
        driver.find(QLineEdit, "experiment").setText("faq-2")
        driver.find(QAction, "start").trigger()
    else:
        driver.window.show_page("evaluations")
        driver.wait(lambda: driver.window.evaluations_page.editor.is_checked)
        driver.find(QLineEdit, "evaluation_experiment").setText("faq-2")
        driver.wait(driver.find(QAction, "run_evaluation").isEnabled)
        driver.find(QAction, "run_evaluation").trigger()
    driver.wait(lambda: "differs in prompt" in driver.messages())
    for sign in ("{", "--", "role", "hash"):
        assert sign not in driver.messages()
    driver.qtbot.mouseClick(offers(driver)["Open run 1"], Qt.MouseButton.LeftButton)
    assert driver.window.runs_page.isVisible()
    assert driver.session.focus == 1
