"""One answer that says the same thing a million times does not hold up the others of its run."""

import json
import time
from pathlib import Path
from typing import Any

import pytest

from evalstudio.engine.planning.plan import Options
from evalstudio.protocol import Snapshot
from evalstudio.store.reader import Reader
from evalstudio.workspace.folder import Workspace
from tests.engine.support import engine_in, finish

SAMPLES = 300
DEGENERATE = {
    "line ends": "Answer:" + "\n" * 1_000_000,
    "statements": "answer" * 170_000,
    "groups of digits": "1" + ",234" * 250_000 + "5.5.5",
    "keys": "{" + '"a":1,' * 170_000 + '"a":1}',
    "letters": "ab" * 500_000,
}
EVALUATORS = """
    { type = "multiple_choice", expected = "{{ label }}", choices = ["red", "blue"] },
    { type = "numeric_match", expected = 42 },
    { type = "similarity", expected = "{{ reference }}", normalise = true },
    { type = "json_valid", schema = { type = "object", additionalProperties = { type = "integer" } } },
    { type = "function_call", expected = "f(a=1)" },
"""


def write(folder: Path, name: str, answer: str) -> str:
    rows = [
        {
            "text": f"question {number}",
            "label": "B",
            "reference": "the blue one " * 20,
            "said": "The answer is B, 42.",
        }
        for number in range(SAMPLES)
    ]
    rows[SAMPLES // 2]["said"] = answer
    (folder / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    path = folder / f"{name}.toml"
    path.write_text(
        f'name = "{name}"\nmodel = "recorded/said"\ndataset = {{ path = "{name}.jsonl" }}\n'
        'messages = [ { role = "user", content = "{{ text }}" } ]\n'
        f"evaluators = [{EVALUATORS}]\n"
    )
    return str(path)


async def run(folder: Path, workspace: Workspace, name: str, answer: str) -> tuple[Snapshot, float]:
    async with engine_in(workspace) as (engine, _):
        evaluation = write(folder, name, answer)
        started = time.perf_counter()
        final = await finish(engine, await engine.start_run(evaluation, Options(name)))
        return final, time.perf_counter() - started


@pytest.mark.parametrize("kind", DEGENERATE)
async def test_that_a_degenerate_answer_does_not_delay_the_others(
    kind: str, tmp_path: Path, workspace: Workspace
) -> None:
    _, _ = await run(tmp_path, workspace, "first", "B")  # what is imported late, is
    without, usual = await run(tmp_path, workspace, "without", "The answer is B, 42.")
    with_it, taken = await run(tmp_path, workspace, "with", DEGENERATE[kind])
    assert (without.saved, with_it.saved) == (SAMPLES, SAMPLES)
    assert taken < 2 * usual + 1, (taken, usual)
    choice = {score.evaluator: score for score in with_it.scores}["multiple_choice"]
    assert choice.value == pytest.approx(1.0)  # of those that were read
    judged = longest_judgements(Reader(workspace), run_id=3)
    assert judged[0] < 0.5, judged[:3]
    assert judged[1] < 0.1, judged[:3]


def longest_judgements(reader: Reader, run_id: int) -> list[float]:
    """Seconds that the evaluators took for each answer, the longest first."""
    records: list[Any] = [
        details.record for one in reader.record_ids(run_id) if (details := reader.details(one))
    ]
    assert len(records) == SAMPLES
    return sorted((record.judged for record in records), reverse=True)
