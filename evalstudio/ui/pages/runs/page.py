"""Runs page: the form for the next run, the list of runs, and the selected run, live."""

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QVBoxLayout, QWidget

from evalstudio.core.errors import StoreError
from evalstudio.core.outcome import Outcome
from evalstudio.core.run_state import RunState
from evalstudio.core.strategy import Adaptive, Strategy
from evalstudio.evaluations.library import find_evaluations
from evalstudio.protocol import (
    ContinueRun,
    PauseRun,
    SetStrategy,
    StartRun,
)
from evalstudio.ui.kit.actions import Actions
from evalstudio.ui.kit.folding import Folding
from evalstudio.ui.kit.icons import icon
from evalstudio.ui.kit.tabs import Tabs
from evalstudio.ui.kit.text import tr
from evalstudio.ui.kit.theme import SPACE_S, line_height
from evalstudio.ui.kit.widgets import Card, scrolling
from evalstudio.ui.pages.runs.board import ChartBoard
from evalstudio.ui.pages.runs.chart_strip import LEAST_ROOM, ChartStrip
from evalstudio.ui.pages.runs.error_table import ChangeTable, ErrorTable
from evalstudio.ui.pages.runs.hints import Hints
from evalstudio.ui.pages.runs.limits_bar import LimitsBar
from evalstudio.ui.pages.runs.live_controls import LiveControls
from evalstudio.ui.pages.runs.log_pane import LogPane
from evalstudio.ui.pages.runs.run_export import RunExport
from evalstudio.ui.pages.runs.run_header import RunHeader, siblings_of
from evalstudio.ui.pages.runs.run_list import RunList
from evalstudio.ui.pages.runs.run_menu import RunMenu
from evalstudio.ui.pages.runs.signs_panel import SignLights, SignsPanel
from evalstudio.ui.pages.runs.slot_strip import SlotStrip
from evalstudio.ui.pages.runs.start_bar import StartBar
from evalstudio.ui.pages.runs.tail_panel import TailPanel
from evalstudio.ui.records.record_cells import HIDDEN_BESIDE_CHARTS
from evalstudio.ui.records.record_commands import RecordCommands
from evalstudio.ui.records.records_panel import RecordsPanel
from evalstudio.ui.state.engine_client import EngineState
from evalstudio.ui.state.run_model import RunModel
from evalstudio.ui.state.run_start import start_run
from evalstudio.ui.state.session import Session, references_of
from evalstudio.ui.state.tasks import spawn

LIST_MS = 250
LEAST_TABS = 9  # height of the tabs in lines of text
RESUMABLE = (RunState.STOPPED, RunState.INTERRUPTED, RunState.COMPLETED_WITH_ERRORS)


