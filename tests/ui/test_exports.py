"""A run and its charts written to files from the window."""

import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtGui import QAction, QImage
from PySide6.QtWidgets import QFileDialog, QMenu, QMessageBox

from evalstudio.store.runs import RunState
from evalstudio.ui.charts.pictures import picture_menu
from tests.ui.conftest import Driver

Opened = Callable[[], Driver]


def open_first_run(open_filled: Opened) -> Driver:
    driver = open_filled()
    driver.session.look_at(1)
    driver.wait(lambda: driver.state() == RunState.COMPLETED_WITH_ERRORS)
    return driver


@pytest.mark.parametrize(
    ("name", "start"),
    [("run.html", "<!doctype html>"), ("run.xml", "<?xml"), ("run.csv", "sample_id"), ("run.jsonl", "{")],
)
def test_that_the_run_is_written_as_its_file_is_called(
    open_filled: Opened, tmp_path: Path, name: str, start: str
) -> None:
    driver = open_first_run(open_filled)
    driver.find(QAction, "export_run").trigger()
    driver.find(QFileDialog, "export_run_dialog").fileSelected.emit(str(tmp_path / name))
    driver.wait(lambda: "with 40 records" in driver.messages())
    text = (tmp_path / name).read_text()
    assert text.startswith(start)
    assert not list(tmp_path.glob("*.part"))
    driver.find(QFileDialog, "export_run_dialog").reject()


def test_that_a_place_that_cannot_be_written_is_said(open_filled: Opened) -> None:
    driver = open_first_run(open_filled)
    export = driver.window.runs_page.export
    export.save_charts(Path("/dev/null/chart.svg"))
    assert "cannot be written" in driver.messages()
    chart = driver.window.runs_page.charts.charts[0]
    menu = picture_menu(chart, "chart-latency")
    menu.actions()[0].trigger()
    chart.findChild(QFileDialog, "chart_dialog").fileSelected.emit("/dev/null/chart.png")
    problem = chart.findChild(QMessageBox, "chart_problem")
    assert "cannot be written" in problem.text()
    problem.reject()
    chart.findChild(QFileDialog, "chart_dialog").reject()
    menu.deleteLater()


@pytest.mark.parametrize("suffix", ["svg", "png"])
def test_that_every_chart_is_written_as_a_picture(open_filled: Opened, tmp_path: Path, suffix: str) -> None:
    driver = open_first_run(open_filled)
    charts = driver.window.runs_page.charts
    driver.wait(lambda: not charts._due)
    sizes = {f"run-1-{chart.kind.name}.png": chart.size() for chart in charts.charts}
    driver.window.runs_page.export.save_charts(tmp_path / f"run-1.{suffix}")
    files = sorted(path.name for path in tmp_path.glob(f"run-1-*.{suffix}"))
    assert files == [f"run-1-{name}.{suffix}" for name in ("errors", "latency", "limit", "throughput")]
    for name in files:
        if suffix == "svg":
            root = ElementTree.parse(tmp_path / name).getroot()
            texts = " ".join(root.itertext())
            assert "Latency" in texts or "latency" not in name
        else:
            image = QImage(str(tmp_path / name))
            assert image.size() == sizes[name] * 2
            colours = {
                image.pixelColor(x, y).name() for x in range(0, image.width(), 3) for y in (20, 60, 90)
            }
            assert len(colours) > 3


def test_that_the_menu_of_a_chart_offers_both_forms(open_filled: Opened) -> None:
    driver = open_first_run(open_filled)
    chart = driver.window.runs_page.charts.charts[1]
    menu = picture_menu(chart, "chart-throughput")
    assert isinstance(menu, QMenu)
    assert [action.text() for action in menu.actions()] == [
        "Save as PNG…",
        "Save as SVG…",
        "Copy the picture",
    ]
    menu.deleteLater()
