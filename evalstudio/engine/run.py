"""The life of a run: from its first call to its last record. What becomes of one sample is in `attempts.py`."""

import asyncio
import traceback
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field, replace
from typing import Any

import msgspec

from evalstudio.concurrency import Adaptive, Sequential, SlidingWindow, Strategy, describe
from evalstudio.engine.admission import Admission, Cap
from evalstudio.engine.attempts import Attempts
from evalstudio.engine.breaker import Breaker
from evalstudio.engine.cache import AnswerCache
from evalstudio.engine.clock import RunClock
from evalstudio.engine.executors.workers import Workers
from evalstudio.engine.flight import FlightLog
from evalstudio.engine.given import given_evaluator
from evalstudio.engine.limits.blocking import BlockingShare
from evalstudio.engine.limits.endpoint import Binding, EndpointController, Wait
from evalstudio.engine.models.call import CallResult, Model
from evalstudio.engine.plan import BY_WORKERS, Plan, strategy_in_force, window_of, with_settings
from evalstudio.engine.pricing import Prices
from evalstudio.engine.recording import Ended, Judged, make_record
from evalstudio.engine.samples import Item, SampleQueue
from evalstudio.engine.scoring import Scoring, score_rows
from evalstudio.engine.tally import Counts, add_score, make_aggregates
from evalstudio.engine.tasks import cancel_soon
from evalstudio.engine.telemetry import Telemetry
from evalstudio.errors import RunError
from evalstudio.evaluation import EvaluationSpec, ModelSettings
from evalstudio.evaluators import Evaluator
from evalstudio.keys import redact
from evalstudio.metrics import LiveAggregate
from evalstudio.outcome import Outcome
from evalstudio.protocol import LimitChange
from evalstudio.score import Score
from evalstudio.settings import Settings
from evalstudio.signs import SignWatch
from evalstudio.store.rows import LimitChangeRow
from evalstudio.store.runs import RunState
from evalstudio.store.writer import Saved, Writer
from evalstudio.workers import Threads, default_workers

MOST_CRASHES = 2  # engines that may die with a sample in flight before it is given up
JUDGED_LATER = 2  # times the window: saved answers that may wait for a judge before no further call starts
MOST_HELD_S = 1.0
MOST_UNSAVED = 4_000  # records that wait for the disk before no further call starts


@dataclass(slots=True)
class RecordSaved:
    """What the writer hands back when a record is committed. `judged` None: it is errored."""

    run: "Run"
    judged: Judged | None
    cached: bool = False


@dataclass(slots=True)
class ScoresSaved:
    """What the writer hands back when scores of a saved answer are committed; `last`: no more come for it."""

    run: "Run"
    scores: tuple[Score, ...]
    last: bool
    scored: bool  # any evaluator could judge it


@dataclass(slots=True)
class Services:
    """What an engine gives its runs."""

    clock: Callable[[], float]
    admission: Admission
    writer: Writer
    log: Callable[[str, str], None]  # level, text
    attended: bool  # somebody can answer: without, every pause that asks ends the run


