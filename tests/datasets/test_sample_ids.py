"""Samples chosen by their ids: rows by number or by the id column, within what the evaluation's filter leaves."""

from pathlib import Path
from typing import Any

import pytest

from evalstudio.core.errors import DatasetError, RunError
from evalstudio.datasets import DatasetSource, open_dataset
from evalstudio.datasets.sample_ids import with_sample_ids
from evalstudio.engine.planning.plan import make_plan
from evalstudio.evaluations.loading import parse_evaluation
from evalstudio.evaluations.request import Options
from evalstudio.settings.values import Settings

ROWS = "name,lang,text\nq1,en,one\nq2,de,zwei\nq 3,en,three\n007,en,four\nq5,de,fünf\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "rows.csv").write_text(ROWS)
    return tmp_path


@pytest.mark.parametrize(
    ("options", "ids", "texts"),
    [
        ({}, ["0"], ["one"]),
        ({}, ["4", "1"], ["zwei", "fünf"]),
        ({}, ["1", "1", "1"], ["zwei"]),
        ({}, ["0", "1", "2", "3", "4"], ["one", "zwei", "three", "four", "fünf"]),
        ({"id": "name"}, ["q2"], ["zwei"]),
        ({"id": "name"}, ["007", "q 3"], ["three", "four"]),
        ({"samples": 1}, ["4"], ["fünf"]),
        ({"samples": 1, "seed": 3}, ["0", "3"], ["one", "four"]),
        ({"filter": "lang == 'de'"}, ["1", "4"], ["zwei", "fünf"]),
        ({"filter": "lang == 'en'", "id": "name", "samples": 1}, ["007"], ["four"]),
        ({"indices": (3, 4)}, ["3"], ["four"]),
    ],
)
def test_that_the_samples_with_these_ids_are_chosen(
    folder: Path, options: dict[str, Any], ids: list[str], texts: list[str]
) -> None:
    source = with_sample_ids(DatasetSource("rows.csv", **options), folder, ids)
    assert [sample.values["text"] for sample in open_dataset(source, folder)] == texts


@pytest.mark.parametrize(
    ("options", "ids", "message"),
    [
        ({}, ["5"], "no sample 5 among those of rows.csv; ids are row numbers from 0 to 4"),
        ({}, ["-1"], "no sample -1"),
        ({}, ["00"], "no sample 00"),
        ({}, ["1.0"], "no sample 1.0"),
        ({}, ["q1"], "no sample q1"),
        ({}, ["0", "8", "9"], "no sample 8, 9 among"),
        ({}, list("abcdefgh"), "no sample a, b, c, d, e and 3 more among"),
        ({"id": "name"}, ["0"], "no sample 0 among those of rows.csv; ids are values of the column 'name'"),
        ({"id": "name"}, ["7"], "no sample 7"),
        ({"filter": "lang == 'de'"}, ["0"], "no sample 0"),
        ({"indices": (3, 4)}, ["0"], "no sample 0"),
    ],
)
def test_that_an_id_that_is_not_there_is_named(
    folder: Path, options: dict[str, Any], ids: list[str], message: str
) -> None:
    with pytest.raises(DatasetError, match=message):
        with_sample_ids(DatasetSource("rows.csv", **options), folder, ids)


def test_that_a_run_takes_the_samples_asked_for_and_stores_the_evaluation_as_it_is(folder: Path) -> None:
    text = (
        'name = "texts"\ndataset = { path = "rows.csv", samples = 2 }\nmodel = "recorded/text"\n'
        'messages = [{ role = "user", content = "{{ text }}" }]\n'
    )
    evaluation = parse_evaluation(text, folder / "texts.toml")
    plan = make_plan(evaluation, "texts.toml", Options(sample_ids=("4", "2")), Settings())
    assert [sample.id for sample in plan.dataset] == ["2", "4"]
    assert plan.spec.dataset == evaluation.spec.dataset
    with pytest.raises(RunError, match="by their number or by their ids"):
        make_plan(evaluation, "texts.toml", Options(samples=1, sample_ids=("4",)), Settings())
