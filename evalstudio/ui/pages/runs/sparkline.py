"""Sparkline for the run list: records per second over the time of a run."""

from itertools import pairwise

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from evalstudio.ui.kit.theme import tokens
from evalstudio.ui.state.run_model import RunModel
from evalstudio.ui.state.run_series import Array
from evalstudio.ui.state.store_reader import SPARKS


def spark_of(model: RunModel) -> tuple[float, ...]:
    """Computes the curve of a run from its seconds, in at most `SPARKS` points."""
    return thinned(model.series.per_second("saved"), SPARKS)


def thinned(values: Array, most: int) -> tuple[float, ...]:
    """Returns at most so many points: the means of equal parts of what is known."""
    known = values[~np.isnan(values)]
    if len(known) <= most:
        return tuple(float(value) for value in known)
    edges = [len(known) * part // most for part in range(most + 1)]
    return tuple(float(known[first:last].mean()) for first, last in pairwise(edges))


def draw_spark(painter: QPainter, box: QRectF, points: tuple[float, ...], series: int = 0) -> None:
    """Draws the filled curve into a box, scaled from zero to its highest point; `series` is its colour."""
    top = max(points, default=0.0)
    if len(points) < 2 or top <= 0:
        return
    step = box.width() / (len(points) - 1)
    line = [
        QPointF(box.x() + place * step, box.bottom() - box.height() * value / top)
        for place, value in enumerate(points)
    ]
    colour = QColor(tokens().series[series])
    painter.setPen(QPen(colour, 1.4))
    painter.drawPolyline(line)
    colour.setAlpha(45)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawPolygon([QPointF(box.left(), box.bottom()), *line, QPointF(box.right(), box.bottom())])
