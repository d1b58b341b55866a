"""A grid of models, prompts and parameters: every combination is a run, all in one experiment."""

from pathlib import Path

import pytest

from evalstudio.errors import EvaluationError, RunError
from evalstudio.evaluations.loading import load_evaluation, variants
from evalstudio.evaluations.request import Options
from evalstudio.store.reader import Reader
from evalstudio.workspace.folder import Workspace
from tests.engine.support import engine_in, finish

MODEL = """
def good(messages):
    return "yes" if "polite" in messages[0]["content"] else "no"
def bad(messages):
    return "no"
"""
GRID = """
name = "grid"
dataset = { path = "d.jsonl" }
parameters = { temperature = 0 }
evaluators = [ { type = "exact_match", expected = "{{ label }}" } ]

[grid]
models = ["model.py::good", "model.py::bad"]
parameters = { seed = [1, 2] }

[grid.prompts]
polite = [ { role = "user", content = "Be polite: {{ text }}" } ]
short = [ { role = "user", content = "{{ text }}" } ]
"""


@pytest.fixture
def grid(tmp_path: Path) -> str:
    (tmp_path / "model.py").write_text(MODEL)
    (tmp_path / "d.jsonl").write_text('{"text": "a", "label": "yes"}\n{"text": "b", "label": "yes"}\n')
    path = tmp_path / "grid.toml"
    path.write_text(GRID)
    return str(path)


def test_that_every_combination_has_a_name_and_its_own_parts(grid: str) -> None:
    found = variants(load_evaluation(grid).spec)
    assert len(found) == 8
    assert next(iter(found)) == "model.py::good, polite, seed=1"
    one = load_evaluation(f"{grid}#model.py::bad, short, seed=2").spec
    assert one.model == "model.py::bad"
    assert one.parameters == {"temperature": 0, "seed": 2}
    assert one.messages[0].content == "{{ text }}"
    assert one.grid is None
    with pytest.raises(EvaluationError, match=r"no variant 'short'; it has model\.py::good, polite, seed=1;"):
        load_evaluation(f"{grid}#short")


async def test_that_all_run_in_one_experiment_and_each_can_be_resumed(
    grid: str, workspace: Workspace
) -> None:
    async with engine_in(workspace) as (engine, _):
        runs = await engine.start_all(grid, Options("all", samples=1))
        finals = [await finish(engine, run) for run in runs]
        again = await engine.start_all(grid, Options("all"))
        wholes = [await finish(engine, run) for run in again]
        first = await finish(engine, await engine.resume_run(runs[0].id))
    assert {final.experiment for final in finals} == {"all"}
    assert [run.id for run in again] == [run.id for run in runs]  # gone on with, not begun anew
    assert [final.saved for final in wholes] == [2] * 8
    assert first.evaluation == "grid [model.py::good, polite, seed=1]"
    means = {final.evaluation: final.scores[0].value for final in wholes}
    assert [name for name, value in means.items() if value == 1.0] == [
        "grid [model.py::good, polite, seed=1]",
        "grid [model.py::good, polite, seed=2]",
    ]
    assert len(Reader(workspace).runs("all")) == 8


async def test_that_what_cannot_run_is_said_before_anything_does(
    grid: str, tmp_path: Path, workspace: Workspace
) -> None:
    async with engine_in(workspace) as (engine, _):
        with pytest.raises(EvaluationError, match=r"is a grid of 8 evaluations; name one behind a #"):
            await engine.start_run(grid)
        with pytest.raises(RunError, match="says which models there are"):
            await engine.start_all(grid, Options(model="demo/instant"))
        Path(grid).write_text(GRID.replace("Be polite: {{ text }}", "{{ txt }}"))
        with pytest.raises(EvaluationError, match="'txt'"):
            await engine.start_all(grid)
    assert Reader(workspace).runs() == []


@pytest.mark.parametrize(
    ("broken", "sentence"),
    [
        ("[grid]\n", "varies nothing"),
        ("[grid]\nparameters = { seed = [] }\n", "no values for 'seed'"),
        ("", "has no model"),
    ],
)
def test_that_a_grid_without_values_is_refused(tmp_path: Path, broken: str, sentence: str) -> None:
    path = tmp_path / "e.toml"
    path.write_text(
        'name = "e"\ndataset = { path = "d.jsonl" }\n'
        f'messages = [ {{ role = "user", content = "x" }} ]\n{broken}'
    )
    with pytest.raises(EvaluationError, match=sentence):
        load_evaluation(str(path))
