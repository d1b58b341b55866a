"""Runs whose datasets differ by rows, names that are not there, columns of the dataset, clusters of samples."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from evalstudio.cli.main import evalstudio as cli
from evalstudio.errors import RunError
from evalstudio.store.pairing import pairing_of
from evalstudio.store.reader import Reader
from evalstudio.workspace.folder import Workspace
from tests.cli.support import evalstudio, said

HEAD = (
    'name = "capitals"\nmessages = [{{ role = "user", content = "{prompt}" }}]\nmodel = "recorded/{column}"\n'
    'dataset = {{ path = "d.jsonl"{id} }}\nevaluators = [{{ type = "exact_match" }}]\n'
)


def invoke(*arguments: str) -> Result:
    return CliRunner().invoke(cli, list(arguments), standalone_mode=False)


def rows(count: int, start: int = 0) -> list[dict[str, Any]]:
    return [
        {
            "key": f"k{n}", "q": f"Question {n}?", "expected": "yes" if n % 2 else "no", "document": f"d{n // 4}",
            "weak": "yes", "strong": "yes" if n % 2 else "no",
        }
        for n in range(start, start + count)
    ]  # fmt: skip


class Made:
    """Runs on a dataset that may change in between; each is an experiment."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.runs = 0

    def run(self, data: list[dict[str, Any]], column: str, prompt: str = "{{ q }}", key: bool = True) -> str:
        self.runs += 1
        name = f"e{self.runs}"
        (self.folder / "d.jsonl").write_text("\n".join(json.dumps(row) for row in data))
        path = self.folder / "e.toml"
        path.write_text(HEAD.format(prompt=prompt, column=column, id=', id = "key"' if key else ""))
        done = evalstudio("run", str(path), "--experiment", name, "--json")
        assert done.returncode == 0, said(done)
        return name


@pytest.fixture
def made(tmp_path: Path, workspace: Workspace) -> Made:
    return Made(tmp_path)


def compared(*names: str) -> dict[str, Any]:
    done = invoke("compare", *names, "--json")
    assert done.exception is None, done.exception
    pair: dict[str, Any] = json.loads(done.stdout)["comparisons"][0]
    return pair


def test_that_samples_of_grown_datasets_are_paired_by_id_and_counted(made: Made) -> None:
    old = made.run(rows(10), "weak")
    new = made.run([*rows(3, start=100), *rows(10)], "strong")  # added rows come first: places mean nothing
    pair = compared(old, new)
    assert pair["pairing"] == {"paired": 10, "changed": 0, "only_in_baseline": 0, "only_in_run": 3}
    score = pair["scores"]["exact_match"]
    assert (score["n"], score["unpaired"], score["up"], score["down"]) == (10, 3, 5, 0)
    text = " ".join(invoke("compare", old, new).stdout.split())
    assert f"10 samples with the same id and the same row are paired, 3 are only in {new}." in text
    assert "3 scored in one run only." in text


def test_that_a_row_that_has_changed_under_its_id_is_not_paired(made: Made) -> None:
    old = made.run(rows(10), "weak")
    changed = rows(12)
    changed[2]["expected"] = "maybe"
    changed[5]["q"] = "Another question?"
    new = made.run(changed, "strong")
    assert compared(old, new)["pairing"] == {
        "paired": 8, "changed": 2, "only_in_baseline": 0, "only_in_run": 2
    }  # fmt: skip
    assert compared(old, new)["scores"]["exact_match"]["n"] == 8
    # another prompt is what is compared; the ids of the column still tell the rows
    reworded = made.run(rows(12), "strong", prompt="Tell me: {{ q }}")
    assert compared(old, reworded)["pairing"]["paired"] == 10


def test_that_places_are_ids_only_while_the_rows_in_them_are_the_same(made: Made) -> None:
    old = made.run(rows(10), "weak", key=False)
    longer = made.run(rows(14), "strong", key=False)
    assert compared(old, longer)["pairing"] == {
        "paired": 10, "changed": 0, "only_in_baseline": 0, "only_in_run": 4
    }  # fmt: skip
    shifted = made.run([*rows(1, start=50), *rows(10)], "strong", key=False)
    found = compared(old, shifted)
    assert (found["pairing"]["paired"], found["pairing"]["changed"]) == (0, 10)
    assert found["scores"] == {}
    text = " ".join(invoke("compare", old, shifted).stdout.split())
    assert "ran on other samples" in text
    assert "an id column in the dataset" in text
    reworded = made.run(rows(14), "strong", prompt="Tell me: {{ q }}", key=False)
    assert compared(old, reworded)["pairing"]["paired"] == 0


def test_that_runs_on_the_same_dataset_need_no_pairing(made: Made, workspace: Workspace) -> None:
    first, second = made.run(rows(6), "weak"), made.run(rows(6), "strong")
    found = compared(first, second)
    assert (found["pairing"], found["same_samples"]) == (None, True)
    reader = Reader(workspace)
    assert pairing_of(reader, reader.run(1), reader.run(2)) is None
    reader.close()


@pytest.mark.parametrize(
    "arguments",
    [
        ("export", "e1", "--evaluation", "wrong"),
        ("export", "1", "--evaluation", "Capitals"),
        ("export", "e1", "--evaluation", ""),
        ("export", "e1", "--evaluation", "capital"),
        ("compare", "e1", "e2", "--evaluation", "wrong"),
        ("compare", "1", "2", "--evaluation", "wrong"),
    ],
)
def test_that_a_wrong_evaluation_is_refused_with_those_there_are(
    made: Made, arguments: tuple[str, ...]
) -> None:
    made.run(rows(2), "weak")
    made.run(rows(2), "strong")
    done = invoke(*arguments)
    assert isinstance(done.exception, RunError)
    assert "it has capitals." in str(done.exception)
    assert done.stdout == ""


