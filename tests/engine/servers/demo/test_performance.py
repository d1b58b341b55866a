"""The performance model: slots, queue, rate limits and faults, over real HTTP."""

import asyncio
import math
from itertools import pairwise
from typing import Any

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalstudio.engine.servers.demo.performance import Batch
from evalstudio.engine.servers.demo.profiles import Profile
from evalstudio.engine.servers.demo.rate_limits import RateLimits, duration
from tests.engine.servers.demo.support import Demo, demo_server

FAILED = 0


def most_at_once(spans: list[tuple[float, float]]) -> int:
    marks = sorted(
        [(start, 1) for start, _ in spans] + [(end, -1) for _, end in spans], key=lambda m: (m[0], m[1])
    )
    level = most = 0
    for _, step in marks:
        level += step
        most = max(most, level)
    return most


async def test_that_slots_are_never_exceeded() -> None:
    async with demo_server("fast", slots=3, step_base=0.0005, step_per_call=0.0001) as demo:
        replies = await asyncio.gather(*(demo.ask(f"Text {i}") for i in range(24)))
        stats = (await demo.get("/stats")).body
        calls = (await demo.get("/stats/calls")).body
    assert [reply.status for reply in replies] == [200] * 24
    assert stats["started"] == stats["finished"] == len(calls) == 24
    assert stats["in_flight"] == stats["in_work"] == stats["queued"] == 0
    assert most_at_once([(call["served"], call["end"]) for call in calls]) == 3
    assert most_at_once([(call["start"], call["end"]) for call in calls]) == stats["max_in_flight"] > 3


async def test_that_the_queue_is_first_come_first_served() -> None:
    batch = Batch(Profile(slots=2))
    order = []

    async def one(number: int) -> None:
        await batch.enter()
        order.append(number)
        await asyncio.sleep(0)
        batch.leave()

    tasks = [asyncio.create_task(one(number)) for number in range(12)]
    await asyncio.sleep(0)
    tasks[5].cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert order == [0, 1, 2, 3, 4, 6, 7, 8, 9, 10, 11]
    assert (batch.active, batch.queued) == (0, 0)


async def test_that_a_slot_handed_to_one_who_has_left_is_not_lost() -> None:
    batch = Batch(Profile(slots=1))
    await batch.enter()
    waiter = asyncio.create_task(batch.enter())
    await asyncio.sleep(0)
    batch.leave()  # hands the slot over
    waiter.cancel()  # before the waiter has noticed
    await asyncio.gather(waiter, return_exceptions=True)
    assert batch.active == 0


async def test_that_a_step_takes_longer_in_a_larger_batch() -> None:
    profile = Profile(step_base=0.01, step_per_call=0.002, cache_slots=4, thrash=1.0)
    assert profile.step_seconds(2) == pytest.approx(0.014)
    assert profile.step_seconds(8) == pytest.approx(2 * 0.026)


async def test_that_more_slots_are_used_at_once() -> None:
    async with demo_server(
        "one-second", fixed_seconds=None, slots=1, step_base=3600, step_per_call=0
    ) as demo:
        waiting = [asyncio.create_task(demo.ask(f"Text {i}")) for i in range(5)]
        await until(demo, lambda stats: stats["queued"] == 4)
        await demo.change(slots=4)
        await until(demo, lambda stats: stats["in_work"] == 4 and stats["queued"] == 1)
        await demo.change(step_base=0, slots=None)
        assert [reply.status for reply in await asyncio.gather(*waiting)] == [200] * 5


async def until(demo: Demo, true: Any) -> dict[str, Any]:
    async with asyncio.timeout(10):
        while True:
            stats: dict[str, Any] = (await demo.get("/stats")).body
            if true(stats):
                return stats


async def test_that_a_client_that_leaves_frees_its_slot() -> None:
    async with demo_server("fast", slots=1, step_base=3600) as demo:
        first, second = (asyncio.create_task(demo.ask(f"Text {i}")) for i in range(2))
        await until(demo, lambda stats: stats["in_work"] == 1 and stats["queued"] == 1)
        first.cancel()
        second.cancel()
        await asyncio.gather(first, second, return_exceptions=True)
        stats = await until(demo, lambda stats: stats["in_work"] == 0 and stats["queued"] == 0)
    assert stats["in_flight"] == 0
    assert stats["failures"] == {"client_gone": 2}


async def test_that_a_429_tells_truly_how_long_to_wait() -> None:
    async with demo_server("instant", requests_per_minute=240, request_burst=2) as demo:
        good = [await demo.ask("Text 0"), await demo.ask("Text 1")]
        refused = await demo.ask("Text 2")
        assert [reply.status for reply in good] == [200, 200]
        assert good[0].headers["x-ratelimit-limit-requests"] == "240"
        assert good[0].headers["x-ratelimit-remaining-requests"] == "1"
        assert refused.status == 429
        assert refused.body["error"]["code"] == "rate_limit_exceeded"
        wait = int(refused.headers["retry-after-ms"]) / 1000
        assert 0 < wait <= 60 / 240
        assert float(refused.headers["Retry-After"]) == max(1, math.ceil(wait))
        await asyncio.sleep(wait)  # what the header asks for is what is tested
        assert (await demo.ask("Text 2")).status == 200
        assert (await demo.get("/stats")).body["failures"] == {"requests_per_minute": 1}


