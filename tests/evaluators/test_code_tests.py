"""Code in an answer passes its tests in the sandbox, or is wrong; without code it is unscored."""

import shutil

import pytest

from evalstudio.core.errors import RequirementError
from evalstudio.evaluators import build_evaluators, code_tests
from evalstudio.evaluators.code_tests import code_of
from evalstudio.sandbox import bubblewrap

needs_bubblewrap = pytest.mark.skipif(
    shutil.which("bwrap") is None, reason="bubblewrap is not installed here"
)
TESTS = "assert double(2) == 4\nassert double(-1) == -2"
RIGHT = "def double(x):\n    return x + x\n"


@needs_bubblewrap
@pytest.mark.parametrize(
    ("answer", "value"),
    [
        (f"```python\n{RIGHT}```", True),
        (f"Here it is:\n```py\n{RIGHT}```\nIt adds x to itself.", True),
        (f"```\n{RIGHT}```", True),
        (RIGHT, True),
        (f"```bash\npip install x\n```\n```python\n{RIGHT}```", True),
        (f"<think>```python\nbroken(\n```\n</think>\n```python\n{RIGHT}```", True),
        (f"~~~python\n{RIGHT}~~~", True),
        ("```python\ndef double(x):\n    return x * x\n```", False),
        ("```python\ndef double(x)\n    return 2 * x\n```", False),
        ("```python\ndef twice(x): return 2 * x\n```", False),
        ("```python\nimport sys; sys.exit(0)\n```", False),
        ("```python\nimport os; os._exit(0)\n```", False),
        ("```python\nwhile True: pass\n```", False),
        ("```python\nimport socket; socket.create_connection(('127.0.0.1', 9))\n```", False),
        ("The function doubles its argument.", False),
        ("", None),
        ("   \n", None),
        ("```python\n```", None),
    ],
)
def test_that_code_is_right_only_where_its_tests_are_passed(answer: str, value: bool | None) -> None:
    assert code_tests(answer, TESTS, timeout=1.0).value is value


@needs_bubblewrap
def test_that_a_completion_goes_on_where_the_prompt_ends() -> None:
    score = code_tests("    return x + x\n", TESTS, before="def double(x):\n")
    assert score.value is True


@needs_bubblewrap
def test_that_the_reason_is_the_error_or_the_time_out() -> None:
    assert "AssertionError" in code_tests("def double(x): return 0", TESTS).why
    assert "timed out after 0.5 s" in code_tests("while True: pass", TESTS, timeout=0.5).why


@needs_bubblewrap
def test_that_tests_come_from_a_column() -> None:
    table = {"type": "code_tests", "tests": "{{ checks }}"}
    [evaluator] = build_evaluators([table], ("checks",), bubblewrap.Path())
    assert evaluator.apart
    assert evaluator.judge(RIGHT, {"checks": TESTS}).value is True
    assert evaluator.judge(RIGHT, {"checks": "assert double(1) == 3"}).value is False


def test_that_an_evaluation_without_a_sandbox_is_refused_before_its_first_call(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    bubblewrap.require_sandbox.cache_clear()
    with pytest.raises(RequirementError, match="apt install bubblewrap"):
        build_evaluators([{"type": "code_tests", "tests": "pass"}], (), bubblewrap.Path())
    bubblewrap.require_sandbox.cache_clear()


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ("x = 1", "x = 1"),
        ("```python\nx = 1\n```", "x = 1\n"),
        ("```js\nlet x\n```\n```python\nx = 1\n```", "x = 1\n"),
        ("```\na\n```\n```\nb\n```", "a\n"),
        ("```python\na\n```\n```python\nb\n```", "a\n"),
        ("~~~python\nx\n~~~", "x\n"),
        ("```python\nopen", "open"),
        ("", ""),
        ("```Python\nx\n```", "x\n"),
        ("```py\nx\n```", "x\n"),
    ],
)
def test_that_the_code_is_the_first_python_block(answer: str, code: str) -> None:
    assert code_of(answer) == code
