"""The engine as a child process: the protocol over real pipes, whatever a person's code does."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from evalstudio.concurrency import SlidingWindow
from evalstudio.core.run_state import RunState
from evalstudio.models.settings import ModelSettings
from evalstudio.protocol import (
    VERSION,
    ChangeSettings,
    DeleteRun,
    FindKey,
    ForecastRun,
    Hello,
    ListModels,
    LogLine,
    PauseRun,
    Reply,
    SetKey,
    SetRates,
    Shutdown,
    Snapshot,
    StartRun,
    StopRun,
    TestModel,
    frame,
)
from evalstudio.settings.values import Rates, Settings
from evalstudio.store.reader import Reader
from evalstudio.workspace.folder import Workspace
from tests.engine.support import demo_that_wants, write_evaluation
from tests.engine_process.support import Child


@pytest.fixture
def child(workspace: Workspace) -> Iterator[Child]:
    child = Child(workspace)
    yield child
    child.close()


def test_that_a_child_greets_runs_and_leaves_when_told(
    child: Child, tmp_path: Path, workspace: Workspace
) -> None:
    hello = child.until(lambda event: isinstance(event, Hello))
    assert hello.version == VERSION
    assert hello.pid == child.process.pid
    child.send(1, StartRun(write_evaluation(tmp_path, '"demo/instant"', 30), "x", SlidingWindow(4)))
    run_id = child.reply(1).value
    final = child.until(lambda event: isinstance(event, Snapshot) and event.state == "completed")
    assert final.run_id == run_id
    assert final.saved == 30
    child.send(2, Shutdown())
    assert child.reply(2).error is None
    assert child.process.wait(10) == 0
    assert len(Reader(workspace).record_ids(run_id)) == 30


def test_that_snapshots_come_at_most_ten_times_a_second_and_carry_no_rows(
    child: Child, tmp_path: Path
) -> None:
    child.send(1, StartRun(write_evaluation(tmp_path, '"demo/fast"', 60), "x", SlidingWindow(12)))
    started = time.monotonic()
    child.until(lambda event: isinstance(event, Snapshot) and event.state == "completed")
    seconds = time.monotonic() - started
    snapshots = [event for event in child.events if isinstance(event, Snapshot)]
    assert len(snapshots) <= seconds * 10 + 3
    assert max(len(frame(snapshot)) for snapshot in snapshots) < 20_000


def test_that_what_a_model_prints_reaches_the_log_and_never_the_protocol(
    child: Child, tmp_path: Path
) -> None:
    (tmp_path / "model.py").write_text(
        "import os, subprocess, sys\n"
        "def answer(prompt):\n"
        "    print('printed to stdout'); print('printed to stderr', file=sys.stderr)\n"
        "    os.write(1, b'\\x00\\x00\\x00\\x04junk to descriptor 1\\n'); subprocess.run(['echo', 'from a child'])\n"
        "    print('x' * 200_000)\n"
        "    assert sys.stdin.read() == ''\n"
        "    return 'positive'\n"
    )
    child.send(1, StartRun(write_evaluation(tmp_path, '"model.py::answer"', 6), "x"))
    final = child.until(lambda event: isinstance(event, Snapshot) and event.state.startswith("completed"))
    assert final.errored == 0
    words = ("printed to stdout", "printed to stderr", "junk to descriptor 1", "from a child")

    def printed() -> str:
        return "\n".join(
            event.text for event in child.events if isinstance(event, LogLine) and event.level == "output"
        )

    # what it prints comes by a pipe of its own, and perhaps after the last snapshot
    child.until(lambda event: all(word in printed() for word in words))


def test_that_a_mistake_is_answered_with_a_sentence_and_the_engine_goes_on(
    child: Child, tmp_path: Path
) -> None:
    child.send(1, StartRun(str(tmp_path / "missing.toml")))
    assert "There is no evaluation file" in str(child.reply(1).error)
    child.send(2, PauseRun(99))
    assert "not running here" in str(child.reply(2).error)
    evaluation = write_evaluation(tmp_path, '"model.py::answer"', 2)
    (tmp_path / "model.py").write_text("import nothing_of_that_name\n")
    child.send(3, StartRun(evaluation))
    assert "nothing_of_that_name" in str(child.reply(3).error)
    assert child.process.poll() is None


@pytest.mark.parametrize("ending", ["closed", "killed"])
def test_that_the_engine_leaves_with_its_window_however_that_ends(
    tmp_path: Path, workspace: Workspace, ending: str
) -> None:
    parent = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import subprocess, sys\n"
            "child = subprocess.Popen([sys.executable, '-m', 'evalstudio', 'engine', '--workspace', sys.argv[1]],"
            " stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)\n"
            "print(child.pid, flush=True)\nsys.stdin.read()\n",
            str(workspace.folder),
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert parent.stdout is not None
    engine = psutil.Process(int(parent.stdout.readline()))
    if ending == "killed":
        parent.send_signal(signal.SIGKILL)
        parent.communicate()
    else:
        parent.communicate("")
    engine.wait(15)
    assert not engine.is_running()


def test_that_an_engine_held_up_by_a_model_still_leaves(tmp_path: Path, workspace: Workspace) -> None:
    (tmp_path / "model.py").write_text(
        "import time\nasync def answer(prompt):\n    print('holding up', flush=True)\n    time.sleep(3600)\n"
    )
    child = Child(workspace)
    child.send(1, StartRun(write_evaluation(tmp_path, '"model.py::answer"', 2), "x"))
    child.until(lambda event: isinstance(event, LogLine) and "holding up" in event.text)
    child.close()  # waits for its end, at most 15 s
    assert child.process.poll() is not None
    assert Reader(workspace).run(1).true_state is RunState.INTERRUPTED


def test_that_a_stop_is_carried_out_while_a_slow_command_is_under_way(child: Child, tmp_path: Path) -> None:
    child.send(1, StartRun(write_evaluation(tmp_path, '"demo/one-second"', 50), "x", SlidingWindow(2)))
    run_id = child.reply(1).value
    child.send(2, StopRun(run_id))
    child.reply(2)
    stopped = child.until(lambda event: isinstance(event, Snapshot) and event.state == "stopped", 5)
    assert stopped.in_flight == 0


def test_that_a_workspace_that_cannot_be_used_is_said_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "a file").write_text("")
    child = Child(Workspace(tmp_path / "a file" / "workspace"))
    reply = child.until(lambda event: isinstance(event, Reply))
    assert "cannot be used" in str(reply.error)
    assert child.process.wait(10) == 2
    child.close()


def test_that_models_are_listed_and_tried_over_the_pipe(child: Child) -> None:
    child.send(1, ListModels("demo/instant"))
    assert child.reply(1).value == ["instant"]
    child.send(2, TestModel("demo/instant"))
    assert child.reply(2).value.startswith("demo/instant answered in")
    child.send(3, TestModel(ModelSettings("openai", "m", base_url="http://127.0.0.1:9/v1")))
    assert "connection refused" in str(child.reply(3).error)
    child.send(4, TestModel("nobody/nothing"))
    assert "There is no provider 'nobody'" in str(child.reply(4).error)


def test_that_a_key_goes_by_the_pipe_and_into_no_file(
    child: Child, tmp_path: Path, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = "sk-planted-by-pipe-0123456789"
    with demo_that_wants(secret) as url:
        model = f'{{ provider = "openai", name = "demo", base_url = "{url}", key = "PIPE_KEY" }}'
        child.send(1, StartRun(write_evaluation(tmp_path, model, 4), "x"))
        assert "no API key 'PIPE_KEY'" in str(child.reply(1).error)
        child.send(2, FindKey("PIPE_KEY"))
        assert child.reply(2).value == ""
        child.send(3, SetKey("PIPE_KEY", secret, "keychain"))
        assert child.reply(3).value == "session"  # there is no keychain here
        child.send(4, SetKey("PIPE_KEY", f"{secret}\n"))
        assert child.reply(4).value == "session"
        child.send(5, StartRun(write_evaluation(tmp_path, model, 4), "x"))
        assert child.reply(5).error is None
        final = child.until(lambda event: isinstance(event, Snapshot) and event.state.startswith("completed"))
        assert final.errored == 0
        child.send(6, SetKey("PIPE_KEY", ""))
        assert child.reply(6).value == ""
        child.send(7, SetKey("", secret))
        assert "needs a name" in str(child.reply(7).error)
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert workspace.database in files
    assert not [path for path in files if secret.encode() in path.read_bytes()]
    assert not [event for event in child.events if secret in repr(event)]


def test_that_rates_and_settings_act_over_the_pipe(child: Child, tmp_path: Path) -> None:
    child.send(1, StartRun(write_evaluation(tmp_path, '"demo/instant"', 4000), "x", SlidingWindow(2)))
    run_id = child.reply(1).value
    child.send(2, SetRates(run_id, requests_per_minute=60))
    assert child.reply(2).error is None
    child.until(lambda event: isinstance(event, Snapshot) and event.binding == "rate limit (requests)")
    child.send(3, SetRates(run_id, requests_per_minute=-1))
    assert "-1" in str(child.reply(3).error)
    child.send(4, ChangeSettings(Settings(ceiling=3, rates={"demo": Rates(5)})))
    assert child.reply(4).error is None
    marked = child.until(
        lambda event: (
            isinstance(event, Snapshot)
            and any(change.what == "application ceiling" for change in event.changes)
        )
    )
    assert marked.ceiling == 3
    assert "At most 3 calls of all runs at once" in marked.changes[-1].sentence
    assert marked.changes[-1].cause == "settings"
    child.send(5, StopRun(run_id))
    child.until(lambda event: isinstance(event, Snapshot) and event.state == "stopped")


def test_that_a_run_is_deleted_over_the_pipe_but_not_while_it_runs(
    child: Child, tmp_path: Path, workspace: Workspace
) -> None:
    child.send(1, StartRun(write_evaluation(tmp_path, '"demo/one-second"', 30), "x", SlidingWindow(2)))
    run_id = child.reply(1).value
    child.send(2, DeleteRun(run_id))
    assert child.reply(2).error is not None
    child.send(3, StopRun(run_id))
    child.until(lambda event: isinstance(event, Snapshot) and event.state == "stopped")
    child.send(4, DeleteRun(run_id))
    assert child.reply(4).error is None
    reader = Reader(workspace)
    assert reader.runs() == []
    assert reader.record_ids(run_id) == []
    reader.close()


@pytest.mark.parametrize(
    "file",
    [
        "import sys; sys.exit('no licence')",
        "raise KeyboardInterrupt",
        "import asyncio; raise asyncio.CancelledError('no licence')",
    ],
)
def test_that_an_evaluator_file_that_leaves_at_import_ends_no_engine(
    child: Child, tmp_path: Path, file: str
) -> None:
    path = Path(write_evaluation(tmp_path, '"demo/instant"', 5))
    of_text = '{ type = "exact_match", expected = "{{ label }}", normalise = true }'
    path.write_text(
        path.read_text().replace(of_text, '{ type = "python", path = "own.py", function = "judge" }')
    )
    (tmp_path / "own.py").write_text(file)
    child.send(1, ForecastRun(evaluation=str(path)))
    child.send(2, StartRun(evaluation=str(path)))
    for number in (1, 2):
        assert "own.py cannot be imported" in (child.reply(number).error or "")
    (tmp_path / "own.py").write_text("def judge(answer):\n    return True\n")
    child.send(3, StartRun(evaluation=str(path)))
    assert child.reply(3).error is None
