"""What a person finds out with a real model: which prompt is better, and what a judge can and can't say."""

import json
from contextlib import closing
from pathlib import Path

import pytest

from evalstudio.concurrency import SlidingWindow
from evalstudio.engine.servers import local_model
from evalstudio.evaluations.request import Options
from evalstudio.protocol import Snapshot
from evalstudio.store.comparison import compare_runs
from evalstudio.store.reader import Reader
from evalstudio.workspace.folder import Workspace
from evalstudio.workspace.resources import resource
from tests.engine.support import engine_in, finish
from tests.local_model.support import CAPITALS

pytestmark = [
    pytest.mark.proof,  # each takes the small model 10 to 25 s
    pytest.mark.local_model,
    pytest.mark.skipif(
        not local_model.installed(), reason="the local model is not installed: run 'make local-model'"
    ),
]
HELPFUL = '{ role = "system", content = "You are a helpful assistant." },'
POET = '{ role = "system", content = "You are a poet. Answer with a poem." },'
REVIEW = "Review: {{ text }}\\nIs the sentiment of this review positive or negative? Answer with one word."
SCHEMA = (
    'response_format = { type = "json_schema", json_schema = { name = "s", schema = { type = "object", properties = '
    '{ sentiment = { type = "string", enum = ["positive", "negative"] } }, required = ["sentiment"] } } }'
)
EXTRACTED = '{ type = "regex_extract", pattern = "(positive|negative)", expected = "{{ label }}", ignore_case = true }'


async def evaluate(workspace: Workspace, folder: Path, name: str, text: str, samples: int) -> Snapshot:
    path = folder / f"{name}.toml"
    path.write_text(f'name = "story"\nmodel = "{local_model.REFERENCE}"\n{text}')
    async with engine_in(workspace) as (engine, _):
        run = await engine.start_run(str(path), Options(name, SlidingWindow(2), samples=samples))
        return await finish(engine, run, 110)


def sentiment(parameters: str) -> str:
    return (
        f'dataset = {{ path = "{resource("examples", "sentiment.csv")}", filter = "label != \'neutral\'", seed = 3 }}\n'
        f'messages = [ {HELPFUL} {{ role = "user", content = "{REVIEW}" }} ]\n'
        f"parameters = {{ temperature = 0, seed = 1, {parameters} }}\nevaluators = [ {EXTRACTED} ]\n"
    )


async def test_that_a_schema_makes_the_model_better_and_the_comparison_says_so(
    tmp_path: Path, workspace: Workspace
) -> None:
    free = await evaluate(workspace, tmp_path, "free", sentiment("max_tokens = 16"), 32)
    schema = await evaluate(workspace, tmp_path, "schema", sentiment(f"max_tokens = 24, {SCHEMA}"), 32)
    # free text often says neither: that is not wrong but unscored, and told beside the score
    assert free.unscored > 0
    assert free.scores[0].n + free.unscored == 32
    assert schema.unscored == 0
    assert (schema.scores[0].value or 0) > 0.7
    with closing(Reader(workspace)) as reader:
        found = compare_runs(reader, free.run_id, schema.run_id)
    comparison = found.scores[0].comparison
    assert comparison is not None
    assert comparison.difference > 0
    assert f"+{100 * comparison.difference:.1f} points" in comparison.sentence


async def test_that_a_better_system_message_shows(tmp_path: Path, workspace: Workspace) -> None:
    rows = [{"country": country, "capital": capital} for country, capital in CAPITALS.items()]
    (tmp_path / "capitals.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))

    def capitals(system: str) -> str:
        return (
            'dataset = { path = "capitals.jsonl" }\n'
            f'messages = [ {system} {{ role = "user", content = "What is the capital of {{{{ country }}}}?" }} ]\n'
            "parameters = { temperature = 0, max_tokens = 24, seed = 1 }\n"
            'evaluators = [ { type = "contains", expected = "{{ capital }}" } ]\n'
        )

    poet = await evaluate(workspace, tmp_path, "poet", capitals(POET), 24)
    helped = await evaluate(workspace, tmp_path, "helped", capitals(HELPFUL), 24)
    with closing(Reader(workspace)) as reader:
        found = compare_runs(reader, poet.run_id, helped.run_id)
    comparison = found.scores[0].comparison
    assert comparison is not None
    assert comparison.n == 24
    assert (comparison.difference or 0) > 0, comparison.sentence
    assert [one.part for one in found.differences if one.kind == "intended"] == ["prompt"]


async def test_that_a_small_judge_says_what_it_can_and_the_rest_is_unscored(
    tmp_path: Path, workspace: Workspace
) -> None:
    text = (
        f'dataset = {{ path = "{resource("examples", "sentiment-8.csv")}" }}\n'
        f'messages = [ {HELPFUL} {{ role = "user", content = "{REVIEW}" }} ]\n'
        "parameters = { temperature = 0, max_tokens = 16, seed = 1 }\n"
        'evaluators = [ { type = "judge", prompt = "grade", parameters = { temperature = 0, max_tokens = 80, seed = 1 } } ]\n'
    )
    final = await evaluate(workspace, tmp_path, "judged", text, 8)
    score = final.scores[0]
    assert final.state == "completed", final.reason
    assert score.n + score.unscored == 8
    assert score.n > 0, "it can grade some answers"
    assert 1 <= (score.value or 0) <= 10
    with closing(Reader(workspace)) as reader:
        judged = [reader.details(one) for one in reader.record_ids(final.run_id)]
    whys = [score.why for details in judged if details is not None for score in details.scores]
    assert all(whys)  # what it said, or why that is no score
