"""What the engine's tests share: evaluations made on the spot, a demo server and what it counted."""

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import httpx

from evalstudio.core.child_process import start_child_server
from evalstudio.engine.engine import Engine
from evalstudio.engine.run.run import Run
from evalstudio.protocol import Event, Snapshot
from evalstudio.store.reader import Details, Reader
from evalstudio.workspace.folder import Workspace

SENTIMENTS = [
    ("I love this, it is wonderful", "positive"),
    ("Terrible, it broke and I hate it", "negative"),
    ("It is a table", "neutral"),
    ("Great value, excellent work", "positive"),
]


def write_evaluation(
    folder: Path,
    model: str,
    samples: int = 8,
    *,
    name: str = "test",
    extra: str = "",
    rows: list[dict[str, Any]] | None = None,
) -> str:
    """Writes a dataset and an evaluation of it; returns the path of the evaluation. `model` is TOML: quoted or a table."""
    rows = rows or [
        {"text": f"{SENTIMENTS[number % 4][0]} ({number})", "label": SENTIMENTS[number % 4][1]}
        for number in range(samples)
    ]
    (folder / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    path = folder / f"{name}.toml"
    path.write_text(
        f'name = "{name}"\nmodel = {model}\n{extra}\n'
        f'dataset = {{ path = "{name}.jsonl" }}\n'
        'messages = [ { role = "system", content = "Answer with one word: positive, negative or neutral." },\n'
        '             { role = "user", content = "{{ text }}" } ]\n'
        'evaluators = [ { type = "exact_match", expected = "{{ label }}", normalise = true } ]\n'
    )
    return str(path)


@asynccontextmanager
async def demo(profile: str, *arguments: str) -> AsyncIterator["Demo"]:
    """A demo server in a process of its own."""
    async with (
        start_child_server(
            ["-m", "evalstudio.engine.servers.demo", "--profile", profile, *arguments]
        ) as server,
        httpx.AsyncClient() as client,
    ):
        yield Demo(server.url, str(server.info["token"]), client)


class Demo:
    """A running demo server."""

    def __init__(self, url: str, token: str, client: httpx.AsyncClient) -> None:
        self.url = url
        self._root = url.removesuffix("/v1")
        self._token = token
        self._client = client

    @property
    def model(self) -> str:
        """A `model` table for it."""
        return f'{{ provider = "openai", name = "demo", base_url = "{self.url}", key = "TEST_KEY" }}'

    async def stats(self) -> dict[str, Any]:
        answer = await self._client.get(f"{self._root}/stats")
        return answer.json()  # type: ignore[no-any-return]

    async def calls(self) -> list[dict[str, Any]]:
        """The server's own log: start, end and status of every call."""
        answer = await self._client.get(f"{self._root}/stats/calls")
        return answer.json()  # type: ignore[no-any-return]

    async def control(self, **changes: Any) -> None:
        answer = await self._client.post(
            f"{self._root}/control", json=changes, headers={"Authorization": f"Bearer {self._token}"}
        )
        answer.raise_for_status()


class Heard:
    """The events of an engine, and a way to wait for one."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self._changed = asyncio.Event()

    def __call__(self, event: Event) -> None:
        self.events.append(event)
        self._changed.set()

    @property
    def snapshots(self) -> list[Snapshot]:
        return [event for event in self.events if isinstance(event, Snapshot)]

    async def until(self, condition: Callable[[Snapshot], bool], timeout: float = 20) -> Snapshot:
        """The first snapshot, past or to come, of which the condition holds."""
        async with asyncio.timeout(timeout):
            while True:
                for snapshot in self.snapshots:
                    if condition(snapshot):
                        return snapshot
                self._changed.clear()
                await self._changed.wait()


@asynccontextmanager
async def engine_in(workspace: Workspace, **options: Any) -> AsyncIterator[tuple[Engine, Heard]]:
    """A started engine and what it says."""
    heard = Heard()
    engine = Engine(workspace, emit=heard, **options)
    await engine.start()
    try:
        yield engine, heard
    finally:
        await engine.aclose()


async def finish(engine: Engine, run: Run, timeout: float = 60) -> Snapshot:
    async with asyncio.timeout(timeout):
        return await engine.finished(run)


HANGS_EVERY_FIFTH = (
    "import threading\n"
    "def answer(prompt):\n"
    "    number = int(prompt.rpartition('(')[2].rstrip(')'))\n"
    "    if number % 5 == 0: threading.Event().wait()\n"
    "    return 'positive'\n"
)


def write_model(folder: Path, text: str) -> None:
    """A Python model beside the evaluation."""
    (folder / "model.py").write_text(text)


def records(workspace: Workspace, run_id: int = 1) -> list[Details]:
    """All that is saved of a run."""
    reader = Reader(workspace)
    found = [details for one in reader.record_ids(run_id) if (details := reader.details(one))]
    reader.close()
    return found


def start_cli(evaluation: str, workspace: Workspace, *arguments: str) -> subprocess.Popen[str]:
    """Starts `evalstudio run` in a process of its own."""
    command = [
        sys.executable,
        "-m",
        "evalstudio",
        "run",
        evaluation,
        "--workspace",
        str(workspace.folder),
        *arguments,
    ]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


@contextmanager
def demo_that_wants(key: str) -> Iterator[str]:
    """A demo server that refuses other keys; its URL."""
    arguments = ["-m", "evalstudio.engine.servers.demo", "--profile", "instant", "--api-key", key]
    server = subprocess.Popen(
        [sys.executable, *arguments], stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True
    )
    try:
        assert server.stdout is not None
        yield server.stdout.readline().split('"url": "')[1].split('"')[0]
    finally:
        server.terminate()
        server.communicate(timeout=10)
