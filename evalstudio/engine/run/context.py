"""Run context: what the parts of one run share, and the four verbs with which they act on the run itself."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Protocol

from evalstudio.advice.overload_signs import SignWatch
from evalstudio.engine.limits.admission import Admission
from evalstudio.engine.limits.endpoint import EndpointController
from evalstudio.engine.limits.failure_breaker import PauseRule
from evalstudio.engine.models.call import Model
from evalstudio.engine.run.answer_cache import AnswerCache
from evalstudio.engine.run.in_flight_log import FlightLog
from evalstudio.engine.run.run_clock import RunClock
from evalstudio.engine.run.sample_queue import SampleQueue, SampleTask
from evalstudio.engine.run.telemetry import Telemetry
from evalstudio.engine.workers.protocol import Workers
from evalstudio.store.writer import Writer


@dataclass(slots=True)
class Services:
    """The engine's shared services.

    Attributes:
        clock: Monotonic time, in seconds.
        admission: The scheduler of all calls.
        writer: The writer thread of the store.
        log: Called with level and text.
        attended: Somebody can answer; without, every pause that asks for a decision ends the run.
        continues: A run that paused itself goes on by itself, when the endpoint's hint is past or now and then.
    """

    clock: Callable[[], float]
    admission: Admission
    writer: Writer
    log: Callable[[str, str], None]
    attended: bool
    continues: bool = False


@dataclass(frozen=True, slots=True)
class RunContext:
    """The parts of one run that its attempts, its record keeper and its live controls use."""

    id: int
    model: Model
    controller: EndpointController
    services: Services
    queue: SampleQueue
    workers: Workers | None
    flight: FlightLog
    telemetry: Telemetry
    clock: RunClock
    cache: AnswerCache | None
    signs: SignWatch
    pause_rule: PauseRule
    in_flight: "dict[SampleTask, asyncio.Task[None]]"  # oldest first


class RunVerbs(Protocol):
    """The actions on a run that its parts can take."""

    def begin(self, work: Coroutine[Any, Any, None]) -> "asyncio.Task[None]":
        """Starts a task that is cancelled with the run."""

    def attempt_ended(self) -> None:
        """Reports the end of a call to admission."""

    def ask(self, reason: str, hint: float | None = None) -> None:
        """Pauses until somebody decides; an unattended run ends as stopped. `hint`: seconds that it asks to wait."""

    def answered(self) -> None:
        """Reports an answer."""

    def wind_down(self, reason: str) -> None:
        """Starts no further call; the run is stopped once those in flight have ended and are saved."""

    def stop(self, reason: str) -> None:
        """Cancels the calls in flight and ends the run."""
