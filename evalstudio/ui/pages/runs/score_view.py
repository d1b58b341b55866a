"""Score view: for each evaluator of a run its score, the largest figure of the page, with the 95% interval."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from evalstudio.protocol import ScoreNow
from evalstudio.reports.score_text import percent, short_interval, short_score
from evalstudio.ui.kit.text import one_line, plain, tr
from evalstudio.ui.kit.theme import SPACE_L, SPACE_S, mixed, theme, tokens
from evalstudio.ui.kit.tokens import CAPTION, FIGURE, TITLE
from evalstudio.ui.kit.widgets import ElidedLabel, TextLabel

MOST_SHOWN = 4  # evaluators with a figure of their own; the tooltip has all


class ScoreRow(QWidget):
    """The scores side by side, the first one largest."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("run_score")
        self._views = [ScoreView(first=True)]
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(SPACE_L)
        self._row.addWidget(self._views[0])

    def show_scores(self, scores: tuple[ScoreNow, ...], saved: int, errored: int) -> None:
        """Shows the newest scores of a run."""
        shown = scores[:MOST_SHOWN]
        while len(self._views) < len(shown):
            view = ScoreView(first=False)
            self._views.append(view)
            self._row.addWidget(view)
        for place, view in enumerate(self._views):
            view.setVisible(place == 0 or place < len(shown))
            view.show_score(shown[place] if place < len(shown) else None, saved, errored)
        every = "\n".join(
            tr("{evaluator} {metric}: {score}, {n:,} scored, {unscored:,} unscored").format(
                evaluator=score.evaluator, metric=score.metric, score=percent(score), n=score.n, unscored=score.unscored,
            )
            for score in scores
        )  # fmt: skip
        self.setToolTip(
            plain(every) + "\n" + tr("In brackets: the 95% confidence interval.") if scores else ""
        )
        self.setAccessibleName(every)


class ScoreView(QWidget):
    """One evaluator: its name and metric, the score with its interval, a bar from 0 to 100, and what has no score."""

    def __init__(self, *, first: bool) -> None:
        super().__init__()
        suffix = "" if first else "_more"
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        self._metric = TextLabel(tr("Score"), "muted", CAPTION, name=f"score_metric{suffix}")
        self._value = TextLabel(
            "–", factor=FIGURE if first else TITLE, bold=True, name=f"score_value{suffix}"
        )
        self._range = TextLabel("", "muted", name=f"score_range{suffix}")
        self._bar = IntervalBar()
        self._words = TextLabel("", "muted", CAPTION, name=f"score_words{suffix}")
        self._left_out = ElidedLabel("", "warn", CAPTION, name=f"score_left_out{suffix}")
        caption = QHBoxLayout()
        caption.setSpacing(SPACE_S)
        for part in (self._metric, self._words, self._left_out):
            caption.addWidget(part, 1 if part is self._left_out else 0)
        figure = QHBoxLayout()
        figure.setSpacing(SPACE_S)
        figure.addWidget(self._value)
        figure.addWidget(self._range)
        figure.addWidget(self._bar, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(caption)
        column.addLayout(figure)

    def show_score(self, score: ScoreNow | None, saved: int, errored: int) -> None:
        """Shows a score; None: there is none yet."""
        known = score is not None and score.value is not None
        self._value.show_text(short_score(score) if score is not None and known else "–")
        self._range.show_text(short_interval(score) if score is not None and known else "")
        self._bar.show_score(score if known else None)
        if score is None:
            self._metric.show_text(tr("Score"))
            self._words.show_text(tr("No score yet"))
            self._left_out.show_text("")
            return
        out = [
            tr("{unscored:,} unscored").format(unscored=score.unscored) if score.unscored else "",
            tr("{errored:,} errored").format(errored=errored) if errored else "",
        ]
        self._metric.show_text(f"{one_line(score.evaluator, 28)} · {one_line(score.metric, 20)}")
        self._words.show_text(tr("{n:,} of {saved:,} scored").format(n=score.n, saved=saved))
        self._left_out.show_text(", ".join(filter(None, out)))


class IntervalBar(QLabel):
    """A scale from 0 to 100 with the interval and the value; of what is no share, from 0 to a little above the interval."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(14)
        self.setMinimumWidth(110)
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
        box = QRectF(at(score.low), middle - 3.5, max(3.0, at(score.high) - at(score.low)), 7)
        painter.drawRoundedRect(box, 3, 3)
        painter.setBrush(QColor(colours.text))
        painter.drawRoundedRect(QRectF(at(score.value) - 1.25, middle - 6, 2.5, 12), 1.5, 1.5)
