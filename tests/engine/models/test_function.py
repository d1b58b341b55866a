"""Python functions as models: threads, hangs, crashes, and everything a person's code may do."""

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from evalstudio.advice.presets import measure_machine
from evalstudio.concurrency import Adaptive, Sequential, SlidingWindow
from evalstudio.errors import ModelError
from evalstudio.evaluations.request import Options
from evalstudio.workspace.folder import Workspace
from tests.engine.support import engine_in, finish, records, write_evaluation, write_model


async def test_that_a_synchronous_function_runs_in_eight_threads_by_default(
    tmp_path: Path, workspace: Workspace
) -> None:
    write_model(tmp_path, "import time\ndef answer(prompt):\n    time.sleep(1)\n    return 'positive'\n")
    async with engine_in(workspace) as (engine, _):
        run = await engine.start_run(write_evaluation(tmp_path, '"model.py::answer"', 8), Options("x"))
        assert run.controls.strategy == SlidingWindow(8)
        final = await finish(engine, run)
    assert final.workers == 8
    assert 1.0 <= final.elapsed < 1.5


async def test_that_workers_change_while_a_run_runs(tmp_path: Path, workspace: Workspace) -> None:
    write_model(
        tmp_path,
        "import threading, time\nlock = threading.Lock(); now = 0\n"
        "def answer(prompt):\n    global now\n"
        "    with lock: now += 1; seen = now\n"
        "    time.sleep(0.1)\n"
        "    with lock: now -= 1\n"
        "    return str(seen)\n",
    )
    async with engine_in(workspace) as (engine, heard):
        run = await engine.start_run(
            write_evaluation(tmp_path, '"model.py::answer"', 120), Options("x", workers=2)
        )
        await heard.until(lambda snapshot: snapshot.saved >= 6)
        assert max(int(one.record.answer or 0) for one in records(workspace)) == 2
        run.controls.set_workers(12)
        await heard.until(lambda snapshot: snapshot.in_flight == 12)
        run.controls.set_workers(1)
        await heard.until(lambda snapshot: snapshot.in_flight == 1 and snapshot.workers == 1)
        saved = len(records(workspace))
        run.controls.set_workers(40)
        final = await finish(engine, run)
    answers = [int(one.record.answer or 0) for one in records(workspace)]
    assert saved < 120
    assert max(answers) <= 40
    assert final.errored == 0


async def test_that_a_model_that_is_not_thread_safe_is_called_by_one_thread(
    tmp_path: Path, workspace: Workspace
) -> None:
    write_model(
        tmp_path, "import threading\ndef answer(prompt):\n    return threading.current_thread().name\n"
    )
    model = '{ provider = "python", path = "model.py", name = "answer", thread_safe = false }'
    async with engine_in(workspace) as (engine, _):
        run = await engine.start_run(
            write_evaluation(tmp_path, model, 20), Options("x", SlidingWindow(8), workers=8)
        )
        final = await finish(engine, run)
    assert final.workers == 1
    assert final.saved == 20


async def test_that_the_module_is_imported_once_a_run(tmp_path: Path, workspace: Workspace) -> None:
    write_model(
        tmp_path,
        "import pathlib\npathlib.Path(__file__).with_name('imports').write_text(('x' if not pathlib.Path(__file__).with_name('imports').exists() else 'xx'))\ndef answer(prompt): return 'a'\n",
    )
    async with engine_in(workspace) as (engine, _):
        await finish(
            engine, await engine.start_run(write_evaluation(tmp_path, '"model.py::answer"', 30), Options("x"))
        )
    assert (tmp_path / "imports").read_text() == "x"


