"""Evaluations in the processes of pytest-xdist, and in classes: one report, one limit, the ways of tests."""

import re
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from evalstudio.concurrency import Adaptive, Sequential, SlidingWindow
from evalstudio.core.strategy import Strategy
from evalstudio.pytest_plugin.across import share
from tests.pytest_plugin.support import Session, session

XDIST = ("-p", "xdist.plugin")
SEVERAL = "".join(
    f"""
@foreach("number", [(number,) for number in range(12)])
async def eval_{name}(number):
    note(f"+{name}{{number}}")
    await asyncio.sleep(0.15)
    note(f"-{name}{{number}}")
    return Result(exact_match({answer}, "1"), prompt="x", model_response="1")
"""
    for name, answer in (("a", "'1'"), ("b", "'1'"), ("c", "'2'"), ("d", "'1'"))
)


@pytest.fixture(scope="module")
def across(tmp_path_factory: pytest.TempPathFactory) -> Session:
    folder = tmp_path_factory.mktemp("across")
    return session(
        folder, SEVERAL, "eval_it.py", "-n", "2", "--window", "4", "--samples-junit", "samples.xml",
        "--workspace", str(folder / "w"), before=XDIST,
    )  # fmt: skip


def test_that_samples_of_all_processes_are_in_one_file(across: Session) -> None:
    cases = list(ElementTree.parse(across.folder / "samples.xml").iter("testcase"))
    assert len(cases) == 48
    assert {str(case.get("classname")).rpartition("_")[2] for case in cases} == {"a", "b", "c", "d"}
    assert sum(case.find("failure") is not None for case in cases) == 12


def test_that_evaluations_of_all_processes_are_summed_up_once(across: Session) -> None:
    assert across.code == 0, across.output
    assert len(re.findall("^=+ evaluations =+$", across.output, re.MULTILINE)) == 1
    for name in "abcd":
        assert across.output.count(f"eval_it.py::eval_{name}  completed") == 1
    assert across.output.count("accuracy 0.0%") == 1
    assert across.output.count("accuracy 100.0%") == 3


def test_that_processes_share_the_window(across: Session) -> None:
    under_way = most = 0
    for note in across.notes:
        under_way += 1 if note.startswith("+") else -1
        most = max(most, under_way)
    assert 2 <= most <= 4


def test_that_a_process_that_dies_leaves_what_has_ended(tmp_path: Path) -> None:
    dies = SEVERAL + "\n@foreach('n', [(1,)])\nasync def eval_z(n):\n    import os; os._exit(9)\n"
    done = session(
        tmp_path, dies, "eval_it.py", "-n", "2", "--samples-junit", "s.xml", "--workspace", str(tmp_path / "w"),
        before=XDIST,
    )  # fmt: skip
    assert "4 passed" in done.output
    assert "eval_it.py::eval_a  completed" in done.output
    assert len(list(ElementTree.parse(tmp_path / "s.xml").iter("testcase"))) == 48


def config(count: int, number: int) -> Any:
    return SimpleNamespace(workerinput={"workercount": count, "workerid": f"gw{number}"})


@pytest.mark.parametrize(
    ("strategy", "count", "parts"),
    [
        (SlidingWindow(4), 2, [SlidingWindow(2), SlidingWindow(2)]),
        (SlidingWindow(5), 2, [SlidingWindow(3), SlidingWindow(2)]),
        (SlidingWindow(10), 3, [SlidingWindow(4), SlidingWindow(3), SlidingWindow(3)]),
        (SlidingWindow(1), 2, [SlidingWindow(1), SlidingWindow(1)]),
        (SlidingWindow(9), 1, [SlidingWindow(9)]),
        (Adaptive(max=64), 2, [Adaptive(max=32), Adaptive(max=32)]),
        (Adaptive(8, 4, 9), 2, [Adaptive(5, 4, 5), Adaptive(4, 4, 4)]),
        (Adaptive(2, 1, 40), 4, [Adaptive(2, 1, 10)] * 4),
        (Adaptive(), 2, [Adaptive(), Adaptive()]),
        (Sequential(), 2, [Sequential(), Sequential()]),
    ],
)
def test_that_a_limit_is_divided(strategy: Strategy, count: int, parts: list[Strategy]) -> None:
    assert [share(strategy, config(count, number)) for number in range(count)] == parts


def test_that_a_limit_is_whole_without_xdist() -> None:
    assert share(SlidingWindow(7), SimpleNamespace()) == SlidingWindow(7)  # type: ignore[arg-type]


CLASSES = """
class TestIt:
    word = "good"

    @pytest.fixture
    def mark(self):
        return "!"

    @foreach("text,expected", ROWS)
    def eval_plain(self, text, expected):
        return Result(exact_match(self.word, expected), prompt=text, model_response=self.word)

    @foreach("text,expected", ROWS)
    async def eval_async(self, text, expected, mark):
        note(mark)
        return Result(exact_match(self.word, expected), prompt=text, model_response=self.word)

    @pytest.mark.parametrize("other", ["good", "bad"])
    @foreach("text,expected", ROWS)
    def eval_parametrised(self, text, expected, other):
        return Result(exact_match(other, expected), prompt=text, model_response=other)

    @staticmethod
    @foreach("text,expected", ROWS)
    def eval_static(text, expected):
        return Result(exact_match("good", expected), prompt=text, model_response="good")

    @classmethod
    @foreach("text,expected", ROWS)
    def eval_of_class(cls, text, expected):
        return Result(exact_match(cls.word, expected), prompt=text, model_response=cls.word)

    @batch("text,expected", ROWS, batch_size=2)
    def eval_batch(self, text, expected):
        return [Result(exact_match(self.word, one), prompt="x", model_response="y") for one in expected]


class TestOther(TestIt):
    word = "bad"
"""


def test_that_evaluations_stand_in_classes_as_tests_do(tmp_path: Path) -> None:
    done = session(
        tmp_path, CLASSES, "eval_it.py", "--workspace", str(tmp_path / "w"), "-o", "python_classes=Test*"
    )
    assert "14 passed" in done.output, done.output
    assert done.output.count("accuracy 50.0%") == 14
    assert done.notes == ["!"] * 8
    assert "eval_it.py::TestOther::eval_parametrised[bad]  completed" in done.output
    together = session(
        tmp_path,
        CLASSES,
        "eval_it.py",
        "-C",
        "--workspace",
        str(tmp_path / "v"),
        "-o",
        "python_classes=Test*",
    )
    assert "14 passed" in together.output, together.output
    processes = session(
        tmp_path, CLASSES, "eval_it.py", "-k", "plain", "--processes", "1", "--workspace", str(tmp_path / "u"),
        "-o", "python_classes=Test*",
    )  # fmt: skip
    assert "Traceback" not in processes.output
    assert "is defined inside of something else" in processes.output
