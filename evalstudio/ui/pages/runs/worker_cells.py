"""Worker cells: for every worker of a synchronous function, its busy threads and waiting calls."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPainterPath, QPen

from evalstudio.protocol import WorkerStatus
from evalstudio.ui.kit.text import one_line, tr, trn
from evalstudio.ui.kit.theme import scaled, tokens
from evalstudio.ui.pages.runs.cells import Cells

GAP = 4
SLIMMEST = 8  # width in pixels of a cell without text
MOST_ROWS = 3
INSET = (0.6, 0.6, -0.6, -0.6)  # half a line


class WorkerCells(Cells):
    """Worker cells, filled in proportion to busy threads, with their number and a plus for waiting calls.

    Dashed cells are workers that are starting or leaving.
    """

    def __init__(self) -> None:
        super().__init__("worker_cells", tr("Workers"))
        self._workers: tuple[WorkerStatus, ...] = ()

    def show_workers(self, workers: tuple[WorkerStatus, ...]) -> None:
        if workers != self._workers:
            self._workers = workers
            self.updateGeometry()
            self.update()

    def sizeHint(self) -> QSize:
        wide = sum(round(self._width(worker)) + GAP for worker in self._workers)
        return QSize(max(wide, 20), self._height())

    def minimumSizeHint(self) -> QSize:
        return QSize(60, self._height())

    def boxes(self) -> list[QRectF]:
        """Returns the boxes: in one row with text if all fit, else narrow ones in as many rows as needed."""
        if not self._has_room():
            return self._slim_boxes()
        left, found = 0.0, []
        for worker in self._workers:
            width = self._width(worker)
            found.append(QRectF(left, 0, width, self.height()).adjusted(*INSET))
            left += width + GAP
        return found

    def _slim_boxes(self) -> list[QRectF]:
        count = len(self._workers)
        for rows in range(1, MOST_ROWS + 1):
            columns = -(-count // rows)
            width = min(30.0, self.width() / columns)
            if width >= SLIMMEST:
                break
        height = self.height() / rows
        return [
            QRectF(
                number % columns * width, number // columns * height, width - 2, height - (rows > 1)
            ).adjusted(*INSET)
            for number in range(count)
        ]

    def draw(self, painter: QPainter, number: int, box: QRectF) -> None:
        worker, colours = self._workers[number], tokens()
        shape = QPainterPath()
        shape.addRoundedRect(box, 3, 3)
        blue = QColor(colours.series[0])
        fill = QColor(blue)
        fill.setAlpha(70)
        share = min(1.0, worker.busy / max(1, worker.threads))
        painter.save()
        painter.setClipPath(shape)
        painter.fillRect(QRectF(box.x(), box.y(), box.width() * share, box.height()), fill)
        painter.restore()
        ready = worker.state == "ready"
        edge = QColor(colours.series[1]) if worker.waiting else blue if share else QColor(colours.border)
        painter.setPen(QPen(edge, 1.2, Qt.PenStyle.SolidLine if ready else Qt.PenStyle.DashLine))
        painter.drawPath(shape)
        if self._has_room():
            painter.setFont(scaled(self.font(), 0.8))
            painter.setPen(QColor(colours.text))
            painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), _words(worker))

    def describe(self, number: int) -> str:
        return describe_worker(self._workers[number])

    def _has_room(self) -> bool:
        return sum(self._width(worker) + GAP for worker in self._workers) <= self.width() + GAP

    def _width(self, worker: WorkerStatus) -> float:
        return QFontMetricsF(scaled(self.font(), 0.8)).horizontalAdvance("0" * len(_words(worker))) + 10

    def _height(self) -> int:
        return self.fontMetrics().height() + 4


def describe_worker(worker: WorkerStatus) -> str:
    """Describes a worker."""
    words = [
        trn("{busy} of {n} thread busy", "{busy} of {n} threads busy", worker.threads).format(
            busy=worker.busy
        )
    ]
    if worker.busy == 0:
        words = [tr("idle")] if worker.state == "ready" else [tr(worker.state)]
    elif worker.state != "ready":
        words.append(tr(worker.state))
    if worker.waiting:
        words.append(trn("{n} call waiting there", "{n} calls waiting there", worker.waiting))
    if worker.ended:
        words.append(trn("{n} call done", "{n} calls done", worker.ended))
    return f"{one_line(worker.name, 80)}: {', '.join(words)}"


def _words(worker: WorkerStatus) -> str:
    busy = f"{worker.busy}/{worker.threads}"
    return f"{busy} +{worker.waiting}" if worker.waiting else busy
