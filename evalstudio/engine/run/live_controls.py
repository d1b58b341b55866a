"""Live controls: change the strategy, workers and time-outs of a run while it is active.

A person, new settings or a cluster's workers make the changes. Each one applies to calls that start from now on, and is
recorded with a sentence, for the charts and the store.
"""

from collections.abc import Callable
from dataclasses import replace

from evalstudio.core.strategy import (
    BY_WORKERS,
    Adaptive,
    Sequential,
    SlidingWindow,
    Strategy,
    describe,
    window_of,
)
from evalstudio.core.workers import Threads, default_workers
from evalstudio.engine.limits.latency_bound import LatencyTarget
from evalstudio.engine.planning.plan import Plan, strategy_in_force, with_settings
from evalstudio.engine.run.context import RunContext
from evalstudio.evaluations.spec import EvaluationSpec
from evalstudio.protocol import LimitChange
from evalstudio.settings.values import Settings
from evalstudio.store.rows import LimitChangeRow
from evalstudio.store.timeline import save_limit_change


class LiveControls:
    """The strategy of one run, and where it comes from.

    Args:
        context: The run.
        plan: Its plan.
        on_plan: Called with the new plan when new settings change it.
    """

    def __init__(self, context: RunContext, plan: Plan, on_plan: Callable[[Plan], None]) -> None:
        self._run = context
        self.plan = plan
        self._on_plan = on_plan
        self.strategy: Strategy = plan.strategy
        self.source = plan.strategy_source
        self.changes: list[LimitChange] = []  # since the last snapshot
        self._by_hand = False  # a person has set it while the run was active

    @property
    def adaptive(self) -> bool:
        return isinstance(self.strategy, Adaptive)

    @property
    def limit(self) -> int:
        """Calls that the strategy in force allows in flight."""
        match self.strategy:
            case Sequential():
                return 1
            case SlidingWindow(max_concurrency=size):
                return size
            case Adaptive():
                return self._run.controller.limit

    def apply(self) -> None:
        """Applies the bounds of the strategy in force to the endpoint's limits."""
        if isinstance(self.strategy, Adaptive):
            services = self._run.services
            ceiling = services.admission.ceiling
            maximum = min(self.strategy.max or ceiling, ceiling)
            minimum = min(self.strategy.min, maximum)
            self._run.controller.set_bounds(services.clock(), minimum, maximum, None)
            self._run.controller.set_latency(LatencyTarget(self.strategy.p95, self.strategy.first_token_p95))

    def set_strategy(self, strategy: Strategy, cause: str = "user") -> None:
        """Sets the strategy for calls that start from now on; calls in flight are not affected."""
        old, self.strategy = self.strategy, strategy
        if cause == "user":
            self._by_hand, self.source = True, "live control"
        self.apply()
        if old != strategy:
            self._run.telemetry.restart_pace(self._run.clock.now)
            was, now = describe(old), describe(strategy)
            self._note("strategy", was, now, cause, f"Set to {now} by the {cause}.")
        self._run.services.admission.pump()

    def set_workers(self, count: int) -> None:
        """Changes the number of workers of a synchronous function. A window of the same size follows."""
        run = self._run
        one_thread = self.plan.model.thread_safe is False and isinstance(self.plan.pool, Threads)
        if run.workers is None or one_thread:
            return
        old = run.workers.size
        run.workers.resize(count)
        new = run.workers.size
        if self.strategy == self._window_of(old):
            self.strategy = self._window_of(new)
        if old != new:
            run.telemetry.restart_pace(run.clock.now)
            self._note("workers", str(old), str(new), "user", f"{run.workers.label}, set by the user.")
        run.services.admission.pump()

    def workers_changed(self) -> None:
        """Called when workers have joined or left by themselves. A window that defaults to their number follows."""
        workers = self._run.workers
        assert workers is not None
        by_workers = self.plan.strategy_source == BY_WORKERS and not self._by_hand
        if by_workers and self.strategy != self._window_of(workers.size):
            self.strategy = self._window_of(workers.size)
            self._note("workers", None, str(workers.size), "cluster", f"{workers.label}.")
        self._run.services.admission.pump()

    def rates_changed(
        self, old: tuple[float | None, float | None], new: tuple[float | None, float | None]
    ) -> None:
        """Records that a person has set the endpoint's rates: requests and tokens per minute."""
        for what, was, now in zip(("requests per minute", "tokens per minute"), old, new, strict=True):
            if was != now:
                words = "no limit of your own" if now is None else f"at most {now:,.0f}"
                before = None if was is None else f"{was:g}"
                after = None if now is None else f"{now:g}"
                self._note(what, before, after, "user", f"{what.capitalize()}: {words}, set by the user.")

    def ceiling_changed(self, was: int, now: int) -> None:
        """Records a new ceiling on the calls in flight of all runs together."""
        if now != was:
            sentence = f"At most {now:,} calls of all runs at once, set in the settings."
            self._note("application ceiling", str(was), str(now), "settings", sentence)

    def apply_settings(self, settings: Settings) -> None:
        """Applies new settings to the active run, except where the run, its evaluation or a person set a value."""
        run, plan = self._run, self.plan
        default = default_workers(settings)
        if type(default) is type(plan.pool) and not plan.asks_for_workers:
            self.set_workers(default.capacity)
        strategy, source = strategy_in_force(plan.spec, plan.options, settings, plan.pool, plan.model.window)
        if source == BY_WORKERS and run.workers is not None:
            strategy = SlidingWindow(run.workers.size)
        own = source in ("option", "evaluation") or plan.samples_a_call > 1  # batches have their own window
        if not own and not self._by_hand:
            self.source = source
            self.set_strategy(strategy, "settings")
        elif self.adaptive:
            self.apply()
        self._apply_spec(with_settings(plan.spec, plan.given, settings))

    def note(self, change: LimitChange) -> None:
        """Records a change of a limit, for the next snapshot and in the store."""
        self.changes.append(change)
        row = LimitChangeRow(
            self._run.id, change.at, change.what, change.old, change.new, change.cause, change.sentence
        )
        self._run.services.writer.execute(lambda connection: save_limit_change(connection, row))

    def _note(self, what: str, old: str | None, new: str | None, cause: str, sentence: str) -> None:
        self.note(LimitChange(self._run.clock.now, what, old, new, cause, sentence))

    def _window_of(self, workers: int) -> SlidingWindow:
        return window_of(workers, self.plan.samples_a_call)

    def _apply_spec(self, spec: EvaluationSpec) -> None:
        """Time-outs, attempts and budget for calls that start from now on."""
        if spec != self.plan.spec:
            self._on_plan(replace(self.plan, spec=spec))
