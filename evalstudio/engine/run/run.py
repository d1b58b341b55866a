"""Run lifecycle: from the first call to the last record. `attempts.py` has the lifecycle of one sample."""

import asyncio
import traceback
from collections.abc import Coroutine
from dataclasses import InitVar, dataclass, field
from typing import Any

from evalstudio.advice.overload_signs import SignWatch
from evalstudio.core.errors import RunError
from evalstudio.core.outcome import Outcome
from evalstudio.core.run_state import RunState
from evalstudio.engine.limits.admission import Cap, cancel_soon
from evalstudio.engine.limits.blocking import BlockingShare
from evalstudio.engine.limits.endpoint import EndpointController
from evalstudio.engine.limits.failure_breaker import PauseRule
from evalstudio.engine.limits.vocabulary import Binding, Wait
from evalstudio.engine.models.call import CallResult, Model
from evalstudio.engine.models.pricing import Prices
from evalstudio.engine.planning.plan import Plan
from evalstudio.engine.run.answer_cache import AnswerCache
from evalstudio.engine.run.attempts import Attempts
from evalstudio.engine.run.context import RunContext, Services
from evalstudio.engine.run.counts import Counts
from evalstudio.engine.run.in_flight_log import FlightLog
from evalstudio.engine.run.live_controls import LiveControls
from evalstudio.engine.run.record_keeper import RecordKeeper
from evalstudio.engine.run.record_rows import Ended
from evalstudio.engine.run.run_clock import RunClock
from evalstudio.engine.run.sample_queue import SampleQueue, SampleTask
from evalstudio.engine.run.self_continue import SelfContinue
from evalstudio.engine.run.telemetry import Telemetry
from evalstudio.engine.scoring.scoring import Scoring
from evalstudio.engine.user_code.stopwatch import Spent
from evalstudio.engine.workers.protocol import Workers
from evalstudio.models.keys import redact
from evalstudio.statistics.metrics import LiveAggregate

MOST_CRASHES = 2  # crashes of the engine with a sample in flight, after which it is given up
JUDGED_LATER = 2  # times the window: saved answers waiting for a judge, beyond which no further call starts
MOST_HELD_S = 1.0
_SEE_TO_IT = " See to the cause, then continue."
MOST_UNSAVED = 4_000  # records waiting for the disk, beyond which no further call starts


