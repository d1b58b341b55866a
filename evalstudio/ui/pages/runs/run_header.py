"""Run header: name, state and progress of a run, and the score as it forms."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QGridLayout, QHBoxLayout, QVBoxLayout

from evalstudio.core.format import duration, money
from evalstudio.core.run_state import ACTIVE, RunState
from evalstudio.protocol import Snapshot
from evalstudio.store.runs import RunRow
from evalstudio.ui.kit.actions import Actions
from evalstudio.ui.kit.text import mark, one_line, tr, trn
from evalstudio.ui.kit.theme import SPACE_L, SPACE_M, SPACE_S
from evalstudio.ui.kit.tokens import CAPTION, TITLE
from evalstudio.ui.kit.widgets import ActionButton, Card, ElidedLabel, TextLabel
from evalstudio.ui.pages.runs.score_view import ScoreRow
from evalstudio.ui.pages.runs.slot_strip import next_attempt
from evalstudio.ui.pages.runs.state_marks import ProgressStripe, StatePill

A_MINUTE = 59.5  # seconds; longer durations are shown in minutes
FIGURES = ("saved", "left", "elapsed", "rate", "tokens", "cost")
CAPTIONS = {
    "saved": mark("Saved"),
    "left": mark("Time left"),
    "elapsed": mark("Elapsed"),
    "rate": mark("Samples/s"),
    "tokens": mark("Tokens in / out"),
    "cost": mark("Cost so far"),
}


class RunHeader(Card):
    """Header of one run, from its snapshot."""

    def __init__(self, actions: Actions) -> None:
        super().__init__()
        self.setObjectName("run_header")
        self._title = ElidedLabel(tr("No run yet"), factor=TITLE, bold=True, name="run_title")
        self._subtitle = ElidedLabel("", "muted", name="run_subtitle")
        self._state = StatePill()
        self._progress = ProgressStripe()
        self._binding = ElidedLabel("", "muted", name="run_binding")
        self._score = ScoreRow()
        self._is_compact = False
        self._captions: dict[str, TextLabel] = {}
        self._figures = {name: TextLabel("–", factor=1.1, name=f"figure_{name}") for name in FIGURES}
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE_M, SPACE_M, SPACE_M, SPACE_M)
        layout.setSpacing(SPACE_S)
        layout.addLayout(self._first_line(actions))
        layout.addWidget(self._progress)
        layout.addLayout(self._numbers())

    def show_nothing(self) -> None:
        self._title.show_text(tr("No runs yet"))
        self._subtitle.show_text("")
        self._state.setVisible(False)
        self._progress.show_counts(0, 0, 0, 0)
        self._binding.show_text(tr("Press Start (F5) to run the example on the built-in demo model."))
        self._binding.set_colour("muted")
        self._score.show_scores((), 0, 0)
        for label in self._figures.values():
            label.show_text("–")

    def show_run(self, now: Snapshot, siblings: Sequence[RunRow] = ()) -> None:
        """Shows a snapshot; `siblings` are the runs of its grid."""
        self._title.show_text(one_line(now.experiment, 40))
        subtitle = one_line(
            tr("{evaluation} on {model} · run {run_id}").format(
                evaluation=now.evaluation, model=now.model, run_id=now.run_id
            )
        )
        self._subtitle.show_text(f"{subtitle}{_grid_words(now, siblings)}")
        state = now.state
        self._state.show_state(state)
        self._progress.show_counts(now.scored, now.unscored, now.errored, now.total)
        self._binding.show_text(one_line(_what_holds(now, state), 400))
        alarming = now.gate or (now.reason and state is RunState.PAUSED) or state is RunState.INTERRUPTED
        self._binding.set_colour("warn" if alarming else "accent_text")
        self._score.show_scores(now.scores, now.saved, now.errored)
        rate = now.rate if state in ACTIVE or now.elapsed <= 0 else now.saved / now.elapsed
        texts = {
            "saved": tr("{saved:,} of {total:,}").format(saved=now.saved, total=now.total)
            + (tr(", {cached:,} cached").format(cached=now.cached) if now.cached else ""),
            "left": _time_left(now, state),
            "elapsed": duration(now.elapsed),
            "rate": f"{rate:,.0f}" if rate >= 100 else f"{rate:.1f}",
            "tokens": f"{now.tokens_in:,} / {now.tokens_out:,}",
            "cost": tr(money(now.cost, partial=now.cost_is_partial))
            if now.cost is not None or now.cost_is_partial
            else "–",
        }
        for name, text in texts.items():
            self._figures[name].show_text(text)

    def _first_line(self, actions: Actions) -> QHBoxLayout:
        line = QHBoxLayout()
        line.setSpacing(SPACE_S)
        names = QVBoxLayout()
        names.setSpacing(2)
        names.addWidget(self._title)
        names.addWidget(self._subtitle)
        names.addWidget(self._binding)
        line.addLayout(names, 1)
        line.addWidget(self._state)
        line.addSpacing(SPACE_S)
        self._buttons = {name: ActionButton(actions[name]) for name in ("pause", "stop", "resume")}
        for button in self._buttons.values():
            line.addWidget(button)
        self.show_buttons(active=False)
        return line

    def show_buttons(self, *, active: bool) -> None:
        """Shows the buttons of an active run, or that of one that can be resumed."""
        for name, button in self._buttons.items():
            button.setVisible(active == (name != "resume"))

    def show_compact(self, compact: bool) -> None:
        """Leaves out what the tooltip and the list tell, too, where the page is low."""
        if compact != self._is_compact:
            self._is_compact = compact
            self._subtitle.setVisible(not compact)
            for name in ("elapsed", "tokens", "cost"):
                self._figures[name].setVisible(not compact)
                self._captions[name].setVisible(not compact)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Moves the figures below the scores if there is no room next to them."""
        super().resizeEvent(event)
        wide = self._grid.sizeHint().width() + self._score.sizeHint().width() + 3 * SPACE_L
        way = QBoxLayout.Direction.LeftToRight if wide <= self.width() else QBoxLayout.Direction.TopToBottom
        if self._line.direction() != way:
            self._line.setDirection(way)

    def _numbers(self) -> QBoxLayout:
        self._line = line = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        line.setSpacing(SPACE_L)
        line.addWidget(self._score, 0, Qt.AlignmentFlag.AlignLeft)
        line.addStretch(1)
        self._grid = grid = QGridLayout()
        grid.setHorizontalSpacing(SPACE_L)
        grid.setVerticalSpacing(0)
        for column, (name, label) in enumerate(self._figures.items()):
            caption = TextLabel(tr(CAPTIONS[name]), "muted", CAPTION)
            label.setAccessibleName(tr(CAPTIONS[name]))
            self._captions[name] = caption
            grid.addWidget(caption, 0, column)
            grid.addWidget(label, 1, column)
        grid.setRowStretch(2, 1)
        line.addLayout(grid)
        return line


