"""Plain completions over a real socket: a text goes on, several texts are compared in one call."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web

from evalstudio.core.outcome import Outcome
from evalstudio.engine.models.call import CallResult, Request
from evalstudio.engine.models.completions import CompletionsModel
from evalstudio.evaluations.spec import TimeOuts
from evalstudio.models.settings import ModelSettings
from evalstudio.templating.templates import Message
from tests.engine.benchmarks.scripted_server import ScriptedServer


@pytest.fixture
async def served(request: pytest.FixtureRequest) -> AsyncIterator[tuple[ScriptedServer, CompletionsModel]]:
    server = ScriptedServer(form=getattr(request, "param", "openai"))
    runner = web.AppRunner(server.app())
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    settings = ModelSettings("vllm", "m", base_url=f"http://{host}:{port}/v1")
    model = CompletionsModel(settings, None, {"echo": True, "logprobs": 1, "max_tokens": 1}, TimeOuts())
    yield server, model
    await model.aclose()
    await runner.cleanup()


async def ask(model: CompletionsModel, prompt: str, requests: Any = None) -> CallResult:
    request = Request((Message("user", prompt),), 0, {"requests": requests})
    return await model.call(request, lambda parts: None)


@pytest.mark.parametrize("served", ["openai", "llama.cpp"], indirect=True)
async def test_that_choices_are_compared_in_one_call(served: Any) -> None:
    server, model = served
    result = await ask(model, "Q: one?", [["Q: one?", " A"], ["Q: one?", " B"]])
    assert result.outcome is Outcome.OK
    assert result.answer is not None
    rows = json.loads(result.answer.text)
    assert [row["continuation"] for row in rows] == [" A", " B"]
    assert rows[0]["logprob"] != rows[1]["logprob"]
    assert all(row["logprob"] < 0 for row in rows)
    assert [prompt for _, prompt, _ in server.log] == ["Q: one? A", "Q: one? B"]


async def test_that_an_empty_context_is_the_token_with_which_texts_begin(served: Any) -> None:
    server, model = served
    await ask(model, "A page.", [["", "A page."]])
    assert server.log[0][1] == "<|endoftext|>A page."


@pytest.mark.parametrize("served", ["none"], indirect=True)
async def test_that_an_endpoint_without_log_probabilities_ends_the_run_with_a_sentence(served: Any) -> None:
    _, model = served
    result = await ask(model, "Q", [["Q", " A"]])
    assert result.outcome is Outcome.CLIENT_ERROR
    assert result.fatal
    assert "echo with logprobs" in result.message


async def test_that_a_text_goes_on() -> None:
    server = ScriptedServer()
    runner = web.AppRunner(server.app())
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    settings = ModelSettings("vllm", "m", base_url=f"http://{host}:{port}/v1/completions")
    model = CompletionsModel(settings, None, {"max_tokens": 5}, TimeOuts())
    result = await ask(model, "Say. [say: hello]")
    assert result.outcome is Outcome.OK
    assert result.answer is not None
    assert result.answer.text
    assert server.log[0][:2] == ("completion", "Say. [say: hello]")
    await model.aclose()
    await runner.cleanup()
