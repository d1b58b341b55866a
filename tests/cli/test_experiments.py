"""Commands on what a workspace holds: compare, show, errors, export, rename, delete, cleanup."""

import csv
import errno
import io
import json
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from evalstudio import Result as Answer
from evalstudio import foreach, run
from evalstudio.cli.housekeeping import seconds_of
from evalstudio.cli.main import evalstudio
from evalstudio.concurrency import Sequential, SlidingWindow
from evalstudio.errors import RunError
from evalstudio.evaluators import exact_match
from evalstudio.reports.records import neutral
from evalstudio.statistics import holm
from evalstudio.store.database import open_for_writing
from evalstudio.store.reader import Reader
from evalstudio.store.runs import take_lease
from evalstudio.workspace.folder import Workspace

ROWS = [("good", "good"), ("bad", "bad"), ("=1+1", "good"), ("dull", "dull")]


def invoke(*arguments: str, given: str | None = None) -> Result:
    return CliRunner().invoke(evalstudio, list(arguments), input=given, standalone_mode=False)


def as_json(*arguments: str) -> Any:
    done = invoke(*arguments, "--json")
    assert done.exception is None, done.exception
    return json.loads(done.stdout)


def says(answer: Callable[[str], str]) -> Callable[..., Answer]:
    @foreach("text,expected", ROWS)
    def ask(text: str, expected: str) -> Answer:
        if answer(text) == "error":
            raise ValueError("no idea about " + text)
        return Answer(exact_match(answer(text), expected), prompt=text, model_response=answer(text))

    return ask


@pytest.fixture
def two_runs(workspace: Workspace) -> None:
    run(says(lambda text: text), "echo", strategy=Sequential())
    run(says(lambda text: "good"), "always", strategy=SlidingWindow(2))


def test_that_compare_tells_settings_speed_scores_and_flips(two_runs: None, workspace: Workspace) -> None:
    with closing(open_for_writing(workspace).conn) as connection:
        connection.execute("UPDATE runs SET elapsed = CASE id WHEN 1 THEN 8.0 ELSE 2.0 END")
    found = as_json("compare", "echo", "always")
    assert [one["speed_up"] for one in found["runs"]] == [1.0, 4.0]
    assert found["differences"]["strategy"] == ["Sequential", "Sliding window 2"]
    (pair,) = found["comparisons"]
    score = pair["scores"]["exact_match"]
    assert (score["n"], score["up"], score["down"]) == (4, 1, 2)
    assert score["sentence"].startswith("No clear difference: −25.0 points")
    assert pair["flips"] == [
        {"evaluator": "exact_match", "sample_id": "1", "before": 1.0, "after": 0.0},
        {"evaluator": "exact_match", "sample_id": "2", "before": 0.0, "after": 1.0},
        {"evaluator": "exact_match", "sample_id": "3", "before": 1.0, "after": 0.0},
    ]
    text = invoke("compare", "1", "always", "--flips", "1").stdout
    assert "4.0x" in text
    assert "sample 1: exact_match 1 -> 0" in text
    assert "and 2 more" in text
    assert "4.0x as fast as echo" in invoke("show", "always", "--baseline", "echo").stdout
    assert as_json("show", "always", "--baseline", "echo")[0]["speed_up"] == 4.0


def test_that_three_runs_are_ranked_and_their_p_values_corrected(two_runs: None) -> None:
    run(says(lambda text: "bad"), "never")
    found = as_json("compare", "echo", "always", "never")
    scores = [pair["scores"]["exact_match"] for pair in found["comparisons"]]
    assert [score["p_corrected"] for score in scores] == holm([score["p"] for score in scores])
    assert found["ranking"]["evaluator"] == "exact_match"
    assert found["ranking"]["runs"][0] == found["runs"][0]["run"]
    text = invoke("compare", "echo", "always", "never").stdout
    assert "By exact_match" in text
    assert text.count("Corrected for 2 comparisons (Holm)") == 2


def test_that_runs_on_other_samples_are_not_paired(two_runs: None) -> None:
    @foreach("text,expected", [(f"another {text}", expected) for text, expected in ROWS])
    def ask(text: str, expected: str) -> Answer:
        return Answer(exact_match(text, expected), prompt=text, model_response=text)

    run(ask, "other")
    assert "ran on other samples" in invoke("compare", "echo", "other").stdout
    assert as_json("compare", "echo", "other")["comparisons"][0]["scores"] == {}


def test_that_names_that_are_not_there_are_said_with_those_that_are(two_runs: None) -> None:
    for command in (["compare", "echo", "nope"], ["errors", "nope"], ["export", "nope"], ["show", "nope"]):
        error = invoke(*command).exception
        assert isinstance(error, RunError)
        assert str(error) == "There is no experiment 'nope' in this workspace; there is always, echo."
    assert "needs two experiments" in str(invoke("compare", "echo").exception)


def test_that_errors_are_listed_by_kind_with_an_example(workspace: Workspace) -> None:
    run(says(lambda text: "error" if "d" in text else text), "broken")
    (found,) = as_json("errors", "broken")
    assert (found["saved"], found["errored"], found["unscored"]) == (4, 3, 0)
    assert found["errors"][0]["records"] == 3
    assert "ValueError: no idea about" in found["errors"][0]["example"]
    assert "3 of 4 errored (75.0%)" in invoke("errors", "broken").stdout


