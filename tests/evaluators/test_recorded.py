"""Scores that are in the dataset already."""

from pathlib import Path
from typing import Any

import pytest

from evalstudio.evaluations.request import Options
from evalstudio.evaluators.recorded import recorded
from evalstudio.workspace.folder import Workspace
from tests.engine.support import engine_in, finish, records, write_evaluation


@pytest.mark.parametrize(
    ("cell", "value"),
    [("4", 4), ("4,5", 4.5), ("85 %", 0.85), ("yes", True), ("vague", "vague"), (3, 3), (False, False)],
)
def test_that_a_cell_is_the_score(cell: Any, value: Any) -> None:
    score = recorded("whatever", cell, name="human")
    assert (score.name, score.value, score.metrics) == ("human", value, ("mean",))


@pytest.mark.parametrize("cell", [None, "", "-", "n/a", "about 4", "1,234"])
def test_that_a_cell_without_a_score_is_unscored_and_told(cell: Any) -> None:
    score = recorded("whatever", cell)
    assert score.value is None
    assert "nobody has judged this sample" in score.why
    assert cell is None or str(cell) in score.why


async def test_that_cells_without_a_score_leave_the_others_to_count(
    tmp_path: Path, workspace: Workspace
) -> None:
    cells = ["4", "n/a", "5", "-", "4,5", ""]
    rows = [{"text": f"t{n}", "label": "a", "a": "a", "human": cell} for n, cell in enumerate(cells)]
    evaluation = Path(write_evaluation(tmp_path, '"recorded/a"', rows=rows))
    evaluation.write_text(
        evaluation.read_text().replace(
            "evaluators = [", 'evaluators = [ { type = "recorded", value = "{{ human }}" },'
        )
    )
    async with engine_in(workspace) as (engine, _):
        final = await finish(engine, await engine.start_run(str(evaluation), Options("x")))
    human = next(score for score in final.scores if score.evaluator == "recorded")
    assert (human.value, human.n, human.unscored) == (4.5, 3, 3)
    said = {score.why for one in records(workspace) for score in one.scores if score.value is None}
    assert "nobody has judged this sample: the cell holds 'n/a'" in said
