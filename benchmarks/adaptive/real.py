"""Adaptive in real time: where it settles on servers that queue without a word, and what that costs in waiting.

`python -m benchmarks.adaptive.real [--local]`. The demo server over HTTP with 1 to 32 slots and with one that grows in
the middle; with `--local` the local model with 1, 2, 4 and 8 slots. Beside each the window fixed at the slots, run
just before on the same server; latencies are those of the second half, as ratios. On a busy machine these are figures of the machine: the load average is printed.
"""

import argparse
import asyncio
import os
import platform
import statistics
import tempfile
from dataclasses import dataclass
from pathlib import Path

import httpx
from rich.console import Console
from rich.table import Table

from evalstudio.core.child_process import ChildServer, start_child_server
from evalstudio.core.strategy import Adaptive, SlidingWindow, Strategy
from evalstudio.engine.engine import Engine
from evalstudio.engine.loop import run
from evalstudio.engine.servers.local_model import MODEL_NAME, server_arguments
from evalstudio.evaluations.request import Options
from evalstudio.protocol import Event, Snapshot
from evalstudio.store.reader import Reader
from evalstudio.workspace.folder import Workspace

ANSWERS_OF_60_MS = {"step_base": 0.002, "output_mean": 20, "output_sigma": 0.4, "output_max": 120}
TOPICS = ("the sea", "a bridge", "bread", "the moon", "a train", "winter", "a clock", "glass")


@dataclass(frozen=True)
class Found:
    """One run: its last snapshot; of its second half the limits in force and the latencies of its answers in seconds."""

    final: Snapshot
    limits: list[int]
    latencies: list[float]

    @property
    def rate(self) -> float:
        return self.final.saved / self.final.elapsed

    @property
    def p95(self) -> float:
        return statistics.quantiles(self.latencies, n=20)[-1]


def write(folder: Path, server: ChildServer, model: str, samples: int, parameters: str) -> str:
    lines = [f'{{"text": "Tell me about {TOPICS[n % len(TOPICS)]} ({n})"}}\n' for n in range(samples)]
    (folder / "d.jsonl").write_text("".join(lines))
    path = folder / "e.toml"
    path.write_text(
        f'name = "real"\ndataset = {{ path = "d.jsonl" }}\nparameters = {{ {parameters} }}\n'
        f'model = {{ provider = "openai", name = "{model}", base_url = "{server.url}", key = "BENCHMARK_KEY" }}\n'
        'messages = [ { role = "user", content = "{{ text }}" } ]\n'
        'evaluators = [ { type = "contains", expected = "the" } ]\n'
    )
    return str(path)


