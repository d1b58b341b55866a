"""What goes out is without keys and formulas; what comes in gets no further than it should."""

import ast
import csv
import io
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

import evalstudio
from evalstudio.datasets import DatasetSource, open_dataset
from evalstudio.engine.planning.model_test import try_model
from evalstudio.errors import EvalStudioError, EvaluationError
from evalstudio.evaluations.library import free_path
from evalstudio.evaluations.loading import load_evaluation
from evalstudio.evaluations.request import Options
from evalstudio.models.keys import REMOVED, find_key, use_for_session
from evalstudio.models.settings import ModelSettings
from evalstudio.reports import html, junit
from evalstudio.reports.html import _cut
from evalstudio.reports.records import neutral, write_records
from evalstudio.store.reader import Reader
from evalstudio.workspace.folder import Workspace
from tests.engine.models.scripted import completion, reply, scripted
from tests.engine.support import demo, engine_in, finish, write_evaluation

SECRET = "sk-planted-secret-of-a-person"
SOURCES = sorted(Path(evalstudio.__file__).parent.rglob("*.py"))
UNPICKLING = {
    "bounded_main.py",
    "pickling.py",
    "target.py",
    "process_worker_main.py",
    "process_workers.py",
    "open_workers.py",
}


async def test_that_a_key_that_comes_back_is_in_no_record_log_export_or_file(
    tmp_path: Path, workspace: Workspace
) -> None:
    use_for_session("PLANTED", SECRET)
    said = {"error": {"message": f"the key {SECRET} is spent", "type": "x"}}
    everywhere = completion(f"you sent {SECRET}", f"stop {SECRET}", model=f"m {SECRET}")
    everywhere["choices"][0]["message"]["reasoning_content"] = f"it is {SECRET}"
    replies = [reply(everywhere), reply(said, 400), reply(said, 500)]

    async def script(connection) -> None:  # type: ignore[no-untyped-def]
        await replies[len(server.asked) % 3](connection)

    async with scripted(script) as server:
        model = f'{{ provider = "openai", name = "m", base_url = "{server.url}", key = "PLANTED" }}'
        extra = "timeouts = { attempts = 2 }"
        async with engine_in(workspace, attended=True) as (engine, heard):
            run = await engine.start_run(write_evaluation(tmp_path, model, 9, extra=extra), Options("k"))
            await finish(engine, run)
    assert all(asked.headers["authorization"] == f"Bearer {SECRET}" for asked in server.asked)
    reader = Reader(workspace)
    for form in ("csv", "jsonl"):
        out = io.StringIO()
        assert write_records(reader, 1, form, out) == 9
        assert SECRET not in out.getvalue()
        assert REMOVED in out.getvalue()
    reader.close()
    assert SECRET not in repr(heard.events)
    for path in workspace.folder.rglob("*"):
        assert not path.is_file() or SECRET.encode() not in path.read_bytes(), path


async def test_that_a_key_that_a_function_says_is_in_no_field(tmp_path: Path, workspace: Workspace) -> None:
    use_for_session("PLANTED", SECRET)
    find_key("PLANTED")
    text = f"{{'text': 'a {SECRET}', 'thinking': 'b {SECRET}', 'finish_reason': 'c {SECRET}'}}"
    (tmp_path / "model.py").write_text(f"def answer(prompt):\n    return {text}\n")
    async with engine_in(workspace) as (engine, _):
        path = write_evaluation(tmp_path, '"model.py::answer"', 2)
        await finish(engine, await engine.start_run(path, Options("k")))
    for file in workspace.folder.rglob("*"):
        assert not file.is_file() or SECRET.encode() not in file.read_bytes(), file


def test_that_a_cut_text_holds_no_part_of_a_key() -> None:
    use_for_session("PLANTED", SECRET)
    find_key("PLANTED")
    for cut, most in ((_cut, html.LONGEST_TEXT), (junit._text, junit.LONGEST_TEXT)):
        assert SECRET[:9] not in cut("x" * (most - 10) + SECRET + "x" * 99)


