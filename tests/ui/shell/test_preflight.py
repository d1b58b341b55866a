"""The start-up check of Python and PySide6."""

import subprocess
import sys

import pytest

from evalstudio.ui.shell.preflight import installed_pyside, problem


@pytest.mark.parametrize(
    ("python", "pyside", "words"),
    [
        ((3, 10, 13), "6.11.3", ["Python 3.11 or later", "3.10.13"]),
        ((3, 11, 7), "6.12.0", ["6.12.0", "PySide6-Essentials<6.12"]),
        ((3, 11, 7), "6.7.2", ["6.8 or later", "6.7.2"]),
        ((3, 12, 0), None, ["not installed", "pip install"]),
    ],
)
def test_that_what_cannot_work_is_said(python: tuple[int, ...], pyside: str | None, words: list[str]) -> None:
    sentence = problem(python, pyside)
    assert sentence is not None
    assert all(word in sentence for word in words)


@pytest.mark.parametrize(
    ("python", "pyside"),
    [((3, 11, 7), "6.11.3"), ((3, 12, 1), "6.12.0"), ((3, 13, 0), "6.12.1"), ((3, 11, 0), "6.12.1a1")],
)
def test_that_supported_versions_pass(python: tuple[int, ...], pyside: str) -> None:
    assert problem(python, pyside) is None


def test_that_this_environment_passes_and_qt_is_not_imported_for_it() -> None:
    assert installed_pyside() is not None
    code = "import sys; from evalstudio.ui.shell import main, preflight; preflight.check(); sys.exit('PySide6' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=30).returncode == 0
