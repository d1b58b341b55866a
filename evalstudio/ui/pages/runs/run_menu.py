"""Run menu: resume, rename, delete and other commands on a whole run."""

from functools import partial

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QInputDialog, QMenu, QMessageBox, QWidget

from evalstudio.core.outcome import Outcome
from evalstudio.core.run_state import ACTIVE
from evalstudio.protocol import DeleteRun, DuplicateRun, RenameExperiment
from evalstudio.store.runs import RunRow
from evalstudio.ui.kit.actions import Actions
from evalstudio.ui.kit.text import one_line, tr, trn
from evalstudio.ui.state.engine_client import EngineState
from evalstudio.ui.state.session import Session
from evalstudio.ui.state.tasks import spawn

MENU = ("resume", "duplicate_run", "rename_experiment", "export_run", "delete_run")


class RunMenu:
    """Commands on the selected run; its dialogs do not block. `parent` is the widget that dialogs belong to."""

    def __init__(self, session: Session, actions: Actions, parent: QWidget) -> None:
        self._session, self._actions, self._parent = session, actions, parent
        actions.connect("duplicate_run", self.duplicate)
        actions.connect("rename_experiment", self.rename)
        actions.connect("delete_run", self.delete)

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

    def update(self) -> None:
        """Enables the commands that are possible now."""
        row, ready = self._row, self._session.engine.state is EngineState.READY
        self._actions["duplicate_run"].setEnabled(ready and row is not None)
        self._actions["rename_experiment"].setEnabled(ready and row is not None)
        at_rest = row is not None and row.true_state not in ACTIVE
        self._actions["delete_run"].setEnabled(ready and at_rest)

    @property
    def _row(self) -> RunRow | None:
        return next((row for row in self._session.rows if row.id == self._session.focus), None)

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
        dialog = QInputDialog(self._parent)
        dialog.setObjectName("rename_dialog")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setWindowTitle(tr("Rename the experiment"))
        runs = sum(one.experiment == row.experiment for one in self._session.rows)
        dialog.setLabelText(trn("Its name:", "The name of this experiment of {n} runs:", runs))
        dialog.setTextValue(row.experiment)
        dialog.textValueSelected.connect(lambda name: spawn(self._rename(row.experiment, name.strip())))
        dialog.open()

    async def _rename(self, old: str, new: str) -> None:
        if new != old:
            await self._session.ask_engine(RenameExperiment(old=old, new=new))
            await self._session.reload()

    def delete(self) -> None:
        row = self._row
        if row is None:
            return
        question = QMessageBox(
            QMessageBox.Icon.Question, tr("Delete the run?"),
            tr("Run {id} of “{experiment}” and its {saved:,} records are deleted for good.").format(id=row.id, experiment=one_line(row.experiment, 60), saved=row.saved),
            QMessageBox.StandardButton.NoButton, self._parent,
        )  # fmt: skip
        question.setObjectName("delete_question")
        question.setTextFormat(Qt.TextFormat.PlainText)
        question.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        yes = question.addButton(tr("Delete"), QMessageBox.ButtonRole.DestructiveRole)
        yes.setObjectName("delete_yes")
        keep = question.addButton(QMessageBox.StandardButton.Cancel)
        question.setDefaultButton(keep)
        question.setEscapeButton(keep)
        yes.clicked.connect(lambda: spawn(self._delete(row.id)))
        question.open()

    async def _delete(self, run_id: int) -> None:
        if await self._session.engine_did(DeleteRun(run_id=run_id)):
            await self._session.forget(run_id)
