"""Gates and rankings know how many answers a score rests on; every text tells the bounds where some have none."""

import json
from pathlib import Path

import pytest

from evalstudio.protocol import ScoreNow
from evalstudio.reports.gate import Gate
from evalstudio.reports.score_text import bounds_words, coverage_of, percent, short_score
from tests.cli.support import evalstudio, said
from tests.ui.factories import make_snapshot

ANSWERS = {"few": 1, "most": 19, "all": 20}  # of 20, how many can be read


@pytest.fixture
def recorded(tmp_path: Path) -> Path:
    """An evaluation with three recorded models: each right on what can be read, but for the last one."""
    rows = [
        {
            "id": str(n), "q": f"question {n}", "expected": 7,
            **{name: "It is 7." if n < read else "No idea." for name, read in ANSWERS.items()},
        }
        for n in range(20)
    ]  # fmt: skip
    rows[3]["all"] = "It is 8."
    (tmp_path / "d.jsonl").write_text("\n".join(json.dumps(row) for row in rows))
    path = tmp_path / "e.toml"
    path.write_text(
        'name = "sums"\ndataset = { path = "d.jsonl", id = "id" }\nmodel = "recorded/few"\n'
        'messages = [{ role = "user", content = "{{ q }}" }]\nevaluators = [{ type = "numeric_match" }]\n'
    )
    return path


@pytest.mark.parametrize(
    ("model", "arguments", "status"),
    [
        ("few", ["--fail-under", "0.9"], 1),
        ("few", ["--fail-under", "0.9", "--min-coverage", "0.05"], 0),
        ("few", ["--fail-under", "0.9", "--min-coverage", "0.06"], 1),
        ("few", ["--fail-under", "0.9", "--min-coverage", "0"], 0),
        ("few", [], 0),
        ("most", ["--fail-under", "0.9"], 0),
        ("most", ["--fail-under", "0.9", "--min-coverage", "1"], 1),
        ("all", ["--fail-under", "0.9", "--min-coverage", "1"], 0),
        ("all", ["--fail-under", "0.96"], 1),
        ("all", ["--fail-under", "0.95"], 0),
    ],
)
def test_that_a_gate_needs_enough_scored_answers(
    recorded: Path, model: str, arguments: list[str], status: int
) -> None:
    done = evalstudio("run", str(recorded), "--model", f"recorded/{model}", "--allow-errors", *arguments)
    assert done.returncode == status, said(done)
    if status and model == "few":
        assert "numeric_match scored 1 of 20 answers (5.0%), and a gate needs" in said(done)
        assert "bounds 5.0 to 100.0%" in said(done)
    if status and model == "all":
        assert "at least 0.96 is asked for" in said(done)


@pytest.mark.parametrize("value", ["1.5", "-0.1", "95"])
def test_that_a_least_coverage_is_a_share(recorded: Path, value: str) -> None:
    done = evalstudio("run", str(recorded), "--fail-under", "0.5", "--min-coverage", value)
    assert done.returncode == 2
    assert "share from 0 to 1" in said(done)


def test_that_what_is_not_read_can_count_as_wrong_in_a_run(recorded: Path) -> None:
    strict = recorded.with_name("strict.toml")
    strict.write_text(recorded.read_text().replace("numeric_match", 'numeric_match", unreadable = "wrong'))
    done = evalstudio("run", str(strict), "--json")
    (score,) = json.loads(done.stdout)["scores"]
    assert (score["value"], score["n"], score["unscored"]) == (0.05, 20, 0)
    assert done.returncode == 0


def test_that_rankings_mark_runs_of_too_few_answers_and_texts_tell_the_bounds(recorded: Path) -> None:
    for model in ANSWERS:
        evalstudio("run", str(recorded), "--model", f"recorded/{model}", "--experiment", model)
    text = said(evalstudio("compare", *ANSWERS))
    assert "* Fewer than 0.95 of its answers are scored" in text
    ranking = json.loads(evalstudio("compare", *ANSWERS, "--json").stdout)["ranking"]
    assert ranking["runs"] == [2, 3, 1]
    assert ranking["below_least_coverage"] == [1]
    loose = json.loads(evalstudio("compare", *ANSWERS, "--min-coverage", "0", "--json").stdout)["ranking"]
    assert loose["runs"][0] in (1, 2)
    assert loose["below_least_coverage"] == []
    assert "bounds 5.0 to 100.0%" in said(evalstudio("show", "few"))
    assert "bounds" not in said(evalstudio("show", "all"))


def test_that_a_grid_of_models_is_told_with_the_covered_ones_first(recorded: Path) -> None:
    recorded.write_text(
        recorded.read_text() + '[grid]\nmodels = ["recorded/few", "recorded/all", "recorded/most"]\n'
    )
    text = said(evalstudio("run", str(recorded)))
    assert text.index("recorded/most") < text.index("recorded/all") < text.rindex("recorded/few")
    assert "1 of 20 scored *" in text


def score(metric: str = "accuracy", **changes: float | None) -> ScoreNow:
    values: dict[str, float | None] = {
        "value": 0.9, "low": 0.6, "high": 0.98, "n": 10, "unscored": 90, "bound_low": 0.09, "bound_high": 0.99
    }  # fmt: skip
    return ScoreNow("one", metric, **(values | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("one", "words"),
    [
        (score(), "90.0% (60.0 to 98.0), bounds 9.0 to 99.0%"),
        (score(bound_low=0.9, bound_high=0.9), "90.0% (60.0 to 98.0)"),
        (score(bound_low=None, bound_high=None), "90.0% (60.0 to 98.0)"),
        (score(low=None, high=None), "90.0%, bounds 9.0 to 99.0%"),
        (score("pass_at_2"), "90.0% (60.0 to 98.0), bounds 9.0 to 99.0%"),
        (
            score("mean", value=3.2, low=3.0, high=3.5, bound_low=1.2, bound_high=4.8),
            "3.2 (3 to 3.5), bounds 1.2 to 4.8",
        ),
        (score(value=None), "no score yet"),
    ],
)
def test_that_a_score_is_told_with_its_bounds(one: ScoreNow, words: str) -> None:
    assert percent(one) == words
    assert not one.value or short_score(one) == words.partition(" (")[0].partition(",")[0]
    assert bounds_words(one) in percent(one) or one.value is None


@pytest.mark.parametrize(
    ("one", "saved", "errored", "coverage"),
    [
        (score(), 100, 0, 0.1),
        (score(), 10, 0, 1.0),
        (score(), 0, 0, 0.0),
        (score("pass_at_1", n=5, unscored=0), 100, 0, 1.0),  # its n counts samples
        (score("pass_at_1", n=5, unscored=20), 100, 30, 0.5),
        (score("consistency", n=5, unscored=100), 100, 0, 0.0),
    ],
)
def test_that_coverage_counts_answers(one: ScoreNow, saved: int, errored: int, coverage: float) -> None:
    assert coverage_of(one, saved, errored) == pytest.approx(coverage)
    passes = Gate(0.0).problem(make_snapshot(saved=saved, errored=errored, scores=(one,))) is None
    assert passes == (coverage >= 0.95)
