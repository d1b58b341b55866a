"""A run and its charts written to files from the window."""

import asyncio
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QImage
from PySide6.QtWidgets import QFileDialog, QMenu, QPushButton

from evalstudio.core.run_state import RunState
from evalstudio.ui.charts.chart_export import picture_menu
from evalstudio.ui.kit.sheet import Sheet
from evalstudio.ui.state.export_job import Progress, export_records, export_run
from evalstudio.ui.state.export_progress import export_with_progress
from evalstudio.ui.state.tasks import spawn
from evalstudio.workspace.folder import Workspace
from tests.ui.driver import Driver

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
    problem = driver.find(Sheet, "chart_problem")
    assert "cannot be written" in problem.sentence.text()
    problem.reject()
    chart.findChild(QFileDialog, "chart_dialog").reject()
    menu.deleteLater()


@pytest.mark.parametrize("suffix", ["svg", "png"])
def test_that_every_chart_is_written_as_a_picture(open_filled: Opened, tmp_path: Path, suffix: str) -> None:
    driver = open_first_run(open_filled)
    charts = driver.window.runs_page.charts
    driver.window.runs_page.export.save_charts(tmp_path / f"closed-1.{suffix}")
    assert min(path.stat().st_size for path in tmp_path.glob("closed-1-*")) > 3_000
    driver.window.runs_page.strip.show_open(True, by_person=True)
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
                image.pixelColor(x, y).name()
                for x in range(0, image.width(), 3)
                for y in range(0, image.height(), 3)
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


def test_that_a_long_export_tells_how_far_it_is_and_can_be_broken_off(
    open_filled: Opened, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("evalstudio.ui.state.export_progress.QUIET_S", 0)
    monkeypatch.setattr("evalstudio.ui.state.export_progress.TICK_S", 0.01)
    driver = open_first_run(open_filled)
    path = tmp_path / "kept.csv"
    path.write_text("as it was")

    async def slow(progress: Progress) -> int | None:
        """The records of the run again and again, until it is broken off."""
        ids = np.array(driver.reader().record_ids(1) * 10_000, dtype=np.int64)
        return await export_records(driver.workspace, 1, ids, path, progress)

    spawn(export_with_progress(driver.session, path, slow, lambda count: f"{count} written"))
    driver.wait(lambda: "of 400,000 records" in driver.messages())
    (item,) = driver.window.messages.items()
    first = item.text.text()
    driver.wait(lambda: item.text.text() != first)
    assert [one.name for one in tmp_path.glob("*.part")] == ["kept.csv.part"]
    driver.qtbot.mouseClick(driver.find(QPushButton, "offer_cancel"), Qt.MouseButton.LeftButton)
    driver.wait(lambda: "kept.csv was not written" in driver.messages())
    assert path.read_text() == "as it was"
    assert not list(tmp_path.glob("*.part"))


@pytest.mark.parametrize("name", ["run.html", "run.xml", "run.jsonl"])
def test_that_an_export_that_is_to_stop_leaves_nothing(filled: Path, tmp_path: Path, name: str) -> None:
    progress = Progress()
    progress.stop.set()
    assert asyncio.run(export_run(Workspace(filled), 1, tmp_path / name, progress)) is None
    assert not list(tmp_path.iterdir())
