"""Undo history of the session: deletions, renames and bulk commands, which can be taken back one by one."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from evalstudio.ui.state.tasks import spawn

MOST = 100
Act = Callable[[], Awaitable[bool]]


@dataclass(frozen=True, slots=True, eq=False)
class Done:
    """Something that was done: its name for the Edit menu, and how to take it back and do it again.

    Both return whether that succeeded; a failure has then been reported.
    """

    name: str
    undo: Act
    redo: Act


class UndoHistory(QObject):
    """The history. `changed` is emitted when what can be undone or redone changes."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._done: list[Done] = []
        self._undone: list[Done] = []
        self._busy = False

    @property
    def next_undo(self) -> str:
        """The name of what `undo` takes back; empty if there is nothing."""
        return self._done[-1].name if self._done else ""

    @property
    def next_redo(self) -> str:
        return self._undone[-1].name if self._undone else ""

    def add(self, done: Done) -> None:
        """Adds what was just done; what was undone before can't be redone any more."""
        self._done = [*self._done, done][-MOST:]
        self._undone.clear()
        self.changed.emit()

    def undo(self) -> None:
        """Takes back the newest."""
        if self._done:
            self.take_back(self._done[-1])

    def redo(self) -> None:
        """Does again what was undone last."""
        if self._undone:
            spawn(self._move(self._undone[-1], self._undone, self._done, self._undone[-1].redo))

    def take_back(self, done: Done) -> None:
        """Takes back one thing, even if others were done since; does nothing if that has happened already."""
        if done in self._done:
            spawn(self._move(done, self._done, self._undone, done.undo))

    async def _move(self, done: Done, source: list[Done], target: list[Done], act: Act) -> None:
        if self._busy:
            return
        self._busy = True
        try:
            if await act():
                source.remove(done)
                target.append(done)
        finally:
            self._busy = False
        self.changed.emit()
