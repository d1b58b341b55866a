"""The table of records: right under every growth, and its memory apart from how many there are."""

import asyncio
import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QAbstractItemModel, Qt
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot
from qasync import QEventLoop

from evalstudio.store.ids import Ids
from evalstudio.store.query import RecordQuery
from evalstudio.store.reader import RecordLine
from evalstudio.ui.records.record_cells import OUTCOME, make_row
from evalstudio.ui.records.records_model import PAGE, PAGES_KEPT, RecordsModel
from evalstudio.ui.records.records_panel import FIRST_ROWS, LONG_RUN, RecordsPanel


class Shelf:
    """Stands for the store: makes a line for any id, and counts what is asked."""

    def __init__(self) -> None:
        self.asked: list[list[int]] = []

    async def lines(self, ids: list[int], evaluator: str | None = None) -> list[RecordLine]:
        self.asked.append(ids)
        return [line(number) for number in ids]


def line(number: int, **changes: object) -> RecordLine:
    values: dict[str, object] = {
        "id": number, "sample_id": f"s{number}", "repeat": 0, "outcome": "ok", "error": None, "answer": "yes",
        "expected": "yes", "latency": 0.5, "attempts": 1, "tokens_out": 3, "score": 1.0, "scored": True,
    }  # fmt: skip
    return RecordLine(**(values | changes))  # type: ignore[arg-type]


def ids(*numbers: int) -> Ids:
    return np.array(numbers, dtype=np.int64)


def first_cells(model: QAbstractItemModel) -> list[str]:
    return [model.index(row, 0).data() for row in range(model.rowCount())]


def test_that_rows_arrive_in_pages_and_stay_while_others_are_inserted(
    loop: QEventLoop, qtbot: QtBot, qtmodeltester: ModelTester
) -> None:
    shelf = Shelf()
    model = RecordsModel(shelf)  # type: ignore[arg-type]
    qtmodeltester.check(model)
    model.replace(ids(10, 20, 30))
    assert first_cells(model) == ["…", "…", "…"]
    qtbot.waitUntil(lambda: first_cells(model) == ["s10", "s20", "s30"])
    assert shelf.asked == [[10, 20, 30]]
    model.grow(ids(5, 10, 15, 20, 30, 40))
    assert first_cells(model) == ["…", "s10", "…", "s20", "s30", "…"]
    qtbot.waitUntil(lambda: first_cells(model) == ["s5", "s10", "s15", "s20", "s30", "s40"])
    model.grow(ids(5, 40))  # records went: made anew by a retry
    qtbot.waitUntil(lambda: first_cells(model) == ["s5", "s40"])
    assert model.row_of(40) == 1
    assert model.row_of(41) is None


def test_that_a_page_under_way_arrives_though_rows_are_put_in_behind_it(
    loop: QEventLoop, qtbot: QtBot
) -> None:
    shelf = Shelf()
    model = RecordsModel(shelf)  # type: ignore[arg-type]
    first = np.arange(PAGE, dtype=np.int64)
    model.replace(first)
    assert model.index(0, 0).data() == "…"  # asked for, and on its way
    model.grow(np.arange(PAGE, 3 * PAGE, dtype=np.int64), PAGE)
    qtbot.waitUntil(lambda: model.index(0, 0).data() == "s0")
    assert shelf.asked == [first.tolist()]
    assert model.rowCount() == 3 * PAGE


class SlowSearch(Shelf):
    """The first records are known at once, all of them only when they may be."""

    def __init__(self, count: int) -> None:
        super().__init__()
        self._ids = np.arange(1, count + 1, dtype=np.int64)
        self.may_end = asyncio.Event()

    async def first_ids(self, run_id: int, count: int, *, descending: bool) -> Ids:
        return self._ids[:count]

    async def record_ids(self, run_id: int, query: RecordQuery, after: int | None = None) -> Ids:
        await self.may_end.wait()
        return self._ids

    def interrupt(self) -> None:
        raise AssertionError("nothing else is asked")

    async def details(self, record_id: int) -> None:
        return None


def test_that_the_first_rows_of_a_long_run_wait_for_no_search(loop: QEventLoop, qtbot: QtBot) -> None:
    store = SlowSearch(2 * LONG_RUN)
    panel = RecordsPanel(store)  # type: ignore[arg-type]
    qtbot.addWidget(panel)
    panel.show_run(7, 2 * LONG_RUN)
    qtbot.waitUntil(lambda: panel.model.rowCount() == FIRST_ROWS)
    qtbot.waitUntil(lambda: panel.model.index(3, 0).data() == "s4")
    panel.table.setCurrentIndex(panel.model.index(3, 0))
    store.may_end.set()
    qtbot.waitUntil(lambda: panel.model.rowCount() == 2 * LONG_RUN)
    assert panel.shown_record == 4
    assert panel.model.index(3, 0).data() == "s4"
    assert np.array_equal(panel.model.ids, np.arange(1, 2 * LONG_RUN + 1))
    assert panel.count.text() == f"{2 * LONG_RUN:,} records"


def test_that_a_million_records_cost_only_what_is_seen(loop: QEventLoop, qtbot: QtBot) -> None:
    shelf = Shelf()
    model = RecordsModel(shelf)  # type: ignore[arg-type]
    model.replace(np.arange(1_000_000, dtype=np.int64))
    assert model.rowCount() == 1_000_000
    for row in range(0, 1_000_000, 5_000):
        model.index(row, 0).data()
    qtbot.waitUntil(lambda: len(shelf.asked) == 200)
    qtbot.waitUntil(lambda: model.index(995_000, 0).data() == "s995000")
    assert len(model._pages) <= PAGES_KEPT
    assert all(len(asked) <= PAGE for asked in shelf.asked)


