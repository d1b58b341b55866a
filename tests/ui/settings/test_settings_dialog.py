"""The settings: a draft until applied, checked as typed, in force at once."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QToolButton,
    QWidget,
)

from evalstudio.concurrency import Adaptive, Sequential, SlidingWindow, Strategy
from evalstudio.settings.schema import FIELDS
from evalstudio.settings.values import (
    DEFAULTS,
    Settings,
    changed,
    import_settings,
    load_settings,
    settings_of,
    values_of,
)
from evalstudio.ui.kit.theme import theme
from evalstudio.ui.settings.settings import SettingsDialog
from tests.engine.support import write_evaluation
from tests.settings.support import OTHER, with_value
from tests.ui.driver import Driver, choose, click

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
    Adaptive(p95=2.5, first_token_p95=0.5),
    Adaptive(),
    Sequential(),
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
    assert "concurrency limit" in driver.find(QLabel, "run_binding").text()
    click(driver, "stop")
    driver.wait(lambda: driver.state() == "stopped")


def test_that_the_theme_follows_the_menu_at_once(open_window: OpenWindow) -> None:
    driver = open_window()
    driver.window.actions_["theme_dark"].trigger()
    assert theme().is_dark
    driver.wait(lambda: driver.window.palette().window().color().name() == theme().tokens.window, 1_000)
    driver.window.actions_["theme_light"].trigger()
    assert not theme().is_dark


def press(driver: Driver, dialog: SettingsDialog, name: str) -> None:
    button = dialog.findChild(QPushButton, name) or dialog.findChild(QToolButton, name)
    assert button.isEnabled(), name
    driver.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def test_that_every_field_of_the_schema_is_shown_applied_and_reset(open_window: OpenWindow) -> None:
    driver = open_window()
    dialog = opened(driver)
    for field in FIELDS:
        if field.key in ("workspace", "python"):
            continue  # the same editor as the log folder; they would change what the next test starts
        wanted = settings_of(with_value(field.key))
        dialog.show_settings(wanted)
        row = dialog.rows[field.key]
        assert row.value == OTHER[field.key], field.key
        assert row.source.text() == "not applied yet"
        assert dialog.apply()
        assert load_settings() == (wanted, None)
        assert row.source.text() == "settings"
        if row.editor.isEnabled():
            row.reset.click()
            assert row.value == DEFAULTS[field.key]
        dialog.show_settings(Settings())
        dialog.apply()
    assert load_settings() == (Settings(), None)


def test_that_adaptive_is_one_switch(open_window: OpenWindow) -> None:
    driver = open_window()
    dialog = opened(driver)
    box = dialog.findChild(QCheckBox, "setting_adaptive")
    assert box.isChecked()
    box.click()
    assert isinstance(dialog.draft().strategy, SlidingWindow)
    assert dialog.window_size.isEnabled()
    assert not dialog.maximum.isEnabled()
    box.click()
    assert dialog.draft().strategy is None
    dialog.maximum.setValue(12)
    assert dialog.draft().strategy == Adaptive(max=12)


def test_that_a_preset_fills_the_window_and_another_value_is_warned_of(open_window: OpenWindow) -> None:
    driver = open_window()
    dialog = opened(driver)
    presets = dialog.findChild(QComboBox, "preset")
    warning = dialog.findChild(QLabel, "preset_warning")
    presets.setCurrentIndex(presets.findData("Anthropic"))
    press(driver, dialog, "use_preset")
    assert dialog.draft().strategy == SlidingWindow(5)
    assert not warning.isVisibleTo(dialog)
    assert "begin with 5" in dialog.findChild(QLabel, "preset_reason").text()
    dialog.window_size.setValue(40)
    assert "above the 5–10 of Anthropic" in warning.text()
    assert dialog.findChild(QPushButton, "settings_ok").isEnabled()  # it forbids nothing
    assert "cores" in dialog.findChild(QLabel, "factor_0").text()
    assert ".." not in "".join(dialog.findChild(QLabel, f"factor_{row}").text() for row in range(4))


def test_that_a_value_that_cannot_work_is_marked_and_can_be_reset(open_window: OpenWindow) -> None:
    dialog = opened(open_window())
    dialog.rows["adaptive_min"].set_value(50)
    dialog.rows["adaptive_max"].set_value(4)
    assert "min is 50 and max is 4" in dialog.findChild(QLabel, "settings_problem").text()
    assert dialog.findChild(QLabel, "source_adaptive_max").text() == "not applied yet"
    dialog.findChild(QToolButton, "reset_adaptive_max").click()
    assert dialog.findChild(QLabel, "settings_problem").text() == ""


@pytest.mark.parametrize("scale", [100, 150])
def test_that_no_section_is_wider_than_there_is_room(open_window: OpenWindow, scale: int) -> None:
    driver = open_window()
    try:
        driver.session.change_settings(changed(driver.session.settings, text_scale=scale))
        dialog = opened(driver)
        area = dialog.findChild(QScrollArea, "settings_scroll")
        row = dialog.rows["strategy"]
        row.show_source("run 12: Sliding window 8 (default: the worker count)", "muted")
        for _ in range(20):
            QApplication.processEvents()
        right = row.reset.mapTo(area.viewport(), row.reset.rect().topRight()).x()
        assert right < area.viewport().width()
        assert dialog.width() <= 1_200
        dialog.reject()
    finally:
        theme().scale(100)


def test_that_search_finds_a_setting_in_any_section(open_window: OpenWindow) -> None:
    driver = open_window()
    dialog = opened(driver)
    search = dialog.findChild(QLineEdit, "settings_search")

    def shown() -> set[str]:
        return {key for key, row in dialog.rows.items() if row.editor.isVisible()}

    assert shown() == {field.key for field in FIELDS if field.section == "Concurrency"}
    search.setText("first TOKEN")
    assert shown() == {"first_token", "adaptive_first_token_p95"}
    for words in ("retry", "timeouts", "time-out"):  # another form than the section's
        search.setText(words)
        assert {"attempts", "connect"} <= shown()
    search.setText("telemetry")
    assert shown() == set()
    assert "no telemetry" in dialog.findChild(QLabel, "about_privacy").text()
    assert dialog.findChild(QLabel, "about_privacy").isVisible()
    search.setText("nothing of that name")
    assert dialog.findChild(QLabel, "settings_nothing").isVisible()
    search.clear()
    assert "ceiling" in shown()


def test_that_settings_are_exported_and_imported_as_a_draft(open_window: OpenWindow, tmp_path: Path) -> None:
    driver = open_window()
    dialog = opened(driver)
    wanted = settings_of(DEFAULTS | {"ceiling": 31, "rates": OTHER["rates"], "budget": 2.5})
    dialog.show_settings(wanted)
    dialog.export_to(str(tmp_path / "mine.json"))
    assert import_settings(tmp_path / "mine.json") == wanted
    dialog.show_settings(Settings())
    dialog.import_from(str(tmp_path / "mine.json"))
    assert dialog.draft() == wanted
    assert driver.session.settings == Settings()  # until it is applied
    (tmp_path / "bad.json").write_text('{"ceiling": 0}')
    dialog.import_from(str(tmp_path / "bad.json"))
    assert "bad.json holds no settings" in dialog.findChild(QLabel, "settings_problem").text()
    dialog.rows["rates"].editor.item(0, 1).setText("many")
    assert "'many' is no number" in dialog.findChild(QLabel, "settings_problem").text()
    assert not dialog.findChild(QPushButton, "settings_apply").isEnabled()


def test_that_a_value_from_the_environment_is_told(
    open_window: OpenWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAX_CONCURRENT_TASKS", "12")
    driver = open_window()
    dialog = opened(driver)
    assert dialog.rows["ceiling"].source.text() == "in force: 12 (environment, MAX_CONCURRENT_TASKS)"
    assert dialog.rows["workspace"].source.text().endswith("(option --workspace)")


def test_that_a_running_engine_returns_to_no_default_strategy(
    open_window: OpenWindow, tmp_path: Path
) -> None:
    driver = open_window()
    driver.ready()
    driver.window.runs_page.start_bar.add_file(write_evaluation(tmp_path, '"demo/one-second"', 90))
    click(driver, "start")
    driver.wait(lambda: driver.in_flight() >= 2)
    dialog = opened(driver)
    combo = dialog.findChild(QComboBox, "setting_strategy")
    for choice, words in (("sequential", "Sequential"), ("automatic", "Adaptive")):
        combo.setCurrentIndex(combo.findData(choice))
        press(driver, dialog, "settings_apply")
        driver.wait(
            lambda words=words: type(driver.session.focused.snapshot.strategy).__name__ == words, 1_500
        )
    click(driver, "stop")
    driver.wait(lambda: driver.state() == "stopped")


def test_that_an_interpreter_is_looked_at_without_waiting(open_window: OpenWindow, tmp_path: Path) -> None:
    driver = open_window()
    driver.ready()
    dialog = opened(driver)
    result = dialog.findChild(QLabel, "python_result")
    no_python = tmp_path / "no-python"
    no_python.write_text("#!/bin/sh\necho nonsense\n")
    no_python.chmod(0o755)
    for path, words in (
        (sys.executable, "it can run the engine"),
        (str(tmp_path / "nothing"), "can't be started"),
        (str(no_python), "no Python that can run the engine"),
    ):
        dialog.python.setText(path)
        assert path in dialog.findChild(QLineEdit, "python_install").text()
        dialog.check.check()
        driver.wait(lambda words=words: words in result.text())
    dialog.python.setText(sys.executable)
    assert "it can run the engine" in result.text()  # remembered


def test_that_text_grows_and_shrinks_at_once(open_window: OpenWindow) -> None:
    driver = open_window()
    title = driver.find(QLabel, "engine_state")
    before = title.fontInfo().pointSizeF()
    dialog = opened(driver)
    dialog.rows["text_scale"].set_value(150)
    dialog.apply()
    driver.wait(lambda: title.fontInfo().pointSizeF() == pytest.approx(before * 1.5, rel=0.05))
    dialog.rows["text_scale"].set_value(100)
    dialog.apply()
    driver.wait(lambda: title.fontInfo().pointSizeF() == pytest.approx(before, rel=0.05))


def test_that_the_keys_go_from_field_to_field(open_window: OpenWindow) -> None:
    driver = open_window()
    dialog = opened(driver)
    names = []
    dialog.findChild(QLineEdit, "settings_search").setFocus()
    for _ in range(40):
        QTest.keyClick(dialog.focusWidget() or dialog, Qt.Key.Key_Tab)
        at: QWidget | None = dialog.focusWidget()
        names.append(at.objectName() if at is not None else "")
    wanted = ["settings_tabs", "setting_adaptive", "setting_strategy", "setting_workers", "setting_ceiling", "settings_ok"]  # fmt: skip
    places = [names.index(name) for name in wanted]
    assert places == sorted(places)
    assert values_of(dialog.draft()) == DEFAULTS


def test_that_processes_times_threads_are_told_as_calls_at_once(open_window: OpenWindow) -> None:
    driver = open_window()
    dialog = opened(driver)
    texts = lambda: " ".join(label.text() for label in dialog.findChildren(QLabel))  # noqa: E731
    assert "12 calls at once" not in texts()
    dialog.rows["processes"].set_value(3)
    dialog.rows["threads_per_process"].set_value(4)
    assert "3 processes x 4 threads: 12 calls at once." in texts()
    dialog.rows["processes"].set_value(999)
    assert "are usual" in texts()


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter])
@pytest.mark.parametrize("field", ["ceiling", "minimum", "maximum", "workers"])
def test_that_enter_in_a_field_presses_ok_and_nothing_else(
    open_window: OpenWindow, field: str, key: Qt.Key
) -> None:
    driver = open_window()
    dialog = opened(driver)
    dialog.show_settings(Settings(strategy=Adaptive()))
    box = getattr(dialog, field)
    pressed: list[str] = []
    for button in dialog.findChildren(QPushButton):
        button.clicked.connect(lambda *_, button=button: pressed.append(button.objectName() or button.text()))
    box.setFocus()
    driver.qtbot.keyClick(box, key)
    assert pressed == ["settings_ok"]
    assert load_settings()[0].strategy == Adaptive()


def test_that_enter_presses_the_button_that_has_the_focus(open_window: OpenWindow) -> None:
    driver = open_window()
    dialog = opened(driver)
    dialog.ceiling.setValue(3)
    cancel = dialog.findChild(QPushButton, "settings_cancel")
    cancel.setFocus()
    driver.qtbot.keyClick(cancel, Qt.Key.Key_Return)
    assert load_settings() == (Settings(), None)


def test_that_changes_of_the_draft_are_undone_one_by_one(open_window: OpenWindow) -> None:
    driver = open_window()
    dialog = opened(driver)
    before = dialog.draft()
    control = Qt.KeyboardModifier.ControlModifier
    dialog.ceiling.setFocus()
    driver.qtbot.keyClick(dialog.ceiling, Qt.Key.Key_Up)
    driver.qtbot.keyClick(dialog.ceiling, Qt.Key.Key_Up)
    QApplication.processEvents()
    with_ceiling = dialog.draft()
    assert with_ceiling == changed(before, ceiling=before.ceiling + 2)
    strategy = dialog.rows["strategy"].editor
    assert isinstance(strategy, QComboBox)
    strategy.setFocus()
    strategy.setCurrentIndex(strategy.findData("sliding_window"))
    QApplication.processEvents()
    dialog.window_size.setFocus()
    dialog.window_size.selectAll()
    driver.qtbot.keyClicks(dialog.window_size, "17")
    QApplication.processEvents()
    typed = dialog.draft()
    assert typed.strategy == SlidingWindow(17)
    driver.qtbot.keyClick(dialog.window_size, Qt.Key.Key_Z, control)
    assert isinstance(dialog.draft().strategy, SlidingWindow)
    assert dialog.draft() != typed
    driver.qtbot.keyClick(dialog, Qt.Key.Key_Z, control)
    assert dialog.draft() == with_ceiling
    driver.qtbot.keyClick(strategy, Qt.Key.Key_Z, control)
    assert dialog.draft() == before
    for _ in range(3):
        driver.qtbot.keyClick(dialog, Qt.Key.Key_Z, control | Qt.KeyboardModifier.ShiftModifier)
    assert dialog.draft() == typed
    dialog.reject()
