"""The engine in a Python without Qt: what it needs is listed, and the list is enough to run an evaluation."""

import json
import os
import re
import subprocess
import sys
import tomllib
import venv
from pathlib import Path

import pytest

from evalstudio.workspace.packaged import IN_SETTINGS, how_to_add, install_line
from evalstudio.workspace.resources import resource

ROOT = Path(__file__).resolve().parent.parent.parent
QT = ("PySide6", "shiboken6", "qasync", "pyqtgraph")
BLOCKED = """
import sys
for name in {blocked!r}:
    sys.modules[name] = None
from evalstudio.cli.main import main
main()
"""


def listed(lines: list[str]) -> list[str]:
    return sorted(line for line in lines if line.strip() and not line.startswith("#"))


def test_that_the_engine_s_requirements_are_the_program_s_without_the_window_s() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    names = [re.split(r"[<>=;\[ -]", line)[0] for line in project["dependencies"]]
    without = [line for line, name in zip(project["dependencies"], names, strict=True) if name not in QT]
    assert len(without) < len(names)
    assert listed(resource("engine-requirements.txt").read_text().splitlines()) == sorted(without)


def test_that_an_evaluation_runs_where_qt_cannot_be_imported(tmp_path: Path) -> None:
    code = BLOCKED.format(blocked=QT)
    command = [sys.executable, "-c", code, "run", "example:sentiment", "--samples", "20", "--json"]
    ended = subprocess.run(
        [*command, "--workspace", str(tmp_path)], capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert ended.returncode == 0, ended.stderr
    assert json.loads(ended.stdout)["saved"] == 20


def test_that_the_line_installs_the_requirements_then_evalstudio_alone() -> None:
    first, second = install_line("/opt/my python/bin/python").split(" && ")
    assert first.startswith("'/opt/my python/bin/python' -m pip install -r ")
    assert first.endswith("engine-requirements.txt")
    assert "--no-deps" in second


def test_that_the_packaged_program_names_an_interpreter(monkeypatch: pytest.MonkeyPatch) -> None:
    assert how_to_add("pyarrow") == "install it with: pip install pyarrow"
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert IN_SETTINGS in how_to_add("pyarrow")
    assert "pip install pyarrow" in how_to_add("pyarrow")


@pytest.mark.proof
@pytest.mark.timeout(600)
def test_that_the_line_makes_an_environment_that_runs_an_evaluation(tmp_path: Path) -> None:
    venv.create(tmp_path / "venv", with_pip=True)
    python = tmp_path / "venv" / "bin" / "python"
    subprocess.run(install_line(str(python)), shell=True, check=True, capture_output=True)
    there = subprocess.run([python, "-m", "pip", "list"], capture_output=True, text=True, check=True).stdout
    assert "evalstudio" in there
    assert not any(name.lower() in there.lower() for name in QT)
    command = [python, "-P", "-m", "evalstudio", "run", "example:sentiment", "--samples", "20", "--json"]
    command += ["--workspace", tmp_path / "workspace"]
    own = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    ended = subprocess.run(command, capture_output=True, text=True, check=False, env=own, cwd=tmp_path)
    assert ended.returncode == 0, ended.stderr
    assert json.loads(ended.stdout)["saved"] == 20
