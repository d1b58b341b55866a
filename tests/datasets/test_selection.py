"""Which rows become samples, their ids, and what the hash of a dataset depends on."""

from typing import Any

import pytest

from evalstudio.datasets import Dataset
from evalstudio.errors import DatasetError
from tests.datasets.conftest import OpenFile

ROWS = "n,kind\n" + "".join(f"{n},{'even' if n % 2 == 0 else 'odd'}\n" for n in range(100))


def numbers(dataset: Dataset) -> list[int]:
    picked = [int(sample.values["n"]) for sample in dataset]
    assert picked == [sample.position for sample in dataset]
    assert len(picked) == dataset.count
    return picked


def test_that_the_first_n_are_taken_and_never_more_than_there_are(opened: OpenFile) -> None:
    assert numbers(opened("a.csv", ROWS)) == list(range(100))
    assert numbers(opened("a.csv", ROWS, samples=3)) == [0, 1, 2]
    assert opened("a.csv", ROWS, samples=500).count == 100
    assert opened("a.csv", ROWS, samples=3).rows == 100


def test_that_a_seeded_choice_is_fixed_in_dataset_order_and_grows_around_itself(opened: OpenFile) -> None:
    ten = numbers(opened("a.csv", ROWS, samples=10, seed=1))
    assert ten == [9, 31, 36, 39, 55, 61, 75, 85, 93, 96]
    other = "n,kind\n" + "".join(f"{n},x\n" for n in range(100))
    assert numbers(opened("b.csv", other, samples=10, seed=1)) == ten
    assert numbers(opened("a.csv", ROWS, samples=10, seed=2)) != ten
    assert set(ten) < set(numbers(opened("a.csv", ROWS, samples=30, seed=1)))
    assert numbers(opened("a.csv", ROWS, samples=100, seed=1)) == list(range(100))


def test_that_indices_and_filter_choose_rows_before_the_number_is_cut(opened: OpenFile) -> None:
    assert numbers(opened("a.csv", ROWS, indices=(7, 3, 99))) == [3, 7, 99]
    assert numbers(opened("a.csv", ROWS, indices=(7, 3, 99), samples=2)) == [3, 7]
    assert numbers(opened("a.csv", ROWS, filter="kind == 'odd' and n|int < 6")) == [1, 3, 5]
    assert numbers(opened("a.csv", ROWS, filter="group == 'odd'", columns={"group": "kind"}, samples=2)) == [
        1,
        3,
    ]
    random = numbers(opened("a.csv", ROWS, filter="kind == 'odd'", samples=5, seed=4))
    assert len(random) == 5
    assert all(n % 2 for n in random)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"samples": 0}, "at least 1"),
        ({"samples": -2}, "at least 1"),
        ({"seed": -1, "samples": 2}, "0 or more"),
        ({"indices": ()}, "empty"),
        ({"indices": (1, 2, 1)}, "has 1 twice"),
        ({"indices": (-1,)}, "counted from 0"),
        ({"indices": (5, 100)}, "has 100, and the last of the 100 rows is 99"),
        ({"indices": (1,), "filter": "n"}, "not by both"),
        ({"filter": "label == 'x'"}, "'label', and no column is called so: n, kind"),
        ({"filter": "kind ="}, "mistake"),
        ({"filter": "n / 0"}, "fails"),
        ({"filter": "false"}, "None of the 100 rows"),
    ],
)
def test_that_a_selection_that_makes_no_sense_is_refused(
    opened: OpenFile, options: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(DatasetError, match=sentence):
        opened("a.csv", ROWS, **options)


def test_that_ids_come_from_a_column_or_the_position(opened: OpenFile) -> None:
    text = "key,q\n007,a\n7,b\n,c\nx,d\n"
    dataset = opened("a.csv", text, id="key")
    assert [sample.id for sample in dataset] == ["007", "7", "x"]
    assert [sample.position for sample in dataset] == [0, 1, 3]
    assert (dataset.rows, dataset.count) == (4, 3)
    assert str(dataset.problems[0]) == "line 4: has no value for 'key'"
    assert [sample.id for sample in opened("a.csv", text)] == ["0", "1", "2", "3"]
    numbered = opened("a.jsonl", '{"k":7}\n{"k":0}\n{"k":false}\n{"k":null}\n', id="k")
    assert [sample.id for sample in numbered] == ["7", "0", "false"]
    assert numbered.problem_count == 1


def test_that_columns_can_trade_names(opened: OpenFile) -> None:
    dataset = opened("a.csv", "q,a\nx,1\n", columns={"q": "a", "a": "q", "text": "q"})
    assert next(iter(dataset)).values == {"q": "1", "a": "x", "text": "x"}
    assert dataset.columns == ("q", "a", "text")


def test_that_repeated_ids_are_refused_with_both_lines(opened: OpenFile) -> None:
    with pytest.raises(DatasetError, match="has 'x' twice, at line 2 and line 4"):
        opened("a.csv", "key,q\nx,1\ny,2\nx,3\n", id="key")
    with pytest.raises(DatasetError, match="no column 'k' for the ids"):
        opened("a.csv", "key,q\nx,1\n", id="k")


def test_that_the_hash_is_of_the_content_and_not_of_the_selection(opened: OpenFile) -> None:
    first = opened("a.csv", ROWS).content_hash
    assert opened("b.csv", ROWS, samples=5, seed=3, filter="n != ''").content_hash == first
    assert opened("a.csv", ROWS, delimiter=",", encoding="utf8").content_hash == first
    assert opened("a.csv", ROWS.replace("99,", "98,")).content_hash != first
    assert opened("a.csv", ROWS, header=False).content_hash != first
    assert opened("a.csv", ROWS, id="n").content_hash != first


def test_that_a_file_of_broken_rows_costs_no_memory_for_each(opened: OpenFile) -> None:
    dataset = opened("a.csv", "a,b\n1,2\n" + "broken\n" * 3000)
    assert dataset.problem_count == 3000
    assert len(dataset.problems) == 1001
    assert dataset.problems[-1].message == "and 2,000 more problems"
