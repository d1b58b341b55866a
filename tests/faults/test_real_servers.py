"""Runs on servers that others have written: each answer arrives, plain and as a stream, also past a kill of the engine.

`EVALSTUDIO_SERVERS` may name a folder in which they are kept from one proof to the next.
"""

import asyncio
import os
import re
import signal
from pathlib import Path

import pytest

from evalstudio.core.child_process import start_child_server
from evalstudio.core.run_state import RunState
from evalstudio.engine.servers.local_model import installed, server_arguments
from evalstudio.evaluations.request import Options
from evalstudio.workspace.folder import Workspace
from tests.engine.support import demo, engine_in, finish, records, start_cli, write_evaluation
from tests.faults.conftest import Tell
from tests.faults.real_servers import SERVERS, free_port, install, started
from tests.faults.support import until_saved

SAMPLES = 40
pytestmark = [pytest.mark.proof, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where servers are installed."""
    return Path(os.environ.get("EVALSTUDIO_SERVERS") or tmp_path_factory.mktemp("servers"))


@pytest.mark.parametrize("name", SERVERS)
async def test_that_a_server_of_others_answers_every_sample(
    tmp_path: Path, workspace: Workspace, told: Tell, kept: Path, name: str
) -> None:
    server = SERVERS[name]
    programs = install(server, kept / re.sub(r"\W+", "-", server.packages[0]))
    port = free_port()
    async with demo("instant") as upstream:
        command = server.command(programs, tmp_path, port, upstream.url)
        async with started(command, tmp_path, port) as address:
            await check(address, "m", tmp_path, workspace, SAMPLES)
    told(f"run on {name}", 3, f"{3 * SAMPLES} of {3 * SAMPLES} answered: plain, streamed, and past a kill")


@pytest.mark.skipif(not installed(), reason="the local model is not installed (make local-model)")
async def test_that_llama_cpp_answers_every_sample(tmp_path: Path, workspace: Workspace, told: Tell) -> None:
    async with start_child_server(server_arguments(slots=4), start_timeout=120) as server:
        key = str(server.info.get("key") or "")
        await check(server.url, str(server.info.get("model") or "m"), tmp_path, workspace, 8, key)
    told("run on llama.cpp", 3, "24 of 24 answered: plain, streamed, and past a kill")


async def check(
    address: str, model: str, folder: Path, workspace: Workspace, samples: int, key: str = ""
) -> None:
    """Runs plain and streamed, and once with the engine killed in between."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TEST_KEY", key or "sk-planted-for-tests")
        table = f'{{ provider = "openai", name = "{model}", base_url = "{address}", key = "TEST_KEY" }}'
        for number, extra in enumerate(("", "stream = true"), 1):
            evaluation = write_evaluation(
                folder, table, samples, name=f"e{number}", extra=f"{extra}\nparameters = {{ max_tokens = 8 }}"
            )
            async with engine_in(workspace) as (engine, _):
                final = await finish(engine, await engine.start_run(evaluation, Options(f"r{number}")), 300)
            assert (final.state, final.saved, final.errored) == (RunState.COMPLETED, samples, 0), final.errors
            assert all(one.record.answer for one in records(workspace, number))
        killed = start_cli(evaluation, workspace, "--experiment", "k", "--window", "2")
        await until_saved(workspace, 2, run=3)
        killed.send_signal(signal.SIGKILL)
        await asyncio.to_thread(killed.communicate)
        last = start_cli(evaluation, workspace, "--experiment", "k")
        output = (await asyncio.to_thread(last.communicate))[0]
        assert last.returncode == 0, output
        assert f"{samples} of {samples} saved" in output
