"""The metric `code_eval` in the sandbox: pass@k of programs, and tasks that run code in another way are refused."""

import shutil
import sys
from functools import partial
from itertools import combinations
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from evalstudio.benchmarks.host import code_eval
from evalstudio.benchmarks.host.code_eval import SandboxedCodeEval, check_unsafe, pass_at, use_sandbox
from evalstudio.benchmarks.host.sentences import Problem
from evalstudio.sandbox import bubblewrap

needs_bubblewrap = pytest.mark.skipif(
    shutil.which("bwrap") is None, reason="bubblewrap is not installed here"
)
TESTS = "assert double(2) == 4\nassert double(0) == 0"


@needs_bubblewrap
@pytest.mark.parametrize(
    ("program", "passes"),
    [
        ("def double(x):\n    return 2 * x", True),
        ("double = lambda x: x + x", True),
        ("import math\ndef double(x):\n    return math.prod([2, x])", True),
        ("def double(x):\n    return x << 1", True),
        ("class D:\n    def __call__(self, x): return 2 * x\ndouble = D()", True),
        ("def double(x):\n    return 4", False),
        ("def double(x):\n    return x", False),
        ("def double(x) return 2 * x", False),
        ("def other(x):\n    return 2 * x", False),
        ("import sys\nsys.exit(0)", False),
        ("import os\nos._exit(0)", False),
        ("def double(x):\n    while True: pass", False),
        ("import socket\nsocket.create_connection(('127.0.0.1', 80))\ndef double(x): return 2 * x", False),
        ("", False),
    ],
)
def test_that_a_program_passes_where_its_tests_do(program: str, passes: bool) -> None:
    estimated, results = SandboxedCodeEval().compute([[program]], [TESTS], k=[1], timeout=2.0)
    assert estimated == {"pass@1": float(passes)}
    assert results[0][0][1]["passed"] is passes


def test_that_each_k_has_a_value_where_there_are_enough_programs() -> None:
    known = SandboxedCodeEval(lambda program, timeout: program.startswith("good"))
    estimated, results = known.compute(
        [["good", "bad", "bad 2"], ["bad 3", "good 2", "good 3"]], ["", ""], k=[1, 2, 10]
    )
    assert estimated == pytest.approx({"pass@1": (1 / 3 + 2 / 3) / 2, "pass@2": (2 / 3 + 1) / 2})
    assert [[one["passed"] for _, one in results[problem]] for problem in (0, 1)] == [
        [True, False, False],
        [False, True, True],
    ]


def test_that_a_program_runs_once() -> None:
    ran: list[str] = []
    known = SandboxedCodeEval(lambda program, timeout: ran.append(program) is None)
    for _ in range(3):
        known.compute([["one", "one", "two"]], ["assert 1"], k=[1])
    assert ran == ["one\nassert 1", "two\nassert 1"]


@pytest.mark.parametrize(
    ("total", "passed", "k"),
    [(1, 0, 1), (1, 1, 1), (2, 1, 1), (4, 1, 2), (4, 3, 2), (5, 0, 3), (5, 5, 3), (6, 2, 1), (6, 2, 5), (7, 3, 4), (8, 1, 8)],
)  # fmt: skip
def test_that_pass_at_k_is_the_share_of_draws_with_one_that_passes(total: int, passed: int, k: int) -> None:
    draws = list(combinations([True] * passed + [False] * (total - passed), k))
    assert pass_at(total, passed, k) == pytest.approx(sum(map(any, draws)) / len(draws))


def function_of(**names: Any) -> Any:
    """A function in whose module these names stand."""
    module: dict[str, Any] = dict(names)
    exec("def score(references, predictions): return 0", module)
    return module["score"]


@pytest.mark.parametrize(
    ("function", "good"),
    [
        (function_of(metric=SandboxedCodeEval()), True),
        (function_of(metric=SandboxedCodeEval()).__call__, True),
        (partial(function_of(metric=SandboxedCodeEval()), 1), True),
        (partial(partial(function_of(metric=SandboxedCodeEval()), 1), 2), True),
        (function_of(), False),
        (function_of().__call__, False),
        (function_of(metric=object()), False),
        (partial(function_of(), 1), False),
        (len, False),
        (None, False),
    ],
)
def test_that_a_task_that_runs_code_in_its_own_way_is_refused(
    function: Any, good: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(code_eval, "require_sandbox", lambda: None)
    for task in (
        SimpleNamespace(
            UNSAFE_CODE=True, config=SimpleNamespace(process_results=function), _metric_fn_list={}
        ),
        SimpleNamespace(
            UNSAFE_CODE=True, config=SimpleNamespace(process_results=None), _metric_fn_list={"pass": function}
        ),
    ):
        if good:
            check_unsafe("code", task)
            continue
        with pytest.raises(Problem, match=r"The task 'code' runs code .* outside of the sandbox"):
            check_unsafe("code", task)
        task.UNSAFE_CODE = False
        check_unsafe("code", task)


def test_that_without_bubblewrap_a_task_is_refused_with_the_line_that_installs_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(bubblewrap.shutil, "which", lambda name: None)
    bubblewrap.require_sandbox.cache_clear()
    config = SimpleNamespace(process_results=function_of(metric=SandboxedCodeEval()))
    try:
        with pytest.raises(Problem, match="runs in a sandbox or not at all"):
            check_unsafe("code", SimpleNamespace(UNSAFE_CODE=True, config=config))
    finally:
        bubblewrap.require_sandbox.cache_clear()


def test_that_tasks_load_this_metric_and_every_other_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    library = ModuleType("evaluate")
    library.load = lambda path, *arguments, **options: (path, arguments, options)  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "evaluate", library)
    monkeypatch.setattr(code_eval, "require_sandbox", lambda: None)
    use_sandbox()
    use_sandbox()
    for name in ("code_eval", "evaluate-metric/code_eval", "metrics/code_eval/"):
        assert isinstance(library.load(name), SandboxedCodeEval)
    for name in ("exact_match", "code_eval_outputs", "rouge"):
        assert library.load(name, "x", seed=1) == (name, ("x",), {"seed": 1})


def test_that_without_the_library_nothing_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "evaluate", None)
    use_sandbox()
