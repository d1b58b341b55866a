"""Judge calls: the call queue of a model judge, a member of admission control with an endpoint of its own.

An answer waits here without occupying any limit. A reply that can't be parsed is requested once more; a judge that
can't be reached leaves the answer unscored.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from evalstudio.core.outcome import Outcome
from evalstudio.core.score import Score
from evalstudio.engine.limits.admission import Cap, cancel_soon
from evalstudio.engine.limits.endpoint import EndpointController
from evalstudio.engine.limits.failure_breaker import SILENT_FAILURES, SILENT_S
from evalstudio.engine.limits.retry import GiveUp, Pause, Retry, RetryPolicy
from evalstudio.engine.limits.vocabulary import Binding, Ticket, Wait
from evalstudio.engine.models.attempt_report import report
from evalstudio.engine.models.call import Answer, CallResult, Model, Request
from evalstudio.evaluators import Evaluator
from evalstudio.evaluators.judging.judge import Judge
from evalstudio.models.keys import redact
from evalstudio.templating.templates import Message

NOT_ASKED = "The judge could not be asked:"
"""The beginning of the reason where no judge could be reached; a resume requests that score again."""

TakeScore = Callable[[int, Score], None]


@dataclass(slots=True, eq=False)
class _Question:
    record_id: int
    messages: tuple[Message, ...]
    values: Mapping[str, Any]
    take: TakeScore
    asked_at: float
    attempts: int = 0
    unreadable: int = 0  # of these
    excused: int = 0  # of these: the endpoint took no calls
    repaired: bool = False


@dataclass(slots=True, eq=False)
class JudgeCalls:
    """One judge of one run. `limit` is its calls in flight; None: as many as its endpoint takes (Adaptive)."""

    evaluator: Evaluator
    model: Model
    controller: EndpointController
    cap: Cap
    policy: RetryPolicy
    clock: Callable[[], float]
    limit: int | None
    done: Callable[["JudgeCalls"], None]  # reports the end of a call to admission
    pump: Callable[[], None]  # has admission start a call
    active: Callable[[], bool]  # whether its run may start calls
    spent: Callable[[CallResult], None]
    blocked: Wait | None = None
    answered: bool = False  # whether the judge has answered since this start
    asked_since: float | None = (
        None  # time of its first call since the start, or since a person continued the run
    )
    failures: int = 0  # in a row
    last_failure: str = ""
    in_flight: set["asyncio.Task[None]"] = field(default_factory=set)
    _queue: deque[_Question] = field(default_factory=deque)
    _waiting: set[asyncio.TimerHandle] = field(default_factory=set)

    @property
    def judge(self) -> Judge:
        assert self.evaluator.model_judge is not None
        return self.evaluator.model_judge

    def add(
        self, record_id: int, answer: str, values: Mapping[str, Any], prompt: str, take: TakeScore
    ) -> None:
        """Queues an answer. Raises EvaluationError where a template of the judge fails on it."""
        messages = tuple(self.judge.messages(answer, values, prompt))
        self._queue.append(_Question(record_id, messages, values, take, self.clock()))
        self.pump()

    def cancel(self) -> None:
        """Drops all queued answers and cancels the calls in flight."""
        self._queue.clear()
        for timer in self._waiting:
            timer.cancel()
        for task in list(self.in_flight):
            cancel_soon(task)

    def down(self) -> str | None:
        """Returns why answers should no longer wait for this judge, None if they should: it is silent or broken."""
        now = self.clock()
        going = 0.0 if self.asked_since is None else now - self.asked_since
        silent = not self.answered and self.failures >= SILENT_FAILURES and going >= SILENT_S
        waited_for = self._queue or self._waiting or self.in_flight
        if not waited_for or not (silent or self.controller.broken(now) is not None):
            return None
        return f"the judge '{self.evaluator.name}' does not answer: {self.last_failure or self.controller.gate_cause}"

    def reset_breaker(self) -> None:
        """Forgets past failures and lets canary calls start again, after a person has fixed the cause."""
        self.asked_since, self.failures = None, 0
        self.controller.reset_breaker(self.clock())

    # Admission interface (`Member`)

    @property
    def adaptive(self) -> bool:
        return self.limit is None

    def wants(self) -> bool:
        return bool(self._queue) and self.active()

    def refuses(self, now: float) -> Wait | None:
        if self.limit is not None and len(self.in_flight) >= self.limit:
            return Wait(Binding.MAXIMUM, None)
        return None

    def tokens_wanted(self) -> int:
        return self._tokens_of(self._queue[0])

    def start_one(self, now: float) -> None:
        question = self._queue.popleft()
        if self.asked_since is None:
            self.asked_since = now
        if question.attempts == 0:
            self.controller.retries.first_attempt()
        ticket = self.controller.start(now, self._tokens_of(question), adaptive=self.adaptive)
        task = asyncio.create_task(self._ask(question, ticket))
        self.in_flight.add(task)
        task.add_done_callback(self.in_flight.discard)

    def _tokens_of(self, question: _Question) -> int:
        return self.controller.reservation.tokens(sum(len(message.content) for message in question.messages))

    # The lifecycle of a question

    async def _ask(self, question: _Question, ticket: Ticket) -> None:
        result: CallResult | None = None
        try:
            result = await self.model.call(Request(question.messages, 0, question.values), lambda parts: None)
        except Exception as error:  # noqa: BLE001 - a judge in user code may raise anything
            result = CallResult(Outcome.CLIENT_ERROR, message=f"{type(error).__name__}: {error}")
        finally:
            self.controller.finish(self.clock(), ticket, report(result))
            try:
                if result is not None:
                    self._settle(question, ticket, result)
            finally:
                self.done(self)

    def _settle(self, question: _Question, ticket: Ticket, result: CallResult) -> None:
        question.attempts += 1
        self.spent(result)
        if result.outcome is Outcome.OK and result.answer is not None:
            self.answered, self.failures = True, 0
            self._read(question, result.answer)
            return
        self.failures += 1
        self.last_failure = redact(result.message)
        now = self.clock()
        excused = ticket.excused or result.outcome is Outcome.THROTTLED
        question.excused += excused
        question.unreadable += result.outcome is Outcome.BAD_ANSWER
        decision = self.policy.after(
            result.outcome,
            attempts=max(1, question.attempts - question.excused),
            elapsed=now - question.asked_at,
            hint=result.hint,
            unreadable=question.unreadable,
            excused=excused,
            unaccepted=now - self.controller.accepted_at,
        )
        match decision:
            case Retry(delay=delay):
                paid = self.controller.retries.spend(result.outcome, timed_out=result.timed_out)
                self._again_in(delay, question, last=not paid, anew=excused or not paid)
            case GiveUp() | Pause():
                why = f"{NOT_ASKED} {redact(result.message)}"
                question.take(
                    question.record_id, Score(self.evaluator.name, None, self.evaluator.metrics, why=why)
                )

    def _read(self, question: _Question, answer: Answer) -> None:
        reply = answer.text
        score = self.judge.read(reply, answer.finish_reason)
        if score.scored or question.repaired:
            question.take(question.record_id, self.evaluator.decided(score))
            return
        question.messages = tuple(self.judge.repair(question.messages, reply, score.why))
        question.repaired = True
        question.attempts = question.unreadable = question.excused = 0
        self._queue.appendleft(question)

    def _again_in(self, delay: float, question: _Question, *, last: bool, anew: bool) -> None:
        if anew:  # it waits for no answer of its own: its time-out starts anew
            question.asked_at = self.clock() + delay

        def again() -> None:
            self._waiting.discard(timer)
            (self._queue.append if last else self._queue.appendleft)(question)
            self.pump()

        timer = asyncio.get_running_loop().call_later(delay, again)
        self._waiting.add(timer)