async def test_that_tokens_a_minute_are_limited_too() -> None:
    async with demo_server("instant", tokens_per_minute=600, token_burst=60) as demo:
        first = await demo.ask("Text 0", max_tokens=40)
        second = await demo.ask("Text 1", max_tokens=40)
    assert first.status == 200
    assert first.headers["x-ratelimit-limit-tokens"] == "600"
    assert second.status == 429
    assert second.body["error"]["type"] == "tokens"


@pytest.mark.parametrize(
    ("hints", "present"),
    [("all", {"Retry-After", "retry-after-ms"}), ("retry-after", {"Retry-After"}), ("none", set())],
)
async def test_that_hints_are_as_chatty_as_the_profile(hints: str, present: set[str]) -> None:
    async with demo_server("instant", requests_per_minute=1, request_burst=1, hints=hints) as demo:
        await demo.ask("Text 0")
        refused = await demo.ask("Text 1")
    names = {"Retry-After", "retry-after-ms", "x-ratelimit-limit-requests"}
    limits = {"x-ratelimit-limit-requests"} if hints == "all" else set()
    assert refused.status == 429
    assert {name for name in names if name in refused.headers} == present | limits


async def test_that_too_many_at_once_are_refused() -> None:
    async with demo_server("fast", max_concurrency=2, slots=None, step_base=3600) as demo:
        held = [asyncio.create_task(demo.ask(f"Text {i}")) for i in range(2)]
        await until(demo, lambda stats: stats["in_work"] == 2)
        assert (await demo.ask("Text 2")).status == 429
        await demo.change(step_base=0, step_per_call=0)
        assert [reply.status for reply in await asyncio.gather(*held)] == [200, 200]


async def test_that_a_full_queue_is_503() -> None:
    async with demo_server("ollama-1", queue_limit=1, step_base=3600) as demo:
        held = [asyncio.create_task(demo.ask(f"Text {i}")) for i in range(2)]
        await until(demo, lambda stats: stats["queued"] == 1)
        assert (await demo.ask("Text 2")).status == 503
        await demo.change(step_base=0)
        await asyncio.gather(*held)


async def statuses(texts: list[str]) -> dict[str, list[int]]:
    """The outcomes of each text's attempts until one goes well; FAILED for a reset or unreadable body."""
    found: dict[str, list[int]] = {}
    async with demo_server(
        "flaky",
        step_base=0,
        step_per_call=0,
        slow_seconds=0.01,
        overloaded=0.2,
        server_error=0.2,
        reset=0.1,
        broken=0.1,
    ) as demo:
        for text in texts:
            outcomes = found.setdefault(text, [])
            while not outcomes or outcomes[-1] != 200:
                try:
                    outcomes.append((await demo.ask(text)).status)
                except (aiohttp.ClientError, ValueError):
                    outcomes.append(FAILED)
                assert len(outcomes) < 50
        failures = (await demo.get("/stats")).body["failures"]
    assert {"overloaded", "server_error", "reset", "broken"} <= set(failures)
    return found


async def test_that_faults_depend_on_request_and_attempt_only() -> None:
    texts = [f"Text {i}" for i in range(40)]
    first = await statuses(texts)
    second = await statuses(texts[::-1])
    assert first == second
    assert any(len(outcomes) > 1 for outcomes in first.values())
    assert any(outcomes == [200] for outcomes in first.values())


async def test_that_a_broken_stream_has_no_end() -> None:
    async with demo_server("instant", broken=1.0) as demo:
        body = demo.request("I love it", stream=True)
        async with demo.session.post(f"{demo.url}/chat/completions", json=body) as response:
            data = await response.read()
    assert b"[DONE]" not in data


async def test_that_a_slow_body_drips_and_is_whole() -> None:
    async with demo_server("instant", slow=1.0, slow_seconds=0.2) as demo:
        async with demo.session.post(
            f"{demo.url}/chat/completions", json=demo.request("I love it")
        ) as response:
            chunks = [chunk async for chunk in response.content.iter_any()]
        assert len(chunks) > 3
        assert (await demo.get("/stats")).body["failures"] == {"slow": 1}
    assert b'"content":"positive"' in b"".join(chunks)


@given(
    per_minute=st.floats(1, 100_000),
    burst=st.floats(1, 1000),
    asked=st.lists(st.floats(1, 2000), min_size=1, max_size=30),
)
def test_that_waiting_as_long_as_told_is_always_enough(
    per_minute: float, burst: float, asked: list[float]
) -> None:
    now = 0.0
    limits = RateLimits(
        Profile(tokens_per_minute=per_minute, token_burst=burst, requests_per_minute=per_minute), now
    )
    admitted = 0.0
    for tokens in asked:
        refusal = limits.admit(tokens, now)
        if refusal is not None:
            now += int(limits.retry_headers(refusal.wait)["retry-after-ms"]) / 1000
            assert limits.admit(tokens, now) is None
        admitted += min(tokens, burst)
        assert admitted <= burst + now * per_minute / 60 + 1e-5 * (1 + admitted)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0ms"), (0.0121, "13ms"), (1, "1s"), (1.5, "1.5s"), (60, "1m0s"), (364.25, "6m4.25s")],
)
def test_that_durations_are_written_as_openai_writes_them(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def test_that_longer_durations_never_look_shorter() -> None:
    assert [duration(a) == duration(b) for a, b in pairwise([0.5, 0.9, 5.0, 65.0])] == [False] * 3