def test_that_an_export_has_every_record_and_no_formula(two_runs: None, tmp_path: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(invoke("export", "echo", "--format", "csv").stdout)))
    assert [row["prompt"] for row in rows] == ["good", "bad", "'=1+1", "dull"]
    assert [row["exact_match"] for row in rows] == ["1", "1", "0", "1"]
    lines = [json.loads(line) for line in invoke("export", "echo").stdout.splitlines()]
    assert [line["answer"] for line in lines] == [text for text, _ in ROWS]
    assert lines[2]["scores"]["exact_match"]["value"] == 0
    path = tmp_path / "out.csv"
    assert invoke("export", "echo", "--output", str(path)).exception is None
    assert len(path.read_text().splitlines()) == 5
    assert "cannot be written" in str(
        invoke("export", "echo", "--output", str(tmp_path / "no" / "x")).exception
    )


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("=cmd()", "'=cmd()"),
        ("+1 (555)", "'+1 (555)"),
        ("@SUM(A1)", "'@SUM(A1)"),
        (" =1", "' =1"),
        ("\t=1", "'\t=1"),
        ("-5", "-5"),
        ("- a list", "'- a list"),
        ("good", "good"),
        (-5, -5),
        (None, None),
    ],
)
def test_that_cells_are_neutral(value: Any, cell: Any) -> None:
    assert neutral(value) == cell


def test_that_an_exported_error_holds_no_key(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_API_KEY", "sk-very-secret-0123456789")

    @foreach("text", ["a"])
    def ask(text: str) -> Answer:
        raise ValueError("refused for sk-very-secret-0123456789")

    run(ask, "secret")
    text = invoke("export", "secret").stdout
    assert "refused for" in text
    assert "very-secret" not in text


def test_that_rename_takes_free_names_only(two_runs: None, workspace: Workspace) -> None:
    assert as_json("rename", "echo", "first try") == {"old": "echo", "new": "first try"}
    assert {one.experiment for one in Reader(workspace).runs()} == {"first try", "always"}
    assert "already" in str(invoke("rename", "always", "first try").exception)
    assert "no experiment 'echo'" in str(invoke("rename", "echo", "x").exception)


def test_that_delete_asks_and_deletes_all_of_it(two_runs: None, workspace: Workspace) -> None:
    assert invoke("delete", "echo", given="n\n").exception is not None
    assert len(Reader(workspace).runs()) == 2
    done = invoke("delete", "echo", given="y\n")
    assert "1 run with 4 records" in done.stdout
    reader = Reader(workspace)
    assert [one.experiment for one in reader.runs()] == ["always"]
    for table in ("records", "scores"):
        assert reader.connection.execute(f"SELECT count(*) FROM {table}").fetchone() == (4,)


def test_that_cleanup_takes_old_runs_that_nobody_named(workspace: Workspace) -> None:
    run(says(lambda text: text), "named")
    run(says(lambda text: text))
    run(says(lambda text: text))
    with closing(open_for_writing(workspace).conn) as connection:
        connection.execute("UPDATE runs SET finished_at = ? WHERE id < 3", (time.time() - 8 * 86_400,))
    assert as_json("cleanup", "--older-than", "7d", "--dry-run") == {
        "runs": [2],
        "records": 4,
        "deleted": False,
    }
    assert len(Reader(workspace).runs()) == 3
    invoke("cleanup", "--older-than", "7d", "--yes")
    assert {one.id for one in Reader(workspace).runs()} == {1, 3}


def test_that_an_age_is_read_or_refused() -> None:
    assert [seconds_of(age) for age in ("7d", "12h", "2 weeks")] == [604_800, 43_200, 1_209_600]
    with pytest.raises(RunError, match="'soon' is no age"):
        seconds_of("soon")


def test_that_room_of_deleted_runs_is_told_and_given_back(workspace: Workspace) -> None:
    run(says(lambda text: text), "big")
    with closing(open_for_writing(workspace).conn) as connection:
        connection.execute("UPDATE records SET answer = ?", ("x" * 4_000_000,))
    before = workspace.database.stat().st_size
    said = invoke("delete", "big", "--yes").stdout
    assert "16 MB of the database's 16" in said
    assert "cleanup --compact" in said
    assert workspace.database.stat().st_size >= before
    freed = as_json("cleanup", "--compact")["freed"]
    assert freed > 15_000_000
    assert workspace.database.stat().st_size < 1_000_000
    assert "0 bytes given back." in invoke("cleanup", "--compact").stdout
    assert isinstance(invoke("cleanup").exception, click.UsageError)


def test_that_a_database_in_use_is_not_compacted(two_runs: None, workspace: Workspace) -> None:
    with closing(open_for_writing(workspace).conn) as connection:
        take_lease(connection, 2)
    with pytest.raises(RunError, match="Run 2 is running"):
        raise invoke("cleanup", "--compact").exception or AssertionError


def test_that_an_export_that_fails_leaves_the_file_before_it(
    two_runs: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "out.jsonl"
    path.write_text("before")
    full = OSError(errno.ENOSPC, "No space left on device")

    def fail(*_: object) -> int:
        raise full

    monkeypatch.setattr("evalstudio.reports.write_run", fail)
    assert "No space left" in str(invoke("export", "echo", "--output", str(path)).exception)
    assert path.read_text() == "before"
    assert [one.name for one in tmp_path.glob("out*")] == ["out.jsonl"]


def test_that_an_export_into_a_pipe_is_written_there(two_runs: None) -> None:
    assert len(said_by("export", "echo", "--format", "csv", "--output", "/dev/stdout").splitlines()) == 5


def said_by(*arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "evalstudio", *arguments], capture_output=True, text=True, check=True
    )
    return done.stdout
