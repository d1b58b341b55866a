"""Progress display of runs in the terminal."""

import time
from types import TracebackType
from typing import Self

from rich.console import Console, Group
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from evalstudio.core.format import duration, milliseconds
from evalstudio.core.run_state import RunState
from evalstudio.protocol import Snapshot, WorkerStatus
from evalstudio.reports.score_text import percent

MOST_DRAWN = 8  # concurrent runs
MOST_WORKERS = 8  # listed by name
PLAIN_EVERY_S = 5.0  # interval of the lines without a terminal


class LiveProgress:
    """Draws snapshots as a progress bar with key figures; without a terminal, prints a line from time to time.

    `redirect` prints other output above the bar.
    """

    def __init__(self, console: Console, *, redirect: bool = True) -> None:
        self._console = console
        self._live: Live | None = None
        if console.is_terminal:
            self._live = Live(
                console=console, refresh_per_second=8, transient=True,
                redirect_stdout=redirect, redirect_stderr=redirect,
            )  # fmt: skip
        self._next_line = 0.0
        self._latest: dict[int, Snapshot] = {}  # of several concurrent runs

    def __enter__(self) -> Self:
        if self._live is not None:
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live is not None:
            self._live.stop()

    def update(self, snapshot: Snapshot) -> None:
        self._latest[snapshot.run_id] = snapshot
        if self._live is not None:
            running = [one for one in self._latest.values() if one.state in ("running", "paused")]
            self._live.update(Group(*map(_draw, running[:MOST_DRAWN] or [snapshot])))
        elif time.monotonic() >= self._next_line:
            self._next_line = time.monotonic() + PLAIN_EVERY_S
            self._console.print(plain_line(snapshot), markup=False)

    def note(self, level: str, text: str) -> None:
        """Prints a warning, an error or the output of user code above the bar."""
        style = {"error": "red", "output": ""}.get(level, "yellow")
        self._console.print(Text(text, style=style))


def _draw(snapshot: Snapshot) -> Group:
    table = Table.grid(padding=(0, 1))
    table.add_row(
        Text(snapshot.evaluation, style="bold"),
        ProgressBar(total=max(1, snapshot.total), completed=snapshot.saved, width=40),
        Text(f"{snapshot.saved:,} of {snapshot.total:,}"),
        Text(_eta(snapshot)),
    )
    below = [Text(f"  {plain_line(snapshot, short=True)}", style="dim")]
    if snapshot.worker_list:
        below.append(Text(f"  {workers_line(snapshot, each=True)}", style="dim"))
    if snapshot.reason or snapshot.gate:
        wait = f" ({snapshot.gate_wait:.0f} s)" if snapshot.gate_wait else ""
        below.append(Text(f"  {snapshot.reason or snapshot.gate}{wait}", style="yellow"))
    for line in below:
        line.no_wrap, line.overflow = True, "ellipsis"
    return Group(table, *below)


def workers_line(snapshot: Snapshot, *, each: bool = False) -> str:
    """Formats busy, idle and waiting workers in total, and each of them if there are several."""
    workers = snapshot.worker_list
    there = sum(one.threads for one in workers if one.state == "ready")
    busy = sum(one.busy for one in workers)
    waiting = snapshot.workers_waiting + sum(one.waiting for one in workers)
    line = f"{snapshot.workers_label}: {busy} busy, {max(0, there - busy)} idle, {waiting} waiting"
    if len(workers) == 1 or not each:
        return line
    shown = [_one_worker(one) for one in workers[:MOST_WORKERS]]
    more = len(workers) - len(shown)
    return " · ".join([line, *shown, *([f"{more} more"] if more else [])])


def _one_worker(worker: WorkerStatus) -> str:
    if worker.state != "ready":
        return f"{worker.name} {worker.state}"
    waiting = f", {worker.waiting} waiting" if worker.waiting else ""
    return f"{worker.name} {worker.busy} of {worker.threads} busy{waiting}, {worker.ended:,} ended"


def plain_line(snapshot: Snapshot, *, short: bool = False) -> str:
    """Formats the state of a run in one line; `short` leaves out what the bar already shows."""
    parts = [] if short else [f"{snapshot.saved:,} of {snapshot.total:,} saved", _eta(snapshot)]
    parts.append(f"{snapshot.rate:.1f}/s")
    parts.append(f"{snapshot.in_flight} of {snapshot.limit} in flight")
    if snapshot.backing_off:
        parts.append(f"{snapshot.backing_off} backing off")
    if snapshot.latency:
        parts.append(f"p50 {milliseconds(snapshot.latency.p50)}")
    if snapshot.scores and snapshot.scores[0].value is not None:
        score = snapshot.scores[0]
        parts.append(f"{score.evaluator} {percent(score)}")
    if snapshot.errored:
        parts.append(f"{snapshot.errored} errored")
    if snapshot.gate and not short:
        parts.append(f"waiting: {snapshot.gate}")
    if snapshot.worker_list and not short:
        parts.append(workers_line(snapshot))
    return " · ".join(part for part in parts if part)


def _eta(snapshot: Snapshot) -> str:
    if snapshot.state is not RunState.RUNNING:
        return snapshot.state
    if snapshot.eta is None:
        return ""
    low, likely, high = snapshot.eta
    return f"{duration(likely)} left ({duration(low)} to {duration(high)})"
