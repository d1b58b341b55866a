"""Limits bar: strategy, window and workers.

Changes act at once on the active run, otherwise on the next one.
"""

import math

from PySide6.QtCore import QEvent, QSignalBlocker, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFontMetrics, QResizeEvent
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QHBoxLayout,
    QSizePolicy,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from evalstudio.core.strategy import MAXIMUM, Adaptive, Sequential, SlidingWindow, Strategy
from evalstudio.protocol import RatesNow
from evalstudio.settings.values import Settings
from evalstudio.ui.kit.combo_box import ComboBox
from evalstudio.ui.kit.form_fields import CalmSpinBox
from evalstudio.ui.kit.text import mark, tr
from evalstudio.ui.kit.theme import SPACE_M, SPACE_S, scaled, theme
from evalstudio.ui.kit.tokens import CAPTION
from evalstudio.ui.kit.widgets import Card, ElidedLabel, TextLabel, labelled
from evalstudio.ui.state.run_model import window_of

DEBOUNCE_MS = 80
SETTLE_MS = 400
USUAL = 9_999  # calls in flight for which there is room in words
STEPPERS = 42  # width of a number field beyond that of its text, in pixels
SLIDER_STEPS = 1_000
SLIDER_TOP = 256
MOST_REQUESTS = 1_000_000
REQUESTS_HINT = mark("Limit of requests per minute to this endpoint, for all runs. Takes effect at once.")
SOURCES = {"live control": mark("set here"), "option": mark("set at the start"), "evaluation": mark("from the evaluation"), "model": mark("from Models"),
           "settings": mark("from the settings")}  # fmt: skip
AT_ONCE = mark("at once")
NAMES = (mark("Sequential"), mark("Sliding window"), mark("Adaptive"))
ADAPTIVE = 2  # index in NAMES


