"""The API key in the window: one masked field, and no way by which a key lands in a file of the workspace."""

import stat
from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QMenu, QPushButton

from evalstudio.models.key_file import key_file
from evalstudio.models.registry import load_models
from tests.ui.driver import Driver
from tests.ui.pages.models.support import SECRET, OpenWindow, press, shown, text


@pytest.fixture(autouse=True)
def _no_keys_of_this_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    monkeypatch.chdir(tmp_path)
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    before = keyring.get_keyring()
    yield
    keyring.set_keyring(before)


def typed(driver: Driver, name: str, words: str) -> QLineEdit:
    """Types into a field as a person does, and goes to the next one."""
    field = driver.find(QLineEdit, name)
    field.setFocus()
    driver.qtbot.keyClicks(field, words)
    driver.qtbot.keyClick(field, Qt.Key.Key_Tab)
    return field


def clear_text(driver: Driver, folder: Path, secret: str) -> list[Path]:
    return [
        path
        for path in folder.rglob("*")
        if path.is_file() and path != key_file() and secret.encode() in path.read_bytes()
    ]


def test_that_an_endpoint_takes_an_address_a_key_and_a_press(
    open_window: OpenWindow, server: str, tmp_path: Path
) -> None:
    """Three fields at most: the model is chosen from what the endpoint lists, and is tested as it is saved."""
    driver = shown(open_window)
    menu = driver.find(QMenu, "add_model_menu")
    assert menu.actions()[0].text() == "OpenAI-compatible endpoint"
    menu.actions()[0].trigger()
    assert driver.window.focusWidget() is driver.find(QLineEdit, "base_url")
    typed(driver, "base_url", server.removeprefix("http://"))
    assert driver.find(QLineEdit, "base_url").text() == server
    driver.wait(lambda: "401" in text(driver, "model_result"))
    secret = typed(driver, "key_secret", SECRET)
    assert secret.echoMode() is QLineEdit.EchoMode.Password
    driver.wait(lambda: driver.find(QComboBox, "model_id").currentText() == "instant")
    assert driver.find(QLineEdit, "model_name").text() == "instant"
    press(driver, "save_model")
    driver.wait(lambda: "answered in" in text(driver, "model_result"))
    saved = load_models(driver.workspace)["instant"]
    assert (saved.provider, saved.name, saved.base_url) == ("openai", "instant", server)
    assert saved.key == "INSTANT_API_KEY"
    assert clear_text(driver, tmp_path, SECRET) == []
    # without a keychain it is held for the session, and a file is a choice
    assert "no keychain that is open" in text(driver, "key_state")
    assert not key_file().exists()
    press(driver, "key_to_file")
    driver.wait(lambda: "only you can read" in text(driver, "key_state"))
    assert stat.S_IMODE(key_file().stat().st_mode) == 0o600
    press(driver, "test_model")
    driver.wait(lambda: "answered in" in text(driver, "model_result"))
    press(driver, "key_drop")
    driver.wait(lambda: "is not set" in text(driver, "key_state"))
    assert SECRET not in key_file().read_text()


def test_that_the_key_can_be_typed_without_naming_a_variable(open_window: OpenWindow) -> None:
    driver = shown(open_window)
    for provider in ("vllm", "ollama", "llamacpp", "openai", "endpoint", "groq"):
        driver.find(QAction, f"add_{provider}").trigger()
        assert driver.find(QLineEdit, "key_secret").isEnabled(), provider
        assert not driver.find(QLineEdit, "key_name").isVisible(), provider
        assert driver.find(QCheckBox, "key_remember").isChecked(), provider


@pytest.mark.parametrize("words", [SECRET, "2b7e151628aed2a6abf7158809cf4f3c", "two words", "9LIVES"])
def test_that_a_key_in_place_of_its_name_is_refused(
    open_window: OpenWindow, words: str, tmp_path: Path
) -> None:
    driver = shown(open_window)
    driver.find(QAction, "add_vllm").trigger()
    driver.find(QComboBox, "model_id").setCurrentText("some-model")
    driver.find(QPushButton, "key_advanced").click()
    typed(driver, "key_name", words)
    assert not driver.find(QPushButton, "save_model").isEnabled()
    assert "API key" in text(driver, "model_problem")
    assert words not in text(driver, "model_problem")
    assert not driver.workspace.models.exists()


def test_that_a_key_in_the_file_moves_out_of_it(open_window: OpenWindow, server: str, tmp_path: Path) -> None:
    driver = shown(open_window)
    driver.workspace.models.write_text(
        f'[models.old]\nprovider = "openai"\nname = "instant"\nbase_url = "{server}"\nkey = "{SECRET}"\n'
    )
    driver.window.book.load()
    driver.window.models_page.look_at("old")
    assert driver.find(QLineEdit, "key_secret").text() == SECRET
    assert "clear text" in text(driver, "key_state")
    press(driver, "save_model")
    driver.wait(lambda: "answered in" in text(driver, "model_result"))
    assert load_models(driver.workspace)["old"].key == "OLD_API_KEY"
    assert clear_text(driver, tmp_path, SECRET) == []


def test_that_a_command_gives_the_key(open_window: OpenWindow, server: str, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_text(SECRET)
    driver = shown(open_window)
    driver.find(QAction, "add_endpoint").trigger()
    driver.find(QPushButton, "key_advanced").click()
    typed(driver, "base_url", server)
    typed(driver, "key_command", f"cat {tmp_path / 'elsewhere'}")
    driver.wait(lambda: driver.find(QComboBox, "model_id").currentText() == "instant")
    press(driver, "save_model")
    driver.wait(lambda: "answered in" in text(driver, "model_result"))
    assert load_models(driver.workspace)["instant"].key == f"command:cat {tmp_path / 'elsewhere'}"
    driver.window.models_page.look_at("demo/fast")
    driver.window.models_page.look_at("instant")
    assert driver.find(QLineEdit, "key_command").text() == f"cat {tmp_path / 'elsewhere'}"
    assert driver.find(QLineEdit, "key_secret").text() == ""


def test_that_keys_of_the_environment_and_of_env_files_are_offered(
    open_window: OpenWindow, server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (("ACME_API_KEY", SECRET), ("OPENAI_BASE_URL", server)):
        monkeypatch.setenv(name, value)
    (tmp_path / ".env").write_text(f'export OTHER_API_KEY="{SECRET}"  # mine\nLEVEL=3\n')
    driver = shown(open_window)
    driver.find(QAction, "add_endpoint").trigger()
    assert driver.find(QLineEdit, "base_url").text() == server
    offers = {action.text(): action for action in driver.find(QMenu, "key_offers_menu").actions()}
    assert "ACME_API_KEY (environment)" in offers
    mine = f"OTHER_API_KEY ({tmp_path / '.env'})"
    assert mine in offers
    assert not any("LEVEL" in words for words in offers)
    offers["ACME_API_KEY (environment)"].trigger()
    driver.wait(lambda: driver.find(QComboBox, "model_id").currentText() == "instant")
    press(driver, "save_model")
    driver.wait(lambda: "answered in" in text(driver, "model_result"))
    assert load_models(driver.workspace)["instant"].key == "ACME_API_KEY"
    driver.find(QAction, "add_endpoint").trigger()
    offers = {action.text(): action for action in driver.find(QMenu, "key_offers_menu").actions()}
    offers[mine].trigger()
    assert driver.find(QLineEdit, "key_secret").text() == SECRET  # masked
    driver.wait(lambda: driver.find(QComboBox, "model_id").currentText() == "instant")
    assert driver.find(QLineEdit, "model_name").text() == "instant 2"
