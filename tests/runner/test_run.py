"""Evaluations from Python: `run`, what a function may return and do, resume, batches, own evaluators and metrics."""

import asyncio
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from evalstudio import ForEach, Result, Score, batch, evaluator, foreach, metric, run
from evalstudio.concurrency import Adaptive, Sequential, SlidingWindow
from evalstudio.errors import EvaluationError, LimitError, RunError
from evalstudio.evaluations.request import Options
from evalstudio.evaluators import exact_match
from evalstudio.metrics import METRICS, accuracy
from evalstudio.runner import Finished
from evalstudio.store.reader import Reader
from evalstudio.workspace.folder import Workspace
from tests.engine.support import engine_in, finish

ROWS = [(f"it is {word} ({number})", word) for number in range(4) for word in ("good", "bad")]


def in_flight_counter() -> Any:
    """A model that says how many callers it has at once."""

    class Model:
        now = most = calls = 0
        lock = threading.Lock()

        def enter(self) -> None:
            with self.lock:
                self.calls += 1
                self.now += 1
                self.most = max(self.most, self.now)

        def leave(self) -> None:
            with self.lock:
                self.now -= 1

    return Model()


def answers(finished: Finished) -> list[str | None]:
    return [one.record.answer for one in finished.records()]


def errors(finished: Finished) -> dict[str, str]:
    return {
        one.record.sample_id: str(one.record.error)
        for one in finished.records()
        if one.record.outcome != "ok"
    }


@foreach("text,expected", ROWS)
async def ask_async(text: str, expected: str, model: Any) -> Result:
    model.enter()
    await asyncio.sleep(0.1)
    model.leave()
    answer = "good" if "good" in text else "bad"
    return Result(exact_match(answer, expected), prompt=f"What is it? {text}", model_response=answer)


@foreach("text,expected", ROWS)
def ask_sync(text: str, expected: str, model: Any) -> Result:
    model.enter()
    threading.Event().wait(0.1)
    model.leave()
    return Result(exact_match("good", expected), prompt=text, model_response="good")


def test_that_async_functions_run_at_once_and_keep_prompt_answer_expected_and_scores() -> None:
    model = in_flight_counter()
    finished = run(ask_async, "one", model=model)
    assert finished.state == "completed"
    assert finished.score("exact_match") == 1.0
    assert isinstance(finished.summary.strategy, Adaptive)
    assert 2 <= model.most <= 7
    records = list(finished.records())
    assert [one.record.expected for one in records] == [expected for _, expected in ROWS]
    assert "What is it? it is good (0)" in records[0].record.prompt
    assert records[0].record.answer == "good"
    assert records[0].scores[0].value == 1
    assert records[0].record.latency is not None


def test_that_sync_functions_run_in_threads_and_one_by_one_if_asked() -> None:
    model = in_flight_counter()
    finished = run(ask_sync, model=model)
    assert model.most == 8
    assert finished.score("exact_match") == 0.5
    alone = in_flight_counter()
    run(ask_sync, model=alone, strategy=Sequential(), samples=3)
    assert (alone.most, alone.calls) == (1, 3)


async def test_that_run_returns_results_where_a_loop_runs_already() -> None:
    finished = run(ask_async, model=in_flight_counter())
    assert finished.score("exact_match") == 1.0


def test_that_a_decorated_function_is_still_a_function() -> None:
    assert ask_sync("x", "good", in_flight_counter()).scores[0].value is True


def test_that_the_same_name_goes_on_and_samples_are_a_total() -> None:
    model = in_flight_counter()
    first = run(ask_async, "again", samples=3, model=model)
    assert (first.summary.saved, first.summary.total) == (3, 3)
    second = run(ask_async, "again", samples=3, model=model)
    assert model.calls == 3, "nothing is called again"
    third = run(ask_async, "again", model=model)
    assert model.calls == 8
    assert first.run_id == second.run_id == third.run_id
    assert third.score("exact_match") == 1.0
    assert third.summary.scores[0].n == 8


