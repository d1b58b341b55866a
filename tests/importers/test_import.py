"""Files of other tools as evaluations of ours: they load, they run, and what was not taken over is named."""

import json
import sqlite3
import tomllib
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from evalstudio.cli.main import evalstudio
from evalstudio.errors import EvalStudioError, EvaluationError
from evalstudio.evaluations.request import Options
from evalstudio.importers import import_file
from evalstudio.importers.dotevals import read_dotevals
from evalstudio.store.reader import Reader
from evalstudio.workspace.folder import Workspace
from tests.engine.support import engine_in, finish

PROMPTFOO = """
description: Moods
prompts:
  - "Answer with one word. {{text}}"
  - label: chat
    raw: '[{"role": "system", "content": "Brief."}, {"role": "user", "content": "{{text}}"}]'
  - file://../outside.txt
providers:
  - openai:chat:gpt-4o-mini
  - id: anthropic:messages:claude-x
    config: {temperature: 0, apiBaseUrl: "http://127.0.0.1:9/v1", tools: []}
  - python:run.py
defaultTest:
  assert: [{type: regex, value: "^[a-z]+$"}]
tests:
  - vars: {text: I love it, mood: positive}
    assert:
      - {type: equals, value: "{{mood}}"}
      - {type: llm-rubric, value: is kind}
  - vars: {text: [I hate it, It broke], mood: negative}
    assert: [{type: icontains, value: negative}, {type: javascript, value: "true"}]
  - file://more.csv
sharing: true
"""
CSV = 'text,mood,__expected,__expected2,__description\nA table,neutral,neutral,"contains-any: neutral, none",x\n'


