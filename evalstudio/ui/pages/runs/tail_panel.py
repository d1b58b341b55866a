"""Tail panel: the remaining calls, in flight or backing off, oldest first, against the usual call duration."""

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from evalstudio.core.format import duration, milliseconds
from evalstudio.protocol import CallNow, Snapshot
from evalstudio.ui.kit.table_style import fill_row, make_table, set_widths
from evalstudio.ui.kit.text import mark, one_line, tr
from evalstudio.ui.kit.theme import SPACE_S
from evalstudio.ui.kit.widgets import Button, ElidedLabel, TextLabel, labelled
from evalstudio.ui.pages.runs.slot_strip import describe

MOST_ROWS = 40
LONG = 2.0  # times the p99: a longer call is reported
FEWEST_ANSWERS = 20  # with fewer, a p99 is meaningless
HEADINGS = (
    mark("Sample"),
    mark("State"),
    mark("Attempt"),
    mark("Running for"),
    mark("vs p99"),
    mark("Next attempt"),
    mark("Why it waits"),
)


class TailPanel(QWidget):
    """The panel. `abandon` gives up one call; `attention` is emitted with the number of unusually long calls."""

    abandon = Signal(object)  # record id, larger than a C int
    attention = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("tail_panel")
        self._now: Snapshot | None = None
        self._calls: list[CallNow] = []
        self._patient: dict[int, float] = {}  # record id: the age until which a person chose to wait
        self._long_count = 0
        self.sentence = ElidedLabel("", name="tail_sentence")
        self.table = make_table(
            "tail_table",
            tr("Calls in progress, longest running first"),
            [tr(heading) for heading in HEADINGS],
            stretched=6,
        )
        set_widths(self.table, (120, 100, 76, 76, 100, 110))
        self.abandon_button = Button(tr("Abandon"))
        labelled(
            self.abandon_button, "tail_abandon", tr("Abandon the chosen call, or the oldest"),
            tr("Ends this call. Its sample is errored; resume retries it."),
        )  # fmt: skip
        self.wait_button = Button(tr("Wait"))
        labelled(
            self.wait_button, "tail_wait", tr("Wait for the chosen call, or the oldest"),
            tr("Hides this call until it has taken twice as long"),
        )  # fmt: skip
        self._empty = TextLabel(tr("No call is in flight."), "muted", name="tail_empty")
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._lay_out()
        self.abandon_button.clicked.connect(self._abandon)
        self.wait_button.clicked.connect(self._wait)
        self._show()

    @property
    def chosen(self) -> CallNow | None:
        """The call that the buttons act on: the selected one, else the oldest."""
        row = self.table.currentRow()
        if 0 <= row < len(self._calls):
            return self._calls[row]
        return self._calls[0] if self._calls else None

    def show_run(self, now: Snapshot | None) -> None:
        """Shows the calls of a snapshot; drawn only while visible."""
        self._now = now
        calls = sorted(now.calls, key=lambda call: -call.age) if now is not None else []
        here = {call.record_id for call in calls}
        self._patient = {record: age for record, age in self._patient.items() if record in here}
        long_count = sum(self._is_long(call) for call in calls)
        if long_count != self._long_count:
            self._long_count = long_count
            self.attention.emit(long_count)
        chosen = self.chosen.record_id if self.table.currentRow() >= 0 and self.chosen is not None else None
        self._calls = calls[:MOST_ROWS]
        if self.isVisible():
            self._show(chosen)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._show()

    def _is_long(self, call: CallNow) -> bool:
        p99 = self._p99
        return (
            p99 is not None and call.age > max(1.0, LONG * p99) and call.age > self._patient.get(call.record_id, 0.0)
        )  # fmt: skip

    @property
    def _p99(self) -> float | None:
        latency = self._now.latency if self._now is not None else None
        return latency.p99 if latency is not None and latency.n >= FEWEST_ANSWERS else None

    def _show(self, chosen: int | None = None) -> None:
        calls, p99 = self._calls, self._p99
        self._empty.setVisible(not calls)
        self.table.setVisible(bool(calls))
        self.abandon_button.setEnabled(bool(calls))
        self.wait_button.setEnabled(bool(calls))
        self.sentence.show_text(self._words())
        self.sentence.set_colour("warn" if calls and self._is_long(calls[0]) else "muted")
        with QSignalBlocker(self.table):
            if self.table.rowCount() != len(calls):
                self.table.setRowCount(len(calls))
            for row, call in enumerate(calls):
                words = (
                    one_line(call.sample_id, 60), tr(call.state), str(call.attempt), duration(call.age),
                    f"{call.age / p99:.1f} ×" if p99 else "–",
                    tr("in {wait}").format(wait=duration(call.wait)) if call.wait is not None else "", one_line(call.cause, 200),
                )  # fmt: skip
                fill_row(self.table, row, words, describe(call))
                if call.record_id == chosen and row != self.table.currentRow():
                    self.table.setCurrentCell(row, 0)
            if chosen is not None and all(call.record_id != chosen for call in calls):
                self.table.setCurrentCell(-1, -1)

    def _words(self) -> str:
        if not self._calls:
            return ""
        oldest, p99 = self._calls[0], self._p99
        name = one_line(oldest.sample_id, 60)
        text = tr("Longest running: sample {name}, {state} for {age}").format(
            name=name, state=tr(oldest.state), age=duration(oldest.age)
        )
        if p99 is None:
            return tr("{text}. Too few answers yet for a p99.").format(text=text)
        return tr("{text}: {age:.1f} × the p99 of {p99}.").format(
            text=text, age=oldest.age / p99, p99=milliseconds(p99)
        )

    def _abandon(self) -> None:
        if (call := self.chosen) is not None:
            self.abandon.emit(call.record_id)

    def _wait(self) -> None:
        if (call := self.chosen) is not None:
            self._patient[call.record_id] = 2 * call.age
            self.show_run(self._now)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(SPACE_S, SPACE_S, SPACE_S, 0)
        head.setSpacing(SPACE_S)
        head.addWidget(self.sentence, 1)
        head.addWidget(self.abandon_button)
        head.addWidget(self.wait_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACE_S)
        layout.addLayout(head)
        layout.addWidget(self._empty, 1)
        layout.addWidget(self.table, 1)
