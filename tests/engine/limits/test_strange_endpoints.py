"""Endpoints that reject, break off or load for reasons that are no limit: tiny servers on loopback, the real engine.

What such a moment teaches must not outlive it: no window, no rate and no cap is left behind, and no sample is lost.
"""

import asyncio
import itertools
import random
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer, unused_port

from evalstudio.concurrency import Adaptive, SlidingWindow
from evalstudio.core.strategy import Strategy
from evalstudio.engine.engine import Engine
from evalstudio.engine.limits.endpoint_registry import identify
from evalstudio.engine.run.run import Run
from evalstudio.evaluations.request import Options
from evalstudio.models.settings import ModelSettings
from evalstudio.protocol import Snapshot
from evalstudio.store.endpoint_memory import Prior, save_prior
from evalstudio.workspace.folder import Workspace
from tests.engine.support import Heard, engine_in, finish, write_evaluation

ANSWER = {
    "choices": [{"message": {"content": "neutral"}, "finish_reason": "stop"}],
    "usage": {"prompt_tokens": 20, "completion_tokens": 5},
}
Rule = Callable[[int, float], web.Response | str | None]
"""Given the calls under way and the seconds since the first: a refusal, "reset", or None for an answer."""


class Endpoint:
    """A server that answers each call in `seconds`, unless its rule refuses it."""

    def __init__(self, rule: Rule, seconds: float) -> None:
        self.rule, self.seconds = rule, seconds
        self.under_way = self.answered = 0
        self.refused_at: list[float] = []
        self.headers: Callable[[], dict[str, str]] = dict
        self._began: float | None = None

    @property
    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_post("/v1/chat/completions", self._answer)
        return app

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        await request.read()
        now = time.monotonic()
        self._began = self._began or now
        refusal = self.rule(self.under_way, now - self._began)
        if refusal is not None:
            self.refused_at.append(now - self._began)
            if isinstance(refusal, str):
                assert request.transport is not None
                request.transport.abort()
                return web.Response()
            return refusal
        self.under_way += 1
        try:
            await asyncio.sleep(self.seconds)
        finally:
            self.under_way -= 1
        self.answered += 1
        return web.json_response(ANSWER, headers=self.headers())


def model_at(url: object) -> str:
    return f'{{ provider = "openai", name = "tiny", base_url = "{url}" }}'


@asynccontextmanager
async def running(
    endpoint: Endpoint,
    folder: Path,
    workspace: Workspace,
    samples: int,
    strategy: Strategy | None = None,
    extra: str = "",
) -> AsyncIterator[tuple[Engine, Heard, Run]]:
    async with TestServer(endpoint.app) as server, engine_in(workspace) as (engine, heard):
        evaluation = write_evaluation(folder, model_at(server.make_url("/v1")), samples, extra=extra)
        run = await engine.start_run(evaluation, Options("one", strategy or Adaptive()))
        yield engine, heard, run


def too_many(hint: str | None = None, body: str = "Too Many Requests") -> web.Response:
    return web.Response(status=429, text=body, headers={"Retry-After": hint} if hint else {})


def bucket(burst: float, rate: float, hint: str | None = None) -> Rule:
    """A bucket of `burst` calls that `rate` calls a second refill; others are rejected."""
    level, seen = float(burst), 0.0

    def rule(under_way: int, at: float) -> web.Response | None:
        nonlocal level, seen
        level, seen = min(burst, level + (at - seen) * rate), at
        if level < 1:
            return too_many(hint)
        level -= 1
        return None

    return rule


async def ended(engine: Engine, run: Run, samples: int) -> Snapshot:
    final = await finish(engine, run)
    assert (final.saved, final.errored) == (samples, 0), final.reason
    return final


@pytest.mark.parametrize("strategy", [Adaptive(), pytest.param(SlidingWindow(8), marks=pytest.mark.proof)])
async def test_that_a_storm_of_rejections_leaves_no_limit_behind(
    strategy: Strategy, tmp_path: Path, workspace: Workspace
) -> None:
    """All calls are rejected from 0.5 s to 1.5 s; what comes after goes as what came before."""
    endpoint = Endpoint(lambda under_way, at: too_many() if 0.5 < at < 1.5 else None, 0.05)
    async with running(endpoint, tmp_path, workspace, 500, strategy) as (engine, _, run):
        final = await ended(engine, run, 500)
        assert run.controller.prior().requests_per_minute is None
        assert run.controller.prior().concurrency_cap is None
    assert final.elapsed < 10, "with the rate cut at each rejection it takes a minute"


