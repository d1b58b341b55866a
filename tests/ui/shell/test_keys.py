"""The window by its keys: palette, list of keys, guide, back and forward, size of text, and access keys."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLineEdit, QListView, QMenu, QWidget

from evalstudio.ui.kit.actions import COMMANDS
from evalstudio.ui.kit.quiet_style import QuietStyle
from evalstudio.ui.kit.sheet import Sheet
from evalstudio.ui.shell.palette import Palette
from evalstudio.ui.shell.palette_entries import entries_of
from evalstudio.workspace.folder import Workspace
from tests.ui.driver import Driver

OpenWindow = Callable[..., Driver]
CTRL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier
Keys = Qt.Key


def opened(open_window: OpenWindow) -> Driver:
    driver = open_window()
    driver.ready()
    driver.window.activateWindow()
    driver.wait(driver.window.isActiveWindow)
    return driver


def page(driver: Driver) -> str:
    return driver.window._pages.currentWidget().objectName()


def test_that_the_palette_goes_to_a_page_and_starts_a_command_by_keys(open_window: OpenWindow) -> None:
    driver = opened(open_window)
    window, key = driver.window, driver.qtbot.keyClick
    for typed, then in (("comp", "page_compare"), ("evaluatons", "page_evaluations"), ("runs", "page_runs")):
        key(window, Keys.Key_K, CTRL)
        field = driver.find(QLineEdit, "palette_field")
        driver.qtbot.keyClicks(field, typed)
        key(field, Keys.Key_Return)
        driver.wait(lambda: window.findChild(Palette) is None)
        assert page(driver) == then
    key(window, Keys.Key_K, CTRL)
    field = driver.find(QLineEdit, "palette_field")
    first = driver.find(QListView, "palette_results").currentIndex().data()
    assert first == "Runs, Page"  # what was used last
    key(field, Keys.Key_Escape)
    driver.wait(lambda: window.findChild(Palette) is None)


def test_that_back_forward_text_and_keys_have_keys(open_window: OpenWindow) -> None:
    driver = opened(open_window)
    window, key = driver.window, driver.qtbot.keyClick
    key(window, Keys.Key_4, CTRL)
    key(window, Keys.Key_7, CTRL)
    assert page(driver) == "page_models"
    key(window, Keys.Key_Left, ALT)
    assert page(driver) == "page_compare"
    key(window, Keys.Key_Right, ALT)
    assert page(driver) == "page_models"
    before = driver.session.settings.text_scale
    key(window, Keys.Key_Plus, CTRL)
    assert driver.session.settings.text_scale == before + 10
    key(window, Keys.Key_Minus, CTRL)
    assert driver.session.settings.text_scale == before
    seen: list[QUrl] = []
    window._help.browse = seen.append
    key(window, Keys.Key_F1)
    assert seen[0].fileName() == "first-run.html"
    key(window, Keys.Key_Question, CTRL)
    sheet = driver.find(Sheet, "key_list")
    assert sheet.isVisible()
    assert driver.find(QWidget, "scrim").isVisible()
    key(sheet, Keys.Key_Escape)
    driver.wait(lambda: window.findChild(Sheet) is None)
    driver.wait(lambda: window.findChild(QWidget, "scrim") is None)


def test_that_access_keys_are_underlined_while_alt_is_held(open_window: OpenWindow) -> None:
    driver = opened(open_window)
    assert not QuietStyle.shows_access_keys
    driver.qtbot.keyPress(driver.window, Keys.Key_Alt)
    assert QuietStyle.shows_access_keys
    driver.qtbot.keyRelease(driver.window, Keys.Key_Alt)
    assert not QuietStyle.shows_access_keys


def test_that_every_command_is_in_its_menu_in_the_palette_and_does_something(open_window: OpenWindow) -> None:
    driver = opened(open_window)
    window = driver.window
    offered = {entry.key for entry in entries_of(window, driver.session, window.actions_)}
    menus = {menu.objectName(): menu for menu in window.menuBar().findChildren(QMenu)}
    for command in COMMANDS:
        action = driver.find(QAction, command.name)
        name = (command.group or command.menu).strip("&").lower()
        assert action in menus[f"menu_{name}"].actions(), command.name
        assert f"command:{command.name}" in offered
        assert action.receivers("2triggered(bool)") > 0, f"{command.name} does nothing"


def test_that_the_palette_finds_datasets_and_benchmarks_and_prepares_one(
    open_window: OpenWindow, workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = tmp_path / "lm-eval-9.json"
    index.write_text('{"made_up_sums": {"kind": "TASK", "dataset": "someone/sums"}}')
    monkeypatch.setattr("evalstudio.ui.shell.palette_entries.latest_index", lambda: index)
    workspace.datasets.mkdir(parents=True)
    (workspace.datasets / "pears.csv").write_text("text,label\nripe,yes\n")
    driver = open_window(None)
    driver.ready()
    window, key = driver.window, driver.qtbot.keyClick
    window.complete()
    driver.wait(lambda: window.datasets_page.list.count() == 1)
    for typed, found in (("pears", "pears.csv, Dataset"), ("made up", "made_up_sums, Benchmark")):
        driver.find(QAction, "palette").trigger()
        field = driver.find(QLineEdit, "palette_field")
        driver.qtbot.keyClicks(field, typed)
        assert driver.find(QListView, "palette_results").currentIndex().data() == found
        key(field, Keys.Key_Return)
        driver.wait(lambda: window.findChild(Palette) is None)
    assert page(driver) == "page_runs"
    assert window.runs_page.start_bar.choice.evaluation == "lm-eval:made_up_sums"
