"""lm-eval's tasks that run a model's code, on problems of our own: in the sandbox, with the published metric."""

import json
from pathlib import Path
from typing import Any

import pytest

from evalstudio.core.errors import EvaluationError
from evalstudio.engine.benchmarks.host_process import PYTHON_VARIABLE
from evalstudio.engine.benchmarks.published import PUBLISHED
from evalstudio.engine.engine import Engine
from evalstudio.evaluations.request import Options
from evalstudio.workspace.folder import Workspace
from tests.engine.benchmarks.support import lm_eval_python, published_tasks

pytestmark = [pytest.mark.proof, pytest.mark.timeout(300)]
COMPLETED = [
    {"task_id": f"own/{number}", "prompt": f"def times_{number}(x):\n", "entry_point": f"times_{number}",
     "canonical_solution": f"    return {number} * x\n",
     "test": f"def check(candidate):\n    assert candidate(7) == {7 * number}\n"}
    for number in range(2, 6)
]  # fmt: skip
ASKED = [
    {"task_id": number, "text": f"Write a function times_{number}.", "code": "",
     "test_list": [f"assert times_{number}({x}) == {number * x}" for x in range(3)]}
    for number in range(2, 6)
]  # fmt: skip
# A model that knows how to multiply by 2 and by 3, ends the process for 4, and reads a file of the system for 5.
MODEL = r"""
import re

def answer(prompt):
    number = int(re.findall(r"times_(\d)", prompt)[-1])
    body = {2: "return 2 * x", 3: "return x * 3", 4: "import os; os._exit(0)", 5: "return open('/etc/passwd').read()"}[number]
    head = "" if prompt.startswith("def ") else f"def times_{number}(x):\n"
    return f"{head}    {body}\n"
"""


@pytest.mark.parametrize(
    ("task", "rows", "metric"),
    [("humaneval/humaneval.yaml", COMPLETED, "pass@1"), ("mbpp/mbpp.yaml", ASKED, "pass_at_1")],
)
async def test_that_a_models_code_is_scored_in_the_sandbox(
    task: str, rows: list[dict[str, Any]], metric: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = await opened_engine(tmp_path, monkeypatch, task, rows)
    try:
        [run] = await engine.start_all("lm-eval:own_code", options_in(tmp_path))
        final = await engine.finished(run)
    finally:
        await engine.aclose()
    published = {score.evaluator: score.value for score in final.scores if score.metric == PUBLISHED}
    assert published[metric] == 0.5
    assert final.errored == 0


async def test_that_a_task_with_a_runner_of_its_own_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [{"code": "def f(x):\n    return x", "input": "1", "output": "1", "id": "0"}]
    engine = await opened_engine(tmp_path, monkeypatch, "cruxeval/cruxeval_output.yaml", rows)
    try:
        with pytest.raises(EvaluationError, match="outside of the sandbox"):
            await engine.start_all("lm-eval:own_code", options_in(tmp_path))
    finally:
        await engine.aclose()


def options_in(folder: Path) -> Options:
    return Options(
        model=f"{folder / 'model.py'}::answer", include=(str(folder / "tasks"),), api="completions"
    )


async def opened_engine(
    folder: Path, monkeypatch: pytest.MonkeyPatch, task: str, rows: list[dict[str, Any]]
) -> Engine:
    """An engine, with a task of lm-eval's that reads our own documents, and the model beside it."""
    python = lm_eval_python()
    monkeypatch.setenv(PYTHON_VARIABLE, python)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    tasks = folder / "tasks"
    tasks.mkdir()
    (folder / "model.py").write_text(MODEL)
    (folder / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (tasks / "own_code.yaml").write_text(
        f"task: own_code\ninclude: {published_tasks(python) / task}\ndataset_path: json\ndataset_name: null\n"
        f"dataset_kwargs: {{data_files: {{test: {folder / 'rows.jsonl'}}}}}\n"
    )
    engine = Engine(Workspace(folder / "workspace"))
    await engine.start()
    return engine
