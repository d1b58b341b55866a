"""Engine client: the window's end of the engine process.

It starts the process, sends commands, notices when the process has died, and shuts it down in order.
"""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Iterator
from enum import StrEnum
from typing import TypeVar

import msgspec
from PySide6.QtCore import QObject, QProcess, QTimer, Signal

from evalstudio.core.errors import DifferentRunError, RunError
from evalstudio.protocol import (
    VERSION,
    CapacityFound,
    CapacityPlan,
    Command,
    Events,
    Frames,
    Hello,
    Level,
    LogLine,
    Pulse,
    Reply,
    Request,
    Restarting,
    Shutdown,
    Snapshot,
    frame,
    read_answer,
)
from evalstudio.ui.kit.text import tr
from evalstudio.ui.state.engine_command import clean_environment, engine_command
from evalstudio.workspace.folder import Workspace

HELLO_MS = 30_000
PATIENCE_MS = 3_000  # between shutdown request, terminate and kill
BACK_OFF_MS = (200, 1_000, 3_000, 10_000)
PULSE_MS = 1_000
MOST_MISSED = 5  # pulses, after which the engine does not answer
FORGIVEN_S = 60.0  # an engine that ran this long may be restarted immediately again

T = TypeVar("T")


class EngineState(StrEnum):
    """State of the engine, as shown in the status bar."""

    STARTING = "starting"
    READY = "ready"
    RESTARTING = "restarting"
    FAILED = "not running"
    STOPPED = "stopped"


