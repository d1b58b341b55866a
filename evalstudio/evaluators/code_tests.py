"""Tests of code that a model has written, run in a sandbox."""

from evalstudio.core.score import Score
from evalstudio.evaluators.fences import fenced_blocks
from evalstudio.evaluators.text import unscored
from evalstudio.evaluators.thought import StillThinking, without_thought
from evalstudio.sandbox.bubblewrap import LONGEST_S, run_program

APART_S = 60.0
"""Seconds for one answer in a run; a program has `timeout` of them."""
PYTHON = ("python", "py", "python3")


def code_tests(
    answer: str, tests: str, *, before: str = "", timeout: float = LONGEST_S, name: str | None = None
) -> Score:
    """Whether the Python code in an answer passes tests, in a sandbox without network, home or other processes.

    The code is the answer's first block marked as Python, else its first block, else all of it. The program that runs is
    `before`, the code, and then the tests; it passes if its end is reached. A program that takes too long, or writes without
    end, is wrong.

    Args:
        answer: the model's answer.
        tests: Python that raises where the code is wrong, as `assert` does.
        before: Python that stands before the code, as imports, or the beginning of a function that the model completes.
        timeout: seconds after which the program is ended.
        name: the score's name.

    Returns:
        A score that is true or false; unscored where the answer holds no code.

    Raises:
        RequirementError: there is no sandbox on this machine; the message says what to install.
    """
    name = name or "code_tests"
    try:
        code = code_of(without_thought(answer))
    except StillThinking as error:
        return unscored(name, str(error))
    if not code.strip():
        return unscored(name, "the answer holds no code")
    ended = run_program(f"{before}{code}\n{tests}\n", timeout)
    match ended.end:
        case "passed":
            return Score(name, True, why="all tests pass")
        case "timed out":
            return Score(name, False, why=f"timed out after {timeout:g} s")
        case "too much output":
            return Score(name, False, why="the program writes without end")
    lines = [line.strip() for line in ended.output.splitlines() if line.strip()]
    return Score(name, False, why=(lines[-1] if lines else "the program ended before its tests did")[:300])


def code_of(answer: str) -> str:
    """The code in an answer.

    Example:
        >>> code_of("Sure:\\n```python\\nx = 1\\n```\\nDone.")
        'x = 1\\n'
    """
    blocks = fenced_blocks(answer)
    marked = [block.inside for block in blocks if block.label in PYTHON]
    if marked:
        return marked[0]
    return blocks[0].inside if blocks else answer
