"""What tests of the Models page share: a server that wants a key, and how a person gets around on the page."""

import csv
from collections.abc import Callable
from pathlib import Path

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from tests.ui.driver import Driver

OpenWindow = Callable[..., Driver]
SECRET = "sk-planted-in-the-window-0123456789"


def shown(open_window: OpenWindow) -> Driver:
    driver = open_window()
    driver.ready()
    driver.find(QAction, "page_models").trigger()
    assert driver.find(QWidget, "page_models").isVisible()
    return driver


def press(driver: Driver, name: str) -> None:
    button = driver.find(QPushButton, name)
    driver.wait(button.isEnabled)
    button.click()


def text(driver: Driver, name: str) -> str:
    return driver.find(QLabel, name).text()


def write_questions(path: Path) -> Path:
    """Writes a small file of questions and answers."""
    with path.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(["question", "answer"])
        rows.writerows([f"How much is {number} plus {number}?", 2 * number] for number in range(12))
    return path
