"""What a start does before the window is to be seen, and what it leaves for after."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtGui import QStandardItemModel
from PySide6.QtWidgets import QComboBox, QHeaderView, QTableView, QWidget
from pytestqt.qtbot import QtBot
from qasync import QEventLoop

from evalstudio.core.run_state import RunState
from evalstudio.models.registry import save_models
from evalstudio.models.settings import ModelSettings
from evalstudio.settings.values import settings_path
from evalstudio.ui.records.record_cells import HEADINGS, MORE_SCORES
from evalstudio.ui.shell.studio import open_studio
from evalstudio.ui.state.engine_client import EngineState
from evalstudio.ui.state.model_book import ModelBook
from evalstudio.workspace.folder import Workspace
from tests.ui.driver import Driver, finish

FIRST_PAINT = """
import os, sys
from evalstudio.ui.shell import first_paint

def watched(window, call):
    def told():
        print(" ".join(sys.modules), flush=True)
        call()
    real(window, told)

real, first_paint.after_first_paint = first_paint.after_first_paint, watched
from evalstudio.ui.shell.main import main
sys.exit(main(sys.argv[1]))
"""
HEAVY = {
    "numpy",
    "pyqtgraph",
    "httpx",
    "pandas",
    "sqlite_utils",
    "jinja2",
    "click",
    "psutil",
    "evalstudio.engine",
}


def test_that_the_first_paint_waits_for_no_heavy_library(tmp_path: Path) -> None:
    """Half of a start was numpy and pyqtgraph, for charts that nobody sees yet."""
    environment = os.environ | {"EVALSTUDIO_CONFIG": str(tmp_path / "config")}
    process = subprocess.Popen(
        [sys.executable, "-c", FIRST_PAINT, str(tmp_path / "workspace")],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment,
    )  # fmt: skip
    assert process.stdout is not None
    loaded = set(process.stdout.readline().split())
    process.terminate()
    _, errors = process.communicate(timeout=30)
    assert process.returncode == 0, errors
    assert "evalstudio.ui.pages.home.page" in loaded
    assert not loaded & HEAVY
    assert not loaded & {
        f"evalstudio.ui.pages.{name}.page" for name in ("runs", "results", "compare", "models")
    }


def test_that_pages_made_late_know_what_was_told_before(
    loop: QEventLoop, qtbot: QtBot, filled: Path, tmp_path: Path
) -> None:
    place = Workspace(tmp_path / "late")
    shutil.copytree(filled, place.folder)
    driver = Driver(open_studio(str(place.folder), lambda: None), qtbot, place)  # never painted
    window, session = driver.window, driver.session
    assert window.findChild(QWidget, "welcome_area").isHidden(), (
        "there are runs: no welcome, not for a moment"
    )
    try:
        driver.wait(lambda: session.rows and session.engine.state is EngineState.READY)
        assert not window.is_complete
        assert window.home_page.overview.recent.rowCount() == 2
        assert window.runs_page.start_bar.start_button.isEnabled()
        assert window.is_complete
        driver.wait(lambda: driver.state() == RunState.COMPLETED)
        assert session.focus == 2
        window.show_page("results")
        window.show()
        table = driver.find(QTableView, "results_records")
        driver.wait(lambda: table.model().rowCount() == 40)
    finally:
        finish(loop, driver.studio)


def test_that_a_window_closed_at_once_forgets_no_places(
    loop: QEventLoop, qtbot: QtBot, workspace: Workspace
) -> None:
    def open_one() -> Driver:
        return Driver(open_studio(str(workspace.folder), lambda: None), qtbot, workspace)

    def kept() -> dict[str, object]:
        stored = QSettings(str(settings_path().with_name("window.ini")), QSettings.Format.IniFormat)
        return {name: stored.value(name) for name in stored.allKeys() if name != "geometry"}

    first = open_one()
    first.window.show_page("runs")
    first.window.show()
    first.window.runs_page.splitters[0].setSizes([300, 900])
    first.window.close()
    finish(loop, first.studio)
    places = kept()
    assert places
    second = open_one()
    second.window.close()
    assert not second.window.is_complete
    finish(loop, second.studio)
    assert kept() == places


def test_that_columns_are_restored_but_not_those_of_a_table_with_fewer(
    open_window: Callable[..., Driver],
) -> None:
    other = QTableView()
    other.setModel(QStandardItemModel(1, 5))
    driver = open_window("results")
    header = driver.find(QHeaderView, "results_records_columns")
    header.setSectionHidden(5, True)
    driver.window._machine.setValue("results_records_columns", other.horizontalHeader().saveState())
    driver.window._machine.setValue("results_records_columns-5", other.horizontalHeader().saveState())
    driver.window.close()
    again = open_window("results")
    header = again.find(QHeaderView, "results_records_columns")
    assert header.count() == len(HEADINGS) + MORE_SCORES
    assert header.isSectionHidden(5)


def test_that_a_workspace_without_runs_is_welcomed(
    loop: QEventLoop, qtbot: QtBot, workspace: Workspace
) -> None:
    finish_with_engine(loop, qtbot, workspace)  # it leaves a database, and no run in it
    assert workspace.database.exists()
    driver = Driver(open_studio(str(workspace.folder), lambda: None), qtbot, workspace)
    driver.window.show()
    area = driver.find(QWidget, "welcome_area")
    driver.wait(area.isVisible)
    finish(loop, driver.studio)


def finish_with_engine(loop: QEventLoop, qtbot: QtBot, workspace: Workspace) -> None:
    driver = Driver(open_studio(str(workspace.folder), lambda: None), qtbot, workspace)
    driver.ready()
    finish(loop, driver.studio)


@pytest.mark.parametrize("early", [True, False])
def test_that_own_models_are_offered_however_early_they_were_read(
    open_window: Callable[..., Driver], workspace: Workspace, monkeypatch: pytest.MonkeyPatch, early: bool
) -> None:
    """An engine that is ready before the pages are made has its models read before anybody listens."""
    workspace.folder.mkdir(parents=True, exist_ok=True)
    save_models(workspace, {"my own": ModelSettings("openai", "m", "http://127.0.0.1:9/v1")})
    made = ModelBook.__init__

    def read_at_once(self: ModelBook, *values: object) -> None:
        made(self, *values)  # type: ignore[arg-type]
        self.load()

    if early:
        monkeypatch.setattr(ModelBook, "__init__", read_at_once)
    driver = open_window()
    driver.ready()
    model = driver.find(QComboBox, "model")
    driver.wait(lambda: model.findText("my own") >= 0)
    of_evaluation = driver.find(QComboBox, "eval_model")
    driver.wait(lambda: of_evaluation.findText("my own") >= 0)