class RunsPage(QWidget):
    """The Runs page. Actions take effect in the engine immediately."""

    def __init__(self, session: Session, actions: Actions, log: LogPane) -> None:
        super().__init__()
        self.setObjectName("page_runs")
        self._session = session
        self._actions = actions
        self._live = LiveControls(session)
        self._next_strategy: Strategy | None = None  # chosen by a person for the next run
        self._starting = False
        self._log = log
        self.start_bar = StartBar(actions)
        self.run_list = RunList()
        self.header = RunHeader(actions)
        self.limits = LimitsBar()
        self.hints = Hints()
        self.charts = ChartBoard()
        self.strip = ChartStrip(self.charts)
        self.slots_strip = SlotStrip()
        self.records = RecordsPanel(session.store, hidden=HIDDEN_BESIDE_CHARTS)
        self.errors = ErrorTable()
        self.changes = ChangeTable()
        self.tail = TailPanel()
        self.signs = SignsPanel()
        self.lights = SignLights()
        self.menu = RunMenu(session, actions, self, self.run_list.chosen_runs)
        self.export = RunExport(session, actions, self.charts, self, self.menu.rows)
        self._commands = RecordCommands(
            session, actions, self.records, self, lambda: self._tabs.setCurrentIndex(0), self.menu.marks.note
        )
        # the list follows live runs four times a second, however many there are
        self._list_due = QTimer(self)
        self._list_due.setSingleShot(True)
        self._list_due.setInterval(LIST_MS)
        self._list_due.timeout.connect(self._show_list)
        self._lay_out()
        self._connect()
        self._evaluation_chosen()
        self._show_focus()

    @property
    def splitters(self) -> list[QSplitter]:
        """Splitters whose layout is saved and restored."""
        return [self._sides, self.records.splitter]

    # Commands -----------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Starts the evaluation in the form as a new run, and selects it."""
        if self._starting:
            return
        self._starting = True
        self._update_actions()
        choice = self.start_bar.choice
        try:
            run_id = await start_run(
                self._session,
                StartRun(
                    evaluation=choice.evaluation,
                    experiment=choice.experiment,
                    model=choice.model,
                    samples=choice.samples,
                    strategy=self._next_strategy,
                ),
            )
        finally:
            self._starting = False
        if run_id is not None:
            self._next_strategy = None
            self.start_bar.propose_next()
            self._session.look_at(run_id)
        self._update_actions()

    def prepare(self, model: str, strategy: Strategy | None) -> None:
        """Sets the model and, if given, the strategy of the next run."""
        self.start_bar.choose_model(model)
        if strategy is not None:
            self._next_strategy = strategy
            self._show_limits()

    def pause_or_continue(self) -> None:
        model = self._session.focused
        if model is None:
            return
        kind = ContinueRun if model.state is RunState.PAUSED else PauseRun
        spawn(self._session.ask_engine(kind(run_id=model.run_id)))

    def stop(self) -> None:
        if self._session.focus is not None:
            spawn(self._session.stop(self._session.focus))

    def resume(self, classes: tuple[Outcome, ...] | None = None) -> None:
        if self._session.focus is not None:
            spawn(self._session.resume(self._session.focus, classes))

    # Contents ----------------------------------------------------------------------------------------------

    def _show_focus(self) -> None:
        self._show_list()
        model = self._session.focused
        self.strip.show_run(model)
        if model is None:
            self.header.show_nothing()
            self.hints.show_run(None)
            self.slots_strip.show_run(None)
            self.slots_strip.hide()
            self.errors.show_errors((), active=False)
            self.changes.show_changes(())
            self.tail.show_run(None)
            self.lights.show_signs(())
            self.signs.show_run(None, may_act=False)
            self.records.show_run(None, 0)
        self._run_changed(self._session.focus if self._session.focus is not None else -1)

    def _run_changed(self, run_id: int) -> None:
        model = self._session.models.get(run_id)
        if model is not None and model.is_live and not self._list_due.isActive():
            self._list_due.start()
        if run_id == self._session.focus and model is not None and model.snapshot is not None:
            self._show_run(model)
        self._show_limits()
        self._update_actions()

    def _show_run(self, model: RunModel) -> None:
        now = model.snapshot
        assert now is not None
        self.hints.show_run(model)
        self.header.show_run(now, siblings_of(now, self._session.rows))
        self.slots_strip.show_run(now)
        self.slots_strip.setVisible(model.is_active and self.height() >= LEAST_ROOM)
        self.errors.show_errors(now.errors, active=model.is_active)
        self.changes.show_changes(tuple(model.changes))
        self.tail.show_run(now)
        self.lights.show_signs(now.signs)
        self.signs.show_run(now, may_act=model.is_live and model.is_active)
        self.strip.update_run()
        self.records.know_classes([error.name.value for error in now.errors if error.records])
        # table, filter and sorting are about the evaluator of the first headline
        self.records.choose_evaluator(now.run_id, now.scores[0].evaluator if now.scores else None)
        self.records.know_evaluators([score.evaluator for score in now.scores])
        # a finished run is read once more, because its last records arrived with its end
        self.records.show_run(now.run_id, now.saved if model.is_active else -now.saved - 1)
        failed = sum(error.attempts for error in now.errors)
        self._tabs.setTabText(1, tr("Errors ({failed:,})").format(failed=failed) if failed else tr("Errors"))

    def _show_limits(self) -> None:
        model = self._session.focused
        now = model.snapshot if model is not None else None
        if model is not None and now is not None and model.is_live and model.is_active:
            self.limits.show_run(
                now.strategy,
                now.limit,
                now.workers,
                now.in_flight,
                now.ceiling,
                now.strategy_source,
                now.rates,
            )
        elif self._next_strategy is None:
            own = self.start_bar.strategy or self._session.settings.strategy or Adaptive()
            self.limits.show_next(own, self._session.settings.ceiling)
        else:
            self.limits.show_next(self._next_strategy, self._session.settings.ceiling)

    def _show_list(self) -> None:
        session = self._session
        self.run_list.show_runs(session.rows, session.models, session.focus)

    def _update_actions(self) -> None:
        model = self._session.focused
        ready = self._session.engine.state is EngineState.READY
        here = ready and model is not None and model.is_live
        state = model.state if model is not None else None
        running = here and state in (RunState.RUNNING, RunState.QUEUED)
        paused = here and state is RunState.PAUSED
        self._actions["start"].setEnabled(ready and not self._starting)
        pause = self._actions["pause"]
        if (pause.text() == tr("&Resume")) != paused:
            pause.setText(tr("&Resume") if paused else tr("&Pause"))
            pause.setIcon(icon("start" if paused else "pause"))
            pause.setProperty("icon_name", "start" if paused else "pause")
        pause.setEnabled(running or paused)
        self._actions["stop"].setEnabled(running or paused)
        self._actions["resume"].setEnabled(ready and state in RESUMABLE)
        self._actions["resume"].setVisible(not paused)
        self.header.show_buttons(active=running or paused)
        self.menu.update()

    def _evaluation_chosen(self) -> None:
        self._next_strategy = None
        self._show_limits()

    def _strategy_chosen(self, strategy: Strategy) -> None:
        model = self._session.focused
        if model is not None and model.is_live and model.is_active:
            spawn(self._session.ask_engine(SetStrategy(run_id=model.run_id, strategy=strategy)))
        else:
            self._next_strategy = strategy

    def _tail_grew(self, calls: int) -> None:
        self._tabs.setTabText(
            self._tabs.indexOf(self.tail), tr("Tail ({calls:,})").format(calls=calls) if calls else tr("Tail")
        )

    async def _read_sparkline(self, run_id: int) -> None:
        try:
            points = await self._session.store.sparkline(run_id)
        except StoreError:
            return  # the list does without; the error is reported where the run itself is read
        self.run_list.know_sparkline(run_id, points)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._look_at_something()
        spawn(self._read_evaluations())

    def _look_at_something(self) -> None:
        """Selects the newest run if there are runs and none is selected."""
        if self.isVisible() and self._session.focus is None and self._session.rows and not self._starting:
            self._session.look_at(self._session.rows[0].id)

    async def _read_evaluations(self) -> None:
        """Reads which evaluations there are, in the workspace and of earlier runs."""
        workspace, used = self._session.workspace, references_of(self._session.rows)
        self.start_bar.know_files(
            await self._session.datasets.worker.do(lambda: find_evaluations(workspace, used))
        )

    def _runs_read(self) -> None:
        spawn(self._read_evaluations())
        self._look_at_something()
        self.start_bar.know_experiments({row.experiment for row in self._session.rows})
        self._show_list()
        self.menu.update()

    # Construction ---------------------------------------------------------------------------------------------

    def _connect(self) -> None:
        session, actions = self._session, self._actions
        session.runs_changed.connect(self._runs_read)
        session.run_changed.connect(self._run_changed)
        session.focus_changed.connect(self._show_focus)
        session.settings_changed.connect(self._show_limits)
        session.engine.state_changed.connect(self._engine_state_changed)
        self.run_list.chosen.connect(session.look_at)
        self.run_list.view.selectionModel().selectionChanged.connect(lambda *_: self.menu.update())
        self.run_list.menu_wanted.connect(self.menu.show)
        self.run_list.sparkline_wanted.connect(lambda run_id: spawn(self._read_sparkline(run_id)))
        self.tail.abandon.connect(self._live.abandon)
        self.tail.attention.connect(self._tail_grew)
        self.signs.strategy_chosen.connect(self._strategy_chosen)
        self.lights.opened.connect(lambda: self._tabs.setCurrentIndex(3))
        self.limits.requests_chosen.connect(self._live.set_requests)
        self.limits.strategy_chosen.connect(self._strategy_chosen)
        self.limits.strategy_chosen.connect(self.hints.strategy_chosen)
        self.records.details_shown.connect(self.hints.record_shown)
        self.limits.workers_chosen.connect(self._live.set_workers)
        self.errors.retry.connect(self.resume)
        self.errors.wanted.connect(self._show_class)
        self.start_bar.changed.connect(self._evaluation_chosen)
        self.start_bar.model.currentTextChanged.connect(lambda *_: self._show_limits())
        self.start_bar.problem.connect(lambda text: session.tell(text, "error", key="evaluation"))
        self.records.large_changed.connect(self._make_room)
        self.records.problem.connect(lambda text: session.tell(text, "error", key="store"))
        actions.connect("start", lambda: spawn(self.start()))
        actions.connect("pause", self.pause_or_continue)
        actions.connect("stop", self.stop)
        actions.connect("whole_run", self.charts.show_whole_run)
        actions.connect("log", lambda: self._tabs.setCurrentWidget(self._log))
        actions.connect("list", Folding(self, self.run_list).turn)

    def _engine_state_changed(self, state: EngineState) -> None:
        self._update_actions()
        if state is EngineState.READY and not self._session.rows and self.isVisible():
            self.start_bar.start_button.setFocus()  # pressing Enter or Space runs the example

    def _make_room(self, large: bool) -> None:
        """Hides what stands above a record that is read."""
        for part in (self.start_bar, self.header, self.limits, self.strip, self._tabs.tabBar(), self.lights):
            part.setVisible(not large)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Gives the records of a low page the room of charts and figures."""
        super().resizeEvent(event)
        self.strip.know_height(self.height())
        self.header.show_compact(self.height() < LEAST_ROOM)

    def _show_class(self, name: str) -> None:
        self._tabs.setCurrentWidget(self.records)
        self.records.show_class(name)
        self.records.table.setFocus()

    def _lay_out(self) -> None:
        self._tabs = Tabs("run_tabs", tr("Records, errors and changes of the run, and the log"))
        self._tabs.addTab(self.records, tr("Records"))
        self._tabs.addTab(self.errors, tr("Errors"))
        self._tabs.addTab(self.tail, tr("Tail"))
        self._tabs.addTab(scrolling(self.signs, "signs_scroll", tr("Signs")), tr("Signs"))
        self._tabs.addTab(self.changes, tr("Limit changes"))
        self._tabs.setCornerWidget(self.lights)
        self._tabs.room.connect(self.lights.fit)
        self._tabs.addTab(self._log, tr("Log"))
        self._tabs.setMinimumHeight(LEAST_TABS * line_height())
        tabs_card = Card()
        inside = QVBoxLayout(tabs_card)
        inside.setContentsMargins(2, 2, 2, 2)
        inside.addWidget(self._tabs)
        centre = QWidget()
        column = QVBoxLayout(centre)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_S)
        for part in (self.start_bar, self.hints, self.header, self.limits):
            column.addWidget(part)
        column.addWidget(self.strip)
        column.addWidget(tabs_card, 1)
        column.addWidget(self.slots_strip)
        self._sides = QSplitter(Qt.Orientation.Horizontal)
        self._sides.setObjectName("sides_splitter")
        self._sides.setChildrenCollapsible(False)
        self._sides.setHandleWidth(SPACE_S)
        self._sides.addWidget(self.run_list)
        self._sides.addWidget(scrolling(centre, "run_scroll", tr("The run in focus")))
        self._sides.setStretchFactor(1, 1)
        self._sides.setSizes([230, 1000])
        layout = QHBoxLayout(self)
        layout.setContentsMargins(SPACE_S, SPACE_S, SPACE_S, SPACE_S)
        layout.addWidget(self._sides)