def test_that_sorted_rows_are_found_and_grow_without_losing_their_order(
    loop: QEventLoop, qtbot: QtBot
) -> None:
    model = RecordsModel(Shelf())  # type: ignore[arg-type]
    model.replace(ids(30, 10, 20))
    assert [model.row_of(number) for number in (10, 20, 30, 15)] == [1, 2, 0, None]
    qtbot.waitUntil(lambda: first_cells(model) == ["s30", "s10", "s20"])
    model.grow(ids(40, 30, 10, 5, 20))
    assert [model.row_of(number) for number in (40, 5, 20)] == [0, 3, 4]
    assert first_cells(model)[1] == "s30"
    model.grow(ids(10, 40, 30, 5, 20, 50))  # a record came out otherwise: the order is another one
    qtbot.waitUntil(lambda: first_cells(model) == ["s10", "s40", "s30", "s5", "s20", "s50"])


@pytest.mark.parametrize(
    ("changes", "outcome", "score", "text"),
    [
        ({}, "scored", "✓ 1", "yes"),
        ({"score": 0}, "scored", "✗ 0", "yes"),
        ({"score": None, "scored": False}, "unscored", "", "yes"),
        ({"score": 0.25}, "scored", "0.25", "yes"),
        ({"outcome": "overloaded", "error": "busy", "answer": None, "score": None, "scored": False}, "overloaded", "", "busy"),
        ({"answer": "two\nlines\x07"}, "scored", "✓ 1", "two lines\ufffd"),
    ],
)  # fmt: skip
def test_that_cells_tell_what_became_of_a_record(
    changes: dict[str, object], outcome: str, score: str, text: str
) -> None:
    row = make_row(line(1, **changes))
    assert (row.cells[1], row.cells[2], row.cells[3]) == (outcome, score, text)


def test_that_a_tail_takes_the_place_of_what_stood_from_its_row_on(
    loop: QEventLoop, qtbot: QtBot, qtmodeltester: ModelTester
) -> None:
    shelf = Shelf()
    model = RecordsModel(shelf)  # type: ignore[arg-type]
    qtmodeltester.check(model)
    handed = ids(0, 1, 2, 4, 7)
    model.replace(handed)
    assert [model.unbroken(first) for first in (0, 1)] == [3, 0]
    qtbot.waitUntil(lambda: first_cells(model) == ["s0", "s1", "s2", "s4", "s7"])
    model.grow(ids(3, 4, 6, 7, 8), 3)
    assert first_cells(model) == ["s0", "s1", "s2", "…", "s4", "…", "s7", "…"]
    assert [model.row_of(number) for number in (2, 6, 8, 9)] == [2, 5, 7, None]
    model.grow(ids(6, 8), 5)  # one went
    qtbot.waitUntil(lambda: first_cells(model) == ["s0", "s1", "s2", "s3", "s4", "s6", "s8"])
    assert handed.tolist() == [0, 1, 2, 4, 7], "what was handed over is not written to"


@given(
    chance=st.randoms(use_true_random=False),
    count=st.integers(1, 400),
    in_flight=st.integers(1, 70),
)
@settings(max_examples=40, deadline=None)
def test_that_a_table_that_grows_by_its_tail_holds_what_was_saved(
    chance: random.Random, count: int, in_flight: int
) -> None:
    """Answers come out of order; each time only what follows the unbroken part is read."""
    model = RecordsModel(None)  # type: ignore[arg-type]
    flying, saved, next_id = [], [], 100
    while flying or next_id < 100 + count:
        while next_id < 100 + count and len(flying) < in_flight:
            flying.append(next_id)
            next_id += 1
        for _ in range(chance.randint(1, in_flight)):
            if flying:
                saved.append(flying.pop(chance.randrange(len(flying))))
        known = model.unbroken(100)
        tail = sorted(saved)[known:]
        model.grow(ids(*tail), known)
        assert model.ids.tolist() == sorted(saved)
        assert all(model.row_of(one) == row for row, one in enumerate(sorted(saved)))
    assert model.unbroken(100) == count


def test_that_a_row_tells_of_an_answer_that_was_cut_off() -> None:
    cut = make_row(line(1, finish_reason="length"))
    assert (cut.cells[OUTCOME], cut.colours[0]) == ("scored, cut off", "warn")
    whole = make_row(line(1, finish_reason="stop"))
    assert (whole.cells[OUTCOME], whole.colours[0]) == ("scored", "text")


def test_that_selecting_a_million_records_asks_for_none_of_them(loop: QEventLoop, qtbot: QtBot) -> None:
    """The header once asked for the flags of every selected row, at each painting: 23 seconds."""
    store = SlowSearch(1_000_000)
    store.may_end.set()
    panel = RecordsPanel(store)  # type: ignore[arg-type]
    qtbot.addWidget(panel)
    panel.resize(900, 500)
    panel.show()
    panel.show_run(7, 1_000_000)
    qtbot.waitUntil(lambda: panel.model.rowCount() == 1_000_000)
    asked = 0
    flags = panel.model.flags

    def count(index: object) -> object:
        nonlocal asked
        asked += 1
        return flags(index)  # type: ignore[arg-type]

    panel.model.flags = count  # type: ignore[method-assign, assignment]
    panel.table.setFocus()
    qtbot.keyClick(panel.table, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    panel.grab()
    assert len(panel.chosen_ids()) == 1_000_000
    assert asked < 10_000