class EngineClient(QObject):
    """Client of one engine process at a time. Requests are coroutines that return the engine's reply."""

    state_changed = Signal(object)  # EngineState
    snapshot = Signal(object)  # Snapshot
    log = Signal(object)  # LogLine
    capacity = Signal(object)  # CapacityPlan, Level or CapacityFound
    restarting = Signal(object)  # Restarting: requested by the engine itself
    died = Signal(str)  # a sentence; a restart is under way if it makes sense
    failed = Signal(str)  # a sentence; no restart
    silent = Signal(str)  # a sentence: it lives, and does not answer
    answers = Signal()  # again

    def __init__(self, workspace: Workspace, python: str = "", parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.workspace = workspace
        self.state = EngineState.STOPPED
        self.hello: Hello | None = None
        self.python = python  # used at the next start
        self._process: QProcess | None = None
        self._frames = Frames[Events](Events)
        self._replies: dict[int, asyncio.Future[object]] = {}
        self._last_id = 0
        self._asked = False
        self._steps: Iterator[Callable[[], None]] = iter(())
        self._leaving = False
        self._refusal: str | None = None
        self._restarting = False
        self._started_at = 0.0
        self._deaths: deque[float] = deque(maxlen=len(BACK_OFF_MS))
        self._missed = 0  # pulses
        self._held_by = ""
        self._pulse_timer = QTimer(self)
        self._pulse_timer.setInterval(PULSE_MS)
        self._pulse_timer.timeout.connect(self._miss)
        self._hello_timer = _single_shot(self, self._no_hello)
        self._restart_timer = _single_shot(self, self.start)
        self._patience = _single_shot(self, self._lose_patience)

    @property
    def pid(self) -> int | None:
        return self.hello.pid if self.hello is not None else None

    @property
    def is_silent(self) -> bool:
        """Whether the engine lives and does not answer: it is stopped, or a function holds its event loop."""
        return self._missed >= MOST_MISSED

    def end_silent(self) -> None:
        """Ends an engine that does not answer, at once, and starts another one; what is saved is kept."""
        if self._process is not None and self.is_silent:
            self._restarting = True
            self._process.kill()

    def start(self) -> None:
        """Starts the process; `state_changed` is emitted when it is ready."""
        if self._process is not None:
            return
        self._restart_timer.stop()
        self._leaving, self._refusal, self.hello = False, None, None
        self._restarting = False
        self._frames = Frames[Events](Events)
        process = QProcess(self)
        program, arguments = engine_command(self.workspace, self.python)
        process.setProgram(program)
        process.setArguments(arguments)
        process.setProcessEnvironment(clean_environment())
        process.readyReadStandardOutput.connect(self._read)
        process.readyReadStandardError.connect(self._read_errors)
        process.finished.connect(self._finished)
        process.errorOccurred.connect(self._error)
        self._process = process
        self._started_at = time.monotonic()
        self._set_state(EngineState.STARTING)
        self._hello_timer.start(HELLO_MS)
        process.start()

    async def request(self, command: Command[T]) -> T:
        """Sends a command and returns its answer: `run_id = await request(StartRun("example:sentiment"))`.

        Raises RunError with the engine's message, or if the engine is not running or dies before it answers.
        """
        if self._process is None or self.state is not EngineState.READY:
            raise RunError(tr("The engine is not running; wait until it is ready, then try again."))
        self._last_id += 1
        future: asyncio.Future[object] = asyncio.get_running_loop().create_future()
        self._replies[self._last_id] = future
        self._process.write(frame(Request(self._last_id, command)))
        value = await future
        try:
            return read_answer(command, value)
        except msgspec.ValidationError as error:
            raise RunError(_misunderstood(error)) from error

    async def stop(self) -> None:
        """Stops the engine: asks, terminates after 3 seconds, kills after 3 more. Returns when it has exited."""
        self._leaving = True
        self._restart_timer.stop()
        process = self._process
        if process is None:
            self._set_state(EngineState.STOPPED)
            return
        gone = asyncio.get_running_loop().create_future()
        process.finished.connect(lambda *_: None if gone.done() else gone.set_result(None))
        self._asked = False
        self._lose_patience()
        await gone

    def restart(self) -> None:
        """Starts the engine again at a person's request, after automatic restarts were given up."""
        self._deaths.clear()
        self.start()

    # Process events ------------------------------------------------------------------------------------

    def _read(self) -> None:
        if self._process is None:
            return
        data = self._process.readAllStandardOutput().data()
        try:
            for event in self._frames.feed(bytes(data)):
                self._take(event)
        except ValueError as error:
            self._refuse(_misunderstood(error))

    def _take(self, event: Events) -> None:
        match event:
            case Snapshot():
                self.snapshot.emit(event)
            case LogLine():
                self.log.emit(event)
            case CapacityPlan() | Level() | CapacityFound():
                self.capacity.emit(event)
            case Pulse(held_by=""):
                self._answered()
            case Pulse(held_by=function):
                self._held(function)
            case Restarting():
                self._restarting = True
                self.restarting.emit(event)
            case Hello(version=version) if version != VERSION:
                self._refuse(
                    tr(
                        "The engine is of another version (EvalStudio {evalstudio}, protocol {version}; the window speaks "
                        "{own}). Install the same EvalStudio for the chosen Python, or choose the program's own."
                    ).format(evalstudio=event.evalstudio, version=version, own=VERSION)
                )
            case Hello():
                self.hello = event
                self._hello_timer.stop()
                self._pulse_timer.start()
                self._set_state(EngineState.READY)
            case Reply(id=0, error=error):
                self._refusal = error or tr("The engine could not start.")
            case Reply():
                self._answer(event)

    def _miss(self) -> None:
        # counted, not timed: after a sleep of the machine the pulses come, too
        self._missed += 1
        if self._missed == MOST_MISSED:
            self._tell_silence()

    def _held(self, function: str) -> None:
        is_new, self._held_by = function != self._held_by, function
        if is_new and self.is_silent:
            self._tell_silence()

    def _tell_silence(self) -> None:
        if not self._leaving:
            why = (
                tr(" (your function {name} holds it up)").format(name=self._held_by) if self._held_by else ""
            )
            self.silent.emit(tr("The engine does not answer{why}.").format(why=why))

    def _answered(self) -> None:
        was_silent, self._missed, self._held_by = self.is_silent, 0, ""
        if was_silent:
            self.answers.emit()

    def _answer(self, reply: Reply) -> None:
        future = self._replies.pop(reply.id, None)
        if future is None or future.done():
            return
        if reply.error is not None:
            kind = DifferentRunError if reply.differs else RunError
            future.set_exception(kind(reply.error))
        else:
            future.set_result(reply.value)

    def _read_errors(self) -> None:
        if self._process is not None:
            text = bytes(self._process.readAllStandardError().data()).decode(errors="replace").strip()
            if text:
                self.log.emit(LogLine(time.time(), "output", text))

    def _error(self, error: QProcess.ProcessError) -> None:
        if error == QProcess.ProcessError.FailedToStart and self._process is not None:
            program = self._process.program()
            self._refusal = tr(
                "The engine can't be started with {program}; choose another Python interpreter in the settings."
            ).format(program=program)
            self._finished(-1, QProcess.ExitStatus.CrashExit)

    def _finished(self, code: int, status: QProcess.ExitStatus) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        self._hello_timer.stop()
        self._patience.stop()
        self._pulse_timer.stop()
        self._missed, self._held_by = 0, ""
        self._read_rest(process)
        process.deleteLater()
        was_ready, self.hello = self.hello is not None, None
        how = _how_it_ended(code, status)
        self._fail_requests(tr("The engine {how} before it answered.").format(how=how))
        if self._leaving:
            self._set_state(EngineState.STOPPED)
        elif self._refusal is not None:
            self._set_state(EngineState.FAILED)
            self.failed.emit(self._refusal)
        elif self._restarting:
            self._set_state(EngineState.RESTARTING)
            self.start()
        else:
            self._plan_restart(how, was_ready=was_ready)

    def _read_rest(self, process: QProcess) -> None:
        """Reads the messages sent before the process ended."""
        try:
            for event in self._frames.feed(bytes(process.readAllStandardOutput().data())):
                if not isinstance(event, Hello):
                    self._take(event)
        except ValueError:
            return  # truncated in the middle of a message
        text = bytes(process.readAllStandardError().data()).decode(errors="replace").strip()
        if text:
            self.log.emit(LogLine(time.time(), "error", text))

    def _plan_restart(self, how: str, *, was_ready: bool) -> None:
        now = time.monotonic()
        if now - self._started_at > FORGIVEN_S:
            self._deaths.clear()
        if len(self._deaths) == self._deaths.maxlen:
            self._set_state(EngineState.FAILED)
            self.failed.emit(
                tr(
                    "The engine {how} repeatedly and is not restarted. The log may say why. "
                    "Saved answers are kept."
                ).format(how=how)
            )
            return
        wait = BACK_OFF_MS[len(self._deaths)]
        self._deaths.append(now)
        self._set_state(EngineState.RESTARTING)
        self.died.emit(
            tr("The engine {how}; it is started again.").format(how=how)
            if was_ready
            else tr("The engine {how} while it started; it is started again.").format(how=how)
        )
        self._restart_timer.start(wait)

    def _no_hello(self) -> None:
        self._refuse(
            tr("The engine did not answer within {seconds} seconds of its start.").format(
                seconds=HELLO_MS // 1000
            )
        )

    def _refuse(self, sentence: str) -> None:
        self._refusal = sentence
        if self._process is not None:
            self._process.kill()

    def _lose_patience(self) -> None:
        """Escalates by one step each time: ask, terminate, kill."""
        process = self._process
        if process is None:
            return
        if not self._asked:
            self._asked = True
            self._last_id += 1
            process.write(frame(Request(self._last_id, Shutdown())))
            self._steps = iter((process.terminate, process.kill))
        else:
            step = next(self._steps, None)
            if step is None:
                return
            step()
        self._patience.start(PATIENCE_MS)

    def _fail_requests(self, sentence: str) -> None:
        replies, self._replies = self._replies, {}
        for future in replies.values():
            if not future.done():
                future.set_exception(RunError(sentence))

    def _set_state(self, state: EngineState) -> None:
        if state is not self.state:
            self.state = state
            self.state_changed.emit(state)


def _misunderstood(error: Exception) -> str:
    return tr("The engine and the window use different protocols: {error}").format(error=error)


def _how_it_ended(code: int, status: QProcess.ExitStatus) -> str:
    if status == QProcess.ExitStatus.CrashExit:
        return (
            tr("ended without warning (signal {code})").format(code=code)
            if code > 0
            else tr("ended without warning")
        )
    return tr("ended by itself (exit status {code})").format(code=code)


def _single_shot(parent: QObject, slot: Callable[[], None]) -> QTimer:
    timer = QTimer(parent)
    timer.setSingleShot(True)
    timer.timeout.connect(slot)
    return timer
