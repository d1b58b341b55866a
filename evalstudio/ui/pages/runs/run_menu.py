"""Run menu: resume, rename, delete and other commands on a run, or on all that are selected."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QMenu, QWidget

from evalstudio.core.outcome import Outcome
from evalstudio.core.run_state import ACTIVE, RunState
from evalstudio.protocol import BinRuns, DuplicateRun, RenameExperiment, RestoreRuns, ResumeRun
from evalstudio.store.runs import RunRow
from evalstudio.ui.kit.actions import Actions
from evalstudio.ui.kit.sheet import Sheet
from evalstudio.ui.kit.text import one_line, tr, trn
from evalstudio.ui.pages.runs.bin_dialog import BinDialog
from evalstudio.ui.pages.runs.run_marks import RunMarksCommands
from evalstudio.ui.state.engine_client import EngineState
from evalstudio.ui.state.session import Session
from evalstudio.ui.state.tasks import spawn
from evalstudio.ui.state.undo import Done

MENU = (
    "resume", "duplicate_run", "", "compare_runs", "export_run", "", "note", "pin_run", "archive_run", "rename_experiment", "",
    "delete_run",
)  # fmt: skip
RESUMABLE = (RunState.STOPPED, RunState.INTERRUPTED, RunState.COMPLETED_WITH_ERRORS)


class RunMenu:
    """Commands on runs; its dialogs do not block.

    Args:
        parent: The widget that dialogs belong to.
        chosen: Returns the runs that are selected in the list; the commands of one run take the one that is shown.
    """

    def __init__(
        self, session: Session, actions: Actions, parent: QWidget, chosen: Callable[[], list[int]]
    ) -> None:
        self._session, self._actions, self._parent, self._chosen = session, actions, parent, chosen
        self.marks = RunMarksCommands(session, actions, parent, self.rows)
        actions.connect("resume", self.resume)
        actions.connect("compare_runs", self.compare)
        actions.connect("duplicate_run", self.duplicate)
        actions.connect("rename_experiment", self.rename)
        actions.connect("delete_run", self.delete)
        actions.connect("bin", self.open_bin)

    def show(self, place: QPoint) -> None:
        """Opens the menu of the selected run at a screen position."""
        self.make().popup(place)

    def make(self) -> QMenu:
        """Creates the menu of the selected run; it is deleted when closed."""
        menu = QMenu(self._parent)
        menu.setObjectName("run_menu")
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for name in MENU:
            if name:
                menu.addAction(self._actions[name])
            else:
                menu.addSeparator()
            if name == "resume":
                self._add_retries(menu)
        return menu

    def _add_retries(self, menu: QMenu) -> None:
        if len(self._chosen()) > 1:
            return  # Resume retries those of all
        model = self._session.focused
        errors = model.snapshot.errors if model is not None and model.snapshot is not None else ()
        errored = [error for error in errors if error.records]
        if model is None or model.is_active or not errored:
            return
        retry = menu.addMenu(tr("Retry errored samples"))
        retry.setObjectName("retry_menu")
        for error in errored:
            action = retry.addAction(f"{error.name} ({error.records:,})")
            action.triggered.connect(partial(self._retry, (error.name,)))

    def _retry(self, classes: tuple[Outcome, ...], *_: object) -> None:
        if self._session.focus is not None:
            spawn(self._session.resume(self._session.focus, classes))

    def resume(self) -> None:
        """Resumes the selected runs that are not complete; errored samples are retried."""
        if len(self._chosen()) < 2:  # the shown one: what the list says of its state may be a moment old
            if self._session.focus is not None:
                spawn(self._session.resume(self._session.focus))
            return
        spawn(self._resume_all([row.id for row in self.rows() if row.true_state in RESUMABLE]))

    async def _resume_all(self, run_ids: list[int]) -> None:
        for run_id in run_ids:
            await self._session.ask_engine(ResumeRun(run_id=run_id))

    def compare(self) -> None:
        """Shows the selected runs on the Compare page; of a single one, with the run before it."""
        self._session.compare_wanted.emit(sorted(row.id for row in self.rows()))

    def update(self) -> None:
        """Enables the commands that are possible now."""
        self.marks.update()
        several = len(self._chosen()) > 1
        if several:
            self._actions["resume"].setEnabled(any(row.true_state in RESUMABLE for row in self.rows()))
        self._actions["compare_runs"].setEnabled(len(self._session.rows) > 1)
        row, ready = self._row, self._session.engine.state is EngineState.READY
        self._actions["duplicate_run"].setEnabled(ready and row is not None)
        self._actions["rename_experiment"].setEnabled(ready and row is not None)
        self._actions["delete_run"].setEnabled(ready and bool(self._at_rest()))

    @property
    def _row(self) -> RunRow | None:
        return next((row for row in self._session.rows if row.id == self._session.focus), None)

    def rows(self) -> list[RunRow]:
        """Returns the selected runs, else the one that is shown."""
        chosen: set[int | None] = {*self._chosen()} or {self._session.focus}
        return [row for row in self._session.rows if row.id in chosen]

    def _at_rest(self) -> list[RunRow]:
        """Returns the selected runs that are not active."""
        return [row for row in self.rows() if row.true_state not in ACTIVE]

    def duplicate(self) -> None:
        if (row := self._row) is not None:
            spawn(self._duplicate(row.id))

    async def _duplicate(self, run_id: int) -> None:
        made = await self._session.ask_engine(DuplicateRun(run_id=run_id))
        if made is not None:
            self._session.look_at(made)

    def rename(self) -> None:
        row = self._row
        if row is None:
            return
        runs = sum(one.experiment == row.experiment for one in self._session.rows)
        sheet = Sheet(
            self._parent, "rename_dialog", tr("Rename the experiment"),
            trn("It has {n} run.", "It has {n} runs.", runs), tr("Rename"),
        )  # fmt: skip
        field = sheet.add_field("rename_field", tr("Name"), row.experiment)
        sheet.agreed.connect(lambda: spawn(self._rename(row.experiment, field.text().strip())))
        sheet.open()

    async def _rename(self, old: str, new: str) -> None:
        if new != old and await self._call(RenameExperiment(old, new)):
            self._session.tell_done(
                tr("“{old}” is called “{new}” now.").format(old=one_line(old, 60), new=one_line(new, 60)),
                Done(
                    tr("rename"),
                    lambda: self._call(RenameExperiment(new, old)),
                    lambda: self._call(RenameExperiment(old, new)),
                ),
            )

    async def _call(self, command: RenameExperiment | RestoreRuns) -> bool:
        """Carries out a command and reads the runs again; returns whether that succeeded."""
        done = await self._session.engine_did(command)
        await self._session.reload()
        return done

    def delete(self) -> None:
        """Moves the selected runs to the bin; they can be restored for 30 days."""
        if rows := self._at_rest():
            spawn(self._delete(rows))

    def open_bin(self) -> None:
        """Opens the list of deleted runs."""
        dialog = BinDialog(self._session, self._parent.window())
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    async def _delete(self, rows: list[RunRow]) -> None:
        run_ids = tuple(row.id for row in rows)

        async def delete() -> bool:
            if not await self._session.engine_did(BinRuns(run_ids)):
                return False
            await self._session.forget(run_ids)
            return True

        async def restore() -> bool:
            if not await self._call(RestoreRuns(run_ids)):
                return False
            self._session.look_at(run_ids[0])
            return True

        if await delete():
            records = sum(row.saved for row in rows)
            self._session.tell_done(
                tr("Run {id} of “{experiment}” is in the bin.").format(
                    id=rows[0].id, experiment=one_line(rows[0].experiment, 60)
                )
                if len(rows) == 1
                else tr("{runs} runs with {records:,} records are in the bin.").format(
                    runs=len(rows), records=records
                ),
                Done(trn("delete run", "delete {n} runs", len(rows)), restore, delete),
            )
