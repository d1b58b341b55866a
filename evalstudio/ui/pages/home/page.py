"""Home page: on first start an introduction with a one-click example, later the latest runs and unfinished ones."""

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QHeaderView,
    QLayout,
    QScrollArea,
    QSizePolicy,
    QStackedWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from evalstudio.core.run_state import RunState
from evalstudio.core.strategy import SlidingWindow
from evalstudio.protocol import StartRun
from evalstudio.reports.score_text import short_score
from evalstudio.store.runs import RunRow
from evalstudio.ui.kit.actions import Actions
from evalstudio.ui.kit.icons import icon
from evalstudio.ui.kit.run_state_look import LOOKS
from evalstudio.ui.kit.table_style import fill_row, make_table, set_widths
from evalstudio.ui.kit.text import mark, one_line, tr
from evalstudio.ui.kit.theme import SPACE_L, SPACE_M, SPACE_S
from evalstudio.ui.kit.widgets import ActionButton, Button, Card, TextLabel, labelled
from evalstudio.ui.state.engine_client import EngineState
from evalstudio.ui.state.run_model import last_summary
from evalstudio.ui.state.session import FIRST_LOOK, Session
from evalstudio.ui.state.tasks import spawn

MOST_RUNS = 30
MOST_UNDONE = 4
EXAMPLE = "example:sentiment"
EXAMPLE_MODEL, EXAMPLE_SLOTS = (
    "demo/one-second",
    4,
)  # 200 samples take most of a minute: time to look and to try
HEADINGS = (
    mark("Experiment"),
    mark("Evaluation"),
    mark("Model"),
    mark("State"),
    mark("Saved"),
    mark("Score"),
    mark("Started"),
)
SHORTCUTS = {
    "new_evaluation": mark("New evaluation"), "import_dataset": mark("Import a dataset"), "open_evaluation": mark("Open an evaluation"),
}  # fmt: skip
UNDONE = (RunState.INTERRUPTED, RunState.STOPPED)


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
        self._resume_buttons: list[Button] = []
        self.run_button = ActionButton(actions["run_example"], primary=True)
        self.recent = make_table(
            "recent_runs", tr("Recent runs"), [tr(heading) for heading in HEADINGS], stretched=1
        )
        self._stack = QStackedWidget()
        self._stack.addWidget(self._welcome())
        self._stack.addWidget(self._overview())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE_S, SPACE_S, SPACE_S, SPACE_S)
        layout.addWidget(self._stack)
        self.recent.cellActivated.connect(lambda row, _: self._open(row))
        self.recent.cellClicked.connect(lambda row, _: self._open(row))
        session.runs_changed.connect(self._show)
        session.run_changed.connect(lambda *_: self._update_actions())
        session.engine.state_changed.connect(self._engine_changed)
        actions.connect("run_example", lambda: spawn(self.run_example()))
        if session.workspace.database.exists():
            self._stack.setCurrentIndex(
                1
            )  # until the runs are read: there probably are some, so no welcome flashes up
            self._undone_card.setVisible(False)
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
        rows = self._session.rows[:MOST_RUNS]
        if rows == self._shown:
            return
        self._shown = list(rows)
        self._stack.setCurrentIndex(1 if rows else 0)
        self.recent.setVisible(True)
        self.recent.setRowCount(len(rows))
        for place, row in enumerate(rows):
            self._fill(place, row)
        self._show_undone([row for row in self._session.rows if row.true_state in UNDONE][:MOST_UNDONE])
        self._update_actions()

    def _fill(self, place: int, row: RunRow) -> None:
        summary = last_summary(row)
        score = short_score(summary.scores[0]) if summary is not None and summary.scores else "–"
        started = datetime.fromtimestamp(row.created_at).astimezone()
        today = started.date() == datetime.now().astimezone().date()
        words = (
            one_line(row.experiment), one_line(row.evaluation), one_line(row.model), tr(row.true_state),
            tr("{saved:,} of {total:,}").format(saved=row.saved, total=row.total), score, started.strftime("%H:%M" if today else "%Y-%m-%d %H:%M"),
        )  # fmt: skip
        fill_row(
            self.recent,
            place,
            words,
            f"{row.experiment}: {tr(row.true_state)}, {row.id}. {row.reason}".strip(),
        )
        look = LOOKS[row.true_state]
        item = self.recent.item(place, 3)
        assert isinstance(item, QTableWidgetItem)
        item.setIcon(icon(look.icon, look.colour))

    def _show_undone(self, rows: Sequence[RunRow]) -> None:
        while (taken := self._undone.takeAt(0)) is not None:
            if (widget := taken.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        self._resume_buttons = []
        self._undone_card.setVisible(bool(rows))
        for place, row in enumerate(rows):
            words = tr("{experiment}: {state}, {saved:,} of {total:,} saved").format(
                experiment=row.experiment, state=tr(row.true_state), saved=row.saved, total=row.total
            )
            label = TextLabel(
                one_line(words, 120), "bad" if row.true_state is RunState.INTERRUPTED else "text"
            )
            button = Button(tr("Resume"))
            labelled(
                button,
                f"resume_{row.id}",
                tr("Resume {experiment}").format(experiment=row.experiment),
                tr("Runs what is missing; saved answers are kept"),
            )
            button.clicked.connect(lambda _, run_id=row.id: spawn(self._resume(run_id)))
            self._resume_buttons.append(button)
            self._undone.addWidget(label, place, 0)
            self._undone.addWidget(button, place, 1)

    async def _resume(self, run_id: int) -> None:
        await self._session.resume(run_id)
        if self._session.focus == run_id:
            self.run_started.emit(run_id)

    def _open(self, row: int) -> None:
        if self._shown is not None and row < len(self._shown):
            self.run_chosen.emit(self._shown[row].id)

    def _engine_changed(self, state: EngineState) -> None:
        self._update_actions()
        if state is EngineState.READY and not self._session.rows and self.isVisible():
            self.run_button.setFocus()  # at the first start, pressing Enter or Space runs the example

    def _update_actions(self) -> None:
        ready = self._session.engine.state is EngineState.READY and not self._starting
        self._actions["run_example"].setEnabled(ready)
        for button in self._resume_buttons:
            button.setEnabled(ready)

    # Construction -----------------------------------------------------------------------------------------------

    def _welcome(self) -> QWidget:
        card = Card()
        card.setMaximumWidth(760)
        inside = QVBoxLayout(card)
        inside.setContentsMargins(SPACE_L * 2, SPACE_L * 2, SPACE_L * 2, SPACE_L * 2)
        inside.setSpacing(SPACE_M)
        inside.addWidget(TextLabel("EvalStudio", factor=1.9, bold=True))
        about = TextLabel(
            tr("Evaluate language models as fast as your endpoint allows. See what limits the speed. Never lose an answer."), factor=1.1, name="welcome",
        )  # fmt: skip
        about.setWordWrap(True)
        inside.addWidget(about)
        inside.addSpacing(SPACE_S)
        steps = QGridLayout()
        steps.setHorizontalSpacing(SPACE_L)
        steps.setVerticalSpacing(SPACE_M)
        steps.setColumnStretch(1, 1)
        for row, (what, how) in enumerate((
            (tr("Dataset"), tr("One sample per row. Here: 200 reviews.")),
            (tr("Prompt"), tr("What each sample asks. Here: is the review positive, negative or neutral?")),
            (tr("Model"), tr("A hosted API, your own server or a Python function. Here: the built-in demo model; "
             "no key, no network.")),
            (tr("Scoring"), tr("Evaluators compare each answer with the expected one. Here: an exact match.")),
        )):  # fmt: skip
            text = TextLabel(how, "muted")
            text.setWordWrap(True)
            steps.addWidget(TextLabel(what, bold=True), row, 0, Qt.AlignmentFlag.AlignTop)
            steps.addWidget(text, row, 1)
        inside.addLayout(steps)
        inside.addSpacing(SPACE_M)
        self.run_button.setMinimumHeight(38)
        inside.addWidget(self.run_button, 0, Qt.AlignmentFlag.AlignLeft)
        then = TextLabel(
            tr("It takes about a minute. While it runs, the Runs page suggests three things to try."), "muted",
        )  # fmt: skip
        then.setWordWrap(True)
        inside.addWidget(then)
        inside.addSpacing(SPACE_S)
        inside.addWidget(TextLabel(tr("Your own data"), bold=True))
        inside.addLayout(self._shortcuts("welcome"))
        return _centred(card)

    def _overview(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_S)
        new, shortcuts = _titled(tr("New"))
        row = self._shortcuts("home")
        row.insertWidget(3, ActionButton(self._actions["run_example"], name="home_run_example"))
        shortcuts.addLayout(row)
        self._undone_card, undone = _titled(tr("Continue"))
        self._undone = QGridLayout()
        self._undone.setColumnStretch(0, 1)
        self._undone.setHorizontalSpacing(SPACE_M)
        undone.addLayout(self._undone)
        recent, inside = _titled(tr("Recent runs"))
        recent.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        set_widths(self.recent, (0, 0, 0, 200, 130, 110, 150))
        for place in range(3):
            self.recent.horizontalHeader().setSectionResizeMode(place, QHeaderView.ResizeMode.Stretch)
        inside.addWidget(self.recent, 1)
        for card in (new, self._undone_card):
            card.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
            column.addWidget(card)
        column.addWidget(recent, 1)
        return page

    def _shortcuts(self, place: str) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(SPACE_S)
        for name, words in SHORTCUTS.items():
            row.addWidget(ActionButton(self._actions[name], name=f"{place}_{name}", words=tr(words)))
        row.addStretch(1)
        return row


def _titled(title: str) -> tuple[Card, QVBoxLayout]:
    card = Card()
    layout = QVBoxLayout(card)
    layout.setContentsMargins(SPACE_M, SPACE_S, SPACE_M, SPACE_M)
    layout.setSpacing(SPACE_S)
    layout.addWidget(TextLabel(title, factor=1.15, bold=True))
    return card, layout


def _centred(card: QWidget) -> QWidget:
    """Centres a card on the page; it scrolls if there is no room."""
    page = QWidget()
    across = QHBoxLayout()
    for part in (None, card, None):
        across.addStretch(1) if part is None else across.addWidget(part, 6)
    layout = QVBoxLayout(page)
    layout.setSizeConstraint(QLayout.SizeConstraint.SetMinimumSize)
    layout.addStretch(1)
    layout.addLayout(across)
    layout.addStretch(2)
    area = QScrollArea()
    area.setObjectName("welcome_area")
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setFrameShape(QScrollArea.Shape.NoFrame)
    area.setWidgetResizable(True)
    area.setWidget(page)
    page.setAutoFillBackground(False)
    area.viewport().setAutoFillBackground(False)
    return area
