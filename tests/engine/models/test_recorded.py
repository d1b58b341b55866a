"""Answers that other systems gave, scored as those of a run: a column for each model."""

from pathlib import Path

import pytest

from evalstudio.errors import EvaluationError
from evalstudio.evaluations.request import Options
from evalstudio.store.reader import Reader
from evalstudio.workspace.folder import Workspace
from tests.engine.support import engine_in, finish, write_evaluation

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
