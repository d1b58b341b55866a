"""Plain completions of the demo server: what it writes, and the log-probabilities of what it is given."""

import json
import math
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from evalstudio.engine.engine import Engine
from evalstudio.engine.models.prompt_logprobs import Continuation, read_logprobs
from evalstudio.engine.servers.demo.chat import BadRequest
from evalstudio.engine.servers.demo.completions import complete, read_completion
from evalstudio.evaluations.request import Options
from evalstudio.store.reader import Reader
from evalstudio.workspace.folder import Workspace
from tests.engine.servers.demo.support import demo_server

SCORED = {"max_tokens": 1, "logprobs": 1, "echo": True}
QUESTION = "What is the capital of France?\nA. Rome\nB. Paris\nC. Oslo\nD. Bern\nAnswer:"


def answered(prompt: Any, seed: int = 0, repeat: str = "0", **fields: Any) -> list[dict[str, Any]]:
    body = json.dumps({"model": "demo", "prompt": prompt, **fields}).encode()
    choices: list[dict[str, Any]] = json.loads(complete(read_completion(body), seed, repeat).body())[
        "choices"
    ]
    return choices


def likelihood(context: str, text: str, seed: int = 0) -> float:
    choice = answered(context + text, seed, **SCORED)[0]
    return read_logprobs(choice["text"], choice["logprobs"], None, Continuation(context, False, text)).logprob


@pytest.mark.parametrize(
    "prompt",
    ["one", "one two", " leading blank", "two  blanks\n\nand lines", "naïve café", "日本語の文", "a", "1 + 1 =", "emoji 🎈 here",
     "tabs\tand\r\nends", QUESTION + " B", "x" * 3000],
)  # fmt: skip
def test_that_an_echoed_prompt_has_a_log_probability_for_each_token(prompt: str) -> None:
    (choice,) = answered(prompt, **SCORED)
    told = choice["logprobs"]
    assert choice["text"].startswith(prompt)
    assert "".join(told["tokens"]) == choice["text"]
    assert len({len(told[name]) for name in ("tokens", "token_logprobs", "top_logprobs", "text_offset")}) == 1
    assert told["token_logprobs"][0] is None
    assert all(value < 0 for value in told["token_logprobs"][1:])
    for own, top in zip(told["token_logprobs"][1:], told["top_logprobs"][1:], strict=True):
        assert own in top.values()
        assert sum(map(math.exp, top.values())) < 1


def test_that_a_log_probability_follows_from_seed_and_text_alone() -> None:
    assert likelihood("The sky is", " blue") == likelihood("The sky is", " blue")
    assert (
        answered(["The sky is blue", "x"], **SCORED)[0]["logprobs"]
        == answered("The sky is blue", **SCORED)[0]["logprobs"]
    )
    assert likelihood("The sky is", " blue") != likelihood("The sea is", " blue")
    assert likelihood("The sky is", " blue") != likelihood("The sky is", " green")
    assert likelihood("The sky is", " blue") != likelihood("The sky is", " blue", seed=1)


@pytest.mark.parametrize("examples", ["", "What is the largest ocean?\nA. Arctic\nB. Pacific\nAnswer: B\n\n"])
def test_that_the_letter_that_the_model_knows_is_the_likeliest(examples: str) -> None:
    found = {letter: likelihood(examples + QUESTION, f" {letter}") for letter in "ABCD"}
    assert max(found, key=lambda letter: found[letter]) == "B"


def test_that_the_model_may_or_may_not_write_what_it_is_given() -> None:
    greedy = set()
    for number in range(20):
        context, text = f"Case {number}:", " yes"
        choice = answered(context + text, **SCORED)[0]
        asked = Continuation(context, False, text)
        greedy.add(read_logprobs(choice["text"], choice["logprobs"], None, asked).greedy)
    assert greedy == {True, False}


