"""A judge beside a person's judgements: how far they agree."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from evalstudio.cli.agreement import measure
from evalstudio.cli.main import evalstudio as commands
from evalstudio.errors import EvaluationError
from evalstudio.workspace.folder import Workspace

MACHINE = [1, 1, 0, 0, 1, 0, 1, 0]
HUMAN = ["1", "1", "0", "1", "1", "0", "", "true"]


def run(folder: Path, workspace: Workspace) -> None:
    rows = [
        {"text": "x", "answer": str(one), "human": other} for one, other in zip(MACHINE, HUMAN, strict=True)
    ]
    (folder / "d.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (folder / "e.toml").write_text(
        'name = "e"\ndataset = { path = "d.jsonl" }\nmodel = "recorded/answer"\n'
        'messages = [ { role = "user", content = "{{ text }}" } ]\n'
        'evaluators = [ { type = "exact_match", name = "machine", expected = "1" },'
        ' { type = "recorded", name = "person", value = "{{ human }}" } ]\n'
    )
    done = CliRunner().invoke(
        commands, ["run", str(folder / "e.toml"), "--experiment", "a", "--workspace", str(workspace.folder)]
    )
    assert done.exit_code == 1, done.output  # one is unscored


def test_that_agreement_is_of_what_both_have_judged(tmp_path: Path, workspace: Workspace) -> None:
    run(tmp_path, workspace)
    command = ["agreement", "a", "machine", "person", "--workspace", str(workspace.folder)]
    found = json.loads(CliRunner().invoke(commands, [*command, "--json"]).stdout)
    assert found["n"] == 7  # the empty cell is no judgement
    assert found["share"] == pytest.approx(5 / 7)
    # by hand: 5/7 agree; the machine says 1 in 3 of 7, the person in 5 of 7
    chance = (3 / 7) * (5 / 7) + (4 / 7) * (2 / 7)
    assert found["kappa"] == pytest.approx((5 / 7 - chance) / (1 - chance))
    assert "kappa" in CliRunner().invoke(commands, command).stdout


def test_that_an_evaluator_that_is_not_there_is_named(tmp_path: Path, workspace: Workspace) -> None:
    run(tmp_path, workspace)
    command = ["agreement", "a", "machine", "nobody", "--workspace", str(workspace.folder)]
    found = CliRunner().invoke(commands, command)
    assert isinstance(found.exception, EvaluationError)
    assert "no evaluator 'nobody'; it has machine, person" in str(found.exception)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"), (7, "7"), (999, "999"), (1_000, "1,000"), (100_000, "100,000"), (123_456, "123,456"),
        (1_000_000, "1,000,000"), (1.0, "1.000"), (0.71428, "0.714"), (0.99996, "1.000"), (-0.05, "-0.050"),
        (0.00001, "0.000"), (None, "unknown"),
    ],
)  # fmt: skip
def test_that_counts_and_measures_are_written_in_full(value: float | None, text: str) -> None:
    assert measure(value) == text