def test_that_a_configuration_of_promptfoo_becomes_a_grid(tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text(PROMPTFOO)
    (tmp_path / "more.csv").write_text(CSV)
    path, imported = import_file("promptfoo", tmp_path / "config.yaml", tmp_path / "out")
    table = tomllib.loads(path.read_text())
    assert table["grid"]["models"][0] == "openai/gpt-4o-mini"
    assert table["grid"]["models"][1]["base_url"] == "http://127.0.0.1:9/v1"
    assert table["parameters"] == {"temperature": 0}
    assert [message["role"] for message in table["grid"]["prompts"]["chat"]] == ["system", "user"]
    rows = [json.loads(line) for line in path.with_suffix(".jsonl").read_text().splitlines()]
    assert [row["text"] for row in rows] == ["I love it", "I hate it", "It broke", "A table"]
    assert [row["assert_equals"] for row in rows] == ["positive", None, None, "neutral"]
    assert rows[3]["assert_contains_any"] == ["neutral", "none"]
    named = {one["name"]: one for one in table["evaluators"]}
    assert named["regex"] == {"name": "regex", "type": "regex_match", "pattern": "^[a-z]+$"}
    assert set(named) == {"regex", "equals", "icontains", "contains-any"}
    said = "; ".join(imported.left_out)
    for what in (
        "file://../outside.txt",
        "python:run.py",
        "llm-rubric",
        "javascript",
        "'tools'",
        "'sharing'",
    ):
        assert what in said, what


async def test_that_tests_in_a_csv_run(tmp_path: Path, workspace: Workspace) -> None:
    (tmp_path / "tests.csv").write_text("text,__expected\nI love it,positive\nI hate it,icontains:negative\n")
    path, _ = import_file("promptfoo", tmp_path / "tests.csv", workspace.evaluations)
    async with engine_in(workspace) as (engine, _heard):
        last = await finish(engine, await engine.start_run(str(path), Options("csv", model="demo/instant")))
    assert (last.saved, last.errored) == (2, 0)
    scores = {score.evaluator: (score.n, score.unscored) for score in last.scores}
    assert scores == {"equals": (1, 1), "icontains": (1, 1)}


async def test_that_samples_of_openai_evals_run(tmp_path: Path, workspace: Workspace) -> None:
    messages = [{"role": "system", "content": "Answer with one word: positive or negative."}]
    lines = [
        {
            "input": [*messages, {"role": "user", "content": "I love it"}],
            "ideal": ["positive", "good"],
            "topic": "x",
        },
        {
            "item": {
                "input": [*messages, {"role": "user", "content": "{{ not }} a template"}],
                "ideal": "neutral",
            }
        },
    ]
    (tmp_path / "samples.jsonl").write_text("\n".join(map(json.dumps, lines)))
    path, imported = import_file("openai-evals", tmp_path / "samples.jsonl", workspace.evaluations)
    assert "demo/fast" in imported.left_out[-1]
    assert "how the answers were compared" in imported.left_out[0]
    async with engine_in(workspace) as (engine, _):
        last = await finish(engine, await engine.start_run(str(path), Options("o", model="demo/instant")))
    assert (last.saved, last.errored, last.scored) == (2, 0, 2)
    reader = Reader(workspace)
    details = [reader.details(one) for one in reader.record_ids(1)]
    assert details[1] is not None
    assert "{{ not }} a template" in str(details[1].record.prompt)


def dotevals_lines() -> list[str]:
    head = {"evaluation_name": "moods", "metadata": {}, "status": "running"}
    item = {"dataset_row": {"text": "a", "expected": "yes"}, "timestamp": 1}
    score = {"name": "exact", "value": True, "metrics": ["accuracy"]}
    good = {"prompt": "a?", "model_response": "yes", "scores": [score], "error": None}
    bad = {"prompt": "a?", "model_response": None, "scores": [], "error": "429"}
    wrong = {**good, "model_response": "no", "scores": [{**score, "value": False}]}
    results = [(0, good), (1, bad), (1, wrong), (0, bad), (2, bad)]
    return [json.dumps(head)] + [
        json.dumps({"item_id": number, "result": result, **item}) for number, result in results
    ]


async def test_that_results_of_dotevals_are_scored_again(tmp_path: Path, workspace: Workspace) -> None:
    (tmp_path / "moods.jsonl").write_text("\n".join(dotevals_lines()) + '\n{"item_id": 3, "resu')
    path, imported = import_file("dotevals", tmp_path / "moods.jsonl", workspace.evaluations)
    assert [row["score: exact"] for row in imported.rows[:2]] == [True, False]
    assert imported.left_out == [
        "the last line of moods.jsonl, which is torn",
        "answers of 1 items that errored",
    ]
    async with engine_in(workspace) as (engine, _):
        last = await finish(engine, await engine.start_run(str(path), Options("d")))
    assert (last.saved, last.scored, last.errored) == (3, 2, 1)
    assert last.scores[0].value == 0.5, "what errored there is not counted as wrong here"


def write_store(path: Path, **evaluations: list[str]) -> None:
    """The lines of JSON results as the SQLite storage of dotevals keeps them, of one experiment."""
    with closing(sqlite3.connect(path)) as store, store:
        store.executescript(
            "CREATE TABLE evaluations (id INTEGER PRIMARY KEY, experiment_name TEXT, evaluation_name TEXT, status TEXT,"
            " started_at REAL, completed_at REAL, metadata TEXT);"
            "CREATE TABLE results (id INTEGER PRIMARY KEY, evaluation_id INTEGER, item_id INTEGER, dataset_row TEXT,"
            " error TEXT, timestamp REAL, prompt TEXT, model_response TEXT);"
            "CREATE TABLE scores (id INTEGER PRIMARY KEY, result_id INTEGER, evaluator_name TEXT, value TEXT,"
            " metrics TEXT, metadata TEXT);"
        )
        for name, lines in evaluations.items():
            evaluation = store.execute(
                "INSERT INTO evaluations (experiment_name, evaluation_name, started_at) VALUES ('first', ?, 1)", (name,)
            ).lastrowid  # fmt: skip
            for line in map(json.loads, lines[1:]):
                result = line["result"]
                place = store.execute(
                    "INSERT INTO results (evaluation_id, item_id, dataset_row, error, prompt, model_response)"
                    " VALUES (?, ?, ?, ?, ?, ?)",
                    (evaluation, line["item_id"], json.dumps(line["dataset_row"]), result["error"], result["prompt"],
                     result["model_response"]),
                ).lastrowid  # fmt: skip
                for score in result["scores"]:
                    store.execute(
                        "INSERT INTO scores (result_id, evaluator_name, value) VALUES (?, ?, ?)",
                        (place, score["name"], json.dumps(score["value"])),
                    )


async def test_that_the_database_of_dotevals_gives_what_its_json_gives(
    tmp_path: Path, workspace: Workspace
) -> None:
    (tmp_path / "moods.jsonl").write_text("\n".join(dotevals_lines()))
    write_store(tmp_path / "results.db", moods=dotevals_lines())
    before = (tmp_path / "results.db").read_bytes()
    path, imported = import_file("dotevals", tmp_path / "results.db", workspace.evaluations)
    assert imported == read_dotevals(tmp_path / "moods.jsonl")
    assert (tmp_path / "results.db").read_bytes() == before
    async with engine_in(workspace) as (engine, _):
        last = await finish(engine, await engine.start_run(str(path), Options("d")))
    assert (last.saved, last.scored, last.errored) == (3, 2, 1)


def test_that_one_of_several_evaluations_in_a_database_is_named(tmp_path: Path) -> None:
    head, *lines = dotevals_lines()
    write_store(tmp_path / "results.db", moods=[head, *lines], short=[head, lines[0]])
    with pytest.raises(
        EvaluationError, match=r"2 evaluations; name one as 'results.db#first/moods'.*first/short"
    ):
        read_dotevals(tmp_path / "results.db")
    with pytest.raises(EvaluationError, match="holds no evaluation 'long'"):
        read_dotevals(tmp_path / "results.db#long")
    for choice in ("short", "first/short"):
        assert len(read_dotevals(Path(f"{tmp_path}/results.db#{choice}")).rows) == 1


@given(cut=st.integers(0, 20_000), junk=st.binary(max_size=9))
def test_that_a_damaged_database_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, cut: int, junk: bytes
) -> None:
    path = tmp_path_factory.mktemp("cut") / "a.db"
    write_store(path, moods=dotevals_lines())
    whole = path.read_bytes()
    path.write_bytes(whole[:cut] + junk + whole[cut + len(junk) :])
    try:
        assert len(read_dotevals(path).rows) <= 5
    except EvalStudioError as error:
        assert "a.db" in str(error)  # noqa: PT017


