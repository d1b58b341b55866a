"""Evaluation session of one pytest session: one engine and one event loop for all evaluations."""

import asyncio
import inspect
import sys
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import msgspec
import pytest

from evalstudio.authoring.decorators import check_timeout
from evalstudio.authoring.python_evaluation import PythonEvaluation, evaluation_of
from evalstudio.core.coverage import check_coverage
from evalstudio.core.errors import EvalStudioError
from evalstudio.core.run_state import RunState
from evalstudio.core.strategy import strategy_of
from evalstudio.engine.engine import Engine
from evalstudio.engine.loop import LoopRunner
from evalstudio.engine.run.run import Run
from evalstudio.evaluations.request import Options, automatic_name
from evalstudio.protocol import Event, LogLine, Snapshot
from evalstudio.pytest_plugin.across import FINAL, Final, is_worker, share
from evalstudio.pytest_plugin.items import bound_function, name_of
from evalstudio.pytest_plugin.progress import PytestProgress
from evalstudio.pytest_plugin.stash import ENGINE_OPTIONS
from evalstudio.reports.gate import Gate
from evalstudio.settings.values import load_settings, workspace_of

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Host:
    """An existing engine on a loop in another thread; `started` is called for each run, in that thread."""

    engine: Engine
    loop: asyncio.AbstractEventLoop
    options: Options
    started: Callable[[Run], None]

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result()


