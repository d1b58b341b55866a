"""What opening the database brings along."""

import multiprocessing
import sqlite3
import subprocess
import sys
from multiprocessing.queues import SimpleQueue
from multiprocessing.synchronize import Barrier
from pathlib import Path

import pytest

from evalstudio.errors import StoreError
from evalstudio.store.database import open_for_reading
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
