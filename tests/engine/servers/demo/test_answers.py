"""What the demo model answers, and what it depends on."""

import asyncio
import csv
import json
import random
import re
import tomllib
from pathlib import Path
from typing import Any

import jinja2
import jsonschema
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalstudio.engine.servers.demo.answers import answer_text
from evalstudio.engine.servers.demo.chat import ChatRequest, count_prompt, encode, pieces
from evalstudio.engine.servers.demo.draws import request_key
from evalstudio.engine.servers.demo.extraction import fill
from tests.engine.servers.demo.support import demo_server

EXAMPLES = Path(__file__).parents[4] / "resources" / "examples"
TEXTS = [
    f"The {thing} is {kind}."
    for thing in ("sofa", "soup", "tent", "film")
    for kind in ("okay", "red", "fast", "new")
]


def schema_form(schema: Any) -> dict[str, Any]:
    return {"type": "json_schema", "json_schema": {"name": "s", "schema": schema}}


def samples(name: str) -> list[tuple[ChatRequest, Any]]:
    """(request, expected) of each sample of an example, rendered as the engine does."""
    table = tomllib.loads((EXAMPLES / f"{name}.toml").read_text(encoding="utf-8"))
    path = EXAMPLES / table["dataset"]["path"]
    if path.suffix == ".csv":
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
    else:
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    columns = table["dataset"].get("columns", {})
    found = []
    for row in rows:
        values = row | {new: row[old] for new, old in columns.items()}
        messages = [
            {"role": m["role"], "content": jinja2.Template(m["content"]).render(values)}
            for m in table["messages"]
        ]
        body = {"model": "demo", "messages": messages} | table["parameters"]
        found.append((msgspec.convert(body, ChatRequest), values["expected"]))
    return found


def right(name: str, answer: str, expected: Any) -> bool:
    if name == "extraction":
        return bool(json.loads(answer) == expected)
    if name == "arithmetic":
        numbers = re.findall(r"-?\d+(?:\.\d+)?", answer)
        return bool(numbers) and float(numbers[-1]) == expected
    return answer == expected


def share_right(name: str, seed: int) -> float:
    rows = samples(name)
    answers = [answer_text(request, request_key(seed, encode(request.messages), "0")) for request, _ in rows]
    return sum(right(name, answer, rows[i][1]) for i, answer in enumerate(answers)) / len(rows)


@pytest.mark.parametrize("seed", range(5))
def test_that_the_eight_clear_reviews_are_all_judged_right(seed: int) -> None:
    assert share_right("sentiment-8", seed) == 1


@pytest.mark.parametrize(
    ("name", "rows"), [("sentiment", 200), ("arithmetic", 60), ("multiple-choice", 50), ("extraction", 50)]
)
def test_that_an_example_is_mostly_but_not_all_right(name: str, rows: int) -> None:
    assert len(samples(name)) >= rows
    assert 0.75 <= share_right(name, seed=0) < 1


def test_that_an_extracted_object_fits_its_schema() -> None:
    for request, _ in samples("extraction"):
        assert request.response_format is not None
        assert request.response_format.json_schema is not None
        answer = answer_text(request, b"key")
        jsonschema.validate(json.loads(answer), request.response_format.json_schema["schema"])


@pytest.mark.parametrize(
    "text", ["", "  two  spaces", "naïve café – 12,5 €\n\nend ", "x" * 40, "日本語 テキスト", "\u202eabc"]
)
def test_that_pieces_join_to_the_text(text: str) -> None:
    assert "".join(pieces(text)) == text


JSON = st.recursive(
    st.none() | st.booleans() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["type", "properties", "items", "enum", "anyOf", "$ref", "const", "name", "amount"]
            ),
            inner,
        )
    ),
    max_leaves=8,
)


@given(
    system=st.sampled_from(["", "Answer in JSON.", "One word: positive or negative?", "Solve it."]),
    text=st.text()
    | st.from_regex(r"[0-9 ,.%$€]{0,12} (each|half|split|left) [0-9.]{0,5} \n?A\) x\nB\) y", fullmatch=True),
    form=st.none()
    | st.just({"type": "json_object"})
    | st.builds(schema_form, st.dictionaries(st.text(max_size=5), JSON)),
)
def test_that_every_text_and_schema_gets_an_answer(system: str, text: str, form: Any) -> None:
    messages = [{"role": "system", "content": system}, {"role": "user", "content": text}]
    request = msgspec.convert({"model": "m", "messages": messages, "response_format": form}, ChatRequest)
    answer = answer_text(request, b"key")
    assert answer == answer_text(request, b"key") != ""
    if form is not None:
        json.loads(answer)


