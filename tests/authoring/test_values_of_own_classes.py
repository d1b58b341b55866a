"""Values of a person's own classes: they cost at most their own record, never the run."""

from pathlib import Path

import pytest

from evalstudio import ForEach, Result, Score, run
from evalstudio.workspace.folder import Workspace

foreach = ForEach()


class OwnText(str):
    """A text of another class, as the rows of an array of texts are."""


class Loud(str):
    """A text whose own conversions fail."""

    def __str__(self) -> str:
        raise ValueError("no text")


ROWS = [("a", "1"), (OwnText("b"), OwnText("2")), ("c", "3")]


@pytest.mark.parametrize(("make", "errored"), [(OwnText, 0), (Loud, 1)])
def test_that_a_text_of_an_own_class_costs_at_most_its_own_record(
    make: type[str], errored: int, workspace: Workspace
) -> None:
    @foreach("text,expected", [(make("a"), make("1")), ("b", "2"), ("c", "3")])
    def eval_own(text: str, expected: str) -> Result:
        kind = str if text == "b" else make
        return Result(
            Score("same", True), prompt=kind(f"say {str.upper(text)}"), model_response=OwnText("yes")
        )

    finished = run(eval_own, "own", workspace=workspace.folder)
    assert finished.summary.saved == 3
    assert finished.errored <= 2 * errored
    answered = [record.record.answer for record in finished.records() if record.record.outcome == "ok"]
    assert answered == ["yes"] * (3 - finished.errored)
    assert finished.score("same") == 1.0


def test_that_a_run_with_such_rows_is_resumed(workspace: Workspace, tmp_path: Path) -> None:
    @foreach("text,expected", ROWS)
    def eval_own(text: str, expected: str) -> Result:
        return Result(Score("same", text), prompt=text, model_response=text)

    first = run(eval_own, "own", samples=2, workspace=workspace.folder)
    second = run(eval_own, "own", workspace=workspace.folder)
    assert (first.summary.saved, second.summary.saved, second.errored) == (2, 3, 0)
    assert first.run_id == second.run_id