def test_that_changed_code_or_rows_are_refused_and_changed_limits_are_not() -> None:
    @foreach("n", [1, 2])
    def eval_one(n: int) -> Result:
        return Result(Score("even", n % 2 == 0))

    run(eval_one, "x")

    @ForEach(concurrency=SlidingWindow(2), retries=1)("n", [1, 2])
    def eval_one(n: int) -> Result:  # a comment is no change
        return Result(Score("even", n % 2 == 0))

    assert run(eval_one, "x").run_id == 1

    @foreach("n", [1, 2])
    def eval_one(n: int) -> Result:
        return Result(Score("even", n % 2 == 1))

    with pytest.raises(RunError, match="differs in code"):
        run(eval_one, "x")

    @foreach("n", [2, 1])
    def eval_one(n: int) -> Result:
        return Result(Score("even", n % 2 == 0))

    with pytest.raises(RunError, match="differs in dataset"):
        run(eval_one, "x")


def test_that_a_generator_is_streamed() -> None:
    taken: list[int] = []
    called: list[tuple[int, int]] = []

    def rows() -> Iterator[int]:
        for number in range(60):
            taken.append(number)
            yield number

    @ForEach(concurrency=SlidingWindow(2))("number", rows())
    async def eval_stream(number: int) -> Result:
        called.append((number, len(taken)))
        await asyncio.sleep(0)
        return Result(Score("small", number < 30), model_response=number)

    finished = run(eval_stream)
    assert (finished.summary.saved, finished.summary.total) == (60, 60)
    assert finished.score("small") == 0.5
    assert all(read <= number + 4 for number, read in called), "rows are read as they are needed"


def test_that_a_row_that_does_not_fit_is_errored_and_the_others_are_scored() -> None:
    @foreach("text,expected", [("a", "a"), ("b",), ("c", "c")])
    def eval_rows(text: str, expected: str) -> Result:
        return Result(exact_match(text, expected))

    finished = run(eval_rows)
    assert finished.state == "completed with errors"
    assert errors(finished) == {"1": "Row 2 has 1 value, and there are 2 columns: text, expected."}
    assert finished.summary.scores[0].n == 2


@pytest.mark.parametrize(
    ("returned", "words"),
    [
        (None, "returned nothing; it must return a Result"),
        (42, "returned int (42)"),
        ([], "returned list"),
        ([True], "A Result takes scores, and was given bool (True)"),
        ("positive", "returned str (positive)"),
    ],
)
def test_that_nonsense_results_are_errored_with_what_to_do(returned: Any, words: str) -> None:
    @foreach("number", [0, 1])
    async def eval_nonsense(number: int) -> Any:
        return returned if number else Score("fine", True)

    finished = run(eval_nonsense)
    assert list(errors(finished)) == ["1"]
    assert words in errors(finished)["1"]
    assert finished.score("fine") == 1.0


@pytest.mark.parametrize(
    ("value", "kept", "why"),
    [
        (float("nan"), None, "nan"),
        (object(), None, "object"),
        ({"a": 1}, '{"a": 1}', ""),
        (None, None, ""),
        ("label", "label", ""),
    ],
)
def test_that_values_that_are_no_numbers_are_unscored_or_text(value: Any, kept: Any, why: str) -> None:
    @foreach("number", [0])
    def eval_values(number: int) -> Result:
        return Result(Score("one", value, ("mean",)), Score("one", 0.25, ("mean",)))

    finished = run(eval_values)
    first, second = next(finished.records()).scores
    assert (first.value, second.evaluator, second.value) == (kept, "one_2", 0.25)
    assert why in first.why
    assert finished.score("one_2") == 0.25


def test_that_what_a_function_raises_is_errored_and_where_it_was_raised() -> None:
    class Busy(Exception):
        status_code = 429
        retry_after = 0.01

    tried: Counter[int] = Counter()

    @ForEach(retries=2)("number", range(6))
    def eval_trouble(number: int) -> Result:
        tried[number] += 1
        if number == 1:
            raise ValueError("no idea")
        if number == 2:
            raise SystemExit(3)
        if number == 3:
            raise FileNotFoundError("missing.txt")
        if number == 4 and tried[number] == 1:
            raise Busy
        if number == 5:
            return Result(error="the model refused")
        return Result(Score("fine", True))

    found = errors(run(eval_trouble))
    assert found.keys() == {"1", "2", "3", "5"}
    assert "ValueError: no idea (test_run.py, line" in found["1"]
    assert "SystemExit: 3" in found["2"]
    assert "missing.txt" in found["3"]
    assert found["5"] == "the model refused"
    assert tried == {0: 1, 1: 1, 2: 1, 3: 1, 4: 2, 5: 1}


