"""A workspace that is deleted, moved or replaced under a run: the run stops with a sentence, at once."""

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from evalstudio.core.run_state import RunState
from evalstudio.errors import StoreError
from evalstudio.evaluations.request import Options
from evalstudio.workspace.folder import Workspace
from tests.engine.support import engine_in, finish, start_cli, write_evaluation, write_model

Change = Callable[[Workspace], object]


def copied_over(workspace: Workspace) -> None:
    copy = workspace.folder / "copy.db"
    shutil.copy(workspace.database, copy)
    copy.replace(workspace.database)


def another(workspace: Workspace) -> None:
    workspace.database.unlink()
    with closing(sqlite3.connect(workspace.database)) as database:
        database.execute("CREATE TABLE other (id)")


def log_of(workspace: Workspace) -> Path:
    return workspace.database.with_name("evalstudio.db-wal")


LOST: dict[str, Change] = {
    "folder deleted": lambda workspace: shutil.rmtree(workspace.folder),
    "folder moved": lambda workspace: workspace.folder.rename(workspace.folder.with_name("away")),
    "folder made anew": lambda workspace: (shutil.rmtree(workspace.folder), workspace.folder.mkdir()),
    "database deleted": lambda workspace: workspace.database.unlink(),
    "database moved": lambda workspace: workspace.database.rename(workspace.database.with_suffix(".old")),
    "database replaced by a copy": copied_over,
    "another database": another,
    "an empty file": lambda workspace: (workspace.database.unlink(), workspace.database.touch()),
    "log deleted": lambda workspace: log_of(workspace).unlink(),
    "log replaced": lambda workspace: (log_of(workspace).unlink(), log_of(workspace).touch()),
}


def checkpoint(workspace: Workspace) -> None:
    with closing(sqlite3.connect(workspace.database)) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")


KEPT: dict[str, Change] = {
    "touched": lambda workspace: workspace.database.touch(),
    "other rights": lambda workspace: workspace.database.chmod(0o640),
    "a second name": lambda workspace: workspace.database.with_suffix(".link").hardlink_to(
        workspace.database
    ),
    "a checkpoint": checkpoint,
    "a link to the folder": lambda workspace: workspace.folder.with_name("link").symlink_to(workspace.folder),
}


@pytest.mark.parametrize("change", LOST.values(), ids=LOST)
@pytest.mark.parametrize("attended", [False, True])
async def test_that_a_run_stops_when_its_database_is_gone(
    tmp_path: Path, workspace: Workspace, change: Change, attended: bool
) -> None:
    write_model(
        tmp_path,
        "import asyncio\nasync def answer(prompt):\n    await asyncio.sleep(0.02)\n    return 'positive'\n",
    )
    evaluation = write_evaluation(tmp_path, '"model.py::answer"', 4000)
    async with engine_in(workspace, attended=attended) as (engine, heard):
        run = await engine.start_run(evaluation, Options("x"))
        await heard.until(lambda snapshot: snapshot.saved > 3)
        change(workspace)
        saved = run.keeper.counts.saved
        final = await finish(engine, run, 15)
        assert final.state is RunState.STOPPED
        assert "was deleted, moved or replaced while it was in use" in final.reason
        assert final.saved <= saved + 64, "nothing is called saved that nobody can find"
        with pytest.raises(StoreError, match="start EvalStudio anew"):
            await engine.start_run(evaluation, Options("y"))


@pytest.mark.parametrize("change", KEPT.values(), ids=KEPT)
async def test_that_a_database_that_is_still_there_is_written(
    tmp_path: Path, workspace: Workspace, change: Change
) -> None:
    write_model(
        tmp_path,
        "import asyncio\nasync def answer(prompt):\n    await asyncio.sleep(0.01)\n    return 'positive'\n",
    )
    async with engine_in(workspace) as (engine, heard):
        run = await engine.start_run(write_evaluation(tmp_path, '"model.py::answer"', 60), Options("x"))
        await heard.until(lambda snapshot: snapshot.saved > 3)
        change(workspace)
        final = await finish(engine, run, 15)
    assert (final.state, final.saved) == (RunState.COMPLETED, 60)


def test_that_the_terminal_tells_it_and_does_not_pass(tmp_path: Path, workspace: Workspace) -> None:
    write_model(
        tmp_path,
        f"import shutil\nasync def answer(prompt):\n    if '(9)' in prompt: shutil.rmtree({str(workspace.folder)!r})\n"
        "    return 'positive'\n",
    )
    evaluation = write_evaluation(tmp_path, '"model.py::answer"', 400)
    process = start_cli(evaluation, workspace, "--experiment", "x", "--window", "1", "--allow-errors")
    output = process.communicate(timeout=30)[0]
    assert process.returncode == 3, output
    assert "was deleted, moved or replaced" in " ".join(output.split())
    assert "Traceback" not in output
