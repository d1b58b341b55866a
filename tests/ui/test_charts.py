"""What charts say beside their lines: the steps of an axis, and a legend that is whole at every width."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel

from evalstudio.ui.charts.axes import ValueAxis
from evalstudio.ui.charts.head import ChartHead

ENTRIES = [
    (f"<b>{words}</b>", words) for words in ("p50 315 ms", "p95 730 ms", "p99 751 ms", "first token 12 ms")
]


def step_of(high: float, size: float, *, is_duration: bool) -> float:
    return ValueAxis(is_duration=is_duration).tickSpacing(0.0, high, size)[0][0]


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize(("high", "step"), [(1.0, 1.0), (1.12, 1.0), (4.5, 1.0), (22.4, 5.0), (0.4, 0.05)])
def test_that_counts_stand_at_whole_numbers(high: float, step: float) -> None:
    assert step_of(high, 300, is_duration=False) == pytest.approx(step)


@pytest.mark.usefixtures("qapp")
@given(st.floats(1e-3, 1e7), st.floats(10, 2_000), st.booleans())
def test_that_an_axis_has_a_step_that_is_seen(high: float, size: float, is_duration: bool) -> None:
    step = step_of(high, size, is_duration=is_duration)
    assert 0 < step <= high
    assert is_duration or high < 1 or step >= 1


def test_that_a_legend_is_whole_at_every_width(qapp: QApplication) -> None:
    head = ChartHead("Latency", "legend_test")
    legend = head.findChild(QLabel, "legend_test")
    assert legend is not None
    head.show()
    for width in (900, 300, 160, 900):
        head.show_entries(ENTRIES)
        head.setFixedWidth(width)
        head.setFixedHeight(max(head.sizeHint().height(), head.heightForWidth(width)))
        for _ in range(5):
            qapp.processEvents()
        wanted = legend.heightForWidth(legend.width()) if legend.wordWrap() else legend.sizeHint().height()
        assert legend.height() >= wanted
        assert legend.wordWrap() or legend.width() >= legend.sizeHint().width()
        assert legend.wordWrap() == (width < 900)
        assert legend.textFormat() == Qt.TextFormat.RichText
    head.deleteLater()
