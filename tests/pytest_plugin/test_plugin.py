"""The pytest plugin, in pytest sessions of their own: what is collected, how fixtures live, when a session is green."""

import json
import time
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from textwrap import dedent

import pytest

from evalstudio.store.reader import Reader
from evalstudio.workspace.folder import Workspace
from tests.pytest_plugin.support import session

SIMPLE = """
@foreach("text,expected", ROWS)
async def eval_simple(text, expected):
    return Result(exact_match(text.split()[-1], expected), prompt=text, model_response=text.split()[-1])
"""


def test_that_a_file_is_collected_and_its_runs_are_stored_and_summed_up(
    tmp_path: Path, workspace: Workspace
) -> None:
    text = SIMPLE + "\ndef test_plain():\n    note('plain')\n\ndef eval_helper():\n    raise AssertionError\n"
    done = session(tmp_path, text, "eval_it.py", "--experiment", "first", "--window", "3", "--samples", "2")
    assert done.code == 0, done.output
    assert "2 passed" in done.output
    assert done.notes == ["plain"]
    assert "Experiment: first" in done.output
    assert "exact_match accuracy 100.0%" in done.output
    assert "2 of 2 scored" in done.output
    assert "at Sliding window 3" in done.output
    (run,) = Reader(workspace).runs("first")
    assert (run.evaluation, run.saved, run.state) == ("eval_it.py::eval_simple", 2, "completed")
    again = session(tmp_path, text, "eval_it.py", "--experiment", "first")
    assert again.code == 0, again.output
    (run,) = Reader(workspace).runs("first")
    assert run.saved == 4


def test_that_a_folder_is_searched_and_other_tests_are_as_they_were(tmp_path: Path) -> None:
    (tmp_path / "test_other.py").write_text("def test_other(): pass\ndef eval_no(): raise AssertionError\n")
    done = session(tmp_path, SIMPLE, ".", "--collect-only", "-q")
    assert done.output.split("\n")[:2] == ["eval_it.py::eval_simple", "test_other.py::test_other"]
    chosen = session(tmp_path, SIMPLE, ".", "-k", "other")
    assert "1 passed, 1 deselected" in chosen.output
    assert "evaluations" not in chosen.output, "no evaluation ran"


def test_that_marks_and_parameters_apply_as_for_tests(tmp_path: Path, workspace: Workspace) -> None:
    text = """
    @pytest.mark.parametrize("word", ["good", "bad"])
    @foreach("text,expected", ROWS)
    def eval_word(text, expected, word):
        return Result(exact_match(word, expected))

    @pytest.mark.skip(reason="not now")
    @foreach("text,expected", ROWS)
    def eval_skipped(text, expected):
        note("called")
    """
    done = session(tmp_path, text, "eval_it.py", "--experiment", "x")
    assert "2 passed, 1 skipped" in done.output
    assert done.notes == []
    assert {run.evaluation for run in Reader(workspace).runs("x")} == {
        "eval_it.py::eval_word[good]",
        "eval_it.py::eval_word[bad]",
    }


@pytest.mark.parametrize("mode", ["strict", "auto"])
def test_that_fixtures_are_made_once_and_end_after_the_last_sample(tmp_path: Path, mode: str) -> None:
    text = """
    @pytest.fixture(scope="session")
    async def shared():
        note("shared-up")
        yield asyncio.get_running_loop()
        await asyncio.sleep(0)
        note("shared-down")

    @pytest.fixture
    async def model(shared):
        return shared

    @pytest.fixture
    def plain(tmp_path):
        note("plain-up")
        yield str(tmp_path)
        note("plain-down")

    @foreach("text,expected", ROWS)
    async def eval_one(text, expected, model, plain):
        assert asyncio.get_running_loop() is model
        await asyncio.sleep(0.01)
        note("sample")
        return Result(exact_match("good", "good"))

    @foreach("text,expected", ROWS[:1])
    async def eval_two(text, expected, shared):
        note("last")
        return Result(exact_match("good", "good"))

    @pytest.mark.asyncio
    async def test_async():
        await asyncio.sleep(0)
        note("test")
    """
    done = session(tmp_path, text, "eval_it.py", "-o", f"asyncio_mode={mode}", "-W", "error")
    assert done.code == 0, done.output
    assert done.notes == [
        "shared-up",
        "plain-up",
        *["sample"] * 4,
        "plain-down",
        "last",
        "test",
        "shared-down",
    ]


