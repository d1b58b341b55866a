"""Several runs on the Compare page: ranked, tested, corrected, and drawn over each other."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QLabel, QListWidget, QTableWidget, QTabWidget

from evalstudio.protocol import DuplicateRun
from evalstudio.ui.pages.compare.several_runs import SeveralRuns
from evalstudio.ui.state.tasks import spawn
from tests.ui.driver import Driver

Opened = Callable[[], Driver]


def open_several(open_filled: Opened) -> tuple[Driver, SeveralRuns]:
    """The page with three runs: the first has errors and wrong answers, the others do the same without."""
    driver = open_filled()
    driver.ready()
    spawn(driver.session.ask_engine(DuplicateRun(run_id=2)))
    driver.wait(lambda: [row.id for row in driver.session.rows if not row.is_leased] == [3, 2, 1])
    driver.window.show_page("compare")
    driver.find(QTabWidget, "compare_ways").setCurrentIndex(1)
    several = driver.find(SeveralRuns, "several_runs")
    driver.wait(lambda: several.ranking is not None and len(several.ranking.board.standings) == 3)
    return driver, several


def column(driver: Driver, number: int) -> list[str]:
    table = driver.find(QTableWidget, "leaderboard")
    return [table.item(row, number).text() for row in range(table.rowCount())]


def test_that_runs_of_a_dataset_are_ranked_tested_and_drawn(open_filled: Opened) -> None:
    driver, several = open_several(open_filled)
    assert driver.find(QComboBox, "several_dataset").currentText() == "words.jsonl · 3 runs"
    assert [cell.split(" ")[0] for cell in column(driver, 1)] == ["2", "3", "1"]
    assert column(driver, 3) == ["40 of 40", "40 of 40", "36 of 40, too few"]
    assert column(driver, 4)[2] == "baseline"
    assert column(driver, 4)[0].startswith("better: +")
    assert "corrected for 2 tests (Holm)" in driver.find(QLabel, "several_status").text()
    legend = driver.find(QLabel, "legend_overlay_throughput").text()
    assert legend.count("<span") == 6  # a sign and a name each
    board = several.ranking.board  # type: ignore[union-attr]
    raw = board.standings[0].comparison
    assert raw is not None
    assert board.standings[0].p == 2 * raw.p


def test_that_unticking_choosing_a_baseline_and_ticking_nothing_act(open_filled: Opened) -> None:
    driver, several = open_several(open_filled)
    box = driver.find(QComboBox, "several_baseline")
    box.setCurrentIndex(box.findData(2))
    box.activated.emit(box.currentIndex())
    driver.wait(lambda: several.ranking is not None and several.ranking.board.baseline == 2)
    assert column(driver, 4)[0] == "baseline"
    assert column(driver, 4)[2].startswith("worse: −")
    runs = driver.find(QListWidget, "several_list")
    runs.item(0).setCheckState(Qt.CheckState.Unchecked)  # run 3
    driver.wait(lambda: len(column(driver, 1)) == 2)
    assert several.chosen == [1, 2]
    runs.item(1).setCheckState(Qt.CheckState.Unchecked)
    runs.item(2).setCheckState(Qt.CheckState.Unchecked)
    driver.wait(lambda: several.ranking is None)
    assert "Tick the runs" in driver.find(QLabel, "several_status").text()


def test_that_the_places_of_its_splitters_are_kept(open_filled: Opened) -> None:
    driver, several = open_several(open_filled)
    driver.window.resize(1200, 800)
    splitters = several.splitters
    before = [splitter.sizes() for splitter in splitters]
    for splitter, sizes in zip(splitters, ([300, 200], [420, 700]), strict=True):
        splitter.setSizes(sizes)
    moved = [splitter.sizes() for splitter in splitters]
    assert all(one[0] != other[0] for one, other in zip(moved, before, strict=True))
    driver.window.close()
    again = open_filled()
    again.window.resize(1200, 800)
    again.window.show_page("compare")
    again.find(QTabWidget, "compare_ways").setCurrentIndex(1)
    shown = again.find(SeveralRuns, "several_runs")
    assert [splitter.sizes() for splitter in shown.splitters] == moved


def test_that_a_new_run_is_in_the_table_as_soon_as_the_page_is_seen(open_filled: Opened) -> None:
    driver, several = open_several(open_filled)
    several._cost = 60.0  # a long comparison once held the next one up for ten times as long
    driver.window.show_page("runs")
    spawn(driver.session.ask_engine(DuplicateRun(run_id=2)))
    driver.wait(lambda: [row.id for row in driver.session.rows if not row.is_leased] == [4, 3, 2, 1])
    driver.window.show_page("compare")
    driver.wait(lambda: len(column(driver, 1)) == 4, 8_000)
