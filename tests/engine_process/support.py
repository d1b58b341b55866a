"""A real engine process, driven over its pipes."""

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import Any, TypeVar

from evalstudio.protocol import Command, Events, Frames, Reply, Request, frame, read_answer
from evalstudio.workspace.folder import Workspace

T = TypeVar("T")


class Child:
    """A real engine process and what it says."""

    def __init__(self, workspace: Workspace) -> None:
        command = [sys.executable, "-m", "evalstudio", "engine", "--workspace", str(workspace.folder)]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.events: list[Any] = []
        self._changed = threading.Condition()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        frames = Frames[Events](Events)
        assert self.process.stdout is not None
        while data := os.read(self.process.stdout.fileno(), 65_536):
            with self._changed:
                self.events += frames.feed(data)
                self._changed.notify_all()
        with self._changed:
            self.events.append(None)
            self._changed.notify_all()

    def send(self, number: int, command: Command[Any]) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(frame(Request(number, command)))
        self.process.stdin.flush()

    def until(self, condition: Callable[[Any], bool], timeout: float = 60) -> Any:
        """The first event of which the condition holds."""
        with self._changed:
            assert self._changed.wait_for(lambda: any(map(condition, self.events)), timeout), self.events[-3:]
            return next(event for event in self.events if condition(event))

    def reply(self, number: int) -> Reply:
        return self.until(lambda event: isinstance(event, Reply) and event.id == number)  # type: ignore[no-any-return]

    def answer(self, number: int, command: Command[T]) -> T:
        """Sends a command; the answer it is declared with."""
        self.send(number, command)
        reply = self.reply(number)
        assert reply.error is None
        return read_answer(command, reply.value)

    def close(self) -> None:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        try:
            self.process.wait(15)
        finally:
            self.process.kill()
        self._reader.join(5)
        self.process.stdout.close()
