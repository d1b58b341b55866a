"""A real evaluation of a real language model, and proof that the answers are the model's."""

import json
from pathlib import Path

import httpx
import msgspec
import pytest

from evalstudio.concurrency import SlidingWindow
from evalstudio.engine.servers import local_model
from evalstudio.evaluations.request import Options
from evalstudio.models.keys import find_key
from evalstudio.models.settings import ModelSettings
from evalstudio.store.reader import Details, Reader
from evalstudio.workspace.folder import Workspace
from tests.engine.support import engine_in, finish
from tests.local_model.support import CAPITALS

pytestmark = [
    pytest.mark.local_model,
    pytest.mark.skipif(
        not local_model.installed(), reason="the local model is not installed: run 'make local-model'"
    ),
]

PARAMETERS = {"temperature": 0, "max_tokens": 24, "seed": 1}


def write_evaluation(folder: Path) -> str:
    rows = [{"country": country, "capital": capital} for country, capital in CAPITALS.items()]
    (folder / "capitals.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    path = folder / "capitals.toml"
    path.write_text(
        'name = "capitals"\ndataset = { path = "capitals.jsonl" }\n'
        f'model = "{local_model.REFERENCE}"\n'
        'messages = [ { role = "system", content = "You are a helpful assistant." },\n'
        '  { role = "user", content = "What is the capital of {{ country }}?" } ]\n'
        'evaluators = [ { type = "contains", expected = "{{ capital }}" } ]\n'
        "parameters = { " + ", ".join(f"{name} = {value}" for name, value in PARAMETERS.items()) + " }\n"
    )
    return str(path)


async def test_that_a_real_model_is_evaluated_and_its_answers_are_its_own(
    tmp_path: Path, workspace: Workspace
) -> None:
    async with engine_in(workspace) as (engine, _):
        run = await engine.start_run(write_evaluation(tmp_path), Options("local", SlidingWindow(4)))
        final = await finish(engine, run, 110)
        reader = Reader(workspace)
        records = [details for one in reader.record_ids(run.id) if (details := reader.details(one))]
        asked_again = [await ask(run.plan.model, details) for details in records[:4]]
    assert final.state == "completed", final.reason
    assert len(records) == 24
    assert all(details.record.tokens_out and details.record.tokens_in for details in records)
    answers = [details.record.answer or "" for details in records]
    assert len(set(answers)) > 12, "it answers each question"
    right = [capital in answer for capital, answer in zip(CAPITALS.values(), answers, strict=True)]
    assert [details.scores[0].value for details in records] == right
    assert sum(right) >= 8, "it knows some capitals, which nothing in this program does"
    same = sum(again == answer for again, answer in zip(asked_again, answers, strict=False))
    assert same >= 3, (
        "asked directly, at temperature 0, the model says the same (but for rounding in a batch)"
    )


async def ask(model: ModelSettings, details: Details) -> str:
    """What the model's own server answers to the prompt of a record."""
    body = {"model": "any", "messages": msgspec.json.decode(details.record.prompt), **PARAMETERS}
    key = {"Authorization": f"Bearer {find_key(model.key)}"}
    async with httpx.AsyncClient(headers=key, timeout=60) as client:
        answer = (await client.post(f"{model.base_url}/chat/completions", json=body)).json()
    return str(answer["choices"][0]["message"]["content"])
