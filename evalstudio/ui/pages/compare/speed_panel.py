"""Speed panel: duration, throughput, failures and cost of two runs."""

from typing import NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QVBoxLayout

from evalstudio.core.format import duration, milliseconds, money
from evalstudio.store.comparison import RunComparison
from evalstudio.ui.kit.text import mark, tr
from evalstudio.ui.kit.theme import SPACE_L, SPACE_M, SPACE_XS
from evalstudio.ui.kit.widgets import Card, TextLabel

CLOSE = 0.005  # a change of less than half a percent is not highlighted


class SpeedRow(NamedTuple):
    """One figure of both runs, with the change as text and its colour."""

    name: str
    a: str
    b: str
    change: str
    colour: str


class SpeedPanel(Card):
    """Grid of speed figures."""

    NAMES = (
        mark("Time"),
        mark("Samples/s"),
        mark("Latency p50"),
        mark("Latency p95"),
        mark("Errored"),
        mark("Cost"),
    )

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("speed_panel")
        grid = QGridLayout()
        grid.setHorizontalSpacing(SPACE_L)
        grid.setVerticalSpacing(SPACE_XS)
        for column, heading in enumerate(("", tr("A"), tr("B"), tr("B vs A"))):
            label = TextLabel(heading, "muted")
            grid.addWidget(label, 0, column)
        self._cells: list[tuple[TextLabel, ...]] = []
        for row, name in enumerate(self.NAMES, start=1):
            grid.addWidget(TextLabel(tr(name), "muted"), row, 0)
            key = name.lower().replace(" ", "_")
            cells = tuple(TextLabel("–", name=f"{key}_{side}") for side in ("a", "b", "change"))
            for column, cell in enumerate(cells, start=1):
                cell.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
                grid.addWidget(cell, row, column)
            self._cells.append(cells)
        grid.setColumnStretch(3, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE_M, SPACE_M, SPACE_M, SPACE_M)
        layout.addWidget(TextLabel(tr("Time and cost"), factor=1.1, bold=True))
        layout.addLayout(grid)
        layout.addStretch(1)

    def show_comparison(self, comparison: RunComparison) -> None:
        for cells, row in zip(self._cells, speed_rows(comparison), strict=True):
            for cell, text in zip(cells, (row.a, row.b, row.change), strict=True):
                cell.show_text(text)
            cells[2].set_colour(row.colour)


def speed_rows(comparison: RunComparison) -> list[SpeedRow]:
    """Returns the figures in the order of SpeedPanel.NAMES. Times are not compared if the runs saved different numbers."""
    a, b = comparison.speed_a, comparison.speed_b
    times = (a.elapsed, b.elapsed) if a.saved == b.saved else (None, None)
    time = tr("not the same number of samples") if a.saved != b.saved else ""
    if times[0] and times[1]:
        ratio = times[0] / times[1]
        words = tr("{factor:.2f} × faster") if ratio > 1 else tr("{factor:.2f} × slower")
        time = words.format(factor=max(ratio, 1 / ratio))
        time = tr("the same") if abs(ratio - 1) < CLOSE else time
    errors = b.errored - a.errored
    return [
        SpeedRow(tr("Time"), duration(a.elapsed), duration(b.elapsed), time, _tone(*times, lower=True)),
        _row(tr("Samples/s"), a.rate, b.rate, _rate, lower=False),
        _row(tr("Latency p50"), a.p50, b.p50, milliseconds, lower=True),
        _row(tr("Latency p95"), a.p95, b.p95, milliseconds, lower=True),
        SpeedRow(
            tr("Errored"), _errored(a.errored, a.saved), _errored(b.errored, b.saved),
            f"{errors:+,}".replace("-", "−") if errors else tr("the same"),
            "bad" if errors > 0 else "good" if errors < 0 else "muted",
        ),
        SpeedRow(
            tr("Cost"), tr(money(a.cost, partial=a.cost_is_partial)), tr(money(b.cost, partial=b.cost_is_partial)),
            *_change(a.cost, b.cost, lower=True),
        ),
    ]  # fmt: skip


def _row(name: str, a: float | None, b: float | None, say, *, lower: bool) -> SpeedRow:  # type: ignore[no-untyped-def]
    return SpeedRow(name, say(a), say(b), *_change(a, b, lower=lower))


def _change(a: float | None, b: float | None, *, lower: bool) -> tuple[str, str]:
    if not a or b is None:
        return "", "muted"
    share = b / a - 1
    if abs(share) < CLOSE:
        return tr("the same"), "muted"
    words = f"{share * 100:+.0f}%" if abs(share) >= 0.1 else f"{share * 100:+.1f}%"
    return words.replace("-", "−"), _tone(a, b, lower=lower)


def _tone(a: float | None, b: float | None, *, lower: bool) -> str:
    if a is None or b is None or not a or abs(b / a - 1) < CLOSE:
        return "muted"
    return "good" if (b < a) == lower else "bad"


def _rate(rate: float | None) -> str:
    if rate is None:
        return "–"
    return f"{rate:,.0f}" if rate >= 100 else f"{rate:.1f}"


def _errored(errored: int, saved: int) -> str:
    return tr("{errored:,} of {saved:,}").format(errored=errored, saved=saved)
