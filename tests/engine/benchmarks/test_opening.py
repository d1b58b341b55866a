"""From a benchmark's name to evaluations; where lm-eval is missing, a sentence, before anything is called."""

import asyncio
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import msgspec
import pytest

from evalstudio.core.errors import EvaluationError, RequirementError
from evalstudio.engine.benchmarks import opening
from evalstudio.engine.benchmarks.host_process import PYTHON_VARIABLE, BenchmarkHost, HostFailed
from evalstudio.engine.benchmarks.opening import TaskInfo, evaluator_tables, open_benchmark, protocol_of
from evalstudio.engine.engine import Engine
from evalstudio.evaluations.loading import load_evaluation, parse_evaluation
from evalstudio.evaluations.request import Options
from evalstudio.workspace.folder import Workspace
from tests.engine.benchmarks.support import INFO


def info(**changes: Any) -> TaskInfo:
    return msgspec.convert({**INFO, **changes}, TaskInfo)


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What hosts are asked to open; they answer with one task or two, as the name says."""
    asked: list[dict[str, Any]] = []

    async def answer(self: BenchmarkHost, **options: Any) -> Any:
        asked.append(options)
        names = ["sums_a", "sums_b"] if options["name"] == "sums" and options["only"] is None else ["sums_a"]
        tasks = [{**INFO, "name": name, "unsafe": options["name"] == "code"} for name in names]
        return {"version": "0.4.13", "groups": ["sums"] if len(names) > 1 else [], "tasks": tasks}

    monkeypatch.setattr(BenchmarkHost, "open", answer)
    return asked


async def test_that_a_task_becomes_an_evaluation(opened: list[dict[str, Any]], tmp_path: Path) -> None:
    evaluation = load_evaluation("lm-eval:sums_a")
    found = await open_benchmark(evaluation, "lm-eval:sums_a", Options(fewshot=2), Workspace(tmp_path))
    [(reference, one, task)] = found.tasks
    assert reference == "lm-eval:sums_a"
    assert one.spec.dataset.path == INFO["path"]
    assert one.spec.parameters == INFO["parameters"]
    assert one.spec.messages[0].content == "{{ messages }}"
    assert not task.in_group
    assert opened[0]["fewshot"] == 2


async def test_that_a_group_becomes_an_evaluation_for_each_task(
    opened: list[dict[str, Any]], tmp_path: Path
) -> None:
    found = await open_benchmark(
        load_evaluation("lm-eval:sums"), "lm-eval:sums", Options(), Workspace(tmp_path)
    )
    assert [reference for reference, _, _ in found.tasks] == ["lm-eval:sums#sums_a", "lm-eval:sums#sums_b"]
    assert [one.spec.name for _, one, _ in found.tasks] == ["sums [sums_a]", "sums [sums_b]"]
    again = load_evaluation("lm-eval:sums#sums_b")
    await open_benchmark(again, "lm-eval:sums#sums_b", Options(), Workspace(tmp_path))
    assert opened[-1]["only"] == "sums_b"


async def test_that_parameters_of_a_file_replace_the_tasks_and_are_told(
    opened: list[dict[str, Any]], tmp_path: Path
) -> None:
    text = 'name = "mine"\nbenchmark = "lm-eval:sums_a"\nmodel = "demo/fast"\nparameters = { max_tokens = 900 }\n'
    evaluation = parse_evaluation(text, tmp_path / "mine.toml")
    found = await open_benchmark(evaluation, "mine.toml", Options(), Workspace(tmp_path))
    spec = found.tasks[0][1].spec
    assert spec.parameters == {**INFO["parameters"], "max_tokens": 900}
    assert "max_tokens" in spec.description


async def test_that_a_task_which_runs_code_is_refused(opened: list[dict[str, Any]], tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match="sandbox"):
        await open_benchmark(load_evaluation("lm-eval:code"), "lm-eval:code", Options(), Workspace(tmp_path))


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ('benchmark = "gsm8k"', "begin with lm-eval:"),
        ('benchmark = "lm-eval:gsm8k"\nfewshot = -1', "fewshot must be 0 or more"),
        ('benchmark = "lm-eval:gsm8k"\nrepeats = 0', "repeats must be"),
        ('fewshot = 3\ndataset = { path = "a.csv" }', "are for a benchmark"),
        ('include = ["tasks"]\ndataset = { path = "a.csv" }', "are for a benchmark"),
        ("", "has no dataset"),
        ('benchmark = "lm-eval:gsm8k"\napi = "edits"', "api"),
        ("benchmark = 3", "benchmark"),
        ('benchmark = "lm-eval:gsm8k"\ninclude = "tasks"', "include"),
        (
            'benchmark = "lm-eval:a"\n[grid.prompts]\nx = [{ role = "user", content = "y" }]',
            "brings its own prompts",
        ),
    ],
)
def test_that_a_file_with_a_mistake_is_explained(text: str, complaint: str, tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match=complaint):
        parse_evaluation(f'name = "x"\nmodel = "demo/fast"\n{text}\n', tmp_path / "x.toml")


def test_that_the_published_score_comes_first_and_that_of_readable_answers_beside_it() -> None:
    tables = evaluator_tables(info())
    assert [table["name"] for table in tables] == [
        "exact_match strict", "exact_match strict, readable", "exact_match flexible",
    ]  # fmt: skip
    alone = evaluator_tables(info(evaluators=INFO["evaluators"][1:]))
    assert [table["name"] for table in alone] == ["exact_match"]


def test_that_the_protocol_says_where_it_differs() -> None:
    assert "5-shot, chat completions" in protocol_of(info(), "0.4.13")
    assert "0-shot in place of 5-shot" in protocol_of(info(fewshot=0), "0.4.13")
    assert "log-probabilities" in protocol_of(info(output="multiple_choice", api="completions"), "0.4.13")


@pytest.mark.skipif(find_spec("lm_eval") is not None, reason="lm-eval is installed here")
async def test_that_without_lm_eval_a_run_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(PYTHON_VARIABLE, raising=False)
    monkeypatch.setattr(opening, "cache_folder", lambda: tmp_path / "cache")
    engine = Engine(Workspace(tmp_path / "workspace"))
    await engine.start()
    try:
        with pytest.raises(RequirementError, match=r"pip install 'evalstudio\[benchmarks\]'"):
            await engine.start_all("lm-eval:gsm8k", Options(model="demo/fast"))
    finally:
        await engine.aclose()


async def test_that_a_host_which_does_not_reply_is_ended_and_the_next_request_starts_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = tmp_path / "python"
    script.write_text("#!/bin/sh\nread line\nexec sleep 60\n")
    script.chmod(0o755)
    monkeypatch.setenv(PYTHON_VARIABLE, str(script))
    host = BenchmarkHost()
    with pytest.raises(TimeoutError):
        await host.ask("score", 0.2, task="a", document=0, responses=["x"])
    script.write_text('#!/bin/sh\nread line\necho \'{"id": 2, "value": "back"}\'\nread line\n')
    assert await host.ask("score", 10.0, task="a", document=0, responses=["x"]) == "back"
    await host.aclose()


@pytest.mark.parametrize(
    ("program", "complaint"),
    [
        ("exit 3", "ended"),
        ("echo boom >&2; exit 1", "ended"),
        ('echo \'{"id": 1, "error": "KeyError: x"}\'', "KeyError"),
    ],
)
async def test_that_a_host_which_fails_is_a_sentence(
    program: str, complaint: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = tmp_path / "python"
    script.write_text(f"#!/bin/sh\nread line\n{program}\n")
    script.chmod(0o755)
    monkeypatch.setenv(PYTHON_VARIABLE, str(script))
    host = BenchmarkHost()
    with pytest.raises(HostFailed, match=complaint):
        await host.ask("finish", 10.0)
    await host.aclose()


async def test_that_a_missing_interpreter_is_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(PYTHON_VARIABLE, str(tmp_path / "none"))
    host = BenchmarkHost()
    with pytest.raises(RequirementError, match=PYTHON_VARIABLE):
        await asyncio.wait_for(host.ask("index", 5.0), 10)
