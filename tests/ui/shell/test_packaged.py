"""What the packaged window says of files that it can't read, and what it offers."""

import json
import subprocess
import sys
from collections.abc import Callable

import pytest
from PySide6.QtWidgets import QLabel, QLineEdit, QListWidget, QPushButton

from evalstudio.errors import RequirementError
from evalstudio.ui.settings.settings import SettingsDialog
from evalstudio.workspace.packaged import how_to_add
from tests.ui.driver import Driver

OpenWindow = Callable[..., Driver]


def test_that_another_interpreter_is_offered_where_it_helps(
    open_window: OpenWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    driver = open_window()
    driver.ready()
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    driver.session.refuse(RequirementError(f"Reading Parquet files needs pyarrow; {how_to_add('pyarrow')}."))
    (item,) = (item for item in driver.window.messages.items() if "pyarrow" in item.notice.text)
    button = item.findChild(QPushButton, "offer_choose_an_interpreter")
    button.click()
    dialog = driver.window.findChild(SettingsDialog)
    assert dialog is not None
    sections = dialog.findChild(QListWidget, "settings_tabs")
    assert sections is not None
    assert sections.currentItem().text() == "Interpreter"
    check, line, words = (
        dialog.findChild(QPushButton, "check_python"),
        dialog.findChild(QLineEdit, "python_install"),
        dialog.findChild(QLabel, "python_result"),
    )
    assert not check.isEnabled()
    assert line.isHidden()
    assert "choose a Python of yours" in words.text()
    monkeypatch.setattr(sys, "frozen", False)
    dialog.check.show_path("/somewhere/python")
    assert check.isEnabled()
    assert line.text().startswith("/somewhere/python -m pip install -r ")
    dialog.reject()


def test_that_the_smoke_test_passes_and_a_line_on_stderr_fails_it() -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "evalstudio", "window", "--smoke-test"],
        capture_output=True,
        text=True,
        check=False,
    )
    found = json.loads(ended.stdout)
    assert ended.returncode == 0, found
    assert found["saved"] == found["in_database"] == found["exported_csv"] == found["exported_jsonl"] == 20
    assert found["excel_rows"] == found["excel_saved"] == 5
    noisy = "import os; from evalstudio.ui.shell import smoke_test as smoke, preflight; preflight.check = lambda: os.write(2, b'a line\\n'); print(smoke.smoke_test())"
    said = subprocess.run([sys.executable, "-c", noisy], capture_output=True, text=True, check=False).stdout
    assert "'ok': False" in said
    assert "a line" in said
