"""Model judges and rescoring: scores that come after the answer is saved."""

import asyncio
import json
import socket
from pathlib import Path
from typing import Any

import pytest

from evalstudio.concurrency import SlidingWindow
from evalstudio.evaluations.request import Options
from evalstudio.store.reader import Details, Reader
from evalstudio.workspace.folder import Workspace
from tests.engine.support import demo, engine_in, finish, write_evaluation

JUDGE = """
import json, threading
calls = 0
def grade(prompt):
    global calls
    calls += 1
    return {reply}
def answer(prompt):
    return "positive"
"""


def write_judged(
    folder: Path, reply: str, samples: int = 12, *, model: str = '"judge.py::answer"', more: str = ""
) -> str:
    (folder / "judge.py").write_text(JUDGE.replace("{reply}", reply))
    path = Path(write_evaluation(folder, model, samples))
    judge = '{ type = "judge", name = "grade", prompt = "grade", expected = "{{ label }}", question = "{{ text }}", model = "judge.py::grade" }'
    path.write_text(path.read_text().replace("normalise = true } ]", f"normalise = true }}, {judge}{more} ]"))
    return str(path)


def details(workspace: Workspace) -> list[Details]:
    reader = Reader(workspace)
    found = [one for record in reader.record_ids(1) if (one := reader.details(record))]
    reader.close()
    return found


def scores(workspace: Workspace, evaluator: str) -> list[Any]:
    return [row.value for one in details(workspace) for row in one.scores if row.evaluator == evaluator]


async def test_that_a_judge_scores_every_answer_beside_the_other_evaluators(
    tmp_path: Path, workspace: Workspace
) -> None:
    evaluation = write_judged(tmp_path, "json.dumps({'reasoning': 'fine', 'score': 7})")
    async with engine_in(workspace) as (engine, _):
        final = await finish(engine, await engine.start_run(evaluation, Options("x")))
    assert final.state == "completed"
    by_name = {score.evaluator: score for score in final.scores}
    assert by_name["grade"].value == 7
    assert by_name["grade"].n == 12
    assert by_name["exact_match"].n == 12
    assert (final.scored, final.unscored, final.errored) == (12, 0, 0)
    assert "fine" in details(workspace)[0].scores[1].why


async def test_that_a_reply_that_cannot_be_read_is_asked_for_once_more_then_unscored(
    tmp_path: Path, workspace: Workspace
) -> None:
    evaluation = write_judged(tmp_path, "'no idea' if calls % 2 else 'Score: 8/10'")
    async with engine_in(workspace) as (engine, _):
        one_at_a_time = Options("x", SlidingWindow(1), workers=1)
        await finish(engine, await engine.start_run(evaluation, one_at_a_time))
    assert scores(workspace, "grade") == [8] * 12

    evaluation = write_judged(tmp_path, "'no idea'")
    other = Workspace(tmp_path / "other")
    async with engine_in(other) as (engine, _):
        final = await finish(engine, await engine.start_run(evaluation, Options("x")))
    grade = next(score for score in final.scores if score.evaluator == "grade")
    assert (grade.value, grade.n, grade.unscored) == (None, 0, 12)
    assert (final.scored, final.errored) == (12, 0), (
        "the other evaluator could judge them; nothing is wrong or errored"
    )


async def test_that_a_reply_that_cannot_be_read_is_the_worst_score_where_asked(
    tmp_path: Path, workspace: Workspace
) -> None:
    path = Path(write_judged(tmp_path, "'no idea'", 3))
    path.write_text(path.read_text().replace('type = "judge",', 'type = "judge", unreadable = "wrong",'))
    async with engine_in(workspace) as (engine, _):
        final = await finish(engine, await engine.start_run(str(path), Options("x")))
    assert scores(workspace, "grade") == [1] * 3  # the scale is 1 to 10
    grade = next(score for score in final.scores if score.evaluator == "grade")
    assert (grade.value, grade.unscored) == (1, 0)
    assert all(one.scores[1].why.startswith("unreadable: ") for one in details(workspace))


