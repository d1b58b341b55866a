import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from evalstudio.ui.records.id_vector import IdVector

FIRST = 1 << 40


def vector(*ids: int) -> IdVector:
    return IdVector(np.array(ids, dtype=np.int64))


def test_that_an_unbroken_beginning_takes_no_room() -> None:
    ids = IdVector(np.arange(FIRST, FIRST + 1_000_000, dtype=np.int64))
    assert (len(ids), ids.unbroken) == (1_000_000, 1_000_000)
    assert ids._room.nbytes == 0
    assert (ids.at(0), ids.at(999_999)) == (FIRST, FIRST + 999_999)
    assert ids.row_of(FIRST + 5) == 5
    assert ids.row_of(FIRST + 1_000_000) is None


def test_that_ids_that_close_a_gap_join_the_beginning() -> None:
    ids = vector(10, 11, 13, 14)
    assert ids.unbroken == 2
    ids.insert(2, np.array([12]))
    assert ids.unbroken == 5
    assert ids._room.nbytes == 0
    assert ids.part().tolist() == [10, 11, 12, 13, 14]


@given(st.lists(st.integers(0, 40), unique=True, max_size=30), st.data())
def test_that_it_behaves_as_the_list_of_its_ids(ids: list[int], data: st.DataObject) -> None:
    made = IdVector(np.array(ids, dtype=np.int64))
    for _ in range(data.draw(st.integers(0, 4))):
        row = data.draw(st.integers(0, len(ids)))
        free = sorted(set(range(60)) - set(ids))
        added = data.draw(st.lists(st.sampled_from(free), unique=True, max_size=4))
        made.insert(row, np.array(added, dtype=np.int64))
        ids = [*ids[:row], *added, *ids[row:]]
    start, stop = sorted((data.draw(st.integers(0, 40)), data.draw(st.integers(0, 40))))
    assert len(made) == len(ids)
    assert made.part().tolist() == ids
    assert made.part(start, stop).tolist() == ids[start:stop]
    assert [made.at(row) for row in range(len(ids))] == ids
    assert [made.row_of(one) for one in ids] == list(range(len(ids)))
    assert made.row_of(99) is None
    assert made.ascending == (ids == sorted(ids))
