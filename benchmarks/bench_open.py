"""How long the window's reader takes to open, sort and filter the records of one long run.

python -m benchmarks.bench_open [--samples 1000000] [--workspace FOLDER] [--window]
"""

import argparse
import asyncio
import os
import platform
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.window import open_ready
from evalstudio.store.query import RecordQuery
from evalstudio.store.schema import migrate, record_id
from evalstudio.ui.records.record_cells import ANSWER
from evalstudio.ui.state.store_reader import StoreReader
from evalstudio.workspace.folder import Workspace

ROUNDS = 5
RUN = 1
MISSING = 2  # a run under way: it has all records but some
PROMPT = '[{"role": "user", "content": "%s"}]' % ("What is said here of the thing that was bought? " * 12)


def rows(run: int, samples: int) -> Iterator[tuple[Any, ...]]:
    for position in range(samples):
        if run == MISSING and position % 1_000 == 7:
            continue
        failed = position % 200 == 3
        latency = 0.2 + (position * 7_919 % 10_007) / 10_007
        yield (
            record_id(run, position, 0, 1), run, position, f"{position}", "throttled" if failed else "ok",
            "It was busy." if failed else None, PROMPT, None if failed else f"positive, number {position}", "positive",
            None if failed else latency, 40, None if failed else 12, None if failed else 0.0001, 1 + failed, 1.0,
        )  # fmt: skip


def fill(workspace: Workspace, samples: int) -> None:
    """Two runs of so many samples, written as the engine writes them."""
    workspace.database.parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(workspace.database)
    connection.execute("PRAGMA journal_mode = WAL")
    migrate(connection)
    connection.execute("INSERT INTO experiments VALUES (1, 'long', 1.0)")
    for run in (RUN, MISSING):
        connection.execute(
            "INSERT INTO runs (id, experiment_id, evaluation, model, spec, fingerprint, dataset_path, dataset_hash,"
            " state, total, saved, created_at) VALUES (?, 1, 'long', 'demo/fast', '{}', '{}', 'd', 'h', 'completed',"
            " ?, ?, 1.0)",
            (run, samples, samples),
        )
        connection.executemany(
            "INSERT INTO records (id, run_id, position, repeat, sample_id, outcome, error, prompt, answer, expected,"
            " latency, tokens_in, tokens_out, cost, attempts, finished_at) VALUES (?, ?, ?, 0, ?, ?, ?, ?, ?, ?, ?, ?,"
            " ?, ?, ?, ?)",
            rows(run, samples),
        )
        connection.execute(
            "INSERT INTO scores (record_id, evaluator, value, why) SELECT id, 'exact_match', position % 10 != 0,"
            " 'as expected' FROM records WHERE run_id = ? AND outcome = 'ok'",
            (run,),
        )
    connection.commit()
    connection.close()


QUESTIONS = {
    "open a finished run": (RUN, RecordQuery()),
    "open a run with gaps": (MISSING, RecordQuery()),
    "backwards": (RUN, RecordQuery(descending=True)),
    "only errored": (RUN, RecordQuery(outcome="errored")),
    "only wrong": (RUN, RecordQuery(outcome="wrong")),
    "by latency": (RUN, RecordQuery(sort="latency", descending=True)),
    "by score": (RUN, RecordQuery(sort="score")),
    "search a text": (RUN, RecordQuery(search="number 77777")),
}


async def measure(workspace: Workspace) -> list[tuple[str, ...]]:
    reader = StoreReader(workspace)
    told = []
    for name, (run, query) in QUESTIONS.items():
        to_ids, to_rows, busy = [], [], []
        for _ in range(ROUNDS):
            started, cpu = time.perf_counter(), time.process_time()
            ids = await reader.record_ids(run, query)
            to_ids.append(time.perf_counter() - started)
            await reader.lines(ids[:128].tolist())
            to_rows.append(time.perf_counter() - started)
            busy.append(time.process_time() - cpu)
        figures = (f"{statistics.median(values) * 1000:,.0f} ms" for values in (to_ids, to_rows, busy))
        told.append((name, f"{len(ids):,}", *figures))
    reader.close()
    return told


async def clicks(folder: Path) -> list[float]:
    """Seconds from the click on Results to the first rows, each in a window of its own."""
    from PySide6.QtWidgets import QToolButton

    taken = []
    for _ in range(ROUNDS):
        studio = await open_ready(folder)
        page, session = studio.window.results_page, studio.session
        session.look_at(RUN)
        while (model := session.models.get(RUN)) is None or model.snapshot is None:
            await asyncio.sleep(0.05)
        await asyncio.sleep(1.0)
        rows = page.records.model
        started = time.perf_counter()
        studio.window.findChild(QToolButton, "nav_results").click()  # type: ignore[union-attr]
        while not rows.rowCount() or rows.index(0, ANSWER).data() == "…":
            await asyncio.sleep(0.002)
        taken.append(time.perf_counter() - started)
        await studio.close()
    return taken


def click(folder: Path) -> list[float]:
    from PySide6.QtWidgets import QApplication
    from qasync import QEventLoop

    with tempfile.TemporaryDirectory() as config:
        os.environ["EVALSTUDIO_CONFIG"] = config
        application = QApplication.instance() or QApplication([])
        with asyncio.Runner(loop_factory=lambda: QEventLoop(application)) as runner:
            return runner.run(clicks(folder))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--samples", type=int, default=1_000_000)
    parser.add_argument("--workspace", type=Path, help="keeps what is written, and uses what is there")
    parser.add_argument("--window", action="store_true", help="opens the window, and the Results page in it")
    arguments = parser.parse_args()
    console = Console(width=100, highlight=False)
    console.print(
        f"{platform.platform()}, Python {platform.python_version()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"
    )
    table = Table("what", "records", "all ids", "first 128 rows", "of it computing")
    with tempfile.TemporaryDirectory() as folder:
        place = arguments.workspace or Path(folder)
        workspace = Workspace(place / "workspace")
        if not workspace.database.exists():
            fill(workspace, arguments.samples)
        for row in asyncio.run(measure(workspace)):
            table.add_row(*row)
        taken = [f"{seconds * 1000:,.0f}" for seconds in sorted(click(place))] if arguments.window else []
    console.print(table)
    if taken:
        console.print(f"From the click on Results to the first rows: {', '.join(taken)} ms")


if __name__ == "__main__":
    main()
