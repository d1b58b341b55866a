"""Score pairs: the scores of two runs with interval and coverage, and whether their difference is real."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from evalstudio.reports.score_text import AS_SHARE, score_words
from evalstudio.statistics import Comparison
from evalstudio.statistics.compare import p_words, signed
from evalstudio.statistics.metrics import Aggregate
from evalstudio.store.comparison import RunComparison, ScorePair
from evalstudio.ui.kit.text import one_line, tr
from evalstudio.ui.kit.theme import SPACE_L, SPACE_M, SPACE_S, SPACE_XS, line_height, theme, tokens
from evalstudio.ui.kit.widgets import Card, GivingLabel, TextLabel
from evalstudio.ui.records.distributions import coverage_words

LEAST_LINES, MOST_LINES = 8, 15  # of text: a few evaluators are fully visible, more of them scroll


class ScorePairs(Card):
    """List with a block for each evaluator."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("score_pairs")
        self._scroll = _FittingScroll()
        self._scroll.setObjectName("score_pairs_scroll")
        self._scroll.setAccessibleName(tr("Scores of both runs"))
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.viewport().setAutoFillBackground(False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE_M, SPACE_M, SPACE_XS, SPACE_S)
        layout.setSpacing(SPACE_S)
        layout.addWidget(TextLabel(tr("Scores"), factor=1.1, bold=True))
        layout.addWidget(self._scroll)
        layout.addStretch(1)

    def show_comparison(self, comparison: RunComparison) -> None:
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, SPACE_S, 0)
        column.setSpacing(SPACE_M)
        for pair in comparison.scores:
            column.addWidget(_Block(pair))
        if not comparison.scores:
            column.addWidget(TextLabel(tr("Neither run has a score yet."), "muted", name="no_scores"))
        column.addStretch(1)
        self._scroll.setWidget(inside)
        inside.setAutoFillBackground(False)
        self._scroll.fit()


class _FittingScroll(QScrollArea):
    """Scroll area as high as its contents need at its width, within bounds."""

    def fit(self) -> None:
        inside, line = self.widget(), line_height()
        layout = inside.layout() if inside is not None else None
        if layout is not None:
            wanted = layout.totalHeightForWidth(self.viewport().width())
            self.setFixedHeight(min(max(wanted, LEAST_LINES * line), MOST_LINES * line))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.fit()


class _Block(QWidget):
    """The result of one evaluator in both runs."""

    def __init__(self, pair: ScorePair) -> None:
        super().__init__()
        name = pair.evaluator
        self.setObjectName(f"score_{name}")
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(SPACE_L)
        grid.setVerticalSpacing(SPACE_XS)
        comparison = pair.comparison
        sentence = TextLabel(
            pair.trouble or (comparison.sentence if comparison else ""),
            tone(pair),
            bold=True,
            name=f"verdict_{name}",
        )
        sentence.setWordWrap(True)
        grid.addWidget(TextLabel(one_line(name, 60), "muted"), 0, 0, 1, 4)
        grid.addWidget(sentence, 1, 0, 1, 4)
        scale = _scale(pair)
        for row, (letter, found, outcomes) in enumerate(
            ((tr("A"), pair.a, pair.outcomes_a), (tr("B"), pair.b, pair.outcomes_b)), start=2
        ):
            grid.addWidget(TextLabel(letter, bold=True), row, 0)
            words = "–" if found is None else score_words(name, found)
            grid.addWidget(TextLabel(words, name=f"score_{letter.lower()}_{name}"), row, 1)
            grid.addWidget(
                _IntervalBar(
                    found,
                    scale,
                    row - 2,
                    tr("{name} of {letter}: {words}").format(name=name, letter=letter, words=words),
                ),
                row,
                2,
            )
            coverage = GivingLabel(
                _coverage(pair, found, outcomes), "muted", name=f"coverage_{letter.lower()}_{name}"
            )
            grid.addWidget(coverage, row, 3)
        if comparison is not None and comparison.n:
            detail = TextLabel(_detail(comparison), "muted", 0.95, name=f"test_{name}")
            detail.setWordWrap(True)
            grid.addWidget(detail, 4, 0, 1, 4)
        grid.setColumnStretch(2, 1)


