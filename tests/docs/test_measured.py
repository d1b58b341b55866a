"""The charts of what was measured: drawn from the kept results, all shown, and true to the figures."""

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from benchmarks import charts, kept
from benchmarks.peers.__main__ import markdown

SVG = "{http://www.w3.org/2000/svg}"
PAGE = charts.FOLDER.parent.parent / "measured.md"


def test_that_the_charts_are_those_of_the_results(tmp_path: Path) -> None:
    for path in charts.draw(tmp_path):
        shown = charts.FOLDER / path.name
        assert shown.read_text() == path.read_text(), "run: python -m benchmarks.charts"
        assert f"images/measured/{path.name})" in PAGE.read_text()


@pytest.mark.parametrize("name", charts.CHARTS)
def test_that_results_say_where_they_are_from(name: str) -> None:
    found = kept.read(name)
    assert found.command.startswith("python -m benchmarks.")
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", found.day)
    assert "/" not in found.command
    assert "cores" in found.machine


def test_that_a_path_of_this_machine_is_not_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(kept, "FOLDER", tmp_path / "results")
    monkeypatch.setattr("sys.argv", ["x", "--python", str(tmp_path / "python"), "--save"])
    kept.keep("one", "benchmarks.one", 1.25, {"a": [1, 2.5]})
    found = kept.read("one")
    assert found.command == "python -m benchmarks.one --python ... --save"
    assert (found.load, found.values) == (1.2, {"a": [1, 2.5]})


def test_that_a_bar_is_as_long_as_its_value() -> None:
    bars = [charts.Bar("a & b", 100.0, "100", span=(50.0, 150.0)), charts.Bar("c", 25.0, "25")]
    drawn = ElementTree.fromstring(charts.bar_chart("t", [charts.Group("g", bars, (200.0, "ideal"))], "from"))
    page, *lengths = (float(one.attrib["width"]) for one in drawn.iter(f"{SVG}rect"))
    assert page == charts.WIDTH, "the first is the paper"
    assert lengths[0] == pytest.approx(4 * lengths[1])
    assert lengths[0] == pytest.approx((charts.WIDTH - charts.LEFT - charts.RIGHT) / 2)
    words = [one.text for one in drawn.iter(f"{SVG}text")]
    assert {"t", "g", "a & b", "100", "ideal", "from"} <= set(words)


def test_that_a_line_rises_with_its_values() -> None:
    drawn = ElementTree.fromstring(charts.line_chart("t", [(10, 1), (20, 3)], (str, str), "from"))
    (line,) = drawn.iter(f"{SVG}polyline")
    (x1, y1), (x2, y2) = (map(float, point.split(",")) for point in line.attrib["points"].split())
    assert x2 > x1
    assert y2 < y1


@pytest.mark.parametrize(
    ("most", "ticks"), [(113, [0, 20, 40, 60, 80, 100]), (190_020, [0, 50_000, 100_000, 150_000]), (6, [0, 1, 2, 3, 4, 5, 6])]
)  # fmt: skip
def test_that_ticks_are_round(most: float, ticks: list[float]) -> None:
    drawn = charts.line_chart("t", [(most, 1)], (lambda value: f"{value:g} x", lambda value: f"{value:g} y"))
    assert [float(words) for words in re.findall(r">([\d.e+]+) x<", drawn)] == ticks


def test_that_the_peers_table_names_what_failed() -> None:
    rates = {"EvalStudio": 2_000.0, "other": 500.0}
    cases = [
        {"samples": 2_000, "delay_ms": 0, "rates": rates},
        {"samples": 500, "delay_ms": 100, "rates": {"EvalStudio": 400.0}},
    ]
    assert markdown(cases).splitlines() == [
        "| samples | server | ideal | EvalStudio | other |",
        "|---|---|---|---|---|",
        "| 2,000 | 0 ms | – | 2,000/s | 500/s (0.25) |",
        "| 500 | 100 ms | 500/s | 400/s | failed |",
    ]
