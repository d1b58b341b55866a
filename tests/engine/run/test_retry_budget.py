"""The retry budget and the place of a sample that has none left."""

from contextlib import closing
from pathlib import Path

import pytest

from evalstudio.concurrency import SlidingWindow
from evalstudio.datasets import DatasetSource, open_dataset
from evalstudio.engine.limits.retry import RetryBudget
from evalstudio.engine.run.sample_queue import MOST_DEFERRED, RecordBits, SampleQueue
from evalstudio.evaluations.request import Options
from evalstudio.store.reader import Reader
from evalstudio.workspace.folder import Workspace
from tests.engine.support import demo, engine_in, finish, write_evaluation


def queue_of(folder: Path, samples: int) -> SampleQueue:
    (folder / "rows.jsonl").write_text("".join(f'{{"text": "{n}"}}\n' for n in range(samples)))
    return SampleQueue(open_dataset(DatasetSource("rows.jsonl"), folder), 1, 1, RecordBits(1))


def test_that_a_deferred_sample_comes_after_all_new_ones(tmp_path: Path) -> None:
    queue = queue_of(tmp_path, 4)
    first, second = queue.take(0.0), queue.take(0.0)
    queue.put_back(first, 1.0, last=True)
    queue.put_back(second, 2.0)
    assert queue.waiting == 2
    order = [queue.take(5.0).sample.position for _ in range(4)]
    assert order == [1, 2, 3, 0]
    assert queue.is_empty


def test_that_a_deferred_sample_waits_for_its_time_even_when_nothing_else_is_left(tmp_path: Path) -> None:
    queue = queue_of(tmp_path, 1)
    queue.put_back(queue.take(0.0), 3.0, last=True)
    assert not queue.has_item(2.9)
    assert queue.has_item(3.0)


def test_that_memory_stays_bounded_when_many_are_deferred(tmp_path: Path) -> None:
    queue = queue_of(tmp_path, MOST_DEFERRED + 10)
    for _ in range(MOST_DEFERRED + 1):
        queue.put_back(queue.take(0.0), None, last=True)
        if queue.waiting > MOST_DEFERRED:
            break
    assert queue.take(0.0).sample.position == 0


async def test_that_nothing_fails_for_want_of_budget(
    tmp_path: Path, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEST_KEY", "sk-planted-for-tests")
    async with demo("instant") as server, engine_in(workspace) as (engine, _):
        await server.control(server_error=0.05, fixed_seconds=0.005)
        evaluation = write_evaluation(tmp_path, server.model, 80)
        run = await engine.start_run(evaluation, Options("b", SlidingWindow(2)))
        run.controller.retries = RetryBudget(start=0.0, share=0.0)
        final = await finish(engine, run)
    assert final.state == "completed"
    assert final.saved == 80
    with closing(Reader(workspace)) as reader:
        order = reader.connection.execute("SELECT attempts FROM records ORDER BY finished_at").fetchall()
    attempts = [row[0] for row in order]
    retried = sum(one > 1 for one in attempts)
    assert retried
    assert all(one > 1 for one in attempts[-retried:])  # none took the place of a sample not tried before
