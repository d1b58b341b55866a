"""Commands and their answers: what each is declared with, and what the engine says over a real pipe."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest

from evalstudio.core.outcome import Outcome
from evalstudio.core.strategy import SlidingWindow
from evalstudio.protocol import (
    AbandonCall,
    BinRuns,
    CapacityPlan,
    ChangeSettings,
    Command,
    Commands,
    CompactDatabase,
    ContinueRun,
    DeleteRun,
    DuplicateRun,
    EvaluationFile,
    FindCapacity,
    FindKey,
    ForecastRun,
    ForgetEndpoint,
    Frames,
    ListEvaluations,
    ListModels,
    LocalModel,
    LocalModelStatus,
    MarkRuns,
    NoteRecords,
    PauseRun,
    PlanCapacity,
    RecordNote,
    RenameExperiment,
    Request,
    RestoreRuns,
    ResumeRun,
    RunForecast,
    RunMarks,
    SetKey,
    SetRates,
    SetStrategy,
    SetWorkers,
    Shutdown,
    StartRun,
    StopRun,
    TestModel,
    frame,
    read_answer,
)
from evalstudio.settings.values import Settings
from evalstudio.workspace.folder import Workspace
from tests.engine.support import write_evaluation
from tests.engine_process.support import Child

MISSING = "/no/such/evaluation.toml"
SEARCH = FindCapacity(MISSING, "demo/instant", 8, 20)
# a command, an answer to it, and what is none
COMMANDS: list[tuple[Command[Any], object, object]] = [
    (StartRun(MISSING, "x", SlidingWindow(2), samples=3), 7, "7"),
    (ResumeRun(99, (Outcome.OVERLOADED,)), 7, None),
    (PauseRun(99), None, True),
    (ContinueRun(99), None, 0),
    (StopRun(99), None, ""),
    (AbandonCall(99, 1), None, 1),
    (SetStrategy(99, SlidingWindow(2)), None, 2),
    (SetWorkers(99, 2), None, 2),
    (ChangeSettings(Settings(ceiling=5)), None, {}),
    (SetRates(99, 60.0), None, 60.0),
    (SetKey("PIPE_KEY", "sk-of-a-test"), "session", None),
    (FindKey("PIPE_KEY"), "", 1),
    (TestModel("nobody/nothing"), "It answered.", ["It answered."]),
    (ListModels("nobody/nothing"), ["one", "another"], "one"),
    (LocalModel("status"), LocalModelStatus(True, False), {"installed": True}),
    (BinRuns((99, 98)), None, 99),
    (RestoreRuns((99,)), None, 99),
    (DeleteRun(99), None, 99),
    (CompactDatabase(), 4096, "4 kB"),
    (ForgetEndpoint("demo/fast"), None, 1),
    (DuplicateRun(99), 100, 1.5),
    (MarkRuns((RunMarks(99, "slow", ("late",), pinned=True),)), None, 99),
    (NoteRecords((RecordNote(99, "odd", ("typo",)),)), None, "odd"),
    (RenameExperiment("one", "another"), None, "another"),
    (SEARCH, None, "16"),
    (PlanCapacity(SEARCH), CapacityPlan("x", 300, 0.25, 2), {"experiment": "x"}),
    (
        ForecastRun(MISSING, samples=3),
        RunForecast(3, SlidingWindow(2), (1.0, 2.5, 3.0), None, "none yet"),
        {"samples": 3},
    ),
    (ListEvaluations("/no/such/evaluations.py"), EvaluationFile((), "It is not there."), []),
    (Shutdown(), None, "bye"),
]


@pytest.fixture
def child(workspace: Workspace) -> Iterator[Child]:
    child = Child(workspace)
    yield child
    child.close()


def test_that_the_table_has_each_command_once() -> None:
    kinds = [type(command) for command, *_ in COMMANDS]
    assert len(kinds) == len(set(kinds))
    assert set(kinds) == set(get_args(Commands)) == set(Command.__subclasses__())


@pytest.mark.parametrize(
    ("command", "answer", "other"), COMMANDS, ids=[type(one[0]).__name__ for one in COMMANDS]
)
def test_that_a_command_and_its_answer_survive_the_pipe(
    command: Command[Any], answer: object, other: object
) -> None:
    assert list(Frames(Request[Commands]).feed(frame(Request(7, command)))) == [Request(7, command)]
    assert read_answer(command, msgspec.msgpack.decode(msgspec.msgpack.encode(answer))) == answer
    with pytest.raises(msgspec.ValidationError):
        read_answer(command, other)


def test_that_the_best_level_may_be_a_number_or_none() -> None:
    assert read_answer(SEARCH, 16) == 16
    assert read_answer(SEARCH, None) is None


def test_that_the_engine_answers_each_command_as_declared_or_with_a_sentence(child: Child) -> None:
    for number, (command, *_) in enumerate(COMMANDS, start=1):
        if not isinstance(command, Shutdown):
            child.send(number, command)
    for number, (command, *_) in enumerate(COMMANDS, start=1):
        if isinstance(command, Shutdown):
            child.send(number, command)
        reply = child.reply(number)
        if reply.error is None:
            read_answer(command, reply.value)
        else:
            assert "The engine failed" not in reply.error, command


def test_that_answers_of_each_kind_come_over_the_pipe(child: Child, tmp_path: Path) -> None:
    path = write_evaluation(tmp_path, '"demo/one-second"', 30)
    python = tmp_path / "evals.py"
    python.write_text(
        "from evalstudio import foreach\n@foreach('text', [('a',), ('b',)])\ndef eval_one(text):\n    return True\n"
    )
    run_id = child.answer(1, StartRun(path, "x", SlidingWindow(2)))
    assert run_id == 1
    assert child.answer(2, StopRun(run_id)) is None
    assert child.answer(3, ListModels("demo/instant")) == ["instant"]
    assert child.answer(4, TestModel("demo/instant")).startswith("demo/instant answered in")
    forecast = child.answer(5, ForecastRun(path, samples=12))
    assert (type(forecast), forecast.samples) == (RunForecast, 12)
    plan = child.answer(6, PlanCapacity(FindCapacity(path, samples=10)))
    assert (type(plan), plan.calls) == (CapacityPlan, 10)
    status = child.answer(7, LocalModel("status"))
    assert (type(status), status.running) == (LocalModelStatus, False)
    file = child.answer(8, ListEvaluations(str(python)))
    assert [(one.name, one.samples, one.columns) for one in file.functions] == [("eval_one", 2, ("text",))]
