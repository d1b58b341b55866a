"""From the first screen to a result of an own endpoint on own data: counted clicks and fields in the real window."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QComboBox, QDialogButtonBox, QFileDialog, QLineEdit, QWidget

from evalstudio.core.run_state import RunState
from tests.ui.driver import Driver
from tests.ui.pages.models.support import SECRET, OpenWindow, text, write_questions

MOST_CLICKS, MOST_FIELDS = 9, 3


class Hand:
    """Counts what a person clicks and fills in."""

    def __init__(self, driver: Driver) -> None:
        self.driver = driver
        self.clicks = self.fields = 0

    def click(self, name: str) -> None:
        button = self.driver.find(QAbstractButton, name)
        self.driver.wait(lambda: button.isVisible() and button.isEnabled(), 8_000)
        self.driver.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        self.clicks += 1

    def fill(self, field: QWidget, words: str) -> None:
        """Types into the field that has the focus."""
        self.driver.wait(lambda: field.window().focusWidget() is field)
        self.driver.qtbot.keyClicks(field, words)
        self.fields += 1


def test_that_an_own_endpoint_gives_a_result_within_nine_clicks_and_three_fields(
    open_window: OpenWindow, server: str, tmp_path: Path
) -> None:
    questions = write_questions(tmp_path / "sums.csv")
    driver = open_window(None)
    driver.ready()
    hand = Hand(driver)
    hand.click("welcome_add_endpoint")
    hand.fill(driver.find(QLineEdit, "base_url"), server)
    driver.qtbot.keyClick(driver.find(QLineEdit, "base_url"), Qt.Key.Key_Tab)
    hand.fill(driver.find(QLineEdit, "key_secret"), SECRET)
    driver.qtbot.keyClick(driver.find(QLineEdit, "key_secret"), Qt.Key.Key_Return)
    driver.wait(lambda: driver.find(QComboBox, "model_id").currentText() == "instant")
    hand.click("save_model")
    driver.wait(lambda: "answered in" in text(driver, "model_result"))
    hand.click("models_import_dataset")
    dialog = driver.find(QFileDialog, "import_dialog")
    name = dialog.findChild(QLineEdit, "fileNameEdit")
    name.setText(str(questions))  # pasted: each key typed would open the list of completions
    hand.fields += 1
    accept = dialog.findChild(QDialogButtonBox).button(QDialogButtonBox.StandardButton.Open)
    driver.qtbot.mouseClick(accept, Qt.MouseButton.LeftButton)
    hand.clicks += 1
    hand.click("copy_dataset")
    hand.click("dataset_evaluation")
    hand.click("run_evaluation_button")
    driver.wait(lambda: driver.state() == RunState.COMPLETED)
    snapshot = driver.session.focused.snapshot
    assert snapshot is not None
    assert snapshot.model == "openai/instant"
    assert (snapshot.saved, snapshot.scores[0].n) == (12, 12)
    assert hand.clicks <= MOST_CLICKS
    assert hand.fields <= MOST_FIELDS
