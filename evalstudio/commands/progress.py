"""A run's progress in the terminal."""

import time
from types import TracebackType
from typing import Self

from rich.console import Console, Group
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from evalstudio.format import duration, milliseconds, percent
from evalstudio.protocol import Snapshot

MOST_DRAWN = 8  # runs at once
PLAIN_EVERY_S = 5.0  # a line this often where there is no terminal to draw on


class LiveProgress:
    """Draws snapshots as a bar with what matters beside it; lines now and then where there is no terminal."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._live = (
            Live(console=console, refresh_per_second=8, transient=True) if console.is_terminal else None
        )
        self._next_line = 0.0
        self._latest: dict[int, Snapshot] = {}  # of several runs at once

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
            self._console.print(_line(snapshot), markup=False)

    def note(self, level: str, text: str) -> None:
        """A warning or error above the bar, or what a person's code has printed."""
        style = {"error": "red", "output": ""}.get(level, "yellow")
        self._console.print(Text(text, style=style))


def _draw(snapshot: Snapshot) -> Table:
    table = Table.grid(padding=(0, 1))
    table.add_row(
        Text(snapshot.evaluation, style="bold"),
        ProgressBar(total=max(1, snapshot.total), completed=snapshot.saved, width=40),
        Text(f"{snapshot.saved:,} of {snapshot.total:,}"),
        Text(_eta(snapshot)),
    )
    table.add_row(Text("", style="dim"), Text(_line(snapshot, short=True), style="dim"))
    if snapshot.reason or snapshot.gate:
        wait = f" ({snapshot.gate_wait:.0f} s)" if snapshot.gate_wait else ""
        table.add_row("", Text(f"{snapshot.reason or snapshot.gate}{wait}", style="yellow"))
    return table


def _line(snapshot: Snapshot, *, short: bool = False) -> str:
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
    return " · ".join(part for part in parts if part)


def _eta(snapshot: Snapshot) -> str:
    if snapshot.state != "running":
        return snapshot.state
    if snapshot.eta is None:
        return ""
    low, likely, high = snapshot.eta
    return f"{duration(likely)} left ({duration(low)} to {duration(high)})"
