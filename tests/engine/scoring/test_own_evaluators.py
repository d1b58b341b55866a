"""Evaluators of a person's own at work: in processes, where nothing that they do reaches the engine or another answer."""

import asyncio
import os
import time
from pathlib import Path

import pytest

from evalstudio.advice.presets import Machine
from evalstudio.engine.planning import worker_advice
from evalstudio.engine.planning.plan import make_plan
from evalstudio.evaluations.loading import load_evaluation
from evalstudio.evaluations.request import Options
from evalstudio.evaluators.build import KINDS
from evalstudio.protocol import LogLine
from evalstudio.settings.values import Settings
from evalstudio.workspace.folder import Workspace
from tests.engine.support import engine_in, finish, records, write_evaluation, write_model

MODEL = "async def answer(prompt):\n    return prompt\n"
HEAD = "import ctypes, os, sys, time\nfrom evalstudio import Score\n"
BAD = """
def judge(answer):
    if "(1)" in answer: sys.exit(3)
    if "(2)" in answer: os._exit(4)
    if "(3)" in answer: ctypes.string_at(0)
    if "(4)" in answer: time.sleep(3600)
    if "(5)" in answer:
        for _ in range(2_000): print("x" * 1_000)
    if "(6)" in answer: os.chdir("/")
    if "(7)" in answer: return lambda: True
    if "(8)" in answer: return float("nan")
    if "(9)" in answer: return None
    if "(10)" in answer: raise ConnectionError("no server")
    if "(11)" in answer and os.fork() == 0: return False
    return os.getcwd() == FOLDER
"""


def write_own(folder: Path, text: str, samples: int, extra: str = "") -> str:
    """An evaluation whose model says what it is asked, and whose evaluator is `judge` of this text."""
    write_model(folder, MODEL)
    (folder / "own.py").write_text(f"{HEAD}FOLDER = {str(Path.cwd())!r}\n{text}")
    path = Path(write_evaluation(folder, '"model.py::answer"', samples, extra=extra))
    head = path.read_text().partition("evaluators = ")[0]
    path.write_text(
        f'{head}evaluators = [ {{ type = "python", name = "own", path = "own.py", function = "judge", '
        'metrics = ["mean"] } ]\n'
    )
    return str(path)


async def test_that_an_evaluator_that_keeps_the_interpreter_to_itself_does_not_hold_up_the_engine(
    tmp_path: Path, workspace: Workspace
) -> None:
    # a call by PyDLL keeps the lock: in the engine's process nothing else could run meanwhile
    text = (
        "def judge(answer):\n    began = time.monotonic()\n    ctypes.PyDLL(None).usleep(300_000)\n"
        "    return Score('own', os.getpid(), why=f'{began} {time.monotonic()}')\n"
    )
    turns: list[float] = []

    async def turn() -> None:
        while True:
            turns.append(time.monotonic())
            await asyncio.sleep(0.01)

    async with engine_in(workspace) as (engine, _):
        ticking = asyncio.create_task(turn())
        final = await finish(engine, await engine.start_run(write_own(tmp_path, text, 3), Options("x")))
        ticking.cancel()
    scores = [one.scores[0] for one in records(workspace)]
    assert final.scored == 3
    assert {score.value for score in scores}.isdisjoint({os.getpid()})
    for score in scores:
        began, ended = map(float, score.why.split())
        assert sum(began < at < ended for at in turns) > 2, "the engine's loop went on"


async def test_that_evaluators_share_the_processes_that_are_asked_for(
    tmp_path: Path, workspace: Workspace
) -> None:
    text = (
        "def judge(answer):\n"
        "    open(os.path.join(os.path.dirname(__file__), f'here {os.getpid()}'), 'w').close()\n"
        "    while len([one for one in os.listdir(os.path.dirname(__file__)) if one.startswith('here')]) < 2:\n"
        "        time.sleep(0.005)\n"
        "    return os.getpid()\n"
    )
    evaluation = write_own(tmp_path, text, 6)
    async with engine_in(workspace) as (engine, _):
        final = await finish(engine, await engine.start_run(evaluation, Options("x", processes=2)))
    assert final.scored == 6
    assert len({one.scores[0].value for one in records(workspace)}) == 2


async def test_that_a_bad_evaluator_leaves_its_own_answers_unscored(
    tmp_path: Path, workspace: Workspace
) -> None:
    evaluation = write_own(tmp_path, BAD, 16, extra="timeouts = { attempt = 3 }")
    async with engine_in(workspace) as (engine, heard):
        final = await finish(engine, await engine.start_run(evaluation, Options("x")))
    assert (final.state, final.saved, final.errored) == ("completed", 16, 0)
    found = {number: one.scores[0] for number, one in enumerate(records(workspace))}
    unscored = {number: score.why for number, score in found.items() if score.value is None}
    assert unscored == {
        1: "The evaluator 'own' failed: RuntimeError: SystemExit: 3 (own.py, line 6)",
        2: "The evaluator 'own' failed: Its worker process ended by itself (status 4) while it was called, 2 times.",
        3: "The evaluator 'own' failed: Its worker process was ended by SIGSEGV while it was called, 2 times.",
        4: "The evaluator 'own' did not return within 3 s.",
        7: "The evaluator 'own' failed: TypeError: the function returned function, not a Score, a truth value, a "
        "number or a text",
        8: "The evaluator returned nan, which is no score.",
        9: "the function returned None",
        10: "The evaluator 'own' failed: ConnectionError: no server (own.py, line 16)",
    }
    assert all(score.value == 1 for number, score in found.items() if number not in (*unscored, 6))
    printed = sum(len(one.text) for one in heard.events if isinstance(one, LogLine) and one.level == "output")
    assert 0 < printed < 1_000_000


