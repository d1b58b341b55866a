"""Code evaluation in the sandbox: what lm-eval's tasks get in place of the metric `code_eval`.

The original runs a model's code in the process that scores it. This one hands each program to the sandbox, and keeps
what became of it: the published metrics are computed over the same programs again.
"""

import math
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

from evalstudio.benchmarks.host.sentences import Problem
from evalstudio.core.errors import RequirementError
from evalstudio.sandbox.bubblewrap import require_sandbox, run_program

NAME = "code_eval"
LONGEST_S = 3.0  # the original's
_Result = dict[str, Any]


class SandboxedCodeEval:
    """The metric `code_eval` of the library `evaluate`, with its arguments and results."""

    def __init__(self, run: Callable[[str, float], bool] | None = None) -> None:
        self._run = run or _passes
        self._known: dict[tuple[str, float], bool] = {}

    def compute(
        self,
        predictions: Sequence[Sequence[str]],
        references: Sequence[str],
        k: Sequence[int] = (1, 10, 100),
        num_workers: int = 4,
        timeout: float = LONGEST_S,
    ) -> tuple[dict[str, float], dict[int, list[tuple[int, _Result]]]]:
        """Returns pass@k for each `k` that all problems have enough programs for, and the result of each program.

        Args:
            predictions: For each problem, programs to try.
            references: For each problem, the tests that stand behind a program.
            k: The numbers of programs that pass@k is estimated for.
            num_workers: Has no effect; the programs run one after the other.
            timeout: Seconds after which a program is ended.
        """
        results: dict[int, list[tuple[int, _Result]]] = defaultdict(list)
        counts = []
        for problem, (programs, tests) in enumerate(zip(predictions, references, strict=True)):
            passed = [self._passed(f"{program}\n{tests}", timeout) for program in programs]
            counts.append((len(passed), sum(passed)))
            for number, one in enumerate(passed):
                told = {
                    "task_id": problem,
                    "passed": one,
                    "result": "passed" if one else "failed",
                    "completion_id": number,
                }
                results[problem].append((number, told))
        estimated = {
            f"pass@{most}": sum(pass_at(*count, most) for count in counts) / len(counts)
            for most in k
            if counts and all(total >= most for total, _ in counts)
        }
        return estimated, results

    def _passed(self, program: str, timeout: float) -> bool:
        if (program, timeout) not in self._known:
            self._known[program, timeout] = self._run(program, timeout)
        return self._known[program, timeout]


def pass_at(total: int, passed: int, k: int) -> float:
    """The unbiased estimate that at least one of `k` programs passes, from `total` of which `passed` do.

    Example:
        >>> pass_at(2, 1, 1), pass_at(4, 1, 2), pass_at(2, 1, 2)
        (0.5, 0.5, 1.0)
    """
    if total - passed < k:
        return 1.0
    return 1.0 - math.prod(1.0 - k / left for left in range(total - passed + 1, total + 1))


def use_sandbox() -> None:
    """Has the library `evaluate` give tasks this metric. Where it is not installed, there is nothing to replace."""
    try:
        import evaluate
    except ImportError:
        return
    if getattr(evaluate.load, "sandboxed", False):
        return
    original = evaluate.load

    def load(path: str, *arguments: Any, **options: Any) -> Any:
        if path.rstrip("/").rpartition("/")[2] != NAME:
            return original(path, *arguments, **options)
        _require()
        return SandboxedCodeEval()

    load.sandboxed = True  # type: ignore[attr-defined]
    evaluate.load = load


def check_unsafe(name: str, task: Any) -> None:
    """Refuses a task that runs code in another way than by the metric above, and one where there is no sandbox.

    Raises:
        Problem: It can't be run; the message says why, and what to install.
    """
    if not getattr(task, "UNSAFE_CODE", False):
        return
    _require()
    functions = [task.config.process_results, *getattr(task, "_metric_fn_list", {}).values()]
    if not any(_uses_sandbox(function) for function in functions):
        raise Problem(
            f"The task '{name}' runs code that the model has written in a way of its own, outside of the sandbox."
        )


def _uses_sandbox(function: Any) -> bool:
    while hasattr(function, "func"):  # of a partial
        function = function.func
    if not hasattr(function, "__globals__"):  # lm-eval keeps a metric's `__call__`
        function = getattr(function, "__self__", None)
    names = getattr(function, "__globals__", {})
    return any(isinstance(value, SandboxedCodeEval) for value in names.values())


def _require() -> None:
    try:
        require_sandbox()
    except RequirementError as error:
        raise Problem(str(error)) from None


def _passes(program: str, timeout: float) -> bool:
    return run_program(program, timeout).end == "passed"