@dataclass(slots=True, eq=False)
class Run:
    """One run in this engine. Its public methods are called on the engine's loop."""

    id: int
    plan: Plan
    model: Model
    controller: EndpointController
    cap: Cap
    services: Services
    queue: SampleQueue
    workers: Workers | None
    flight: FlightLog
    total: int
    counts: Counts
    aggregates: dict[str, LiveAggregate]
    telemetry: Telemetry
    clock: RunClock
    cache: AnswerCache | None = None
    repeated: int = 0
    state: RunState = RunState.QUEUED
    reason: str = ""
    blocked: Wait | None = None
    in_flight: "dict[Item, asyncio.Task[None]]" = field(default_factory=dict)  # oldest first
    rescoring: int = 0  # answers of an earlier start that have still to be judged
    unsaved: int = 0
    held_s: float = 0.0  # seconds for which an async function held up the loop
    changes: list[LimitChange] = field(default_factory=list)
    blocking: BlockingShare = field(default_factory=BlockingShare)  # of a synchronous model's calls
    signs: SignWatch = field(default_factory=SignWatch)
    on_attempt: Callable[[Item, CallResult, float], None] | None = (
        None  # told of each that ended, and its seconds
    )
    steered: bool = False  # a person has set its strategy while it ran
    finished: "asyncio.Event" = field(default_factory=asyncio.Event)
    breaker: Breaker = field(default_factory=Breaker)
    strategy: Strategy = field(init=False)
    strategy_source: str = field(init=False)
    evaluators: dict[str, Evaluator] = field(init=False)
    scoring: Scoring = field(init=False)  # given by who puts the run together
    _attempts: Attempts = field(init=False)
    _kept: int = field(init=False)  # records that an earlier start has made
    _tasks: "set[asyncio.Task[None]]" = field(default_factory=set)

    def __post_init__(self) -> None:
        self._kept = self.counts.saved
        self.strategy, self.strategy_source = self.plan.strategy, self.plan.strategy_source
        self.evaluators = {one.name: one for one in self.plan.evaluators}
        self._attempts = Attempts(self)

    # What a person can do -------------------------------------------------------------------------------------

    def start(self) -> None:
        self.clock.start()
        self.state = RunState.RUNNING
        self._apply_strategy()
        self.services.admission.join(self)
        for judge in self.scoring.judges:
            self.services.admission.join(judge)
        # the first answer would wait for the prices
        self.begin(asyncio.to_thread(self._attempts.prices.prepare))
        self.close_if_done()

    def pause(self, reason: str = "") -> None:
        """No further call starts; those in flight end. Does nothing to a run that has ended."""
        if self.state is not RunState.RUNNING:
            return
        self.state, self.reason = RunState.PAUSED, reason
        self.clock.pause()

    def go_on(self) -> None:
        if self.state is not RunState.PAUSED:
            return
        self.breaker.reset()
        self.clock.go_on()
        self.state, self.reason = RunState.RUNNING, ""
        self.services.admission.pump()
        self.close_if_done()

    def stop(self, reason: str = "stopped by the user") -> None:
        """Cancels what is in flight: nothing more is spent. What is saved stays; a resume does the rest."""
        if not self.is_active:
            return
        self._end(RunState.STOPPED, reason)
        if self.workers is not None:
            self.workers.close()
        self.scoring.cancel()
        for task in list(self._tasks):
            cancel_soon(task)

    def abandon(self, record_id: int) -> None:
        """Gives up one sample, in flight or backing off: it is errored, its slot is free, and a resume tries it again.

        Raises RunError where it has come to its end already.
        """
        for item, task in self.in_flight.items():
            if item.record_id == record_id:
                item.abandoned = True
                cancel_soon(task)
                return
        waiting = self.queue.remove(record_id)
        if waiting is None:
            raise RunError("That call has ended already; there is nothing to abandon.")
        self._attempts.abandoned(waiting, None, self.services.clock())

    def set_strategy(self, strategy: Strategy, cause: str = "user") -> None:
        """Holds for every call that starts from now on; calls in flight end in peace."""
        old, self.strategy = self.strategy, strategy
        if cause == "user":
            self.steered, self.strategy_source = True, "live control"
        self._apply_strategy()
        if old != strategy:
            self._note(
                "strategy",
                describe(old),
                describe(strategy),
                cause,
                f"Set to {describe(strategy)} by the {cause}.",
            )
        self.services.admission.pump()

    def set_workers(self, workers: int) -> None:
        """Changes the workers of a synchronous function. A window that was their number follows."""
        one_thread = self.plan.model.thread_safe is False and isinstance(self.plan.pool, Threads)
        if self.workers is None or one_thread:
            return
        old = self.workers.size
        self.workers.resize(workers)
        new = self.workers.size
        if self.strategy == self._window_of(old):
            self.strategy = self._window_of(new)
        if old != new:
            self._note("workers", str(old), str(new), "user", f"{self.workers.label}, set by the user.")
        self.services.admission.pump()

    def workers_changed(self) -> None:
        """Workers have come or gone by themselves. A window that is their number by default follows."""
        assert self.workers is not None
        size = self.workers.size
        by_workers = self.plan.strategy_source == BY_WORKERS and not self.steered
        if by_workers and self.strategy != self._window_of(size):
            self.strategy = self._window_of(size)
            self._note("workers", None, str(size), "cluster", f"{self.workers.label}.")
        self.services.admission.pump()

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

    def follow_defaults(self, settings: Settings) -> None:
        """New settings hold for a running run, too, where nothing nearer to it set its own."""
        default = default_workers(settings)
        if type(default) is type(self.plan.pool) and not self.plan.asks_for_workers:
            self.set_workers(default.capacity)
        plan = self.plan
        strategy, source = strategy_in_force(plan.spec, plan.options, settings, plan.pool, plan.model.window)
        if source == BY_WORKERS and self.workers is not None:
            strategy = SlidingWindow(self.workers.size)
        own = source in ("option", "evaluation") or plan.samples_a_call > 1  # batches have their own window
        if not own and not self.steered:
            self.strategy_source = source
            self.set_strategy(strategy, "settings")
        elif self.adaptive:
            self._apply_strategy()
        self._follow_waits(with_settings(self.plan.spec, self.plan.given, settings))

    def _follow_waits(self, spec: EvaluationSpec) -> None:
        """Time-outs, attempts and budget for calls that start from now on."""
        if spec == self.plan.spec:
            return
        self.plan = replace(self.plan, spec=spec)
        self.model.set_timeouts(spec.timeouts)
        self._attempts.follow(spec.timeouts)
        for judge in self.scoring.judges:
            judge.model.set_timeouts(spec.timeouts)
            judge.policy.follow(spec.timeouts)

    # What admission asks ----------------------------------------------------------------------------------------

    @property
    def adaptive(self) -> bool:
        return isinstance(self.strategy, Adaptive)

    def wants(self) -> bool:
        return self.may_start() and self.queue.has_item(self.services.clock())

    def refuses(self, now: float) -> Wait | None:
        if self._attempts.alone or (self.in_flight and self.queue.next_crashes(now)):
            return Wait(Binding.CRASHED, None)
        if not self.adaptive and len(self.in_flight) >= self.limit:
            return Wait(Binding.MAXIMUM, None)
        taken = len(self.in_flight) // self.plan.samples_a_call
        if self.workers is not None and taken >= self.workers.capacity:
            return Wait(Binding.WORKERS, None)
        if self.scoring.waiting >= JUDGED_LATER * self.limit:
            return Wait(Binding.JUDGES, None)
        if self.unsaved >= MOST_UNSAVED:
            return Wait(Binding.DISK, now + 0.05)
        return None

    def _window_of(self, workers: int) -> SlidingWindow:
        return window_of(workers, self.plan.samples_a_call)

    def tokens_wanted(self) -> int:
        return int(self._attempts.expected_tokens)

    def start_one(self, now: float) -> None:
        item = self.queue.take(now)
        # rows that are streamed have no known number: there are as many as were there before and came since
        self.total = max(self.total, self._kept + self.queue.taken)
        if item.crashes >= MOST_CRASHES:
            self._give_up_on(item, now)
            return
        if self._attempts.recall(item):
            asyncio.get_running_loop().call_soon(self.services.admission.done, self)
            return
        self._attempts.start(item, now)

    def _give_up_on(self, item: Item, now: float) -> None:
        """A sample that killed two engines gets no third one."""
        message = f"The engine died {item.crashes} times while this sample was in flight."
        self.telemetry.failed(Outcome.CRASHED, message, self.now, final=True)
        self.save(item, Ended(Outcome.CRASHED, message))
        asyncio.get_running_loop().call_soon(self.services.admission.done, self)

    # What the engine asks -----------------------------------------------------------------------------------------

    @property
    def is_active(self) -> bool:
        return self.state in (RunState.QUEUED, RunState.RUNNING, RunState.PAUSED)

    @property
    def limit(self) -> int:
        """Calls that may be in flight by the strategy in force."""
        match self.strategy:
            case Sequential():
                return 1
            case SlidingWindow(max_concurrency=size):
                return size
            case Adaptive():
                return self.controller.limit

    @property
    def now(self) -> float:
        """Seconds since the run first started, pauses included: the time of its charts."""
        return self.clock.now

    def may_start(self) -> bool:
        """Whether calls may start: its own and those of its judges."""
        return self.state is RunState.RUNNING

    def returned(self, wall: float, processor: float) -> None:
        """A synchronous model returned: seconds of wall clock and of its thread's processor time."""
        self.blocking.called(processor, wall, len(self.in_flight))
        if self.adaptive:
            useful, why = self.blocking.useful_threads, self.blocking.sentence
            self.controller.set_useful(self.services.clock(), useful, why or "")

    def held(self, seconds: float) -> None:
        """An async function held up the loop. Said once, when it adds up: a busy machine stretches a step, too."""
        before, self.held_s = self.held_s, self.held_s + seconds
        if before < MOST_HELD_S <= self.held_s:
            self.services.log(
                "warning",
                f"{self.plan.model.label} is async, and holds up the engine for {seconds:.1g} s at a time: what computes "
                "there, or waits without await, belongs in a plain function, which workers run, or behind "
                "await asyncio.to_thread(...).",
            )

    def judge_answered(self, model: ModelSettings, result: CallResult) -> None:
        """A judge's call counts in the cost, not in latency and throughput."""
        if result.answer is not None:
            answer = result.answer
            self.telemetry.spent(Prices(model).of(answer))

    def begin(self, work: Coroutine[Any, Any, None]) -> "asyncio.Task[None]":
        """Work that belongs to the run and is cancelled with it."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended_task)
        return task

    def _ended_task(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            # a defect of ours: the run must neither hang nor go on as if nothing were
            self.services.log("error", redact("".join(traceback.format_exception(error))))
            self.stop(
                f"The engine failed ({type(error).__name__}: {error}); what is saved is kept. The log has more."
            )

    async def settled(self) -> None:
        """Waits until nothing of it is under way any more."""
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def aclose(self) -> None:
        """Closes what it has opened, once it has ended."""
        for judge in self.scoring.judges:
            await judge.model.aclose()
        await self.model.aclose()
        await self.scoring.aclose()
        if self.cache is not None:
            self.cache.close()
        self.flight.close()

    def on_saved(self, saved: RecordSaved | ScoresSaved) -> None:
        """A record of this run, or scores of one, are committed."""
        self.unsaved -= 1
        match saved:
            case RecordSaved(judged=judged, cached=cached):
                self.counts.saved += 1
                if cached:
                    self.counts.cached += 1  # it says nothing about the endpoint: charts leave it out
                else:
                    self.telemetry.saved(1)
                if judged is None:
                    self.counts.errored += 1
                    return
                scores = judged.scores
                if judged.complete:
                    self.counts.judged(scored=judged.scored or not scores)
            case ScoresSaved(scores=scores, last=last, scored=scored):
                if last:
                    self.counts.judged(scored=scored)
        for score in scores:
            self._know(score)
            add_score(self.aggregates, score)

    def _know(self, score: Score) -> None:
        """An evaluation's own function shows by its scores which evaluators there are."""
        if self.plan.evaluation is not None and score.name not in self.evaluators:
            evaluator = given_evaluator(score.name, score.metrics)
            self.evaluators[score.name] = evaluator
            self.aggregates |= make_aggregates([evaluator])

    def save_later_score(self, record_id: int, score: Score, last: bool, scored: bool) -> None:
        """A score that took its time."""
        self.save_scores(record_id, (score,), last=last, scored=scored)

    def save_scores(self, record_id: int, scores: tuple[Score, ...], *, last: bool, scored: bool) -> None:
        """Keeps scores of an answer that is saved already."""
        self.unsaved += 1
        token = ScoresSaved(self, scores, last, scored)
        self.services.writer.save(Saved(None, score_rows(record_id, scores), token=token))

    def save(self, item: Item, ended: Ended) -> None:
        """Keeps the record of a sample that has come to its end."""
        record = make_record(self.id, item, ended, self.plan.expected)
        scores = score_rows(record.id, ended.judged.scores) if ended.judged else ()
        self.unsaved += 1
        token = RecordSaved(self, ended.judged, ended.cached)
        question = None if ended.cached or ended.outcome is not Outcome.OK else item.question
        self.services.writer.save(Saved(record, scores, item.attempts, token, item.again, question))

    # Ends -------------------------------------------------------------------------------------------------------

    def watch_endpoint(self) -> None:
        """Called now and then: an endpoint that has never answered, or does not recover, is not asked for ever."""
        if self.state is not RunState.RUNNING:
            return
        if (broken := self.controller.broken(self.services.clock())) is not None:
            self.ask(f"Paused: {redact(broken)}. See to the cause, then continue.")
        elif (silent := self.breaker.silent(self.clock.going, self.telemetry.errors())) is not None:
            self.ask(silent)

    def ask(self, reason: str) -> None:
        """Pauses until somebody decides; where nobody is there to, the run ends as stopped."""
        if self.services.attended:
            self.pause(reason)
        else:
            self.stop(reason)

    def close_if_done(self) -> None:
        """Ends the run when there is nothing left to do."""
        if (
            self.state is RunState.RUNNING
            and self.queue.is_empty
            and not self.in_flight
            and not self.scoring.waiting
            and not self.rescoring
            and not self.unsaved
        ):
            self._end(RunState.COMPLETED_WITH_ERRORS if self.counts.errored else RunState.COMPLETED, "")

    def _end(self, state: RunState, reason: str) -> None:
        self.clock.end()
        self.state, self.reason = state, reason
        self.services.admission.leave(self)
        for judge in self.scoring.judges:
            self.services.admission.leave(judge)
        self.finished.set()

    def _apply_strategy(self) -> None:
        if isinstance(self.strategy, Adaptive):
            ceiling = self.services.admission.ceiling
            maximum = min(self.strategy.max or ceiling, ceiling)
            self.controller.set_bounds(self.services.clock(), min(self.strategy.min, maximum), maximum, None)

    def _note(self, what: str, old: str | None, new: str | None, cause: str, sentence: str) -> None:
        self.note(LimitChange(self.now, what, old, new, cause, sentence))

    def note(self, change: LimitChange) -> None:
        """Keeps a change of a limit: for the next snapshot and in the store."""
        self.changes.append(change)
        row = LimitChangeRow(
            self.id, change.at, change.what, change.old, change.new, change.cause, change.sentence
        )
        self.services.writer.execute(
            lambda connection: connection.execute(
                "INSERT INTO limit_changes (run_id, at, what, old, new, cause, sentence) VALUES (?, ?, ?, ?, ?, ?, ?)",
                msgspec.structs.astuple(row),
            )
        )
