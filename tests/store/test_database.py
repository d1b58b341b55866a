"""What opening the database brings along."""

import multiprocessing
import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from multiprocessing.queues import SimpleQueue
from multiprocessing.synchronize import Barrier
from pathlib import Path

import pytest

from evalstudio.errors import RunError, StoreError
from evalstudio.store.database import change, explained, open_for_reading
from evalstudio.store.schema import migrate, newest_version
from evalstudio.workspace.folder import Workspace

OPENED = """
import sys
from pathlib import Path
from evalstudio.store.database import open_for_writing
from evalstudio.workspace.folder import Workspace
open_for_writing(Workspace(Path(sys.argv[1]))).conn.close()
print("pandas" in sys.modules, "sqlite_utils" in sys.modules)
import pandas
print(pandas.DataFrame([1]).shape)
"""


def test_that_pandas_is_not_taken_along_and_still_there_for_who_wants_it(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", OPENED, str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.stderr) == ("False True\n(1, 1)\n", "")


def _open(folder: str, together: Barrier, said: SimpleQueue) -> None:
    from evalstudio.store.database import open_for_writing

    together.wait()
    try:
        open_for_writing(Workspace(Path(folder))).conn.close()
        said.put("opened")
    except StoreError as error:
        said.put(str(error))


def test_that_programs_which_open_a_new_workspace_at_one_moment_all_may(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    for number in range(3):
        folder = tmp_path / str(number)
        together, said = context.Barrier(6), context.SimpleQueue()
        programs = [context.Process(target=_open, args=(str(folder), together, said)) for _ in range(6)]
        for program in programs:
            program.start()
        assert [said.get() for _ in programs] == ["opened"] * 6
        for program in programs:
            program.join()
        assert open_for_reading(Workspace(folder)).execute("PRAGMA user_version").fetchone() == (
            newest_version(),
        )


def test_that_a_disk_which_fills_while_tables_are_made_is_told_as_full(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "small.db", isolation_level=None)
    connection.execute("PRAGMA max_page_count = 4")
    with pytest.raises(sqlite3.OperationalError, match="full"):
        migrate(connection)
    assert connection.execute("PRAGMA user_version").fetchone() == (0,)
    assert connection.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,)
    connection.close()


def test_that_a_change_is_made_whole(workspace: Workspace) -> None:
    with change(workspace) as connection:
        connection.execute("INSERT INTO experiments (name, created_at) VALUES ('kept', 1)")
        connection.execute("INSERT INTO experiments (name, created_at) VALUES ('kept, too', 2)")
    assert _experiments(workspace) == ["kept", "kept, too"]


def test_that_a_change_that_fails_leaves_nothing_behind(workspace: Workspace) -> None:
    with pytest.raises(RunError, match="half way"):
        _begin_and_fail(workspace)
    assert _experiments(workspace) == []


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (sqlite3.OperationalError("database is locked"), "is locked by another program"),
        (sqlite3.OperationalError("database or disk is full"), "is full; free some space"),
        (sqlite3.OperationalError("attempt to write a readonly database"), "is read-only"),
        (sqlite3.DatabaseError("database disk image is malformed"), "is damaged"),
        (sqlite3.DatabaseError("file is not a database"), "is damaged"),
        (sqlite3.OperationalError("no such table: runs"), "cannot be used (no such table: runs)"),
    ],
)
def test_that_a_failure_of_the_database_is_told_in_a_sentence(error: sqlite3.Error, words: str) -> None:
    with pytest.raises(StoreError, match=re.escape(words)) as told, explained(Path("x.db")):
        raise error
    assert told.value.__cause__ is error
    assert "x.db" in str(told.value)


@pytest.mark.parametrize("error", [RunError("gone"), OSError("no file"), StoreError("told already")])
def test_that_other_failures_are_left_as_they_are(error: Exception) -> None:
    with pytest.raises(type(error)) as told, explained(Path("x.db")):
        raise error
    assert told.value is error


def _begin_and_fail(workspace: Workspace) -> None:
    with change(workspace) as connection:
        connection.execute("INSERT INTO experiments (name, created_at) VALUES ('lost', 1)")
        raise RunError("half way")


def _experiments(workspace: Workspace) -> list[str]:
    with closing(open_for_reading(workspace)) as connection:
        return [name for (name,) in connection.execute("SELECT name FROM experiments ORDER BY id")]