@pytest.mark.parametrize(
    ("arguments", "known"),
    [
        (("export", "nothing"), "e1"),
        (("export", "99"), "e1"),
        (("show", "99"), "e1"),
        (("show", "e1", "--baseline", "nothing"), "e1"),
        (("compare", "e1", "99"), "e1"),
        (("errors", "nothing"), "e1"),
        (("agreement", "nothing", "a", "b"), "e1"),
        (("agreement", "e1", "nothing", "exact_match"), "exact_match"),
        (("show", "e1", "--cluster-by", "nothing"), "document"),
        (("compare", "e1", "1", "--cluster-by", "Document"), "document"),
    ],
)
def test_that_other_names_that_are_not_there_are_refused_with_those_there_are(
    made: Made, arguments: tuple[str, ...], known: str
) -> None:
    made.run(rows(2), "weak")
    done = invoke(*arguments)
    assert done.exception is not None
    assert known in str(done.exception)


def test_that_the_right_evaluation_of_several_is_taken(made: Made) -> None:
    made.run(rows(2), "weak")
    path = made.folder / "e.toml"
    path.write_text(path.read_text().replace('"capitals"', '"other"'))
    evalstudio("run", str(path), "--experiment", "e1")
    path.write_text(path.read_text().replace('"other"', '"third"'))
    evalstudio("run", str(path), "--experiment", "e2")
    evalstudio("run", str(path), "--experiment", "e3")
    for name in ("capitals", "other"):
        assert invoke("export", "e1", "--evaluation", name).exception is None
    assert "several others: other, capitals" in str(invoke("compare", "e2", "e1").exception)
    assert invoke("compare", "e2", "e3").exception is None
    assert invoke("compare", "e1", "e2").exception is None  # e2 has only one to set beside it
    assert invoke("compare", "e1", "e1", "--evaluation", "capitals").exception is None


def test_that_an_export_has_the_datasets_columns_and_what_was_read(made: Made) -> None:
    name = made.run(rows(5), "weak")
    lines = [json.loads(line) for line in invoke("export", name, "--columns").stdout.splitlines()]
    assert [line["columns"]["document"] for line in lines] == ["d0", "d0", "d0", "d0", "d1"]
    score = lines[0]["scores"]["exact_match"]
    assert (score["label"], score["expected_label"], score["value"]) == ("yes", "no", 0)
    assert score["why"]
    table = list(csv.DictReader(io.StringIO(invoke("export", name, "--columns", "--format", "csv").stdout)))
    assert [row["document"] for row in table] == ["d0", "d0", "d0", "d0", "d1"]
    assert [row["dataset.expected"] for row in table] == [row["expected"] for row in table]
    assert [row["exact_match expected_label"] for row in table] == ["no", "yes", "no", "yes", "no"]
    assert {row["exact_match label"] for row in table} == {"yes"}
    assert "columns" not in json.loads(invoke("export", name).stdout.splitlines()[0])


def test_that_columns_of_a_selection_belong_to_its_records(made: Made) -> None:
    made.run(rows(9), "weak")
    path = made.folder / "e.toml"
    path.write_text(path.read_text().replace('id = "key"', 'id = "key", indices = [1, 4, 7]'))
    evalstudio("run", str(path), "--experiment", "few")
    lines = [json.loads(line) for line in invoke("export", "few", "--columns").stdout.splitlines()]
    assert [(line["sample_id"], line["columns"]["key"]) for line in lines] == [
        (f"k{n}", f"k{n}") for n in (1, 4, 7)
    ]


@pytest.mark.parametrize("command", [("export", "--columns"), ("show", "--cluster-by", "document")])
def test_that_columns_of_a_changed_or_missing_file_are_refused(made: Made, command: tuple[str, ...]) -> None:
    name = made.run(rows(3), "weak")
    first, *more = command
    (made.folder / "d.jsonl").write_text(json.dumps(rows(1)[0]))
    assert "has changed since" in str(invoke(first, name, *more).exception)
    (made.folder / "d.jsonl").unlink()
    assert "no file" in str(invoke(first, name, *more).exception)


def test_that_a_report_has_no_room_for_columns(made: Made, tmp_path: Path) -> None:
    name = made.run(rows(2), "weak")
    done = invoke("export", name, "--columns", "--output", str(tmp_path / "report.html"))
    assert "csv and jsonl" in str(done.exception)
    assert not (tmp_path / "report.html").exists()


def test_that_clusters_by_a_column_widen_scores_and_comparisons(made: Made) -> None:
    data = rows(48)
    for n, row in enumerate(data):
        row["strong"] = row["expected"] if (n // 4) % 3 else "unsure"  # whole documents go wrong
    weak, strong = made.run(data, "weak"), made.run(data, "strong")
    (run,) = json.loads(invoke("show", strong, "--cluster-by", "document", "--json").stdout)
    (usual,), (clustered,) = run["scores"], run["clustered"]
    assert clustered["value"] == usual["value"]
    assert clustered["method"] == "clustered"
    assert clustered["high"] - clustered["low"] > 1.3 * (usual["high"] - usual["low"])
    assert "clustered by document" in invoke("show", strong, "--cluster-by", "document").stdout
    arguments = ("compare", weak, strong, "--json")
    plain = json.loads(invoke(*arguments).stdout)["comparisons"][0]["scores"]["exact_match"]
    by_column = json.loads(invoke(*arguments, "--cluster-by", "document").stdout)["comparisons"][0]["scores"]
    assert plain["method"] == "exact McNemar"
    assert by_column["exact_match"]["method"] == "clustered paired t"
    assert by_column["exact_match"]["difference"] == plain["difference"]