async def test_that_a_reply_that_is_cut_off_is_asked_for_once_more(
    tmp_path: Path, workspace: Workspace
) -> None:
    reply = "{'text': 'Score: 1', 'finish_reason': 'length'} if calls % 2 else 'Score: 10'"
    evaluation = write_judged(tmp_path, reply)
    async with engine_in(workspace) as (engine, _):
        await finish(engine, await engine.start_run(evaluation, Options("x", SlidingWindow(1), workers=1)))
    assert set(scores(workspace, "grade")) == {10}


async def test_that_a_judge_that_cannot_be_reached_leaves_answers_unscored(
    tmp_path: Path, workspace: Workspace
) -> None:
    evaluation = Path(write_judged(tmp_path, "''", 3))
    evaluation.write_text(
        evaluation.read_text()
        .replace(
            'model = "judge.py::grade"',
            'model = { provider = "vllm", name = "none", base_url = "http://127.0.0.1:9/v1" }',
        )
        .replace('name = "test"', 'name = "test"\ntimeouts = { attempts = 1 }')
    )
    async with engine_in(workspace) as (engine, _):
        final = await finish(engine, await engine.start_run(str(evaluation), Options("x")))
    grade = next(score for score in final.scores if score.evaluator == "grade")
    assert (grade.n, grade.unscored) == (0, 3)
    assert "refused" in details(workspace)[0].scores[1].why


@pytest.mark.parametrize("model", ['"demo/instant"', '"judge.py::answer"'], ids=["endpoint", "workers"])
async def test_that_answers_stop_coming_when_a_slow_judge_falls_behind(
    tmp_path: Path, workspace: Workspace, model: str
) -> None:
    evaluation = write_judged(tmp_path, "(threading.Event().wait(0.05), '5')[1]", 60, model=model)
    async with engine_in(workspace) as (engine, heard):
        run = await engine.start_run(evaluation, Options("x", SlidingWindow(4)))
        final = await finish(engine, run)
    assert final.saved == 60
    assert scores(workspace, "grade") == [5] * 60
    assert max(snapshot.judging for snapshot in heard.snapshots) <= 2 * 4 + 4
    # once the last sample is out, the dataset's end is the reason, too
    behind = [one.binding for one in heard.snapshots if one.judging >= 2 * 4 and one.queued and one.binding]
    assert set(behind) == {"judges"}
    taken = [(row.evaluator, row.seconds) for one in details(workspace) for row in one.scores]
    assert all((seconds or 0) >= 0.05 for name, seconds in taken if name == "grade")
    assert all(seconds is None for name, seconds in taken if name != "grade")


async def test_that_a_stop_keeps_answers_and_a_resume_judges_them_without_calling_the_model_again(
    tmp_path: Path, workspace: Workspace
) -> None:
    async with demo("instant") as server:
        slow = "(threading.Event().wait(0.3), '5')[1]"
        evaluation = write_judged(tmp_path, slow, 40, model=server.model.replace(', key = "TEST_KEY"', ""))
        async with engine_in(workspace) as (engine, heard):
            run = await engine.start_run(evaluation, Options("x", SlidingWindow(4)))
            await heard.until(lambda snapshot: snapshot.saved >= 12)
            run.stop()
            await finish(engine, run)
        saved, judged = len(details(workspace)), len(scores(workspace, "grade"))
        assert judged < saved
        called = (await server.stats())["started"]
        async with engine_in(workspace) as (engine, _):
            final = await finish(engine, await engine.start_run(evaluation, Options("x", SlidingWindow(4))))
        assert (await server.stats())["started"] - called == 40 - saved
    assert final.state == "completed"
    assert (final.saved, final.scored) == (40, 40)
    assert scores(workspace, "grade") == [5] * 40


