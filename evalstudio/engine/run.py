"""The life of a run: from its first call to its last record.

queued -> waits for a slot -> attempt -> outcome -> perhaps waits and tries again, its slot given back -> answer
judged -> committed -> counted. One task per call; nothing else waits in a task.
"""

import asyncio
import traceback
from collections import deque
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import msgspec

from evalstudio.concurrency import Adaptive, Sequential, SlidingWindow, Strategy, describe
from evalstudio.engine.admission import Admission, Cap
from evalstudio.engine.executors.threads import ThreadWorkers
from evalstudio.engine.flight import FlightLog
from evalstudio.engine.given import given_evaluator
from evalstudio.engine.limits.blocking import BlockingShare
from evalstudio.engine.limits.endpoint import Binding, EndpointController, Ticket, Wait
from evalstudio.engine.limits.retry import GiveUp, PauseRun, Retry, RetryPolicy
from evalstudio.engine.models.call import Answer, CallResult, Model, Request
from evalstudio.engine.plan import Plan, strategy_in_force, with_settings
from evalstudio.engine.pricing import Prices
from evalstudio.engine.recording import Ended, Judged, make_attempt, make_record, report
from evalstudio.engine.samples import Item, SampleQueue
from evalstudio.engine.scoring import Scoring, score_rows
from evalstudio.engine.telemetry import Telemetry
from evalstudio.evaluation import EvaluationSpec, ModelSettings
from evalstudio.evaluators import Evaluator
from evalstudio.keys import redact
from evalstudio.metrics import LiveAggregate
from evalstudio.outcome import Outcome
from evalstudio.protocol import LimitChange
from evalstudio.score import Score
from evalstudio.settings import Settings
from evalstudio.signs import SignWatch, Trouble
from evalstudio.store.rows import LimitChangeRow
from evalstudio.store.runs import RunState
from evalstudio.store.writer import Saved, Writer
from evalstudio.templates import Message

BREAKER_SPAN = (
    20  # finished samples that the circuit breaker looks at; it opens when more than half are errored
)
SILENT_S, SILENT_FAILURES = 15.0, 3  # an endpoint that has failed so often and never answered for so long
MOST_CRASHES = 2  # engines that may die with a sample in flight before it is given up
JUDGED_LATER = 2  # times the window: saved answers that may wait for a judge before no further call starts
MOST_UNSAVED = 4_000  # records that wait for the disk before no further call starts


@dataclass(slots=True)
class Counts:
    """Records committed, by what became of them."""

    saved: int = 0
    scored: int = 0
    unscored: int = 0
    errored: int = 0