async def test_that_an_evaluator_which_a_process_cannot_load_judges_in_a_thread(
    tmp_path: Path, workspace: Workspace
) -> None:
    text = (
        f"if os.getpid() != {os.getpid()}: raise ImportError('not in a worker')\n"
        "def judge(answer):\n    return os.getpid()\n"
    )
    async with engine_in(workspace) as (engine, heard):
        final = await finish(engine, await engine.start_run(write_own(tmp_path, text, 2), Options("x")))
    assert final.scored == 2
    assert {one.scores[0].value for one in records(workspace)} == {os.getpid()}
    assert any("ImportError: not in a worker" in one.text for one in heard.events if isinstance(one, LogLine))


@pytest.mark.parametrize(("seconds", "processes", "said"), [(0.06, 1, 1), (0.06, 2, 0), (0.0, 1, 0)])
def test_that_more_processes_are_advised_once_for_evaluators_that_compute(
    tmp_path: Path, seconds: float, processes: int, said: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker_advice, "measure_machine", lambda: Machine(4, 1 << 34))
    lines: list[str] = []
    evaluation = load_evaluation(write_own(tmp_path, "def judge(answer):\n    return True\n", 1))
    options = Options("x", processes=processes if processes > 1 else None)
    plan = make_plan(evaluation, "test.toml", options, Settings())
    advice = worker_advice.EvaluatorAdvice(plan, lambda level, text: lines.append(text))
    for _ in range(30):
        advice.judged(seconds)
    assert len(lines) == said
    assert all("--processes 4" in line for line in lines)


@pytest.mark.parametrize("kind", ["def", "async def"])
async def test_that_an_async_function_which_holds_up_the_engine_is_named(
    tmp_path: Path, workspace: Workspace, kind: str
) -> None:
    write_model(
        tmp_path, f"import time\n{kind} answer(prompt):\n    time.sleep(0.3)\n    return 'positive'\n"
    )
    evaluation = write_evaluation(tmp_path, '"model.py::answer"', 5)
    async with engine_in(workspace) as (engine, heard):
        await finish(engine, await engine.start_run(evaluation, Options("x")))
    said = [one.text for one in heard.events if isinstance(one, LogLine) and one.level == "warning"]
    assert [text.partition(", and")[0] for text in said] == (
        ["model.py::answer is async"] if kind == "async def" else []
    )


async def test_that_a_crash_a_time_out_and_no_verdict_are_wrong_where_a_person_asks_for_that(
    tmp_path: Path, workspace: Workspace
) -> None:
    text = (
        'def judge(answer):\n    if "(1)" in answer: raise ConnectionError("no server")\n'
        '    if "(2)" in answer: time.sleep(3600)\n    if "(3)" in answer: return None\n'
        '    if "(4)" in answer: return float("nan")\n    return True\n'
    )
    path = Path(write_own(tmp_path, text, 6, extra="timeouts = { attempt = 1.0 }"))
    path.write_text(path.read_text().replace('["mean"]', '["accuracy"], unreadable = "wrong"'))
    async with engine_in(workspace) as (engine, _):
        final = await finish(engine, await engine.start_run(str(path), Options("x")))
    found = {one.record.position: one.scores[0] for one in records(workspace)}
    assert [bool(found[number].value) for number in range(6)] == [True, False, False, False, False, True]
    assert all(found[number].why.startswith("unreadable: ") for number in (1, 2, 3, 4))
    assert "no server" in found[1].why
    assert "did not return" in found[2].why or "1 s" in found[2].why
    assert (final.scores[0].n, final.scores[0].unscored) == (6, 0)


async def test_that_mathematics_is_compared_in_a_process_that_is_ended_at_its_deadline(
    tmp_path: Path, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(KINDS, "math_match", KINDS["math_match"]._replace(longest_s=4.0))
    write_model(tmp_path, MODEL)
    rows = [
        {"text": r"$\sqrt{12}$", "label": r"2\sqrt{3}"},
        {"text": "$(1, 3)$", "label": "(1, 2)"},
        {"text": r"$\sum_{n=1}^{\infty} \frac{\sin(n^3)}{n^2}$", "label": "2"},
    ]
    path = Path(write_evaluation(tmp_path, '"model.py::answer"', rows=rows))
    head = path.read_text().partition("evaluators = ")[0]
    path.write_text(f'{head}evaluators = [ {{ type = "math_match", expected = "{{{{ label }}}}" }} ]\n')
    async with engine_in(workspace) as (engine, _):
        final = await finish(engine, await engine.start_run(str(path), Options("x")))
    scores = [one.scores[0] for one in records(workspace)]
    assert [score.value for score in scores] == [1, 0, None]
    assert scores[2].why == "The evaluator 'math_match' did not return within 4 s."
    assert (final.saved, final.scored) == (3, 2)
