"""A dataset that changes under a run: never a Completed of something else than was planned."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from evalstudio.core.run_state import RunState
from evalstudio.evaluations.request import Options
from evalstudio.workspace.folder import Workspace
from tests.engine.support import engine_in, finish, start_cli, write_evaluation, write_model

SAMPLES = 40


def rows(count: int, word: str = "x") -> str:
    return "".join(
        json.dumps({"text": f"{word} ({number})", "label": "positive"}) + "\n" for number in range(count)
    )


def edited_in_place(path: Path) -> None:
    before = path.stat()
    text = path.read_text()
    with path.open("r+") as file:
        file.write(text.replace("x (30)", "y (30)"))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def replaced(path: Path, text: str) -> None:
    new = path.with_suffix(".new")
    new.write_text(text)
    new.replace(path)


CHANGES: dict[str, Callable[[Path], object]] = {
    "cut short": lambda path: os.truncate(path, len(rows(20))),
    "cut inside a row": lambda path: os.truncate(path, len(rows(20)) - 5),
    "emptied": lambda path: os.truncate(path, 0),
    "rows added": lambda path: path.write_text(rows(SAMPLES + 5)),
    "edited, same size and time": edited_in_place,
    "replaced by fewer": lambda path: replaced(path, rows(10)),
    "replaced by others": lambda path: replaced(path, rows(SAMPLES, "z")),
    "deleted": Path.unlink,
    "moved away": lambda path: path.rename(path.with_suffix(".old")),
    "a folder": lambda path: (path.unlink(), path.mkdir()),
    "other bytes": lambda path: path.write_bytes(b"\xff\xfe\x00" * 100),
    "rows reordered": lambda path: path.write_text("".join(reversed(rows(SAMPLES).splitlines(True)))),
}
HARMLESS: dict[str, Callable[[Path], object]] = {
    "touched": Path.touch,
    "other rights": lambda path: path.chmod(0o600),
    "a second name": lambda path: path.with_suffix(".link").hardlink_to(path),
    "written again the same": lambda path: path.write_text(rows(SAMPLES)),
    "replaced by the same": lambda path: replaced(path, rows(SAMPLES)),
    "nothing": lambda path: None,
}


async def run_with(tmp_path: Path, workspace: Workspace, change: Callable[[Path], object], extra: str = ""):  # type: ignore[no-untyped-def]
    write_model(
        tmp_path,
        "changes = []\nasync def answer(prompt):\n"
        "    if '(3)' in prompt and changes: changes.pop()()\n    return 'positive'\n",
    )
    evaluation = write_evaluation(tmp_path, '"model.py::answer"', SAMPLES, extra=extra)
    data = tmp_path / "test.jsonl"
    data.write_text(rows(SAMPLES))
    async with engine_in(workspace) as (engine, _):
        run = await engine.start_run(evaluation, Options("x"))
        run.plan.function.__globals__["changes"].append(lambda: change(data))  # type: ignore[union-attr]
        return await finish(engine, run)


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
async def test_that_a_run_whose_dataset_changed_is_not_completed(
    tmp_path: Path, workspace: Workspace, change: Callable[[Path], object]
) -> None:
    final = await run_with(tmp_path, workspace, change)
    assert final.state is RunState.STOPPED
    assert "test.jsonl" in final.reason
    assert f"{final.saved} of {SAMPLES} samples are saved" in final.reason


@pytest.mark.parametrize("change", HARMLESS.values(), ids=HARMLESS)
async def test_that_what_leaves_the_rows_alone_is_no_change(
    tmp_path: Path, workspace: Workspace, change: Callable[[Path], object]
) -> None:
    final = await run_with(tmp_path, workspace, change)
    assert (final.state, final.reason, final.saved) == (RunState.COMPLETED, "", SAMPLES)


async def test_that_a_change_between_two_repeats_ends_the_run_with_a_sentence(
    tmp_path: Path, workspace: Workspace
) -> None:
    final = await run_with(tmp_path, workspace, CHANGES["replaced by others"], "repeats = 3")
    assert final.state is RunState.STOPPED
    assert "test.jsonl has changed since it was opened." in final.reason


async def test_that_a_list_that_shrinks_under_the_run_is_told(tmp_path: Path, workspace: Workspace) -> None:
    from evalstudio import Score, foreach
    from evalstudio.authoring.python_evaluation import evaluation_of

    numbers = list(range(SAMPLES * 10))

    @foreach("number", numbers)
    async def eval_numbers(number: int) -> Score:
        del numbers[20:]
        return Score("short", True)

    async with engine_in(workspace) as (engine, _):
        run = await engine.start_evaluation(evaluation_of(eval_numbers, {}), Options("x"))
        final = await finish(engine, run)
    assert final.state is RunState.STOPPED
    assert f"of {SAMPLES * 10} samples are saved" in final.reason


def test_that_a_dataset_cut_short_does_not_pass_in_the_terminal(tmp_path: Path, workspace: Workspace) -> None:
    data = tmp_path / "test.jsonl"
    write_model(
        tmp_path,
        f"import os\nasync def answer(prompt):\n    if '(3)' in prompt: os.truncate({str(data)!r}, 100)\n"
        "    return 'positive'\n",
    )
    evaluation = write_evaluation(tmp_path, '"model.py::answer"', 5000)
    data.write_text(rows(5000))
    process = start_cli(evaluation, workspace, "--experiment", "x", "--fail-under", "0.5", "--allow-errors")
    output = process.communicate()[0]
    assert process.returncode == 3, output
    assert "of 5,000 samples are saved" in " ".join(output.split())