async def test_that_a_function_gets_columns_messages_and_repeat_by_name(
    tmp_path: Path, workspace: Workspace
) -> None:
    write_model(
        tmp_path,
        "async def answer(label, messages, repeat):\n    return f'{label} {messages[0][\"role\"]} {len(messages)} {repeat}'\n",
    )
    async with engine_in(workspace) as (engine, _):
        evaluation = write_evaluation(tmp_path, '"model.py::answer"', 2, extra="repeats = 2")
        await finish(engine, await engine.start_run(evaluation, Options("x")))
    assert {one.record.answer for one in records(workspace)} == {
        f"{label} system 2 {repeat}" for label in ("positive", "negative") for repeat in (0, 1)
    }


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("raise ValueError('no idea')", "ValueError: no idea"),
        ("import sys; sys.exit(3)", "SystemExit: 3"),
        ("return 42", "returned int"),
        ("return None", "returned NoneType"),
        ("raise KeyboardInterrupt", "KeyboardInterrupt"),
        ("raise StopIteration('done')", "StopIteration"),
        ("return {'txt': 'x'}", "mapping with 'text'"),
    ],
)
@pytest.mark.parametrize("kind", ["def", "async def"])
async def test_that_a_sample_whose_model_misbehaves_is_errored_and_the_others_go_on(
    tmp_path: Path, workspace: Workspace, kind: str, body: str, words: str
) -> None:
    write_model(
        tmp_path, f"{kind} answer(prompt):\n    if '(3)' in prompt:\n        {body}\n    return 'positive'\n"
    )
    async with engine_in(workspace) as (engine, _):
        final = await finish(
            engine, await engine.start_run(write_evaluation(tmp_path, '"model.py::answer"', 6), Options("x"))
        )
    assert final.state == "completed with errors"
    assert (final.saved, final.errored) == (6, 1)
    bad = next(one for one in records(workspace) if one.record.outcome != "ok")
    assert words in str(bad.record.error)
    assert bad.scores == ()


async def test_that_a_call_that_never_returns_ends_at_its_deadline_and_its_place_is_free(
    tmp_path: Path, workspace: Workspace
) -> None:
    write_model(
        tmp_path,
        "import threading\nforever = threading.Event()\ndef answer(prompt):\n    if '(1)' in prompt: forever.wait()\n    return 'positive'\n",
    )
    extra = "timeouts = { attempt = 0.3, attempts = 1 }"
    async with engine_in(workspace) as (engine, _):
        evaluation = write_evaluation(tmp_path, '"model.py::answer"', 12, extra=extra)
        run = await engine.start_run(evaluation, Options("x", Sequential(), workers=1))
        final = await finish(engine, run, 10)
        assert run.workers is not None
        assert run.workers.abandoned == 1
    assert (final.saved, final.errored) == (12, 1)
    assert final.elapsed < 3


async def test_that_a_sample_that_kills_the_engine_twice_is_given_up_and_the_others_go_on(
    tmp_path: Path, workspace: Workspace
) -> None:
    write_model(
        tmp_path,
        "import os, signal, time\ndef answer(prompt):\n"
        "    if '(5)' in prompt: os.kill(os.getpid(), signal.SIGSEGV)\n"
        "    time.sleep(0.02)\n    return 'positive'\n",
    )
    evaluation = write_evaluation(tmp_path, '"model.py::answer"', 20)
    command = [
        sys.executable,
        "-m",
        "evalstudio",
        "run",
        evaluation,
        "--experiment",
        "x",
        "--workspace",
        str(workspace.folder),
    ]
    codes = []
    for _ in range(3):
        done = await asyncio.to_thread(
            subprocess.run, command, capture_output=True, text=True, check=False, env=os.environ
        )
        codes.append(done.returncode)
    assert codes == [-signal.SIGSEGV, -signal.SIGSEGV, 1], done.stderr
    found = records(workspace)
    assert len(found) == 20
    errored = [one.record for one in found if one.record.outcome != "ok"]
    assert [(record.sample_id, record.outcome) for record in errored] == [
        (found[5].record.sample_id, "crashed the engine")
    ]
    assert "calls repeated after a crash" in done.stdout
    assert not list(workspace.flights.iterdir()), "nothing is in flight any more"


def test_that_a_function_that_is_not_there_is_named_with_those_that_are(tmp_path: Path) -> None:
    from evalstudio.authoring.user_code import load_function

    write_model(tmp_path, "def one(prompt): ...\ndef two(prompt): ...\n")
    with pytest.raises(ModelError, match=r"no function 'three'; it has one, two"):
        load_function(tmp_path / "model.py", "three")


