"""Distributions panel: histograms of a run's latencies and scores; selecting in them filters the records."""

import time

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QVBoxLayout

from evalstudio.core.errors import StoreError
from evalstudio.core.format import milliseconds
from evalstudio.ui.charts.histogram import HistogramChart
from evalstudio.ui.kit.combo_box import ComboBox
from evalstudio.ui.kit.text import one_line, tr
from evalstudio.ui.kit.theme import SPACE_L, SPACE_M, SPACE_S
from evalstudio.ui.kit.widgets import Card, TextLabel, labelled
from evalstudio.ui.state.store_reader import Distributions, StoreReader
from evalstudio.ui.state.tasks import spawn

REFRESH_MS = 2_000
COST_FACTOR = 10  # counting an active run takes at most a tenth of the store's time


class DistributionsPanel(Card):
    """Two histograms and the coverage of the scores, updated during a run in the store's thread."""

    latency_chosen = Signal(object)  # Range | None
    score_chosen = Signal(object)  # Range | None
    evaluator_chosen = Signal(object)  # str | None
    problem = Signal(str)

    def __init__(self, store: StoreReader) -> None:
        super().__init__()
        self.setObjectName("distributions_panel")
        self._store = store
        self._run_id: int | None = None
        self._saved = -1
        self._busy = False
        self.latency = HistogramChart("latency_histogram", tr("Latency"), milliseconds, tr("No answers yet"))
        self.score = HistogramChart(
            "score_histogram", tr("Scores"), lambda value: f"{value:.3g}", tr("No scores yet")
        )
        self.evaluator = ComboBox()
        labelled(
            self.evaluator, "evaluator", tr("Evaluator"), tr("Whose scores the table and the chart show")
        )
        self.evaluator.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.coverage = TextLabel("", "muted", name="coverage")
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._read)
        self._lay_out()
        self.latency.chosen.connect(self.latency_chosen)
        self.score.chosen.connect(self.score_chosen)
        self.evaluator.activated.connect(lambda *_: self._evaluator_activated())

    def show_run(self, run_id: int | None, saved: int) -> None:
        """Shows another run, or the same run with a new number of saved records."""
        if run_id != self._run_id:
            self._run_id, self._saved = run_id, saved
            self._show(Distributions((), None, (0, 0, 0), (), ()))
            self._read()
        elif saved != self._saved:
            self._saved = saved
            if not self._timer.isActive() and not self._busy:
                self._timer.start(REFRESH_MS)

    def _read(self) -> None:
        if self._run_id is not None and not self._busy:
            self._busy = True
            spawn(self._count(self._run_id, self._saved, self.evaluator.currentData()))

    async def _count(self, run_id: int, saved: int, evaluator: str | None) -> None:
        started = time.perf_counter()
        try:
            found = await self._store.distributions(run_id, evaluator)
        except StoreError as error:
            self.problem.emit(str(error))
            return
        finally:
            self._busy = False
        if run_id != self._run_id or (evaluator != self.evaluator.currentData()):
            self._read()
            return
        self._show(found)
        if saved != self._saved:
            cost = time.perf_counter() - started
            self._timer.start(max(REFRESH_MS, round(cost * COST_FACTOR * 1000)))

    def _show(self, found: Distributions) -> None:
        names = [self.evaluator.itemData(place) for place in range(self.evaluator.count())]
        if names != list(found.evaluators):
            self.evaluator.clear()
            for name in found.evaluators:
                self.evaluator.addItem(one_line(name, 60), name)
        self.evaluator.setCurrentIndex(self.evaluator.findData(found.evaluator))
        self.evaluator.setVisible(len(found.evaluators) > 1)
        self.latency.show_bars(found.latencies)
        self.score.show_bars(found.scores)
        self.coverage.show_text(coverage_words(found.outcomes) if found.evaluators else "")

    def _evaluator_activated(self) -> None:
        self.score.pick(None)
        self.evaluator_chosen.emit(self.evaluator.currentData())
        self._read()

    def _lay_out(self) -> None:
        right = QVBoxLayout()
        right.setSpacing(0)
        head = QHBoxLayout()
        head.setSpacing(SPACE_S)
        head.addWidget(self.evaluator)
        head.addWidget(self.coverage, 1)
        right.addWidget(self.score, 1)
        right.addLayout(head)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(SPACE_M, SPACE_S, SPACE_M, SPACE_S)
        layout.setSpacing(SPACE_L)
        layout.addWidget(self.latency, 3)
        layout.addLayout(right, 2)


def coverage_words(outcomes: tuple[int, int, int]) -> str:
    """Describes how many records have a score, and the outcomes of the others."""
    scored, unscored, errored = outcomes
    return tr("{scored:,} of {outcomes:,} scored · {unscored:,} unscored · {errored:,} errored").format(
        scored=scored, outcomes=sum(outcomes), unscored=unscored, errored=errored
    )