@dataclass(slots=True)
class RecordSaved:
    """What the writer hands back when a record is committed. `judged` None: it is errored."""

    run: "Run"
    judged: Judged | None


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
    workers: ThreadWorkers | None
    flight: FlightLog
    total: int
    counts: Counts
    aggregates: dict[str, LiveAggregate]
    telemetry: Telemetry
    offset: float = 0.0  # where its time goes on: a resumed run's charts continue
    elapsed_before: float = 0.0  # seconds that earlier starts of this run have run
    repeated: int = 0
    state: RunState = RunState.QUEUED
    reason: str = ""
    blocked: Wait | None = None
    in_flight: dict[Item, None] = field(default_factory=dict)  # oldest first
    rescoring: int = 0  # answers of an earlier start that have still to be judged
    unsaved: int = 0
    changes: list[LimitChange] = field(default_factory=list)
    blocking: BlockingShare = field(default_factory=BlockingShare)  # of a synchronous model's calls
    signs: SignWatch = field(default_factory=SignWatch)
    on_attempt: Callable[[Item, CallResult, float], None] | None = (
        None  # told of each that ended, and its seconds
    )
    steered: bool = False  # a person has set its strategy while it ran
    finished: "asyncio.Event" = field(default_factory=asyncio.Event)
    _started: float = 0.0
    _paused_at: float | None = None
    _resumed_at: float | None = None
    _paused_for: float = 0.0
    _recent: deque[bool] = field(default_factory=lambda: deque(maxlen=BREAKER_SPAN))
    _tasks: "set[asyncio.Task[None]]" = field(default_factory=set)
    _ended: float | None = None
    _expected_tokens: float = 0.0
    _kept: int = field(init=False)  # records that an earlier start has made
    _alone: bool = False  # the one call in flight is of a sample that an engine died with
    _has_answered: bool = False  # since this start
    strategy: Strategy = field(init=False)
    strategy_source: str = field(init=False)
    evaluators: dict[str, Evaluator] = field(init=False)
    scoring: Scoring = field(init=False)  # given by who puts the run together
    _policy: RetryPolicy = field(init=False)
    _prices: Prices = field(init=False)

    def __post_init__(self) -> None:
        self._kept = self.counts.saved
        self.strategy, self.strategy_source = self.plan.strategy, self.plan.strategy_source
        self.evaluators = {one.name: one for one in self.plan.evaluators}
        self._started = self.services.clock()  # a tick may ask for its time before it starts
        timeouts = self.plan.spec.timeouts
        self._policy = RetryPolicy(seed=self.id, max_attempts=timeouts.attempts, longest=timeouts.sample)
        self._prices = Prices(self.plan.model)

    # What a person can do -------------------------------------------------------------------------------------

    def start(self) -> None:
        self._started = self.services.clock()
        self.state = RunState.RUNNING
        self._apply_strategy()
        self.services.admission.join(self)
        for judge in self.scoring.judges:
            self.services.admission.join(judge)
        self.begin(asyncio.to_thread(self._prices.prepare))  # else the first answer would wait for it
        self._check_end()

    def pause(self, reason: str = "") -> None:
        """No further call starts; those in flight end. Does nothing to a run that has ended."""
        if self.state is not RunState.RUNNING:
            return
        self.state, self.reason = RunState.PAUSED, reason
        self._paused_at = self.services.clock()

    def go_on(self) -> None:
        if self.state is not RunState.PAUSED:
            return
        self._recent.clear()
        self._resumed_at = self.services.clock()
        self.state, self.reason = RunState.RUNNING, ""
        if self._paused_at is not None:
            self._paused_for += self.services.clock() - self._paused_at
            self._paused_at = None
        self.services.admission.pump()
        self._check_end()

    def stop(self, reason: str = "stopped by the user") -> None:
        """Cancels what is in flight: nothing more is spent. What is saved stays; a resume does the rest."""
        if not self.is_active:
            return
        self._end(RunState.STOPPED, reason)
        self.scoring.cancel()
        for task in list(self._tasks):
            task.cancel()

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
        """Changes the worker threads of a synchronous model. A window that was their number follows."""
        if self.workers is None or self.plan.model.thread_safe is False:
            return
        old = self.workers.size
        self.workers.resize(workers)
        if self.strategy == SlidingWindow(old):
            self.strategy = SlidingWindow(workers)
        if old != workers:
            self._note(
                "workers", str(old), str(workers), "user", f"{workers} worker threads, set by the user."
            )
        self.services.admission.pump()

    def follow_defaults(self, settings: Settings) -> None:
        """New settings hold for a running run, too, where nothing nearer to it set its own."""
        if self.workers is not None and self.plan.spec.workers is None and self.plan.options.workers is None:
            self.set_workers(settings.workers)
        size = self.workers.size if self.workers is not None else None
        plan = self.plan
        strategy, source = strategy_in_force(plan.spec, plan.options, settings, size, plan.model.window)
        if source not in ("option", "evaluation") and not self.steered:
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
        self._policy.follow(spec.timeouts)
        for judge in self.scoring.judges:
            judge.model.set_timeouts(spec.timeouts)
            judge.policy.follow(spec.timeouts)
        self._watch_budget()

    # What admission asks ----------------------------------------------------------------------------------------

    @property
    def adaptive(self) -> bool:
        return isinstance(self.strategy, Adaptive)

    def wants(self) -> bool:
        return self.may_start() and self.queue.has_item(self.services.clock())

    def refuses(self, now: float) -> Wait | None:
        if self._alone or (self.in_flight and self.queue.next_crashes(now)):
            return Wait(Binding.CRASHED, None)
        if not self.adaptive and len(self.in_flight) >= self.limit:
            return Wait(Binding.MAXIMUM, None)
        if self.workers is not None and len(self.in_flight) >= self.workers.size:
            return Wait(Binding.WORKERS, None)
        if self.scoring.waiting >= JUDGED_LATER * self.limit:
            return Wait(Binding.JUDGES, None)
        if self.unsaved >= MOST_UNSAVED:
            return Wait(Binding.DISK, now + 0.05)
        return None

    def tokens_wanted(self) -> int:
        return int(self._expected_tokens)

    def start_one(self, now: float) -> None:
        item = self.queue.take(now)
        # rows that are streamed have no known number: there are as many as were there before and came since
        self.total = max(self.total, self._kept + self.queue.taken)
        if item.crashes >= MOST_CRASHES:
            self._give_up_on(item, now)
            return
        item.queued += max(0.0, now - item.ready_at)
        item.started = now
        if item.first_started is None:
            item.first_started = now
        if item.time_from is None:
            item.time_from = now
        item.state, item.cause = "calling", ""
        if item.turn_attempts == 0:
            self.controller.retries.first_attempt()
        ticket = self.controller.start(now, self.tokens_wanted(), adaptive=self.adaptive)
        self._alone = item.crashes > 0
        self.flight.start(item.record_id)
        self.in_flight[item] = None
        self.begin(self._attempt(item, ticket))

    def _give_up_on(self, item: Item, now: float) -> None:
        """A sample that killed two engines gets no third one."""
        message = f"The engine died {item.crashes} times while this sample was in flight."
        self.telemetry.failed(Outcome.CRASHED, message, self.now, final=True)
        self._save(item, Ended(Outcome.CRASHED, message))
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
        return self.offset + (self._ended or self.services.clock()) - self._started

    @property
    def elapsed(self) -> float:
        """Seconds of running, pauses left out."""
        paused = self._paused_for
        if self._paused_at is not None:
            paused += (self._ended or self.services.clock()) - self._paused_at
        return self.elapsed_before + self.now - self.offset - paused

    def may_start(self) -> bool:
        """Whether calls may start: its own and those of its judges."""
        return self.state is RunState.RUNNING

    def returned(self, wall: float, processor: float) -> None:
        """A synchronous model returned: seconds of wall clock and of its thread's processor time."""
        self.blocking.called(processor, wall, len(self.in_flight))
        if self.adaptive:
            useful, why = self.blocking.useful_threads, self.blocking.sentence
            self.controller.set_useful(self.services.clock(), useful, why or "")

    def judge_answered(self, model: ModelSettings, result: CallResult) -> None:
        """A judge's call counts in the cost, not in latency and throughput."""
        if result.answer is not None:
            answer = result.answer
            self.telemetry.spent(Prices(model).of(answer))

    def begin(self, work: Coroutine[Any, Any, None]) -> None:
        """Work that belongs to the run and is cancelled with it."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended_task)

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
        self.flight.close()

    def close_if_done(self) -> None:
        """Ends the run when there is nothing left to do."""
        self._check_end()

    def on_saved(self, saved: RecordSaved | ScoresSaved) -> None:
        """A record of this run, or scores of one, are committed."""
        self.unsaved -= 1
        match saved:
            case RecordSaved(judged=judged):
                self.counts.saved += 1
                self.telemetry.saved(1)
                if judged is None:
                    self.counts.errored += 1
                    return
                scores = judged.scores
                if judged.complete:
                    self._count(judged.scored or not scores)
            case ScoresSaved(scores=scores, last=last, scored=scored):
                if last:
                    self._count(scored)
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

    def _count(self, scored: bool) -> None:
        if scored:
            self.counts.scored += 1
        else:
            self.counts.unscored += 1

    # The life of a sample -------------------------------------------------------------------------------------------

    async def _attempt(self, item: Item, ticket: Ticket) -> None:
        result: CallResult | None = None
        try:
            item.messages = self._messages(item)
            left = self.plan.spec.timeouts.sample - (item.started - (item.time_from or item.started))
            left = max(0.001, left)
            request = Request(item.messages, item.repeat, item.sample.values, left)
            # the model ends in time by itself, and keeps what it has of the answer
            async with asyncio.timeout(left + 1.0):
                result = await self.model.call(request, lambda: _set_state(item, "streaming"))
        except TimeoutError:
            limit = self.plan.spec.timeouts.sample
            result = CallResult(
                Outcome.OVERLOADED,
                message=f"No answer within {limit:g} s for the whole sample.",
                timed_out=True,
            )
        except asyncio.CancelledError:
            result = CallResult(Outcome.CANCELLED)
            raise
        except Exception as error:  # noqa: BLE001 - one sample's trouble must not end the others
            self.services.log("error", f"Sample {item.sample.id}: {type(error).__name__}: {error}")
            result = CallResult(Outcome.CLIENT_ERROR, message=redact(f"{type(error).__name__}: {error}"))
        finally:
            now = self.services.clock()
            del self.in_flight[item]
            self._alone = False
            self.flight.end(item.record_id)
            self.controller.finish(now, ticket, report(result))
            try:
                if result is not None and result.outcome is not Outcome.CANCELLED:
                    self._settle(item, result, now)
            finally:
                self.services.admission.done(self)
        self._check_end()

    def _messages(self, item: Item) -> tuple[Message, ...]:
        turn = self.plan.conversation.render_turn(item.turn, item.sample.values, item.answers)
        return (*item.messages, *turn) if item.turn_attempts == 0 else item.messages

    def _settle(self, item: Item, result: CallResult, now: float) -> None:
        latency = now - item.started
        item.turn_attempts += 1
        if self.on_attempt is not None:
            self.on_attempt(item, result, latency)
        if result.answer is not None and result.answer.prompt is not None:
            item.messages = (Message("user", result.answer.prompt),)
        if result.outcome is Outcome.OK and result.answer is not None:
            self._answered(item, result, result.answer, latency, now)
            return
        message = redact(result.message)
        self._note_trouble(item, result)
        item.partial = result.answer or item.partial
        if result.outcome is Outcome.QUOTA or (result.fatal and not self._has_answered):
            self.telemetry.failed(result.outcome, message, self.now, final=False)
            self.stop(message)
            return
        decision = self._policy.after(
            result.outcome,
            attempts=item.turn_attempts,
            elapsed=now - (item.time_from or now),
            hint=result.hint,
        )
        waited = decision.delay if isinstance(decision, Retry) else 0.0
        item.attempts.append(make_attempt(item, result, message, latency, waited))
        final = isinstance(decision, GiveUp)
        self.telemetry.failed(result.outcome, message, self.now, final=final)
        match decision:
            case Retry(delay=delay):
                item.state, item.cause = "backing off", message
                item.backed_off += delay
                item.ready_at = now + delay
                paid = self.controller.retries.spend(result.outcome, timed_out=result.timed_out)
                if not paid:
                    item.time_from = None  # it waits for others, not for the endpoint: its time begins anew
                self.queue.put_back(item, now + delay if delay > 0 else None, last=not paid)
            case PauseRun(sentence=sentence):
                item.ready_at = now
                self.queue.put_back(item, None)
                self._ask(f"{message} It was paused because {sentence}.")
            case GiveUp():
                self._save(item, Ended(result.outcome, message, item.partial))
                self._watch(errored=True)

    def _note_trouble(self, item: Item, result: CallResult) -> None:
        """A failed attempt is a sign of something; its sample counts once."""
        again = any(attempt.outcome == result.outcome.value for attempt in item.attempts)
        match result.outcome:
            case Outcome.THROTTLED:
                self.signs.ended(self.now, Trouble.RATE_LIMITS, again=again)
            case Outcome.OVERLOADED if result.status is None:
                self.signs.ended(self.now, Trouble.CONNECTIONS, again=again)
            case _:
                self.signs.ended(self.now, Trouble.ERRORS, again=again)

    def _answered(self, item: Item, result: CallResult, answer: Answer, latency: float, now: float) -> None:
        self._has_answered = True
        self.signs.ended(self.now, None, again=bool(item.attempts))
        self.telemetry.answered(latency, result.first_token, answer.tokens_in, answer.tokens_out)
        cost = self._prices.of(answer)
        self.telemetry.spent(cost)
        self._expect_tokens((answer.tokens_in or 0) + (answer.tokens_out or 0))
        self._watch(errored=False)
        ended = Ended(Outcome.OK, None, answer, None, latency, result.first_token, cost)
        if item.turn + 1 < self.plan.conversation.turns:
            self._next_turn(item, result, answer, latency, now)
        else:
            judged = self._judge(answer, item)
            self._save(item, replace(ended, judged=judged))
            if not judged.complete:
                values, prompt = item.sample.values, item.messages[-1].content
                self.scoring.later(item.record_id, answer.text, values, prompt, judged.scored)
        self._watch_budget()

    def _watch_budget(self) -> None:
        budget = self.plan.spec.budget
        if budget is not None and self.telemetry.cost >= budget:
            self.stop(f"The budget of ${budget:g} is spent; raise it to go on.")

    def _judge(self, answer: Answer, item: Item) -> Judged:
        if answer.scores is not None:
            return Judged(answer.scores, 0.0)
        return self.scoring.now(answer.text, item.sample.values)

    def _next_turn(self, item: Item, result: CallResult, answer: Answer, latency: float, now: float) -> None:
        item.attempts.append(make_attempt(item, result, "", latency, 0.0))
        item.messages = (*item.messages, Message("assistant", answer.text))
        item.answers.append(answer.text)
        item.turn += 1
        item.turn_attempts = 0
        item.ready_at = now
        item.state = "waiting"
        self.queue.put_back(item, None)

    def _expect_tokens(self, tokens: int) -> None:
        if tokens:
            share = 0.1 if self._expected_tokens else 1.0
            self._expected_tokens += (tokens - self._expected_tokens) * share

    def _save(self, item: Item, ended: Ended) -> None:
        record = make_record(self.id, item, ended, self.plan.expected)
        scores = score_rows(record.id, ended.judged.scores) if ended.judged else ()
        self.unsaved += 1
        token = RecordSaved(self, ended.judged)
        self.services.writer.save(Saved(record, scores, item.attempts, token, item.again))

    # Ends -------------------------------------------------------------------------------------------------------

    def _watch(self, *, errored: bool) -> None:
        """The circuit breaker: more than half of the last finished samples errored."""
        self._recent.append(errored)
        if len(self._recent) == BREAKER_SPAN and sum(self._recent) > BREAKER_SPAN // 2:
            worst = max(self.telemetry.errors(), key=lambda error: error.records)
            self._ask(
                f"{sum(self._recent)} of the last {BREAKER_SPAN} samples errored ({worst.name}): {worst.example} "
                "See to the cause, then continue."
            )

    def watch_endpoint(self) -> None:
        """Called now and then: an endpoint that has never answered, or does not recover, is not asked for ever."""
        if self.state is not RunState.RUNNING:
            return
        if (broken := self.controller.broken(self.services.clock())) is not None:
            self._ask(f"Paused: {redact(broken)}. See to the cause, then continue.")
            return
        failed = sum(error.attempts for error in self.telemetry.errors())
        silent = self.services.clock() - (self._resumed_at or self._started)
        if not self._has_answered and failed >= SILENT_FAILURES and silent >= SILENT_S:
            last = max(self.telemetry.errors(), key=lambda error: error.attempts)
            self._ask(f"No answer in {silent:.0f} s: {last.example} See to the cause, then continue.")

    def _ask(self, reason: str) -> None:
        """Pauses until somebody decides; where nobody is there to, the run ends as stopped."""
        if self.services.attended:
            self.pause(reason)
        else:
            self.stop(reason)

    def _check_end(self) -> None:
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
        self._ended = self.services.clock()
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


def make_aggregates(evaluators: Sequence[Evaluator]) -> dict[str, LiveAggregate]:
    """A running mean for each evaluator, with its scale and direction."""
    return {
        one.name: LiveAggregate(one.metrics[0] if one.metrics else "mean", one.direction, one.scale)
        for one in evaluators
    }


def add_score(aggregates: dict[str, LiveAggregate], score: Score) -> None:
    """Counts a score in the aggregate of its evaluator; text has no mean."""
    if not isinstance(score.value, str) and score.name in aggregates:
        aggregates[score.name].add(score.value)


def _set_state(item: Item, state: str) -> None:
    item.state = state
