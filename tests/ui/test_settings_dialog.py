"""The settings: a draft until applied, checked as typed, in force at once."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton

from evalstudio.concurrency import Adaptive, SlidingWindow, Strategy
from evalstudio.settings import Settings, load_settings
from evalstudio.ui.dialogs.settings import SettingsDialog
from evalstudio.ui.theme import theme
from tests.ui.conftest import Driver
from tests.ui.test_runs_page import choose, click

OpenWindow = Callable[[], Driver]


def opened(driver: Driver) -> SettingsDialog:
    driver.window.actions_["settings"].trigger()
    return driver.find(SettingsDialog, "settings_dialog")


STRATEGIES: list[Strategy | None] = [
    None,
    SlidingWindow(33),
    Adaptive(initial=4, min=2, max=40),
    Adaptive(max=9),
    Adaptive(min=3),
]


def test_that_every_field_makes_the_round_trip(open_window: OpenWindow) -> None:
    driver = open_window()
    dialog = opened(driver)
    for strategy in STRATEGIES:
        wanted = Settings(ceiling=77, workers=5, strategy=strategy, theme="dark", python="/somewhere/python")
        dialog.show_settings(wanted)
        assert dialog.draft() == wanted
    driver.qtbot.mouseClick(dialog.findChild(QPushButton, "settings_ok"), Qt.MouseButton.LeftButton)
    assert load_settings() == (wanted, None)
    assert driver.session.settings == wanted
    assert theme().is_dark


def test_that_cancel_changes_nothing(open_window: OpenWindow) -> None:
    driver = open_window()
    dialog = opened(driver)
    dialog.ceiling.setValue(3)
    dialog.theme.setCurrentIndex(2)
    driver.qtbot.mouseClick(dialog.findChild(QPushButton, "settings_cancel"), Qt.MouseButton.LeftButton)
    assert driver.session.settings == Settings()
    assert load_settings() == (Settings(), None)


def test_that_what_cannot_work_is_said_while_typed_and_cannot_be_applied(open_window: OpenWindow) -> None:
    driver = open_window()
    dialog = opened(driver)
    apply = dialog.findChild(QPushButton, "settings_apply")
    assert not apply.isEnabled()
    dialog.maximum.setValue(10)
    assert apply.isEnabled()
    dialog.minimum.setValue(20)
    assert "min is 20 and max is 10" in dialog.findChild(QLabel, "settings_problem").text()
    assert not apply.isEnabled()
    assert not dialog.findChild(QPushButton, "settings_ok").isEnabled()
    dialog.minimum.setValue(5)
    assert apply.isEnabled()


def test_that_the_ceiling_acts_on_a_run_in_work_within_a_second(open_window: OpenWindow) -> None:
    driver = open_window()
    choose(driver, "sentiment", "demo/one-second", 60)
    click(driver, "start")
    driver.wait(lambda: driver.in_flight() == 8)
    dialog = opened(driver)
    dialog.ceiling.setValue(3)
    driver.qtbot.mouseClick(dialog.findChild(QPushButton, "settings_apply"), Qt.MouseButton.LeftButton)
    driver.wait(lambda: driver.session.focused.snapshot.ceiling == 3, 1_000)
    driver.wait(lambda: driver.in_flight() == 3)
    assert "ceiling" in driver.find(QLabel, "run_binding").text()
    click(driver, "stop")
    driver.wait(lambda: driver.state() == "stopped")


def test_that_the_theme_follows_the_menu_at_once(open_window: OpenWindow) -> None:
    driver = open_window()
    driver.window.actions_["theme_dark"].trigger()
    assert theme().is_dark
    driver.wait(lambda: driver.window.palette().window().color().name() == theme().tokens.window, 1_000)
    driver.window.actions_["theme_light"].trigger()
    assert not theme().is_dark
