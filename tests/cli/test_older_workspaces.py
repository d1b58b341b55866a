"""Every command on workspaces that older versions of the program left."""

import shutil
import sqlite3
from pathlib import Path

import pytest
from click.testing import CliRunner

from evalstudio import Result, foreach, run
from evalstudio.cli.main import evalstudio
from evalstudio.errors import StoreError
from evalstudio.evaluators import exact_match
from evalstudio.store.reader import Reader
from evalstudio.store.schema import MIGRATIONS, newest_version
from evalstudio.workspace.folder import Workspace

COMMANDS = [
    ["list"], ["list", "--json"], ["show", "one"], ["show", "one", "--json"], ["errors", "one"],
    ["export", "one", "--format", "csv"], ["export", "one", "--format", "jsonl"], ["export", "one", "--format", "html"],
    ["export", "one", "--format", "junit"], ["compare", "one", "two"], ["compare", "one", "two", "--json"],
    ["agreement", "one", "exact_match", "exact_match"], ["rename", "one", "three"], ["delete", "one", "--yes"],
    ["cleanup", "--older-than", "1d", "--yes"],
]  # fmt: skip


@pytest.fixture(scope="module")
def newest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace of this version with two runs."""
    folder = tmp_path_factory.mktemp("newest")

    @foreach("text,expected", [("a", "a"), ("b", "a"), ("c", "c")])
    def eval_same(text: str, expected: str) -> Result:
        if text == "c":
            raise ValueError("no answer")
        return Result(exact_match(text, expected), prompt=text, model_response=text)

    for name in ("one", "two"):
        run(eval_same, name, workspace=folder)
    return folder


def as_of(version: int, newest: Path, folder: Path) -> Workspace:
    """The same content in the tables of an older version."""
    workspace = Workspace(folder / "old")
    workspace.folder.mkdir()
    old = sqlite3.connect(workspace.database)
    for script in MIGRATIONS[:version]:
        old.executescript(script)
    old.execute("ATTACH ? AS newest", (str(newest / "evalstudio.db"),))
    for (table,) in old.execute("SELECT name FROM main.sqlite_master WHERE type = 'table'").fetchall():
        names = [name for _, name, *_ in old.execute(f"PRAGMA main.table_info({table})")]
        there = {name for _, name, *_ in old.execute(f"PRAGMA newest.table_info({table})")}
        shared = ", ".join(name for name in names if name in there)
        if shared and not table.startswith("sqlite_"):
            old.execute(f"INSERT INTO main.{table} ({shared}) SELECT {shared} FROM newest.{table}")
    old.execute(f"PRAGMA main.user_version = {version}")
    old.commit()
    old.close()
    return workspace


@pytest.mark.parametrize("version", range(1, newest_version() + 1))
@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_that_a_command_reads_an_older_workspace(
    command: list[str], version: int, newest: Path, tmp_path: Path
) -> None:
    workspace = as_of(version, newest, tmp_path)
    ended = CliRunner().invoke(
        evalstudio, [*command, "--workspace", str(workspace.folder)], standalone_mode=False
    )
    assert ended.exception is None, (ended.exception, ended.output)


@pytest.mark.parametrize("version", range(1, newest_version()))
def test_that_a_reader_brings_an_older_database_up_to_date(
    version: int, newest: Path, tmp_path: Path
) -> None:
    workspace = as_of(version, newest, tmp_path)
    reader = Reader(workspace)
    assert len(list(reader.record_ids(1))) == 3
    assert reader.connection.execute("PRAGMA user_version").fetchone()[0] == newest_version()
    reader.close()


def test_that_a_newer_database_is_not_read(newest: Path, tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "newer")
    shutil.copytree(newest, workspace.folder)
    database = sqlite3.connect(workspace.database)
    database.execute(f"PRAGMA user_version = {newest_version() + 1}")
    database.close()
    with pytest.raises(StoreError, match="made by a newer EvalStudio"):
        Reader(workspace)
