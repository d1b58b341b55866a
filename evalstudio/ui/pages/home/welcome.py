"""Welcome: the first screen of a new workspace, which explains the program and runs the example with one press."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLayout, QScrollArea, QVBoxLayout, QWidget

from evalstudio.ui.kit.actions import Actions
from evalstudio.ui.kit.text import mark, tr
from evalstudio.ui.kit.theme import SPACE_L, SPACE_M, SPACE_S, SPACE_XS
from evalstudio.ui.kit.tokens import FIGURE, TITLE
from evalstudio.ui.kit.widgets import ActionButton, Card, TextLabel

WIDEST = 720  # pixels
PARTS = (
    (mark("Dataset"), mark("One sample per row. Here: 200 reviews.")),
    (mark("Prompt"), mark("What each sample asks. Here: is the review positive, negative or neutral?")),
    (mark("Model"), mark("An API, your own server or a Python function. Here: the built-in demo model, without a key.")),
    (mark("Scoring"), mark("Evaluators compare each answer with the expected one. Here: an exact match.")),
)  # fmt: skip
OWN = {"import_dataset": mark("Import a dataset"), "add_endpoint": mark("Add an endpoint"), "open_evaluation": mark("Open an evaluation")}  # fmt: skip


class Welcome(QScrollArea):
    """The screen, in the middle of the page; it scrolls if there is no room."""

    def __init__(self, actions: Actions, run_button: ActionButton) -> None:
        super().__init__()
        page = QWidget()
        layout = QVBoxLayout(page)
        layout.setSizeConstraint(QLayout.SizeConstraint.SetMinimumSize)
        layout.setContentsMargins(0, SPACE_S, 0, SPACE_S)
        across = QHBoxLayout()
        for part in (None, self._card(actions, run_button), None):
            across.addStretch(1) if part is None else across.addWidget(part, 8)
        layout.addStretch(2)
        layout.addLayout(across)
        layout.addStretch(3)
        self.setObjectName("welcome_area")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setWidget(page)
        page.setAutoFillBackground(False)
        self.viewport().setAutoFillBackground(False)

    def _card(self, actions: Actions, run_button: ActionButton) -> QWidget:
        card = Card()
        card.setMaximumWidth(WIDEST)
        inside = QVBoxLayout(card)
        inside.setContentsMargins(SPACE_L * 2, SPACE_L * 2, SPACE_L * 2, SPACE_L * 2)
        inside.setSpacing(SPACE_M)
        inside.addWidget(TextLabel("EvalStudio", factor=FIGURE, bold=True))
        inside.addWidget(
            _wrapped(
                tr("Evaluate language models as fast as your endpoint allows. See what limits the speed. Never lose an answer."),
                "text", TITLE, "welcome",
            )
        )  # fmt: skip
        inside.addSpacing(SPACE_M)
        inside.addLayout(_parts())
        inside.addSpacing(SPACE_M)
        first = QHBoxLayout()
        first.setSpacing(SPACE_M)
        run_button.setMinimumHeight(38)
        first.addWidget(run_button, 0, Qt.AlignmentFlag.AlignVCenter)
        first.addWidget(
            _wrapped(tr("Takes about a minute. The Runs page suggests three things to try meanwhile.")), 1
        )
        inside.addLayout(first)
        inside.addSpacing(SPACE_S)
        inside.addWidget(_Line())
        inside.addWidget(TextLabel(tr("Your own"), bold=True))
        row = QHBoxLayout()
        row.setSpacing(SPACE_S)
        for name, words in OWN.items():
            row.addWidget(ActionButton(actions[name], name=f"welcome_{name}", words=tr(words)))
        row.addStretch(1)
        inside.addLayout(row)
        return card


def _parts() -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(SPACE_L)
    grid.setVerticalSpacing(SPACE_S + SPACE_XS // 2)
    grid.setColumnStretch(1, 1)
    for row, (what, how) in enumerate(PARTS):
        grid.addWidget(TextLabel(tr(what), bold=True), row, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(_wrapped(tr(how)), row, 1)
    return grid


def _wrapped(text: str, colour: str = "muted", factor: float = 1.0, name: str = "") -> TextLabel:
    label = TextLabel(text, colour, factor, name=name)
    label.setWordWrap(True)
    return label


class _Line(QFrame):
    """A thin line between two parts of the card."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("line")
        self.setFixedHeight(1)