def siblings_of(now: Snapshot, rows: Sequence[RunRow]) -> list[RunRow]:
    """Returns the runs of the same grid as a run."""
    base = now.evaluation.partition(" [")[0]
    if base == now.evaluation:
        return []
    return [
        row for row in rows if row.experiment == now.experiment and row.evaluation.startswith(f"{base} [")
    ]


def _grid_words(now: Snapshot, siblings: Sequence[RunRow]) -> str:
    """Describes the position of the run in its grid."""
    if len(siblings) < 2:
        return ""
    number = sum(row.id <= now.run_id for row in siblings)
    going = sum(row.state in ACTIVE for row in siblings)
    return (
        " "
        + tr("· {number} of the {siblings:,} runs of a grid").format(number=number, siblings=len(siblings))
        + (tr(", {going:,} in work").format(going=going) if going else "")
    )


def _time_left(now: Snapshot, state: RunState) -> str:
    if state is RunState.PAUSED:
        return tr("paused")
    if now.eta is None:
        return "–"
    low, likely, high = now.eta
    if likely < 1:
        return tr("under 1 s")
    return f"{duration(likely)} ({_bare(low) if high < A_MINUTE else duration(low)}–{duration(high)})"


def _bare(seconds: float) -> str:
    return duration(seconds).removesuffix(" s")


def _what_backs_off(now: Snapshot) -> str:
    """Describes, with nothing in flight, the next attempt, its time, and the reason for the wait."""
    words = trn(
        "The {n} sample that is left is backing off",
        "The {n} samples that are left are backing off",
        now.backing_off,
    )
    first = next_attempt(now)
    if first is None or first.wait is None:
        return f"{words}."
    cause = f": {first.cause}" if first.cause else "."
    return words + tr("; next attempt in {wait}").format(wait=duration(first.wait)) + cause


def _what_holds(now: Snapshot, state: RunState) -> str:
    """Describes the limit that is binding now, or the reason for the run's state."""
    if now.gate:
        wait = (
            " " + tr("Next call in {gate_wait}.").format(gate_wait=duration(now.gate_wait))
            if now.gate_wait
            else ""
        )
        return tr("Waiting: {gate}.{wait}").format(gate=now.gate, wait=wait)
    if state is RunState.RUNNING and now.backing_off and not now.in_flight and not now.queued:
        return _what_backs_off(now)
    if state is RunState.RUNNING:
        return f"{now.binding_sentence}" if now.binding_sentence else tr("No limit is reached.")
    if now.reason:
        return now.reason[0].upper() + now.reason[1:]
    if state is RunState.PAUSED:
        return tr("Paused. Resume to start the next calls.")
    if state is RunState.INTERRUPTED:
        return tr("Resume runs what is missing. Saved answers are kept.")
    repeated = (
        " " + tr("{repeated:,} calls were made again after a crash.").format(repeated=now.repeated)
        if now.repeated
        else ""
    )
    cached = (
        " " + tr("{cached:,} answers came from the cache.").format(cached=now.cached) if now.cached else ""
    )
    return tr("{scored:,} scored, {unscored:,} unscored, {errored:,} errored.{cached}{repeated}").format(
        scored=now.scored, unscored=now.unscored, errored=now.errored, cached=cached, repeated=repeated
    )
