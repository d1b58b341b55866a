"""Learned limits panel: what the app has learned about endpoints, and how the runs on each model went."""

import time

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from evalstudio.core.format import duration, milliseconds
from evalstudio.store.endpoint_memory import Learned, ModelHistory
from evalstudio.ui.kit.table_style import fill_row, make_table, set_widths
from evalstudio.ui.kit.text import mark, one_line, tr
from evalstudio.ui.kit.theme import SPACE_M, SPACE_S
from evalstudio.ui.kit.widgets import Button, TextLabel, labelled

ENDPOINT_HEADINGS = (
    mark("Model"),
    mark("Address"),
    mark("Window"),
    mark("Throughput"),
    mark("Latency"),
    mark("Rate limit"),
    mark("Overloads above"),
    mark("Learned"),
)
MODEL_HEADINGS = (
    mark("Model"),
    mark("Runs"),
    mark("Samples"),
    mark("Errored"),
    mark("Errors, most first"),
    mark("Last run"),
)


class LearnedPanel(QWidget):
    """Two tables, with the rows of the selected model first. `forget_wanted` names the endpoint of the chosen row."""

    forget_wanted = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("learned_panel")
        self.endpoints = make_table(
            "learned_endpoints",
            tr("Measured on endpoints"),
            [tr(heading) for heading in ENDPOINT_HEADINGS],
            stretched=1,
        )
        self.models = make_table(
            "model_histories",
            tr("Runs of each model"),
            [tr(heading) for heading in MODEL_HEADINGS],
            stretched=4,
        )
        set_widths(self.endpoints, (150, 0, 70, 100, 80, 100, 100, 110))
        set_widths(self.models, (190, 60, 90, 90, 0, 110))
        self.empty = TextLabel(
            tr("Nothing yet. Runs with Adaptive and the capacity finder learn what an endpoint can take; it is kept for a week "
            "as the start of the next run."), "muted", name="learned_empty",
        )  # fmt: skip
        self.empty.setWordWrap(True)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_M, SPACE_M, SPACE_M, SPACE_M)
        column.setSpacing(SPACE_S)
        self._titles = [TextLabel(tr("Endpoints: what Adaptive learned, and begins with next time"), bold=True),
                        TextLabel(tr("Models: how their runs went"), bold=True)]  # fmt: skip
        self.forget = Button(tr("Forget"))
        labelled(
            self.forget,
            "forget_endpoint",
            tr("Forget the endpoint"),
            tr("Deletes what was learned about the chosen endpoint: the next run on it starts cold"),
        )
        self.forget.clicked.connect(lambda: self.forget_wanted.emit(self._rows[self.endpoints.currentRow()]))
        self.endpoints.itemSelectionChanged.connect(self._choose)
        head = QHBoxLayout()
        head.addWidget(self._titles[0], 1)
        head.addWidget(self.forget)
        column.addLayout(head)
        column.addWidget(self.endpoints, 1)
        column.addWidget(self._titles[1])
        column.addWidget(self.models, 1)
        column.addWidget(self.empty, 1)
        self._known: tuple[list[Learned], list[ModelHistory]] = ([], [])
        self._label = ""
        self._rows: list[str] = []  # the endpoint of each row
        self._choose()

    def show_known(self, endpoints: list[Learned], models: list[ModelHistory]) -> None:
        self._known = endpoints, models
        self._show()

    def show_model(self, label: str) -> None:
        """Sets the current model, by the name used in runs."""
        self._label = label
        self._show()

    def _show(self) -> None:
        now = time.time()
        name = self._label.partition("/")[2] or self._label.rpartition("::")[2]
        endpoints = sorted(self._known[0], key=lambda one: one.name != name)
        models = sorted(self._known[1], key=lambda one: one.model != self._label)
        self.endpoints.setRowCount(len(endpoints))
        for row, one in enumerate(endpoints):
            fill_row(self.endpoints, row, _endpoint_words(one, now), f"{one.address} {one.name}")
        self._rows = [one.endpoint for one in endpoints]
        self._choose()
        self.forget.setVisible(bool(endpoints))
        self.models.setRowCount(len(models))
        for row, history in enumerate(models):
            fill_row(self.models, row, _model_words(history, now), history.model)
        for widget, shown in zip((self._titles[0], self.endpoints, self._titles[1], self.models),
                                 (endpoints, endpoints, models, models), strict=True):  # fmt: skip
            widget.setVisible(bool(shown))
        self.empty.setVisible(not endpoints and not models)

    def _choose(self) -> None:
        self.forget.setEnabled(0 <= self.endpoints.currentRow() < len(self._rows))


def _endpoint_words(one: Learned, now: float) -> tuple[str, ...]:
    refused = one.concurrency_cap or one.crashed_at
    return (
        one_line(one.name), one_line(one.address), str(one.window or "–"),
        f"{one.throughput:.3g}/s" if one.throughput else "–",
        milliseconds(one.seconds),
        f"{one.requests_per_minute:,.0f}/min" if one.requests_per_minute else "–",
        tr("{refused} in flight").format(refused=refused) if refused else "–",
        tr("{time} ago").format(time=duration(max(0.0, now - one.learned_at))),
    )  # fmt: skip


def _model_words(one: ModelHistory, now: float) -> tuple[str, ...]:
    share = f"{one.errored:,} ({one.errored / one.saved * 100:.1f}%)" if one.saved and one.errored else "0"
    errors = ", ".join(f"{name} {count:,}" for name, count in one.errors)
    return (
        one_line(one.model), f"{one.runs:,}", f"{one.saved:,}", share, one_line(errors) or "–",
        tr("{time} ago").format(time=duration(max(0.0, now - one.last))),
    )  # fmt: skip
