"""Attempt runner: makes the calls of a run, and retries, scores or saves each sample by the outcome.

There is one task for each call; nothing else waits in a task.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from evalstudio.advice.overload_signs import Trouble
from evalstudio.core.errors import EvaluationError, StoreError
from evalstudio.core.outcome import Outcome
from evalstudio.engine.limits.retry import GiveUp, Pause, Retry, RetryPolicy
from evalstudio.engine.limits.vocabulary import Ticket
from evalstudio.engine.models.attempt_report import report
from evalstudio.engine.models.call import Answer, CallResult, Request, still_thinking
from evalstudio.engine.models.pricing import Prices
from evalstudio.engine.planning.plan import Plan
from evalstudio.engine.run.context import RunContext, RunVerbs
from evalstudio.engine.run.in_flight_log import NotedCall
from evalstudio.engine.run.live_controls import LiveControls
from evalstudio.engine.run.record_keeper import RecordKeeper
from evalstudio.engine.run.record_rows import Ended, make_attempt
from evalstudio.engine.run.sample_queue import SampleTask
from evalstudio.engine.scoring.judged import Judged
from evalstudio.engine.scoring.scoring import STILL_THINKING, Scoring
from evalstudio.engine.user_code.under_way import calls
from evalstudio.models.keys import redact
from evalstudio.protocol import ErrorClass
from evalstudio.templating.templates import Message


@dataclass(slots=True, eq=False)
class Attempts:
    """Makes the calls of one run and decides what follows each of them."""

    context: RunContext
    plan: Plan
    verbs: RunVerbs
    keeper: RecordKeeper
    controls: LiveControls
    scoring: Scoring = field(init=False)  # set by assembly
    on_attempt: Callable[[SampleTask, CallResult, float], None] | None = None
    """Called with each attempt that ended and its latency, in seconds."""
    alone: bool = False  # the only call in flight is of a sample with which an engine crashed
    prices: Prices = field(init=False)
    _policy: RetryPolicy = field(init=False)

    def __post_init__(self) -> None:
        timeouts = self.plan.spec.timeouts
        self._policy = RetryPolicy(
            seed=self.context.id, max_attempts=timeouts.attempts, longest=timeouts.sample
        )
        log = self.context.services.log
        self.prices = Prices(self.plan.model, lambda message: log("warning", message))

    def apply_plan(self, plan: Plan) -> None:
        """Applies new time-outs and a new budget, from now on."""
        self.plan = plan
        self._policy.apply_timeouts(plan.spec.timeouts)
        self._watch_budget()

    def start(self, item: SampleTask, now: float) -> None:
        """Starts a call; its end is reported to `Admission.done`."""
        run = self.context
        item.queued += max(0.0, now - item.ready_at)
        item.started = now
        if item.first_started is None:
            item.first_started = now
        if item.time_from is None:
            item.time_from = now
        item.state, item.cause = "calling", ""
        if item.turn_attempts == 0:
            run.controller.retries.first_attempt()
        ticket = run.controller.start(now, self.tokens_of(item), adaptive=self.controls.adaptive)
        self.alone = item.crashes > 0
        run.flight.start(item.record_id)
        run.in_flight[item] = self.verbs.begin(self._attempt(item, ticket))

    def tokens_of(self, item: SampleTask) -> int:
        """Estimates the tokens that the next call of an item takes: its prompt, and the output of an answer."""
        if self.plan.is_python:
            return 0
        if item.rendered is None:
            try:
                item.rendered = self._messages(item)
            except EvaluationError:
                return 0  # the attempt will report the error
        return self.context.controller.reservation.tokens(_characters(item.rendered))

    def recall(self, item: SampleTask) -> bool:
        """Saves the cached answer to the same request, if there is one; nothing is called. Returns whether it did."""
        cache = self.context.cache
        if cache is None or item.attempts or item.turn:
            return False
        try:
            turn = self.plan.conversation.render_turn(0, item.sample.values, [])
            item.question = cache.key(item, tuple(turn))
            kept = cache.find(item.question)
        except EvaluationError:
            return False  # the attempt will report the error
        except StoreError as error:
            self.context.services.log(
                "warning", f"The cache of answers can't be read ({error.__cause__}); the model is asked."
            )
            return False
        if kept is None:
            return False
        item.messages = kept.messages
        ended = Ended(Outcome.OK, None, kept.answer, None, kept.latency, kept.first_token, 0.0, cached=True)
        self._judge_and_save(item, ended, kept.answer)
        return True

    def expire(self, item: SampleTask, now: float) -> bool:
        """Ends a sample whose time is over before its next turn, by its last failure. Returns whether it did."""
        if not item.turn_attempts or item.time_from is None:
            return False
        if now - item.time_from < self.plan.spec.timeouts.sample:
            return False
        outcome, message = self._cause_of(item)
        self.context.telemetry.gave_up(outcome)
        self.keeper.save(item, Ended(outcome, message, item.partial, cost=item.cost))
        self._watch(self.context.telemetry.errors())
        return True

    async def _attempt(self, item: SampleTask, ticket: Ticket) -> None:
        result: CallResult | None = None
        run = self.context
        item.streamed = 0
        calls.set((NotedCall(run.flight, item.record_id, self.plan.model.label),))
        try:
            item.messages, item.rendered = item.rendered or self._messages(item), None
            left = self.plan.spec.timeouts.sample - (item.started - (item.time_from or item.started))
            left = max(0.001, left)
            request = Request(item.messages, item.repeat, item.sample.values, left)
            # the model has its own deadline and keeps the partial answer; this one is a safety net
            async with asyncio.timeout(left + 1.0):
                result = await run.model.call(request, lambda parts: self._streamed(item, ticket, parts))
        except TimeoutError:
            limit = self.plan.spec.timeouts.sample
            result = CallResult(
                Outcome.OVERLOADED,
                message=f"No answer within {limit:g} s for the whole sample.",
                timed_out=True,
                out_of_time=True,
            )
        except asyncio.CancelledError:
            result = CallResult(Outcome.CANCELLED)
            if not item.abandoned:
                raise
        except EvaluationError as error:
            result = CallResult(Outcome.CLIENT_ERROR, message=redact(str(error)))
        except Exception as error:  # noqa: BLE001 - the failure of one sample must not end the others
            run.services.log("error", f"Sample {item.sample.id}: {type(error).__name__}: {error}")
            result = CallResult(Outcome.CLIENT_ERROR, message=redact(f"{type(error).__name__}: {error}"))
        finally:
            now = run.services.clock()
            del run.in_flight[item]
            self.alone = False
            run.flight.end(item.record_id)
            run.controller.finish(now, ticket, report(result))
            try:
                if item.abandoned and (result is None or result.outcome is not Outcome.OK):
                    self.abandoned(item, result, now)
                elif result is not None and result.outcome is not Outcome.CANCELLED:
                    self._settle(item, ticket, result, now)
            finally:
                self.verbs.attempt_ended()

    def _streamed(self, item: SampleTask, ticket: Ticket, parts: int) -> None:
        item.state = "streaming"
        item.streamed += parts
        self.context.telemetry.streamed(parts)
        self.context.controller.streamed(self.context.services.clock(), ticket, parts)

    def abandoned(self, item: SampleTask, result: CallResult | None, now: float) -> None:
        """Ends a sample that a person has abandoned: it is errored, and no evidence for the limits."""
        spent = now - (item.first_started or now)
        message = f"Abandoned by you {spent:.1f} s after its first call."
        if result is not None:
            item.attempts.append(make_attempt(item, result, message, now - item.started, 0.0))
        self.context.telemetry.failed(Outcome.CANCELLED, message, self.context.clock.now, final=True)
        self.keeper.save(item, Ended(Outcome.CANCELLED, message, item.partial, cost=item.cost))

    def _messages(self, item: SampleTask) -> tuple[Message, ...]:
        turn = self.plan.conversation.render_turn(item.turn, item.sample.values, item.answers)
        return (*item.messages, *turn) if item.turn_attempts == 0 else item.messages

    def _settle(self, item: SampleTask, ticket: Ticket, result: CallResult, now: float) -> None:
        run = self.context
        latency = now - item.started if result.seconds is None else result.seconds
        item.queued += now - item.started - latency
        item.turn_attempts += 1
        if self.on_attempt is not None:
            self.on_attempt(item, result, latency)
        if result.answer is not None and result.answer.prompt is not None:
            item.messages = (Message("user", result.answer.prompt),)
        if result.outcome is Outcome.OK and result.answer is not None:
            self._answered(item, result, result.answer, latency, now)
            return
        if result.out_of_time and item.turn_attempts > 1:
            outcome, cause = self._cause_of(item)
            result = replace(result, outcome=outcome, message=cause)
        message = redact(result.message)
        run.pause_rule.responded = run.pause_rule.responded or result.status is not None
        self._note_trouble(item, result)
        item.partial = result.answer or item.partial
        if result.outcome is Outcome.QUOTA or (result.fatal and not run.pause_rule.answered):
            run.telemetry.failed(result.outcome, message, run.clock.now, final=False)
            item.ready_at = now
            run.queue.put_back(item, None)
            # what is in flight may have been accepted, and paid, before the quota was used up
            self.verbs.wind_down(message)
            return
        excused = ticket.excused or result.outcome is Outcome.THROTTLED
        item.excused += excused
        decision = self._policy.after(
            result.outcome,
            attempts=max(1, item.turn_attempts - item.excused),
            elapsed=now - (item.time_from or now),
            hint=result.hint,
            unreadable=_unreadable(item) + 1,
            excused=excused,
            unaccepted=now - run.controller.accepted_at,
        )
        waited = decision.delay if isinstance(decision, Retry) else 0.0
        item.attempts.append(make_attempt(item, result, message, latency, waited))
        final = isinstance(decision, GiveUp)
        run.telemetry.failed(result.outcome, message, run.clock.now, final=final)
        match decision:
            case Retry(delay=delay):
                item.state, item.cause = "backing off", message
                item.backed_off += delay
                item.ready_at = now + delay
                paid = run.controller.retries.spend(result.outcome, timed_out=result.timed_out)
                if excused or not paid:
                    item.time_from = None  # it waits for no answer of its own: its time-out starts anew
                run.queue.put_back(item, now + delay if delay > 0 else None, last=not paid)
            case Pause(seconds=seconds, sentence=sentence):
                item.ready_at = now
                run.queue.put_back(item, None)
                self.verbs.ask(f"{message} It was paused because {sentence}.", seconds)
            case GiveUp():
                self.keeper.save(item, Ended(result.outcome, message, item.partial, cost=item.cost))
                self._watch(run.telemetry.errors())

    def _cause_of(self, item: SampleTask) -> tuple[Outcome, str]:
        """The failure that took the time of a sample, and the sentence that ends it."""
        last = item.attempts[-1]
        limit = self.plan.spec.timeouts.sample
        return Outcome(
            last.outcome
        ), f"{last.message} No further try fits into the {limit:g} s of one sample."

    def _note_trouble(self, item: SampleTask, result: CallResult) -> None:
        """Counts a failed attempt as a sign of overload; each sample counts once."""
        again = any(attempt.outcome == result.outcome.value for attempt in item.attempts)
        match result.outcome:
            case Outcome.THROTTLED:
                self.context.signs.ended(self.context.clock.now, Trouble.RATE_LIMITS, again=again)
            case Outcome.OVERLOADED if result.status is None:
                self.context.signs.ended(self.context.clock.now, Trouble.CONNECTIONS, again=again)
            case _:
                self.context.signs.ended(self.context.clock.now, Trouble.ERRORS, again=again)

    def _answered(
        self, item: SampleTask, result: CallResult, answer: Answer, latency: float, now: float
    ) -> None:
        run = self.context
        run.pause_rule.answered = True
        self.verbs.answered()
        if item.turn_attempts > 1:
            for attempt in item.attempts[1 - item.turn_attempts :]:
                run.telemetry.answered_after(Outcome(attempt.outcome))
        run.signs.ended(run.clock.now, None, again=bool(item.attempts))
        if not self.plan.is_recorded:
            run.telemetry.answered(
                latency, result.first_token, answer.tokens_in, answer.tokens_out, item.streamed
            )
        cost = self.prices.of(answer)
        run.telemetry.spent(cost)
        if cost is not None:
            item.cost = (item.cost or 0.0) + cost
        run.controller.reservation.prompt_was(_characters(item.messages), answer.tokens_in)
        self._watch(None)
        taken = None if self.plan.is_recorded else latency
        ended = Ended(Outcome.OK, None, answer, None, taken, result.first_token, item.cost, result.connect)
        if item.turn + 1 < self.plan.conversation.turns:
            self._next_turn(item, result, answer, latency, now)
        else:
            self._judge_and_save(item, ended, answer)
        self._watch_budget()

    def _watch_budget(self) -> None:
        budget = self.plan.spec.budget
        if budget is not None and self.context.telemetry.cost >= budget:
            self.verbs.wind_down(f"The budget of ${budget:g} is spent; raise it to go on.")

    def _watch(self, errors: Sequence[ErrorClass] | None) -> None:
        """Reports a finished sample to the failure breaker, with the run's errors where it is errored."""
        if self.plan.is_recorded:
            return  # a missing recorded answer stays missing, and costs nothing
        if (sentence := self.context.pause_rule.finished(errors)) is not None:
            self.verbs.ask(sentence)

    def _judge_and_save(self, item: SampleTask, ended: Ended, answer: Answer) -> None:
        scoring, values = self.scoring, item.sample.values
        if answer.scores is not None:
            judged = Judged(answer.scores, 0.0)
        elif still_thinking(answer.text, answer.thinking, answer.finish_reason):
            judged = scoring.none_for(STILL_THINKING)
        else:
            judged = scoring.now(answer.text, values)
        self.keeper.save(item, replace(ended, judged=judged))
        if not judged.complete:
            scoring.later(item.record_id, answer.text, values, item.messages[-1].content, judged.scored)

    def _next_turn(
        self, item: SampleTask, result: CallResult, answer: Answer, latency: float, now: float
    ) -> None:
        item.attempts.append(make_attempt(item, result, "", latency, 0.0))
        item.messages = (*item.messages, Message("assistant", answer.text))
        item.answers.append(answer.text)
        item.turn += 1
        item.turn_attempts = item.excused = 0
        item.ready_at = now
        item.state = "waiting"
        self.context.queue.put_back(item, None)


def _unreadable(item: SampleTask) -> int:
    """The number of earlier attempts, in this turn, with an answer that could not be read."""
    before = item.attempts[len(item.attempts) - item.turn_attempts + 1 :]
    return sum(attempt.outcome == Outcome.BAD_ANSWER.value for attempt in before)


def _characters(messages: Sequence[Message]) -> int:
    return sum(len(message.content) for message in messages)
