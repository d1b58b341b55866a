"""Slot strip: a cell for every call and every worker, with its state at a glance and details in its tooltip."""

import math
from collections import Counter

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen
from PySide6.QtWidgets import QHBoxLayout

from evalstudio.core.format import duration
from evalstudio.core.run_state import RunState
from evalstudio.protocol import CallNow, Snapshot
from evalstudio.ui.kit.text import one_line, tr
from evalstudio.ui.kit.theme import SPACE_M, SPACE_XS, tokens
from evalstudio.ui.kit.widgets import Card, ElidedLabel, TextLabel
from evalstudio.ui.pages.runs.cells import Cells
from evalstudio.ui.pages.runs.worker_cells import WorkerCells

SIDES, GAP = (18, 13, 11, 8, 6, 4), 3  # cell sizes in pixels; the largest one that fits is used
LEAST_FOR_DIGITS = 13
HEIGHT = 2 * (11 + GAP)
MOST_CELLS = 256
THREADS = "threads"  # the engine's name for its own threads
# index of the series colours
COLOUR = {"calling": 0, "waiting": 0, "streaming": 2, "judging": 3, "backing off": 1}


class SlotStrip(Card):
    """The cells with a line of counts."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("slot_strip")
        self.cells = CallCells()
        self.workers = WorkerCells()
        self._workers_title = TextLabel(tr("Workers"), bold=True, name="workers_title")
        self._counts = ElidedLabel("", "muted", 0.9, name="slot_counts")
        self._counts.setAlignment(Qt.AlignmentFlag.AlignRight)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(SPACE_M, SPACE_XS, SPACE_M, SPACE_XS)
        layout.setSpacing(SPACE_M)
        layout.addWidget(TextLabel(tr("Calls"), bold=True))
        layout.addWidget(self.cells, 2)
        layout.addWidget(self._workers_title)
        layout.addWidget(self.workers, 1)
        layout.addWidget(self._counts, 2)
        self._show_workers(None)

    def show_run(self, now: Snapshot | None) -> None:
        """Shows the calls of a snapshot."""
        if now is None:
            self._counts.show_text(tr("Calls in flight appear here"))
            self.cells.show_calls((), 0)
            self._show_workers(None)
            return
        states = Counter(call.state for call in now.calls)
        words = [
            tr("{in_flight:,} in flight of {limit:,}").format(in_flight=now.in_flight, limit=now.limit)
            if now.limit
            else tr("{in_flight:,} in flight").format(in_flight=now.in_flight)
        ]
        words += [f"{states[state]:,} {tr(state)}" for state in ("streaming", "judging") if states[state]]
        if now.backing_off:
            words.append(tr("{backing_off:,} backing off").format(backing_off=now.backing_off))
            first = next_attempt(now)
            if first is not None and first.wait is not None:
                words[-1] += tr(", next in {wait}").format(wait=duration(first.wait))
        words.append(tr("{queued:,} queued").format(queued=now.queued))
        if now.calls and now.in_flight:
            oldest = now.calls[0]
            words.append(
                tr("longest running: sample {sample_id}, {age}").format(
                    age=duration(oldest.age), sample_id=one_line(oldest.sample_id, 40)
                )
            )
        self._counts.show_text(" · ".join(words))
        idle = max(0, now.limit - now.in_flight) if now.state is RunState.RUNNING else 0
        self.cells.show_calls(now.calls, idle)
        self.cells.setAccessibleName(tr("Calls: {words}").format(words=", ".join(words)))
        self._show_workers(now)

    def _show_workers(self, now: Snapshot | None) -> None:
        """Shows processes and the workers of a cluster; threads of the engine add nothing to the calls themselves."""
        workers = now.worker_list if now is not None else ()
        if [worker.name for worker in workers] == [THREADS]:
            workers = ()
        for part in (self._workers_title, self.workers):
            part.setVisible(bool(workers))
        self.workers.show_workers(workers)
        if now is not None and workers:
            busy, threads = (
                sum(worker.busy for worker in workers),
                sum(worker.threads for worker in workers),
            )
            words = [
                now.workers_label or tr("{workers:,} workers").format(workers=len(workers)),
                tr("{busy:,} of {threads:,} threads busy").format(busy=busy, threads=threads),
            ]
            waiting = now.workers_waiting + sum(worker.waiting for worker in workers)
            if waiting:
                words.append(tr("{waiting:,} calls wait for a worker").format(waiting=waiting))
            self.workers.setAccessibleName(tr("Workers: {words}").format(words=", ".join(words)))
            self._workers_title.setToolTip("\n".join(words))


class CallCells(Cells):
    """A cell for each call and each free slot.

    Solid: calling; with a bar: streaming; diamond: judging; outlined with a countdown, or hatched if small: backing
    off; hollow: free.
    """

    def __init__(self) -> None:
        super().__init__("slot_cells", tr("Calls"))
        self._calls: tuple[CallNow, ...] = ()
        self._idle = 0

    def show_calls(self, calls: tuple[CallNow, ...], idle: int) -> None:
        if not calls and not self._calls and idle == self._idle:
            return
        self._calls = calls[:MOST_CELLS]
        self._idle = min(idle, MOST_CELLS - len(self._calls))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(300, HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return QSize(100, HEIGHT)

    def boxes(self) -> list[QRectF]:
        side, columns, top = self._size()
        return [
            QRectF(number % columns * (side + GAP), top + number // columns * (side + GAP), side, side)
            for number in range(len(self._calls) + self._idle)
        ]

    def draw(self, painter: QPainter, number: int, box: QRectF) -> None:
        if number >= len(self._calls):
            _draw(painter, box, "idle")
            return
        call = self._calls[number]
        _draw(painter, box, call.state, countdown(call, box.width()))

    def describe(self, number: int) -> str:
        return describe(self._calls[number]) if number < len(self._calls) else tr("A free slot")

    def _size(self) -> tuple[int, int, int]:
        """Returns the cell size, cells per row, and top of the first row, so that all cells fit."""
        count = len(self._calls) + self._idle
        for side in SIDES:
            columns = max(1, self.width() // (side + GAP))
            rows = -(-count // columns)
            if rows * (side + GAP) <= self.height() + GAP:
                break
        return side, columns, max(0, (self.height() - rows * (side + GAP) + GAP) // 2)


def next_attempt(now: Snapshot) -> CallNow | None:
    """Returns the backing-off sample that is retried first."""
    waiting = [call for call in now.calls if call.wait is not None]
    return min(waiting, key=lambda call: call.wait or 0.0, default=None)


def countdown(call: CallNow, side: float) -> str:
    """Returns the countdown on a back-off cell, in seconds or minutes; empty if the cell is too small."""
    if call.wait is None or side < LEAST_FOR_DIGITS:
        return ""
    seconds = max(0, math.ceil(call.wait))
    return str(seconds) if seconds < 100 else tr("{minutes}m").format(minutes=min(99, round(seconds / 60)))


def describe(call: CallNow) -> str:
    """Describes a call."""
    attempt = tr(", attempt {attempt}").format(attempt=call.attempt) if call.attempt > 1 else ""
    text = tr("Sample {sample_id}{attempt}: {state} for {age}").format(
        sample_id=one_line(call.sample_id, 80), attempt=attempt, state=tr(call.state), age=duration(call.age)
    )
    if call.wait is not None:
        text = tr("Sample {sample_id}: attempt {attempt} starts in {wait}").format(
            sample_id=one_line(call.sample_id, 80), attempt=call.attempt, wait=duration(call.wait)
        )
    return f"{text}\n{call.cause}" if call.cause else text


def _draw(painter: QPainter, box: QRectF, state: str, words: str = "") -> None:
    colours = tokens()
    if state == "idle":
        painter.setPen(QPen(QColor(colours.border), 1.2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(box.adjusted(0.6, 0.6, -0.6, -0.6), 2.5, 2.5)
        return
    colour = QColor(colours.series[COLOUR.get(state, 5)])
    painter.setPen(QPen(colour, 1.2))
    if state == "backing off":
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(box.adjusted(0.6, 0.6, -0.6, -0.6), 2.5, 2.5)
        if not words:
            painter.drawLine(box.bottomLeft() + QPointF(2, -2), box.topRight() + QPointF(-2, 2))
            return
        font = QFont(painter.font())
        font.setPixelSize(round(box.width() * (0.6 if len(words) < 3 else 0.5)))
        painter.setFont(font)
        painter.setPen(QColor(colours.text))
        painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), words)
        return
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    if state == "judging":
        middle, half = box.center(), box.width() / 2
        painter.drawPolygon(
            [
                middle + QPointF(0, -half),
                middle + QPointF(half, 0),
                middle + QPointF(0, half),
                middle + QPointF(-half, 0),
            ]
        )
        return
    painter.drawRoundedRect(box, 2.5, 2.5)
    if state == "streaming":
        painter.setBrush(QColor(colours.card))
        painter.drawRect(QRectF(box.x() + 3, box.center().y() - 1, box.width() - 6, 2))