@pytest.mark.parametrize("hint", ["1", None])
@pytest.mark.parametrize("strategy", [Adaptive(), SlidingWindow(8)])
async def test_that_rejections_by_chance_do_not_hold_back_the_others(
    strategy: Strategy, hint: str | None, tmp_path: Path, workspace: Workspace
) -> None:
    """5 % of all calls, whatever the rate. A gate for all at each of them would be shut for 15 of 300 times a second."""
    chance = random.Random(5)
    endpoint = Endpoint(lambda under_way, at: too_many(hint) if chance.random() < 0.05 else None, 0.05)
    async with running(endpoint, tmp_path, workspace, 300, strategy) as (engine, _, run):
        final = await ended(engine, run, 300)
        assert run.controller.prior().requests_per_minute is None
    assert final.elapsed < 10


async def test_that_an_outage_is_no_measure_of_what_an_endpoint_bears(
    tmp_path: Path, workspace: Workspace
) -> None:
    down = False
    endpoint = Endpoint(lambda under_way, at: "reset" if down else None, 0.05)
    async with running(endpoint, tmp_path, workspace, 400, Adaptive(max=16)) as (engine, heard, run):
        await heard.until(lambda now: now.saved >= 150)
        before = run.controller.limit
        down = True
        await heard.until(lambda now: bool(now.gate))
        down = False
        await ended(engine, run, 400)
        assert run.controller.limit >= 0.75 * before  # a probe of its own may stand a call lower
        assert run.controller.prior().crashed_at is None


@pytest.mark.proof
async def test_that_a_rate_with_a_small_burst_is_not_taken_for_a_cap(
    tmp_path: Path, workspace: Workspace
) -> None:
    """25 a second, 2 at one moment, no hint. As a cap of 2 on calls of 0.4 s it would be 5 a second."""
    endpoint = Endpoint(bucket(burst=2, rate=25), 0.4)
    async with running(endpoint, tmp_path, workspace, 70) as (engine, _, run):
        final = await ended(engine, run, 70)
        assert run.controller.limit > 2
    assert final.elapsed < 15
    assert len(endpoint.refused_at) < 40


