"""What a person can get wrong: always one sentence that says what and what to do, never a traceback, never a hang."""

import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from evalstudio.store.reader import Reader
from evalstudio.workspace.folder import Workspace
from tests.cli.support import evalstudio, said
from tests.engine.support import write_evaluation


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        yield taken.getsockname()[1]


def test_that_a_missing_and_an_empty_dataset_are_named(tmp_path: Path) -> None:
    evaluation = write_evaluation(tmp_path, '"demo/instant"', 2)
    (tmp_path / "test.jsonl").write_text("")
    done = evalstudio("run", evaluation)
    assert done.returncode == 2
    assert "test.jsonl" in said(done)
    assert "empty" in said(done)
    (tmp_path / "test.jsonl").unlink()
    done = evalstudio("run", evaluation)
    assert done.returncode == 2
    assert "test.jsonl" in said(done)


def test_that_a_port_in_use_is_said(taken_port: int) -> None:
    done = evalstudio("demo-server", "--port", str(taken_port))
    assert done.returncode == 2
    assert str(taken_port) in said(done)
    assert "in use" in said(done)


def test_that_a_demo_profile_that_there_is_not_is_said_with_those_there_are(tmp_path: Path) -> None:
    done = evalstudio("run", write_evaluation(tmp_path, '"demo/nix"', 2))
    assert done.returncode == 2
    assert said(done).startswith("evalstudio: The demo server has no profile 'nix'. It has: instant, fast")


@pytest.mark.proof  # a server of one's own may come up yet: it is waited for, 45 s with these samples
def test_that_an_endpoint_that_is_not_there_stops_the_run_with_the_reason(tmp_path: Path) -> None:
    model = '{ provider = "vllm", name = "m", base_url = "http://127.0.0.1:9/v1" }'
    extra = "timeouts = { attempts = 1 }\nstrategy = { type = 'sliding_window', max_concurrency = 4 }"
    done = evalstudio("run", write_evaluation(tmp_path, model, 60, extra=extra))
    assert done.returncode == 3, said(done)
    assert "connection refused" in said(done)
    assert "127.0.0.1:9" in said(done)
    assert re.search(r"\d+ attempts, \d+ samples without an answer", said(done))


