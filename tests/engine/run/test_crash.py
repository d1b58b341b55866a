"""An engine killed in mid-run: nothing saved is lost, nothing saved is called again."""

import asyncio
import random
import signal
from pathlib import Path

import pytest

from evalstudio.core.run_state import RunState
from evalstudio.errors import RunError, StoreError
from evalstudio.evaluations.request import Options
from evalstudio.store.reader import Reader
from evalstudio.workspace.folder import Workspace
from tests.engine.support import demo, engine_in, finish, start_cli, write_evaluation

SAMPLES = 120


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_KEY", "sk-planted-for-tests")


async def until_saved(workspace: Workspace, count: int) -> None:
    async with asyncio.timeout(30):
        while True:
            if workspace.database.exists() and saved(workspace) >= count:
                return
            await asyncio.sleep(0.01)


def saved(workspace: Workspace) -> int:
    try:
        reader = Reader(workspace)
    except StoreError:
        return 0  # not there yet
    try:
        return len(reader.record_ids(1))
    finally:
        reader.close()


@pytest.mark.parametrize(
    "seed", [*range(2), *(pytest.param(seed, marks=pytest.mark.proof) for seed in range(2, 50))]
)
async def test_that_a_killed_engine_loses_and_repeats_nothing_that_was_saved(
    tmp_path: Path, workspace: Workspace, seed: int
) -> None:
    moment = random.Random(seed).randint(1, SAMPLES - 20)
    async with demo("fast") as server:
        await server.control(slots=64, output_mean=6)
        evaluation = write_evaluation(tmp_path, server.model, SAMPLES)
        first = start_cli(evaluation, workspace, "--experiment", "k", "--window", "12")
        await until_saved(workspace, moment)
        first.send_signal(signal.SIGKILL)
        await asyncio.to_thread(first.communicate)
        reader = Reader(workspace)
        assert reader.run(1).true_state is RunState.INTERRUPTED
        before = {one: reader.details(one) for one in reader.record_ids(1)}
        assert len(before) >= moment
        called = (await server.stats())["started"]

        second = start_cli(evaluation, workspace, "--experiment", "k", "--window", "12")
        output = (await asyncio.to_thread(second.communicate))[0]
        assert second.returncode == 0, output
        again = (await server.stats())["started"] - called
    reader = Reader(workspace)
    assert again == SAMPLES - len(before), "what is saved is not called again, what is not is called once"
    assert len(reader.record_ids(1)) == SAMPLES
    assert all(reader.details(one) == details for one, details in before.items())
    assert reader.run(1).true_state is RunState.COMPLETED
    assert f"{SAMPLES} of {SAMPLES} saved" in output

    async with demo("instant") as server, engine_in(Workspace(tmp_path / "other")) as (engine, _):
        (tmp_path / "whole").mkdir()
        whole = await engine.start_run(
            write_evaluation(tmp_path / "whole", '"demo/instant"', SAMPLES), Options("k")
        )
        uninterrupted = await finish(engine, whole)
    assert f"{uninterrupted.scores[0].value * 100:.1f}%" in output, "the same aggregate as without the crash"  # type: ignore[operator]


async def test_that_a_second_engine_on_one_run_is_refused_while_the_first_lives(
    tmp_path: Path, workspace: Workspace
) -> None:
    async with demo("one-second") as server:
        evaluation = write_evaluation(tmp_path, server.model, 12)
        first = start_cli(evaluation, workspace, "--experiment", "k", "--window", "1")
        try:
            await until_saved(workspace, 1)
            async with engine_in(workspace) as (engine, _):
                with pytest.raises(RunError, match=f"process {first.pid}"):
                    await engine.start_run(evaluation, Options("k"))
                other = await engine.start_run(
                    evaluation,
                    Options("another name"),
                )
                assert (await finish(engine, other)).saved == 12, (
                    "another run on the same workspace is welcome"
                )
        finally:
            first.send_signal(signal.SIGINT)
            output = (await asyncio.to_thread(first.communicate))[0]
    assert first.returncode in (0, 130), output


async def test_that_ctrl_c_stops_in_order_and_says_so(tmp_path: Path, workspace: Workspace) -> None:
    async with demo("one-second") as server:
        first = start_cli(
            write_evaluation(tmp_path, server.model, 30), workspace, "--experiment", "k", "--window", "2"
        )
        await until_saved(workspace, 2)
        first.send_signal(signal.SIGINT)
        output = (await asyncio.to_thread(first.communicate))[0]
    assert first.returncode == 130, output
    assert "stopped" in output
    assert "Traceback" not in output
    run = Reader(workspace).run(1)
    assert run.true_state is RunState.STOPPED
    assert run.lease_pid is None
