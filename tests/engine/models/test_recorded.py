"""Answers that other systems gave, scored as those of a run: a column for each model."""

from pathlib import Path

import pytest

from evalstudio.errors import EvaluationError
from evalstudio.evaluations.request import Options
from evalstudio.store.reader import Reader
from evalstudio.workspace.folder import Workspace
from tests.engine.support import engine_in, finish, records, write_evaluation

ROWS = [
    {"text": "love", "label": "positive", "small": "positive", "large": "positive"},
    {"text": "hate", "label": "negative", "small": "positive", "large": "negative"},
    {"text": "table", "label": "neutral", "small": None, "large": "neutral"},
    {"text": "chair", "label": "neutral", "small": " ", "large": 0},
]


async def test_that_a_column_is_scored_like_a_model(tmp_path: Path, workspace: Workspace) -> None:
    async with engine_in(workspace) as (engine, _):
        evaluation = write_evaluation(tmp_path, '"recorded/small"', rows=ROWS)
        small = await finish(engine, await engine.start_run(evaluation, Options("small")))
        large = await finish(
            engine, await engine.start_run(evaluation, Options("large", model="recorded/large"))
        )
    assert (small.saved, small.scored, small.errored) == (4, 2, 2)
    assert small.scores[0].value == 0.5  # of the two that have an answer
    assert (large.errored, large.scores[0].value) == (0, 0.75)
    reader = Reader(workspace)
    records = [details.record for one in reader.record_ids(2) if (details := reader.details(one))]
    assert [one.answer for one in records] == ["positive", "negative", "neutral", "0"]
    assert all(one.latency is None and one.cost == 0 for one in records)
    assert large.latency is None
    missing = [details.record for one in reader.record_ids(1) if (details := reader.details(one))][2:]
    assert all("'small' holds no answer" in (one.error or "") for one in missing)


async def test_that_many_missing_answers_do_not_stop_the_run(tmp_path: Path, workspace: Workspace) -> None:
    rows = [{"text": "x", "label": "positive", "a": "positive" if n % 10 == 0 else None} for n in range(60)]
    async with engine_in(workspace) as (engine, _):
        evaluation = write_evaluation(tmp_path, '"recorded/a"', rows=rows)
        final = await finish(engine, await engine.start_run(evaluation, Options("x")))
    assert (final.state, final.errored, final.scored) == ("completed with errors", 54, 6)


async def test_that_a_column_that_is_not_there_is_named(tmp_path: Path, workspace: Workspace) -> None:
    async with engine_in(workspace) as (engine, _):
        evaluation = write_evaluation(tmp_path, '"recorded/smal"', rows=ROWS)
        with pytest.raises(
            EvaluationError, match=r"'smal', and no column is called so.*text, label, small, large"
        ):
            await engine.start_run(evaluation, Options("x"))


async def test_that_thinking_in_a_recorded_answer_is_no_part_of_it(
    tmp_path: Path, workspace: Workspace
) -> None:
    said = [
        "<think>love is negative? no</think>positive",
        "[THINK]hm[/THINK] negative",
        "neutral",
        "<think>neutral, or",
        "<think>neutral</think>",
    ]
    labels = ["positive", "negative", "neutral", "neutral", "neutral"]
    rows = [
        {"text": f"t{n}", "label": label, "a": a}
        for n, (a, label) in enumerate(zip(said, labels, strict=True))
    ]
    async with engine_in(workspace) as (engine, _):
        evaluation = write_evaluation(tmp_path, '"recorded/a"', rows=rows)
        final = await finish(engine, await engine.start_run(evaluation, Options("x")))
    assert (final.saved, final.errored, final.scored) == (5, 0, 4)
    kept = records(workspace)
    assert [one.record.answer for one in kept] == ["positive", "negative", "neutral", "", ""]
    assert kept[0].record.thinking == "love is negative? no"
    assert [one.scores[0].value for one in kept] == [1, 1, 1, None, 0]
    assert kept[3].record.finish_reason == "length"
    assert "truncated" in str(kept[3].scores[0].why)


async def test_that_an_answer_cut_off_in_its_thinking_stays_unscored_by_a_new_evaluator(
    tmp_path: Path, workspace: Workspace
) -> None:
    rows = [{"text": "t", "label": "", "a": "<think>hm"}, {"text": "u", "label": "yes", "a": "yes"}]
    evaluation = write_evaluation(tmp_path, '"recorded/a"', rows=rows)
    async with engine_in(workspace) as (engine, _):
        await finish(engine, await engine.start_run(evaluation, Options("x")))
    text = (
        Path(evaluation)
        .read_text()
        .replace("evaluators = [", 'evaluators = [ { type = "contains", expected = "{{ label }}" },')
    )
    Path(evaluation).write_text(text)
    async with engine_in(workspace) as (engine, _):
        await finish(engine, await engine.start_run(evaluation, Options("x")))
    cut, whole = records(workspace)
    assert {score.evaluator: score.value for score in cut.scores} == {"contains": None, "exact_match": None}
    assert {score.evaluator: score.value for score in whole.scores} == {"contains": 1, "exact_match": 1}
