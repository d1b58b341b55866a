"""Overload signs panel: the four signs of too much parallelism, with their thresholds and remedies."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QApplication, QGridLayout, QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from evalstudio.advice.overload_signs import Sign, Trouble
from evalstudio.core.format import clock
from evalstudio.core.run_state import ACTIVE
from evalstudio.core.strategy import Adaptive, SlidingWindow
from evalstudio.protocol import Snapshot
from evalstudio.ui.kit.icons import icon
from evalstudio.ui.kit.text import mark, tr, trn
from evalstudio.ui.kit.theme import SPACE_L, SPACE_M, SPACE_S, SPACE_XS, scaled, theme
from evalstudio.ui.kit.widgets import Button, TextLabel, labelled

SHORT = {
    Trouble.ERRORS: mark("errors"),
    Trouble.CONNECTIONS: mark("time-outs"),
    Trouble.RATE_LIMITS: mark("rate limits"),
    Trouble.MACHINE: mark("machine"),
}
TITLES = {
    Trouble.ERRORS: mark("Errors"),
    Trouble.CONNECTIONS: mark("Time-outs and connections"),
    Trouble.RATE_LIMITS: mark("Rate limits"),
    Trouble.MACHINE: mark("This machine"),
}


LIGHT_EDGE = 16  # pixels around the icon and the word of a light


class SignLights(QWidget):
    """One small light for each sign, always visible; `opened` requests the details."""

    opened = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("sign_lights")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, SPACE_S, 0)
        layout.setSpacing(0)
        self._active: dict[str, bool | None] = {}
        self._lights: dict[str, QToolButton] = {}
        for trouble in Trouble:
            light = QToolButton()
            light.setAutoRaise(True)
            light.setText(tr(SHORT[trouble]))
            light.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            light.setIconSize(QSize(13, 13))
            labelled(
                light,
                f"light_{_key(trouble)}",
                tr("Sign of too much parallelism: {trouble}").format(trouble=tr(trouble)),
            )
            light.clicked.connect(self.opened.emit)
            layout.addWidget(light)
            self._lights[trouble] = light
        theme().changed.connect(self._follow_theme)
        self._follow_theme()
        self.show_signs(())

    def _follow_theme(self) -> None:
        for light in self._lights.values():
            light.setFont(scaled(QApplication.font(), 0.85))

    def fit(self, room: int) -> None:
        """Hides the words if there is no room; a light's tooltip has them, too."""
        words, icons = Qt.ToolButtonStyle.ToolButtonTextBesideIcon, Qt.ToolButtonStyle.ToolButtonIconOnly
        gaps = SPACE_S + len(self._lights) * LIGHT_EDGE
        wanted = gaps + sum(
            light.fontMetrics().horizontalAdvance(light.text()) + light.iconSize().width()
            for light in self._lights.values()
        )
        style = words if wanted <= room else icons
        for light in self._lights.values():
            light.setToolButtonStyle(style)

    def show_signs(self, signs: tuple[Sign, ...]) -> None:
        by_name = {sign.name: sign for sign in signs}
        for name, light in self._lights.items():
            sign = by_name.get(name)
            active = sign.active if sign is not None else None
            if name not in self._active or self._active[name] != active:
                self._active[name] = active
                light.setIcon(
                    icon("warning", "warn") if active else icon("done", "muted" if active is None else "good")
                )
            words = _words(sign) if sign is not None else tr("Nothing is known yet.")
            light.setToolTip(f"{tr(TITLES[Trouble(name)])}: {words}")
            light.setAccessibleDescription(words)


