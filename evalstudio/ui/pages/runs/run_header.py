"""Run header: name, state and progress of a run, and the score as it forms."""

from collections.abc import Sequence

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from evalstudio.core.format import duration, money
from evalstudio.core.run_state import ACTIVE, RunState
from evalstudio.protocol import ScoreNow, Snapshot
from evalstudio.reports.score_text import percent, short_score
from evalstudio.store.runs import RunRow
from evalstudio.ui.kit.actions import Actions
from evalstudio.ui.kit.text import mark, one_line, plain, tr, trn
from evalstudio.ui.kit.theme import SPACE_L, SPACE_M, SPACE_S, mixed, scaled, theme, tokens
from evalstudio.ui.kit.widgets import ActionButton, Card, ElidedLabel, TextLabel
from evalstudio.ui.pages.runs.slot_strip import next_attempt
from evalstudio.ui.pages.runs.state_marks import ProgressStripe, StatePill

A_MINUTE = 59.5  # seconds; longer durations are shown in minutes
FIGURES = ("saved", "left", "elapsed", "rate", "tokens", "cost")
CAPTIONS = {
    "saved": mark("Saved"),
    "left": mark("Time left"),
    "elapsed": mark("Elapsed"),
    "rate": mark("Samples a second"),
    "tokens": mark("Tokens in / out"),
    "cost": mark("Cost so far"),
}


class RunHeader(Card):
    """Header of one run, from its snapshot."""

    def __init__(self, actions: Actions) -> None:
        super().__init__()
        self.setObjectName("run_header")
        self._title = TextLabel(tr("No run yet"), factor=1.25, bold=True, name="run_title")
        self._subtitle = ElidedLabel("", "muted", name="run_subtitle")
        self._state = StatePill()
        self._progress = ProgressStripe()
        self._binding = ElidedLabel("", "muted", name="run_binding")
        self._score = ScoreView()
        self._figures = {name: TextLabel("–", factor=1.1, name=f"figure_{name}") for name in FIGURES}
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE_M, SPACE_M, SPACE_M, SPACE_M)
        layout.setSpacing(SPACE_S)
        layout.addLayout(self._first_line(actions))
        layout.addWidget(self._progress)
        layout.addLayout(self._numbers())

    def show_nothing(self) -> None:
        self._title.show_text(tr("Nothing has run yet"))
        self._subtitle.show_text("")
        self._state.setVisible(False)
        self._progress.show_counts(0, 0, 0, 0)
        self._binding.show_text(tr("Press Start, or F5: the example runs on the built-in demo model."))
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
        first = QHBoxLayout()
        first.setSpacing(SPACE_M)
        first.addWidget(self._title)
        first.addWidget(self._subtitle, 1)
        names.addLayout(first)
        names.addWidget(self._binding)
        line.addLayout(names, 1)
        line.addWidget(self._state)
        line.addSpacing(SPACE_S)
        for name in ("pause", "stop", "resume"):
            line.addWidget(ActionButton(actions[name]))
        return line

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Moves the score below the figures if there is no room next to them."""
        super().resizeEvent(event)
        fits = self._grid.sizeHint().width() + self._score.minimumWidth() + 2 * SPACE_L <= self.width()
        way = QBoxLayout.Direction.LeftToRight if fits else QBoxLayout.Direction.TopToBottom
        if self._line.direction() != way:
            self._line.setDirection(way)

    def _numbers(self) -> QBoxLayout:
        self._line = line = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        line.setSpacing(SPACE_S)
        self._grid = grid = QGridLayout()
        grid.setHorizontalSpacing(SPACE_L)
        grid.setVerticalSpacing(0)
        for column, (name, label) in enumerate(self._figures.items()):
            caption = TextLabel(tr(CAPTIONS[name]), "muted", 0.85)
            label.setAccessibleName(tr(CAPTIONS[name]))
            grid.addWidget(caption, 0, column)
            grid.addWidget(label, 1, column)
        line.addLayout(grid)
        line.addStretch(1)
        line.addWidget(self._score)
        return line


def siblings_of(now: Snapshot, rows: Sequence[RunRow]) -> list[RunRow]:
    """Returns the runs of the same grid as a run."""
    base = now.evaluation.partition(" [")[0]
    if base == now.evaluation:
        return []
    return [
        row for row in rows if row.experiment == now.experiment and row.evaluation.startswith(f"{base} [")
    ]


class ScoreView(QWidget):
    """The first evaluator's score: a number, its 95 % interval as a bar, and the number of samples."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("run_score")
        self.setMinimumWidth(250)
        self.setMaximumWidth(320)
        self._metric = TextLabel(tr("Score"), "muted", 0.85, name="score_metric")
        self._value = TextLabel("–", factor=1.5, bold=True, name="score_value")
        self._interval = IntervalBar()
        self._words = ElidedLabel("", "muted", 0.85, name="score_words")
        self._left_out = ElidedLabel("", "warn", 0.85, name="score_left_out")
        left = QVBoxLayout()
        left.setSpacing(0)
        left.addWidget(self._metric)
        left.addWidget(self._value)
        left.addStretch(1)
        right = QVBoxLayout()
        right.setSpacing(0)
        right.addWidget(self._interval)
        right.addWidget(self._words)
        right.addWidget(self._left_out)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACE_M)
        layout.addLayout(left)
        layout.addLayout(right, 1)

    def show_scores(self, scores: tuple[ScoreNow, ...], saved: int, errored: int) -> None:
        first = scores[0] if scores else None
        known = first is not None and first.value is not None
        self._value.show_text(short_score(first) if first is not None and known else "–")
        self._interval.show_score(first if known else None)
        if first is None:
            self._words.show_text(tr("The score forms here"))
            self._metric.show_text(tr("Score"))
            self._left_out.show_text("")
            return
        out = [
            tr("{unscored:,} unscored").format(unscored=first.unscored) if first.unscored else "",
            tr("{errored:,} errored").format(errored=errored) if errored else "",
        ]
        self._metric.show_text(one_line(first.metric, 14).capitalize())
        self._words.show_text(tr("{n:,} of {saved:,} scored").format(n=first.n, saved=saved))
        self._left_out.show_text(", ".join(filter(None, out)))
        words = ", ".join(
            [
                tr("{metric}, {n:,} of {saved:,} scored").format(metric=first.metric, n=first.n, saved=saved),
                *filter(None, out),
            ]
        )
        every = "\n".join(
            tr("{evaluator} {metric}: {score}, {n:,} scored, {unscored:,} unscored").format(
                evaluator=score.evaluator,
                metric=score.metric,
                score=percent(score),
                n=score.n,
                unscored=score.unscored,
            )
            for score in scores
        )
        self.setToolTip(plain(every) + "\n" + tr("In brackets: the 95 % interval."))
        self.setAccessibleName(tr("Score: {first}, {words}").format(first=percent(first), words=words))