class EvaluationSession:
    """Runs the evaluations of a session; created for the first one or its first async fixture.

    `host` is an engine to run them in; without it, one is created.
    """

    def __init__(self, config: pytest.Config, host: Host | None = None) -> None:
        self._config = config
        self._host = host
        self._runner = host or LoopRunner()
        self._engine: Engine | None = host.engine if host is not None else None
        self._options: Options | None = host.options if host is not None else None
        self._progress = PytestProgress(config)
        self._begun: dict[str, asyncio.Task[Run]] | None = None  # by item id

    def begin_all(self, items: Mapping[str, pytest.Function]) -> None:
        """On the first call, starts all these evaluations concurrently; each item then awaits its own."""
        if self._begun is not None or self._host is not None or hasattr(self._config, "workerinput"):
            return
        self._begun = {}
        try:
            self._runner.run(self._started())  # one engine for all of them
        except EvalStudioError:
            return  # reported by the first item
        for nodeid, item in items.items():
            try:
                evaluation = evaluation_of(bound_function(item), {}, name_of(item))
            except EvalStudioError:
                continue  # reported by its item
            self._begun[nodeid] = self._runner.run(_as_task(self._begin(evaluation)))

    def run(self, item: pytest.Function, function: Callable[..., Any], arguments: Mapping[str, Any]) -> None:
        """Runs one evaluation to its end; fails the item if the result does not meet the requirements."""
        try:
            evaluation = evaluation_of(function, arguments, name_of(item))
            final = self._runner.run(self._run(evaluation, item.nodeid))
        except EvalStudioError as error:
            pytest.fail(str(error), pytrace=False)
        finally:
            self._progress.end()
        gate = self._gate(evaluation)
        problem = problem_of(final, evaluation.name, gate)
        item.stash[FINAL] = Final(final, problem)
        self._config.hook.pytest_evalstudio_finished(item=item, final=final, gate=gate)
        for score in final.scores:
            item.user_properties.append((f"{score.evaluator} {score.metric}", score.value))
        if problem is not None:
            pytest.fail(problem, pytrace=False)

    def _gate(self, evaluation: PythonEvaluation) -> Gate:
        marked = evaluation.marked
        own = Gate(marked.fail_under, marked.fail_under_low, marked.min_coverage)
        return Gate(min_coverage=check_coverage(self._config.getoption("min_coverage", None))).over(own)

    def as_sync_fixture(self, function: Callable[..., Any], fixturedef: Any) -> Callable[..., Any]:
        """Wraps an async fixture in a synchronous function with the same parameters."""

        def set_up(**arguments: Any) -> Any:
            if not inspect.isasyncgenfunction(function):
                return self._runner.run(function(**arguments))
            generator = function(**arguments)

            async def next_value() -> Any:
                return await anext(generator)

            async def tear_down() -> None:
                try:
                    await anext(generator)
                except StopAsyncIteration:
                    return
                raise RuntimeError(f"The fixture '{fixturedef.argname}' yields more than once.")

            value = self._runner.run(next_value())
            fixturedef.addfinalizer(lambda: self._runner.run(tear_down()))
            return value

        set_up.__signature__ = inspect.signature(function)  # type: ignore[attr-defined]
        set_up.__name__ = getattr(function, "__name__", "fixture")
        return set_up

    def close(self) -> None:
        if isinstance(self._runner, Host):
            return
        if self._engine is not None:
            self._runner.run(self._engine.aclose())
            self._engine = None
        self._runner.close()
        self._progress.close()

    async def _begin(self, evaluation: PythonEvaluation) -> Run:
        engine = await self._started()
        wanted = self._wanted()
        # a batch's own window comes of its workers
        own = evaluation.marked.strategy if evaluation.marked.batch_size is None else None
        strategy = wanted.strategy or own
        if strategy is not None and is_worker(self._config):
            wanted = msgspec.structs.replace(wanted, strategy=share(strategy, self._config))
        run = await engine.start_evaluation(evaluation, wanted)
        if self._host is not None:
            self._host.started(run)
        return run

    async def _run(self, evaluation: PythonEvaluation, nodeid: str) -> Snapshot:
        engine = await self._started()
        begun = (self._begun or {}).pop(nodeid, None)
        run = await (begun if begun is not None else self._begin(evaluation))
        try:
            return await engine.finished(run)
        except asyncio.CancelledError:  # Ctrl-C
            run.stop("interrupted by Ctrl-C")
            await engine.finished(run)
            raise

    async def _started(self) -> Engine:
        if self._engine is None:
            option = self._config.getoption("workspace", None)
            more = self._config.stash.get(ENGINE_OPTIONS, {})
            engine = Engine(workspace_of(option), load_settings()[0], emit=self._emit, **more)
            await engine.start()
            self._engine = engine
        return self._engine

    def _wanted(self) -> Options:
        """Returns the session's run options; without --experiment, all evaluations share a name based on the time."""
        if self._options is None:
            option = self._config.getoption
            shared = getattr(self._config, "workerinput", {}).get("evalstudio_experiment")
            self._options = Options(
                option("experiment", None) or shared or automatic_name(),
                strategy_of(option("strategy", None), option("window", None)),
                option("workers", None),
                option("samples", None),
                None,
                bool(option("new_run", None)),
                processes=option("processes", None),
                threads_per_process=option("threads_per_process", None),
                cluster=option("cluster", None),
                timeout=check_timeout(option("sample_timeout", None)),
            )
        return self._options

    def _emit(self, event: Event) -> None:
        self._config.hook.pytest_evalstudio_event(event=event)
        if isinstance(event, LogLine) and event.level in ("warning", "error"):
            print(event.text, file=sys.stderr)  # noqa: T201 - captured with the item's output
        elif isinstance(event, Snapshot):
            self._progress.update(event)


async def _as_task(work: Coroutine[Any, Any, T]) -> "asyncio.Task[T]":
    """Starts a task that proceeds whenever the loop runs."""
    return asyncio.create_task(work)


def problem_of(final: Snapshot, name: str, gate: Gate) -> str | None:
    """Why an evaluation is not green, in a sentence; None if it is."""
    if final.state not in (RunState.COMPLETED, RunState.COMPLETED_WITH_ERRORS):
        return f"{name} {final.state}: {final.reason}"
    if final.errored:
        worst = max(final.errors, key=lambda error: error.records, default=None)
        example = f" ({worst.example})" if worst is not None else ""
        return f"{name}: {final.errored:,} of {final.saved:,} samples errored{example}."
    problem = gate.problem(final)
    return None if problem is None else f"{name}: {problem}."
