"""Page loader: creates all pages but Home.

They are created after the window is painted, because most of what a start would have to load belongs to them.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QSettings
from PySide6.QtWidgets import QHeaderView, QSplitter, QWidget

from evalstudio.ui.kit.actions import Actions
from evalstudio.ui.kit.tab_order import focus_in_order
from evalstudio.ui.pages.runs.log_pane import LogPane
from evalstudio.ui.state.model_book import ModelBook
from evalstudio.ui.state.session import Session

if TYPE_CHECKING:
    from evalstudio.ui.pages.compare.page import ComparePage
    from evalstudio.ui.pages.datasets.page import DatasetsPage
    from evalstudio.ui.pages.evaluations.page import EvaluationsPage
    from evalstudio.ui.pages.models.page import ModelsPage
    from evalstudio.ui.pages.results.page import ResultsPage
    from evalstudio.ui.pages.runs.page import RunsPage


class PagesBehindHome:
    """The pages as attributes; each one exists once `make` has reached it."""

    runs: "RunsPage"
    results: "ResultsPage"
    compare: "ComparePage"
    evaluations: "EvaluationsPage"
    datasets: "DatasetsPage"
    models: "ModelsPage"

    def __init__(self, session: Session, actions: Actions, log: LogPane, book: ModelBook) -> None:
        self._session, self._actions, self._log, self._book = session, actions, log, book

    def make(self) -> Iterator[None]:
        """Creates the pages one by one, in steps between which the window stays responsive."""
        import numpy  # noqa: F401 - the two are half of all that is to load

        yield
        import pyqtgraph  # noqa: F401

        yield
        from evalstudio.ui.pages.runs.page import RunsPage

        yield
        self.runs = RunsPage(self._session, self._actions, self._log)
        yield
        from evalstudio.ui.pages.results.page import ResultsPage

        self.results = ResultsPage(self._session, self._actions)
        yield
        from evalstudio.ui.pages.compare.page import ComparePage

        self.compare = ComparePage(self._session)
        yield
        from evalstudio.ui.pages.models.page import ModelsPage

        self.models = ModelsPage(self._session, self._book, self._actions)
        yield
        from evalstudio.ui.pages.evaluations.page import EvaluationsPage

        self.evaluations = EvaluationsPage(self._session, self._actions)
        yield
        from evalstudio.ui.pages.datasets.page import DatasetsPage

        self.datasets = DatasetsPage(self._session, self._actions)
        for page in self.by_name().values():
            focus_in_order(page)

    def by_name(self) -> dict[str, QWidget]:
        return {
            "runs": self.runs, "results": self.results, "compare": self.compare, "evaluations": self.evaluations,
            "datasets": self.datasets, "models": self.models,
        }  # fmt: skip

    def first_fields(self) -> dict[str, QWidget]:
        """Returns the widget of each page that gets the focus when it is shown."""
        return {
            "results": self.results.records.table,
            "compare": self.compare.flips.table,
            "models": self.models.list.tree,
        }

    def restore(self, machine: QSettings) -> None:
        """Restores the saved layout of splitters and columns."""
        for part in self._kept():
            state = machine.value(_key(part))
            if isinstance(state, QByteArray):
                part.restoreState(state)

    def remember(self, machine: QSettings) -> None:
        for part in self._kept():
            machine.setValue(_key(part), part.saveState())

    def _kept(self) -> list[QSplitter | QHeaderView]:
        return [
            *self.runs.splitters,
            self.runs.records.table.horizontalHeader(),
            *self.results.kept,
            *self.compare.kept,
            *self.models.kept,
            *self.evaluations.splitters,
            *self.datasets.splitters,
        ]


def _key(part: QSplitter | QHeaderView) -> str:
    """Returns the settings key with the number of columns: a layout with more or fewer would break the table."""
    return f"{part.objectName()}-{part.count()}" if isinstance(part, QHeaderView) else part.objectName()