class SignsPanel(QWidget):
    """Panel with a block for each sign. `strategy_chosen` applies the proposal of a block."""

    strategy_chosen = Signal(object)  # Strategy

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("signs_panel")
        self._blocks = {trouble: _Block(trouble) for trouble in Trouble}
        self.advice = TextLabel("", "accent_text", name="worker_advice")
        self.advice.setWordWrap(True)
        self.advice.setVisible(False)
        grid = QGridLayout()
        grid.setHorizontalSpacing(SPACE_L)
        grid.setVerticalSpacing(SPACE_S)
        for place, block in enumerate(self._blocks.values()):
            grid.addWidget(block, place // 2, place % 2)
            block.strategy_chosen.connect(self.strategy_chosen)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE_M, SPACE_M, SPACE_M, SPACE_S)
        layout.setSpacing(SPACE_S)
        layout.addLayout(grid)
        layout.addWidget(self.advice)
        layout.addStretch(1)
        self.show_run(None, may_act=False)

    def show_run(self, now: Snapshot | None, *, may_act: bool) -> None:
        """Shows the signs of a snapshot; proposals can be applied if the run belongs to this window's engine."""
        signs = {sign.name: sign for sign in now.signs} if now is not None else {}
        for trouble, block in self._blocks.items():
            limit = now.limit if now is not None else 0
            adaptive = now is not None and isinstance(now.strategy, Adaptive)
            block.show_sign(
                signs.get(trouble),
                limit,
                may_act=may_act and not adaptive,
                ended=now is not None and now.state not in ACTIVE,
            )
        advice = now.worker_advice if now is not None else ""
        self.advice.show_text(tr("Workers: {advice}.").format(advice=advice) if advice else "")
        self.advice.setVisible(bool(advice))


class _Block(QWidget):
    """Block of one sign."""

    strategy_chosen = Signal(object)

    def __init__(self, trouble: Trouble) -> None:
        super().__init__()
        key = _key(trouble)
        self.setObjectName(f"sign_{key}")
        self._sign: Sign | None = None
        self._limit = 0
        self._title = TextLabel(tr(TITLES[trouble]), bold=True, name=f"sign_{key}_title")
        self._state = TextLabel("", "muted", name=f"sign_{key}_state")
        self._words = TextLabel("", "muted", name=f"sign_{key}_words")
        self._words.setWordWrap(True)
        self._lower = Button()
        labelled(
            self._lower,
            f"sign_{key}_lower",
            tr("Lower concurrency"),
            tr("Takes effect at once, for this run only"),
        )
        self._adapt = Button(tr("Switch to Adaptive"))
        labelled(
            self._adapt, f"sign_{key}_adapt", tr("Switch to Adaptive"),
            tr("Adaptive finds the best concurrency of the endpoint"),
        )  # fmt: skip
        head = QHBoxLayout()
        head.setSpacing(SPACE_S)
        head.addWidget(self._title)
        head.addWidget(self._state)
        head.addStretch(1)
        head.addWidget(self._lower)
        head.addWidget(self._adapt)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACE_XS)
        layout.addLayout(head)
        layout.addWidget(self._words)
        self._lower.clicked.connect(self._lower_window)
        self._adapt.clicked.connect(lambda: self.strategy_chosen.emit(Adaptive(max=max(1, self._limit))))

    def show_sign(self, sign: Sign | None, limit: int, *, may_act: bool, ended: bool) -> None:
        self._sign, self._limit = sign, limit
        active = sign is not None and sign.active
        self._state.show_text(
            tr("not known yet")
            if sign is None
            else (tr("⚠ at the end") if ended else tr("⚠ now"))
            if active
            else tr("✓ quiet")
        )
        self._state.set_colour("warn" if active else "muted" if sign is None else "good")
        self._words.show_text(_words(sign) if sign is not None else "")
        proposed = sign.proposed if sign is not None and active and may_act else None
        self._lower.setVisible(proposed is not None)
        self._adapt.setVisible(active and may_act)
        if proposed is not None:
            self._lower.setText(tr("Lower concurrency to {proposed:,}").format(proposed=proposed))

    def _lower_window(self) -> None:
        if self._sign is not None and self._sign.proposed is not None:
            self.strategy_chosen.emit(SlidingWindow(self._sign.proposed))


def _words(sign: Sign) -> str:
    """Describes the sign's value against its threshold, its start, and the number of samples."""
    of_load = sign.name == Trouble.MACHINE
    what = tr("of this machine's capacity") if of_load else tr("of the attempts of the last 30 s")
    words = tr("{value:.0%} {what}; the threshold is {threshold:.0%}.").format(
        value=sign.value, what=what, threshold=sign.threshold
    )
    if sign.active:
        words = f"{sign.sentence} {sign.action}"
    if sign.since is not None:
        words += " " + trn(
            "First seen at {since}; {n} sample since the start.",
            "First seen at {since}; {n} samples since the start.",
            sign.samples,
        ).format(since=clock(sign.since))
    return words


def _key(trouble: Trouble) -> str:
    return SHORT[trouble].replace(" ", "_").replace("-", "_")
