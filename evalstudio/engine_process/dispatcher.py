"""Command dispatcher: carries out the window's commands in the engine, and answers each one exactly once."""

import asyncio
import time
import traceback
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Literal, TypeVar, assert_never

from evalstudio.core.errors import DifferentRunError, EvalStudioError, ModelError, RunError
from evalstudio.engine.capacity.finder import find_capacity, plan_capacity
from evalstudio.engine.engine import Engine
from evalstudio.engine.forecasting.run_forecast import forecast_run
from evalstudio.engine.planning.model_test import list_models, try_model
from evalstudio.engine.servers import local_model
from evalstudio.engine_process.file_listing import list_evaluations
from evalstudio.engine_process.pytest_runs import duplicate, resume, start
from evalstudio.evaluations.request import Options
from evalstudio.models.key_names import check_key_name
from evalstudio.models.keys import (
    NoKeychainError,
    find_key,
    forget,
    keep_in_file,
    keep_in_keychain,
    redact,
    use_for_session,
    where_is,
)
from evalstudio.models.providers import resolve_model
from evalstudio.models.registry import load_models
from evalstudio.models.settings import ModelSettings
from evalstudio.protocol import (
    AbandonCall,
    BinRuns,
    ChangeSettings,
    Command,
    Commands,
    CompactDatabase,
    ContinueRun,
    DeleteRun,
    DuplicateRun,
    Event,
    FindCapacity,
    FindKey,
    ForecastRun,
    ForgetEndpoint,
    ListEvaluations,
    ListModels,
    LocalModel,
    LocalModelStatus,
    MarkRuns,
    NoteRecords,
    PauseRun,
    PlanCapacity,
    RenameExperiment,
    Reply,
    Request,
    RestoreRuns,
    ResumeRun,
    SetKey,
    SetRates,
    SetStrategy,
    SetWorkers,
    Shutdown,
    StartRun,
    StopRun,
    TestModel,
)
from evalstudio.store.bin import bin_runs, compact, expired, restore_runs
from evalstudio.store.database import Connection
from evalstudio.store.endpoint_memory import forget_endpoint
from evalstudio.store.notes import mark_runs, note_records
from evalstudio.store.runs import delete_run

T = TypeVar("T")


