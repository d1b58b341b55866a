"""A configuration as people write it: what it says is taken over or named, never dropped."""

import json
import resource
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalstudio.errors import EvalStudioError, EvaluationError
from evalstudio.evaluations.request import Options
from evalstudio.importers import import_file
from evalstudio.importers.promptfoo import read_promptfoo
from evalstudio.workspace.folder import Workspace
from tests.engine.support import engine_in, finish

CONFIG = """
description: Support desk
prompts:
  - file://prompts/*.txt
  - {id: file://prompts/chat.yaml, label: chat, config: {a: 1}}
  - {label: chat, raw: "Once more: {{ question | dump }}"}
  - prompts/missing.js
providers:
  - id: openai:chat:gpt-4o-mini
    label: small
    config: {temperature: 0.2, apiKeyEnvar: DESK_KEY}
  - openai:gpt-4o: {config: {temperature: 0.2, max_tokens: 9}}
  - openai:embedding:text-embedding-3-small
  - id: ollama:chat:qwen3:8b
    config: {apiBaseUrl: "{{ env.OLLAMA }}"}
  - google:gemini-2.5-flash
defaultTest:
  vars: {tone: polite, greeting: "Be {{ tone }}."}
  options: {transform: output.trim()}
  metadata: {team: desk}
  assert: [{type: regex, value: "."}]
tests:
  - file://more.yaml
  - path: file://tests.csv
    config: {sheet: 1}
  - description: inline
    vars: file://vars.yaml
    threshold: 0.5
    assert:
      - type: assert-set
        threshold: 0.5
        assert:
          - {type: icontains, value: "{{ name }}", weight: 2, metric: names}
          - {type: contains-json, value: file://schema.json}
      - {type: not-contains, value: sorry}
      - {$ref: "#/assertionTemplates/kind"}
  - vars: {question: file://long.txt, picture: file://cat.png}
    assert: [{type: equals, value: file://../out.txt}, {type: levenshtein, value: "{{ question }}", threshold: 5}]
"""
CSV = (
    'question,__expected,__expected2,__description,__metadata:tags[],__threshold\n'
    'Where?,"Note: here","levenshtein(3): here",first,"a,b\\,c",0.5\n'
    'When?,not-contains: never,"contains-any: ""at once, now"", soon",,,\n'
    'Who?,http://example.com,,,,,too much\n'
)  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "prompts").mkdir()
    (tmp_path / "prompts" / "a.txt").write_text("{{ greeting }} {{question}}\n---\nShort: {{question}}\n")
    (tmp_path / "prompts" / "chat.yaml").write_text(
        "- {role: system, content: '{{greeting}}'}\n- {role: user, content: '{{question}}', name: x}\n"
    )
    (tmp_path / "more.yaml").write_text(
        '- {vars: {question: "Why?"}, assert: [{type: equals, value: So}]}\n- 5\n'
    )
    (tmp_path / "vars.yaml").write_text("question: What?\nname: Ada\n")
    (tmp_path / "tests.csv").write_text(CSV)
    (tmp_path / "long.txt").write_text("A long question?")
    (tmp_path / "schema.json").write_text('{"type": "object"}')
    (tmp_path / "config.yaml").write_text(CONFIG)
    return tmp_path


def taken(folder: Path) -> tuple[dict[str, Any], list[dict[str, Any]], str]:
    path, imported = import_file("promptfoo", folder / "config.yaml", folder / "out")
    rows = [json.loads(line) for line in path.with_suffix(".jsonl").read_text().split("\n") if line]
    return tomllib.loads(path.read_text()), rows, "\n".join(imported.left_out)


def test_that_prompts_of_files_labels_and_chats_are_all_there(folder: Path) -> None:
    table, _, _ = taken(folder)
    prompts = table["grid"]["prompts"]
    assert [label for label in prompts if label.startswith("prompt 1")] == ["prompt 1", "prompt 1 (2)"]
    assert prompts["prompt 1"][0]["content"].strip() == "{{ greeting }} {{question}}"
    assert [message["role"] for message in prompts["chat"]] == ["system", "user"]
    assert prompts["chat (2)"][0]["content"] == "Once more: {{ question |tojson }}"


def test_that_models_are_those_that_answer_chats(folder: Path) -> None:
    table, _, _ = taken(folder)
    small = {"provider": "openai", "name": "gpt-4o-mini", "key": "DESK_KEY"}
    assert table["grid"]["models"] == [small, "openai/gpt-4o", "gemini/gemini-2.5-flash"]
    assert table["parameters"] == {"temperature": 0.2, "max_tokens": 9}


def test_that_tests_of_every_form_are_rows(folder: Path) -> None:
    _, rows, _ = taken(folder)
    assert [row["question"] for row in rows] == [
        "Why?",
        "Where?",
        "When?",
        "Who?",
        "What?",
        "A long question?",
    ]
    assert {row["greeting"] for row in rows} == {"Be polite."}
    assert {row["metadata_team"] for row in rows} == {"desk"}
    assert [row["description"] for row in rows] == [None, "first", None, None, "inline", None]
    assert rows[1]["metadata_tags"] == ["a", "b,c"]
    assert [row["assert_equals"] for row in rows][:4] == ["So", "Note: here", None, "http://example.com"]
    assert rows[2]["assert_contains_any"] == ["at once, now", "soon"]
    assert rows[4]["assert_icontains"] == "Ada"
    assert rows[5]["assert_levenshtein"] == "A long question?"