class _IntervalBar(QWidget):
    """A score as a dot on its interval, on a scale shared by both runs."""

    def __init__(self, found: Aggregate | None, scale: tuple[float, float], series: int, spoken: str) -> None:
        super().__init__()
        self._found, self._scale, self._series = found, scale, series
        self.setAccessibleName(spoken)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme().changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(120, self.fontMetrics().height())

    def minimumSizeHint(self) -> QSize:
        return QSize(40, self.fontMetrics().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        colours, found = tokens(), self._found
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle = self.height() / 2
        painter.setPen(QPen(QColor(colours.grid), 2))
        painter.drawLine(QPointF(0, middle), QPointF(self.width(), middle))
        if found is None or found.value is None:
            return
        colour = QColor(colours.series[self._series])
        if found.low is not None and found.high is not None:
            left, right = self._place(found.low), self._place(found.high)
            painter.setPen(Qt.PenStyle.NoPen)
            colour.setAlphaF(0.4)
            painter.setBrush(colour)
            painter.drawRoundedRect(QRectF(left, middle - 3, max(2.0, right - left), 6), 3, 3)
            colour.setAlphaF(1.0)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawEllipse(QPointF(self._place(found.value), middle), 5, 5)

    def _place(self, value: float) -> float:
        low, high = self._scale
        return 6 + (value - low) / (high - low) * max(1.0, self.width() - 12)


def _coverage(pair: ScorePair, found: Aggregate | None, outcomes: tuple[int, int, int]) -> str:
    absent = found is None and (pair.a is not None or pair.b is not None)
    return tr("no score of this evaluator") if absent else coverage_words(outcomes)


def tone(pair: ScorePair) -> str:
    """Returns the colour token of the verdict: good or bad if the difference is significant."""
    comparison = pair.comparison
    if comparison is None or comparison.difference is None or not comparison.significant:
        return "text"
    found = pair.b or pair.a
    lower = found is not None and found.direction == "lower"
    return "good" if (comparison.difference > 0) != lower else "bad"


def _detail(comparison: Comparison) -> str:
    unit, factor, digits = (" " + tr("points"), 100, 1) if comparison.binary else ("", 1, 3)

    def number(value: float | None) -> str:
        return "" if value is None else signed(value * factor, digits, "+")

    spread = (
        ""
        if comparison.low is None
        else " "
        + tr("(95% {low} to {high})").format(low=number(comparison.low), high=number(comparison.high))
    )
    apart = (
        tr(", {unpaired:,} scored in one run only").format(unpaired=comparison.unpaired)
        if comparison.unpaired
        else ""
    )
    return tr(
        "B − A: {difference}{unit}{spread} · p = {p}, {method} · {up:,} up, {down:,} down of {n:,} pairs{apart}"
    ).format(
        difference=number(comparison.difference),
        unit=unit,
        spread=spread,
        p=p_words(comparison.p),
        method=comparison.method,
        up=comparison.up,
        down=comparison.down,
        n=comparison.n,
        apart=apart,
    )


def _scale(pair: ScorePair) -> tuple[float, float]:
    """Returns a scale that covers both intervals with a small margin."""
    ends = [
        end
        for found in (pair.a, pair.b)
        if found is not None
        for end in (found.low, found.value, found.high)
        if end is not None
    ]
    if not ends:
        return 0.0, 1.0
    low, high = min(ends), max(ends)
    room = max((high - low) * 0.15, 0.02 * max(abs(low), abs(high)), 1e-9)
    low, high = low - room, high + room
    shares = any(found is not None and found.metric in AS_SHARE for found in (pair.a, pair.b))
    return (max(0.0, low), min(1.0, high)) if shares and max(0.0, low) < min(1.0, high) else (low, high)
