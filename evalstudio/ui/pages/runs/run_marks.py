"""Run marks: pins, the archive, and notes and tags of runs, each of which can be taken back."""

from collections.abc import Callable

import msgspec
from PySide6.QtWidgets import QWidget

from evalstudio.protocol import MarkRuns, RunMarks
from evalstudio.store.notes import marks_of
from evalstudio.store.runs import RunRow
from evalstudio.ui.kit.actions import Actions
from evalstudio.ui.kit.text import one_line, tr, trn
from evalstudio.ui.records.note_sheet import NoteSheet, with_added
from evalstudio.ui.state.engine_client import EngineState
from evalstudio.ui.state.session import Session
from evalstudio.ui.state.tasks import spawn
from evalstudio.ui.state.undo import Done


class RunMarksCommands:
    """The commands, on all runs that are selected.

    Args:
        parent: The widget that sheets belong to.
        rows: Returns the selected runs.
    """

    def __init__(
        self, session: Session, actions: Actions, parent: QWidget, rows: Callable[[], list[RunRow]]
    ) -> None:
        self._session, self._actions, self._parent, self._rows = session, actions, parent, rows
        actions.connect("pin_run", self.pin)
        actions.connect("archive_run", self.archive)

    def update(self) -> None:
        """Enables and ticks the commands for the selected runs."""
        rows = self._rows()
        ready = self._session.engine.state is EngineState.READY and bool(rows)
        for name, ticked in (
            ("pin_run", [row.pinned_at is not None for row in rows]),
            ("archive_run", [row.archived_at is not None for row in rows]),
        ):
            self._actions[name].setEnabled(ready)
            self._actions[name].setChecked(bool(ticked) and all(ticked))

    def pin(self) -> None:
        """Pins the selected runs; if all are pinned, none is after it."""
        rows = self._rows()
        pinned = not all(row.pinned_at is not None for row in rows)
        words = (
            trn("{n} run pinned.", "{n} runs pinned.", len(rows))
            if pinned
            else trn("{n} run is not pinned any more.", "{n} runs are not pinned any more.", len(rows))
        )
        self._mark(
            rows, [msgspec.structs.replace(marks_of(row), pinned=pinned) for row in rows], words, tr("pin")
        )

    def archive(self) -> None:
        """Archives the selected runs; if all are archived, takes them out of the archive."""
        rows = self._rows()
        archived = not all(row.archived_at is not None for row in rows)
        words = (
            trn("{n} run archived.", "{n} runs archived.", len(rows))
            if archived
            else trn("{n} run taken out of the archive.", "{n} runs taken out of the archive.", len(rows))
        )
        after = [msgspec.structs.replace(marks_of(row), archived=archived) for row in rows]
        self._mark(rows, after, words, tr("archive"))

    def note(self) -> None:
        """Opens note and tags of the selected runs; of several, what is written is added to each."""
        rows = self._rows()
        if not rows:
            return
        one = marks_of(rows[0]) if len(rows) == 1 else RunMarks(0)
        about = (
            tr("Run {id} of “{experiment}”").format(
                id=rows[0].id, experiment=one_line(rows[0].experiment, 60)
            )
            if len(rows) == 1
            else trn("Added to {n} run.", "Added to {n} runs.", len(rows))
        )
        sheet = NoteSheet(self._parent, about, one.note, one.tags)
        sheet.agreed.connect(lambda: self._write(rows, sheet.note, sheet.tags))
        sheet.open()

    def _write(self, rows: list[RunRow], note: str, tags: tuple[str, ...]) -> None:
        several = len(rows) > 1
        after = []
        for row in rows:
            old = marks_of(row)
            words, every = with_added(old.note, old.tags, note, tags) if several else (note, tags)
            after.append(msgspec.structs.replace(old, note=words, tags=every))
        saved = trn("Note of {n} run saved.", "Notes of {n} runs saved.", len(rows))
        self._mark(rows, after, saved, tr("note"))

    def _mark(self, rows: list[RunRow], after: list[RunMarks], words: str, name: str) -> None:
        before = tuple(marks_of(row) for row in rows)
        if rows and tuple(after) != before:
            spawn(self._do(before, tuple(after), words, name))
        self.update()

    async def _do(
        self, before: tuple[RunMarks, ...], after: tuple[RunMarks, ...], words: str, name: str
    ) -> None:
        async def write(marks: tuple[RunMarks, ...]) -> bool:
            done = await self._session.engine_did(MarkRuns(marks))
            await self._session.refresh()
            return done

        if await write(after):
            self._session.tell_done(words, Done(name, lambda: write(before), lambda: write(after)))