def test_that_the_command_line_says_no_key() -> None:
    code = (
        f"import sys; from evalstudio.models.keys import use_for_session; use_for_session('K', {SECRET!r})\n"
        f"sys.argv = ['evalstudio', 'run', '/no/{SECRET}.toml']; from evalstudio.cli.main import main; main()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert REMOVED in done.stderr
    assert SECRET not in done.stderr


@given(st.text(max_size=30))
def test_that_no_cell_of_an_export_is_a_formula(text: str) -> None:
    for cell in (text, f"={text}", f" @{text}", f"\n={text}", f"＝{text}"):
        written = str(neutral(cell))
        first = written.lstrip(" ")[:1]
        assert first not in {"=", "@", "\t", "\r", "\n", "＝"}
        if first in {"+", "-"}:
            float(written)  # a number is no formula
        out = io.StringIO()
        csv.writer(out).writerow([written])
        assert written.endswith(cell), "nothing of what the model said is lost"


def test_that_what_unpickles_is_known_and_nothing_runs_a_shell() -> None:
    """A new place that unpickles has to be looked at, and entered here: only between an engine and its own workers."""
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                called = ast.unparse(node.func)
                assert called not in ("eval", "exec", "os.system", "os.popen", "yaml.load", "pickle.load"), (
                    path
                )
                assert not any(word.arg == "shell" for word in node.keywords), path
                assert called != "pickle.loads" or path.name in UNPICKLING, path
                assert not any(
                    word.arg == "verify" and ast.unparse(word.value) == "False" for word in node.keywords
                )


async def test_that_the_demo_server_takes_orders_with_its_token_only() -> None:
    async with demo("instant") as server, httpx.AsyncClient() as client:
        url = server.url.removesuffix("/v1") + "/control"
        for headers in ({}, {"Authorization": "Bearer"}, {"Authorization": "Bearer x"}):
            assert (await client.post(url, json={"profile": "fast"}, headers=headers)).status_code == 401
        await server.control(profile="fast")
        assert server.url.startswith("http://127.0.0.1:")


@pytest.mark.parametrize(
    "name", ["../../../etc/passwd", "/etc/passwd", "..", "a/../../b", "C:\\x\\y", "nul\0l", ".hidden"]
)
def test_that_a_name_stays_in_its_folder(tmp_path: Path, name: str) -> None:
    path = free_path(tmp_path, name, ".toml")
    assert path.parent == tmp_path
    assert not path.name.startswith(".")


@pytest.mark.parametrize("name", ["../pyproject", "../../tests/x", "/etc/passwd"])
def test_that_an_example_is_one_of_ours(name: str) -> None:
    with pytest.raises(EvaluationError, match="no example"):
        load_evaluation(f"example:{name}")


def test_that_a_workbook_that_unpacks_to_gigabytes_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("evalstudio.datasets.readers.excel.LARGEST", 1_000_000)
    with zipfile.ZipFile(tmp_path / "bomb.xlsx", "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("xl/worksheets/s1.xml", b" " * 5_000_000)
    with pytest.raises(EvalStudioError, match="unpacks to"):
        open_dataset(DatasetSource("bomb.xlsx"), tmp_path)


async def test_that_the_proxy_of_the_environment_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    async with scripted(reply(completion())) as proxy:
        monkeypatch.setenv("http_proxy", proxy.url.removesuffix("/v1"))
        monkeypatch.setenv("no_proxy", "")
        model = ModelSettings("openai", "m", base_url="http://models.example/v1")
        await try_model(model)
    assert proxy.asked[0].target.startswith("http://models.example/v1/")


def test_that_no_key_is_in_a_childs_environment_or_arguments_by_our_doing() -> None:
    """A session's key goes to the engine by message; what the environment held before is all a child sees."""
    before = dict(os.environ)
    use_for_session("PLANTED_TOO", SECRET)
    assert dict(os.environ) == before
