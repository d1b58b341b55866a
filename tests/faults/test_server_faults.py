"""Endpoints that go away, sleep or crash under load: runs wait and go on, and every sample is answered once."""

import asyncio
import os
import random
import signal
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from evalstudio.core.child_process import start_child_server
from evalstudio.core.run_state import RunState
from evalstudio.engine.limits.priors import PATIENCE
from evalstudio.evaluations.request import Options
from evalstudio.workspace.folder import Workspace
from tests.engine.support import engine_in, finish, write_evaluation
from tests.faults.conftest import Tell, few_or_many
from tests.faults.support import Book, server, state_of

ANSWER = {"choices": [{"message": {"content": "neutral"}, "finish_reason": "stop"}]}


@pytest.mark.parametrize(
    "seconds", [2, pytest.param(60, marks=[pytest.mark.proof, pytest.mark.timeout(300)])]
)
async def test_that_a_run_outlives_a_server_that_is_gone_for_a_while(
    tmp_path: Path, workspace: Workspace, told: Tell, seconds: int
) -> None:
    samples = 200
    async with server(0.02) as endpoint, engine_in(workspace, attended=True) as (engine, heard):
        evaluation = write_evaluation(tmp_path, endpoint.model, samples)
        run = await engine.start_run(evaluation, Options("gone"))
        await heard.until(lambda snapshot: snapshot.saved > 20)
        book = Book(workspace, endpoint.calls)
        book.look()
        await endpoint.stop()
        told_by = await heard.until(lambda snapshot: bool(snapshot.errors))
        await asyncio.sleep(seconds)  # what is tried here is that it is gone for so long
        await endpoint.start()
        paused = False
        async with asyncio.timeout(100):
            while run.is_active:  # it may pause itself a moment later, too
                if run.state is RunState.PAUSED:
                    paused = True
                    assert "127.0.0.1" in run.reason, run.reason
                    run.unpause()
                await asyncio.sleep(0.1)
        last = await finish(engine, run, timeout=20)
        assert (last.saved, last.errored) == (samples, 0), last.reason
        assert book.look() == samples
    assert any("127.0.0.1" in error.example for error in told_by.errors)
    how = "paused, went on when told" if paused else "went on by itself"
    told(f"server gone for {seconds} s", 1, f"the run {how}; no sample errored, none saved called again")


@pytest.mark.proof
@pytest.mark.timeout(400)
async def test_that_a_run_nobody_watches_ends_resumable_when_its_server_is_gone(
    tmp_path: Path, workspace: Workspace, told: Tell
) -> None:
    samples = 300
    async with server(0.05) as endpoint:
        evaluation = write_evaluation(
            tmp_path, endpoint.model, samples, extra="timeouts = { attempts = 2, connect = 1, sample = 2 }"
        )
        book = Book(workspace, endpoint.calls)
        async with engine_in(workspace) as (engine, heard):
            run = await engine.start_run(evaluation, Options("gone"))
            await heard.until(lambda snapshot: snapshot.saved > 20)
            await endpoint.stop()
            await finish(engine, run, timeout=350)
        state, reason = state_of(workspace)
        assert state is RunState.STOPPED
        assert "127.0.0.1" in reason, reason
        saved = book.look()
        await endpoint.start()
        async with engine_in(workspace) as (engine, _):
            last = await finish(engine, await engine.resume_run(1))
        assert (last.saved, last.errored, last.state) == (samples, 0, RunState.COMPLETED)
        assert book.look() == samples
    told(
        "server gone for good, nobody there",
        1,
        f"stopped with the reason after {saved} of {samples}, resumed to the end",
    )


