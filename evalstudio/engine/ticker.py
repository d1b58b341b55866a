"""Ticker: advances limits and emits snapshots and heartbeats ten times a second, and measures the event loop's lag."""

import asyncio
import time
from collections.abc import Callable

import msgspec

from evalstudio.core.system import memory_in_use, open_files_in_use
from evalstudio.engine import hung_threads as hung
from evalstudio.engine.limits.admission import Admission
from evalstudio.engine.limits.endpoint_registry import Endpoints
from evalstudio.engine.loop_watch import LoopWatch
from evalstudio.engine.run.run import Run
from evalstudio.engine.run.snapshots import take_snapshot
from evalstudio.protocol import Event, LimitChange, Pulse, SecondBucket
from evalstudio.store.runs import HEARTBEAT_S, Heartbeat, beat_all
from evalstudio.store.timeline import save_buckets
from evalstudio.store.writer import Writer

TICK_S = 0.1
LIMITS_TICK_S = 0.25
LOAD_S = 0.5
MACHINE_S = 1.0


class Ticker:
    """The periodic work of an engine.

    Attributes:
        lag: How late ticks are, in seconds: a decaying maximum.
        cpu: Of this process, as a share of one core.
        machine: Shares of the memory and of the open files that are in use.
    """

    def __init__(
        self,
        runs: dict[int, Run],
        endpoints: Endpoints,
        admission: Admission,
        writer: Writer,
        clock: Callable[[], float],
        emit: Callable[[Event], None],
        on_hung: Callable[[], None] | None,
        watch: LoopWatch,
    ) -> None:
        self.lag = self.cpu = 0.0
        self.machine = (0.0, 0.0)
        self._runs, self._endpoints, self._admission = runs, endpoints, admission
        self._writer, self._clock, self._emit = writer, clock, emit
        self._on_hung, self._reported_hung = on_hung, False
        self._watch = watch

    async def beat(self) -> None:
        """Ticks until it is cancelled."""
        limits_at = machine_at = beat_at = 0.0
        cpu_at, cpu_used = self._clock(), time.process_time()
        expected = self._clock() + TICK_S
        while True:
            await asyncio.sleep(max(0.0, expected - self._clock()))
            now = self._clock()
            self._watch.turned()
            self.lag = max(now - expected, self.lag * 0.8)
            expected = now + TICK_S
            if now - cpu_at >= LOAD_S:
                self.cpu = (time.process_time() - cpu_used) / (now - cpu_at)
                cpu_at, cpu_used = now, time.process_time()
            if now >= limits_at:
                limits_at = now + LIMITS_TICK_S
                self._limits(now)
            if now >= machine_at:
                machine_at = now + MACHINE_S
                self._load(now)
            if now >= beat_at:
                beat_at = now + HEARTBEAT_S
                self._heartbeat()
            for run in list(self._runs.values()):
                if run.is_active:
                    self._report(run)

    def close_seconds(self, run: Run, now: float) -> list[SecondBucket]:
        """Returns the seconds of a run's charts that are over at `now`, in the run's own time."""
        return run.telemetry.close_seconds(now, run.controls.limit, len(run.in_flight), self.lag, self.cpu)

    def drain_changes(self, run: Run) -> list[LimitChange]:
        """Returns the changes of limits since the last call; those of the endpoint are recorded in every run on it."""
        learned, run.controller.changes = run.controller.changes, []
        for change in learned:
            if change.old == change.new:
                continue  # a probe that confirmed the limit: nothing changed
            for other in self._runs.values():
                if other.controller is run.controller and (other.adaptive or change.what != "window"):
                    at = other.now - (self._clock() - change.at)
                    old, new = _number(change.old), _number(change.new)
                    other.controls.note(
                        LimitChange(at, change.what, old, new, change.cause.value, change.sentence)
                    )
        changes, run.controls.changes = run.controls.changes, []
        return changes

    def _limits(self, now: float) -> None:
        for controller in self._endpoints.controllers():
            controller.tick(now)
        for run in list(self._runs.values()):
            run.watch_endpoint()
        self._admission.pump()

    def _load(self, now: float) -> None:
        self._emit(Pulse())
        self.machine = memory_in_use(), open_files_in_use()
        self._watch_threads()
        for controller in self._endpoints.controllers():
            controller.client_load(now, self.lag, self.cpu)

    def _watch_threads(self) -> None:
        if hung.hung_threads() < hung.MOST:
            return
        if self._on_hung is None:
            hung.stop_those_that_hang(self._runs.values())
        elif not self._reported_hung:
            self._reported_hung = True
            self._on_hung()

    def _report(self, run: Run) -> None:
        buckets = self.close_seconds(run, run.now)
        if buckets:
            self._writer.execute(lambda connection: save_buckets(connection, run.id, buckets))
        changes = self.drain_changes(run)
        self._emit(take_snapshot(run, buckets, changes, self.lag, self.cpu, self.machine))

    def _live(self, run: Run) -> str:
        """Returns what another program's window shows of a run."""
        now = take_snapshot(run, [], [], self.lag, self.cpu, self.machine)
        return msgspec.json.encode(msgspec.structs.replace(now, calls=())).decode()

    def _heartbeat(self) -> None:
        heartbeats = [
            Heartbeat(run.id, run.keeper.counts.saved, run.keeper.counts.errored, run.clock.elapsed, run.state, run.reason,
                self._live(run),
            )
            for run in self._runs.values()
            if run.is_active
        ]  # fmt: skip
        if heartbeats:
            self._writer.execute(lambda connection: beat_all(connection, heartbeats))


def _number(value: float | None) -> str | None:
    return None if value is None else f"{value:g}"