def test_that_a_wrong_key_stops_the_run_at_once_and_keeps_all_for_a_resume(
    tmp_path: Path, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = subprocess.Popen(
        [sys.executable, "-m", "evalstudio.engine.servers.demo", "--profile", "instant", "--api-key", "sk-the-right-one"],
        stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert server.stdout is not None
        url = server.stdout.readline().split('"url": "')[1].split('"')[0]
        model = f'{{ provider = "openai", name = "m", base_url = "{url}", key = "MY_KEY" }}'
        evaluation = write_evaluation(tmp_path, model, 30)
        monkeypatch.delenv("MY_KEY", raising=False)
        done = evalstudio("run", evaluation, "--experiment", "k")
        assert done.returncode == 2
        assert "MY_KEY" in said(done)

        monkeypatch.setenv("MY_KEY", "sk-a-wrong-one")
        done = evalstudio("run", evaluation, "--experiment", "k")
        assert done.returncode == 3
        assert "does not accept the API key" in said(done)
        assert "sk-a-wrong-one" not in said(done)
        assert Reader(workspace).record_ids(1) == []

        monkeypatch.setenv("MY_KEY", "sk-the-right-one")
        done = evalstudio("run", evaluation, "--experiment", "k")
        assert done.returncode == 0, said(done)
    finally:
        server.terminate()
        server.communicate()


def test_that_a_damaged_database_is_named_and_left_as_it_is(tmp_path: Path, workspace: Workspace) -> None:
    workspace.folder.mkdir(parents=True)
    workspace.database.write_bytes(b"not a database " * 1000)
    done = evalstudio("run", write_evaluation(tmp_path, '"demo/instant"', 2))
    assert done.returncode == 2
    assert "damaged" in said(done)
    assert workspace.database.read_bytes() == b"not a database " * 1000


READING = {
    "show": ["show", "a"], "show as JSON": ["show", "a", "--json"], "export": ["export", "a"],
    "export as CSV": ["export", "a", "--format", "csv"], "report": ["export", "a", "--format", "html"],
    "JUnit": ["export", "a", "--format", "junit"], "errors": ["errors", "a"], "compare": ["compare", "a", "b"],
    "agreement": ["agreement", "a", "exact_match", "exact_match"], "delete": ["delete", "a", "--yes"],
    "run": ["run", "example:sentiment", "--limit", "2"], "go on": ["run", "example:sentiment", "--experiment", "a"],
    "cleanup": ["cleanup", "--compact"],
}  # fmt: skip


@pytest.fixture(scope="module")
def damaged(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A workspace with two runs, in whose database every page of records is overwritten."""
    place = Workspace(tmp_path_factory.mktemp("damaged") / "w")
    for name in "ab":
        done = evalstudio(
            "run", "example:sentiment", "--model", "demo/instant", "--experiment", name, "--workspace", str(place.folder)
        )  # fmt: skip
        assert done.returncode == 0, said(done)
    whole = place.database.read_bytes()
    page = int.from_bytes(whole[16:18]) or 65_536
    records = whole.find(b"wonderful") // page * page
    assert records > page
    place.database.write_bytes(whole[:records] + b"\x5a" * (len(whole) - records))
    return place


@pytest.mark.parametrize("command", READING.values(), ids=READING)
def test_that_a_database_damaged_in_its_midst_is_told_by_every_command(
    damaged: Workspace, command: list[str]
) -> None:
    done = evalstudio(*command, "--workspace", str(damaged.folder))
    assert "Traceback" not in said(done)
    assert done.returncode == 2, said(done)
    assert f"The database {damaged.database} is damaged" in " ".join(said(done).split())


def test_that_a_workspace_that_is_a_file_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = evalstudio("run", "example:sentiment-8", "--workspace", str(tmp_path / "file" / "w"))
    assert done.returncode == 2
    assert "--workspace" in said(done)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--window", "0"], "whole number from 1"),
        (["--window", "-3"], "whole number from 1"),
        (["--window", "many"], "not a valid integer"),
        (["--strategy", "fastest"], "sequential, sliding-window or adaptive"),
        (["--strategy", "sequential", "--window", "4"], "window of 1"),
        (["--samples", "0"], "1 or more"),
        (["--ceiling", "0"], "whole number from 1"),
        (["--model", "gpt-4"], "provider/name"),
        (["--model", "nobody/gpt-4"], "no provider 'nobody'"),
        (["--model", "demo/unheard-of"], "unheard-of"),
        (["--model", "local/other"], "no local model"),
        (["--model", "missing.py::f"], "missing.py"),
    ],
)
def test_that_options_that_cannot_work_are_refused_before_anything_is_called(
    arguments: list[str], words: str
) -> None:
    done = evalstudio("run", "example:sentiment-8", *arguments)
    assert done.returncode == 2, said(done)
    assert words in said(done)


def test_that_the_ceiling_of_the_environment_holds_and_a_wrong_one_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("MAX_CONCURRENT_TASKS", "eight")
    assert "must be a whole number" in said(evalstudio("run", "example:sentiment-8"))
    monkeypatch.setenv("MAX_CONCURRENT_TASKS", "3")
    done = evalstudio("run", "example:sentiment-8", "--model", "demo/one-second", "--json")
    assert done.returncode == 0
    seconds = json.loads(done.stdout)["elapsed"]
    assert 2.9 < seconds < 3.9, "eight one-second calls, three at a time: three rounds, not two and not four"


def test_that_unknown_names_list_what_there_is() -> None:
    assert "sentiment" in said(evalstudio("run", "example:nothing"))
    assert "start a run first" in said(evalstudio("show", "nothing", "--workspace", "somewhere-else"))
    evalstudio("run", "example:sentiment-8", "--experiment", "here", "--model", "demo/instant")
    assert "there is here" in said(evalstudio("show", "nothing"))


def test_that_exit_status_and_json_say_what_a_script_needs() -> None:
    done = evalstudio(
        "run",
        "example:sentiment",
        "--model",
        "demo/instant",
        "--experiment",
        "j",
        "--json",
        "--fail-under",
        "0.5",
    )
    assert done.returncode == 0
    import json

    summary = json.loads(done.stdout)
    assert (summary["saved"], summary["state"]) == (200, "completed")
    assert (
        evalstudio(
            "run", "example:sentiment", "--model", "demo/instant", "--experiment", "j", "--fail-under", "0.99"
        ).returncode
        == 1
    )
    listed = json.loads(evalstudio("list", "--json").stdout)
    assert listed[0]["experiment"] == "j"
    assert listed[0]["scores"][0]["value"] == summary["scores"][0]["value"]


def test_that_without_a_display_the_example_runs_in_the_terminal_and_says_why(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    if not sys.platform.startswith("linux"):
        pytest.skip("only there is a session without a display")
    done = evalstudio("start")
    assert done.returncode == 0, said(done)
    assert "no display" in said(done)
    assert "200 of 200 saved" in said(done)


def test_that_version_and_module_are_the_same_program() -> None:
    done = evalstudio("--version")
    assert done.stdout.startswith("EvalStudio ")
    script = Path(sys.executable).with_name("evalstudio")
    if script.exists():
        again = subprocess.run(
            [str(script), "--version"], capture_output=True, text=True, check=True, env=os.environ
        )
        assert again.stdout == done.stdout
