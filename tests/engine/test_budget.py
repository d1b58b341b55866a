"""A budget ends a run before more is spent; one that can't be kept is refused before the first call."""

from pathlib import Path

import pytest

from evalstudio.concurrency import Sequential
from evalstudio.engine.plan import Options
from evalstudio.errors import EvaluationError
from evalstudio.store.reader import Reader
from evalstudio.workspace import Workspace
from tests.engine.support import demo, engine_in, finish, write_evaluation


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_KEY", "sk-planted-for-tests")


async def test_that_the_run_stops_when_its_budget_is_spent(tmp_path: Path, workspace: Workspace) -> None:
    async with demo("fast") as server, engine_in(workspace) as (engine, _):
        priced = f"{server.model.removesuffix('}')}, prices = {{ input = 100.0, output = 100.0 }} }}"
        evaluation = write_evaluation(tmp_path, priced, 200, extra="budget = 0.05")
        run = await engine.start_run(evaluation, Options("x", Sequential()))
        final = await finish(engine, run)
    assert final.state == "stopped"
    assert "budget of $0.05 is spent" in final.reason
    assert 0.05 <= (final.cost or 0) < 0.06  # one call went over it, none more
    reader = Reader(workspace)
    costs = [details.record.cost for one in reader.record_ids(run.id) if (details := reader.details(one))]
    assert sum(cost or 0 for cost in costs) == pytest.approx(final.cost)
    assert len(costs) == final.saved < 200


async def test_that_a_budget_without_a_known_price_is_refused(tmp_path: Path, workspace: Workspace) -> None:
    async with demo("fast") as server, engine_in(workspace) as (engine, _):
        evaluation = write_evaluation(tmp_path, server.model, 5, extra="budget = 1.0")
        with pytest.raises(EvaluationError, match=r"budget of \$1 can't be kept.*Add prices"):
            await engine.start_run(evaluation, Options("x"))
        assert await server.calls() == []
