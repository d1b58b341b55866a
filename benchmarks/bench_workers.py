"""Synchronous functions in processes and on a cluster, the strategies of the tutorial, and what the Python API costs.

    python -m benchmarks.bench_workers [processes] [gaps] [limits] [cluster] [strategies] [api] [--rounds 3]

Needs joblib for its rows, and evalstudio[cluster]. Rounds are interleaved; medians are reported where nothing else is said.
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
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import asynccontextmanager, closing, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.bench_workers_functions import compute, compute_long, nothing
from evalstudio import Result, foreach
from evalstudio.authoring.python_evaluation import evaluation_of
from evalstudio.core.strategy import Adaptive, Sequential, SlidingWindow, Strategy
from evalstudio.engine.engine import Engine
from evalstudio.engine.loop import run as run_loop
from evalstudio.evaluations.request import Options
from evalstudio.evaluators import exact_match
from evalstudio.protocol import Snapshot
from evalstudio.store.reader import Reader
from evalstudio.workspace.folder import Workspace

FUNCTIONS = Path(__file__).with_name("bench_workers_functions.py")
COMPUTING = {"compute": compute, "compute_long": compute_long}
EIGHT = [(f"sentence {number}", "yes") for number in range(8)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", default=[], choices=[*PARTS, []])
    parser.add_argument("--rounds", type=int, default=3)
    wanted = parser.parse_args()
    console = Console(width=110, highlight=False)
    console.print(
        f"{platform.platform()}, Python {platform.python_version()}, {os.cpu_count()} cores, "
        f"load {os.getloadavg()[0]:.1f}"
    )
    for name in wanted.parts or PARTS:
        console.print(PARTS[name](wanted.rounds))


def processes(rounds: int) -> Table:
    """Calls that compute, in this loop, in processes of three libraries, and in threads: the best of the rounds.

    What else runs on the machine only ever takes away, so the best of several is nearest to what there is.
    """
    table = Table("a call that computes", "calls/s", "of a loop", "of futures", title="best of the rounds")
    for name, samples in (("compute", 160), ("compute_long", 40)):
        ways: dict[str, Callable[[], float]] = {
            "a plain loop": partial(_loop, name, samples),
            "concurrent.futures, 2 processes": partial(_futures, name, samples, 2),
        }
        if _has_joblib():
            ways["joblib (loky), 2 processes"] = partial(_joblib, name, samples, 2)
        for count, threads in ((1, 1), (2, 1), (2, 2)):
            ways[f"evalstudio, {count} x {threads}"] = partial(
                _engine, name, samples, processes=count, threads_per_process=threads
            )
        ways["evalstudio, 2 threads"] = partial(_engine, name, samples, workers=2)
        rates = _interleaved(ways, rounds, max)
        base, futures = rates["a plain loop"], rates["concurrent.futures, 2 processes"]
        table.add_section()
        for way, rate in rates.items():
            words = f"{way}: {samples} calls of {1000 / base:.0f} ms"
            table.add_row(words, f"{rate:,.1f}", f"{rate / base:.2f}", f"{rate / futures:.2f}")
    return table


def gaps(rounds: int) -> Table:
    """What keeps processes from scaling with cores: time without a call, and the engine's own work.

    Neither needs a quiet machine: a call that waits for a core is under way all the same.
    """
    table = Table("2 processes x 1 thread", "of the time with a call", "engine, processor ms a call")
    for name, samples in (("compute", 160), ("compute_long", 40)):
        busy, own = [], []
        for _ in range(rounds):
            before = os.times()
            called: list[float] = []
            final = run_loop(_run_file(name, samples, Options("x", processes=2), called))
            after = os.times()
            busy.append(sum(called) / final.elapsed / 2)
            own.append((after.user + after.system - before.user - before.system) / samples)
        table.add_row(name, f"{max(busy):.3f}", f"{min(own) * 1000:.1f}")
    return table


def limits(rounds: int) -> Table:
    """Calls that do nothing: what the way to a worker and back costs, and so the most calls a second."""
    samples = 2_000
    rates = _interleaved(
        {
            "8 threads": lambda: _engine("nothing", samples, workers=8),
            "1 process x 1 thread": lambda: _engine("nothing", samples, processes=1),
            "2 processes x 1 thread": lambda: _engine("nothing", samples, processes=2),
            "2 processes x 4 threads": lambda: _engine(
                "nothing", samples, processes=2, threads_per_process=4
            ),
        },
        rounds,
    )
    table = Table("a call that does nothing", "calls/s", title=f"{samples:,} calls")
    for name, rate in rates.items():
        table.add_row(name, f"{rate:,.0f}")
    return table


def cluster(rounds: int) -> Table:
    """The same workers, asked by `client.map` and by a run."""
    table = Table(
        "2 workers x 1 thread", "calls", "window", "client.map /s", "evalstudio /s", "of client.map"
    )
    with _dask(2) as address:
        for name, samples in (("compute", 160), ("nothing", 400)):
            ways = {
                "map": lambda name=name, samples=samples: _map(address, name, samples),
                "2 at once": lambda name=name, samples=samples: _engine(name, samples, cluster=address),
                "4 at once": lambda name=name, samples=samples: _engine(
                    name, samples, cluster=address, strategy=SlidingWindow(4)
                ),
            }
            rates = _interleaved(ways, rounds)
            for way in ("2 at once", "4 at once"):
                ratio = rates[way] / rates["map"]
                found = f"{rates['map']:,.0f}", f"{rates[way]:,.0f}", f"{ratio:.2f}"
                table.add_row(name, f"{samples:,}", way, *found)
    return table


def strategies(rounds: int) -> Table:
    """Eight calls of 1 s, async and not, as in a tutorial."""
    table = Table("8 x 1 s", "seconds", "ideal")
    cases: list[tuple[str, Any, Strategy | None, dict[str, int], float]] = [
        ("async, Sequential", waits_async, Sequential(), {}, 8),
        ("async, SlidingWindow(8)", waits_async, SlidingWindow(8), {}, 1),
        ("async, Adaptive (the default)", waits_async, Adaptive(), {}, 1),
        ("sync, Sequential", waits, Sequential(), {}, 8),
        ("sync, 8 threads (the default)", waits, None, {}, 1),
        ("sync, SlidingWindow(4)", waits, SlidingWindow(4), {}, 2),
        ("sync, 2 processes x 4 threads", waits, None, {"processes": 2, "threads_per_process": 4}, 1),
    ]
    for name, function, strategy, more, ideal in cases:
        seconds = [
            run_loop(_evaluate(function, Options("x", strategy, **more))).elapsed for _ in range(rounds)
        ]
        table.add_row(name, f"{statistics.median(seconds):.2f}", f"{ideal:g}")
    return table


def api(rounds: int) -> Table:
    """Samples that cost nothing: through a function marked by foreach, and through an evaluation file."""
    samples = 4_000

    @foreach("text,expected", [(f"text {number}", "yes") for number in range(samples)])
    async def eval_nothing(text: str, expected: str) -> Result:
        return Result(exact_match("yes", expected), prompt=text, model_response="yes")

    window = SlidingWindow(50)
    rates = _interleaved(
        {
            "file": lambda: _engine("nothing_async", samples, strategy=window),
            "foreach": lambda: samples / run_loop(_evaluate(eval_nothing, Options("x", window))).elapsed,
        },
        rounds,
    )
    table = Table("async, 50 in flight, no delay", "samples/s", "µs a sample", title=f"{samples:,} samples")
    for name, rate in rates.items():
        table.add_row(name, f"{rate:,.0f}", f"{1e6 / rate:.0f}")
    return table


PARTS: dict[str, Callable[[int], Table]] = {
    "processes": processes,
    "gaps": gaps,
    "limits": limits,
    "cluster": cluster,
    "strategies": strategies,
    "api": api,
}


@foreach("text,expected", EIGHT)
def waits(text: str, expected: str) -> Result:
    time.sleep(1)
    return Result(exact_match("yes", expected), prompt=text, model_response="yes")


@foreach("text,expected", EIGHT)
async def waits_async(text: str, expected: str) -> Result:
    await asyncio.sleep(1)
    return Result(exact_match("yes", expected), prompt=text, model_response="yes")


def _interleaved(
    ways: dict[str, Callable[[], float]],
    rounds: int,
    of_rounds: Callable[[list[float]], float] = statistics.median,
) -> dict[str, float]:
    """The median rate of each way, or another one of its rounds; every round takes all of them in turn."""
    rates: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            rates[name].append(way())
    return {name: of_rounds(found) for name, found in rates.items()}


def _loop(name: str, samples: int) -> float:
    started = time.perf_counter()
    for number in range(samples):
        COMPUTING[name](str(number))
    return samples / (time.perf_counter() - started)


def _futures(name: str, samples: int, count: int) -> float:
    with ProcessPoolExecutor(count) as pool:
        list(pool.map(COMPUTING[name], ["warm"] * count))
        started = time.perf_counter()
        list(pool.map(COMPUTING[name], map(str, range(samples))))
        return samples / (time.perf_counter() - started)


def _has_joblib() -> bool:
    try:
        import joblib  # noqa: F401
    except ImportError:
        return False
    return True


def _joblib(name: str, samples: int, count: int) -> float:
    from joblib import Parallel, delayed

    with Parallel(n_jobs=count, backend="loky", batch_size=1) as parallel:
        parallel(delayed(COMPUTING[name])("warm") for _ in range(count))
        started = time.perf_counter()
        parallel(delayed(COMPUTING[name])(str(number)) for number in range(samples))
        return samples / (time.perf_counter() - started)


def _map(address: str, name: str, samples: int) -> float:
    from distributed import Client

    function = {"compute": compute, "nothing": nothing}[name]
    with Client(address, set_as_default=False) as client:
        client.gather(client.map(function, ["warm"] * 4, pure=False))
        started = time.perf_counter()
        client.gather(client.map(function, [str(number) for number in range(samples)], pure=False))
        return samples / (time.perf_counter() - started)


def _engine(name: str, samples: int, **options: Any) -> float:
    final = run_loop(_run_file(name, samples, Options("x", **options)))
    assert final.saved == samples
    assert final.errored == 0
    return samples / final.elapsed


async def _run_file(name: str, samples: int, options: Options, called: list[float] | None = None) -> Snapshot:
    """A run of a function of `bench_workers_functions`; `called` gets the seconds of its calls."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)
        (path / "d.jsonl").write_text(
            "".join(f"{json.dumps({'text': f'text {number}'})}\n" for number in range(samples))
        )
        (path / "e.toml").write_text(
            f'name = "bench"\ndataset = {{ path = "d.jsonl" }}\nmodel = {json.dumps(f"{FUNCTIONS}::{name}")}\n'
            'messages = [ { role = "user", content = "{{ text }}" } ]\n'
            'evaluators = [ { type = "exact_match", expected = "yes" } ]\n'
        )
        async with _engine_in(path) as engine:
            final = await engine.finished(await engine.start_run(str(path / "e.toml"), options))
            if called is not None:
                with closing(Reader(engine.workspace)) as reader:
                    found = map(reader.details, reader.record_ids(final.run_id))
                    called += [one.record.latency or 0.0 for one in found if one is not None]
            return final


