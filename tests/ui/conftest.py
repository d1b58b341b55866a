"""A real window on a real engine process, on the platform that needs no screen; and what it must not leave behind."""

import asyncio
import gc
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from qasync import QEventLoop

from evalstudio.evaluations.request import Options
from evalstudio.ui.shell.studio import Studio, open_studio
from evalstudio.workspace.folder import Workspace
from tests.engine.support import SENTIMENTS, engine_in, write_evaluation
from tests.engine.support import finish as finished
from tests.ui.driver import Driver, finish


@pytest.fixture
def loop(qapp: QApplication) -> Iterator[QEventLoop]:
    """qasync's loop, known as the running one: slots start their coroutines on it."""
    made = QEventLoop(qapp)
    made.set_exception_handler(lambda _, context: pytest.fail(str(context)))
    asyncio.events._set_running_loop(made)
    try:
        yield made
    finally:
        asyncio.events._set_running_loop(None)
        made.close()


@pytest.fixture(autouse=True)
def _settings_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EVALSTUDIO_CONFIG", str(tmp_path / "config"))
    monkeypatch.delenv("MAX_CONCURRENT_TASKS", raising=False)
    monkeypatch.setattr("evalstudio.ui.state.session.POLL_MS", 300)


@pytest.fixture(autouse=True)
def _nothing_left_behind(qapp: QApplication) -> Iterator[None]:
    """Fails a test that leaves a child process, a thread, or a timer that still ticks."""
    threads = {thread.ident for thread in threading.enumerate()}
    children = {child.pid for child in psutil.Process().children(recursive=True)}
    windows = set(map(id, qapp.topLevelWidgets()))
    yield
    qapp.sendPostedEvents(None, 52)  # DeferredDelete: what was told to go, goes now
    gc.collect()
    left = [thread.name for thread in threading.enumerate() if thread.ident not in threads]
    assert not left, f"threads left running: {left}"
    alive = [child for child in psutil.Process().children(recursive=True) if child.pid not in children]
    assert not alive, f"processes left running: {alive}"
    for widget in qapp.topLevelWidgets():
        if id(widget) not in windows:
            ticking = [timer for timer in widget.findChildren(QTimer) if timer.isActive()]
            assert not ticking, f"timers left ticking in {widget.objectName()}: {ticking}"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "workspace")


@pytest.fixture
def open_window(loop: QEventLoop, qtbot: object, workspace: Workspace) -> Iterator[Callable[..., Driver]]:
    """Opens windows on the test's workspace; all are closed in order at the end. `page`: another one than where it opens."""
    opened: list[Studio] = []

    def open_one(page: str | None = "runs") -> Driver:
        studio = open_studio(str(workspace.folder), lambda: None)
        opened.append(studio)
        if page is not None:
            studio.window.show_page(page)
        studio.window.show()
        driver = Driver(studio, qtbot, workspace)
        driver.wait(lambda: studio.window.is_complete)
        return driver

    yield open_one
    finish(loop, *opened)


MODEL = """
import time

def before(text, position):
    number = int(position)
    time.sleep(number * 7 % 10 / 1000)
    if number % 10 == 9:
        raise ValueError("no answer to this one")
    return {"text": "neutral" if number % 4 == 0 else label_of(text), "tokens_in": 12}


def after(text):
    time.sleep(0.001)
    return label_of(text)


def label_of(text):
    if "love" in text or "Great" in text:
        return "positive"
    return "negative" if "hate" in text else "neutral"
"""


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with two runs of 40 samples that the engine made: run 1 has errors and wrong answers, run 2 none."""
    folder = tmp_path_factory.mktemp("filled")
    (folder / "model.py").write_text(MODEL)
    rows = [
        {
            "text": f"{SENTIMENTS[number % 4][0]} ({number})",
            "label": SENTIMENTS[number % 4][1],
            "position": number,
        }
        for number in range(40)
    ]
    one = write_evaluation(folder, '"model.py::before"', name="words", rows=rows)
    two = Path(one).with_name("shorter.toml")
    two.write_text(
        Path(one)
        .read_text()
        .replace("model.py::before", "model.py::after")
        .replace("with one word", "shortly")
    )

    async def fill() -> None:
        async with engine_in(Workspace(folder / "workspace")) as (engine, _):
            for number, reference in enumerate((one, str(two)), start=1):
                run = await engine.start_run(reference, Options(experiment=f"words-{number}"))
                await finished(engine, run)

    asyncio.run(fill())
    return folder / "workspace"


@pytest.fixture
def open_filled(
    loop: QEventLoop, qtbot: object, filled: Path, tmp_path: Path
) -> Iterator[Callable[[], Driver]]:
    """Opens windows on a copy of the filled workspace."""
    place = Workspace(tmp_path / "filled")
    shutil.copytree(filled, place.folder)
    opened: list[Studio] = []

    def open_one() -> Driver:
        studio = open_studio(str(place.folder), lambda: None)
        opened.append(studio)
        studio.window.show_page("runs")
        studio.window.show()
        return Driver(studio, qtbot, place)

    yield open_one
    finish(loop, *opened)