async def test_that_a_function_that_computes_is_told_that_threads_do_not_help(
    tmp_path: Path, workspace: Workspace
) -> None:
    write_model(
        tmp_path, "def answer(prompt):\n    return str(sum(number * number for number in range(60_000)))\n"
    )
    evaluation = write_evaluation(tmp_path, '"model.py::answer"', 60)
    async with engine_in(workspace) as (engine, _):
        run = await engine.start_run(evaluation, Options("one", SlidingWindow(1)))
        alone = await finish(engine, run)
        run = await engine.start_run(evaluation, Options("more", Adaptive(), workers=8))
        more = await finish(engine, run)
    assert alone.worker_advice.startswith("threads do not help this model")
    assert "processes would" in more.worker_advice
    cores = measure_machine().cores
    assert f"{cores} to {3 * cores} of them" in more.worker_advice
    assert more.limit <= 7  # where a function starts: it never grew


async def test_that_a_function_that_waits_gets_no_such_advice(tmp_path: Path, workspace: Workspace) -> None:
    write_model(tmp_path, "import time\ndef answer(prompt):\n    time.sleep(0.02)\n    return 'positive'\n")
    async with engine_in(workspace) as (engine, _):
        run = await engine.start_run(write_evaluation(tmp_path, '"model.py::answer"', 40), Options("x"))
        final = await finish(engine, run)
    assert final.worker_advice == ""


@pytest.mark.parametrize("raised", ["asyncio.CancelledError()", "NotNow('later')", "KeyboardInterrupt()"])
async def test_that_whatever_an_async_function_raises_is_one_samples_error(
    tmp_path: Path, workspace: Workspace, raised: str
) -> None:
    """Also what is no Exception, as pytest's own outcomes, and a cancellation that nobody asked for."""
    write_model(
        tmp_path,
        "import asyncio\nclass NotNow(BaseException): pass\n"
        f"async def answer(prompt):\n    if '(2)' in prompt: raise {raised}\n    return 'positive'\n",
    )
    async with engine_in(workspace) as (engine, _):
        run = await engine.start_run(write_evaluation(tmp_path, '"model.py::answer"', 4), Options("x"))
        final = await finish(engine, run, timeout=20)
    assert (final.saved, final.errored, final.state) == (4, 1, "completed with errors")
    kind = raised.partition("(")[0].removeprefix("asyncio.")
    assert str(records(workspace)[2].record.error).startswith(f"RuntimeError: {kind}: ")


@pytest.mark.parametrize("processes", [None, 1])
@pytest.mark.parametrize(
    "takes",
    [
        "question, temperature=0.5",
        "prompt, *, temperature=0.5",
        "text, temperature=0.5, **more",
        "prompt='', *more, temperature=0.5",
    ],
)
async def test_that_a_function_keeps_its_defaults(
    tmp_path: Path, workspace: Workspace, takes: str, processes: int | None
) -> None:
    first = takes.partition(",")[0].partition("=")[0]
    write_model(tmp_path, f"def answer({takes}):\n    return f'{{{first}}} {{temperature}}'\n")
    async with engine_in(workspace) as (engine, _):
        evaluation = write_evaluation(tmp_path, '"model.py::answer"', 1)
        final = await finish(engine, await engine.start_run(evaluation, Options("x", processes=processes)))
    assert final.errored == 0
    assert records(workspace)[0].record.answer == "I love this, it is wonderful (0) 0.5"


async def test_that_thinking_in_a_returned_text_is_no_part_of_the_answer(
    tmp_path: Path, workspace: Workspace
) -> None:
    write_model(
        tmp_path,
        "def answer(prompt):\n"
        "    return '<think>is it' if '(1)' in prompt else '<think>negative?</think>positive'\n",
    )
    async with engine_in(workspace) as (engine, _):
        final = await finish(
            engine, await engine.start_run(write_evaluation(tmp_path, '"model.py::answer"', 2), Options("x"))
        )
    assert (final.saved, final.scored) == (2, 1)
    first, cut = (one.record for one in records(workspace))
    assert (first.answer, first.thinking) == ("positive", "negative?")
    assert (cut.answer, cut.thinking, cut.finish_reason) == ("", "is it", "length")