def test_that_retries_are_counted_and_a_tenacity_object_says_which_exceptions_pass() -> None:
    class Stop:
        max_attempt_number = 2

    class Retry:
        @staticmethod
        def predicate(error: BaseException) -> bool:
            return isinstance(error, KeyError)

    class Retrying:
        stop, retry = Stop(), Retry()

    tried: Counter[int] = Counter()

    @ForEach(retries=Retrying())("number", [0, 1])
    def eval_retries(number: int) -> Result:
        tried[number] += 1
        raise KeyError("passes") if number else ConnectionError("does not")

    assert run(eval_retries).errored == 2
    assert tried == {0: 1, 1: 2}
    with pytest.raises(LimitError, match="retries must be a number"):
        ForEach(retries="often")
    with pytest.raises(LimitError, match="concurrency must be"):
        ForEach(concurrency=8)  # type: ignore[arg-type]


def test_that_an_evaluator_that_fails_leaves_the_answer_unscored() -> None:
    @evaluator(metrics=accuracy())
    def short(answer: str) -> bool:
        return len(answer) < {"a": 5}[answer]

    @evaluator
    async def present(answer: str) -> bool:
        await asyncio.sleep(0)
        return bool(answer)

    @foreach("text", ["a", "b"])
    async def eval_short(text: str) -> Result:
        return Result(short(text), short(text, name="other"), await present(text), model_response=text)

    finished = run(eval_short)
    assert (finished.errored, finished.score("short"), finished.score("present")) == (0, 1.0, 1.0)
    assert [(score.evaluator, score.n, score.unscored) for score in finished.scores] == [
        ("short", 1, 1),
        ("other", 1, 1),
        ("present", 2, 0),
    ]
    assert list(finished.records())[1].scores[0].why == "KeyError: 'b'"


def test_that_own_metrics_are_computed_at_the_end_and_again_when_the_run_goes_on() -> None:
    @metric
    def largest() -> Any:
        def of(scores: Sequence[float]) -> float:
            return max(scores)

        return of

    @metric
    def broken(scores: Sequence[float]) -> float:
        raise ZeroDivisionError

    try:

        @evaluator(metrics=[largest(), broken, "mean"])
        def length(answer: str) -> int:
            return len(answer)

        @foreach("text", ["a", "bbb"])
        def eval_length(text: str) -> Result:
            return Result(length(text))

        for _ in range(2):
            finished = run(eval_length, "metrics")
            assert {score.metric: score.value for score in finished.scores} == {
                "largest": 3,
                "broken": None,
                "mean": 2,
            }
    finally:
        METRICS.pop("largest")
        METRICS.pop("broken")
    with pytest.raises(EvaluationError, match="There is a metric 'accuracy' already"):

        @metric
        def accuracy(scores: Sequence[float]) -> float:
            return 0.0


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_that_batches_are_called_with_lists_and_a_bad_row_fails_alone(kind: str) -> None:
    sizes: list[int] = []

    def answer(numbers: list[int], doubles: list[int]) -> list[Any]:
        sizes.append(len(numbers))
        if 5 in numbers:
            raise ValueError("five")
        return [
            KeyError("seven") if number == 7 else Result(Score("right", double == 2 * number))
            for number, double in zip(numbers, doubles, strict=True)
        ]

    decorate = batch("numbers,doubles", [(number, 2 * number) for number in range(10)], batch_size=4)
    if kind == "sync":
        finished = run(decorate(answer))
    else:

        @decorate
        async def eval_batch(numbers: list[int], doubles: list[int]) -> list[Any]:
            return answer(numbers, doubles)

        finished = run(eval_batch)
    assert sizes[0] == 4
    assert max(sizes) == 4
    found = errors(finished)
    assert found.keys() == {"5", "7"}
    assert "ValueError: five" in found["5"]
    assert finished.score("right") == 1.0
    assert finished.summary.scores[0].n == 8


def test_that_a_batch_with_another_number_of_results_says_so() -> None:
    @batch("numbers", [1, 2, 3], batch_size=3)
    def eval_batch(numbers: list[int]) -> list[Result]:
        return [Result()]

    assert set(errors(run(eval_batch)).values()) == {
        "The function returned 1 results for a batch of 3; it must return a list with a Result for each."
    }


