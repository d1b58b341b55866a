"""Compare page: two runs with their differences and whether one is better or faster; or several runs, ranked."""

import time

from PySide6.QtCore import QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QHeaderView,
    QSplitter,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from evalstudio.core.errors import StoreError
from evalstudio.evaluations.library import is_try
from evalstudio.store.comparison import Difference, RunComparison
from evalstudio.store.runs import RunRow
from evalstudio.ui.kit.icons import icon
from evalstudio.ui.kit.table_style import fill_row, make_table, set_widths
from evalstudio.ui.kit.tabs import Tabs
from evalstudio.ui.kit.text import apart, mark, one_line, plain, tr
from evalstudio.ui.kit.theme import SPACE_S, SPACE_XS
from evalstudio.ui.kit.widgets import Button, Card, ElidedLabel, TextLabel, labelled
from evalstudio.ui.pages.compare.comparison_export import ComparisonExport
from evalstudio.ui.pages.compare.flips_panel import FlipsPanel
from evalstudio.ui.pages.compare.score_pairs import ScorePairs
from evalstudio.ui.pages.compare.several_runs import SeveralRuns
from evalstudio.ui.pages.compare.speed_panel import SpeedPanel
from evalstudio.ui.records.run_choice import RunChoice
from evalstudio.ui.state.session import Session
from evalstudio.ui.state.tasks import spawn

REFRESH_MS = 1_000
WHOLE = 600  # longest text that is shown in full, in characters
COST_FACTOR = 10  # active runs are compared again after ten times the duration of the comparison
KINDS = {
    "dataset": mark("the samples"),
    "intended": mark("what is compared"),
    "circumstance": mark("how it ran"),
}
Key = tuple[int, int, int, int, str, str]  # both runs, and their progress when read


