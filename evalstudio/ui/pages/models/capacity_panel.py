"""Capacity panel: shows what the search will cost, measures level by level, draws the curve, and keeps the knee."""

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from evalstudio.core.errors import EvalStudioError
from evalstudio.core.format import money
from evalstudio.evaluations.loading import EXAMPLE, examples
from evalstudio.protocol import (
    CapacityFound,
    CapacityPlan,
    FindCapacity,
    Level,
    PlanCapacity,
    Snapshot,
    StopRun,
)
from evalstudio.ui.kit.combo_box import ComboBox
from evalstudio.ui.kit.form_fields import CalmSpinBox
from evalstudio.ui.kit.text import tr
from evalstudio.ui.kit.theme import SPACE_M, SPACE_S
from evalstudio.ui.kit.widgets import Button, TextLabel, labelled
from evalstudio.ui.pages.models.capacity_chart import CapacityChart
from evalstudio.ui.state.engine_client import EngineState
from evalstudio.ui.state.session import Session
from evalstudio.ui.state.tasks import spawn

SETTLE_MS = 300
FIRST_MOST = 64


class CapacityPanel(QWidget):
    """Capacity finder for the current model. `apply_wanted` is emitted with its name and the window found."""

    apply_wanted = Signal(str, int)

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.setObjectName("capacity_panel")
        self._session = session
        self._model = ""
        self._measured = ""  # the model whose curve is shown
        self._found: dict[str, CapacityFound] = {}  # results by model, in this session
        self._run_id: int | None = None
        self._experiment = ""
        self._busy = False
        self._levels: list[Level] = []
        self.evaluation = ComboBox()
        self.evaluation.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.evaluation.setMinimumContentsLength(8)
        labelled(
            self.evaluation,
            "capacity_evaluation",
            tr("Samples of"),
            tr("The evaluation whose samples are answered"),
        )
        self.most = CalmSpinBox()
        self.most.setRange(1, 10_000)
        self.most.setValue(FIRST_MOST)
        labelled(self.most, "capacity_most", tr("The highest concurrency to measure"))
        self.samples = CalmSpinBox()
        self.samples.setRange(0, 10_000_000)
        self.samples.setSpecialValueText(tr("as needed"))
        labelled(
            self.samples,
            "capacity_samples",
            tr("Most calls to make"),
            tr("0: as many as it takes; the samples are asked again where there are too few"),
        )
        self.start = Button(tr("&Measure"))
        labelled(self.start, "capacity_start", tr("Measure the capacity"))
        self.stop = Button(tr("St&op"))
        labelled(self.stop, "capacity_stop", tr("Stop measuring"), tr("Answers are kept"))
        self.plan = TextLabel("", "muted", name="capacity_plan")
        self.plan.setWordWrap(True)
        self.progress = QProgressBar()
        labelled(self.progress, "capacity_progress", tr("Calls made, of those that the search takes at most"))
        self.progress.setFormat(tr("%v of at most %m calls"))
        self.progress.setVisible(False)
        self.chart = CapacityChart()
        self.verdict = TextLabel("", name="capacity_verdict", bold=True)
        self.verdict.setWordWrap(True)
        self.apply = Button(tr("&Apply"))
        labelled(
            self.apply,
            "capacity_apply",
            tr("Apply what was found"),
            tr("Used by runs on this model that set no strategy"),
        )
        self._lay_out()
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(SETTLE_MS)
        self._settle.timeout.connect(lambda: spawn(self._ask_plan()))
        self._connect()
        self.know_evaluations([(name, EXAMPLE + name) for name in examples()])
        self._adapt()

    def know_evaluations(self, choices: list[tuple[str, str]]) -> None:
        """Sets the evaluations to take samples from, by name and reference."""
        current = self.evaluation.currentData()
        self.evaluation.blockSignals(True)
        self.evaluation.clear()
        for words, reference in choices:
            self.evaluation.addItem(words, reference)
        self.evaluation.setCurrentIndex(max(0, self.evaluation.findData(current or f"{EXAMPLE}sentiment")))
        self.evaluation.blockSignals(False)

    def show_model(self, name: str) -> None:
        """Switches to another model; a running measurement continues, and its curve stays until it ends."""
        self._model = name
        if not self._busy and self._measured != name:
            self._show_found(name)
        self._ask_again()

    def showEvent(self, event: object) -> None:
        self._ask_again()

    # Commands -------------------------------------------------------------------------------------------

    async def measure(self) -> None:
        """Measures until there is a verdict, or until a person stops it."""
        if self._busy or not self._model:
            return
        self._busy, self._run_id, self._levels, self._measured = True, None, [], self._model
        self._say(tr("Measuring at concurrency 1…"))
        self.chart.show_levels((), None)
        self._adapt()
        try:
            await self._session.engine.request(self._wanted())
        except EvalStudioError as error:
            self._say(str(error), "bad")
        finally:
            self._busy = False
            if self._measured != self._model:
                self._show_found(self._model)  # another model has been selected meanwhile
            self._adapt()

    def halt(self) -> None:
        if self._run_id is not None:
            spawn(self._session.ask_engine(StopRun(run_id=self._run_id)))

    # Results ------------------------------------------------------------------------------------------------

    def _on_event(self, event: object) -> None:
        if not self._busy:
            return
        match event:
            case CapacityPlan():
                self._experiment = event.experiment
                self.progress.setRange(0, event.calls)
                self.progress.setValue(0)
                self._show_plan(event)
            case Level():
                self._levels.append(event)
                self.chart.show_levels(self._levels, None)
                self._say(
                    tr("{concurrency} in flight: {rate:.3g} samples/s; continuing…").format(
                        concurrency=event.concurrency, rate=event.rate
                    )
                )
            case CapacityFound():
                self._found[self._measured] = event
                self._show_found(self._measured)

    def _show_found(self, name: str) -> None:
        """Shows the result for a model from this session, if any."""
        found = self._found.get(name)
        self._measured = name
        self.chart.show_levels(found.levels if found else (), found.best if found else None)
        self._say(
            found.sentence if found else "", "text" if found is None or found.best is not None else "warn"
        )

    def _take(self, snapshot: Snapshot) -> None:
        """Identifies the measurement's run by its experiment name; from then on it can be stopped."""
        if self._busy and self._run_id is None and snapshot.experiment == self._experiment:
            self._run_id = snapshot.run_id
            self._adapt()
        if self._busy and snapshot.run_id == self._run_id:
            self.progress.setValue(min(snapshot.saved, self.progress.maximum()))

    async def _ask_plan(self) -> None:
        if self._busy or not self._model or self._session.engine.state is not EngineState.READY:
            return
        wanted = self._wanted()
        try:
            plan = await self._session.engine.request(PlanCapacity(wanted))
        except EvalStudioError as error:
            if wanted == self._wanted():
                self.plan.show_text(str(error))
                self.plan.set_colour("bad")
            return
        if wanted == self._wanted() and not self._busy:
            self._show_plan(plan)

    def _show_plan(self, plan: CapacityPlan) -> None:
        cost = (
            tr("no cost")
            if plan.cost == 0
            else tr("a cost of at most about {cost}").format(cost=money(plan.cost))
        )
        if plan.cost is None:
            cost = tr("a cost that is not known: the price of this model is not set")
        self.plan.show_text(
            tr(
                "At most {calls:,} calls and {cost}. It stops as soon as the verdict is clear; the answers are kept "
                "as the run “{experiment}”."
            ).format(calls=plan.calls, cost=cost, experiment=plan.experiment)
        )
        self.plan.set_colour("muted")

    def _say(self, words: str, colour: str = "text") -> None:
        self.verdict.show_text(words)
        self.verdict.set_colour(colour)

    def _wanted(self) -> FindCapacity:
        return FindCapacity(
            str(self.evaluation.currentData()),
            self._model,
            max_concurrency=self.most.value(),
            samples=self.samples.value() or None,
        )

    def _ask_again(self) -> None:
        if self.isVisible() and not self._busy:
            self._settle.start()
        self._adapt()

    def _adapt(self) -> None:
        ready = self._session.engine.state is EngineState.READY
        self.start.setEnabled(ready and not self._busy and bool(self._model))
        self.stop.setEnabled(self._busy and self._run_id is not None)
        self.progress.setVisible(self._busy)
        for field in (self.evaluation, self.most, self.samples):
            field.setEnabled(not self._busy)
        best = self.chart.best
        self.apply.setText(
            tr("&Apply {best} in flight").format(best=best) if best is not None else tr("&Apply")
        )
        self.apply.setEnabled(best is not None and not self._busy and self._measured == self._model)

    # Construction -----------------------------------------------------------------------------------------------

    def _connect(self) -> None:
        self._session.engine.capacity.connect(self._on_event)
        self._session.engine.snapshot.connect(self._take)
        self._session.engine.state_changed.connect(lambda *_: self._ask_again())
        self.evaluation.currentIndexChanged.connect(lambda *_: self._ask_again())
        for box in (self.most, self.samples):
            box.valueChanged.connect(lambda *_: self._ask_again())
        self.start.clicked.connect(lambda: spawn(self.measure()))
        self.stop.clicked.connect(self.halt)
        self.apply.clicked.connect(self._apply)

    def _apply(self) -> None:
        if self.chart.best is not None:
            self.apply_wanted.emit(self._measured, self.chart.best)

    def _lay_out(self) -> None:
        line = QHBoxLayout()
        line.setSpacing(SPACE_S)
        for caption, widget in (
            (tr("Samples of"), self.evaluation), (tr("up to"), self.most), (tr("in flight, at most"), self.samples),
        ):  # fmt: skip
            line.addWidget(TextLabel(caption))
            line.addWidget(widget, 1 if widget is self.evaluation else 0)
        line.addWidget(TextLabel(tr("calls")))
        line.addStretch(1)
        doing = QHBoxLayout()
        doing.setSpacing(SPACE_S)
        doing.addWidget(self.plan, 1)
        doing.addWidget(self.start, 0, Qt.AlignmentFlag.AlignTop)
        doing.addWidget(self.stop, 0, Qt.AlignmentFlag.AlignTop)
        verdict = QHBoxLayout()
        verdict.setSpacing(SPACE_M)
        verdict.addWidget(self.verdict, 1)
        verdict.addWidget(self.apply)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_M, SPACE_M, SPACE_M, SPACE_M)
        column.setSpacing(SPACE_M)
        column.addLayout(line)
        column.addLayout(doing)
        column.addWidget(self.progress)
        column.addWidget(self.chart, 1)
        column.addLayout(verdict)