class Commander:
    """Carries out commands concurrently, so that a slow one does not delay a stop.

    Args:
        engine: The engine.
        send: Called with each reply and each event of a command.
    """

    def __init__(self, engine: Engine, send: Callable[[Event], None]) -> None:
        self._engine = engine
        self._send = send
        self._tasks: set[asyncio.Task[None]] = set()
        self._closing = False

    def empty_old_bin(self) -> None:
        """Starts to delete for good what has been in the bin for 30 days."""
        task = asyncio.create_task(self._empty_old_bin())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _empty_old_bin(self) -> None:
        try:
            for run_id in await self._engine.execute(lambda connection: expired(connection, time.time())):
                await self._engine.execute(partial(_delete_for_good, run_id))
        except EvalStudioError as error:
            self._engine.log("warning", f"The bin was not emptied: {error}")

    def carry_out(self, request: Request[Commands]) -> None:
        """Starts a command; its reply is sent when it has ended."""
        task = asyncio.create_task(self._reply(request))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def aclose(self) -> None:
        self._closing = True
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _reply(self, request: Request[Commands]) -> None:
        try:
            value = await self._do(request.command)
        except EvalStudioError as error:
            differs = isinstance(error, DifferentRunError)
            self._send(Reply(request.id, error=redact(str(error)), differs=differs))
        except BaseException as error:
            # even SystemExit, which would end the engine with all its runs, and a CancelledError that is not ours
            if self._closing:
                raise
            self._engine.log("error", redact(traceback.format_exc()))
            self._send(
                Reply(
                    request.id,
                    error=redact(f"The engine failed ({type(error).__name__}: {error}); the log has more."),
                )
            )
        else:
            self._send(Reply(request.id, value))

    async def _do(self, command: Commands) -> object:
        """Returns the answer to a command. Those that fall through the match are declared `Command[None]`."""
        engine = self._engine
        match command:
            case StartRun():
                options = Options(
                    command.experiment,
                    command.strategy,
                    command.workers,
                    command.samples,
                    command.model,
                    command.new_run,
                    processes=command.processes,
                    threads_per_process=command.threads_per_process,
                    cluster=command.cluster,
                )
                return _answer(command, (await start(engine, command.evaluation, options)).id)
            case ResumeRun(run_id=run_id, classes=classes):
                return _answer(command, (await resume(engine, run_id, classes)).id)
            case PauseRun(run_id=run_id):
                engine.run(run_id).pause()
            case ContinueRun(run_id=run_id):
                engine.run(run_id).unpause()
            case StopRun(run_id=run_id):
                engine.run(run_id).stop()
            case AbandonCall(run_id=run_id, record_id=record_id):
                engine.run(run_id).abandon(record_id)
            case SetStrategy(run_id=run_id, strategy=strategy):
                engine.run(run_id).controls.set_strategy(strategy)
            case SetWorkers(run_id=run_id, workers=workers):
                engine.run(run_id).controls.set_workers(workers)
            case SetRates(run_id=run_id, requests_per_minute=requests, tokens_per_minute=tokens):
                engine.set_rates(run_id, requests, tokens)
            case ChangeSettings(settings=settings):
                engine.change_settings(settings)
            case SetKey():
                return _answer(command, await asyncio.to_thread(_set_key, command))
            case FindKey(name=name):
                return _answer(command, await asyncio.to_thread(where_is, name))
            case TestModel(model=model):
                return _answer(command, await try_model(await self._located(model)))
            case ListModels(model=model):
                return _answer(command, await list_models(await self._located(model)))
            case LocalModel(action=action):
                return _answer(command, await self._local_model(action))
            case FindCapacity():
                return _answer(command, (await find_capacity(engine, command, self._send)).best)
            case PlanCapacity(search=search):
                return _answer(command, await plan_capacity(engine, search))
            case ForecastRun():
                return _answer(command, await forecast_run(engine, command))
            case ListEvaluations(path=path):
                return _answer(command, await list_evaluations(path))
            case BinRuns(run_ids=run_ids):
                await engine.execute(lambda connection: bin_runs(connection, run_ids))
            case RestoreRuns(run_ids=run_ids):
                await engine.execute(lambda connection: restore_runs(connection, run_ids))
            case MarkRuns(marks=marks):
                await engine.execute(lambda connection: mark_runs(connection, marks))
            case NoteRecords(notes=notes):
                await engine.execute(lambda connection: note_records(connection, notes))
            case DeleteRun(run_id=run_id):
                await engine.execute(lambda connection: delete_run(connection, run_id))
            case CompactDatabase():
                if engine.runs:
                    raise RunError("Runs are active; compact the database when they have ended.")
                return _answer(command, await asyncio.to_thread(compact, engine.workspace))
            case ForgetEndpoint(endpoint=endpoint):
                await engine.execute(lambda connection: forget_endpoint(connection, endpoint))
            case DuplicateRun(run_id=run_id):
                return _answer(command, (await duplicate(engine, run_id)).id)
            case RenameExperiment(old=old, new=new):
                await engine.rename_experiment(old, new)
            case Shutdown():
                raise AssertionError("the process's main ends the engine itself")
            case _:
                assert_never(command)
        return _answer(command, None)

    async def _located(self, model: str | ModelSettings) -> ModelSettings:
        named = await asyncio.to_thread(load_models, self._engine.workspace)
        resolved = resolve_model(model, Path.cwd(), named)
        await asyncio.to_thread(find_key, resolved.key)  # a keychain or a command may take its time
        return await self._engine.servers.locate(resolved)

    async def _local_model(self, action: Literal["status", "install", "start", "stop"]) -> LocalModelStatus:
        match action:
            case "status":
                pass
            case "install":
                await asyncio.to_thread(
                    local_model.install, on_line=lambda line: self._engine.log("info", line)
                )
            case "start":
                await self._engine.servers.locate(resolve_model(local_model.REFERENCE, Path.cwd()))
            case "stop":
                await self._engine.servers.stop(local_model.REFERENCE)
            case _:
                assert_never(action)
        return LocalModelStatus(
            local_model.installed(), local_model.REFERENCE in self._engine.servers.running()
        )


def _delete_for_good(run_id: int, connection: Connection) -> None:
    delete_run(connection, run_id)


def _answer(command: Command[T], value: T) -> T:
    """Returns the value; the type checker compares it with the declared answer of `command`."""
    return value


def _set_key(command: SetKey) -> str:
    if not command.name.strip():
        raise ModelError("A key needs a name, as in OPENAI_API_KEY.")
    check_key_name(command.name)
    secret = command.secret.strip()
    if not secret:
        forget(command.name)
    elif command.keep == "keychain":
        try:
            keep_in_keychain(command.name, secret)
        except NoKeychainError:
            use_for_session(command.name, secret)  # the answer tells that it is there, and not in a keychain
    elif command.keep == "file":
        keep_in_file(command.name, secret)
    else:
        use_for_session(command.name, secret)
    return where_is(command.name)