def test_that_a_session_with_errors_or_below_its_threshold_is_not_green(tmp_path: Path) -> None:
    text = """
    @foreach("text,expected", ROWS, fail_under=0.9)
    def eval_low(text, expected):
        return Result(exact_match("good", expected))

    @foreach("text,expected", ROWS, fail_under=0.9, fail_under_low=True)
    def eval_uncertain(text, expected):
        return Result(exact_match(expected, expected))

    @foreach("text,expected", ROWS, fail_under=0.4)
    def eval_enough(text, expected):
        return Result(exact_match("good", expected))

    @foreach("text,expected", ROWS)
    def eval_errors(text, expected):
        raise ValueError("no idea") if "so" in text else TypeError("neither")
    """
    done = session(tmp_path, text, "eval_it.py", "--junit-xml", "report.xml")
    assert done.code == 1
    assert "3 failed, 1 passed" in done.output
    assert "eval_low: exact_match (accuracy) is 50.0%" in done.output
    assert "eval_uncertain: the lower end of exact_match" in done.output
    assert "eval_errors: 4 of 4 samples errored (" in done.output
    cases = ElementTree.parse(tmp_path / "report.xml").getroot().iter("testcase")
    failed = {case.get("name"): case.find("failure") is not None for case in cases}
    assert failed == {"eval_low": True, "eval_uncertain": True, "eval_enough": False, "eval_errors": True}


def test_that_a_threshold_needs_enough_scored_answers(tmp_path: Path) -> None:
    text = """
    from evalstudio import Score

    def some(text, expected):
        return Result(Score("read", True if "so" in text else None))

    @foreach("text,expected", ROWS, fail_under=0.9)
    def eval_half(text, expected):
        return some(text, expected)

    @foreach("text,expected", ROWS, fail_under=0.9, min_coverage=0.5)
    def eval_allowed(text, expected):
        return some(text, expected)

    @foreach("text,expected", ROWS)
    def eval_without(text, expected):
        return some(text, expected)
    """
    done = session(tmp_path, text)
    assert "1 failed, 2 passed" in done.output
    assert "eval_half: read scored 2 of 4 answers (50.0%), and a gate needs 0.95 of them" in done.output
    assert "bounds 50.0 to 100.0%" in done.output
    assert "3 passed" in session(tmp_path, text, "eval_it.py", "--new-run", "--min-coverage", "0.5").output
    assert "2 failed, 1 passed" in session(tmp_path, text, "eval_it.py", "--min-coverage", "0.6").output
    assert "share from 0 to 1" in session(tmp_path, text, "eval_it.py", "--min-coverage", "95").output


def test_that_the_first_failure_ends_the_session_if_asked(tmp_path: Path) -> None:
    text = """
    @pytest.fixture(scope="session")
    async def shared():
        yield 1
        note("down")

    @foreach("text,expected", ROWS)
    def eval_a(text, expected, shared):
        raise ValueError

    @foreach("text,expected", ROWS)
    def eval_b(text, expected):
        note("called")
    """
    done = session(tmp_path, text, "eval_it.py", "-x")
    assert "1 failed" in done.output
    assert done.notes == ["down"]


def test_that_what_cannot_run_says_why(tmp_path: Path) -> None:
    text = """
    @foreach("text", [])
    def eval_empty(text): ...

    @foreach("txt", [{"text": 1}])
    def eval_misspelt(txt): ...

    @foreach("text", [1])
    def eval_parameter(txt): ...

    @foreach("a,b", [(1, 2)])
    def eval_missing(a): ...

    @pytest.fixture
    async def model():
        raise RuntimeError("no server")

    @foreach("text", [1])
    def eval_fixture(text, model): ...
    """
    done = session(tmp_path, text)
    assert done.code == 1
    assert "3 failed, 2 errors" in done.output
    for words in (
        "has no rows to run",
        "no column 'txt'; its columns are: text",
        "fixture 'txt' not found",
        "no parameter for the column 'b'",
        "RuntimeError: no server",
    ):
        assert words in done.output
    assert "INTERNALERROR" not in done.output


def test_that_options_another_plugin_has_are_shared(tmp_path: Path) -> None:
    (tmp_path / "other.py").write_text(
        "def pytest_addoption(parser):\n"
        "    parser.getgroup('other').addoption('--samples', type=int, default=1)\n"
        "    parser.addoption('--workers', type=int)\n"
    )
    done = session(tmp_path, SIMPLE, "eval_it.py", before=("-p", "other"))
    assert "1 passed" in done.output
    assert "1 of 1 scored" in done.output


