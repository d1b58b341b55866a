"""The workspace's folder: who may read what lies in it."""

import os
import stat
import sys
from pathlib import Path

import pytest

from evalstudio.store.writer import Writer
from evalstudio.workspace.folder import Workspace

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="modes are POSIX's")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_that_a_new_workspace_is_for_its_owner_alone(tmp_path: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        workspace = Workspace(tmp_path / "new" / "workspace")
        writer = Writer(workspace)
        writer.execute(lambda connection: None).result(10)
        modes = {path.name: mode(path) for path in workspace.folder.glob("evalstudio.db*")}
        writer.close()
    finally:
        os.umask(before)
    assert mode(workspace.folder) == 0o700
    assert "evalstudio.db" in modes
    assert set(modes.values()) == {0o600}


def test_that_a_folder_that_was_there_keeps_its_mode(tmp_path: Path) -> None:
    folder = tmp_path / "shared"
    folder.mkdir()
    folder.chmod(0o750)
    Writer(Workspace(folder)).close()
    assert mode(folder) == 0o750
