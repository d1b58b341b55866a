"""Evaluation engine: runs evaluations, in the window's child process as well as in the CLI, pytest and tests."""

import asyncio
import gc
import time
import traceback
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import msgspec

from evalstudio.authoring.python_evaluation import PythonEvaluation, load_evaluation_function
from evalstudio.core.errors import RunError
from evalstudio.core.run_state import RunState
from evalstudio.core.system import (
    collect_less_often,
    raise_open_file_limit,
)
from evalstudio.engine.limits.admission import Admission
from evalstudio.engine.limits.endpoint_registry import Endpoints
from evalstudio.engine.loop_watch import SILENT_S, LoopWatch
from evalstudio.engine.planning.benchmark_plans import plan_benchmark
from evalstudio.engine.planning.plan import Plan, make_plan, release_all
from evalstudio.engine.planning.python_plan import plan_evaluation
from evalstudio.engine.run.assembly import Assembled, Parts, assemble
from evalstudio.engine.run.context import Services
from evalstudio.engine.run.rescoring import rescore
from evalstudio.engine.run.run import Run
from evalstudio.engine.run.scores_at_end import scores_at_end
from evalstudio.engine.run.snapshots import take_snapshot
from evalstudio.engine.run.start_notes import start_notes
from evalstudio.engine.servers.manager import Servers
from evalstudio.engine.store_trouble import StoreTrouble
from evalstudio.engine.ticker import Ticker
from evalstudio.engine.user_code.forks import fork_guard
from evalstudio.evaluations.loading import Evaluation, is_python, load_evaluation, variants
from evalstudio.evaluations.request import Options, StoredSpec, automatic_name
from evalstudio.models.keys import redact
from evalstudio.models.registry import load_models
from evalstudio.protocol import Event, LogLine, Pulse, Snapshot
from evalstudio.settings.values import Rates, Settings, ceiling_in_force
from evalstudio.store.database import Connection
from evalstudio.store.endpoint_memory import save_prior
from evalstudio.store.reader import Reader
from evalstudio.store.run_records import forget_crashes
from evalstudio.store.runs import (
    RunRow,
    beat,
    find_or_create,
    get_run,
    give_back,
    rename_experiment,
    set_state,
    take_lease,
    update_spec,
)
from evalstudio.store.timeline import save_buckets
from evalstudio.store.writer import Writer
from evalstudio.workspace.folder import Workspace


