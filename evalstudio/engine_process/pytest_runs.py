"""Pytest host: runs evaluations that need fixtures in the running engine, with pytest in a thread of its own."""

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from evalstudio.authoring.decorators import marked_of
from evalstudio.authoring.python_evaluation import NeedsFixtures
from evalstudio.authoring.user_code import own_imports
from evalstudio.core.errors import EvaluationError, RequirementError, RunError
from evalstudio.engine.engine import Engine
from evalstudio.engine.run.run import Run
from evalstudio.evaluations.loading import is_python
from evalstudio.evaluations.request import Options
from evalstudio.models.keys import redact
from evalstudio.workspace.packaged import how_to_add

if TYPE_CHECKING:  # it may not be installed
    import pytest

# plugins to disable: those that print, change hooks of the process, or need a window
WITHOUT = (
    "terminal", "cacheprovider", "faulthandler", "threadexception", "unraisableexception", "warnings", "pytest-qt", "junitxml",
)  # fmt: skip
TEARDOWN_S = 60.0  # for which the next file waits for the fixtures of one whose run has ended


async def start(engine: Engine, reference: str, options: Options) -> Run:
    """Starts an evaluation like `Engine.start_run`, also one that needs fixtures.

    Of a Python file without a function's name, all evaluations run one after the other; of an evaluation with a grid,
    all variants at once.

    Returns:
        The first run.

    Raises:
        EvalStudioError: It can't start; the message says what to do.
    """
    if reference.endswith(".py"):
        return await _start_hosted(engine, reference, options)
    try:
        return (await engine.start_all(reference, options))[0]
    except NeedsFixtures:
        return await _start_hosted(engine, reference, options)


async def resume(engine: Engine, run_id: int, classes: tuple[str, ...] | None) -> Run:
    """Resumes a run like `Engine.resume_run`, also one that needs fixtures."""
    reference, options = await engine.asked_for(run_id, classes)
    if not is_python(reference):
        return await engine.resume_run(run_id, classes)
    return await start(engine, reference, options)


async def duplicate(engine: Engine, run_id: int) -> Run:
    """Duplicates a run like `Engine.duplicate_run`, also one that needs fixtures."""
    reference, options = await engine.asked_for(run_id)
    if not is_python(reference):
        return await engine.duplicate_run(run_id)
    return await start(engine, reference, msgspec.structs.replace(options, new_run=True))


async def _start_hosted(engine: Engine, reference: str, options: Options) -> Run:
    try:
        import pytest  # noqa: F401 - checks that it is installed
    except ImportError:
        raise RequirementError(
            f"This evaluation takes fixtures, which pytest makes; {how_to_add('pytest')}."
        ) from None
    if options.model is not None:
        raise EvaluationError("The model of an evaluation in Python is its own code; it can't be replaced.")
    loop = asyncio.get_running_loop()
    first: asyncio.Future[Run] = loop.create_future()
    if options.experiment is None:
        from evalstudio.evaluations.request import automatic_name

        options = msgspec.structs.replace(options, experiment=automatic_name())
    session = _Session(engine, loop, reference, options, first)
    await _turn.take(session)
    threading.Thread(target=session.work, name="pytest", daemon=True).start()
    return await first


class _Turn:
    """Lock for one file at a time: pytest changes global state of the process, such as `sys.path`."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last: _Session | None = None  # the present or last holder

    async def take(self, session: "_Session") -> None:
        """Takes the lock; waits for a file that is only tearing down its fixtures. Raises RunError if one runs."""
        if not self._lock.acquire(blocking=False):
            if self._last is not None and self._last.has_run:
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._last.moved.wait(), TEARDOWN_S)
            if not self._lock.acquire(blocking=False):
                raise RunError(
                    "One evaluation file with fixtures runs at a time; wait until the other one has ended, or stop it."
                )
        self._last = session

    def end(self) -> None:
        self._lock.release()


_turn = _Turn()


class _Session:
    """One pytest session, and its plugin."""

    def __init__(
        self,
        engine: Engine,
        loop: asyncio.AbstractEventLoop,
        reference: str,
        options: Options,
        first: "asyncio.Future[Run]",
    ) -> None:
        self._engine = engine
        self._loop = loop
        self._reference = reference
        self._options = options
        self._first = first
        self._failures: list[str] = []
        self._ran = False
        self._run: Run | None = None  # the latest
        self.moved = asyncio.Event()  # set when the next run begins, or the session has ended

    @property
    def has_run(self) -> bool:
        """Whether its latest run is over: fixtures are being torn down, or another run is about to begin."""
        return self._run is not None and not self._run.is_active

    def work(self) -> None:
        """Runs the session, in its own thread."""
        import pytest

        without = [part for name in WITHOUT for part in ("-p", f"no:{name}")]
        arguments = [
            self._reference,
            "-p",
            "evalstudio.pytest_plugin",
            "-s",
            "-o",
            "addopts=",
            *without,
        ]
        try:
            with own_imports(Path(self._reference.partition("::")[0]).parent):
                pytest.main(arguments, plugins=[self])
        except BaseException as error:  # noqa: BLE001 - whatever user code raises here must reach the window
            self._failures.append(f"{type(error).__name__}: {error}")
        finally:
            _turn.end()
            self._call_soon(self._report_end)

    def pytest_configure(self, config: "pytest.Config") -> None:
        from evalstudio.pytest_plugin.plugin import SESSION
        from evalstudio.pytest_plugin.session import EvaluationSession, Host

        config.stash[SESSION] = EvaluationSession(
            config, Host(self._engine, self._loop, self._options, self._started)
        )

    def pytest_collection_modifyitems(self, items: "list[pytest.Item]") -> None:
        items[:] = [item for item in items if marked_of(getattr(item, "obj", None)) is not None]

    def pytest_collectreport(self, report: "pytest.CollectReport") -> None:
        if report.failed:
            self._failures.append(report.longreprtext)

    def pytest_runtest_logreport(self, report: "pytest.TestReport") -> None:
        if report.failed and (report.when != "call" or not self._ran):
            self._failures.append(report.longreprtext)
        if report.when == "teardown":
            self._ran = False

    def _started(self, run: Run) -> None:
        self._ran = True
        self._run = run
        self.moved.set()
        self.moved = asyncio.Event()
        if not self._first.done():
            self._first.set_result(run)

    def _report_end(self) -> None:
        self.moved.set()
        failures = [redact(text.strip()) for text in self._failures]
        if not self._first.done():
            what = "\n\n".join(failures) or "pytest found no evaluation of that name in it."
            self._first.set_exception(EvaluationError(f"{self._reference} could not be run.\n{what}"))
            return
        for text in failures:
            self._engine.log("error", text)

    def _call_soon(self, callback: Callable[[], None]) -> None:
        try:
            self._loop.call_soon_threadsafe(callback)
        except RuntimeError:
            return  # the engine is closed already
