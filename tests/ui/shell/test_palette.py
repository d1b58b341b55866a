"""The palette finds everything, what was used last first, quickly; the keys, the guide and the pages' history."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLineEdit, QListView, QPlainTextEdit, QWidget

from benchmarks.palette import entries
from evalstudio.ui.kit.actions import COMMANDS, MENUS
from evalstudio.ui.kit.sheet import Sheet
from evalstudio.ui.settings.settings import SettingsDialog
from evalstudio.ui.shell.finder import MOST, Entry, Finder
from evalstudio.ui.shell.guide import PAGES, write_guide
from evalstudio.ui.shell.palette import Palette
from tests.ui.driver import Driver

Opened = Callable[..., Driver]


def entry(title: str, kind: str = "Command", detail: str = "") -> Entry:
    return Entry(f"{kind}:{title}", title, kind, lambda: None, detail)


ENTRIES = [
    entry("Start", detail="Start the chosen evaluation as a new run"), entry("Stop", detail="End the run now"),
    entry("Runs", "Page", "Live runs"), entry("Results", "Page"), entry("Settings"), entry("Dark"),
    entry("Adaptive maximum", "Setting", "Never goes above it"), entry("Window size", "Setting"), entry("Text size", "Setting"),
    entry("sentiment-1 · 1", "Run", "sentiment · demo/fast · completed"), entry("sentiment-12 · 9", "Run", "sentiment · demo/flaky"),
    entry("arithmetic", "Evaluation"), entry("reviews.csv", "Dataset"), entry("openai/gpt-4o-mini", "Model"), entry("Export the run"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("star", "Start"), ("START", "Start"), ("runs", "Runs"), ("sett", "Settings"), ("text size", "Text size"),
        ("size text", "Text size"), ("adaptve", "Adaptive maximum"), ("arithmetci", "arithmetic"), ("sentimnet", "sentiment-1 · 1"),
        ("flaky", "sentiment-12 · 9"), ("gpt", "openai/gpt-4o-mini"), ("dataset", "reviews.csv"), ("export", "Export the run"),
        ("maximum", "Adaptive maximum"), ("setings", "Settings"),
    ],
)  # fmt: skip
def test_that_what_is_typed_finds(typed: str, first: str) -> None:
    assert Finder(ENTRIES).find(typed, {})[0].title == first


@pytest.mark.parametrize(
    "typed",
    ["zzz", "start stop", "qqqqqq", "12345", "xy", "résumé", "startstop", "a b c d e z", "…", "  x9 "],
)
def test_that_what_is_nowhere_is_not_found(typed: str) -> None:
    assert Finder(ENTRIES).find(typed, {}) == []


def test_that_what_was_used_last_comes_first() -> None:
    finder = Finder(ENTRIES)
    assert finder.find("sentiment", {})[0].title == "sentiment-1 · 1"
    assert finder.find("sentiment", {"Run:sentiment-12 · 9": 0})[0].title == "sentiment-12 · 9"
    assert [one.title for one in finder.find("", {"Page:Results": 0, "Command:Dark": 1})[:3]] == [
        "Results",
        "Dark",
        "Start",
    ]


def test_that_one_of_ten_thousand_objects_is_found_by_its_name_a_part_and_a_misspelling() -> None:
    finder = Finder([*ENTRIES, *entries(10_000)])  # how long it takes: python -m benchmarks.palette
    for typed, first in (
        ("experiment-7777", "experiment-7777 · 7777"), ("· 31", "experiment-31 · 31"), ("expermint", "experiment-0 · 0"),
        ("setings", "Settings"),
    ):  # fmt: skip
        assert finder.find(typed, {})[0].title == first
    assert len(finder.find("experiment", {})) == MOST
    assert finder.find("zzzz", {}) == []


def test_that_every_command_is_in_a_menu_the_palette_and_the_keys(open_window: Opened) -> None:
    driver = open_window()
    window = driver.window
    for command in COMMANDS:
        action = driver.find(QAction, command.name)
        assert any(
            action in menu.actions()
            for menu in window.menuBar().findChildren(QWidget)
            if menu.objectName().startswith("menu_")
        )
        assert len(action.shortcuts()) == len(command.shortcuts)
    assert {command.menu for command in COMMANDS} == set(MENUS)
    keys = [shortcut for command in COMMANDS for shortcut in command.shortcuts]
    assert len(set(keys)) == len(keys)
    for menu in MENUS:
        letters = [
            text[text.index("&") + 1].lower()
            for command in COMMANDS
            if command.menu == menu and not command.group and "&" in (text := command.text)
        ]
        assert len(set(letters)) == len(letters), menu
    driver.find(QAction, "keys").trigger()
    sheet = driver.find(Sheet, "key_list")
    assert sum("Ctrl" in label.text() for label in sheet.findChildren(QWidget) if hasattr(label, "text")) > 20
    sheet.reject()


def test_that_the_palette_opens_runs_what_is_chosen_and_gives_the_focus_back(open_window: Opened) -> None:
    driver = open_window()
    window = driver.window
    experiment = driver.find(QLineEdit, "experiment")
    experiment.setFocus()
    driver.find(QAction, "palette").trigger()
    field = driver.find(QLineEdit, "palette_field")
    view = driver.find(QListView, "palette_results")
    driver.qtbot.keyClicks(field, "adaptive maximum")
    assert view.currentIndex().data().startswith("Adaptive maximum")
    driver.qtbot.keyClick(field, Qt.Key.Key_Return)
    dialog = driver.find(SettingsDialog, "settings_dialog")
    assert dialog.isVisible()
    dialog.reject()
    driver.wait(lambda: window.findChild(Palette) is None)
    driver.find(QAction, "palette").trigger()
    field = driver.find(QLineEdit, "palette_field")
    assert driver.find(QListView, "palette_results").currentIndex().data().startswith("Adaptive maximum")
    driver.qtbot.keyClick(field, Qt.Key.Key_Escape)
    driver.wait(lambda: window.findChild(Palette) is None)
    driver.find(QAction, "palette").trigger()
    field = driver.find(QLineEdit, "palette_field")
    driver.qtbot.keyClicks(field, "sentiment")
    titles = [
        view.model().index(row, 0).data()
        for view in [driver.find(QListView, "palette_results")]
        for row in range(view.model().rowCount())
    ]
    assert "sentiment, Evaluation" in titles
    driver.qtbot.keyClick(field, Qt.Key.Key_Escape)


def test_that_pages_go_back_and_forward(open_window: Opened) -> None:
    driver = open_window()
    shown = driver.window._pages
    for name in ("models", "compare"):
        driver.window.show_page(name)
    back, forward = driver.find(QAction, "back"), driver.find(QAction, "forward")
    assert not forward.isEnabled()
    back.trigger()
    assert shown.currentWidget().objectName() == "page_models"
    back.trigger()
    assert shown.currentWidget().objectName() == "page_runs"
    forward.trigger()
    assert shown.currentWidget().objectName() == "page_models"
    driver.window.show_page("home")
    assert not forward.isEnabled()


def test_that_text_changes_by_keys_within_its_limits(open_window: Opened) -> None:
    driver = open_window()
    before = driver.session.settings.text_scale
    driver.find(QAction, "text_larger").trigger()
    assert driver.session.settings.text_scale == before + 10
    for _ in range(5):
        driver.find(QAction, "text_smaller").trigger()
    assert driver.session.settings.text_scale == 75
    driver.window._theme.scale(100)


def test_that_the_guide_opens_without_a_network_and_a_report_holds_no_data(
    open_window: Opened, tmp_path: Path
) -> None:
    driver = open_window()
    seen: list[QUrl] = []
    driver.window._help.browse = seen.append
    driver.find(QAction, "guide").trigger()
    driver.find(QAction, "log_folder").trigger()
    guide, logs = seen
    assert guide.isLocalFile()
    assert Path(guide.toLocalFile()).parent.stat().st_mode & 0o077 == 0, "nobody else can plant a page"
    assert "<h1" in Path(guide.toLocalFile()).read_text("utf-8")
    assert logs.toLocalFile() == str(driver.workspace.logs)
    driver.find(QAction, "report").trigger()
    text = driver.find(QPlainTextEdit, "report_text").toPlainText()
    assert text.startswith("EvalStudio ")
    assert str(driver.workspace.folder) not in text
    driver.find(QAction, "licences").trigger()
    listed = driver.find(QPlainTextEdit, "licences_text").toPlainText()
    assert "PySide6" in listed
    assert "SIL OPEN FONT LICENSE" in listed.upper()
    for sheet in driver.window.findChildren(Sheet):
        sheet.reject()


def test_that_every_page_of_the_guide_is_written_and_its_links_lead_somewhere(
    tmp_path: Path, qapp: object
) -> None:

    folder = tmp_path / "guide"
    write_guide(folder)
    pages = {path.stem: path.read_text("utf-8") for path in folder.glob("*.html")}
    assert set(pages) == set(PAGES)
    for name, text in pages.items():
        for link in re.findall(r'href="([^"]+)"', text):
            target = link.partition("#")[0]
            assert link.startswith("http") or not target or target.removesuffix(".html") in pages, (
                name,
                link,
            )
        assert "<script" not in text
