"""A budget ends a run before more is spent; one that can't be kept is refused before the first call."""

from pathlib import Path

import pytest

from evalstudio.concurrency import Sequential, SlidingWindow
from evalstudio.errors import EvaluationError
from evalstudio.evaluations.request import Options
from evalstudio.store.reader import Reader
from evalstudio.workspace.folder import Workspace
from tests.engine.support import Demo, demo, engine_in, finish, write_evaluation


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_KEY", "sk-planted-for-tests")


def priced(server: Demo) -> str:
    return f"{server.model.removesuffix('}')}, prices = {{ input = 100.0, output = 100.0 }} }}"


async def test_that_the_run_stops_when_its_budget_is_spent(tmp_path: Path, workspace: Workspace) -> None:
    async with demo("fast") as server, engine_in(workspace) as (engine, _):
        evaluation = write_evaluation(tmp_path, priced(server), 200, extra="budget = 0.05")
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


async def test_that_a_record_of_several_turns_holds_the_cost_of_all(
    tmp_path: Path, workspace: Workspace
) -> None:
    async with demo("instant") as server, engine_in(workspace) as (engine, _):
        evaluation = Path(write_evaluation(tmp_path, priced(server), 3))
        one_turn = '{ role = "user", content = "{{ text }}" }'
        assert one_turn in evaluation.read_text()
        more = f'{one_turn}, {{ role = "user", content = "Are you sure? Answer again." }}'
        evaluation.write_text(evaluation.read_text().replace(one_turn, more))
        run = await engine.start_run(str(evaluation), Options("x"))
        final = await finish(engine, run)
        assert (await server.stats())["started"] == 6
    assert (final.saved, final.errored) == (3, 0)
    reader = Reader(workspace)
    costs = [details.record.cost for one in reader.record_ids(run.id) if (details := reader.details(one))]
    assert sum(cost or 0 for cost in costs) == pytest.approx(final.cost)


async def test_that_what_judges_cost_is_not_forgotten_by_a_resume(
    tmp_path: Path, workspace: Workspace
) -> None:
    async with demo("fast") as server, engine_in(workspace) as (engine, heard):
        path = Path(write_evaluation(tmp_path, priced(server), 40))
        head, _, _ = path.read_text().partition("evaluators")
        path.write_text(
            head
            + 'evaluators = [ { type = "judge", name = "grade", prompt = "grade", expected = "{{ label }}", question = "{{ text }}" } ]\n'
        )
        run = await engine.start_run(str(path), Options("x", SlidingWindow(4)))
        await heard.until(lambda snapshot: any(score.n or score.unscored for score in snapshot.scores))
        run.stop()
        stopped = await finish(engine, run)
        assert stopped.saved < 40
        reader = Reader(workspace)
        kept = [details.record.cost for one in reader.record_ids(run.id) if (details := reader.details(one))]
        assert sum(cost or 0 for cost in kept) < (stopped.cost or 0), "judges have cost something"
        resumed = await engine.start_run(str(path), Options("x", SlidingWindow(4)))
        first = engine.snapshot(resumed)
        assert (first.cost or 0) == pytest.approx(stopped.cost)
        resumed.stop()
        await finish(engine, resumed)