@few_or_many(1, 12)
async def test_that_a_server_that_crashes_under_load_costs_no_sample(
    tmp_path: Path, workspace: Workspace, told: Tell, times: int
) -> None:
    chance = random.Random(times)
    samples = 150 * times
    async with server(0.02) as endpoint, engine_in(workspace, attended=True) as (engine, heard):
        extra = 'strategy = { type = "sliding_window", max_concurrency = 32 }'
        evaluation = write_evaluation(tmp_path, endpoint.model, samples, extra=extra)
        run = await engine.start_run(evaluation, Options("crash"))
        book = Book(workspace, endpoint.calls)
        for number in range(times):
            goal = 100 * number + chance.randint(10, 60)
            await until(heard, run, lambda snapshot, goal=goal: snapshot.saved >= goal)  # type: ignore[misc]
            await endpoint.stop()
            await asyncio.sleep(chance.uniform(0.0, 0.5))
            book.look()
            await endpoint.start()
        await until(heard, run, lambda snapshot: snapshot.saved == samples)
        last = await finish(engine, run)
        assert (last.saved, last.errored) == (samples, 0)
        assert book.look() == samples
        repeated = len(endpoint.calls) - samples
    assert repeated <= 32 * times
    told("server crashed at 32 in flight", times, f"no sample errored; {repeated} calls in flight repeated")


async def until(heard, run, condition) -> None:  # type: ignore[no-untyped-def]
    """As a person would: continues a run that paused itself."""
    async with asyncio.timeout(60):
        while not any(condition(snapshot) for snapshot in heard.snapshots[-3:]):
            if run.state is RunState.PAUSED:
                run.unpause()
            await asyncio.sleep(0.05)


async def test_that_a_server_put_to_sleep_is_waited_for(
    tmp_path: Path, workspace: Workspace, told: Tell
) -> None:
    async with (
        start_child_server(["-m", "evalstudio.engine.servers.demo", "--profile", "instant"]) as child,
        engine_in(workspace) as (engine, heard),
    ):
        model = f'{{ provider = "openai", name = "demo", base_url = "{child.url}" }}'
        run = await engine.start_run(
            write_evaluation(tmp_path, model, 3000, name="asleep"), Options("asleep")
        )
        await heard.until(lambda snapshot: snapshot.run_id == run.id and snapshot.saved > 20)
        os.kill(child.pid, signal.SIGSTOP)
        await asyncio.sleep(2.0)
        os.kill(child.pid, signal.SIGCONT)
        last = await finish(engine, run)
    assert (last.saved, last.errored) == (3000, 0)
    told("server asleep for 2 s (SIGSTOP)", 1, "waited for, no sample errored")


async def test_that_a_run_whose_endpoint_is_back_goes_on_when_it_is_continued_once(
    tmp_path: Path, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it failed while it was away does not pause it again before the first answer could come."""
    monkeypatch.setitem(PATIENCE, "local", 1.5)
    monkeypatch.setattr("evalstudio.engine.limits.circuit_breaker._FIRST_WAIT", 0.1)
    away = True

    async def answer(request: web.Request) -> web.Response:
        if away:
            return web.Response(status=503)
        await asyncio.sleep(0.6)  # longer than it takes to look whether it is there
        return web.json_response(ANSWER)

    async with served(answer) as model, engine_in(workspace, attended=True) as (engine, heard):
        run = await engine.start_run(write_evaluation(tmp_path, model, 6), Options("back"))
        paused = await heard.until(lambda snapshot: snapshot.state == RunState.PAUSED)
        assert "did not recover" in paused.reason
        away = False
        run.unpause()
        assert (await finish(engine, run)).saved == 6


async def test_that_an_unreadable_answer_is_asked_for_again_whatever_failed_before_it(
    tmp_path: Path, workspace: Workspace
) -> None:
    calls = 0

    async def answer(request: web.Request) -> web.Response:
        nonlocal calls
        calls += 1
        if calls == 1:
            return web.Response(status=503)
        if calls == 2:
            return web.json_response({"choices": []})
        return web.json_response(ANSWER)

    async with served(answer) as model, engine_in(workspace) as (engine, _):
        run = await engine.start_run(write_evaluation(tmp_path, model, 1), Options("unreadable"))
        final = await finish(engine, run)
    assert (final.saved, final.errored, calls) == (1, 0, 3)


@asynccontextmanager
async def served(
    answer: Callable[[web.Request], Coroutine[Any, Any, web.Response]],
) -> AsyncIterator[str]:
    """A server in this process whose answers are those of `answer`; yields a `model` table for it."""
    app = web.Application()
    app.router.add_post("/v1/chat/completions", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        address = f"http://127.0.0.1:{runner.addresses[0][1]}/v1"
        yield f'{{ provider = "openai", name = "x", base_url = "{address}", key = "TEST_KEY" }}'
    finally:
        await runner.cleanup()
