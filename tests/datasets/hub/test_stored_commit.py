"""A run on a dataset of the Hub stores the commit, and its records are read with the rows of that commit."""

from pathlib import Path

from evalstudio.engine.planning.plan import make_plan
from evalstudio.evaluations.loading import parse_evaluation
from evalstudio.evaluations.request import Options, StoredSpec
from evalstudio.settings.values import Settings
from evalstudio.store.database import open_for_writing
from evalstudio.store.dataset_rows import DatasetRows
from evalstudio.store.runs import find_or_create
from evalstudio.workspace.folder import Workspace
from tests.datasets.hub.fake_hub import COMMIT, FakeHub, Repository
from tests.datasets.hub.support import lines

EVALUATION = """
name = "sums"
dataset = { path = "hf://acme/sums#test", columns = { text = "question" } }
model = "recorded/question"
messages = [{ role = "user", content = "{{ text }}" }]
"""


def test_that_a_run_stores_the_commit_and_finds_its_rows_again(hub: FakeHub, workspace: Workspace) -> None:
    hub.repositories["acme/sums"] = Repository({"test.jsonl": lines("2 + 2", "3 + 3")})
    evaluation = parse_evaluation(EVALUATION, Path("sums.toml"))
    plan = make_plan(evaluation, "sums.toml", Options(samples=1), Settings())
    new = plan.new_run()
    stored = StoredSpec.decode(new.spec).spec["dataset"]
    assert stored == {
        "path": f"hf://acme/sums@{COMMIT}#test", "columns": {"text": "question"}, "config": "default",
    }  # fmt: skip
    hub.repositories["acme/sums"] = Repository({"test.jsonl": lines("5 + 5")}, commit="2e" * 20)
    workspace.folder.mkdir()
    connection = open_for_writing(workspace).conn
    row, _ = find_or_create(connection, new, new_run=True)
    connection.close()
    rows = DatasetRows(row)
    assert [sample.values["text"] for sample in rows] == ["2 + 2", "3 + 3"]
