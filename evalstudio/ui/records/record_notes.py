"""Record notes: notes and tags of the selected records, which can be taken back."""

from PySide6.QtWidgets import QWidget

from evalstudio.core.errors import StoreError
from evalstudio.protocol import NoteRecords, RecordNote
from evalstudio.ui.kit.text import one_line, tr, trn
from evalstudio.ui.records.note_sheet import NoteSheet, with_added
from evalstudio.ui.records.records_panel import RecordsPanel
from evalstudio.ui.state.session import Session
from evalstudio.ui.state.tasks import spawn
from evalstudio.ui.state.undo import Done

MOST = 10_000  # records at once


class RecordNotes:
    """The command of one records panel. `parent` is the widget that the sheet belongs to."""

    def __init__(self, session: Session, panel: RecordsPanel, parent: QWidget) -> None:
        self._session, self._panel, self._parent = session, panel, parent

    def open(self) -> None:
        """Opens note and tags of the selected records; of several, what is written is added to each."""
        ids = self._panel.marked_ids()
        if len(ids) > MOST:
            self._session.tell(
                tr("At most {most:,} records get a note at once; select fewer.").format(most=MOST), key="note"
            )
        elif ids:
            spawn(self._open(ids))

    async def _open(self, ids: list[int]) -> None:
        try:
            before = await self._session.store.notes(ids)
        except StoreError as error:
            self._session.tell(str(error), "error", key="store")
            return
        if not before:
            return
        old = before[0] if len(ids) == 1 else RecordNote(0)
        sample = self._panel.model.index(self._panel.table.currentIndex().row(), 0).data()
        about = (
            tr("Sample {sample}").format(sample=one_line(str(sample), 60))
            if len(ids) == 1
            else trn("Added to {n} record.", "Added to {n} records.", len(ids))
        )
        sheet = NoteSheet(self._parent, about, old.note, old.tags)
        sheet.agreed.connect(lambda: spawn(self._write(before, sheet.note, sheet.tags)))
        sheet.open()

    async def _write(self, before: list[RecordNote], note: str, tags: tuple[str, ...]) -> None:
        if len(before) == 1:
            after = [RecordNote(before[0].record_id, note, tags)]
        else:
            after = [RecordNote(one.record_id, *with_added(one.note, one.tags, note, tags)) for one in before]
        if after == before:
            return

        async def write(notes: list[RecordNote]) -> bool:
            done = await self._session.engine_did(NoteRecords(tuple(notes)))
            self._panel.show_notes()
            return done

        if await write(after):
            words = trn("Note of {n} record saved.", "Notes of {n} records saved.", len(after))
            self._session.tell_done(words, Done(tr("note"), lambda: write(before), lambda: write(after)))
