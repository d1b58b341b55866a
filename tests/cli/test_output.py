"""Where a command's output goes: a terminal that must not be commanded, a narrow encoding, a full disk, a file."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.cells import cell_len

from evalstudio.cli import show
from evalstudio.terminal.console import SafeConsole
from evalstudio.terminal.stdout import visible
from tests.cli.support import evalstudio, said
from tests.engine.support import write_evaluation

CODE = "def answer(prompt):\n    raise ValueError('evil \\x1b]0;pwned\\x07\\x9b2J')\n"


@pytest.fixture
def hostile(tmp_path: Path) -> str:
    """An experiment whose name, ids and errors hold escape sequences."""
    (tmp_path / "model.py").write_text(CODE)
    (tmp_path / "d.jsonl").write_text('{"id": "\\u001b[31m1", "text": "a"}\n')
    path = tmp_path / "e.toml"
    path.write_text(
        'name = "e\\u001b[32m"\ndataset = { path = "d.jsonl", id = "id" }\nmodel = "model.py::answer"\n'
        'messages = [{ role = "user", content = "{{ text }}" }]\n'
    )
    name = "hostile\x1b[33m"
    evalstudio("run", str(path), "--experiment", name)
    return name


def test_that_no_command_passes_escape_sequences_to_a_terminal(hostile: str) -> None:
    for command in (["errors", hostile], ["show", hostile], ["list"], ["cleanup", "--older-than", "0m", "--all", "--dry-run"], ["show", "\x1b[31m"]):  # fmt: skip
        text = said(evalstudio(*command))
        assert not {"\x1b", "\x07", "\x9b"} & set(text), command
    assert "␛]0;pwned" in said(evalstudio("errors", hostile))


def test_that_lines_and_tabs_stay_and_other_controls_do_not() -> None:
    assert visible("a\tb\nc\r\x00é 🚀") == "a\tb\nc\ufffd\ufffdé 🚀"


def test_that_an_encoding_without_the_characters_is_no_error(
    hostile: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")
    done = evalstudio("errors", hostile)
    assert done.returncode == 0
    assert "\\u241b" in said(done)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_that_a_full_disk_is_one_sentence(hostile: str) -> None:
    for command in ("list", "export"):
        arguments = [command] if command == "list" else [command, hostile]
        with Path("/dev/full").open("w") as full:
            done = subprocess.run(
                [sys.executable, "-m", "evalstudio", *arguments], stdout=full, stderr=subprocess.PIPE, text=True, check=False
            )  # fmt: skip
        assert done.returncode == 1
        assert done.stderr == "evalstudio: The output cannot be written (No space left on device).\n"


def test_that_an_export_needs_a_form_that_it_knows(hostile: str, tmp_path: Path) -> None:
    done = evalstudio("export", hostile, "--output", str(tmp_path / "run.xlsx"))
    assert done.returncode == 2
    assert "--format" in said(done)
    assert not (tmp_path / "run.xlsx").exists()
    done = evalstudio("export", hostile, "--output", str(tmp_path / "run.txt"), "--format", "csv")
    assert done.returncode == 0


def test_that_a_narrow_terminal_gets_a_line_for_each_run(
    hostile: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(show, "make_console", lambda: SafeConsole(width=80, highlight=False))
    show.list_command.main([], standalone_mode=False)
    lines = [line for line in capsys.readouterr().out.splitlines() if line.strip()]
    assert len(lines) == 2, "a heading and a run"
    assert "Score" in lines[0]
    assert "Started" not in lines[0]
    assert "1 of 1" in lines[1]
    assert max(map(cell_len, lines)) <= 80


PIPED = {
    "an evaluation from a pipe": ("run <(cat test.toml)", 0, "4 of 4 saved"),
    "a dataset from a pipe": (
        "run <(sed 's|test.jsonl|/dev/stdin|' test.toml) < <(cat test.jsonl)",
        2,
        "is a pipe or a device",
    ),
    "head": ("list --json | head -1; exit ${PIPESTATUS[0]}", 0, "["),
    "head of a table": ("list | head -1; exit ${PIPESTATUS[0]}", 0, "Run"),
    "head of help": ("--help | head -1; exit ${PIPESTATUS[0]}", 0, "Usage"),
    "head of an export": ("export many | head -1; exit ${PIPESTATUS[0]}", 0, "sample_id"),
    "head of an export as CSV": ("export many --format csv | head -1; exit ${PIPESTATUS[0]}", 0, "sample_id"),
    "head of a report": ("export many --format html | head -1; exit ${PIPESTATUS[0]}", 0, "html"),
    "head of records": ("show many --json | head -1; exit ${PIPESTATUS[0]}", 0, "["),
    "nobody": ("export many | true; exit ${PIPESTATUS[0]}", 0, ""),
}


@pytest.mark.skipif(shutil.which("bash") is None, reason="these are bash's pipes")
@pytest.mark.parametrize(("command", "status", "wanted"), PIPED.values(), ids=PIPED)
def test_that_pipes_end_in_order(piped: Path, command: str, status: int, wanted: str) -> None:
    program = f'evalstudio() {{ {sys.executable} -m evalstudio "$@"; }}\n'
    first, _, rest = command.partition(" ")
    done = subprocess.run(
        ["bash", "-c", f"{program} evalstudio {first} {rest}"], cwd=piped, capture_output=True, text=True, check=False,
        env=os.environ | {"EVALSTUDIO_WORKSPACE": str(piped / "workspace")},
    )  # fmt: skip
    output = " ".join((done.stdout + done.stderr).split())
    assert "Traceback" not in output
    assert "Broken" not in output
    assert wanted in output
    assert done.returncode in (status, 1) if "|" in command else done.returncode == status, output


@pytest.fixture(scope="module")
def piped(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("piped")
    evaluation = write_evaluation(folder, '"demo/instant"', 400, name="many")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EVALSTUDIO_WORKSPACE", str(folder / "workspace"))
        done = evalstudio("run", evaluation, "--experiment", "many")
        assert done.returncode == 0, said(done)
        write_evaluation(folder, '"demo/instant"', 4)
        yield folder
