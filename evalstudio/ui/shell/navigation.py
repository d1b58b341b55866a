"""Navigation bar: the pages on the left side, with the log and the settings at the bottom."""

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from evalstudio.ui.kit.actions import Actions
from evalstudio.ui.kit.navigation_button import NavigationButton
from evalstudio.ui.kit.text import mark, tr
from evalstudio.ui.kit.theme import SPACE_S, SPACE_XS

TITLES = {
    "home": mark("Home"), "runs": mark("Runs"), "results": mark("Results"), "compare": mark("Compare"),
    "evaluations": mark("Evaluations"), "datasets": mark("Datasets"), "models": mark("Models"),
}  # fmt: skip
PAGES = tuple(TITLES)


class Navigation(QWidget):
    """The navigation bar. `chosen` is emitted with the page selected by a person."""

    chosen = Signal(str)

    def __init__(self, actions: Actions) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, SPACE_S, 0, SPACE_S)
        column.setSpacing(SPACE_XS)
        self._buttons: dict[str, NavigationButton] = {}
        for name in PAGES:
            button = NavigationButton(tr(TITLES[name]), name, f"nav_{name}")
            button.setCheckable(True)
            button.setAutoExclusive(True)
            button.setToolTip(actions[f"page_{name}"].toolTip())
            button.clicked.connect(partial(self.chosen.emit, name))
            self._buttons[name] = button
            column.addWidget(button)
        self.show_page("home")
        column.addStretch(1)
        for name, text in (("log", tr("Log")), ("settings", tr("Settings"))):
            button = NavigationButton(text, name, f"nav_{name}")
            button.clicked.connect(actions[name].trigger)
            button.setToolTip(actions[name].toolTip())
            column.addWidget(button)

    def show_page(self, name: str) -> None:
        """Marks the current page."""
        self._buttons[name].setChecked(True)
