"""Adaptive over HTTP and in real time: where it settles is what the server can take."""

import asyncio
import statistics
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from evalstudio.concurrency import Adaptive
from evalstudio.evaluations.request import Options
from evalstudio.protocol import Snapshot
from evalstudio.workspace.folder import Workspace
from tests.engine.support import Demo, demo, engine_in, finish, write_evaluation

ANSWERS_OF_60_MS = {"step_base": 0.002, "output_mean": 20, "output_sigma": 0.4, "output_max": 120}


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_KEY", "sk-planted-for-tests")


async def settled(
    folder: Path, workspace: Workspace, server: Demo, samples: int
) -> tuple[Snapshot, list[Snapshot]]:
    """An adaptive run's last snapshot, and those of its last third."""
    async with engine_in(workspace) as (engine, heard):
        run = await engine.start_run(
            write_evaluation(folder, server.model, samples), Options("a", Adaptive())
        )
        final = await finish(engine, run)
    return final, [one for one in heard.snapshots if one.saved >= samples * 2 / 3]


@pytest.mark.proof  # real time on a busy machine: what the machine is slow at looks like the server's limit
@pytest.mark.parametrize(("slots", "samples"), [(4, 600), (8, 1000)])
async def test_that_it_settles_at_what_a_silent_queue_can_take(
    tmp_path: Path, workspace: Workspace, slots: int, samples: int
) -> None:
    async with demo("instant") as server:
        await server.control(slots=slots, **ANSWERS_OF_60_MS)
        final, late = await settled(tmp_path, workspace, server, samples)
    assert final.errored == 0
    assert 0.75 * slots <= statistics.median(one.limit for one in late) <= 1.6 * slots


async def test_that_it_finds_a_cap_that_is_only_told_by_rejections(
    tmp_path: Path, workspace: Workspace
) -> None:
    async with demo("instant") as server:
        await server.control(max_concurrency=8, hints="none", **ANSWERS_OF_60_MS)
        final, late = await settled(tmp_path, workspace, server, 600)
        refused = (await server.stats())["statuses"]["429"]
    assert final.errored == 0
    assert refused > 0
    assert 6 <= statistics.median(one.limit for one in late) <= 10


async def test_that_it_does_not_wait_for_whole_answers_where_they_stream(
    tmp_path: Path, workspace: Workspace
) -> None:
    """A server with room for all, whose answers go on until the window is twice what it starts with."""
    enough = asyncio.Event()

    async def write(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        part = b'data: {"choices": [{"delta": {"content": "on and "}}]}\n\n'
        await response.write(part)
        while not enough.is_set():
            await response.write(part)
            await asyncio.sleep(0.05)
        end = b'data: {"choices": [{"delta": {}, "finish_reason": "stop"}]}\n\ndata: [DONE]\n\n'
        await response.write(end)
        return response

    app = web.Application()
    app.router.add_post("/v1/chat/completions", write)
    async with TestServer(app) as server, engine_in(workspace) as (engine, heard):
        url = server.make_url("/v1")
        model = f'{{ provider = "openai", name = "endless", base_url = "{url}", key = "TEST_KEY" }}'
        evaluation = write_evaluation(tmp_path, model, 64, extra="stream = true")
        run = await engine.start_run(evaluation, Options("a", Adaptive()))
        grown = await heard.until(lambda one: one.limit >= 16)
        enough.set()
        final = await finish(engine, run)
    assert grown.saved == 0
    assert (final.saved, final.errored) == (64, 0)
    told = [change.sentence for one in heard.snapshots for change in one.changes]
    assert any(" tokens a second at " in sentence and "still growing" in sentence for sentence in told)


@pytest.mark.proof
async def test_that_it_follows_when_the_server_gets_more_room(tmp_path: Path, workspace: Workspace) -> None:
    async with demo("instant") as server, engine_in(workspace) as (engine, heard):
        await server.control(slots=3, **ANSWERS_OF_60_MS)
        evaluation = write_evaluation(tmp_path, server.model, 900)
        run = await engine.start_run(evaluation, Options("a", Adaptive()))
        await heard.until(lambda one: one.saved >= 210)
        before = [one.limit for one in heard.snapshots if one.saved >= 120]
        await server.control(slots=8)
        await finish(engine, run)
        late = [one.limit for one in heard.snapshots if one.saved >= 700]
    assert statistics.median(before) <= 6  # a step above the three slots now and then
    assert statistics.median(before) < statistics.median(late) <= 16


async def test_that_it_never_grows_on_errors(tmp_path: Path, workspace: Workspace) -> None:
    async with demo("instant") as server, engine_in(workspace) as (engine, heard):
        await server.control(overloaded=1.0)
        run = await engine.start_run(write_evaluation(tmp_path, server.model, 100), Options("a", Adaptive()))
        await heard.until(lambda one: sum(error.attempts for error in one.errors) >= 5)
        run.stop()
        await finish(engine, run)
        limits = [one.limit for one in heard.snapshots]
        most = (await server.stats())["max_in_flight"]
    assert max(limits) <= 4  # where a server on this machine starts
    assert most <= 2


async def test_that_a_run_keeps_to_the_bound_of_its_evaluation(tmp_path: Path, workspace: Workspace) -> None:
    """A server on which a call takes 20 ms for each that runs beside it, and a bound of 200 ms."""
    under_way = 0

    async def answer(request: web.Request) -> web.Response:
        nonlocal under_way
        await request.read()
        under_way += 1
        for _ in range(4):
            await asyncio.sleep(0.005 * under_way)
        under_way -= 1
        return web.json_response({"choices": [{"message": {"content": "x"}, "finish_reason": "stop"}]})

    app = web.Application()
    app.router.add_post("/v1/chat/completions", answer)
    async with TestServer(app) as server, engine_in(workspace) as (engine, heard):
        url = server.make_url("/v1")
        model = f'{{ provider = "openai", name = "slow", base_url = "{url}", key = "TEST_KEY" }}'
        extra = 'strategy = { type = "adaptive", p95 = 0.2, initial = 16 }'
        run = await engine.start_run(write_evaluation(tmp_path, model, 150, extra=extra), Options("a"))
        final = await finish(engine, run)
    assert (final.saved, final.errored) == (150, 0)
    assert final.limit <= 12
    told = [change.sentence for one in heard.snapshots for change in one.changes]
    assert any("answers would take too long" in sentence for sentence in told)
