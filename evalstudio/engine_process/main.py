"""Engine process: runs the engine as the window's child; commands arrive on stdin, events leave on the original stdout.

What user code prints goes to a log pane: file descriptor 1 is moved away before user code is loaded, so that nothing
printed can reach the protocol. When stdin ends, the window is gone, for whatever reason, and this process exits.
"""

import asyncio
import os
import sys
import threading
import time
import traceback
from collections.abc import Callable
from functools import partial
from os import _exit  # not the one that notes an end by a person's code
from queue import Empty, SimpleQueue
from typing import TypeAlias

import msgspec

from evalstudio.core.encodable import encodable_value
from evalstudio.core.errors import EvalStudioError
from evalstudio.core.version import __version__
from evalstudio.engine.engine import Engine
from evalstudio.engine.hung_threads import hung_threads, wind_down
from evalstudio.engine.loop import run
from evalstudio.engine_process.dispatcher import Commander
from evalstudio.models.keys import redact
from evalstudio.protocol import (
    VERSION,
    Commands,
    Event,
    Frames,
    Hello,
    LogLine,
    Reply,
    Request,
    Restarting,
    Shutdown,
    Snapshot,
    StopRun,
    frame,
)
from evalstudio.settings.values import load_settings
from evalstudio.workspace.folder import find_workspace

CLOSE_S = 8.0  # after the window is gone, an engine that hangs is killed
MOST_WAITING = 2_000  # events for a window that does not read
Inbox: TypeAlias = asyncio.Queue[Request[Commands] | Restarting | None]  # None: the window is gone


def main(workspace: str | None = None) -> int:
    """Runs the engine until its window is closed. Returns the exit status."""
    commands, events = _move_protocol_away()
    pipe = Pipe(events)
    end_output = _catch_output(lambda text: pipe.send(LogLine(time.time(), "output", redact(text))))
    try:
        return run(_serve(commands, pipe, workspace))
    except EvalStudioError as error:
        pipe.send(Reply(0, error=redact(str(error))))
        return 2
    except Exception:  # noqa: BLE001 - a bug: the window shows it before this process exits
        pipe.send(LogLine(time.time(), "error", redact(traceback.format_exc())))
        return 1
    finally:
        end_output()
        pipe.close()


class Pipe:
    """Event writer: writes events in a thread of its own, so that a slow window never blocks a run.

    Of the snapshots that wait for a slow window, only the newest of each run is sent, with the buckets of all.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._queue: SimpleQueue[Event | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="protocol", daemon=True)
        self._thread.start()

    def send(self, event: Event) -> None:
        if isinstance(event, LogLine) and self._queue.qsize() > MOST_WAITING:
            return  # endless output must not fill the memory: the newest lines are dropped, snapshots never
        self._queue.put(event)

    def close(self) -> None:
        self._queue.put(None)
        self._thread.join(timeout=2.0)

    def _work(self) -> None:
        while (event := self._queue.get()) is not None:
            events, last = self._gather(event)
            try:
                for event in events:
                    _write_all(self._descriptor, _framed(event))
            except OSError:
                return  # the window is gone; the loop notices by the end of stdin
            if last:
                return

    def _gather(self, event: Event) -> tuple[list[Event], bool]:
        events = [event]
        while len(events) < MOST_WAITING:
            try:
                following = self._queue.get_nowait()
            except Empty:
                return merge_snapshots(events), False
            if following is None:
                return merge_snapshots(events), True
            events.append(following)
        return merge_snapshots(events), False


def _framed(event: Event) -> bytes:
    try:
        return frame(event)
    except (
        UnicodeEncodeError,
        OverflowError,
    ):  # a foreign text or number that can't be encoded
        return frame(msgspec.convert(encodable_value(msgspec.to_builtins(event)), type(event)))


def merge_snapshots(events: list[Event]) -> list[Event]:
    """Keeps only the newest snapshot of each run, with the buckets and changes of the earlier ones."""
    newest: dict[int, Snapshot] = {}
    merged: list[Event] = []
    for event in reversed(events):
        if isinstance(event, Snapshot) and (later := newest.get(event.run_id)) is not None:
            joined = _join(event, later)
            newest[event.run_id] = joined
            merged[next(index for index, one in enumerate(merged) if one is later)] = joined
            continue
        if isinstance(event, Snapshot):
            newest[event.run_id] = event
        merged.append(event)
    return merged[::-1]


def _join(earlier: Snapshot, later: Snapshot) -> Snapshot:
    return msgspec.structs.replace(
        later, buckets=earlier.buckets + later.buckets, changes=earlier.changes + later.changes
    )


async def _serve(commands: int, pipe: Pipe, workspace_option: str | None) -> int:
    settings, problem = load_settings()
    workspace = find_workspace(workspace_option, settings.workspace or None)
    loop = asyncio.get_running_loop()
    inbox: Inbox = asyncio.Queue()
    restarts: set[asyncio.Task[None]] = set()
    engine = Engine(
        workspace,
        settings,
        emit=pipe.send,
        attended=True,
        on_hung=lambda: restarts.add(asyncio.create_task(_ask_for_restart(engine, inbox))),
    )
    await engine.start()
    pipe.send(Hello(VERSION, __version__, sys.version.split()[0], os.getpid(), str(workspace.folder)))
    if problem:
        engine.log("warning", problem)
    threading.Thread(
        target=_read,
        args=(commands, partial(_hear, engine, loop, inbox)),
        daemon=True,
    ).start()
    commander = Commander(engine, pipe.send)
    commander.empty_old_bin()
    while (item := await inbox.get()) is not None:
        if isinstance(item, Restarting):
            await commander.aclose()
            await engine.aclose()
            pipe.send(item)
            return 0
        if isinstance(item.command, Shutdown):
            await commander.aclose()
            await engine.aclose()
            pipe.send(Reply(item.id))
            return 0
        commander.carry_out(item)
    _end_hard_later()
    await commander.aclose()
    await engine.aclose()
    return 0


def _hear(
    engine: Engine, loop: asyncio.AbstractEventLoop, inbox: Inbox, item: Request[Commands] | None
) -> None:
    """Passes a command from the reader's thread to the loop; a stop takes effect before the loop hears of it."""
    if item is None or isinstance(item.command, Shutdown):
        engine.stop_soon()
    elif isinstance(item.command, StopRun):
        engine.stop_soon(item.command.run_id)
    loop.call_soon_threadsafe(inbox.put_nowait, item)