def test_that_what_is_no_evaluation_or_lacks_an_argument_is_said_before_anything_is_called() -> None:
    def plain(text: str) -> None: ...

    with pytest.raises(EvaluationError, match="'plain' is no evaluation: decorate it with foreach"):
        run(plain)
    with pytest.raises(EvaluationError, match="'ask_sync' takes 'model', which is neither a column"):
        run(ask_sync)
    with pytest.raises(EvaluationError, match="cannot be given 'modle'"):
        run(ask_sync, model=1, modle=1)
    with pytest.raises(EvaluationError, match="has no parameter for the column 'b'"):
        run(foreach("a,b", [(1, 2)])(lambda a: None))


def test_that_the_parameters_of_dotevals_adaptive_are_taken() -> None:
    assert Adaptive(initial_concurrency=2, min_concurrency=1, max_concurrency=9) == Adaptive(2, 1, 9)  # type: ignore[call-arg]
    with pytest.warns(UserWarning, match="stability_window has no effect"):
        Adaptive(stability_window=3)  # type: ignore[call-arg]


def test_that_a_file_of_dotevals_runs_with_another_import(tmp_path: Path) -> None:
    from tests.runner.tutorial import eval_sentiment

    finished = run(eval_sentiment, "tutorial")
    assert finished.score("exact_match") == 1.0
    assert finished.score("length_ok") == 1.0


async def test_that_an_engine_starts_and_resumes_a_function_by_its_file(
    tmp_path: Path, workspace: Workspace
) -> None:
    path = tmp_path / "eval_x.py"
    path.write_text(
        "from evalstudio import Result, Score, foreach\n"
        "@foreach('n', [1, 2, 3])\ndef eval_odd(n):\n    return Result(Score('odd', n % 2 == 1))\n"
        "@foreach('n', [1])\ndef eval_with(n, model): ...\n"
    )
    async with engine_in(workspace) as (engine, _):
        first = await finish(engine, await engine.start_run(f"{path}::eval_odd", Options("x", samples=2)))
        assert (first.saved, first.model) == (2, "eval_x.py::eval_odd")
        again = await finish(engine, await engine.start_run(f"{path}::eval_odd", Options("x")))
        assert (again.saved, again.run_id) == (3, first.run_id)
        resumed = await finish(engine, await engine.resume_run(first.run_id))
        assert resumed.saved == 3
        with pytest.raises(EvaluationError, match="takes model, which pytest's fixtures give"):
            await engine.start_run(f"{path}::eval_with")
        with pytest.raises(EvaluationError, match="no evaluation 'eval_no'; it has eval_odd, eval_with"):
            await engine.start_run(f"{path}::eval_no")


def test_that_a_run_that_was_cut_off_goes_on_without_calling_again_what_is_saved(
    tmp_path: Path, workspace: Workspace
) -> None:
    (tmp_path / "cut.py").write_text(
        "import os, sys, pathlib\n"
        "from evalstudio import ForEach, Result, Score, run\n"
        "from evalstudio.concurrency import Sequential\n"
        "from evalstudio.workspace.folder import find_workspace\n"
        "from evalstudio.store.reader import Reader\n"
        "calls = pathlib.Path(__file__).with_name('calls')\n"
        "@ForEach(concurrency=Sequential())('n', range(20))\n"
        "async def ask(n):\n"
        "    if n == 10 and sys.argv[1] == 'cut':\n"
        "        while len(Reader(find_workspace()).record_ids(1)) < 10:\n"
        "            import asyncio; await asyncio.sleep(0.01)\n"
        "        os._exit(9)\n"
        "    with calls.open('a') as file: file.write(f'{n}\\n')\n"
        "    return Result(Score('even', n % 2 == 0), model_response=n)\n"
        "if __name__ == '__main__':\n"
        "    print(run(ask, 'cut'))\n"
    )
    codes = [
        subprocess.run([sys.executable, "cut.py", word], cwd=tmp_path, timeout=60, check=False).returncode
        for word in ("cut", "on")
    ]
    assert codes == [9, 0]
    assert (tmp_path / "calls").read_text().split() == [str(number) for number in range(20)]
    (found,) = Reader(workspace).runs("cut")
    assert (found.saved, found.state) == (20, "completed")
