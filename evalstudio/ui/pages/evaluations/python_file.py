"""Python file view: the functions of an evaluation file, their rows and requirements, or why it can't be read."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QHeaderView, QPlainTextEdit, QVBoxLayout

from evalstudio.core.strategy import describe
from evalstudio.protocol import EvaluationFile, EvaluationFunction
from evalstudio.ui.kit.table_style import fill_cell, fill_row, make_table, set_widths
from evalstudio.ui.kit.text import mark, one_line, plain, tr
from evalstudio.ui.kit.theme import SPACE_M, SPACE_S
from evalstudio.ui.kit.widgets import Button, Card, TextLabel, labelled

HEADINGS = (
    mark("Function"),
    mark("Samples"),
    mark("Columns"),
    mark("Fixtures"),
    mark("Runs as"),
    mark("Takes about"),
    mark("What it does"),
    "",
)
FORECAST, RUN = 5, 7


class PythonFile(Card):
    """The view. `run` requests to run a function, "" for all of the file; `read_again` requests to reload the file."""

    run = Signal(str)
    read_again = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("python_file")
        self._title = TextLabel("", factor=1.15, bold=True, name="python_title")
        self._status = TextLabel("", "muted", name="python_status")
        self._status.setWordWrap(True)
        self.all = Button(tr("Run all"))
        labelled(
            self.all,
            "run_all_functions",
            tr("Run all functions"),
            tr("One after the other, under one experiment"),
        )
        self.again = Button(tr("Reload"))
        labelled(self.again, "read_again", tr("Reload the file"), tr("After you have changed it"))
        self.table = make_table(
            "function_table",
            tr("Evaluations of the file"),
            [tr(heading) for heading in HEADINGS],
            stretched=6,
        )
        set_widths(self.table, (150, 80, 130, 110, 150, 110))
        self.table.horizontalHeader().setSectionResizeMode(RUN, QHeaderView.ResizeMode.Fixed)
        self.trace = QPlainTextEdit()
        labelled(self.trace, "python_trace", tr("The lines that led to the failure"))
        self.trace.setReadOnly(True)
        self.trace.setTabChangesFocus(True)
        self.trace.setVisible(False)
        head = QHBoxLayout()
        head.addWidget(self._title, 1)
        head.addWidget(self.again)
        head.addWidget(self.all)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE_M, SPACE_M, SPACE_M, SPACE_M)
        layout.setSpacing(SPACE_S)
        layout.addLayout(head)
        layout.addWidget(self._status)
        layout.addWidget(self.table, 1)
        layout.addWidget(self.trace, 1)
        layout.addStretch(0)
        self.all.clicked.connect(lambda: self.run.emit(""))
        self.again.clicked.connect(self.read_again)

    def show_waiting(self, path: str) -> None:
        self._title.show_text(one_line(Path(path).name))
        self._say(tr("Reading the file…"))
        self._show((), "")

    def show_problem(self, sentence: str) -> None:
        self._say(plain(sentence, 2_000), "bad")
        self._show((), "")

    def show_file(self, found: EvaluationFile) -> None:
        """Shows what the engine found in the file."""
        self._say(
            plain(found.problem, 1_000) if found.problem else tr("Other parameters are pytest fixtures."),
            "bad" if found.problem else "muted",
        )  # fmt: skip
        self._show(found.functions, found.trace)

    def show_forecast(self, name: str, words: str, sentence: str) -> None:
        """Shows the forecast of one function, in full in the cell's tooltip."""
        for row in range(self.table.rowCount()):
            item = self.table.item(row, 0)
            if item is not None and item.text() == name:
                fill_cell(self.table, row, FORECAST, words, sentence)

    def _say(self, text: str, colour: str = "muted") -> None:
        self._status.set_colour(colour)
        self._status.show_text(text)

    def _show(self, functions: Sequence[EvaluationFunction], trace: str) -> None:
        self.table.setVisible(bool(functions))
        self.trace.setVisible(bool(trace))
        self.trace.setPlainText(plain(trace))
        self.all.setEnabled(any(not one.problem for one in functions))
        self.table.setRowCount(len(functions))
        for row, one in enumerate(functions):
            words = (
                one.name, tr("streamed") if one.samples is None else f"{one.samples:,}", ", ".join(one.columns),
                ", ".join(one.fixtures) or "–", _runs_as(one), "", one_line(one.problem or one.about),
            )  # fmt: skip
            fill_row(
                self.table,
                row,
                words,
                tr("{name}, line {line}\n{problem}").format(
                    name=one.name, line=one.line, problem=one.problem or one.about
                ),
            )
            button = self._button(one)
            self.table.setCellWidget(row, RUN, button)
            self.table.setColumnWidth(RUN, button.sizeHint().width() + SPACE_S)

    def _button(self, one: EvaluationFunction) -> Button:
        button = Button(tr("Run"))
        labelled(
            button,
            f"run_{one.name}",
            tr("Run {name}").format(name=one.name),
            tr("Start it and go to the Runs page"),
        )
        button.setEnabled(not one.problem)
        button.clicked.connect(lambda: self.run.emit(one.name))
        return button


def _runs_as(one: EvaluationFunction) -> str:
    kind = {"threads": tr("worker threads"), "async": "async", "batch": tr("batches")}[one.kind]
    return (
        kind if one.strategy is None or one.kind == "batch" else f"{kind}, {describe(one.strategy).lower()}"
    )