@dataclass(slots=True, eq=False)
class Run:
    """One run in this engine. Its public methods must be called on the engine's event loop."""

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
    before: InitVar[tuple[Counts, dict[str, LiveAggregate]]]  # saved by earlier starts
    telemetry: Telemetry
    clock: RunClock
    cache: AnswerCache | None = None
    repeated: int = 0
    state: RunState = RunState.QUEUED
    reason: str = ""
    blocked: Wait | None = None
    in_flight: "dict[SampleTask, asyncio.Task[None]]" = field(default_factory=dict)  # oldest first
    rescoring: int = 0  # answers of an earlier start that still have to be scored
    held_s: float = 0.0  # seconds for which an async function has blocked the event loop
    blocking: BlockingShare = field(default_factory=BlockingShare)  # of a synchronous model's calls
    signs: SignWatch = field(default_factory=SignWatch)
    finished: "asyncio.Event" = field(default_factory=asyncio.Event)
    pause_rule: PauseRule = field(default_factory=PauseRule)
    again: SelfContinue = field(default_factory=SelfContinue)
    controls: LiveControls = field(init=False)
    keeper: RecordKeeper = field(init=False)
    attempts: Attempts = field(init=False)
    scoring: Scoring = field(init=False)  # set by assembly
    _last_reason: str = ""  # why the run is stopped once nothing is in flight any more
    _kept: int = field(init=False)  # records saved by earlier starts
    _tasks: "set[asyncio.Task[None]]" = field(default_factory=set)

    def __post_init__(self, before: tuple[Counts, dict[str, LiveAggregate]]) -> None:
        context = RunContext(
            self.id, self.model, self.controller, self.services, self.queue, self.workers, self.flight,
            self.telemetry, self.clock, self.cache, self.signs, self.pause_rule, self.in_flight,
        )  # fmt: skip
        self.keeper = RecordKeeper(context, self.plan, *before)
        self.controls = LiveControls(context, self.plan, self.apply_plan)
        self.attempts = Attempts(context, self.plan, self, self.keeper, self.controls)
        self._kept = self.keeper.counts.saved

    # User actions -------------------------------------------------------------------------------------

    def start(self) -> None:
        self.clock.start()
        self.state = RunState.RUNNING
        self.controls.apply()
        self.services.admission.join(self)
        for judge in self.scoring.judges:
            self.services.admission.join(judge)
        # else the first answer waits for the prices
        self.begin(asyncio.to_thread(self.attempts.prices.prepare))
        self.close_if_done()

    def pause(self, reason: str = "") -> None:
        """Starts no further call; those in flight end by themselves. Has no effect unless the run is running."""
        if self.state is not RunState.RUNNING:
            return
        self.state, self.reason = RunState.PAUSED, reason
        self.clock.pause()

    def unpause(self) -> None:
        if self.state is not RunState.PAUSED:
            return
        self.again.due = None
        self.pause_rule.reset()
        self.clock.unpause()
        self.telemetry.restart_pace(self.now)
        self.controller.reset_breaker(self.services.clock())
        for judge in self.scoring.judges:
            judge.reset_breaker()
        self.state, self.reason = RunState.RUNNING, ""
        self.services.admission.pump()
        self.close_if_done()

    def stop(self, reason: str = "stopped by the user") -> None:
        """Cancels the calls in flight, so that nothing more is spent. A resume completes the remaining samples."""
        if not self.is_active:
            return
        self._end(RunState.STOPPED, reason)
        if self.workers is not None:
            self.workers.close()
        self.scoring.cancel()
        for task in list(self._tasks):
            cancel_soon(task)

    def wind_down(self, reason: str) -> None:
        """Starts no further call; the run is stopped once those in flight have ended and are saved."""
        if self.state is RunState.PAUSED:
            self.stop(reason)
        elif self.state is RunState.RUNNING and not self._last_reason:
            self._last_reason = reason
            self.reason = f"{reason} Waiting for the calls in flight to end."
            self.close_if_done()

    def abandon(self, record_id: int) -> None:
        """Abandons one sample, in flight or backing off: it is errored, and a resume tries it again.

        Raises:
            RunError: The sample has ended already.
        """
        for item, task in self.in_flight.items():
            if item.record_id == record_id:
                item.abandoned = True
                cancel_soon(task)
                return
        waiting = self.queue.remove(record_id)
        if waiting is None:
            raise RunError("That call has ended already; there is nothing to abandon.")
        self.attempts.abandoned(waiting, None, self.services.clock())

    # Admission interface (`Member`) -----------------------------------------------------------------------------

    @property
    def adaptive(self) -> bool:
        return self.controls.adaptive

    def wants(self) -> bool:
        return self.may_start() and not self._last_reason and self.queue.has_item(self.services.clock())

    def refuses(self, now: float) -> Wait | None:
        if self.attempts.alone or (self.in_flight and self.queue.next_crashes(now)):
            return Wait(Binding.CRASHED, None)
        if self.scoring.waiting >= JUDGED_LATER * self.controls.limit:
            return Wait(
                Binding.JUDGES, None
            )  # first: while it holds, a free slot or worker would change nothing
        if not self.adaptive and len(self.in_flight) >= self.controls.limit:
            return Wait(Binding.MAXIMUM, None)
        taken = len(self.in_flight) // self.plan.samples_a_call
        if self.workers is not None and taken >= self.workers.capacity:
            return Wait(Binding.WORKERS, None)
        if self.keeper.unsaved >= MOST_UNSAVED:
            return Wait(Binding.DISK, now + 0.05)
        return None

    def tokens_wanted(self) -> int:
        item = self.queue.peek(self.services.clock())
        return 0 if item is None else self.attempts.tokens_of(item)

    def start_one(self, now: float) -> None:
        item = self.queue.take(now)
        # streamed rows have no known total: it is the number of saved ones plus those read since
        self.total = max(self.total, self._kept + self.queue.taken)
        if item.crashes >= MOST_CRASHES:
            self._give_up_on(item)
            return
        if self.attempts.recall(item) or self.attempts.expire(item, now):
            asyncio.get_running_loop().call_soon(self.services.admission.done, self)
            return
        self.attempts.start(item, now)

    def _give_up_on(self, item: SampleTask) -> None:
        """Ends a sample with which too many engines have crashed."""
        message = f"The engine died {item.crashes} times while this sample was in flight."
        self.telemetry.failed(Outcome.CRASHED, message, self.now, final=True)
        self.keeper.save(item, Ended(Outcome.CRASHED, message))
        asyncio.get_running_loop().call_soon(self.services.admission.done, self)

    # Engine interface -----------------------------------------------------------------------------------------

    @property
    def is_active(self) -> bool:
        return self.state in (RunState.QUEUED, RunState.RUNNING, RunState.PAUSED)

    @property
    def now(self) -> float:
        """Seconds since the run first started, pauses included: the time axis of its charts."""
        return self.clock.now

    def may_start(self) -> bool:
        """Whether calls may start, its own and those of its judges."""
        return self.state is RunState.RUNNING

    def returned(self, spent: Spent) -> None:
        """Adds how a call of a synchronous model spent its time, without the time that other programs took."""
        self.blocking.called(spent.processor, spent.undisturbed, len(self.in_flight))
        if self.adaptive:
            useful, why = self.blocking.useful_threads, self.blocking.sentence
            self.controller.set_useful(self.services.clock(), useful, why or "")

    def held(self, seconds: float) -> None:
        """Adds seconds for which an async function blocked the loop; warns once, above what a busy machine causes."""
        before, self.held_s = self.held_s, self.held_s + seconds
        if before < MOST_HELD_S <= self.held_s:
            self.services.log(
                "warning",
                f"{self.plan.model.label} is async, and holds up the engine for {seconds:.1g} s at a time: what computes "
                "there, or waits without await, belongs in a plain function, which workers run, or behind "
                "await asyncio.to_thread(...).",
            )

    def judge_answered(self, prices: Prices, result: CallResult) -> None:
        """Counts a judge's call in the cost, not in latency and throughput."""
        if result.answer is not None:
            self.telemetry.spent(prices.of(result.answer))

    def attach_scoring(self, scoring: Scoring) -> None:
        """Sets the scoring of the run's answers; to be called once, before the start."""
        self.scoring = self.attempts.scoring = scoring

    def apply_plan(self, plan: Plan) -> None:
        """Applies a changed plan to calls that start from now on: time-outs, budget or name."""
        self.plan = self.controls.plan = plan
        timeouts = plan.spec.timeouts
        self.model.set_timeouts(timeouts)
        self.attempts.apply_plan(plan)
        for judge in self.scoring.judges:
            judge.model.set_timeouts(timeouts)
            judge.policy.apply_timeouts(timeouts)

    def attempt_ended(self) -> None:
        """Reports the end of a call to admission."""
        self.services.admission.done(self)

    def begin(self, work: Coroutine[Any, Any, None]) -> "asyncio.Task[None]":
        """Starts a task that belongs to the run and is cancelled with it."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended_task)
        return task

    def _ended_task(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        if task.cancelled():
            return
        if (error := task.exception()) is None:
            self.close_if_done()
        else:
            # a bug in the engine: the run must neither hang nor continue as if nothing had happened
            self.services.log("error", redact("".join(traceback.format_exception(error))))
            self.stop(
                f"The engine failed ({type(error).__name__}: {error}); what is saved is kept. The log has more."
            )

    async def check_dataset(self) -> None:
        """Ends a run as stopped that is not of the samples it was planned for, once its records are saved."""
        if self.state is RunState.STOPPED:
            return
        saved = self.keeper.counts.saved
        problem = self.queue.trouble or await asyncio.to_thread(self.plan.dataset.change)
        if problem is None and saved < self.plan.total:
            problem = "The dataset gave fewer samples than when it was opened."
        if problem is not None:
            self.state = RunState.STOPPED
            self.reason = (
                f"{problem} {saved:,} of {self.plan.total:,} samples are saved, from the rows as they were read. Put the "
                "file back to go on, or start a new run for the one there is now."
            )

    async def settled(self) -> None:
        """Waits until all tasks of the run have ended."""
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def aclose(self) -> None:
        """Closes models, scoring, cache and log, once the run has ended."""
        for judge in self.scoring.judges:
            await judge.model.aclose()
        await self.model.aclose()
        await self.scoring.aclose()
        if self.cache is not None:
            self.cache.close()
        self.flight.close()

    # Ends -------------------------------------------------------------------------------------------------------

    def watch_endpoint(self) -> None:
        """Pauses the run when an endpoint has never answered or does not recover; called periodically."""
        if self.state is RunState.PAUSED and self.again.is_due(self.services.clock()):
            self.unpause()
        if self.state is not RunState.RUNNING:
            return
        self.pause_rule.taken = self.controller.has_taken
        if (broken := self.controller.broken(self.services.clock())) is not None:
            self._give_up(f"Paused: {redact(broken)}. See to the cause, then continue.")
        elif (down := next(filter(None, (judge.down() for judge in self.scoring.judges)), None)) is not None:
            self._give_up(f"Paused: {down} See to the cause, then continue.")
        elif (silent := self.pause_rule.silent(self.clock.going, self.telemetry.errors())) is not None:
            self._give_up(silent)

    def ask(self, reason: str, hint: float | None = None) -> None:
        """Pauses until somebody decides; an unattended run ends as stopped, once nothing is in flight.

        `hint` is the time that the endpoint asks to wait, in seconds: a run that continues by itself keeps to it.
        """
        if not self._paused(reason, hint):
            self.wind_down(reason)

    def _give_up(self, reason: str) -> None:
        """Pauses; an unattended run ends at once, for nothing in flight will be answered."""
        if not self._paused(reason):
            self.stop(reason)

    def _paused(self, reason: str, hint: float | None = None) -> bool:
        """Whether the run is paused now: somebody attends it, or it continues by itself."""
        if self.state is RunState.RUNNING and self.services.continues:
            wait = self.again.paused(self.services.clock(), hint)
            self.pause(f"{reason.removesuffix(_SEE_TO_IT)} It is tried again in {wait:.0f} s.")
        elif self.services.attended:
            self.pause(reason)
        else:
            return False
        return True

    def answered(self) -> None:
        """Reports an answer."""
        self.again.answered()

    def close_if_done(self) -> None:
        """Ends the run when there is nothing left to do."""
        busy = self.in_flight or self.scoring.waiting or self.rescoring or self.keeper.unsaved
        if self.state is not RunState.RUNNING or busy:
            return
        if self._last_reason:
            self.stop(self._last_reason)
        elif self.queue.is_empty:
            self._end(
                RunState.COMPLETED_WITH_ERRORS if self.keeper.counts.errored else RunState.COMPLETED, ""
            )

    def _end(self, state: RunState, reason: str) -> None:
        self.clock.end()
        self.state, self.reason = state, reason
        self.services.admission.leave(self)
        for judge in self.scoring.judges:
            self.services.admission.leave(judge)
        self.finished.set()
