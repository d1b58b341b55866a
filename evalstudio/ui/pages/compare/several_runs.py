"""Leaderboard view: several runs of a dataset ranked, each tested against a baseline, and their charts overlaid."""

import time
from collections import Counter

import numpy as np
from PySide6.QtCore import QSignalBlocker, Qt, QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from evalstudio.core.errors import StoreError
from evalstudio.evaluations.library import is_try
from evalstudio.store.leaderboard import Leaderboard
from evalstudio.ui.kit.combo_box import ComboBox
from evalstudio.ui.kit.table_style import fill_row, make_table, set_widths
from evalstudio.ui.kit.tabs import Tabs
from evalstudio.ui.kit.text import mark, tooltip, tr, trn
from evalstudio.ui.kit.theme import SPACE_S, theme
from evalstudio.ui.kit.widgets import Card, ElidedLabel, TextLabel, labelled, quiet_selection
from evalstudio.ui.pages.compare.leaderboard_cells import cells_of, dataset_words, details_of, short_name
from evalstudio.ui.pages.compare.overlay import Overlaid, OverlayChart
from evalstudio.ui.records.run_choice import words_of
from evalstudio.ui.state.session import Session
from evalstudio.ui.state.store_reader import Several
from evalstudio.ui.state.tasks import spawn

MOST_RUNS = 200  # ranked at once
MOST_LINES = 12  # in a chart, of the best runs: with more, they cannot be distinguished
FIRST_RUNS = 6  # selected by default
REFRESH_MS = 1_000
COST_FACTOR = 10  # active runs are read again after ten times the duration of the query
HEADINGS = (
    "", mark("Run"), mark("Score"), mark("Scored"), mark("Against baseline"), mark("p (Holm)"), mark("Time"), mark("Speed-up"), mark("Cost"),
)  # fmt: skip
WIDTHS = (24, 0, 150, 84, 200, 66, 80, 70, 64)

Wanted = tuple[
    tuple[tuple[int, int, str], ...], str | None, int | None
]  # runs with their progress, evaluator, baseline


