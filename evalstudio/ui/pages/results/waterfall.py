"""Waterfall chart of one record: a row for each wait, call and judgement on one time axis."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from evalstudio.core.format import milliseconds
from evalstudio.core.outcome import Outcome
from evalstudio.store.reader import Details
from evalstudio.ui.kit.text import tr
from evalstudio.ui.kit.theme import SPACE_M, SPACE_S, mixed, scaled, theme, tokens

MOST_ROWS = 12  # of a record with more rows, the first and the last ones


@dataclass(frozen=True, slots=True)
class Span:
    """A time span of a record, in seconds since it was ready to be sent."""

    kind: str  # queue, failed, back-off, connect, first token, call, evaluators
    label: str
    start: float
    end: float


def spans_of(details: Details) -> tuple[Span, ...]:
    """Returns the spans in order of their start; invisibly short ones are left out.

    The store has the start of each failed attempt and the total wait of the record: the waits between
    attempts are the gaps between them, and the first wait is the rest.
    """
    record, attempts = details.record, details.attempts
    between = sum(
        max(0.0, after.started_at - before.started_at - before.duration - before.waited)
        for before, after in pairwise(attempts)
    )
    at = max(0.0, (record.queued or 0.0) - between)
    spans = [Span("queue", tr("waits for the limits"), 0.0, at)]
    first = at
    for attempt in attempts:
        start = first + attempt.started_at
        if start > at:
            spans.append(Span("queue", tr("waits for the limits"), at, start))
        at = start + attempt.duration
        failed = attempt.outcome != Outcome.OK
        spans.append(
            Span(
                "failed" if failed else "call",
                tr("attempt {number}: {outcome}").format(number=attempt.number, outcome=tr(attempt.outcome)),
                start,
                at,
            )
        )
        if attempt.waited:
            spans.append(Span("back-off", tr("backs off"), at, at + attempt.waited))
            at += attempt.waited
    if record.outcome == Outcome.OK and record.latency is not None:
        number = tr("attempt {number}").format(number=len(attempts) + 1) + ": " if attempts else ""
        begun = at
        if record.connect is not None:
            begun = at + record.connect
            spans.append(Span("connect", number + tr("connects"), at, begun))
        if record.first_token is not None:
            spans.append(Span("first token", number + tr("first token"), begun, at + record.first_token))
            begun = max(begun, at + record.first_token)
        spans.append(Span("call", number + tr("answer"), begun, at + record.latency))
        at += record.latency
    if record.judged:
        spans.append(Span("evaluators", tr("evaluators"), at, at + record.judged))
        at += record.judged
    for score in details.scores:  # a judge, or an evaluator of one's own: they work side by side
        if score.seconds:
            spans.append(Span("evaluators", score.evaluator, at, at + score.seconds))
    return tuple(span for span in spans if span.end - span.start >= 1e-6)


class Waterfall(QWidget):
    """Waterfall of a record's spans, which are also its accessible description."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName(tr("Where the time of this record went"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.spans: Sequence[Span] = ()
        self.hide()
        theme().changed.connect(self.update)

    def show_record(self, details: Details | None) -> None:
        """Shows a record; None, or one without timings, hides the widget."""
        spans = spans_of(details) if details is not None else ()
        if len(spans) > MOST_ROWS:
            spans = spans[: MOST_ROWS // 2] + spans[-MOST_ROWS // 2 :]
        self.spans = spans
        self.setAccessibleDescription(
            "; ".join(f"{span.label} {milliseconds(span.end - span.start)}" for span in spans)
        )
        self.setVisible(bool(spans))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(240, len(self.spans) * self._row + 2 * SPACE_S)

    @property
    def _row(self) -> int:
        return self.fontMetrics().height() + 3

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self.spans:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(scaled(self.font(), 0.9))
        metrics = painter.fontMetrics()
        wide = max(metrics.horizontalAdvance(span.label) + 4 for span in self.spans)
        wide = min(wide, int(self.width() * 0.5))
        times = [milliseconds(span.end - span.start) for span in self.spans]
        right = max(metrics.horizontalAdvance(text) for text in times) + SPACE_M
        left = SPACE_M + wide + SPACE_M
        track = max(20.0, self.width() - left - right - SPACE_S)
        begin, whole = self.spans[0].start, max(span.end for span in self.spans)
        scale = track / max(whole - begin, 1e-9)
        colours = tokens()
        for number, (span, text) in enumerate(zip(self.spans, times, strict=True)):
            top = SPACE_S + number * self._row
            painter.setPen(QColor(colours.muted))
            label = metrics.elidedText(span.label, Qt.TextElideMode.ElideRight, wide)
            painter.drawText(QRectF(SPACE_M, top, wide, self._row), Qt.AlignmentFlag.AlignVCenter, label)
            bar = QRectF(left + (span.start - begin) * scale, top + 3, 0, self._row - 6)
            bar.setWidth(max(2.0, (span.end - span.start) * scale))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(_colour(span.kind))
            painter.drawRoundedRect(bar, 2, 2)
            painter.setPen(QColor(colours.text))
            place = QRectF(self.width() - right, top, right - SPACE_S, self._row)
            painter.drawText(place, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)


def _colour(kind: str) -> QColor:
    colours = tokens()
    match kind:
        case "queue":
            return mixed(colours.muted, colours.card, 0.55)
        case "back-off":
            return QColor(colours.warn)
        case "failed":
            return QColor(colours.bad)
        case "connect":
            return QColor(colours.series[2])
        case "first token":
            return mixed(colours.series[0], colours.card, 0.6)
        case "evaluators":
            return QColor(colours.series[3])
        case _:
            return QColor(colours.series[0])