@pytest.mark.parametrize(
    ("form", "name", "content", "why"),
    [
        ("dotevals", "a.jsonl", '{"a": 1}', "does not begin as a results file"),
        ("dotevals", "a.jsonl", "[1]\n{}", "no object"),
        ("openai-evals", "a.jsonl", '{"input": "a"}\n{"input": [{"role": "system", "content": "x"}]}', "of their own"),
        ("openai-evals", "a.jsonl", '{"ideal": "a"}', "no samples"),
        ("openai-evals", "a.jsonl", '{"input": \n{}', "Line 1 of a.jsonl is not JSON"),
        ("openai-evals", "a.jsonl", '{"spec": {"run_id": "x"}}\n{"run_id": "x"}', "log of a run"),
        ("promptfoo", "a.yaml", "a: [", "is not YAML"),
        ("promptfoo", "a.yaml", "!!python/object/apply:os.system ['true']", "is not YAML"),
        ("promptfoo", "a.json", "[1, 2]", "no configuration of promptfoo"),
        ("promptfoo", "none.yaml", None, "cannot be read"),
    ],
)  # fmt: skip
def test_that_what_cannot_be_taken_is_said(
    tmp_path: Path, form: str, name: str, content: str | None, why: str
) -> None:
    if content is not None:
        (tmp_path / name).write_text(content)
    with pytest.raises(EvaluationError, match=why):
        import_file(form, tmp_path / name, tmp_path / "out")
    assert not (tmp_path / "out").exists()


@given(cut=st.integers(0, 2000), junk=st.binary(max_size=5))
def test_that_a_damaged_results_file_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, cut: int, junk: bytes
) -> None:
    path = tmp_path_factory.mktemp("cut") / "a.jsonl"
    path.write_bytes("\n".join(dotevals_lines()).encode()[:cut] + junk)
    try:
        assert len(read_dotevals(path).rows) <= 3
    except EvalStudioError as error:
        assert "a.jsonl" in str(error)  # noqa: PT017


def test_that_samples_without_text_or_ideal_are_counted(tmp_path: Path) -> None:
    lines = [
        {"input": "a\u2028b", "ideal": "x"},
        {"input": [{"role": "user", "content": "c", "name": "ann"}]},
        {"input": [{"role": "user", "content": [{"type": "image"}]}]},
        {"item": 5},
    ]
    (tmp_path / "s.jsonl").write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines))
    path, imported = import_file("openai-evals", tmp_path / "s.jsonl", tmp_path / "out")
    rows = [json.loads(line) for line in path.with_suffix(".jsonl").read_text().split("\n") if line]
    assert [row["message_1"] for row in rows] == ["a\u2028b", "c"]
    said = "; ".join(imported.left_out)
    assert "2 samples without an 'input'" in said
    assert "1 samples: they have no 'ideal'" in said
    assert "'name' of messages" in said


def test_that_the_command_names_what_was_written_and_left(tmp_path: Path) -> None:
    (tmp_path / "s.jsonl").write_text('{"input": "1+1=", "ideal": "2"}\n')
    arguments = ["import", "openai-evals", str(tmp_path / "s.jsonl"), "--output", str(tmp_path / "out")]
    done = CliRunner().invoke(evalstudio, arguments)
    assert done.exit_code == 0, done.output
    assert "1 sample and the evaluation" in done.output
    assert "Not taken over: the model" in done.output
    again = CliRunner().invoke(evalstudio, [*arguments, "--json"])
    assert json.loads(again.output)["evaluation"].endswith("s-2.toml"), "nothing is written over"
