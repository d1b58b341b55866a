"""What a person, settings or workers change while a run goes on: its strategy, its workers, its waits.

Each change holds for calls that start from now on and is noted with a sentence, for the charts and the store.
"""

from dataclasses import replace
from typing import TYPE_CHECKING

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
from evalstudio.engine.planning.plan import strategy_in_force, with_settings
from evalstudio.evaluations.spec import EvaluationSpec
from evalstudio.protocol import LimitChange
from evalstudio.settings.values import Settings
from evalstudio.store.rows import LimitChangeRow
from evalstudio.store.timeline import save_limit_change

if TYPE_CHECKING:
    from evalstudio.engine.run.run import Run


class Steering:
    """The strategy of one run, and where it comes from."""

    def __init__(self, run: "Run") -> None:
        self._run = run
        self.strategy: Strategy = run.plan.strategy
        self.source = run.plan.strategy_source
        self.changes: list[LimitChange] = []  # since the last snapshot
        self._by_hand = False  # a person has set it while the run went on

    @property
    def adaptive(self) -> bool:
        return isinstance(self.strategy, Adaptive)

    @property
    def limit(self) -> int:
        """Calls that may be in flight by the strategy in force."""
        match self.strategy:
            case Sequential():
                return 1
            case SlidingWindow(max_concurrency=size):
                return size
            case Adaptive():
                return self._run.controller.limit

    def apply(self) -> None:
        """Tells the endpoint's limits the bounds of the strategy in force."""
        if isinstance(self.strategy, Adaptive):
            services = self._run.services
            ceiling = services.admission.ceiling
            maximum = min(self.strategy.max or ceiling, ceiling)
            minimum = min(self.strategy.min, maximum)
            self._run.controller.set_bounds(services.clock(), minimum, maximum, None)

    def set_strategy(self, strategy: Strategy, cause: str = "user") -> None:
        """Holds for every call that starts from now on; calls in flight end in peace."""
        old, self.strategy = self.strategy, strategy
        if cause == "user":
            self._by_hand, self.source = True, "live control"
        self.apply()
        if old != strategy:
            was, now = describe(old), describe(strategy)
            self._note("strategy", was, now, cause, f"Set to {now} by the {cause}.")
        self._run.services.admission.pump()

    def set_workers(self, count: int) -> None:
        """Changes the workers of a synchronous function. A window that was their number follows."""
        run = self._run
        one_thread = run.plan.model.thread_safe is False and isinstance(run.plan.pool, Threads)
        if run.workers is None or one_thread:
            return
        old = run.workers.size
        run.workers.resize(count)
        new = run.workers.size
        if self.strategy == self._window_of(old):
            self.strategy = self._window_of(new)
        if old != new:
            self._note("workers", str(old), str(new), "user", f"{run.workers.label}, set by the user.")
        run.services.admission.pump()

    def workers_changed(self) -> None:
        """Workers have come or gone by themselves. A window that is their number by default follows."""
        workers = self._run.workers
        assert workers is not None
        by_workers = self._run.plan.strategy_source == BY_WORKERS and not self._by_hand
        if by_workers and self.strategy != self._window_of(workers.size):
            self.strategy = self._window_of(workers.size)
            self._note("workers", None, str(workers.size), "cluster", f"{workers.label}.")
        self._run.services.admission.pump()

    def rates_changed(
        self, old: tuple[float | None, float | None], new: tuple[float | None, float | None]
    ) -> None:
        """A person has set the rates of the endpoint: requests and tokens a minute."""
        for what, was, now in zip(("requests per minute", "tokens per minute"), old, new, strict=True):
            if was != now:
                words = "no limit of your own" if now is None else f"at most {now:,.0f}"
                before = None if was is None else f"{was:g}"
                after = None if now is None else f"{now:g}"
                self._note(what, before, after, "user", f"{what.capitalize()}: {words}, set by the user.")

    def ceiling_changed(self, was: int, now: int) -> None:
        """All runs together may have so many calls in flight from now on: marked in each."""
        if now != was:
            sentence = f"At most {now:,} calls of all runs at once, set in the settings."
            self._note("application ceiling", str(was), str(now), "settings", sentence)

    def follow(self, settings: Settings) -> None:
        """New settings hold for a running run, too, where nothing nearer to it set its own."""
        run, plan = self._run, self._run.plan
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
        self._follow_waits(with_settings(plan.spec, plan.given, settings))

    def note(self, change: LimitChange) -> None:
        """Keeps a change of a limit: for the next snapshot and in the store."""
        self.changes.append(change)
        row = LimitChangeRow(
            self._run.id, change.at, change.what, change.old, change.new, change.cause, change.sentence
        )
        self._run.services.writer.execute(lambda connection: save_limit_change(connection, row))

    def _note(self, what: str, old: str | None, new: str | None, cause: str, sentence: str) -> None:
        self.note(LimitChange(self._run.now, what, old, new, cause, sentence))

    def _window_of(self, workers: int) -> SlidingWindow:
        return window_of(workers, self._run.plan.samples_a_call)

    def _follow_waits(self, spec: EvaluationSpec) -> None:
        """Time-outs, attempts and budget for calls that start from now on."""
        run = self._run
        if spec == run.plan.spec:
            return
        run.plan = replace(run.plan, spec=spec)
        run.model.set_timeouts(spec.timeouts)
        run.attempts.follow(spec.timeouts)
        for judge in run.scoring.judges:
            judge.model.set_timeouts(spec.timeouts)
            judge.policy.follow(spec.timeouts)
