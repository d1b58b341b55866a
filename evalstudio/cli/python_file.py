"""Python evaluations in the terminal (`evalstudio run eval_x.py::eval_sentiment`).

pytest finds the functions and makes their fixtures; its own output is suppressed.
"""

import contextlib
import io
import sys
from collections.abc import Sequence
from typing import Any

from rich.text import Text

from evalstudio.core.errors import EvaluationError, RequirementError
from evalstudio.protocol import Event, LogLine, Snapshot
from evalstudio.reports.gate import Gate
from evalstudio.terminal.console import console as make_console
from evalstudio.terminal.progress import LiveProgress
from evalstudio.workspace.packaged import how_to_add


class ResultCollector:
    """pytest plugin that collects the results of the evaluations, and failures before they started."""

    def __init__(self, progress: LiveProgress, attended: bool, ceiling: int | None) -> None:
        self.finals: list[tuple[Snapshot, Gate]] = []
        self.failures: list[str] = []
        self.interrupted = False
        self.progress = progress
        self._engine_options = {"attended": attended, "continues": attended, "ceiling": ceiling}

    def pytest_configure(self, config: Any) -> None:
        from evalstudio.pytest_plugin.stash import ENGINE_OPTIONS

        config.stash[ENGINE_OPTIONS] = self._engine_options

    def pytest_evalstudio_event(self, event: Event) -> None:
        match event:
            case Snapshot():
                self.progress.update(event)
            case LogLine(level=level, text=text) if level in ("warning", "error", "output"):
                self.progress.note(level, text)

    def pytest_evalstudio_finished(self, final: Snapshot, gate: Gate) -> None:
        self.finals.append((final, gate))

    def pytest_collectreport(self, report: Any) -> None:
        if report.failed:
            self.failures.append(report.longreprtext)

    def pytest_runtest_logreport(self, report: Any) -> None:
        # an evaluation that ran reports its own result
        if report.failed and (report.when != "call" or not self.finals_of(report.nodeid)):
            self.failures.append(report.longreprtext)

    def pytest_keyboard_interrupt(self, excinfo: Any) -> None:
        self.interrupted = excinfo.type is KeyboardInterrupt  # otherwise pytest itself aborted

    def pytest_collection_modifyitems(self, items: list[Any]) -> None:
        """Deselects ordinary tests in the same file."""
        from evalstudio.authoring.decorators import marked_of

        items[:] = [item for item in items if marked_of(getattr(item, "obj", None)) is not None]

    def pytest_collection_finish(self, session: Any) -> None:
        from evalstudio.pytest_plugin.plugin import undecorated

        for sentence in undecorated(session.config):
            self.progress.note("warning", sentence)

    def finals_of(self, nodeid: str) -> bool:
        name = nodeid.rpartition("::")[2]
        return any(final.evaluation.endswith(f"::{name}") for final, _ in self.finals)


def run_functions(
    reference: str, options: Sequence[str], *, attended: bool, ceiling: int | None, as_json: bool
) -> ResultCollector:
    """Runs all evaluations of a file, or one of them.

    Raises:
        RequirementError: pytest is not installed.
        EvaluationError: the file or function does not exist, or fails before any evaluation.
    """
    try:
        import pytest
    except ImportError:
        raise RequirementError(
            f"An evaluation in Python needs pytest, which gives it fixtures; {how_to_add('pytest')}."
        ) from None
    console = make_console(stderr=as_json)
    console.file = sys.stderr if as_json else sys.stdout
    collected = ResultCollector(LiveProgress(console), attended, ceiling)
    message = io.StringIO()
    arguments = [
        reference,
        "-p",
        "evalstudio.pytest_plugin",
        "-p",
        "no:cacheprovider",
        "-s",
        "-o",
        "addopts=",
    ]
    with collected.progress, contextlib.redirect_stdout(message), contextlib.redirect_stderr(message):
        code = pytest.main([*arguments, *options], plugins=[collected])
    for failure in collected.failures:
        console.print(Text(failure.strip()))
    if collected.finals or collected.interrupted:
        return collected
    if collected.failures:
        raise EvaluationError(f"{reference} could not be run; see above.")
    if code == pytest.ExitCode.USAGE_ERROR or code == pytest.ExitCode.NO_TESTS_COLLECTED:
        raise EvaluationError(
            f"There is no evaluation {reference}; name a file, or a function in it that foreach decorates, as in "
            "eval_x.py::eval_sentiment."
        )
    raise EvaluationError(f"{reference} could not be run: {message.getvalue().strip()[-500:]}")
