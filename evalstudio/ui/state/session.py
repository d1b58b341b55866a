"""Session state shared by the pages: the workspace, the engine, the runs, and the selected run."""

from collections.abc import Awaitable, Callable, Collection, Iterable
from typing import TypeVar

from PySide6.QtCore import QObject, QTimer, Signal

from evalstudio.core.errors import EvalStudioError, StoreError
from evalstudio.core.outcome import Outcome
from evalstudio.core.run_state import ACTIVE, RunState
from evalstudio.evaluations.request import StoredSpec
from evalstudio.protocol import ChangeSettings, Command, Restarting, ResumeRun, Snapshot, StopRun
from evalstudio.settings.values import Settings, save_settings
from evalstudio.store.runs import RunRow
from evalstudio.ui.kit.text import tr
from evalstudio.ui.state.dataset_reader import DatasetReader
from evalstudio.ui.state.engine_client import EngineClient, EngineState
from evalstudio.ui.state.interrupted_runs import InterruptedRuns
from evalstudio.ui.state.notices import Notice, Offer
from evalstudio.ui.state.run_model import RunModel
from evalstudio.ui.state.store_reader import StoreReader
from evalstudio.ui.state.tasks import spawn
from evalstudio.ui.state.undo import Done, UndoHistory
from evalstudio.workspace.folder import Workspace, find_workspace
from evalstudio.workspace.packaged import IN_SETTINGS

POLL_MS = 2_000  # interval for reading changes by other programs in the same workspace
LONGEST_FIRST_READ_MS = 1_000  # that other work waits for the first list of runs
T = TypeVar("T")

FIRST_LOOK = "first-look-"  # how the names of the example's experiments begin


