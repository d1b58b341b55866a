"""Hints beside the first example: three things to try, each gone once it is done."""

from PySide6.QtWidgets import QHBoxLayout

from evalstudio.core.strategy import Adaptive
from evalstudio.store.reader import Details
from evalstudio.ui.kit.form_fields import small_button
from evalstudio.ui.kit.text import mark, tr
from evalstudio.ui.kit.theme import SPACE_M, SPACE_S, SPACE_XS
from evalstudio.ui.kit.widgets import Card, ElidedLabel, TextLabel
from evalstudio.ui.state.run_model import RunModel
from evalstudio.ui.state.session import FIRST_LOOK

HINTS = {
    "concurrency": mark("Move the concurrency slider"),
    "adaptive": mark("Switch to Adaptive"),
    "wrong": mark("Open a wrong answer (✗)"),
}


class Hints(Card):
    """The hints. They show with a run of the example until each is done or a person closes them."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("hints")
        self._left = set(HINTS)
        self._is_of_example = False
        self._labels = {name: ElidedLabel(tr(words), name=f"hint_{name}") for name, words in HINTS.items()}
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE_M, SPACE_XS, SPACE_XS, SPACE_XS)
        row.addWidget(TextLabel(tr("Try"), "accent_text", bold=True))
        for label in self._labels.values():
            row.addWidget(label, 1)
        close = small_button("hints_close", tr("Close the hints"), "close")
        close.clicked.connect(self.close_all)
        row.addWidget(close)
        row.setSpacing(SPACE_S)
        self.hide()

    def show_run(self, model: RunModel | None) -> None:
        """Shows what is left to try if the run is one of the example."""
        now = model.snapshot if model is not None else None
        self._is_of_example = now is not None and now.experiment.startswith(FIRST_LOOK)
        self._update()

    def strategy_chosen(self, strategy: object) -> None:
        self._done("adaptive" if isinstance(strategy, Adaptive) else "concurrency")

    def record_shown(self, details: Details | None) -> None:
        if details is not None and any(score.value == 0 for score in details.scores):
            self._done("wrong")

    def close_all(self) -> None:
        self._left.clear()
        self._update()

    def _done(self, name: str) -> None:
        if self._is_of_example:
            self._left.discard(name)
            self._update()

    def _update(self) -> None:
        for name, label in self._labels.items():
            label.setVisible(name in self._left)
        self.setVisible(self._is_of_example and bool(self._left))
