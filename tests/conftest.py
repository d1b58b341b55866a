"""What all tests share: no Qt window is ever shown, and no person's settings or workspace are touched."""

import os
from pathlib import Path

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")

from evalstudio.workspace.folder import Workspace


@pytest.fixture(autouse=True)
def own_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test has settings and a workspace of its own."""
    monkeypatch.setenv("EVALSTUDIO_CONFIG", str(tmp_path / "config"))
    monkeypatch.setenv("EVALSTUDIO_WORKSPACE", str(tmp_path / "workspace"))
    monkeypatch.delenv("MAX_CONCURRENT_TASKS", raising=False)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "workspace")