class SeveralRuns(QWidget):
    """The leaderboard view. Everything is read in the store's thread, and only while it is visible."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.setObjectName("several_runs")
        self._session = session
        self._chosen: dict[str, set[int]] = {}  # the ticked runs by dataset
        self._key: Wanted = ((), None, None)
        self._busy = False
        self._cost = 0.0
        self.ranking: Several | None = None
        self.dataset = ComboBox()
        labelled(
            self.dataset, "several_dataset", tr("Dataset"), tr("Runs of the same samples can be compared")
        )
        self.evaluator = ComboBox()
        labelled(self.evaluator, "several_evaluator", tr("Evaluator"), tr("The score that ranks the runs"))
        self.baseline = ComboBox()
        labelled(
            self.baseline,
            "several_baseline",
            tr("Baseline"),
            tr("The run that the others are compared with"),
        )
        self.runs = QListWidget()
        labelled(
            self.runs,
            "several_list",
            tr("Runs to compare"),
            tr("Tick up to {most} runs").format(most=MOST_RUNS),
        )
        self.table = make_table(
            "leaderboard", tr("Runs, the best first"), [tr(heading) for heading in HEADINGS], stretched=1
        )
        self.status = ElidedLabel("", "muted", name="several_status")
        self.charts = (
            OverlayChart("latency", tr("Latency p50"), tr("No run has an answer yet"), is_duration=True),
            OverlayChart("throughput", tr("Samples/s"), tr("No run has a record yet"), is_duration=False),
            OverlayChart(
                "concurrency", tr("Answers/s against calls in flight, all runs of each model"),
                tr("Two seconds at the same number of calls in flight are needed"), is_duration=False, over_time=False,
            ),
        )  # fmt: skip
        self._lay_out()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._read_if_needed)
        self.dataset.activated.connect(lambda *_: self._dataset_chosen())
        self.evaluator.activated.connect(lambda *_: self._read_if_needed())
        self.baseline.activated.connect(lambda *_: self._read_if_needed())
        self.runs.itemChanged.connect(self._ticked)
        session.runs_changed.connect(self._runs_changed)
        theme().changed.connect(self._follow_theme)
        self._follow_theme()

    @property
    def chosen(self) -> list[int]:
        """The ticked runs, oldest first."""
        items = (self.runs.item(row) for row in range(self.runs.count()))
        return sorted(
            item.data(Qt.ItemDataRole.UserRole)
            for item in items
            if item.checkState() == Qt.CheckState.Checked
        )

    def choose(self, run_ids: list[int]) -> None:
        """Ticks these runs, as far as they are of the dataset that most of them have."""
        hashes = {row.id: row.dataset_hash for row in self._session.rows}
        counts = Counter(hashes[one] for one in run_ids if one in hashes)
        if not counts:
            return
        (dataset, _), *others = counts.most_common()
        meant = [one for one in run_ids if hashes.get(one) == dataset]
        self._chosen[dataset] = set(meant[:MOST_RUNS])
        self.runs.clear()
        self.dataset.setCurrentIndex(self._offer_datasets().index(dataset))
        self._dataset_chosen()
        if others:
            self._session.tell(
                trn(
                    "{n} run is of another dataset and can't be ranked with the others.",
                    "{n} runs are of other datasets and can't be ranked with the others.",
                    len(run_ids) - len(meant),
                ),
                key="compare",
            )

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._runs_changed(at_once=True)

    def _runs_changed(self, *, at_once: bool = False) -> None:
        if not self.isVisible():
            return
        self._offer_datasets()
        listed = self._listed()
        self._fill_list()
        at_once = at_once or self.ranking is None or listed != self._listed()  # a run is new, or gone
        if at_once or not self._timer.isActive():
            self._timer.start(0 if at_once else max(REFRESH_MS, round(self._cost * COST_FACTOR * 1000)))

    def _offer_datasets(self) -> list[str]:
        """Fills the box of datasets and keeps the choice; returns their hashes in its order."""
        counts = Counter(row.dataset_hash for row in self._session.rows)
        paths = {row.dataset_hash: row.dataset_path for row in reversed(self._session.rows)}
        entries = [(dataset_words(paths[one], counts[one]), one) for one in counts]
        before = self.dataset.currentData()
        if entries != [
            (self.dataset.itemText(at), self.dataset.itemData(at)) for at in range(self.dataset.count())
        ]:
            self.dataset.clear()
            for text, one in entries:
                self.dataset.addItem(text, one)
            self.dataset.setCurrentIndex(max(0, self.dataset.findData(before)))
        return [one for _, one in entries]

    def _dataset_chosen(self) -> None:
        self.ranking = None
        self._fill_list()
        self._read_if_needed()

    def _fill_list(self) -> None:
        dataset = self.dataset.currentData()
        rows = [row for row in self._session.rows if row.dataset_hash == dataset]
        ticked = self._chosen.get(dataset) if dataset is not None else None
        if ticked is None:
            meant = [row for row in rows if not is_try(row.experiment)] or rows
            ticked = {row.id for row in meant[:FIRST_RUNS]}
        with QSignalBlocker(self.runs):
            if [row.id for row in rows] != self._listed():
                self.runs.clear()
                for row in rows:
                    item = QListWidgetItem()
                    item.setData(Qt.ItemDataRole.UserRole, row.id)
                    item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
                    item.setCheckState(Qt.CheckState.Checked if row.id in ticked else Qt.CheckState.Unchecked)
                    self.runs.addItem(item)
            for at, row in enumerate(rows):
                self.runs.item(at).setText(short_name(row))
                self.runs.item(at).setToolTip(tooltip(words_of(row)))

    def _listed(self) -> list[int]:
        return [self.runs.item(at).data(Qt.ItemDataRole.UserRole) for at in range(self.runs.count())]

    def _ticked(self, item: QListWidgetItem) -> None:
        if len(self.chosen) > MOST_RUNS:
            with QSignalBlocker(self.runs):
                item.setCheckState(Qt.CheckState.Unchecked)
            self.status.show_text(tr("At most {most} runs at once: untick one first.").format(most=MOST_RUNS))
            return
        self._chosen[self.dataset.currentData()] = set(self.chosen)
        self._read_if_needed()

    def _wanted(self) -> Wanted:
        rows = {row.id: row for row in self._session.rows}
        runs = tuple((one, rows[one].saved, rows[one].state) for one in self.chosen if one in rows)
        return runs, self.evaluator.currentText() or None, self.baseline.currentData()

    def _read_if_needed(self) -> None:
        key = self._wanted()
        if self._busy or key == self._key or not self.isVisible():
            return
        self._key = key
        if not self.chosen:
            self._clear()
            return
        self._busy = True
        self.status.show_text(tr("Comparing…"))
        spawn(self._read(key))

    async def _read(self, key: Wanted) -> None:
        started = time.perf_counter()
        ranking = None
        try:
            ranking = await self._session.store.several([run_id for run_id, _, _ in key[0]], key[1], key[2])
        except StoreError as error:
            self._session.tell(str(error), "error", key="store")
        finally:
            self._busy = False
        self._cost = time.perf_counter() - started
        if ranking is not None:
            self._show(ranking)
        self._read_if_needed()  # the selection may have changed meanwhile

    def _clear(self) -> None:
        self.ranking = None
        self.table.setRowCount(0)
        self.table.setVisible(False)
        for chart in self.charts:
            chart.show_lines(())
        self.status.show_text(tr("Tick the runs to compare; they need the same dataset."))

    def _show(self, ranking: Several) -> None:
        self.ranking = ranking
        board = ranking.board
        self._fill_boxes(board)
        self.table.setVisible(True)
        self.table.setRowCount(len(board.standings))
        for rank, one in enumerate(board.standings):
            fill_row(self.table, rank, cells_of(rank + 1, one, board), details_of(one, board))
        tests = (
            tr("p-values corrected for {tests} tests (Holm)").format(tests=board.tests)
            if board.tests > 1
            else ""
        )
        few = (
            tr("charts of the best {most}").format(most=MOST_LINES)
            if len(board.standings) > MOST_LINES
            else ""
        )
        count = trn("{n} run, the best first", "{n} runs, the best first", len(board.standings))
        self.status.show_text(
            " · ".join(
                filter(
                    None,
                    (count, few, tests),
                )
            )
        )
        labels = {one.row.id: short_name(one.row) for one in board.standings}
        best = {one.row.id for one in board.standings[:MOST_LINES]}
        by_id = sorted((run_id, series) for run_id, series in ranking.series.items() if run_id in best)
        p50 = tuple(Overlaid(labels[run], one.times, one.column("p50")) for run, one in by_id)
        saved = tuple(Overlaid(labels[run], one.times, one.per_second("saved")) for run, one in by_id)
        curves = tuple(
            Overlaid(
                model, np.array([float(point.in_flight) for point in points]), np.array([point.rate for point in points])
            )
            for model, points in sorted(ranking.curves.items())
        )  # fmt: skip
        for chart, lines in zip(self.charts, (p50, saved, curves), strict=True):
            chart.show_lines(lines)

    def _fill_boxes(self, board: Leaderboard) -> None:
        """Fills the boxes with the current choices and keeps the selection."""
        if [self.evaluator.itemText(at) for at in range(self.evaluator.count())] != list(board.evaluators):
            self.evaluator.clear()
            self.evaluator.addItems(list(board.evaluators))
        self.evaluator.setCurrentText(board.evaluator or "")
        runs = sorted((one.row for one in board.standings), key=lambda row: row.id)
        if [self.baseline.itemData(at) for at in range(self.baseline.count())] != [row.id for row in runs]:
            self.baseline.clear()
            for row in runs:
                self.baseline.addItem(short_name(row), row.id)
        self.baseline.setCurrentIndex(self.baseline.findData(board.baseline))
        # the values set here are the ones just read: no reason to read again
        self._key = (self._key[0], self.evaluator.currentText() or None, self.baseline.currentData())

    def _follow_theme(self) -> None:
        quiet_selection(self.runs)

    def _lay_out(self) -> None:
        set_widths(self.table, WIDTHS)
        choices = QHBoxLayout()
        choices.setSpacing(SPACE_S)
        for text, box in (
            (tr("&Dataset"), self.dataset),
            (tr("Ran&k by"), self.evaluator),
            (tr("&Baseline"), self.baseline),
        ):
            label = TextLabel(text, "muted")
            label.setBuddy(box)
            choices.addWidget(label)
            choices.addWidget(box, 1)
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            box.setMinimumContentsLength(12)
        self.runs.setFrameShape(QListWidget.Shape.NoFrame)
        self.runs.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.runs.setSpacing(3)
        left, upper = Card(), Card()
        for card, inside in ((left, self.runs), (upper, self.table)):
            box_layout = QVBoxLayout(card)
            box_layout.setContentsMargins(2, 2, 2, 2)
            box_layout.addWidget(inside)
        tabs = Tabs("overlay_tabs", tr("Charts of the chosen runs over each other"))
        for chart, text in zip(
            self.charts, (tr("Latency"), tr("Throughput"), tr("Against calls in flight")), strict=True
        ):
            tabs.addTab(chart, text)
        self.splitters = right, sides = (
            QSplitter(Qt.Orientation.Vertical),
            QSplitter(Qt.Orientation.Horizontal),
        )
        right.setObjectName("several_heights")
        right.addWidget(upper)
        right.addWidget(tabs)
        right.setChildrenCollapsible(False)
        right.setSizes([230, 330])
        sides.setObjectName("several_sides")
        sides.addWidget(left)
        sides.addWidget(right)
        sides.setStretchFactor(1, 1)
        sides.setSizes([230, 930])
        sides.setChildrenCollapsible(False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, SPACE_S, 0, 0)
        layout.setSpacing(SPACE_S)
        layout.addLayout(choices)
        layout.addWidget(self.status)
        layout.addWidget(sides, 1)