@pytest.mark.parametrize(
    ("prompt", "fields", "text", "finish"),
    [
        ("Q: Tom has 3 apples and buys 4 more. How many? Give only the number.", {}, " 7", "stop"),
        ("Example: 1 + 1 = 2\n\nWhat is 2 + 3? Give only the number.", {}, " 5", "stop"),
        ("What is 2 + 3?", {"max_tokens": 2}, " Let me", "length"),
        ("What is 2 + 3?", {"max_tokens": 100, "stop": ["step"]}, " Let me work it out ", "stop"),
        ("What is 2 + 3?", {"max_tokens": 100, "stop": "me"}, " Let ", "stop"),
        ("What is 2 + 3?", {"max_tokens": 0}, "", "length"),
        ("What is 2 + 3?", {"max_tokens": 0, "echo": True}, "What is 2 + 3?", "length"),
        ("What is 2 + 3?", {"max_tokens": 1, "echo": True}, "What is 2 + 3? Let", "length"),
    ],
)
def test_that_a_text_goes_on(prompt: str, fields: dict[str, Any], text: str, finish: str) -> None:
    (choice,) = answered(prompt, seed=3, **fields)
    assert (choice["text"], choice["finish_reason"], choice["logprobs"]) == (text, finish, None)


@pytest.mark.parametrize(
    ("fields", "word"),
    [
        ({}, "prompt"), ({"prompt": 5}, "prompt"), ({"prompt": []}, "prompt"), ({"prompt": [1, 2]}, "prompt"),
        ({"prompt": "x", "stream": True}, "stream"), ({"prompt": "x", "n": 2}, "'n'"),
        ({"prompt": "x", "max_tokens": -1}, "max_tokens"), ({"prompt": "x", "logprobs": -1}, "logprobs"),
        ({"prompt": "x", "logprobs": "yes"}, "logprobs"), ({"prompt": "x", "echo": "yes"}, "echo"),
    ],
)  # fmt: skip
def test_that_a_bad_request_is_told(fields: dict[str, Any], word: str) -> None:
    with pytest.raises(BadRequest, match=word):
        read_completion(json.dumps({"model": "demo", **fields}).encode())


async def test_that_the_server_completes_over_http() -> None:
    body = {"model": "demo", "prompt": ["a b", "c d"], **SCORED}
    async with demo_server() as demo:
        reply = await demo.post("/v1/completions", body)
        again = await demo.post("/v1/completions", body)
        bad = await demo.post("/v1/completions", {"model": "demo"})
        stats = (await demo.get("/stats")).body
        await demo.change(manner="end-abort", odd=1.0)
        plain = await demo.post("/v1/completions", body)
    assert reply.status == again.status == plain.status == 200
    assert reply.body["choices"] == again.body["choices"] == plain.body["choices"]
    assert [choice["index"] for choice in reply.body["choices"]] == [0, 1]
    assert reply.body["usage"] == {"prompt_tokens": 4, "completion_tokens": 2, "total_tokens": 6}
    assert (bad.status, bad.body["error"]["type"]) == (400, "invalid_request_error")
    assert stats["statuses"] == {"200": 2, "400": 1}


async def test_that_log_likelihoods_are_compared_on_the_demo_model(tmp_path: Path) -> None:
    """As lm-eval's multiple-choice tasks ask: the contexts and continuations of a document in one call."""
    rows = [
        {"requests": [[QUESTION, f" {letter}"] for letter in "ABCD"]},
        {"requests": [["", "A text of its own."]]},
    ]
    (tmp_path / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (tmp_path / "compared.toml").write_text(
        'name = "compared"\nmodel = "demo/instant"\napi = "completions"\ndataset = { path = "rows.jsonl" }\n'
        'messages = [{ role = "user", content = "-" }]\n'
        "parameters = { max_tokens = 1, logprobs = 1, echo = true, temperature = 0 }\n"
    )
    workspace = Workspace(tmp_path / "workspace")
    answers = []
    engine = Engine(workspace)
    await engine.start()
    try:
        for name in ("one", "two"):
            run = await engine.start_run(str(tmp_path / "compared.toml"), Options(experiment=name))
            final = await engine.finished(run)
            with closing(Reader(workspace)) as reader:
                found = [reader.details(record) for record in reader.record_ids(final.run_id)]
            answers.append([json.loads(one.record.answer or "") for one in found if one is not None])
    finally:
        await engine.aclose()
    assert answers[0] == answers[1]
    first, second = answers[0]
    assert max(first, key=lambda row: row["logprob"])["continuation"] == " B"
    assert [row["continuation"] for row in second] == ["A text of its own."]