async def _ask_for_restart(engine: Engine, inbox: Inbox) -> None:
    """Ends this process at a quiet point, because too many calls hang in threads; the window starts a new one."""
    left = await wind_down(engine.runs.values())
    sentence = f"{hung_threads()} calls of the model hang in threads that can't be ended; the engine is started anew."
    inbox.put_nowait(Restarting(left, sentence))


def _read(descriptor: int, put: Callable[[Request[Commands] | None], object]) -> None:
    frames = Frames(Request[Commands])
    try:
        while data := os.read(descriptor, 65_536):
            for request in frames.feed(data):
                put(request)
    except (OSError, ValueError) as error:
        print(f"The engine cannot read its commands: {error}", file=sys.stderr)  # noqa: T201 - goes to the log pane
    try:
        put(None)
    except RuntimeError:
        return  # the loop is closed already
    finally:
        _end_hard_later()


def _end_hard_later() -> None:
    """Kills the process after a while: a loop blocked by user code must not outlive the window."""
    timer = threading.Timer(CLOSE_S, _exit, args=(1,))
    timer.daemon = True
    timer.start()


def _move_protocol_away() -> tuple[int, int]:
    """Descriptors for commands and events that nothing else can reach; 0 is empty, 1 and 2 are for output."""
    commands, events = os.dup(0), os.dup(1)
    os.set_inheritable(commands, False)
    os.set_inheritable(events, False)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    return commands, events


def _catch_output(take: Callable[[str], None]) -> Callable[[], None]:
    """Passes what is written to descriptors 1 and 2 to `take`, in lines; returns a function that stops it."""
    terminal = os.dup(2)
    reading, writing = os.pipe()
    os.dup2(writing, 1)
    os.dup2(writing, 2)
    os.close(writing)
    # new streams: the old ones have cached the kind of their descriptors
    sys.stdout = open(1, "w", buffering=1, encoding="utf-8", errors="replace", closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", buffering=1, encoding="utf-8", errors="replace", closefd=False)  # noqa: SIM115

    def work() -> None:
        rest = b""
        while data := os.read(reading, 65_536):
            *lines, rest = (rest + data).split(b"\n")
            if len(rest) > 10_000:
                lines, rest = [*lines, rest], b""
            if text := b"\n".join(lines).decode(errors="replace").strip():
                take(text[-20_000:])
        if rest:
            take(rest.decode(errors="replace"))

    thread = threading.Thread(target=work, name="output", daemon=True)
    thread.start()

    def stop() -> None:
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        os.dup2(terminal, 1)
        os.dup2(terminal, 2)
        thread.join(timeout=1.0)

    return stop


def _write_all(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]
