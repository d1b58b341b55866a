"""Rate limits table: requests and tokens per minute by endpoint, one per row, with an empty row for the next."""

from collections.abc import Mapping

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem

from evalstudio.core.errors import SettingsError
from evalstudio.settings.values import Rates
from evalstudio.ui.kit.text import mark, tr

HEADINGS = (mark("Endpoint"), mark("Requests per minute"), mark("Tokens per minute"))


class RatesTable(QTableWidget):
    """The table. `rates` raises SettingsError if a cell is not a number."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__(0, len(HEADINGS))
        self.setHorizontalHeaderLabels([tr(heading) for heading in HEADINGS])
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(24)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        header = self.horizontalHeader()
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for column in (1, 2):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Fixed)
            header.resizeSection(column, 130)
        self.setFixedHeight(150)
        self.setTabKeyNavigation(False)
        self.itemChanged.connect(lambda *_: self._edited())
        self.show_rates({})

    @property
    def rates(self) -> dict[str, Rates]:
        found: dict[str, Rates] = {}
        for row in range(self.rowCount()):
            name, requests, tokens = (self._text(row, column) for column in range(3))
            if not name and not requests and not tokens:
                continue
            if not name:
                raise SettingsError(tr("A rate needs an endpoint: a provider, provider/name or a base URL."))
            if name in found:
                raise SettingsError(tr("The endpoint '{name}' has two lines.").format(name=name))
            found[name] = Rates(_number(name, requests), _number(name, tokens))
        return found

    def show_rates(self, rates: Mapping[str, Rates]) -> None:
        with QSignalBlocker(self):
            self.setRowCount(0)
            for name, one in rates.items():
                self._add(name, _words(one.requests_per_minute), _words(one.tokens_per_minute))
            self._add("", "", "")
        self.changed.emit()

    def _edited(self) -> None:
        last = self.rowCount() - 1
        if any(self._text(last, column) for column in range(3)):
            with QSignalBlocker(self):
                self._add("", "", "")
        self.changed.emit()

    def _add(self, *words: str) -> None:
        row = self.rowCount()
        self.insertRow(row)
        for column, text in enumerate(words):
            self.setItem(row, column, QTableWidgetItem(text))

    def _text(self, row: int, column: int) -> str:
        item = self.item(row, column)
        return item.text().strip() if item is not None else ""


def _words(value: float | None) -> str:
    return "" if value is None else f"{value:g}" if value < 1e5 else f"{value:.0f}"


def _number(name: str, text: str) -> float | None:
    if not text or text == "0":
        return None
    try:
        return float(text.replace(",", "").replace(" ", ""))
    except ValueError as error:
        raise SettingsError(
            tr("'{text}' is no number a minute for '{name}'.").format(text=text, name=name)
        ) from error
