"""What a record keeps as the expected answer: what the first evaluator that compares compares with."""

from pathlib import Path
from typing import Any

import pytest

from evalstudio.evaluations.request import Options
from evalstudio.store.reader import Reader
from evalstudio.workspace.folder import Workspace
from tests.engine.support import engine_in, finish

ROWS = (
    '{"text": "a", "label": "one #### 1", "expected": "1"}\n{"text": "b", "label": "none", "expected": "2"}\n'
)


@pytest.mark.parametrize(
    ("evaluators", "kept"),
    [
        ('{ type = "exact_match", expected = "{{ label }}" }', ["one #### 1", "none"]),
        ('{ type = "exact_match", expected = "{{ label.split(\' #### \')[1] }}" }', ["1", None]),
        ('{ type = "exact_match" }', ["1", "2"]),
        ('{ type = "contains", expected = ["x", "y"] }', ['["x", "y"]', '["x", "y"]']),
    ],
)
async def test_that_it_is_what_is_compared_with(
    tmp_path: Path, workspace: Workspace, evaluators: str, kept: list[Any]
) -> None:
    (tmp_path / "rows.jsonl").write_text(ROWS)
    (tmp_path / "answers.py").write_text("def answer(text):\n    return '1'\n")
    path = tmp_path / "e.toml"
    path.write_text(
        'name = "e"\nmodel = { provider = "python", name = "answer", path = "answers.py" }\n'
        'dataset = { path = "rows.jsonl" }\nmessages = [ { role = "user", content = "{{ text }}" } ]\n'
        f"evaluators = [ {evaluators} ]\n"
    )
    async with engine_in(workspace) as (engine, _):
        await finish(engine, await engine.start_run(str(path), Options("x")))
    reader = Reader(workspace)
    try:
        found = [reader.details(one) for one in reader.record_ids(1)]
    finally:
        reader.close()
    assert [one.record.expected for one in found if one is not None] == kept