class IntervalBar(QLabel):
    """A scale with the interval and the value."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(18)
        self._score: ScoreNow | None = None
        theme().changed.connect(self.update)

    def show_score(self, score: ScoreNow | None) -> None:
        if score != self._score:
            self._score = score
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        colours = tokens()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(scaled(self.font(), 0.8))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours.border))
        middle = self.height() / 2
        painter.drawRoundedRect(QRectF(0, middle - 2, self.width(), 4), 2, 2)
        score = self._score
        if score is None or score.value is None or score.low is None or score.high is None:
            return
        low, high = (
            (0.0, 1.0) if score.low >= 0 and score.high <= 1 else (min(0.0, score.low), score.high * 1.1)
        )
        span = (high - low) or 1.0

        def at(value: float) -> float:
            return (value - low) / span * self.width()

        painter.setBrush(mixed(colours.accent, colours.card, 0.35))
        box = QRectF(at(score.low), middle - 5, max(3.0, at(score.high) - at(score.low)), 10)
        painter.drawRoundedRect(box, 3, 3)
        painter.setBrush(QColor(colours.text))
        painter.drawRoundedRect(QRectF(at(score.value) - 1.5, middle - 8, 3, 16), 1.5, 1.5)


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
    return words + tr("; the next attempt starts in {wait}").format(wait=duration(first.wait)) + cause


def _what_holds(now: Snapshot, state: RunState) -> str:
    """Describes the limit that is binding now, or the reason for the run's state."""
    if now.gate:
        wait = (
            " " + tr("Calls go on in {gate_wait}.").format(gate_wait=duration(now.gate_wait))
            if now.gate_wait
            else ""
        )
        return tr("Waiting: {gate}.{wait}").format(gate=now.gate, wait=wait)
    if state is RunState.RUNNING and now.backing_off and not now.in_flight and not now.queued:
        return _what_backs_off(now)
    if state is RunState.RUNNING:
        return (
            f"{now.binding_sentence}"
            if now.binding_sentence
            else tr("Calls start as fast as samples are ready.")
        )
    if now.reason:
        return now.reason[0].upper() + now.reason[1:]
    if state is RunState.PAUSED:
        return tr("Paused: no further call starts until you continue.")
    if state is RunState.INTERRUPTED:
        return tr("Resume does the rest and repeats nothing that is saved.")
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