def test_that_the_tutorials_times_are_reached(tmp_path: Path, workspace: Workspace) -> None:
    text = """
    EIGHT = ROWS + ROWS

    @foreach("text,expected", EIGHT)
    async def eval_default(text, expected):
        await asyncio.sleep(1)
        return Result(exact_match(text.split()[-1], expected))

    @ForEach(concurrency=SlidingWindow(max_concurrency=8))("text,expected", EIGHT)
    async def eval_window(text, expected):
        await asyncio.sleep(1)
        return Result(exact_match(text.split()[-1], expected))

    @foreach("text,expected", EIGHT)
    def eval_threads(text, expected):
        time.sleep(1)
        return Result(exact_match(text.split()[-1], expected))
    """
    done = session(tmp_path, text, "eval_it.py", "--experiment", "times")
    assert done.code == 0, done.output
    took = {
        run.evaluation.rpartition("::")[2]: (run.elapsed, json.loads(run.summary or "{}")["latency"]["p50"])
        for run in Reader(workspace).runs("times")
    }
    # against the calls themselves: a busy machine stretches both
    for name, calls in {"eval_default": 2, "eval_window": 1, "eval_threads": 1}.items():
        elapsed, latency = took[name]
        assert calls * latency <= elapsed * 1.02
        assert elapsed < (calls + 0.6) * latency, name


TOGETHER = """
import threading
met = threading.Barrier(2, timeout=3)

@foreach("text,expected", ROWS[:1])
def eval_a(text, expected):
    met.wait()
    return Result(exact_match(text.split()[-1], expected))

@foreach("text,expected", ROWS[:1])
def eval_b(text, expected):
    met.wait()
    return Result(exact_match(text.split()[-1], expected))

@pytest.mark.skip
@foreach("text,expected", ROWS)
def eval_skipped(text, expected):
    note("skipped")

@foreach("text,expected", ROWS[:1])
def eval_fixture(text, expected, tmp_path):
    note("fixture")
    return Result(exact_match(text.split()[-1], expected))
"""


def test_that_evaluations_run_at_the_same_time_if_asked(tmp_path: Path) -> None:
    done = session(tmp_path, TOGETHER, "eval_it.py", "-C")
    assert "3 passed, 1 skipped" in done.output
    assert done.notes == ["fixture"]
    apart = session(tmp_path, TOGETHER, "eval_it.py", "--new-run")
    assert "2 failed, 1 passed, 1 skipped" in apart.output  # they wait for each other in vain


def test_that_one_that_fails_ends_those_that_run_beside_it_if_asked(tmp_path: Path) -> None:
    text = """
    import time

    @foreach("text,expected", ROWS)
    def eval_a(text, expected):
        raise ValueError

    @foreach("text,expected", [(str(n), "x") for n in range(10_000)])
    def eval_b(text, expected):
        time.sleep(0.05)
        return Result(exact_match(text, expected))
    """
    started = time.monotonic()
    done = session(tmp_path, text, "eval_it.py", "-C", "-x")
    assert "1 failed" in done.output
    assert time.monotonic() - started < 40  # all of b would take a minute in its eight threads


def test_that_every_sample_is_a_test_case_of_its_own_file_if_asked(tmp_path: Path) -> None:
    text = """
    @foreach("text,expected", [("a", "a"), ("b", "a"), ("c", "a"), ("d", "a")])
    def eval_all(text, expected):
        if text == "c":
            raise ValueError("no answer")
        if text == "d":
            return Result(Score("match", None, why="can't tell"), prompt=text)
        return Result(Score("match", text == expected), prompt=text, model_response=text)

    @foreach("text,expected", [("a", "a")])
    def eval_more(text, expected):
        return Result(Score("match", True), prompt=text)
    """
    session(
        tmp_path, "from evalstudio import Score\n" + dedent(text), "eval_it.py", "--samples-junit", "s.xml"
    )
    root = ElementTree.parse(tmp_path / "s.xml").getroot()
    assert root.attrib | {"time": ""} == {"tests": "5", "failures": "1", "errors": "1", "time": ""}
    suites = {suite.attrib["name"].partition(": ")[2]: suite for suite in root}
    assert len(suites) == 2
    cases = suites["eval_it.py::eval_all"].findall("testcase")
    assert [[child.tag for child in case] for case in cases] == [[], ["failure"], ["error"], ["skipped"]]
