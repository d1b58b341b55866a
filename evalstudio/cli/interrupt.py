"""Ctrl-C and its kin in the terminal: a run is stopped in order, and ended hard where a person's code holds the engine."""

import asyncio
import contextlib
import os
import signal
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from types import FrameType
from typing import Any

import click

from evalstudio.engine.engine import Engine
from evalstudio.engine.user_code.under_way import holder

INTERRUPTED = 130
PATIENCE_S = 3.0  # for which the engine may take to hear that it is to stop
REASONS = {signal.SIGINT: "interrupted by Ctrl-C", signal.SIGTERM: "ended by SIGTERM"}


@dataclass(slots=True)
class Interrupt:
    """What came of it: whether there was a signal, and the reason with which runs were stopped."""

    reason: str = ""
    heard: threading.Event = field(default_factory=threading.Event)  # by the engine

    @property
    def came(self) -> bool:
        return bool(self.reason)


@contextlib.contextmanager
def on_interrupt(engine: Engine) -> Iterator[Interrupt]:
    """Stops the runs of an engine in order on Ctrl-C or SIGTERM; a second Ctrl-C ends the program.

    Where the engine does not hear it within `PATIENCE_S`, because a function holds its event loop, the program ends:
    what is saved is kept, and the run is resumed by the same command.
    """
    loop = asyncio.get_running_loop()
    interrupt = Interrupt()

    def stop() -> None:
        interrupt.heard.set()
        engine.leave(interrupt.reason)

    def first(number: int, _: FrameType | None) -> None:
        if interrupt.came:
            return
        interrupt.reason = REASONS[signal.Signals(number)]
        signal.signal(signal.SIGINT, before[signal.SIGINT])
        engine.stop_soon()
        with contextlib.suppress(RuntimeError):  # the loop has just been closed
            loop.call_soon_threadsafe(stop)
        threading.Thread(target=_end_unheard, args=(interrupt,), name="interrupt", daemon=True).start()

    # Python's own handlers, which run while a function holds the loop
    before: dict[int, Any] = {number: signal.signal(number, first) for number in REASONS}
    try:
        yield interrupt
    finally:
        interrupt.heard.set()
        for number, handler in before.items():
            signal.signal(number, handler)


def _end_unheard(interrupt: Interrupt) -> None:
    if interrupt.heard.wait(PATIENCE_S):
        return
    who = f"{holder.label} holds its event loop" if holder.label else "its event loop is held up"
    click.echo(
        f"\nevalstudio: The engine does not answer: {who}. It is ended; what is saved is kept, and the same command goes on "
        "from there.",
        err=True,
    )
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os._exit(INTERRUPTED)