class Engine:
    """Runs evaluations in one workspace. All methods must be called on the event loop that started it.

    `emit` gets snapshots (at most ten a second for each run) and log lines. `attended`: somebody can answer when a run
    pauses itself; without, it ends as stopped. With `continues` it goes on by itself, now and then. `on_hung` is called
    once, when so many calls hang in threads that the process should be restarted; without it the runs that hang are
    stopped. `clock` is monotonic, in seconds.
    """

    def __init__(
        self,
        workspace: Workspace,
        settings: Settings | None = None,
        *,
        emit: Callable[[Event], None] = lambda event: None,
        attended: bool = False,
        continues: bool = False,
        on_hung: Callable[[], None] | None = None,
        ceiling: int | None = None,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self.workspace = workspace
        self.settings = settings or Settings()
        self.runs: dict[int, Run] = {}
        self.servers = Servers()
        self._emit = emit
        self._attended, self._continues = attended, continues
        self._ceiling_option = ceiling
        self._on_hung = on_hung
        self._ceiling = ceiling_in_force(self.settings, ceiling)
        self._clock = clock
        self._endpoints = Endpoints(self.settings.rates)
        self._drivers: dict[int, asyncio.Task[None]] = {}
        self._starting: set[int] = set()  # runs that are claimed, but not yet in `runs`
        self._ticking: asyncio.Task[None] | None = None
        self._ended: dict[int, Snapshot] = {}
        self._store_trouble = StoreTrouble(self.runs, self.execute, self.log, attended=attended)

    async def start(self) -> None:
        """Opens the store. Raises StoreError with a remedy."""
        raise_open_file_limit()
        self._collected = collect_less_often()
        loop = asyncio.get_running_loop()

        def on_saved(tokens: list[Any]) -> None:
            loop.call_soon_threadsafe(self._saved, tokens)

        def on_trouble(sentence: str | None) -> None:
            loop.call_soon_threadsafe(self._trouble, sentence)

        self._writer = await asyncio.to_thread(Writer, self.workspace, on_saved, on_trouble)
        fork_guard.begin()
        self.admission = Admission(self._ceiling, self._clock)
        self._services = Services(
            self._clock, self.admission, self._writer, self.log, self._attended, self._continues
        )
        self._parts = Parts(self.workspace, self._services, self._endpoints, self.servers, self.execute)
        self._watch = LoopWatch(self.runs, self._silent)
        self._ticker = Ticker(
            self.runs,
            self._endpoints,
            self.admission,
            self._writer,
            self._clock,
            self._emit,
            self._on_hung,
            self._watch,
        )
        self._ticking = asyncio.create_task(self._ticker.beat())
        self._ticking.add_done_callback(self._ticker_ended)

    async def aclose(self) -> None:
        """Stops all runs, saves their answers, and ends servers and threads."""
        self.leave("the engine was closed")
        await asyncio.gather(*self._drivers.values(), return_exceptions=True)
        if self._ticking is not None:
            self._ticking.cancel()
            await asyncio.gather(self._ticking, return_exceptions=True)
            self.admission.close()
            await asyncio.to_thread(self._writer.close)
            gc.set_threshold(*self._collected)
            fork_guard.end()
            self._watch.close()
        await self.servers.aclose()

    def leave(self, reason: str) -> None:
        """Stops all runs, and waits no longer than some seconds for a store that can't be written."""
        self._store_trouble.leave(reason)

    def stop_soon(self, run_id: int | None = None) -> None:
        """Begins no further step of async code of a run, or of all runs, which will be stopped. Any thread may call it.

        The event loop hears of a stop only between two steps, and behind all that are waiting.
        """
        for run in list(self.runs.values()):
            if run_id in (None, run.id):
                run.flight.over = True

    async def start_run(self, reference: str, options: Options | None = None) -> Run:
        """Starts an evaluation, or resumes its run of the same experiment name.

        `reference` is a path, `example:NAME` or `file.py::function`. Raises an EvalStudioError with a remedy; no model
        has then been called.
        """
        return await self._start(reference, options or Options())

    async def start_all(self, reference: str, options: Options | None = None) -> list[Run]:
        """Like `start_run`; of an evaluation with a grid it starts every variant, as one experiment.

        All variants are checked before the first call.
        """
        options = options or Options()
        if is_python(reference):
            return [await self._start(reference, options)]
        evaluation = await asyncio.to_thread(load_evaluation, reference)
        labels = list(variants(evaluation.spec))
        if not labels:
            return await self._begin_all(await self._plans(evaluation, reference, options))
        if options.model is not None:
            raise RunError(
                "The grid of this evaluation says which models there are; --model can't replace them."
            )
        named = msgspec.structs.replace(options, experiment=options.experiment or automatic_name())
        plans = [await self._plan(f"{reference}#{label}", named) for label in labels]
        return await self._begin_all(plans)

    async def start_evaluation(self, evaluation: PythonEvaluation, options: Options | None = None) -> Run:
        """Starts an evaluation that is a Python function, or resumes its run of the same experiment name.

        Raises an EvalStudioError with a remedy; no model has then been called.
        """
        return await self._begin(plan_evaluation(evaluation, options or Options(), self.settings))

    async def resume_run(self, run_id: int, classes: tuple[str, ...] | None = None) -> Run:
        """Resumes a run: makes the missing records and the errored ones, or of these only the outcomes in `classes`."""
        return await self._start(*await self.asked_for(run_id, classes))

    async def asked_for(self, run_id: int, classes: tuple[str, ...] | None = None) -> tuple[str, Options]:
        """Returns the evaluation of a run, and the options with which to resume it."""
        row = await self.execute(lambda connection: get_run(connection, run_id))
        stored = StoredSpec.decode(row.spec)
        options = msgspec.structs.replace(
            stored.run_options(),
            experiment=row.experiment,
            new_run=False,
            retry_classes=classes,
            resume=run_id,
        )
        return stored.reference, options

    def plan(self, evaluation: Evaluation, reference: str, options: Options) -> Plan:
        """Returns the plan of a run with the workspace's models and the current settings. Blocking."""
        return make_plan(evaluation, reference, options, self.settings, load_models(self.workspace))

    async def duplicate_run(self, run_id: int) -> Run:
        """Starts a run with the options of another one, in the same experiment, with the evaluation as it is now."""
        row = await self.execute(lambda connection: get_run(connection, run_id))
        stored = StoredSpec.decode(row.spec)
        options = msgspec.structs.replace(
            stored.run_options(), experiment=row.experiment, new_run=True, retry_classes=None
        )
        return await self._start(stored.reference, options)

    def run(self, run_id: int) -> Run:
        """Returns a run that is active in this engine. Raises RunError if it is not."""
        run = self.runs.get(run_id)
        if run is None:
            raise RunError(f"Run {run_id} is not running here; start or resume it first.")
        return run

    def set_rates(self, run_id: int, requests: float | None, tokens: float | None) -> None:
        """Sets requests and tokens per minute for the endpoint of a run; None: no limit of our own."""
        controller = self.run(run_id).controller
        before, reported = controller.rates_set, len(controller.changes)
        self._endpoints.steer(controller, self._clock(), Rates(requests, tokens))
        del controller.changes[reported:]  # recorded as the user's change, below
        for run in self.runs.values():
            if run.controller is controller:
                run.controls.rates_changed(before, (requests, tokens))
        self.admission.pump()

    async def rename_experiment(self, old: str, new: str) -> None:
        """Renames an experiment, in the store and in its active runs. Raises RunError where it can't be."""
        await self.execute(lambda connection: rename_experiment(connection, old, new))
        for run in self.runs.values():
            if run.plan.experiment == old:
                run.apply_plan(replace(run.plan, experiment=new))

    def change_settings(self, settings: Settings) -> None:
        """Applies new settings, also to active runs that set no value of their own."""
        ceiling = ceiling_in_force(settings, self._ceiling_option)
        self.settings, before = settings, self.admission.ceiling
        self.admission.set_ceiling(ceiling)
        self._endpoints.apply_rates(settings.rates, self._clock())
        for run in list(self.runs.values()):
            run.controls.apply_settings(settings)
            run.controls.ceiling_changed(before, ceiling)
        self.admission.pump()

    async def finished(self, run: Run) -> Snapshot:
        """Waits until a run has ended and its end is saved; returns its last snapshot."""
        driver = self._drivers.get(run.id)
        if driver is not None:
            await asyncio.shield(driver)
        return self._ended[run.id]

    def snapshot(self, run: Run) -> Snapshot:
        return take_snapshot(run, [], [], self._ticker.lag, self._ticker.cpu, self._ticker.machine)

    def log(self, level: str, text: str) -> None:
        self._emit(LogLine(time.time(), level, redact(text)))

    async def _start(self, reference: str, options: Options) -> Run:
        if is_python(reference):
            return await self.start_evaluation(
                await asyncio.to_thread(load_evaluation_function, reference), options
            )
        return await self._begin(await self._plan(reference, options))

    async def _plan(self, reference: str, options: Options) -> Plan:
        evaluation = await asyncio.to_thread(load_evaluation, reference)
        plans = await self._plans(evaluation, reference, options)
        if len(plans) > 1:
            await release_all(plans)
            raise RunError(
                f"'{reference}' is a group of {len(plans)} tasks; a grid, and a run to go on with, needs one of them: "
                f"{plans[0].reference}"
            )
        return plans[0]

    async def _plans(self, evaluation: Evaluation, reference: str, options: Options) -> list[Plan]:
        """The plan of an evaluation; of a group of a benchmark's tasks the plan of each, in one experiment."""
        if not evaluation.spec.benchmark or evaluation.spec.grid is not None:
            return [await asyncio.to_thread(self.plan, evaluation, reference, options)]
        return await plan_benchmark(evaluation, reference, options, self.workspace, self.plan)

    async def _begin_all(self, plans: list[Plan]) -> list[Run]:
        runs: list[Run] = []
        try:
            for plan in plans:
                runs.append(await self._begin(plan))
        except BaseException:
            await release_all(plans[len(runs) + 1 :])
            for run in runs:
                run.stop("another variant of the grid could not start")
            raise
        return runs

    async def _begin(self, plan: Plan) -> Run:
        try:
            return await self._begin_claimed(plan)
        except BaseException:
            await release_all([plan])
            raise

    async def _begin_claimed(self, plan: Plan) -> Run:
        settings = await self.servers.locate(plan.model)
        row, resumed = await self.execute(lambda connection: self._claim(connection, plan))
        try:
            assembled = await assemble(self._parts, plan, settings, row)
            await self.execute(lambda connection: update_spec(connection, row.id, plan.new_run()))
            await self.execute(lambda connection: set_state(connection, row.id, RunState.RUNNING))
        except BaseException:
            try:
                await self.execute(lambda connection: give_back(connection, row))
            finally:
                self._starting.discard(row.id)
            raise
        # no await from here on: Ctrl-C finds either no run yet, or one that can be stopped
        run = assembled.run
        self.runs[row.id] = run
        self._starting.discard(row.id)
        for level, text in start_notes(run, len(assembled.missing_scores), resumed=resumed):
            self.log(level, text)
        run.start()
        self._drivers[row.id] = asyncio.create_task(self._drive(run, assembled))
        return run

    def _claim(self, connection: Any, plan: Plan) -> tuple[RunRow, bool]:
        """Finds or creates the run of a plan and takes its lease; serialised by the writer's thread."""
        # two runs without a given name may get the same one from the clock
        fresh = plan.options.new_run or plan.options.experiment is None
        if not fresh and plan.evaluation is None and plan.options.resume is not None:
            _check_name(get_run(connection, plan.options.resume), plan)
        row, resumed = find_or_create(connection, plan.new_run(), new_run=fresh, resume=plan.options.resume)
        if row.id in self.runs or row.id in self._starting:
            raise RunError(
                f"Experiment '{row.experiment}' is running already; stop it first, or use another name."
            )
        take_lease(connection, row.id)
        self._starting.add(row.id)
        return row, resumed

    async def _drive(self, run: Run, assembled: Assembled) -> None:
        """Waits for the end of a run, then saves its final state."""
        if assembled.missing_scores:
            run.begin(rescore(run, Reader(self.workspace), assembled.missing_scores))
        await run.finished.wait()
        await run.settled()
        await self._store_trouble.persist(
            lambda connection: None
        )  # all that was queued before is committed now
        await asyncio.sleep(0)
        await run.check_dataset()
        await run.aclose()
        prior = run.controller.prior()
        final = self.snapshot(run)
        if not self._writer.is_lost:
            scores = await scores_at_end(self.workspace, run, self.log)
            final = msgspec.structs.replace(final, scores=scores)
        else:
            await release_all([run.plan])
        buckets = self._ticker.close_seconds(run, run.now + 1)
        changes = self._ticker.drain_changes(run)

        def save(connection: Connection) -> None:
            save_buckets(connection, run.id, buckets)
            if not run.plan.is_recorded:
                save_prior(connection, assembled.identity, prior)
            beat(connection, run.id, run.keeper.counts.saved, run.keeper.counts.errored, run.clock.elapsed)
            summary = msgspec.structs.replace(final, calls=())
            set_state(
                connection, run.id, run.state, run.reason,
                summary=msgspec.json.encode(summary).decode(), total=run.total,
            )  # fmt: skip
            if run.state is not RunState.STOPPED:
                forget_crashes(connection, run.id)

        await self._store_trouble.persist(save)
        if not run.plan.is_recorded:
            self._endpoints.stored(assembled.identity)
        del self.runs[run.id]
        self._ended[run.id] = final
        self._emit(msgspec.structs.replace(final, buckets=tuple(buckets), changes=tuple(changes)))

    def _trouble(self, sentence: str | None) -> None:
        self._store_trouble.report(sentence, lost=self._writer.is_lost)

    async def execute(self, work: Callable[[Any], Any]) -> Any:
        """Changes the store in the writer's thread, after all that was queued before."""
        return await asyncio.wrap_future(self._writer.execute(work))

    def _silent(self, label: str, first: bool) -> None:
        """Tells that a function holds the loop; called in the watch's thread, at each look, while it does."""
        if first:
            self.log(
                "warning",
                f"The engine does not answer: {label} has held its event loop for {SILENT_S:g} s. What computes, or waits "
                "without await, belongs in a plain function, which workers run. A stop ends the engine; what is saved is kept.",
            )
        self._emit(Pulse(label))

    def _ticker_ended(self, ticker: "asyncio.Task[None]") -> None:
        """Stops all runs after a bug in the ticker: they must not continue without limits, heartbeats and snapshots."""
        if ticker.cancelled() or (error := ticker.exception()) is None:
            return
        for run in list(self.runs.values()):
            run.stop(f"The engine failed ({type(error).__name__}: {error}); what is saved is kept.")
        self.log("error", redact("".join(traceback.format_exception(error))))

    def _saved(self, tokens: list[Any]) -> None:
        ids = set()
        for token in tokens:
            token.keeper.on_saved(token)
            ids.add(token.keeper.run_id)
        runs = [run for run in self.runs.values() if run.id in ids]
        if any(run.scoring.waiting for run in runs):
            self.admission.pump()
        for run in runs:
            run.close_if_done()


def _check_name(row: RunRow, plan: Plan) -> None:
    """Refuses to resume a run from a file that now holds another evaluation."""
    if row.evaluation != plan.spec.name:
        raise RunError(
            f"Run {row.id} is of the evaluation '{row.evaluation}', but {plan.reference} is named '{plan.spec.name}' now; "
            "give it its former name to go on, or start a new run."
        )
