"""Sparkline for the run list: records per second over the time of a run."""

from itertools import pairwise

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from evalstudio.ui.kit.theme import tokens
from evalstudio.ui.state.run_model import RunModel
from evalstudio.ui.state.store_reader import SPARKS


def spark_of(model: RunModel) -> tuple[float, ...]:
    """Computes the curve of a run from its seconds, in at most `SPARKS` points."""
    rates = model.series.per_second("saved")
    if len(rates) <= SPARKS:
        return tuple(float(rate) for rate in rates)
    edges = [len(rates) * part // SPARKS for part in range(SPARKS + 1)]
    return tuple(float(rates[first:last].mean()) for first, last in pairwise(edges))


def draw_spark(painter: QPainter, box: QRectF, points: tuple[float, ...]) -> None:
    """Draws the filled curve into a box, scaled from zero to its highest point."""
    top = max(points, default=0.0)
    if len(points) < 2 or top <= 0:
        return
    step = box.width() / (len(points) - 1)
    line = [
        QPointF(box.x() + place * step, box.bottom() - box.height() * value / top)
        for place, value in enumerate(points)
    ]
    colour = QColor(tokens().series[0])
    painter.setPen(QPen(colour, 1))
    painter.drawPolyline(line)
    colour.setAlpha(45)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawPolygon([QPointF(box.left(), box.bottom()), *line, QPointF(box.right(), box.bottom())])