@pytest.mark.parametrize("how", [pytest.param("503", marks=pytest.mark.proof), "reset", "429"])
async def test_that_a_cap_is_found_however_it_is_told(how: str, tmp_path: Path, workspace: Workspace) -> None:
    refusal = {"503": lambda: web.Response(status=503), "reset": lambda: "reset", "429": too_many}[how]
    endpoint = Endpoint(lambda under_way, at: refusal() if under_way >= 6 else None, 0.08)
    async with running(endpoint, tmp_path, workspace, 300) as (engine, heard, run):
        await ended(engine, run, 300)
        late = sorted(now.limit for now in heard.snapshots if now.saved >= 150)
        assert 5 <= late[len(late) // 2] <= 7, "of 6, and not of three quarters of it"


async def test_that_a_model_that_loads_is_waited_for_and_that_it_is_said(
    tmp_path: Path, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("evalstudio.engine.limits.failure_breaker.SILENT_S", 0.3)
    endpoint = Endpoint(lambda under_way, at: web.Response(status=503) if at < 3.0 else None, 0.01)
    async with running(endpoint, tmp_path, workspace, 40) as (engine, heard, run):
        await ended(engine, run, 40)
    assert any("not ready yet" in now.gate for now in heard.snapshots)
    assert all(later - earlier <= 5 for earlier, later in itertools.pairwise(endpoint.refused_at))


@pytest.mark.proof
async def test_that_a_server_that_is_not_there_yet_is_waited_for(
    tmp_path: Path, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("evalstudio.engine.limits.failure_breaker.SILENT_S", 0.3)
    port = unused_port()
    endpoint = Endpoint(lambda under_way, at: None, 0.01)
    async with engine_in(workspace) as (engine, heard):
        evaluation = write_evaluation(tmp_path, model_at(f"http://127.0.0.1:{port}/v1"), 40)
        run = await engine.start_run(evaluation, Options("one", Adaptive()))
        await heard.until(lambda now: bool(now.gate))
        async with TestServer(endpoint.app, port=port):
            await ended(engine, run, 40)


@pytest.mark.proof
async def test_that_rejections_use_up_no_attempts_while_the_endpoint_takes_any(
    tmp_path: Path, workspace: Workspace
) -> None:
    """Two attempts a sample, and many more rejections than that for each."""
    endpoint = Endpoint(lambda under_way, at: too_many("0") if 0.1 < at % 0.9 < 0.6 else None, 0.01)
    extra = "timeouts = { attempts = 2 }"
    async with running(endpoint, tmp_path, workspace, 30, SlidingWindow(2), extra) as (engine, _, run):
        await ended(engine, run, 30)


async def test_that_what_a_quota_still_let_through_is_saved(tmp_path: Path, workspace: Workspace) -> None:
    accepted = 0

    def rule(under_way: int, at: float) -> web.Response | None:
        nonlocal accepted
        if accepted >= 30:
            return web.json_response({"error": {"code": "insufficient_quota"}}, status=429)
        accepted += 1
        return None

    endpoint = Endpoint(rule, 0.3)
    async with running(endpoint, tmp_path, workspace, 200, SlidingWindow(20)) as (engine, _, run):
        final = await finish(engine, run)
    assert final.state == "stopped"
    assert "quota" in final.reason
    assert (endpoint.answered, final.saved, final.errored) == (30, 30, 0)


@pytest.mark.proof
async def test_that_a_hint_far_too_long_is_heeded_and_seldom_provoked_again(
    tmp_path: Path, workspace: Workspace
) -> None:
    """40 a second, and each rejection asks for two seconds, where 25 ms are enough."""
    endpoint = Endpoint(bucket(burst=10, rate=40, hint="2"), 0.2)
    async with running(endpoint, tmp_path, workspace, 120) as (engine, _, run):
        await ended(engine, run, 120)
    times = sorted(endpoint.refused_at)
    episodes = [times[0], *(later for earlier, later in itertools.pairwise(times) if later - earlier > 0.5)]
    assert all(later - earlier >= 1.9 for earlier, later in itertools.pairwise(episodes)), (
        "the hint is heeded"
    )
    assert len(episodes) <= 4


@pytest.mark.parametrize(
    "prior",
    [
        Prior(window=8, requests_per_minute=60.0),
        Prior(window=1, concurrency_cap=1),
        Prior(window=2, crashed_at=3),
        pytest.param(Prior(window=8, requests_per_minute=4.5, concurrency_cap=2), marks=pytest.mark.proof),
    ],
)
async def test_that_what_an_earlier_run_learned_is_a_hint(
    prior: Prior, tmp_path: Path, workspace: Workspace
) -> None:
    """A server without any limit: what is remembered would make 400 calls of 20 ms last 8 s to 90 minutes."""
    endpoint = Endpoint(lambda under_way, at: None, 0.02)
    async with TestServer(endpoint.app) as server, engine_in(workspace) as (engine, _):
        url = f"http://127.0.0.1:{server.port}/v1"
        evaluation = write_evaluation(tmp_path, model_at(url), 400)
        settings = ModelSettings("openai", "tiny", base_url=url)
        name = identify(settings, None)
        await engine.execute(lambda connection: save_prior(connection, name, prior))
        run = await engine.start_run(evaluation, Options("one", Adaptive()))
        assert run.controller.prior() != Prior(), "it was found under this name"
        final = await ended(engine, run, 400)
    assert final.elapsed < 15
    assert run.controller.limit > 3


@pytest.mark.proof
async def test_that_an_endpoint_that_is_back_is_noticed_within_five_seconds(
    tmp_path: Path, workspace: Workspace
) -> None:
    back: list[float] = []

    def rule(under_way: int, at: float) -> str | None:
        if 0.4 < at < 7.0:
            return "reset"
        if at >= 7.0:
            back.append(at)
        return None

    endpoint = Endpoint(rule, 0.05)
    async with running(endpoint, tmp_path, workspace, 200, SlidingWindow(4)) as (engine, _, run):
        await ended(engine, run, 200)
    assert back[0] < 12.0
    assert len(endpoint.refused_at) < 20, "it is asked now and then, not all the time"


async def test_that_prompts_of_all_lengths_keep_within_a_stated_budget(
    tmp_path: Path, workspace: Workspace
) -> None:
    """30,000 tokens a minute as the headers tell; a call takes 40, each fifth 900."""
    level, seen, taken = 30_000.0, 0.0, itertools.count()

    def rule(under_way: int, at: float) -> web.Response | None:
        nonlocal level, seen
        level, seen = min(30_000.0, level + (at - seen) * 500), at
        needs = 40 + 860 * (next(taken) % 5 == 0)
        if level < needs:
            return too_many("1")
        level -= needs
        return None

    endpoint = Endpoint(rule, 0.05)
    endpoint.headers = lambda: {
        "x-ratelimit-limit-tokens": "30000",
        "x-ratelimit-remaining-tokens": str(int(level)),
    }
    async with running(endpoint, tmp_path, workspace, 60) as (engine, _, run):
        await ended(engine, run, 60)
    assert len(endpoint.refused_at) <= 2
