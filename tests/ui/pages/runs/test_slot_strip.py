"""The strip of calls and workers: a cell each, told in words by pointer, by key and to screen readers."""

from collections.abc import Callable
from itertools import combinations
from pathlib import Path

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QApplication, QToolTip, QWidget

from evalstudio.protocol import CallNow, StartRun, WorkerStatus
from evalstudio.ui.pages.runs.slot_strip import SlotStrip, countdown
from evalstudio.ui.pages.runs.worker_cells import WorkerCells, describe_worker
from evalstudio.ui.state.tasks import spawn
from tests.ui.driver import Driver
from tests.ui.factories import make_snapshot

OpenWindow = Callable[[], Driver]
MODEL = """
import time
from pathlib import Path

def answer(text):
    while not Path(__file__).with_name("go").exists():
        time.sleep(0.02)
    return text
"""


def strip(qtbot: object, **changes: object) -> SlotStrip:
    made = SlotStrip()
    qtbot.addWidget(made)  # type: ignore[attr-defined]
    made.resize(1000, 40)
    made.show_run(make_snapshot(**changes))
    made.show()
    return made


def colour_at(widget: QWidget, share: float) -> str:
    """The colour inside the first cell, at this share of its width and near its upper edge."""
    box = widget.boxes()[0]  # type: ignore[attr-defined]
    picture = widget.grab().toImage()
    return picture.pixelColor(round(box.x() + box.width() * share), round(box.y()) + 3).name()


def test_that_two_processes_of_two_threads_have_a_cell_each_while_they_call(
    open_window: OpenWindow, tmp_path: Path
) -> None:
    (tmp_path / "model.py").write_text(MODEL)
    (tmp_path / "rows.csv").write_text("text\na\nb\nc\nd\ne\n")
    path = tmp_path / "gated.toml"
    path.write_text(
        'name = "gated"\ndataset = { path = "rows.csv" }\nmodel = "model.py::answer"\n'
        'messages = [ { role = "user", content = "{{ text }}" } ]\n'
        'evaluators = [ { type = "exact_match", expected = "{{ text }}" } ]\n'
    )
    driver = open_window()
    driver.ready()
    start = StartRun(str(path), "gated", processes=2, threads_per_process=2)
    cells = driver.find(WorkerCells, "worker_cells")
    assert not cells.isVisible()

    async def begin() -> None:
        driver.session.look_at(await driver.session.ask_engine(start))

    spawn(begin())
    driver.wait(lambda: driver.in_flight() == 4)
    driver.wait(lambda: "4 of 4 threads busy" in cells.accessibleName())
    assert cells.isVisible()
    assert len(cells.boxes()) == 2
    assert cells.describe(0).endswith("2 of 2 threads busy")
    (tmp_path / "go").touch()
    driver.wait(lambda: driver.state() == "completed")


def test_that_threads_of_the_engine_need_no_cells_of_their_own(qtbot: object) -> None:
    made = strip(qtbot, workers=8, worker_list=(WorkerStatus("threads", 8, 2),))
    assert not made.workers.isVisible()


def test_that_workers_look_and_read_like_what_they_do(qtbot: object) -> None:
    busy = WorkerStatus("process 1", 2, 2, ended=1_200)
    idle = WorkerStatus("process 1", 2, 0)
    made = strip(qtbot, worker_list=(idle,), workers_label="1 process x 2 threads", workers_waiting=3)
    assert "3 calls wait for a worker" in made.workers.accessibleName()
    empty = colour_at(made.workers, 0.15)
    made.workers.show_workers((busy,))
    full = colour_at(made.workers, 0.9)
    assert full != empty
    made.workers.show_workers((WorkerStatus("process 1", 2, 1),))
    assert (colour_at(made.workers, 0.15), colour_at(made.workers, 0.9)) == (full, empty)
    assert describe_worker(busy) == "process 1: 2 of 2 threads busy, 1,200 calls done"
    assert describe_worker(idle) == "process 1: idle"
    assert (
        describe_worker(WorkerStatus("tcp://h:1", 1, 1, 2))
        == "tcp://h:1: 1 of 1 thread busy, 2 calls waiting there"
    )
    assert describe_worker(WorkerStatus("process 2", 1, 0, state="starting")) == "process 2: starting"


def test_that_sixty_four_workers_find_room(qtbot: object) -> None:
    made = strip(qtbot, worker_list=tuple(WorkerStatus(f"process {n}", 4, n % 5) for n in range(64)))
    boxes = made.workers.boxes()
    assert len(boxes) == 64
    assert all(box.width() > 3 and box.height() > 3 for box in boxes)
    assert all(QRectF(made.workers.rect()).contains(box) for box in boxes)
    assert not any(one.intersects(other) for one, other in combinations(boxes, 2))


def test_that_a_sample_that_backs_off_shows_its_countdown_where_there_is_room(qtbot: object) -> None:
    def waiting(seconds: float) -> CallNow:
        return CallNow("s1", 2, "backing off", 1.0, wait=seconds)

    made = strip(qtbot, calls=(waiting(12.3),), limit=1, in_flight=0)
    side = made.cells.boxes()[0].width()
    assert [countdown(waiting(seconds), side) for seconds in (0.0, 12.3, 99.0, 100.0, 900.0)] == [
        "0", "13", "99", "2m", "15m",
    ]  # fmt: skip
    before = made.cells.grab().toImage()
    made.cells.show_calls((waiting(11.3),), 0)
    assert made.cells.grab().toImage() != before  # the number is drawn
    many = strip(qtbot, calls=tuple(waiting(5.0) for _ in range(200)), limit=200, in_flight=0)
    small = many.cells.boxes()
    assert all(QRectF(many.cells.rect()).contains(box) for box in small)
    assert countdown(waiting(5.0), small[0].width()) == ""


def test_that_cells_can_be_read_by_key_and_with_the_pointer(qtbot: object) -> None:
    calls = tuple(CallNow(f"s{number}", 1, "calling", 1.0) for number in range(3))
    made = strip(qtbot, calls=calls, limit=4, in_flight=3)
    cells = made.cells
    cells.setFocus(Qt.FocusReason.TabFocusReason)
    for key, words in (
        (Qt.Key.Key_Right, "Sample s1"),
        (Qt.Key.Key_End, "A free slot"),
        (Qt.Key.Key_Left, "Sample s2"),
    ):
        qtbot.keyClick(cells, key)  # type: ignore[attr-defined]
        assert cells.accessibleDescription().startswith(words)
    place = cells.boxes()[0].center().toPoint()
    QApplication.sendEvent(cells, QHelpEvent(QHelpEvent.Type.ToolTip, place, cells.mapToGlobal(place)))
    assert "Sample s0" in QToolTip.text()
    QToolTip.hideText()