async def evaluate(
    server: ChildServer,
    strategy: Strategy,
    samples: int,
    *,
    model: str = "demo",
    parameters: str = "max_tokens = 120",
    grow_to: int | None = None,
) -> Found:
    """One cold run; with `grow_to` the server has so many slots from the middle on."""
    snapshots: list[Snapshot] = []

    def emit(event: Event) -> None:
        if isinstance(event, Snapshot):
            snapshots.append(event)

    with tempfile.TemporaryDirectory() as folder:
        workspace = Workspace(Path(folder) / "workspace")
        engine = Engine(workspace, emit=emit)
        await engine.start()
        try:
            evaluation = write(Path(folder), server, model, samples, parameters)
            started = await engine.start_run(evaluation, Options("real", strategy))
            if grow_to is not None:
                await saved(snapshots, samples // 3)
                await control(server, slots=grow_to)
            final = await engine.finished(started)
        finally:
            await engine.aclose()
        latencies = read_latencies(workspace)
    if final.saved != samples or final.errored:
        raise RuntimeError(f"{final.saved} of {samples} saved, {final.errored} errored: {final.reason}")
    late = [one.limit for one in snapshots if one.saved >= samples / 2 and one.limit is not None]
    return Found(final, late, latencies[len(latencies) // 2 :])


def read_latencies(workspace: Workspace) -> list[float]:
    """Of all answers, in the order in which they came."""
    reader = Reader(workspace)
    try:
        rows = reader.connection.execute(
            "SELECT latency FROM records WHERE latency IS NOT NULL ORDER BY finished_at, id"
        )
        return [latency for (latency,) in rows]
    finally:
        reader.close()


async def saved(snapshots: list[Snapshot], count: int) -> None:
    """Waits until a snapshot tells of so many."""
    while not snapshots or snapshots[-1].saved < count:
        await asyncio.sleep(0.05)


async def control(server: ChildServer, **changes: float) -> None:
    async with httpx.AsyncClient() as client:
        answer = await client.post(
            f"{server.url.removesuffix('/v1')}/control",
            json=changes,
            headers={"Authorization": f"Bearer {server.info['token']}"},
        )
        answer.raise_for_status()


async def demo(table: Table, slots: int, samples: int, *, grown: int | None = None) -> None:
    """One row: the demo server with so many slots, from a third of the run on `grown`."""
    async with start_child_server(["-m", "evalstudio.engine.servers.demo", "--profile", "instant"]) as server:
        os.environ["BENCHMARK_KEY"] = "none"
        await control(server, slots=slots, **ANSWERS_OF_60_MS)
        fixed = await evaluate(server, SlidingWindow(grown or slots), samples, grow_to=grown)
        await control(server, slots=slots)
        adaptive = await evaluate(server, Adaptive(), samples, grow_to=grown)
    name = f"demo, {slots} slots" + (f", then {grown}" if grown else "")
    add(table, name, grown or slots, samples, fixed, adaptive)


async def local(table: Table, slots: int, samples: int) -> None:
    """One row: the local model with so many slots."""
    parameters = "max_tokens = 24, temperature = 0"
    async with start_child_server(server_arguments(slots=slots), start_timeout=60) as server:
        os.environ["BENCHMARK_KEY"] = str(server.info["key"])
        fixed = await evaluate(server, SlidingWindow(slots), samples, model=MODEL_NAME, parameters=parameters)
        adaptive = await evaluate(server, Adaptive(), samples, model=MODEL_NAME, parameters=parameters)
    add(table, f"local model, {slots} slots", slots, samples, fixed, adaptive)


def add(table: Table, name: str, slots: int, samples: int, fixed: Found, adaptive: Found) -> None:
    median = statistics.median(adaptive.limits)
    print(f"{name}: settled at {median:g}", flush=True)  # the table comes minutes later
    waits = statistics.median(adaptive.latencies) / statistics.median(fixed.latencies)
    table.add_row(
        name,
        str(samples),
        f"{median:g} ({min(adaptive.limits)} to {max(adaptive.limits)})",
        f"{median / slots:.2f}",
        f"{fixed.rate:.1f}",
        f"{adaptive.rate:.1f}",
        f"{adaptive.rate / fixed.rate:.2f}",
        f"{waits:.2f}",
        f"{adaptive.p95 / fixed.p95:.2f}",
    )


async def measure(only_local: bool) -> None:
    table = Table(title=f"Adaptive in real time · {platform.machine()}, {os.cpu_count()} cores")
    for head in ("server", "samples", "settled (second half)", "of the slots"):
        table.add_column(head)
    for head in ("fixed/s", "adaptive/s", "ratio", "p50, settled", "p95, settled"):
        table.add_column(head, justify="right")
    load = os.getloadavg()[0]
    if only_local:
        for slots, samples in ((1, 150), (2, 200), (4, 240), (8, 320)):
            await local(table, slots, samples)
    else:
        for slots, samples in ((1, 300), (2, 500), (4, 900), (8, 1500), (32, 5000)):
            await demo(table, slots, samples)
        await demo(table, 4, 1800, grown=16)
    Console(width=140).print(table)
    print(f"load average before {load:.1f}, after {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--local", action="store_true", help="the local model instead of the demo server")
    run(measure(parser.parse_args().local))
