"""`cluster_by` of a dataset: intervals of a run and tests between runs count clusters."""

import json
from pathlib import Path
from typing import Any

import pytest

from evalstudio.statistics.metrics import Scores, aggregate
from evalstudio.workspace.folder import Workspace
from tests.cli.support import evalstudio, said

EVALUATION = (
    'name = "documents"\nmessages = [{{ role = "user", content = "{{{{ q }}}}" }}]\nmodel = "recorded/{column}"\n'
    'dataset = {{ path = "d.jsonl"{more} }}\nevaluators = [{{ type = "exact_match" }}]\n'
)
DOCUMENTS, EACH = 8, 10


def documents() -> list[dict[str, Any]]:
    """Ten questions about each of eight documents, which a model gets all right or all wrong; two are about none."""
    rows = [
        {"q": f"{n}?", "expected": "yes", "document": f"d{n // EACH}",
         "weak": "yes" if n // EACH % 2 else "no", "strong": "no" if n // EACH == 0 else "yes"}
        for n in range(DOCUMENTS * EACH)
    ]  # fmt: skip
    return rows + [
        {"q": f"alone {n}?", "expected": "yes", "document": document, "weak": "yes", "strong": "yes"}
        for n, document in enumerate((None, ""))
    ]


def run(folder: Path, name: str, column: str, more: str) -> dict[str, Any]:
    (folder / "e.toml").write_text(EVALUATION.format(column=column, more=more and f", {more}"))
    done = evalstudio("run", str(folder / "e.toml"), "--experiment", name, "--json")
    assert done.returncode == 0, said(done)
    (score,) = json.loads(done.stdout)["scores"]
    return dict(score)


@pytest.fixture
def folder(tmp_path: Path, workspace: Workspace) -> Path:
    (tmp_path / "d.jsonl").write_text("\n".join(json.dumps(row) for row in documents()))
    return tmp_path


def expected(column: str) -> tuple[float | None, float | None]:
    rows = documents()
    found = aggregate(
        "accuracy",
        Scores(
            [row[column] == row["expected"] for row in rows],
            [str(n) for n in range(len(rows))],
            clusters=[row["document"] or f"alone {n}" for n, row in enumerate(rows)],
        ),
    )
    return found.low, found.high


@pytest.mark.parametrize("column", ["weak", "strong"])
@pytest.mark.parametrize(
    ("more", "clustered"),
    [
        ('cluster_by = "document"', True),
        ('columns = { text = "document" }, cluster_by = "text"', True),
        ('cluster_by = "q"', False),  # each a cluster of its own
        ("", False),
    ],
)
def test_that_the_interval_of_a_run_counts_clusters(
    folder: Path, column: str, more: str, clustered: bool
) -> None:
    score = run(folder, "a", column, more)
    wide = expected(column)
    assert ((score["low"], score["high"]) == pytest.approx(wide)) is clustered
    if not clustered:
        assert wide[1] is not None
        assert wide[0] is not None
        assert score["high"] - score["low"] < (wide[1] - wide[0]) / 1.5


def compared(*arguments: str) -> tuple[float, str]:
    told = said(evalstudio("compare", *arguments))
    (one,) = json.loads(evalstudio("compare", *arguments, "--json").stdout)["comparisons"]
    (pair,) = one["scores"].values()
    return pair["p"], told


def test_that_runs_are_compared_by_the_clusters_of_their_evaluation(folder: Path) -> None:
    run(folder, "a", "weak", 'cluster_by = "document"')
    run(folder, "b", "strong", "")  # one of the two says it
    run(folder, "c", "strong", "")
    run(folder, "d", "weak", "")
    clustered, told = compared("a", "b")
    assert "Samples are clustered by 'document'." in told
    single, told = compared("d", "c")
    assert "clustered" not in told
    assert single < 0.001 < clustered
    asked, _ = compared("d", "c", "--cluster-by", "document")
    assert asked == pytest.approx(clustered)


def test_that_clusters_of_a_changed_file_are_told_not_guessed(folder: Path) -> None:
    run(folder, "a", "weak", 'cluster_by = "document"')
    run(folder, "b", "strong", 'cluster_by = "document"')
    with (folder / "d.jsonl").open("a") as file:
        file.write("\n" + json.dumps(documents()[0]))
    p, told = compared("a", "b")
    assert "Samples are not clustered by 'document'." in " ".join(told.split())
    assert p < 0.001


@pytest.mark.parametrize("column", ["documents", "Document", "document.id", ""])
def test_that_a_column_that_is_not_there_starts_nothing(folder: Path, column: str) -> None:
    (folder / "e.toml").write_text(EVALUATION.format(column="weak", more=f', cluster_by = "{column}"'))
    done = evalstudio("run", str(folder / "e.toml"))
    assert done.returncode == 2
    words = " ".join(said(done).split())
    assert f"There is no column '{column}' to cluster by." in words
    assert "document" in words


def test_that_a_run_goes_on_when_its_clusters_are_named_later(folder: Path) -> None:
    first = run(folder, "a", "weak", "")
    again = run(folder, "a", "weak", 'cluster_by = "document"')
    listed = json.loads(evalstudio("show", "a", "--json").stdout)
    assert len(listed) == 1, "the same run"
    assert again["value"] == first["value"]