def test_that_schemas_may_refer_and_choose() -> None:
    schema = {
        "properties": {
            "who": {"$ref": "#/$defs/Person"},
            "paid": {"anyOf": [{"$ref": "#/$defs/Sum"}, {"type": "null"}]},
        },
        "$defs": {
            "Person": {
                "type": "object",
                "properties": {"name": {"type": "string"}, "boss": {"$ref": "#/$defs/Person"}},
            },
            "Sum": {
                "type": "object",
                "properties": {"amount": {"type": "number"}, "currency": {"enum": ["EUR", "USD"]}},
            },
        },
    }
    value = fill(schema, "Clara Nyman paid $240 on 3 March 2024.", b"key")
    assert value["who"]["name"] == "Clara Nyman"
    assert value["paid"] == {"amount": 240, "currency": "USD"}


async def test_that_answers_do_not_depend_on_the_order_of_arrival() -> None:
    jobs = [(text, repeat) for text in TEXTS for repeat in range(3)]
    orders = [jobs, random.Random(3).sample(jobs, len(jobs))]
    seen = []
    for order in orders:
        async with demo_server("fast", step_base=0.001, step_per_call=0.0005) as demo:
            replies = await asyncio.gather(*(demo.ask(text, repeat) for text, repeat in order))
            seen.append({job: (r.text, r.body["usage"]) for job, r in zip(order, replies, strict=True)})
    assert seen[0] == seen[1]
    assert (
        len({seen[0][TEXTS[0], repeat][1]["completion_tokens"] for repeat in range(3)}) > 1
    )  # repeats differ
    async with demo_server("instant", seed=1) as demo:
        other = {job: (await demo.ask(*job)).text for job in jobs}
    assert other != {job: text for job, (text, _) in seen[0].items()}


async def test_that_a_stream_says_the_same_as_one_body() -> None:
    async with demo_server("fast", step_base=0.0001, step_per_call=0) as demo:
        question = {"messages": [{"role": "user", "content": "What do you think of the sentiment here?"}]}
        whole = await demo.ask("", **question)
        events = await demo.events("", **question, stream_options={"include_usage": True})
        plain = await demo.events("", **question)
    assert events[-1] == plain[-1] == "[DONE]"
    assert events[-2]["choices"] == []
    assert events[-2]["usage"] == whole.body["usage"]
    assert all("usage" not in one for one in plain[:-1])
    choices = [one["choices"][0] for one in events[:-2]]
    assert "".join(choice["delta"].get("content", "") for choice in choices) == whole.text
    assert [choice["finish_reason"] for choice in choices] == [None] * (len(choices) - 1) + ["stop"]
    assert len(choices) > 4


async def test_that_usage_counts_prompt_and_answer() -> None:
    async with demo_server() as demo:
        reply = await demo.ask("I love it.")
    request = msgspec.convert(demo.request("I love it."), ChatRequest)
    assert reply.text == "positive"
    assert reply.body["usage"] == {
        "prompt_tokens": count_prompt(request.messages),
        "completion_tokens": len(pieces("positive")),
        "total_tokens": count_prompt(request.messages) + len(pieces("positive")),
    }


async def test_that_max_tokens_cuts_the_answer() -> None:
    ask = {"messages": [{"role": "user", "content": "Hello there"}], "max_tokens": 3}
    async with demo_server("fast", step_base=0, step_per_call=0) as demo:
        full = await demo.ask("", messages=ask["messages"])
        cut = await demo.ask("", **ask)
        events = await demo.events("", **ask)
    assert cut.body["choices"][0]["finish_reason"] == "length"
    assert cut.body["usage"]["completion_tokens"] == 3
    assert full.text.startswith(cut.text)
    assert len(cut.text) < len(full.text)
    assert events[-2]["choices"][0]["finish_reason"] == "length"


@pytest.mark.parametrize(
    ("form", "keys"),
    [
        ({"type": "json_object"}, {"sentiment"}),
        (
            {
                "type": "json_schema",
                "json_schema": {
                    "name": "s",
                    "schema": {
                        "type": "object",
                        "properties": {"label": {"enum": ["positive", "negative"]}, "n": {"type": "integer"}},
                    },
                },
            },
            {"label", "n"},
        ),
    ],
)
async def test_that_response_format_is_answered_with_json(form: dict[str, Any], keys: set[str]) -> None:
    async with demo_server() as demo:
        reply = await demo.ask("I love it, it is perfect.", response_format=form)
    value = json.loads(reply.text)
    assert set(value) == keys
    assert "positive" in value.values()
