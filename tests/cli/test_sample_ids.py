"""`evalstudio run --sample-ids`: ids as a person writes them."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

EVALUATION = """
name = "texts"
dataset = { path = "rows.csv" }
model = "recorded/text"
messages = [{ role = "user", content = "{{ text }}" }]
evaluators = [{ type = "exact_match" }]
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "rows.csv").write_text("text,expected\na,a\nb,x\nc,c\n")
    (tmp_path / "texts.toml").write_text(EVALUATION)
    return tmp_path / "texts.toml"


def ran(*words: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "evalstudio", "run", *words]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_that_only_these_samples_run(file: Path) -> None:
    done = ran(str(file), "--sample-ids", "0, 2", "--sample-ids", "2,", "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["total"], told["scores"][0]["value"]) == (2, 1.0)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--sample-ids", "9"], "There is no sample 9 among those of rows.csv"),
        (["--sample-ids", " , "], "--sample-ids names no sample"),
        (["--sample-ids", "1", "--samples", "1"], "by their number or by their ids"),
    ],
)
def test_that_ids_that_cannot_work_are_refused(file: Path, words: list[str], message: str) -> None:
    done = ran(str(file), *words)
    assert done.returncode == 2
    assert message in " ".join(done.stderr.split())


def test_that_a_python_evaluation_takes_no_ids(tmp_path: Path) -> None:
    (tmp_path / "eval_x.py").write_text("")
    done = ran(str(tmp_path / "eval_x.py"), "--sample-ids", "1")
    assert done.returncode == 2
    assert "use --samples" in done.stderr