class LimitsBar(Card):
    """The bar. `strategy_chosen` and `workers_chosen` are emitted at most a tenth of a second after the last move."""

    strategy_chosen = Signal(object)  # Strategy
    workers_chosen = Signal(int)
    requests_chosen = Signal(object)  # requests per minute, or None

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("limits_bar")
        self._shown: Strategy = Adaptive()
        self._ceiling = Settings().ceiling
        self._in_flight_limit: int | None = None  # of the active run
        self._scope = ElidedLabel(tr("Next run"), "muted", CAPTION, name="limits_scope")
        self._scope.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.strategy = _WholeCombo()
        self.strategy.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.strategy.addItems([tr(name) for name in NAMES])
        labelled(self.strategy, "strategy", tr("Strategy"), tr("How the concurrency is chosen"))
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, SLIDER_STEPS)
        self.slider.setPageStep(100)
        self.slider.setMinimumWidth(60)
        self.slider.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        labelled(self.slider, "window_slider", tr("Concurrency"), tr("The largest number of calls in flight"))
        self.window_size = CalmSpinBox()
        self.window_size.setRange(1, MAXIMUM)
        self.window_size.setKeyboardTracking(False)
        labelled(
            self.window_size,
            "window_size",
            tr("Concurrency as a number"),
            tr("The largest number of calls in flight"),
        )
        self._window_label = TextLabel(tr("&Concurrency"), "muted", CAPTION)
        self._window_label.setBuddy(self.window_size)
        self.workers = CalmSpinBox()
        self.workers.setRange(1, MAXIMUM)
        self.workers.setKeyboardTracking(False)
        labelled(self.workers, "workers", tr("Workers"), tr("Threads that run a synchronous function"))
        self._workers_label = TextLabel(tr("Wor&kers"), "muted", CAPTION)
        self._workers_label.setBuddy(self.workers)
        self.requests = CalmSpinBox()
        self.requests.setRange(0, MOST_REQUESTS)
        self.requests.setSpecialValueText(tr("No limit"))
        self.requests.setGroupSeparatorShown(True)
        self.requests.setKeyboardTracking(False)
        labelled(self.requests, "run_requests", tr("Requests per minute"), tr(REQUESTS_HINT))
        self._requests_label = TextLabel(tr("&Req/min"), "muted", CAPTION)
        self._requests_label.setBuddy(self.requests)
        self._in_force = TextLabel("", "muted", CAPTION, name="limit_in_force")
        self._lay_out()
        theme().changed.connect(self._hold_still)
        self._hold_still()
        self._window_timer = self._debounce(lambda: self.strategy_chosen.emit(self.chosen))
        self._workers_timer = self._debounce(lambda: self.workers_chosen.emit(self.workers.value()))
        self._requests_timer = self._debounce(
            lambda: self.requests_chosen.emit(self.requests.value() or None)
        )
        self.requests.valueChanged.connect(lambda *_: self._requests_timer.start())
        self.strategy.activated.connect(lambda *_: self._strategy_moved())
        self.slider.valueChanged.connect(self._slider_moved)
        self.window_size.valueChanged.connect(self._number_changed)
        self.workers.valueChanged.connect(lambda *_: self._workers_timer.start())
        self._settling = QTimer(self)  # snapshots already under way still have the previous values
        self._settling.setSingleShot(True)
        self._settling.setInterval(SETTLE_MS)
        self._window_timer.timeout.connect(self._settling.start)
        self._workers_timer.timeout.connect(self._settling.start)
        self._requests_timer.timeout.connect(self._settling.start)
        self._show_workers(None)
        self._show_requests(None)
        self._adapt()

    @property
    def chosen(self) -> Strategy:
        """Returns the strategy set by the controls."""
        size = self.window_size.value()
        match self.strategy.currentIndex():
            case 0:
                return Sequential()
            case 1:
                return SlidingWindow(size)
            case _:
                if isinstance(self._shown, Adaptive):
                    low = min(self._shown.min, size)
                    start = self._shown.initial
                    fits = start is not None and low <= start <= size
                    return Adaptive(
                        start if fits else None, low, size, self._shown.p95, self._shown.first_token_p95
                    )
                return Adaptive(max=size)

    def show_next(self, strategy: Strategy, ceiling: int) -> None:
        """Shows the strategy of the next run; Adaptive without a maximum goes up to the application's ceiling."""
        self._ceiling, self._in_flight_limit = ceiling, None
        self._scope.show_text(tr("Next run"))
        self._in_force.show_text("")
        self._show(strategy, window_of(strategy, ceiling))
        self._show_workers(None)
        self._show_requests(None)

    def show_run(
        self,
        strategy: Strategy,
        limit: int,
        workers: int | None,
        in_flight: int,
        ceiling: int,
        source: str = "",
        rates: RatesNow | None = None,
    ) -> None:
        """Shows the limits of the active run, except for a control that a person is moving."""
        self._ceiling, self._in_flight_limit = ceiling, limit
        self._scope.show_text(tr("This run, {source}").format(source=tr(SOURCES.get(source, AT_ONCE))))
        self._in_force.show_text(
            tr("{in_flight:,} of {limit:,} in flight").format(in_flight=in_flight, limit=limit)
        )
        self._in_force.setToolTip(
            tr("The application's concurrency limit is {ceiling:,} calls.").format(ceiling=ceiling)
        )
        if not self._is_busy:
            self._show(strategy, window_of(strategy, limit) if not _is_open(strategy) else ceiling)
            self._show_workers(workers)
            self._show_requests(rates)

    @property
    def _is_busy(self) -> bool:
        timers = (self._window_timer, self._workers_timer, self._requests_timer, self._settling)
        typing = any(
            box.hasFocus() and box.lineEdit().isModified() for box in (self.window_size, self.requests)
        )
        return any(timer.isActive() for timer in timers) or self.slider.isSliderDown() or typing

    def _show(self, strategy: Strategy, size: int) -> None:
        if strategy == self._shown and size == self.window_size.value():
            return
        self._shown = strategy
        with (
            QSignalBlocker(self.strategy),
            QSignalBlocker(self.slider),
            QSignalBlocker(self.window_size),
        ):
            kinds = (Sequential, SlidingWindow, Adaptive)
            self.strategy.setCurrentIndex(kinds.index(type(strategy)))
            self.window_size.setValue(size)
            self.slider.setValue(to_slider(size))
        self._adapt()

    def _hold_still(self) -> None:
        """Gives texts that change the width of their longest one, so that no control moves while it is used."""
        scopes = [
            tr("Next run"),
            *(tr("This run, {source}").format(source=tr(one)) for one in (*SOURCES.values(), AT_ONCE)),
        ]
        metrics = QFontMetrics(scaled(QApplication.font(), CAPTION))  # its own font is updated later
        most = tr("{in_flight:,} of {limit:,} in flight").format(in_flight=USUAL, limit=USUAL)
        for label, texts in (
            (self._scope, scopes), (self._window_label, [tr("&Max concurrency"), tr("&Concurrency")]), (self._in_force, [most]),
        ):  # fmt: skip
            label.setFixedWidth(max(metrics.horizontalAdvance(text) for text in texts) + 2)
        figures = QFontMetrics(QApplication.font())
        for box, texts in (
            (self.window_size, [f"{MAXIMUM}"]), (self.workers, [f"{USUAL}"]), (self.requests, [tr("No limit"), f"{MOST_REQUESTS:,}"]),
        ):  # fmt: skip
            box.setFixedWidth(max(figures.horizontalAdvance(text) for text in texts) + STEPPERS)
        for widget in (self.requests, self._requests_label):  # they come with a run and go with it
            policy = widget.sizePolicy()
            policy.setRetainSizeWhenHidden(True)
            widget.setSizePolicy(policy)

    def _show_workers(self, workers: int | None) -> None:
        self.workers.setVisible(workers is not None)
        self._workers_label.setVisible(workers is not None)
        if workers is not None and workers != self.workers.value():
            with QSignalBlocker(self.workers):
                self.workers.setValue(workers)

    def _show_requests(self, rates: RatesNow | None) -> None:
        """Shows the endpoint's configured rate, and the rate in force if it is lower, whether stated or learned."""
        self.requests.setVisible(rates is not None)
        self._requests_label.setVisible(rates is not None)
        if rates is None:
            return
        wanted = round(rates.requests_set or 0)
        if wanted != self.requests.value():
            with QSignalBlocker(self.requests):
                self.requests.setValue(wanted)
        known = (
            ""
            if rates.requests is None
            else "\n" + tr("In force: {requests:,.0f} a minute.").format(requests=rates.requests)
        )
        self.requests.setToolTip(tr(REQUESTS_HINT) + known)

    def _strategy_moved(self) -> None:
        """Resets the number with the strategy: a window is not a maximum, nor a maximum a window to start with."""
        was_adaptive, is_adaptive = (
            isinstance(self._shown, Adaptive),
            self.strategy.currentIndex() == ADAPTIVE,
        )
        if is_adaptive and not was_adaptive:
            self._set_size(self._ceiling)
        elif was_adaptive and not is_adaptive:
            # an active run keeps the value in force, which pins it
            self._set_size(self._in_flight_limit or SlidingWindow().max_concurrency)
        self._shown = self.chosen
        self._adapt()
        self._window_timer.start()

    def _set_size(self, size: int) -> None:
        with QSignalBlocker(self.window_size), QSignalBlocker(self.slider):
            self.window_size.setValue(size)
            self.slider.setValue(to_slider(size))

    def _slider_moved(self, position: int) -> None:
        with QSignalBlocker(self.window_size):
            self.window_size.setValue(from_slider(position))
        self._window_timer.start()

    def _number_changed(self, size: int) -> None:
        with QSignalBlocker(self.slider):
            self.slider.setValue(to_slider(size))
        self._window_timer.start()

    def _adapt(self) -> None:
        sequential = self.strategy.currentIndex() == 0
        is_adaptive = self.strategy.currentIndex() == ADAPTIVE
        self._window_label.setText(tr("&Max concurrency") if is_adaptive else tr("&Concurrency"))
        for widget in (self.slider, self.window_size):
            widget.setEnabled(not sequential)

    def _debounce(self, act: object) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(DEBOUNCE_MS)
        timer.timeout.connect(act)
        return timer

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:
            self._arrange()
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def minimumSizeHint(self) -> QSize:
        """The size in two lines, which is the minimum width."""
        wide = max(_width(self._of_window), _width([self._scope, *self._of_rates])) + 2 * SPACE_M
        return QSize(wide, super().minimumSizeHint().height())

    def _arrange(self) -> None:
        """Arranges the controls in one line if there is room, else what is unrelated to the window in a second one."""
        room = self.width() - 2 * SPACE_M
        one_line = _width([self._scope, *self._of_window, *self._of_rates]) <= room
        if one_line == (self._second.count() == 0):
            return
        if one_line:
            self._first.insertWidget(0, self._scope)
        else:
            self._second.addWidget(self._scope)
        for part in self._of_rates:
            (self._first if one_line else self._second).addWidget(part)
        if not one_line:
            self._second.insertStretch(1, 1)
        else:
            self._second.takeAt(0)
        self.updateGeometry()

    def _lay_out(self) -> None:
        self._of_window: list[QWidget] = [
            self.strategy,
            self._window_label,
            self.slider,
            self.window_size,
        ]
        self._of_rates: list[QWidget] = [
            self._workers_label, self.workers, self._requests_label, self.requests, self._in_force,
        ]  # fmt: skip
        self._first, self._second = QHBoxLayout(), QHBoxLayout()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE_M, SPACE_S, SPACE_M, SPACE_S)
        layout.setSpacing(SPACE_S)
        for line in (self._first, self._second):
            line.setSpacing(SPACE_S)
            layout.addLayout(line)
        for part in (self._scope, *self._of_window, *self._of_rates):
            self._first.addWidget(part, 1 if part is self.slider else 0)


def _width(parts: list[QWidget]) -> int:
    """Returns the width of the visible controls in one line, in pixels."""
    shown = [part for part in parts if not part.isHidden() or part.sizePolicy().retainSizeWhenHidden()]
    least = (
        min(max(part.minimumSizeHint().width(), part.minimumWidth()), part.maximumWidth()) for part in shown
    )
    return sum(wide + SPACE_S for wide in least) - SPACE_S


class _WholeCombo(ComboBox):
    """Combo box whose texts are not elided."""

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()


def to_slider(size: int) -> int:
    """Converts a window to a slider position, on a logarithmic scale."""
    return round(math.log(min(size, SLIDER_TOP)) / math.log(SLIDER_TOP) * SLIDER_STEPS)


def from_slider(position: int) -> int:
    """Converts a slider position to a window from 1 to 256."""
    return max(1, round(SLIDER_TOP ** (position / SLIDER_STEPS)))


def _is_open(strategy: Strategy) -> bool:
    return isinstance(strategy, Adaptive) and strategy.max is None