def test_that_all_else_is_named(folder: Path) -> None:
    _, _, said = taken(folder)
    for what in (
        "prompts/missing.js", "'config' of the prompt 'chat'", "'name' of messages", "'label' of the provider openai:chat",
        "openai:embedding", "ollama:chat:qwen3:8b", "that 'temperature' is for", "that 'max_tokens' is for",
        "'options' of the default test", "tests that are no mapping", "'config' of the tests in", "'threshold' of tests",
        "assert-set", "the weight of 'icontains'", "the metric of 'icontains'", "'contains-json' (it differs",
        "'not-contains'", "assertionTemplates/kind", "cat.png", "out.txt", "the threshold of 'levenshtein'",
        "__threshold", "beyond its header",
    ):  # fmt: skip
        assert what in said, what


async def test_that_it_runs(folder: Path, workspace: Workspace) -> None:
    path, _ = import_file("promptfoo", folder / "config.yaml", workspace.evaluations)
    name = f"{path}#openai/gpt-4o, chat"
    async with engine_in(workspace) as (engine, _heard):
        last = await finish(engine, await engine.start_run(name, Options("x", model="demo/instant")))
    assert (last.saved, last.errored) == (6, 0)


def test_that_a_prompt_that_cannot_be_rendered_is_named(tmp_path: Path) -> None:
    (tmp_path / "c.yaml").write_text(
        "prompts: ['{{ question }} {{ env.HOME }}']\ntests: [{vars: {question: a}}]\n"
    )
    _, imported = import_file("promptfoo", tmp_path / "c.yaml", tmp_path / "out")
    assert "uses 'env'" in "; ".join(imported.left_out)


def test_that_a_broken_csv_is_said_and_a_large_cell_is_none(tmp_path: Path) -> None:
    (tmp_path / "big.csv").write_text("q,__expected\n" + "x" * 300_000 + ",y\n")
    _, imported = import_file("promptfoo", tmp_path / "big.csv", tmp_path / "out")
    assert len(imported.rows[0]["q"]) == 300_000
    (tmp_path / "bad.yaml").write_text("tests: file://none.csv\n")
    with pytest.raises(EvaluationError, match=r"none\.csv cannot be read \(No such file"):
        import_file("promptfoo", tmp_path / "bad.yaml", tmp_path / "out")


KEYS = st.sampled_from(
    ["prompts", "providers", "tests", "defaultTest", "vars", "assert", "type", "value", "id", "config", "raw", "label",
     "path", "role", "content", "regex", "equals", "openai:chat:x", "file://a.csv", "description", "metadata", "{{ a }}"]
)  # fmt: skip
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | KEYS | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=20,
)


@settings(max_examples=150, deadline=None)
@given(config=st.dictionaries(KEYS, VALUES, max_size=5))
def test_that_any_configuration_is_taken_or_refused(
    tmp_path_factory: pytest.TempPathFactory, config: dict[str, Any]
) -> None:
    folder = tmp_path_factory.mktemp("any")
    (folder / "c.json").write_text(json.dumps(config))
    try:
        import_file("promptfoo", folder / "c.json", folder / "out")
    except EvalStudioError as error:
        assert str(error)  # noqa: PT017


def nested(levels: int, width: int = 9) -> str:
    lines = ["a0: &a0 [x, y]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * width)}]" for n in range(1, levels)]
    return "\n".join(lines) + f"\ntests: [{{ vars: {{ x: *a{levels - 1} }} }}]\n"


def lists(count: int, length: int) -> str:
    values = ", ".join(f"v{n}: {list(range(length))}" for n in range(count))
    return f"tests: [{{ vars: {{ {values} }} }}]\n"


TOO_MUCH = {
    "aliases": nested(9),
    "aliases, deep": nested(40, 2),
    "aliases, wide": nested(4, 200),
    "aliases in mappings": "a: &a {x: 1, y: 2}\n"
    + "".join(
        f"b{n}: &b{n} {{p: *{'a' if n == 0 else f'b{n - 1}'}, q: *{'a' if n == 0 else f'b{n - 1}'}}}\n"
        for n in range(30)
    ),
    "a list in itself": "a: &a [1, *a]\ntests: [{ vars: { x: *a } }]\n",
    "a mapping in itself": "a: &a { x: *a }\ntests: [*a]\n",
    "six lists": lists(6, 30),
    "two lists": lists(2, 400),
    "forty lists": lists(40, 2),
    "many tests": "tests:\n"
    + "- { vars: { a: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10], b: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10] } }\n" * 1_100,
    "a default of many": f"defaultTest: {{ vars: {{ a: {list(range(400))} }} }}\n" + lists(1, 400),
}


@pytest.mark.parametrize("text", TOO_MUCH.values(), ids=TOO_MUCH)
def test_that_a_configuration_that_multiplies_is_refused_soon(tmp_path: Path, text: str) -> None:
    path = tmp_path / "promptfooconfig.yaml"
    path.write_text(f"prompts: ['{{{{ x }}}}']\n{text}")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(EvaluationError, match=r"more than 1,000,000 values|samples"):
        read_promptfoo(path)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 400_000  # kB


def test_that_lists_and_references_of_ordinary_size_are_taken(tmp_path: Path) -> None:
    path = tmp_path / "promptfooconfig.yaml"
    path.write_text(
        "prompts: ['{{ v0 }} {{ v1 }}']\nshared: &s [{ type: equals, value: a }]\n" + lists(2, 30)
    )
    assert len(read_promptfoo(path).rows) == 900
