"""Every manner of the catalogue, played by the demo server, and what the client makes of it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from evalstudio.core.outcome import Outcome
from evalstudio.engine.models.call import CallResult
from evalstudio.engine.servers.demo.manners import MANNERS
from evalstudio.engine.servers.demo.profiles import PROFILES, profile_named
from evalstudio.evaluations.request import Options
from evalstudio.evaluations.spec import TimeOuts
from evalstudio.workspace.folder import Workspace
from tests.engine.models.calls import call_at
from tests.engine.support import Demo, demo, engine_in, finish, write_evaluation

OUTCOMES = {
    "an answer": {Outcome.OK},
    "tried again": {Outcome.OVERLOADED},
    "once more": {Outcome.BAD_ANSWER},
    "one error": {Outcome.CLIENT_ERROR},
    "filtered": {Outcome.FILTERED},
    "stops the run": {Outcome.QUOTA},
    "waits": {Outcome.THROTTLED, Outcome.OVERLOADED},
}


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def odd_server() -> AsyncIterator[Demo]:
    async with demo("instant") as server:
        yield server


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("name", MANNERS)
async def test_that_each_manner_comes_to_what_the_catalogue_says(
    name: str, stream: bool, odd_server: Demo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("evalstudio.engine.models.exchange._AFTER_END_S", 0.2)
    await odd_server.control(profile=name)
    result: CallResult = await call_at(odd_server.url, stream=stream, timeouts=TimeOuts(attempt=10))
    manner = MANNERS[name]
    assert result.outcome in OUTCOMES[manner.expected], result.message
    if manner.expected == "an answer":
        assert result.answer is not None
        assert result.answer.text or name == "silence"
    else:
        assert result.message
        assert not result.fatal


def test_that_the_page_of_manners_is_the_catalogue() -> None:
    from evalstudio.engine.servers.demo import reference

    assert reference.PAGE.read_text() == reference.page(), (
        "run: python -m evalstudio.engine.servers.demo.reference"
    )


def test_that_every_manner_is_a_profile_and_is_listed() -> None:
    assert not MANNERS.keys() & PROFILES.keys()
    for name, manner in MANNERS.items():
        profile = profile_named(name)
        assert (profile.manner, profile.odd) == (name, 1.0)
        assert manner.description in profile.description


@pytest.mark.parametrize("name", ["end-abort", "hint-in-words", "never-fits"])
async def test_that_a_share_of_odd_attempts_is_got_over(
    name: str, tmp_path: Path, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEST_KEY", "sk-planted-for-tests")
    async with demo("instant") as server, engine_in(workspace) as (engine, _):
        await server.control(manner=name, odd=0.2)
        run = await engine.start_run(write_evaluation(tmp_path, server.model, 40), Options("one"))
        final = await finish(engine, run)
        stats = await server.stats()
    odd = stats["failures"][name]
    assert odd >= 3
    assert final.saved == 40
    assert final.errored == (odd if name == "never-fits" else 0)
