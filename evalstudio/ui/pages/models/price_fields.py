"""Price fields: a model's own prices for when no price list knows it, in US dollars per million tokens."""

import math

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from evalstudio.core.errors import ModelError
from evalstudio.models.settings import TokenPrices
from evalstudio.ui.kit.text import tr
from evalstudio.ui.kit.theme import SPACE_S
from evalstudio.ui.kit.widgets import TextLabel, labelled


class PriceFields(QWidget):
    """The fields. Empty means the price list; 0 is a price. `changed` is emitted with every change."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("model_prices")
        self.input = self._field("price_input", tr("Price of a million tokens in, in US dollars"))
        self.output = self._field("price_output", tr("Price of a million tokens out, in US dollars"))
        self.cached = self._field(
            "price_cached", tr("Price of a million tokens in that were cached, in US dollars"), as_input=True
        )
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACE_S)
        for field, words in (
            (self.input, tr("in")), (self.output, tr("out")), (self.cached, tr("cached, $ per million tokens")),
        ):  # fmt: skip
            layout.addWidget(field)
            layout.addWidget(TextLabel(words, "muted"))
        layout.addStretch(1)

    def value(self) -> TokenPrices | None:
        """Returns the prices; None: from the price list. Raises ModelError."""
        price_in, price_out, cached = (
            _number(field.text()) for field in (self.input, self.output, self.cached)
        )
        if price_in is None and price_out is None and cached is None:
            return None
        if price_in is None or price_out is None:
            raise ModelError(tr("Prices of its own need both, that of tokens in and that of tokens out."))
        return TokenPrices(price_in, price_out, cached)

    def show_prices(self, prices: TokenPrices | None) -> None:
        values = (None, None, None) if prices is None else (prices.input, prices.output, prices.cached_input)
        for field, value in zip((self.input, self.output, self.cached), values, strict=True):
            field.setText("" if value is None else f"{value:.12g}")

    def _field(self, name: str, spoken: str, *, as_input: bool = False) -> QLineEdit:
        field = QLineEdit()
        field.setPlaceholderText(tr("as in") if as_input else tr("listed"))
        field.setMaximumWidth(88)
        labelled(
            field,
            name,
            spoken,
            tr("Empty: as in") if as_input else tr("Empty: from the list of prices"),
        )
        field.textChanged.connect(lambda *_: self.changed.emit())
        return field


def _number(text: str) -> float | None:
    """Parses a price with a decimal point or comma; None if empty."""
    if not text.strip():
        return None
    try:
        value = float(text.strip().lstrip("$").replace(",", "."))
    except ValueError:
        value = math.nan
    if not 0 <= value < math.inf:
        raise ModelError(
            tr("'{text}' is no price; write US dollars for a million tokens, as in 0.15.").format(
                text=text.strip()
            )
        )
    return value
