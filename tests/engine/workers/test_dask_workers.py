"""Models and evaluators on a Dask cluster: a real scheduler and worker processes on this machine, some of them killed."""

import asyncio
import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import distributed
import httpx
import psutil
import pytest
from distributed.core import connect

from evalstudio.concurrency import SlidingWindow
from evalstudio.core.workers import Cluster
from evalstudio.engine.engine import Engine
from evalstudio.engine.workers import dask_link as cluster_module
from evalstudio.engine.workers import dask_worker_main
from evalstudio.errors import ModelError, RequirementError
from evalstudio.evaluations.request import Options
from evalstudio.protocol import LogLine
from evalstudio.workspace.folder import Workspace
from tests.engine.support import Heard, engine_in, finish, records, write_evaluation, write_model
from tests.engine.workers.support import HEAD, noted, until

QUICK = "note('called', os.getpid())\n    time.sleep(0.05)\n    return 'positive'"


def noting(folder: Path) -> str:
    """The head of a model's file that is sent elsewhere, and notes its calls here."""
    return HEAD.replace("pathlib.Path(__file__).parent", f"pathlib.Path({str(folder)!r})")


class Dask:
    """A scheduler, and workers that come and go. The address is known when the scheduler has written it."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "scheduler.json"
        self._folder = folder
        self._children: list[subprocess.Popen[bytes]] = []
        self._start(
            "scheduler",
            "--host", "127.0.0.1", "--port", "0", "--scheduler-file", str(self._file), "--no-dashboard",
        )  # fmt: skip

    @property
    def address(self) -> str:
        return str(json.loads(self._file.read_text())["address"])

    async def listening(self) -> str:
        await until(lambda: self._file.exists() and bool(self._file.read_text().strip()))
        return self.address

    async def worker(self, *, threads: int = 1, nanny: bool = True) -> subprocess.Popen[bytes]:
        await self.listening()
        return self._start(
            "worker", self.address, "--nthreads", str(threads), "--nanny" if nanny else "--no-nanny", "--no-dashboard",
            "--local-directory", str(self._folder),
        )  # fmt: skip

    def close(self) -> None:
        for child in reversed(self._children):
            child.terminate()
        for child in self._children:
            try:
                child.wait(5)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()

    def _start(self, kind: str, *arguments: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "dask", kind, *arguments]
        child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self._children.append(child)
        return child


@pytest.fixture(scope="module")
def dask(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dask]:
    running = Dask(tmp_path_factory.mktemp("dask"))
    yield running
    running.close()


@asynccontextmanager
async def on(dask: Dask, workspace: Workspace) -> AsyncIterator[tuple[Engine, Heard, str]]:
    async with engine_in(workspace) as (engine, heard):
        yield engine, heard, await dask.listening()


def said(heard: Heard) -> str:
    return "\n".join(one.text for one in heard.events if isinstance(one, LogLine))


async def test_that_no_worker_yet_is_said(
    dask: Dask, tmp_path: Path, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster_module, "FIRST_WORKER_S", 0.2)
    write_model(tmp_path, "def answer(prompt): ...\n")
    async with on(dask, workspace) as (engine, _, address):
        evaluation = write_evaluation(tmp_path, '"model.py::answer"', 4)
        with pytest.raises(ModelError, match=r"has no workers; start some with: dask worker tcp://"):
            await engine.start_run(evaluation, Options("x", cluster=address))


async def test_that_workers_join_and_die_and_nothing_is_lost(
    dask: Dask, tmp_path: Path, workspace: Workspace
) -> None:
    text = "\nnote('built', os.getpid())\ndef answer(prompt):\n    " + QUICK
    write_model(tmp_path, noting(tmp_path) + text)
    extra = f'cluster = "{await dask.listening()}"'
    victim = await dask.worker(nanny=False)
    await dask.worker(nanny=False)
    async with on(dask, workspace) as (engine, heard, _):
        evaluation = write_evaluation(tmp_path, '"model.py::answer"', 200, extra=extra)
        run = await engine.start_run(evaluation, Options("x"))
        await heard.until(lambda now: now.saved >= 10 and len(now.worker_list) == 2)
        assert run.controls.strategy == SlidingWindow(2)
        victim.send_signal(signal.SIGKILL)
        await until(lambda: "left the cluster" in said(heard))
        saved = run.keeper.counts.saved
        await dask.worker(threads=2, nanny=False)
        await heard.until(lambda now: now.workers == 3 and now.in_flight == 3)
        assert run.controls.strategy == SlidingWindow(3)
        final = await finish(engine, run)
    assert 0 < saved < 200
    assert (final.state, final.saved, final.errored) == ("completed", 200, 0)
    assert 200 <= len(noted(tmp_path, "called")) <= 202, "only calls in flight run again"
    assert len(noted(tmp_path, "built")) == 3
    assert sorted(set(noted(tmp_path, "called"))) == sorted(noted(tmp_path, "built"))
    assert "left the cluster; calls that it had run again elsewhere" in said(heard)
    assert "joined the cluster with 2 threads" in said(heard)
    assert "other versions" not in said(heard)


async def test_that_an_import_that_fails_there_is_said_and_nothing_is_called(
    dask: Dask, tmp_path: Path, workspace: Workspace
) -> None:
    write_model(tmp_path, "import not_there_at_all\ndef answer(prompt): ...\n")
    async with on(dask, workspace) as (engine, _, address):
        evaluation = write_evaluation(tmp_path, '"model.py::answer"', 4)
        with pytest.raises(
            ModelError,
            match=r"can't be used on the worker tcp.*'not_there_at_all'.*has to be installed there",
        ):
            await engine.start_run(evaluation, Options("x", cluster=address))
        assert not engine.runs


async def test_that_evaluators_run_there_and_other_versions_are_said(
    dask: Dask, tmp_path: Path, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = dask_worker_main.versions() | {"msgspec": "0.0.1"}
    monkeypatch.setattr(dask_worker_main, "versions", lambda: ours)
    write_model(
        tmp_path,
        "import os\nfrom evalstudio.score import Score\n"
        "async def answer(prompt): return str(os.getpid())\n"
        "def judge(answer, label):\n"
        "    if label == 'neutral': raise KeyError('no idea')\n"
        "    return Score('it', True, (), f'{answer} {os.getpid()}')\n",
    )
    path = Path(write_evaluation(tmp_path, '"model.py::answer"', 8))
    table = 'evaluators = [ { type = "python", path = "model.py", function = "judge", name = "it" } ]'
    lines = [table if line.startswith("evaluators") else line for line in path.read_text().splitlines()]
    path.write_text("\n".join(lines))
    async with on(dask, workspace) as (engine, heard, address):
        run = await engine.start_run(str(path), Options("x", cluster=address))
        final = await finish(engine, run)
    assert (final.state, final.scored, final.unscored, final.workers) == ("completed", 6, 2, None)
    scores = [one.scores[0] for one in records(workspace)]
    places = [score.why.split() for score in scores if score.value is not None]
    assert all(engine_pid == str(os.getpid()) != worker_pid for engine_pid, worker_pid in places)
    assert {score.why for score in scores if score.value is None} == {
        "The evaluator 'it' failed: KeyError: 'no idea' (model.py, line 5)"
    }
    assert "has other versions: msgspec" in said(heard)
    assert "(here 0.0.1)" in said(heard)


@pytest.mark.proof
async def test_that_a_call_past_its_deadline_has_its_worker_restarted_and_the_others_go_on(
    tmp_path: Path, workspace: Workspace, tmp_path_factory: pytest.TempPathFactory
) -> None:
    write_model(
        tmp_path,
        noting(tmp_path) + "\ndef answer(prompt):\n    if '(3)' in prompt: time.sleep(3600)\n    " + QUICK,
    )
    extra = "timeouts = { attempt = 2, attempts = 1 }"
    async with engine_in(workspace) as (engine, heard):
        evaluation = write_evaluation(tmp_path, '"model.py::answer"', 12, extra=extra)
        run = await engine.start_run(evaluation, Options("x", cluster="local", processes=1))
        final = await finish(engine, run)
    assert (final.saved, final.errored) == (12, 1)
    assert final.errors[0].example == "The function did not return within 2 s."
    assert len(noted(tmp_path, "called")) == 11
    assert len(set(noted(tmp_path, "called"))) == 2
    assert "a call of it did not come back" in said(heard)


async def test_that_a_stop_leaves_the_cluster_to_others(
    dask: Dask, tmp_path: Path, workspace: Workspace
) -> None:
    write_model(
        tmp_path,
        noting(tmp_path)
        + "\ndef answer(prompt):\n    note('called', os.getpid())\n    time.sleep(0.5)\n    return 'x'\n",
    )
    async with on(dask, workspace) as (engine, _, address):
        evaluation = write_evaluation(tmp_path, '"model.py::answer"', 100)
        run = await engine.start_run(evaluation, Options("x", cluster=address))
        await until(lambda: len(noted(tmp_path, "called")) >= 2)
        run.stop()
        final = await finish(engine, run)
        calls = len(noted(tmp_path, "called"))
        again = await engine.start_run(evaluation, Options("y", cluster=address, samples=2))
        assert (await finish(engine, again)).saved == 2
    assert final.state == "stopped"
    assert len(noted(tmp_path, "called")) == calls + 2


async def test_that_no_scheduler_and_no_library_are_said(
    tmp_path: Path, workspace: Workspace, monkeypatch: pytest.MonkeyPatch, unused_tcp_port: int
) -> None:
    monkeypatch.setattr(cluster_module, "CONNECT_S", 0.3)
    write_model(tmp_path, "def answer(prompt): ...\n")
    evaluation = write_evaluation(tmp_path, '"model.py::answer"', 4)
    address = f"tcp://127.0.0.1:{unused_tcp_port}"
    async with engine_in(workspace) as (engine, _):
        with pytest.raises(ModelError, match=f"No Dask scheduler answers at {address}"):
            await engine.start_run(evaluation, Options("x", cluster=address))
        monkeypatch.setitem(sys.modules, "distributed", None)
        with pytest.raises(RequirementError, match="pip install distributed"):
            await engine.start_run(evaluation, Options("x", cluster=address))


def test_that_the_engine_does_without_the_library() -> None:
    code = "import sys, evalstudio.engine.engine; sys.exit('distributed' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


async def test_that_a_lost_scheduler_is_said(
    tmp_path: Path,
    workspace: Workspace,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(cluster_module, "CONNECT_S", 2.0)
    own = Dask(tmp_path_factory.mktemp("own"))
    try:
        await own.worker(nanny=False)
        write_model(tmp_path, "import time\ndef answer(prompt):\n    time.sleep(0.05)\n    return 'x'\n")
        async with on(own, workspace) as (engine, heard, address):
            evaluation = write_evaluation(tmp_path, '"model.py::answer"', 500)
            run = await engine.start_run(evaluation, Options("x", cluster=address))
            await heard.until(lambda now: now.saved >= 3)
            own.close()
            async with asyncio.timeout(15):
                while "does not answer" not in said(heard):
                    await asyncio.sleep(0.05)
            saved = run.keeper.counts.saved
            run.stop()
            final = await finish(engine, run)
    finally:
        own.close()
    assert (final.state, final.saved) == ("stopped", saved)


TOLD = (
    "/",
    "/status",
    "/metrics",
    "/health",
    "/info/main/workers.html",
    "/json/identity.json",
    "/api/v1/get_workers",
)


async def test_that_a_local_cluster_takes_and_tells_nobody_else() -> None:
    """Another user of this machine can reach each of its ports."""
    others = set(listening())
    local = await cluster_module.local_cluster(Cluster("local", 1, 1))
    try:
        address = local.scheduler_address
        own = local.security.get_connection_args("client")
        foreign = distributed.Security.temporary().get_connection_args("client")
        connection = await connect(address, timeout=10, **own)
        await connection.close()
        with pytest.raises(OSError):
            await connect(address, timeout=1, **foreign)
        with pytest.raises(OSError):
            await connect(address.replace("tls", "tcp"), timeout=1)
        ports = set(listening()) - others
        assert len(ports) >= 3, "scheduler, nanny and worker"
        async with httpx.AsyncClient(trust_env=False, timeout=5) as client:
            for port in ports:
                for path in TOLD:
                    with contextlib.suppress(httpx.TransportError):  # it speaks TLS
                        assert (await client.get(f"http://127.0.0.1:{port}{path}")).status_code == 404
    finally:
        await local.close()


def listening() -> list[int]:
    """The ports of this process and its children."""
    own = psutil.Process()
    return [
        one.laddr.port
        for process in (own, *own.children(recursive=True))
        for one in process.net_connections("inet")
        if one.status == psutil.CONN_LISTEN
    ]
