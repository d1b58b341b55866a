"""Samples/s of the engine, committed to SQLite, against bare loops on the same server in the same run.

    python -m benchmarks.bench_engine [--quick]

Pairs are interleaved and medians reported; ratios are what counts, absolute numbers are this machine's.
"""

import argparse
import asyncio
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import aclosing, contextmanager
from pathlib import Path

import aiohttp
import httpx
from httpx_aiohttp import AiohttpTransport
from rich.console import Console
from rich.table import Table

from evalstudio.core.strategy import SlidingWindow
from evalstudio.core.system import raise_open_file_limit
from evalstudio.engine.engine import Engine
from evalstudio.engine.loop import run
from evalstudio.engine.models.http import Client, stream_body
from evalstudio.evaluations.request import Options
from evalstudio.workspace.folder import Workspace

CASES = [  # samples, milliseconds, in flight
    (3_000, 0, 1),
    (8_000, 0, 16),
    (8_000, 0, 50),
    (8_000, 0, 256),
    (5_000, 100, 50),
    (20_000, 1_000, 1_000),
]
ROUNDS = 3
MESSAGES = [
    {"role": "system", "content": "Answer with one word: positive, negative or neutral."},
    {"role": "user", "content": "Review number 17: it was great and I love it"},
]
BODY = json.dumps({"model": "raw", "messages": MESSAGES, "temperature": 0}).encode()


@contextmanager
def raw_server(delay: int) -> Iterator[str]:
    command = [sys.executable, "-m", "benchmarks.raw_server", str(delay)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield f"http://127.0.0.1:{int(process.stdout.readline())}/v1"
        assert process.stdin is not None
        process.stdin.close()


async def workers(count: int, samples: int, one: Callable[[], Awaitable[None]]) -> float:
    """`count` coroutines that share `samples` calls; returns calls a second."""
    left = iter(range(samples))

    async def work() -> None:
        for _ in left:
            await one()

    started = time.perf_counter()
    await asyncio.gather(*(work() for _ in range(count)))
    return samples / (time.perf_counter() - started)


async def bare_aiohttp(url: str, samples: int, window: int) -> float:
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:

        async def one() -> None:
            headers = {"Content-Type": "application/json"}
            async with session.post(f"{url}/chat/completions", data=BODY, headers=headers) as response:
                json.loads(await response.read())

        return await workers(window, samples, one)


async def bare_httpx(url: str, samples: int, window: int) -> float:
    """httpx as it is meant to be used, carried by aiohttp."""
    transport = AiohttpTransport(
        client=lambda: aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))
    )
    async with httpx.AsyncClient(transport=transport, timeout=240) as client:

        async def one() -> None:
            headers = {"Content-Type": "application/json"}
            response = await client.post(f"{url}/chat/completions", content=BODY, headers=headers)
            json.loads(response.content)

        return await workers(window, samples, one)


async def bare_transport(url: str, samples: int, window: int) -> float:
    """The engine's own client, which talks to httpx's transport directly."""
    address = httpx.URL(f"{url}/chat/completions")
    client = Client(address, {}, 10)

    async def one() -> None:
        response = await client.post(address, BODY, {})
        async with aclosing(response):
            json.loads(b"".join([piece async for piece in stream_body(response)]))

    try:
        return await workers(window, samples, one)
    finally:
        await client.aclose()


async def whole_engine(url: str, samples: int, window: int) -> float:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)
        with (path / "d.jsonl").open("w") as file:
            for number in range(samples):
                file.write(
                    json.dumps({"text": f"Review number {number}: great, I love it", "label": "positive"})
                    + "\n"
                )
        (path / "e.toml").write_text(
            'name = "bench"\ndataset = { path = "d.jsonl" }\n'
            f'model = {{ provider = "openai", name = "raw", base_url = "{url}" }}\n'
            f'messages = [ {{ role = "system", content = "{MESSAGES[0]["content"]}" }}, {{ role = "user", content = "{{{{ text }}}}" }} ]\n'
            "parameters = { temperature = 0 }\n"
            'evaluators = [ { type = "exact_match", expected = "{{ label }}", normalise = true } ]\n'
        )
        engine = Engine(Workspace(path / "workspace"), ceiling=10_000)
        await engine.start()
        try:
            started = await engine.start_run(str(path / "e.toml"), Options("b", SlidingWindow(window)))
            final = await engine.finished(started)
        finally:
            await engine.aclose()
        if (final.saved, final.scored) != (samples, samples):
            raise RuntimeError(f"{final.saved} saved, {final.scored} scored of {samples}: {final.reason}")
        return samples / final.elapsed


BENCHES = {"aiohttp": bare_aiohttp, "httpx": bare_httpx, "transport": bare_transport, "engine": whole_engine}


def _ratio(rates: dict[str, list[float]], other: str) -> str:
    """The median of the ratios, pair by pair: a machine that slows down slows both."""
    pairs = zip(rates["engine"], rates[other], strict=True)
    return f"{statistics.median(engine / bare for engine, bare in pairs):.2f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one round, fewer samples")
    quick = parser.parse_args().quick
    raise_open_file_limit()
    console = Console(width=120, highlight=False)
    console.print(
        f"{platform.platform()}, Python {platform.python_version()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"
    )
    table = Table("samples", "server", "in flight", *BENCHES, "engine/httpx", "engine/transport", "of ideal")
    for samples, delay, window in CASES:
        if quick:
            samples = max(window * 4, samples // 8)
        rates: dict[str, list[float]] = {name: [] for name in BENCHES}
        with raw_server(delay) as url:
            for _ in range(1 if quick else ROUNDS):
                for name, bench in BENCHES.items():
                    rates[name].append(run(bench(url, samples, window)))
        medians = {name: statistics.median(values) for name, values in rates.items()}
        ideal = window / (delay / 1000) if delay else 0
        table.add_row(
            f"{samples:,}", f"{delay} ms", str(window), *(f"{medians[name]:,.0f}" for name in BENCHES),
            _ratio(rates, "httpx"), _ratio(rates, "transport"), f"{medians['engine'] / ideal:.3f}" if ideal else "–",
        )  # fmt: skip
    console.print(table)


if __name__ == "__main__":
    main()