class Session(QObject):
    """State of one window. Rows come from the store, live numbers from the engine."""

    runs_changed = Signal()  # the list of runs
    run_changed = Signal(int)  # a run's snapshot or seconds
    focus_changed = Signal()
    notice = Signal(object)  # Notice
    settled = Signal(str)  # the key of messages that no longer apply
    progress = Signal(str, str)  # the key of a visible notice, and its new text
    reopen_wanted = Signal()  # request to reopen the window with the current settings
    settings_changed = Signal()
    local_model_changed = Signal()  # it was installed, started or stopped
    run_wanted = Signal(int)  # request to show a run on its page
    compare_wanted = Signal(object)  # list[int]: runs to show on the Compare page
    settings_wanted = Signal(str)  # the key of a relevant setting

    def __init__(self, workspace: Workspace, settings: Settings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.workspace = workspace
        self.settings = settings
        self.rows: list[RunRow] = []
        self.models: dict[int, RunModel] = {}
        self.focus: int | None = None
        self.first_run: int | None = None  # the run to select at the start, if it still exists
        self.engine = EngineClient(workspace, settings.python, self)
        self.store = StoreReader(workspace)
        self.workspace_option: str | None = None  # --workspace, if given
        self.checked_pythons: dict[str, str] = {}  # results of interpreter checks by path
        self.history = UndoHistory(self)
        self.datasets = DatasetReader(lambda: self.settings.python, self)
        self._offers = InterruptedRuns(
            self.notice.emit, lambda run_id: spawn(self.resume(run_id)), self.settled.emit
        )
        self._engine_pid: int | None = None  # of the engine that was ready last
        self._running_here: set[int] = set()
        self._has_read = False
        self._waiting_for_runs: list[Callable[[], None]] = []
        self._asked_at_start = False
        self._to_resume: tuple[int, ...] = ()  # runs to resume as soon as the engine is available again
        self._store_trouble: str | None = None
        self.engine.snapshot.connect(self._take)
        self.engine.restarting.connect(self._engine_restarts)
        self.engine.died.connect(self._engine_died)
        self.engine.failed.connect(self._engine_failed)
        self.engine.silent.connect(self._engine_silent)
        self.engine.answers.connect(lambda: self.tell(tr("The engine answers again."), key="engine"))
        self.engine.state_changed.connect(self._engine_state)
        self._poll = QTimer(self)
        self._poll.setInterval(POLL_MS)
        self._poll.timeout.connect(lambda: spawn(self.refresh()))

    @property
    def focused(self) -> RunModel | None:
        return self.models.get(self.focus) if self.focus is not None else None

    @property
    def active_here(self) -> list[RunModel]:
        """The active runs of this window's engine."""
        return [model for model in self.models.values() if model.is_live and model.is_active]

    def open(self) -> None:
        """Starts the engine and reads the list of runs."""
        self.engine.start()
        spawn(self.refresh())
        self._poll.start()

    def when_read(self, call: Callable[[], None]) -> None:
        """Calls back as soon as the list of runs was read for the first time; after a second in any case."""
        if self._has_read:
            call()
            return
        self._waiting_for_runs.append(call)
        QTimer.singleShot(LONGEST_FIRST_READ_MS, self._stop_waiting)

    def _stop_waiting(self) -> None:
        self._has_read = True
        waiting, self._waiting_for_runs = self._waiting_for_runs, []
        for call in waiting:
            QTimer.singleShot(0, call)

    def look_around(self) -> None:
        """Completes the start once all pages exist: announces the runs, selects the newest, and offers interrupted ones."""
        self.runs_changed.emit()
        spawn(self._first_look())

    async def close(self) -> None:
        """Stops the engine in order, then the store reader."""
        self._poll.stop()
        await self.engine.stop()
        self.datasets.close()
        self.store.close()

    def tell(self, text: str, level: str = "info", *offers: Offer, key: str = "") -> None:
        """Shows a message in the window's message bar."""
        self.notice.emit(Notice(text, level, offers, key))

    def tell_done(self, text: str, done: Done, *, key: str = "undo") -> None:
        """Reports something that can be taken back, from its message and with Edit, Undo."""
        self.history.add(done)
        self.tell(text, "info", Offer(tr("Undo"), lambda: self.history.take_back(done)), key=key)

    def refuse(self, error: EvalStudioError, key: str = "refusal") -> None:
        """Reports an error; if another interpreter helps, it is offered."""
        offers = []
        if IN_SETTINGS in str(error):
            offers.append(Offer(tr("Choose an interpreter"), lambda: self.settings_wanted.emit("python")))
        self.tell(str(error), "error", *offers, key=key)

    async def ask_engine(self, command: Command[T]) -> T | None:
        """Sends a command and returns its answer; a refusal is shown in the window and returns None."""
        try:
            return await self.engine.request(command)
        except EvalStudioError as error:
            self.refuse(error)
            return None

    async def engine_did(self, command: Command[None]) -> bool:
        """Sends a command without an answer; returns whether it succeeded. A refusal is shown in the window."""
        try:
            await self.engine.request(command)
        except EvalStudioError as error:
            self.tell(str(error), "error", key="refusal")
            return False
        return True

    async def reload(self) -> None:
        """Reads the runs and the selected run again."""
        await self.refresh()
        if self.focus is not None:
            await self._load(self.focus)

    async def forget(self, run_ids: Collection[int]) -> None:
        """Removes deleted runs; if the selected one is among them, the next older one is selected if possible."""
        before = [row.id for row in self.rows]
        await self.refresh()
        if (focus := self.focus) in run_ids:
            there = {row.id for row in self.rows}
            older = [other for other in before if other in there and focus is not None and other < focus]
            self.look_at(older[0] if older else next((row.id for row in self.rows), None))
        for run_id in run_ids:
            self.models.pop(run_id, None)

    def look_at(self, run_id: int | None) -> None:
        """Selects the run to show; its past is read from the store."""
        if run_id == self.focus:
            return
        self.focus = run_id
        self._forget_others()
        if run_id is not None and run_id not in self.models:
            self.models[run_id] = RunModel(run_id)
            spawn(self._load(run_id))
        self.focus_changed.emit()

    async def resume(self, run_id: int, classes: tuple[Outcome, ...] | None = None) -> None:
        """Resumes a run: missing samples, and errored ones (or only these classes)."""
        if await self.ask_engine(ResumeRun(run_id=run_id, classes=classes)) is not None:
            self.look_at(run_id)

    async def stop(self, run_id: int) -> None:
        """Stops a run; where the engine does not answer, by ending it."""
        if self.engine.is_silent:
            self.end_engine(without=run_id)
        else:
            await self.ask_engine(StopRun(run_id=run_id))

    def end_engine(self, without: int | None = None, *, resume: bool = True) -> None:
        """Ends an engine that does not answer and starts another one, which resumes its runs; what is saved is kept."""
        # by the store's word: it may have fallen silent before its first snapshot
        pid = self.engine.pid
        going = [row.id for row in self.rows if row.lease_pid == pid and row.state is RunState.RUNNING]
        self._to_resume = tuple(one for one in going if resume and one != without)
        self._give_up_live()
        self.engine.end_silent()

    def _engine_silent(self, sentence: str) -> None:
        self.tell(
            sentence,
            "error",
            Offer(tr("Stop its runs"), lambda: self.end_engine(resume=False)),
            Offer(tr("Restart it and resume"), self.end_engine),
            key="engine",
        )

    def change_settings(self, settings: Settings) -> None:
        """Saves the settings and sends them to the engine. Raises SettingsError if they can't be written."""
        save_settings(settings)
        old, self.settings = self.settings, settings
        self.engine.python = settings.python
        self.settings_changed.emit()
        self._offer_restart(old)
        if settings != old and self.engine.state is EngineState.READY:
            spawn(self.ask_engine(ChangeSettings(settings=settings)))

    async def restart_engine(self) -> None:
        """Stops the engine in order and starts another one, which resumes the active runs."""
        going = tuple(model.run_id for model in self.active_here if model.state is not RunState.PAUSED)
        await self.engine.stop()
        self._to_resume = going
        self.engine.restart()

    def _offer_restart(self, old: Settings) -> None:
        """Offers a restart for settings that take effect when the engine, or the window, is restarted."""
        if self.settings.python != old.python and self.engine.state is EngineState.READY:
            self.tell(
                tr("The new interpreter is used when the engine restarts. Active runs would continue there."),
                "info",
                Offer(tr("Restart the engine now"), lambda: spawn(self.restart_engine())),
                key="restart",
            )
        chosen = find_workspace(self.workspace_option, self.settings.workspace or None)
        moved = self.settings.workspace != old.workspace and chosen != self.workspace
        if moved or self.settings.log_folder != old.log_folder:
            what = tr("workspace") if moved else tr("log folder")
            self.tell(
                tr("The {what} is used after the window is reopened.").format(what=what),
                "info",
                Offer(tr("Reopen the window now"), self.reopen_wanted.emit),
                key="reopen",
            )

    async def refresh(self) -> None:
        """Reads the list of runs again, and the selected run if another program is running it."""
        rows = await self._from_store(self.store.runs())
        self._stop_waiting()
        if rows is None:
            return
        self._offers.settle_those_that_go_on(rows)
        if rows != self.rows:
            self.rows = rows
            self.runs_changed.emit()
        model = self.focused
        if model is not None and not model.is_live:
            row = next((row for row in rows if row.id == model.run_id), None)
            # or it has changed: a run whose program exited in between looks interrupted until it is read again
            if row is not None and (
                model.is_active or row.true_state in ACTIVE or row.true_state != model.state
            ):
                await self._load(model.run_id)

    async def _first_look(self) -> None:
        await self.refresh()
        if self.rows and self.focus is None:
            there = {row.id for row in self.rows}
            self.look_at(self.first_run if self.first_run in there else self.rows[0].id)
        self._offers.offer_at_start(self.rows)

    def _take(self, snapshot: Snapshot) -> None:
        model = self.models.get(snapshot.run_id)
        fresh = model is None or not model.is_live
        if model is None:
            model = self.models[snapshot.run_id] = RunModel(snapshot.run_id)
        model.take(snapshot)
        if fresh:
            model.await_history(snapshot)
            spawn(self._load(snapshot.run_id))
        before = snapshot.run_id in self._running_here
        (self._running_here.add if model.is_active else self._running_here.discard)(snapshot.run_id)
        self._offers.settle(snapshot.run_id)
        self.run_changed.emit(snapshot.run_id)
        if before != model.is_active or fresh:
            spawn(self.refresh())
        if not model.is_active:
            self._forget_others()

    async def _load(self, run_id: int) -> None:
        model = self.models.get(run_id)
        after = model.known_until if model is not None and not model.is_live else -1
        history = await self._from_store(self.store.history(run_id, after))
        model = self.models.get(run_id)
        if model is None:
            return
        if history is None:
            model.give_up_history()
        else:
            model.load(history)
        self.run_changed.emit(run_id)

    async def _from_store(self, reading: Awaitable[T]) -> T | None:
        try:
            result = await reading
        except StoreError as error:
            if self._store_trouble != str(error):
                self._store_trouble = str(error)
                self.tell(str(error), "error", key="store")
            return None
        self._store_trouble = None
        return result

    def _forget_others(self) -> None:
        """Keeps only active runs and the selected one in memory."""
        for run_id, model in list(self.models.items()):
            if run_id != self.focus and not (model.is_live and model.is_active):
                del self.models[run_id]

    def _engine_restarts(self, event: Restarting) -> None:
        self._to_resume = event.run_ids
        self.tell(event.sentence, "warning", key="engine")

    def _engine_died(self, sentence: str) -> None:
        lost = self._give_up_live()
        self.tell(sentence, "error", key="engine")
        spawn(self._after_death(sentence, lost))

    def _give_up_live(self) -> set[int]:
        """Shows the runs of an engine that is gone as the store has them; returns them."""
        lost, self._running_here = self._running_here, set()
        for run_id in lost:
            if (model := self.models.get(run_id)) is not None:
                model.end_live()
        return lost

    async def _after_death(self, sentence: str, lost: set[int]) -> None:
        await self.refresh()
        for run_id in lost:
            if run_id in self.models:
                await self._load(run_id)
        interrupted = [
            row
            for row in self.rows
            # by its lease, too: it may have begun so late that it was not heard of
            if (row.id in lost or row.lease_pid == self._engine_pid)
            and row.true_state is RunState.INTERRUPTED
        ]
        for row in interrupted:
            # a single message: it replaces the engine's
            self._offers.offer(row, before=f"{sentence} " if len(interrupted) == 1 else "")
        if interrupted and self.focused is None:
            self.look_at(interrupted[0].id)

    def _engine_failed(self, sentence: str) -> None:
        self._give_up_live()
        self.tell(sentence, "error", Offer(tr("Start the engine"), self.engine.restart), key="engine")
        spawn(self.refresh())

    def _engine_state(self, state: EngineState) -> None:
        if state is EngineState.READY:
            self._engine_pid = self.engine.pid
            # it may have read the settings before the last change
            spawn(self.ask_engine(ChangeSettings(settings=self.settings)))
            runs, self._to_resume = self._to_resume, ()
            for run_id in runs:
                # errored samples are not retried
                spawn(self.ask_engine(ResumeRun(run_id=run_id, classes=())))
            spawn(self.refresh())


def references_of(rows: Iterable[RunRow]) -> list[str]:
    """Returns the evaluations of runs: paths, and names of examples."""
    found = (StoredSpec.decode(row.spec).reference for row in rows)
    return list(dict.fromkeys(reference for reference in found if reference))
