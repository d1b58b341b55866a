"""Home page: on first start an introduction with a one-click example, later the latest runs and unfinished ones."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from evalstudio.core.strategy import SlidingWindow
from evalstudio.protocol import StartRun
from evalstudio.store.runs import RunRow
from evalstudio.ui.kit.actions import Actions
from evalstudio.ui.kit.theme import SPACE_S
from evalstudio.ui.kit.widgets import ActionButton
from evalstudio.ui.pages.home.overview import Overview
from evalstudio.ui.pages.home.welcome import Welcome
from evalstudio.ui.state.engine_client import EngineState
from evalstudio.ui.state.session import FIRST_LOOK, Session
from evalstudio.ui.state.tasks import spawn

MOST_RUNS = 30
EXAMPLE = "example:sentiment"
EXAMPLE_MODEL, EXAMPLE_SLOTS = (
    "demo/one-second",
    4,
)  # 200 samples take most of a minute: time to look and to try


class HomePage(QWidget):
    """The Home page. `run_started` is emitted when the example runs, `run_chosen` when a person selects a run."""

    run_started = Signal(int)
    run_chosen = Signal(int)

    def __init__(self, session: Session, actions: Actions) -> None:
        super().__init__()
        self.setObjectName("page_home")
        self._session = session
        self._actions = actions
        self._starting = False
        self._shown: list[RunRow] | None = None
        self.run_button = ActionButton(actions["run_example"], primary=True)
        self.overview = Overview(actions)
        self._stack = QStackedWidget()
        self._stack.addWidget(Welcome(actions, self.run_button))
        self._stack.addWidget(self.overview)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE_S, SPACE_S, SPACE_S, SPACE_S)
        layout.addWidget(self._stack)
        self.overview.run_chosen.connect(self.run_chosen)
        self.overview.resume_wanted.connect(lambda run_id: spawn(self._resume(run_id)))
        session.runs_changed.connect(self._show)
        session.run_changed.connect(lambda *_: self._update_actions())
        session.engine.state_changed.connect(self._engine_changed)
        actions.connect("run_example", lambda: spawn(self.run_example()))
        if session.workspace.database.exists():
            # until the runs are read: there probably are some, so no welcome flashes up
            self._stack.setCurrentIndex(1)
            self.overview.show_runs((), ())
            self._update_actions()
        else:
            self._show()

    async def run_example(self) -> None:
        """Starts the example on the demo model as a new run."""
        if self._starting:
            return
        self._starting = True
        self._update_actions()
        taken = {row.experiment for row in self._session.rows}
        name = next(name for number in range(1, 10_000) if (name := f"{FIRST_LOOK}{number}") not in taken)
        try:
            run_id = await self._session.ask_engine(
                StartRun(
                    evaluation=EXAMPLE,
                    experiment=name,
                    model=EXAMPLE_MODEL,
                    strategy=SlidingWindow(EXAMPLE_SLOTS),
                )
            )
        finally:
            self._starting = False
            self._update_actions()
        if run_id is not None:
            self._session.look_at(run_id)
            self.run_started.emit(run_id)

    # Contents ------------------------------------------------------------------------------------------------

    def _show(self) -> None:
        rows = self._session.rows
        if rows == self._shown:
            return
        self._shown = list(rows)
        self._stack.setCurrentIndex(1 if rows else 0)
        self.overview.show_runs(rows[:MOST_RUNS], rows)
        self._update_actions()

    async def _resume(self, run_id: int) -> None:
        await self._session.resume(run_id)
        if self._session.focus == run_id:
            self.run_started.emit(run_id)

    def _engine_changed(self, state: EngineState) -> None:
        self._update_actions()
        if state is EngineState.READY and not self._session.rows and self.isVisible():
            self.run_button.setFocus()  # at the first start, pressing Enter or Space runs the example

    def _update_actions(self) -> None:
        ready = self._session.engine.state is EngineState.READY and not self._starting
        self._actions["run_example"].setEnabled(ready)
        for button in self.overview.resume_buttons:
            button.setEnabled(ready)
