"""Drives a window as a person would: finds things by name, presses them, and waits for what comes of it."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

import pytest
from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QComboBox, QPlainTextEdit, QSpinBox, QToolButton, QWidget
from qasync import QEventLoop

from evalstudio.store.reader import Reader
from evalstudio.ui.shell.main_window import MainWindow
from evalstudio.ui.shell.studio import Studio
from evalstudio.ui.state.engine_client import EngineState
from evalstudio.ui.state.session import Session
from evalstudio.workspace.folder import Workspace

Kind = TypeVar("Kind", bound=QObject)
START_MS = 20_000
RUN_MS = 30_000


class Driver:
    """Finds what a person would find, by name, and waits for what they would wait for."""

    def __init__(self, studio: Studio, qtbot: object, workspace: Workspace) -> None:
        self.studio = studio
        self.qtbot = qtbot
        self.workspace = workspace

    @property
    def window(self) -> MainWindow:
        return self.studio.window

    @property
    def session(self) -> Session:
        return self.studio.session

    def find(self, kind: type[Kind], name: str) -> Kind:
        found = self.window.findChild(kind, name)
        assert found is not None, f"there is no {kind.__name__} called {name}"
        return found

    def wait(self, holds: Callable[[], object], milliseconds: int = RUN_MS) -> None:
        try:
            self.qtbot.waitUntil(lambda: bool(holds()), timeout=milliseconds)  # type: ignore[attr-defined]
        except self.qtbot.TimeoutError as error:  # type: ignore[attr-defined]
            what = f"state '{self.state()}', messages {self.messages()!r}"
            pytest.fail(f"{error}; {what}, log:\n{self.window.log.last_lines(20)}")

    def ready(self) -> None:
        self.wait(lambda: self.session.engine.state is EngineState.READY, START_MS)

    def state(self) -> str:
        model = self.session.focused
        return str(model.snapshot.state) if model is not None and model.snapshot is not None else ""

    def saved(self) -> int:
        model = self.session.focused
        return model.snapshot.saved if model is not None and model.snapshot is not None else 0

    def in_flight(self) -> int:
        model = self.session.focused
        return model.snapshot.in_flight if model is not None and model.snapshot is not None else 0

    def messages(self) -> str:
        return "\n".join(item.notice.text for item in self.window.messages.items())

    def reader(self) -> Reader:
        return Reader(self.workspace)


def finish(loop: QEventLoop, *studios: Studio) -> None:
    """Closes windows and waits for their engines' end; does nothing the second time.

    All in one turn of the loop: what qasync lets run after it has no running loop, and must not be of a window.
    """

    async def close() -> None:
        for studio in studios:
            await studio.close()

    if all(studio.is_closed for studio in studios):
        return
    asyncio.events._set_running_loop(None)
    try:
        loop.run_until_complete(close())
    finally:
        asyncio.events._set_running_loop(loop)


def click(driver: Driver, name: str) -> None:
    """Presses a tool button as soon as it may be pressed."""
    button = driver.find(QToolButton, f"{name}_button")
    driver.wait(button.isEnabled)
    driver.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def choose(driver: Driver, evaluation: str, model: str = "", samples: int = 0) -> None:
    """Chooses what the next run evaluates; 0 samples are all."""
    box = driver.find(QComboBox, "evaluation")
    box.setCurrentIndex(box.findText(evaluation))
    if model:
        driver.find(QComboBox, "model").setCurrentText(model)
    driver.find(QSpinBox, "samples").setValue(samples)


def text_of(driver: Driver, name: str) -> str:
    """The text of a multi-line field."""
    return driver.find(QPlainTextEdit, name).toPlainText()


def press(driver: Driver, kind: type[QWidget], name: str) -> None:
    """Presses a button of any kind as soon as it may be pressed."""
    button = driver.find(kind, name)
    driver.wait(button.isEnabled)
    driver.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
