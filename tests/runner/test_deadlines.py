"""How long a sample may take: said by the file, the caller or an option; one that hangs is errored, the others go on."""

import asyncio
import threading
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from evalstudio import ForEach, Result, Score, batch, foreach, run
from evalstudio.concurrency import Sequential
from evalstudio.errors import LimitError
from evalstudio.runner import Finished
from tests.cli.support import finish as in_terminal
from tests.engine.support import write_evaluation
from tests.pytest_plugin.support import session

HANGS = """
@ForEach({timeout})("number", range(4))
def eval_hangs(number):
    if number == 1:
        time.sleep(3600)
    return Result(exact_match(number, number))
"""
MESSAGE = "The function did not return within 0.3 s."


def errors(finished: Finished) -> dict[str, str]:
    found = [one.record for one in finished.records()]
    return {record.sample_id: str(record.error) for record in found if record.outcome != "ok"}


@pytest.mark.parametrize("kind", ["sync", "async"])
@pytest.mark.parametrize("by", ["the decorator", "the caller"])
def test_that_a_function_which_hangs_ends_at_its_deadline_once_and_the_others_go_on(
    kind: str, by: str
) -> None:
    calls: Counter[int] = Counter()
    ended = threading.Event()

    def answer(number: int) -> Result:
        calls[number] += 1
        if number == 1:
            ended.wait()
        return Result(Score("fine", True))

    async def wait(number: int) -> Result:
        calls[number] += 1
        if number == 1:
            await asyncio.Event().wait()
        return Result(Score("fine", True))

    timeout = {"timeout": 0.3}
    own = timeout if by == "the decorator" else {"timeout": 60.0}
    decorate = ForEach(concurrency=Sequential(), **own)
    function: Any = decorate("number", range(6))(answer if kind == "sync" else wait)
    finished = run(function, workers=1, **(timeout if by == "the caller" else {}))
    ended.set()
    assert errors(finished) == {"1": MESSAGE}
    assert finished.score("fine") == 1.0
    assert calls == dict.fromkeys(range(6), 1), "it is not tried again"


def test_that_what_passes_is_tried_again_within_the_deadline() -> None:
    calls: Counter[int] = Counter()

    @ForEach(timeout=30)("number", [0])
    async def eval_it(number: int) -> Result:
        calls[number] += 1
        if calls[number] == 1:
            raise ConnectionError("once")
        return Result(Score("fine", True))

    assert run(eval_it).score("fine") == 1.0
    assert calls == {0: 2}


def test_that_a_batch_has_a_deadline_for_each_call() -> None:
    ended = threading.Event()

    @batch("number", range(4), batch_size=2, timeout=0.3, retries=0)
    def eval_batch(number: list[int]) -> list[Result]:
        if 1 in number:
            ended.wait()
        return [Result(Score("fine", True)) for _ in number]

    found = errors(run(eval_batch))
    ended.set()
    assert found == {"0": MESSAGE, "1": MESSAGE}


@pytest.mark.parametrize("timeout", [0, -1, "soon", True, float("nan"), 1e9])
def test_that_a_deadline_has_to_be_a_number_of_seconds(timeout: Any) -> None:
    with pytest.raises(LimitError, match="timeout must be a number of seconds above 0"):
        ForEach(timeout=timeout)
    with pytest.raises(LimitError, match="timeout must be a number of seconds above 0"):
        run(foreach("number", [1])(lambda number: Result()), timeout=timeout)


@pytest.mark.parametrize("workers", ["--workers=2", "--processes=1"])
@pytest.mark.parametrize("by", ["the file", "the option"])
def test_that_pytest_takes_one_and_a_file_may_hold_one(tmp_path: Path, workers: str, by: str) -> None:
    text = HANGS.format(timeout="timeout=0.3" if by == "the file" else "")
    options = ["--sample-timeout", "0.3"] if by == "the option" else []
    done = session(tmp_path, text, "eval_it.py", *options, workers)
    assert f"eval_hangs: 1 of 4 samples errored ({MESSAGE}" in done.output, done.output


def test_that_the_command_line_takes_one(tmp_path: Path) -> None:
    (tmp_path / "model.py").write_text(
        "import time\ndef answer(prompt):\n    if '(1)' in prompt: time.sleep(3600)\n    return 'positive'\n"
    )
    evaluation = write_evaluation(tmp_path, '"model.py::answer"', 4)
    code, out, err = in_terminal(tmp_path, evaluation, "--sample-timeout", "0.3")
    assert code == 1, out + err
    assert "4 of 4 saved, 1 errored" in out
    assert MESSAGE.partition(" within")[0] in out
    code, out, err = in_terminal(tmp_path, evaluation, "--sample-timeout", "0")
    assert code == 2
    assert "timeout must be a number of seconds above 0" in out + err