async def test_that_an_added_and_a_changed_evaluator_score_a_finished_run_without_new_calls(
    tmp_path: Path, workspace: Workspace
) -> None:
    async with demo("instant") as server:
        evaluation = Path(write_evaluation(tmp_path, server.model.replace(', key = "TEST_KEY"', ""), 16))
        async with engine_in(workspace) as (engine, _):
            first = await finish(engine, await engine.start_run(str(evaluation), Options("x")))
            called = (await server.stats())["started"]
            (tmp_path / "own.py").write_text("def longer(answer, text):\n    return len(answer) > 7\n")
            text = evaluation.read_text().replace(
                "normalise = true } ]",
                'normalise = false }, { type = "python", path = "own.py", function = "longer" } ]',
            )
            evaluation.write_text(text)
            second = await finish(engine, await engine.start_run(str(evaluation), Options("x")))
        assert (await server.stats())["started"] == called
    assert first.scores[0].value == 1.0
    by_name = {score.evaluator: score for score in second.scores}
    assert second.state == "completed"
    assert (second.saved, second.scored) == (16, 16)
    own = next(score for name, score in by_name.items() if name != "exact_match")
    assert own.n == 16
    assert own.value == pytest.approx(
        sum(len(one.record.answer or "") > 7 for one in details(workspace)) / 16
    )
    assert by_name["exact_match"].n == 16


async def test_that_a_run_waits_for_scores_and_reports_progress_meanwhile(
    tmp_path: Path, workspace: Workspace
) -> None:
    evaluation = write_judged(tmp_path, json.dumps("7"), 6)
    async with engine_in(workspace) as (engine, heard):
        run = await engine.start_run(evaluation, Options("x"))
        await finish(engine, run)
        await asyncio.sleep(0)
    last = heard.snapshots[-1]
    assert last.judging == 0
    assert last.state == "completed"


async def test_that_a_run_does_not_wait_for_ever_for_a_judge_that_is_not_there(
    tmp_path: Path, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("evalstudio.engine.scoring.judge_calls.SILENT_S", 0.5)
    monkeypatch.setenv("TEST_KEY", "sk-planted-for-tests")
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{unused.getsockname()[1]}/v1"
    nobody = f'{{ provider = "openai", name = "x", base_url = "{address}", key = "TEST_KEY" }}'
    evaluation = Path(write_judged(tmp_path, "8", 12))
    evaluation.write_text(evaluation.read_text().replace('"judge.py::grade"', nobody))
    async with engine_in(workspace) as (engine, _):
        final = await finish(engine, await engine.start_run(str(evaluation), Options("x")))
    assert final.state == "stopped"
    assert "the judge 'grade' does not answer: Nothing listens at" in final.reason
    assert scores(workspace, "grade") == []  # a resume asks for them


async def test_that_a_resume_asks_again_for_scores_for_which_no_judge_was_there(
    tmp_path: Path, workspace: Workspace
) -> None:
    evaluation = Path(write_judged(tmp_path, "8", 6))
    evaluation.write_text(evaluation.read_text().replace("judge.py::grade", "moody.py::grade"))
    (tmp_path / "moody.py").write_text(
        "from pathlib import Path\n"
        "def grade(prompt):\n"
        "    if Path(__file__).with_name('away').exists():\n"
        "        raise ValueError('not today')\n"
        "    return 'Grade: 8'\n"
    )
    (tmp_path / "away").touch()
    async with engine_in(workspace) as (engine, _):
        without = await finish(engine, await engine.start_run(str(evaluation), Options("x")))
        assert (without.saved, scores(workspace, "grade")) == (6, [None] * 6)
        before = [one.record.finished_at for one in details(workspace)]
        (tmp_path / "away").unlink()
        final = await finish(engine, await engine.start_run(str(evaluation), Options("x")))
    assert (final.saved, final.state) == (6, "completed")
    assert scores(workspace, "grade") == [8] * 6
    assert [one.record.finished_at for one in details(workspace)] == before  # no answer was asked for again
