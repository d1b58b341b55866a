"""Advice box next to the limits: presets with reasons, a range warning, and the four factors as measured."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QGroupBox, QHBoxLayout, QVBoxLayout

from evalstudio.advice.presets import (
    PRESETS,
    factors,
    measure_machine,
    outside,
    rate_warning,
    window_for_rate,
)
from evalstudio.core.format import milliseconds
from evalstudio.protocol import Percentiles
from evalstudio.ui.kit.combo_box import ComboBox
from evalstudio.ui.kit.text import tr
from evalstudio.ui.kit.theme import SPACE_M, SPACE_S
from evalstudio.ui.kit.widgets import Button, TextLabel, labelled


class AdviceBox(QGroupBox):
    """The box. `chosen` is emitted with the window of a preset. Latencies are those of the selected run."""

    chosen = Signal(int)

    def __init__(self, latency: Percentiles | None, limits: str | None) -> None:
        super().__init__(tr("What to choose"))
        self.setObjectName("advice")
        self._latency = latency
        self.presets = ComboBox()
        labelled(self.presets, "preset", tr("Preset"), tr("Concurrency to start with, by kind of endpoint"))
        for preset in PRESETS.values():
            self.presets.addItem(f"{tr(preset.name)}: {preset.range}", preset.name)
        self.use = Button()
        labelled(self.use, "use_preset", tr("Use the preset"), tr("Sets this concurrency"))
        self._reason = TextLabel("", "muted", name="preset_reason")
        self._reason.setWordWrap(True)
        self.warning = TextLabel("", "warn", name="preset_warning")
        self.warning.setWordWrap(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE_M, SPACE_S, SPACE_M, SPACE_S)
        line = QHBoxLayout()
        line.addWidget(self.presets)
        line.addWidget(self.use)
        line.addStretch(1)
        layout.addLayout(line)
        layout.addWidget(self._reason)
        layout.addWidget(self.warning)
        layout.addLayout(self._factors(latency, limits))
        self._window: int | None = None
        self.presets.currentIndexChanged.connect(lambda *_: self._show())
        self.use.clicked.connect(lambda: self.chosen.emit(self.proposed))
        self._show()

    @property
    def proposed(self) -> int:
        """Returns the preset's window; if a rate per minute and a measured latency are known, what that rate allows."""
        preset = PRESETS[self.presets.currentData()]
        if preset.requests_per_minute is not None and self._latency is not None:
            return window_for_rate(preset.requests_per_minute, self._latency.p50)
        return preset.start

    def check(self, window: int | None) -> None:
        """Warns if a sliding window is outside the preset's range; None: there is no fixed window."""
        self._window = window
        self._show()

    def _show(self) -> None:
        preset = PRESETS[self.presets.currentData()]
        reason = tr(preset.reason)
        if preset.requests_per_minute is not None and self._latency is not None:
            reason += " " + tr("At the {p50} measured they are {proposed}.").format(
                p50=milliseconds(self._latency.p50), proposed=self.proposed
            )
        if preset.name.startswith("Local"):
            reason += " " + tr(
                "Adaptive is the better choice for your own server: it goes no higher than helps."
            )
        self._reason.show_text(reason)
        self.use.setText(tr("Use {proposed}").format(proposed=self.proposed))
        warnings = []
        if self._window is not None:
            warnings = [outside(preset, self._window)]
            if preset.requests_per_minute is not None and self._latency is not None:
                warnings.append(rate_warning(self._window, self._latency.p50, preset.requests_per_minute))
        words = " ".join(filter(None, warnings))
        self.warning.show_text(words)
        self.warning.setVisible(bool(words))

    def _factors(self, latency: Percentiles | None, limits: str | None) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(SPACE_M)
        grid.setColumnStretch(1, 1)
        measured = factors(
            measure_machine(),
            limits=limits,
            p50=latency.p50 if latency else None,
            p95=latency.p95 if latency else None,
        )
        for row, factor in enumerate(measured):
            grid.addWidget(TextLabel(tr(factor.name), bold=True), row, 0)
            words = TextLabel(
                f"{(factor.measured or tr('not measured yet')).removesuffix('.')}. {tr(factor.meaning)}",
                "muted",
                0.9,
            )
            words.setObjectName(f"factor_{row}")
            words.setWordWrap(True)
            grid.addWidget(words, row, 1)
        return grid