async def _evaluate(function: Any, options: Options) -> Snapshot:
    with tempfile.TemporaryDirectory() as folder:
        async with _engine_in(Path(folder)) as engine:
            return await engine.finished(await engine.start_evaluation(evaluation_of(function), options))


@asynccontextmanager
async def _engine_in(folder: Path) -> AsyncIterator[Engine]:
    """An engine with a workspace of its own."""
    engine = Engine(Workspace(folder / "workspace"))
    await engine.start()
    try:
        yield engine
    finally:
        await engine.aclose()


@contextmanager
def _dask(workers: int) -> Iterator[str]:
    """A scheduler and workers as a person starts them, on this machine."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "scheduler.json"
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        dask = [sys.executable, "-m", "dask"]
        scheduler = subprocess.Popen(
            [*dask, "scheduler", "--host", "127.0.0.1", "--port", "0", "--scheduler-file", str(place),
             "--no-dashboard"],
            **quiet,  # type: ignore[call-overload]
        )  # fmt: skip
        while not (place.exists() and place.read_text().strip()):
            time.sleep(0.05)
        address = str(json.loads(place.read_text())["address"])
        one = subprocess.Popen(
            [*dask, "worker", address, "--nworkers", str(workers), "--nthreads", "1", "--no-dashboard",
             "--local-directory", folder],
            **quiet,  # type: ignore[call-overload]
        )  # fmt: skip
        try:
            from distributed import Client

            with Client(address, set_as_default=False) as client:
                client.wait_for_workers(workers, timeout=30)
            yield address
        finally:
            for child in (one, scheduler):
                child.terminate()
                child.wait(10)


if __name__ == "__main__":
    main()