class ComparePage(QWidget):
    """The Compare page. Everything is computed in the store's thread; nothing is read while the page is hidden."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.setObjectName("page_compare")
        self._session = session
        self._shown: Key | None = None
        self._busy = False
        self._reading: tuple[int, int] | None = None  # the runs that are being compared
        self._cancelled: Key | None = None
        self._cost = 0.0
        self.first: tuple[int, int] | None = None  # what is compared at first, if both runs are there
        self.comparison: RunComparison | None = None
        self.a = RunChoice("compare_a", tr("Run A (baseline)"))
        self.b = RunChoice("compare_b", tr("Run B, compared with it"))
        self.swap = QToolButton()
        self.stop = Button(tr("Cancel"))
        labelled(self.stop, "compare_cancel", tr("Cancel the comparison"))
        self.stop.setVisible(False)
        self.export = ComparisonExport(session, self)
        self.status = ElidedLabel("", "muted", name="compare_status")
        self.warnings = TextLabel("", "warn", name="compare_warnings")
        self.scores = ScorePairs()
        self.speed = SpeedPanel()
        self.flips = FlipsPanel(session.store)
        self.differences = make_table(
            "differences",
            tr("What differs between the runs"),
            (tr("Part"), tr("A"), tr("B"), tr("Belongs to")),
            stretched=2,
        )
        self.several = SeveralRuns(session)
        self._lay_out()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._compare)
        for choice in (self.a, self.b):
            choice.chosen.connect(lambda *_: self._compare())
        self.swap.clicked.connect(self._swap)
        self.stop.clicked.connect(self.cancel)
        session.runs_changed.connect(self._runs_changed)
        self.flips.problem.connect(self._say_problem)

    @property
    def kept(self) -> list[QSplitter | QHeaderView]:
        """Widgets whose layout is saved and restored."""
        return [self.flips.splitter, *self.several.splitters]

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._runs_changed(at_once=True)

    @property
    def pair_shown(self) -> tuple[int, int] | None:
        """The two runs that are chosen."""
        a, b = self.a.run_id, self.b.run_id
        return (a, b) if a is not None and b is not None else self.first

    def choose(self, a: int, b: int) -> None:
        """Compares run `b` with the baseline `a`."""
        self.a.choose(a)
        self.b.choose(b)
        self._compare()

    def choose_runs(self, run_ids: list[int]) -> None:
        """Compares these runs: two side by side with the older as the baseline, more as a ranking; one with the run before it."""
        self.a.show_runs(self._session.rows)
        self.b.show_runs(self._session.rows)
        if len(run_ids) > 2:
            self.several.choose(run_ids)
            self.ways.setCurrentWidget(self.several)
            return
        if len(run_ids) == 1:
            rows = self._session.rows
            place = next((at for at, row in enumerate(rows) if row.id == run_ids[0]), None)
            pair = propose(rows[place:]) if place is not None else None
            run_ids = list(pair or propose(rows) or ())
        self.ways.setCurrentWidget(self.pair)
        if len(run_ids) == 2:
            self.choose(run_ids[0], run_ids[1])

    def _runs_changed(self, *, at_once: bool = False) -> None:
        if not self.isVisible():
            return
        rows = self._session.rows
        self.a.show_runs(rows)
        self.b.show_runs(rows)
        first, there = self.first, {row.id for row in rows}
        if first is not None and not there.issuperset(first):
            first = None
        if (self.a.run_id is None or self.b.run_id is None) and (pair := first or propose(rows)):
            self.a.choose(pair[0])
            self.b.choose(pair[1])
        at_once = at_once or self.comparison is None
        if self._key() != self._shown and (at_once or not self._timer.isActive()):
            self._timer.start(0 if at_once else max(REFRESH_MS, round(self._cost * COST_FACTOR * 1000)))
        if self.comparison is None:
            self._say_status()

    def _swap(self) -> None:
        a, b = self.a.run_id, self.b.run_id
        if a is not None and b is not None:
            self.choose(b, a)

    def _key(self) -> Key | None:
        rows = {row.id: row for row in self._session.rows}
        a, b = rows.get(self.a.run_id or -1), rows.get(self.b.run_id or -1)
        if a is None or b is None:
            return None
        return a.id, b.id, a.saved, b.saved, a.state, b.state

    def _compare(self) -> None:
        key = self._key()
        if self._busy and self._reading is not None and (key is None or key[:2] != self._reading):
            self._session.store.break_off_comparison()  # other runs are wanted now
        if key is None or self._busy:
            return
        self._busy, self._reading = True, key[:2]
        self._say_status()
        spawn(self._read(key))

    def cancel(self) -> None:
        """Ends the comparison that is under way."""
        if self._busy:
            self._cancelled = self._key()
            self._session.store.break_off_comparison()

    async def _read(self, key: Key) -> None:
        started = time.perf_counter()
        comparison = None
        try:
            comparison = await self._session.store.comparison(key[0], key[1])
        except StoreError as error:
            now = self._key()
            if self._cancelled is None and now is not None and now[:2] == key[:2]:
                self._say_problem(str(error))
        finally:
            self._busy, self._reading = False, None
        self._cost = time.perf_counter() - started
        now = self._key()
        if now is not None and now[:2] != key[:2]:
            self._compare()  # the selection has changed meanwhile
            return
        self._shown = key
        if self._cancelled is not None:
            self._cancelled = None
            self._say_status()
            self.status.show_text(tr("The comparison was cancelled."))
            return
        if comparison is not None:
            self._show(comparison)
        self._say_status()

    def _show(self, comparison: RunComparison) -> None:
        self.comparison = comparison
        self.export.show_comparison(comparison)
        notes = [f"⚠ {warning}" for warning in comparison.warnings]
        notes += [comparison.clustering] if comparison.clustering else []
        self.warnings.show_text("\n".join(notes))
        self.warnings.setVisible(bool(notes))
        self.scores.show_comparison(comparison)
        self.speed.show_comparison(comparison)
        self.flips.show_pairs(comparison.scores)
        self.differences.setRowCount(len(comparison.differences))
        for row, one in enumerate(comparison.differences):
            words = (one.part, *(plain(text, WHOLE) or "–" for text in _readable(one)), tr(KINDS[one.kind]))
            fill_row(
                self.differences,
                row,
                words,
                tr("{part}\n\nA\n{a}\n\nB\n{b}").format(part=one.part, a=one.a, b=one.b),
            )
        flips = sum(len(pair.flips) for pair in comparison.scores)
        self._tabs.setTabText(0, tr("Flips ({flips:,})").format(flips=flips))
        self._tabs.setTabText(
            1, tr("What differs ({differences})").format(differences=len(comparison.differences))
        )
        self._body.setVisible(True)

    def _say_status(self) -> None:
        self.stop.setVisible(self._busy)
        if self._busy:
            self.status.show_text(tr("Comparing…"))
        elif self.a.run_id is None or self.b.run_id is None:
            self.status.show_text(tr("Comparing needs two runs; start another one on the Runs page."))
        elif self.comparison is not None:
            self.status.show_text(summary_of(self.comparison))

    def _say_problem(self, text: str) -> None:
        self._session.tell(text, "error", key="store")

    def _lay_out(self) -> None:
        labelled(self.swap, "swap_runs", tr("Swap A and B"), tr("Swap A and B"))
        self.swap.setIcon(icon("swap"))
        choices = QHBoxLayout()
        choices.setSpacing(SPACE_S)
        for letter, choice in ((tr("A (baseline)"), self.a), (tr("B"), self.b)):
            label = TextLabel(letter, bold=True)
            label.setBuddy(choice)
            choices.addWidget(label)
            choices.addWidget(choice, 1)
            if choice is self.a:
                choices.addWidget(self.swap)
        self.warnings.setWordWrap(True)
        self.warnings.setVisible(False)
        upper = QHBoxLayout()
        upper.setSpacing(SPACE_S)
        upper.addWidget(self.scores, 3)
        upper.addWidget(self.speed, 2)
        self._tabs = Tabs("compare_tabs", tr("Samples that changed, and what differs between the runs"))
        self._tabs.addTab(self.flips, tr("Flips"))
        self._tabs.addTab(self.differences, tr("What differs"))
        set_widths(self.differences, (150, 0, 0, 130))
        self.differences.horizontalHeader().setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        self.differences.setWordWrap(True)
        self.differences.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        card = Card()
        inside = QVBoxLayout(card)
        inside.setContentsMargins(2, 2, 2, 2)
        inside.addWidget(self._tabs)
        self._body = QWidget()
        body = QVBoxLayout(self._body)
        body.setContentsMargins(0, 0, 0, 0)
        body.setSpacing(SPACE_S)
        body.addLayout(upper)
        body.addWidget(card, 1)
        self._body.setVisible(False)
        self.pair = QWidget()
        layout = QVBoxLayout(self.pair)
        layout.setContentsMargins(0, SPACE_S, 0, 0)
        layout.setSpacing(SPACE_XS)
        layout.addLayout(choices)
        told = QHBoxLayout()
        told.addWidget(self.status, 1)
        told.addWidget(self.stop)
        told.addWidget(self.export)
        layout.addLayout(told)
        layout.addWidget(self.warnings)
        layout.addWidget(self._body, 1)
        layout.addStretch(0)
        self.ways = Tabs("compare_ways", tr("Two runs, or several"))
        self.ways.addTab(self.pair, tr("Two runs"))
        self.ways.addTab(self.several, tr("Several runs"))
        outside = QVBoxLayout(self)
        outside.setContentsMargins(SPACE_S, SPACE_XS, SPACE_S, SPACE_S)
        outside.addWidget(self.ways)


def propose(rows: list[RunRow]) -> tuple[int, int] | None:
    """Proposes the newest run and its predecessor, of the same evaluation if possible: (baseline, newer)."""
    if len(rows) < 2:
        return None
    meant = [row for row in rows if not is_try(row.experiment)]
    if len(meant) > 1:
        rows = meant
    newest = rows[0]  # trials and capacity searches were left out, where others are enough
    before = next((row for row in rows[1:] if row.evaluation == newest.evaluation), rows[1])
    return before.id, newest.id


def _readable(one: Difference) -> tuple[str, str]:
    """Returns both texts, in full if short, else from shortly before their first difference."""
    return (one.a, one.b) if max(len(one.a), len(one.b)) <= WHOLE else apart(one.a, one.b)


def summary_of(comparison: RunComparison) -> str:
    """Summarises the differences in one line."""
    if comparison.a.id == comparison.b.id:
        return tr("A and B are the same run.")
    if not comparison.differences:
        return tr("The runs have the same configuration. Differences are chance or the endpoint.")
    short = [
        f"{one.part} ({one_line(one.a, 30) or '–'} → {one_line(one.b, 30) or '–'})"
        if len(one.a) + len(one.b) <= 60
        else one.part
        for one in comparison.differences
    ]
    return tr("Differs: {short}").format(short=", ".join(short))
