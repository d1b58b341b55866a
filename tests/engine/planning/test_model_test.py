"""Trying a model before a run: what is wrong is told apart, over real sockets."""

import asyncio
import json
import socket
import ssl
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
import trustme

from evalstudio.engine.planning.model_test import list_models, try_model
from evalstudio.errors import ModelError
from evalstudio.evaluations.spec import TimeOuts
from evalstudio.models.settings import ModelSettings
from tests.engine.models.scripted import Connection, Script, completion, reply, scripted

QUICK = TimeOuts(connect=0.3, attempt=0.5)


def at(url: str, name: str = "m-1", **changes: Any) -> ModelSettings:
    return ModelSettings("openai", name, url, **changes)


async def trouble(settings: ModelSettings, timeouts: TimeOuts = QUICK) -> str:
    """The sentence of the error that trying a model ends in."""
    with pytest.raises(ModelError) as caught:
        await try_model(settings, timeouts)
    return str(caught.value)


def routes(chat: Script, models: Script) -> Script:
    async def script(connection: Connection) -> None:
        await (models if connection.asked.method == "GET" else chat)(connection)

    return script


def listing(*names: str) -> Script:
    return reply({"object": "list", "data": [{"id": name, "object": "model"} for name in names]})


async def test_that_a_model_that_answers_is_called_once_and_its_time_told() -> None:
    async with scripted(reply(completion())) as server:
        said = await try_model(at(server.url), QUICK)
    assert said.startswith("openai/m-1 answered in 0.")
    assert server.calls == 1


async def test_that_anthropic_is_tried_in_its_own_format() -> None:
    answer = {"type": "message", "content": [{"type": "text", "text": "hello"}], "stop_reason": "end_turn"}
    async with scripted(routes(reply(answer), listing("claude-a", "claude-b"))) as server:
        settings = ModelSettings("anthropic", "claude-a", server.url)
        assert "answered in" in await try_model(settings, QUICK)
        assert await list_models(settings) == ["claude-a", "claude-b"]
    assert server.asked[0].target == "/v1/messages"


async def test_that_a_host_that_cannot_be_found_is_named() -> None:
    said = await trouble(at("http://no-such-host.invalid/v1"), TimeOuts(connect=10, attempt=20))
    assert "The name 'no-such-host.invalid' cannot be found; check the base URL" in said


async def test_that_a_port_where_nothing_listens_is_told() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    said = await trouble(at(f"http://127.0.0.1:{port}/v1"))
    assert (
        f"Nothing listens at 127.0.0.1:{port} (connection refused); check that the server is running" in said
    )


@pytest.fixture
def full_port() -> Iterator[int]:
    """A port that takes no further connection."""
    with ExitStack() as stack:
        listener = stack.enter_context(socket.socket())
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _ in range(4):
            other = stack.enter_context(socket.socket())
            other.setblocking(False)
            other.connect_ex(listener.getsockname())
        yield listener.getsockname()[1]


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a full port refuses")
async def test_that_a_connection_that_is_not_made_in_time_is_told(full_port: int) -> None:
    said = await trouble(at(f"http://127.0.0.1:{full_port}/v1"), TimeOuts(connect=0.3, attempt=5))
    assert f"No connection to 127.0.0.1:{full_port} could be made in time" in said


async def test_that_an_answer_that_does_not_come_in_time_is_told_from_no_connection() -> None:
    async def script(connection: Connection) -> None:
        await asyncio.Event().wait()

    async with scripted(script) as server:
        assert "did not complete its answer within 0.5 s" in await trouble(at(server.url))


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (401, {"error": {"message": "bad key"}}, "does not accept the API key (401: bad key); check the key"),
        (403, "no", "refuses access (403: no); check what the API key may do"),
        (
            404,
            "<html><title>404 Not Found</title></html>",
            "has no chat completions at /v1/chat/completions (404",
        ),
        (429, "slow down", "asks for fewer requests (429: slow down)"),
        (402, "pay", "has no credit or quota left for this API key (402: pay)"),
        (500, "oops", "answered with an error (500: oops)"),
        (200, "<html>", "answered with a web page"),
        (200, {"hello": "world"}, "holds no message of a chat completion; check the base URL"),
        (302, "", "sends us elsewhere (302"),
    ],
)
async def test_that_each_answer_that_is_an_error_has_a_sentence_of_its_own(
    status: int, body: Any, said: str
) -> None:
    async with scripted(reply(body, status)) as server:
        assert said in await trouble(at(server.url))


async def test_that_names_close_to_a_missing_model_are_offered() -> None:
    missing = reply(
        {"error": {"message": "The model `gpt-4o-mni` does not exist", "code": "model_not_found"}}, 404
    )
    names = ["whisper-1", "gpt-4o", "gpt-4o-mini", "dall-e-3"]
    async with scripted(routes(missing, listing(*names))) as server:
        said = await trouble(at(server.url, "gpt-4o-mni"))
        assert "has no model 'gpt-4o-mni'" in said
        assert "Close to 'gpt-4o-mni' it has gpt-4o-mini, gpt-4o." in said
        assert "It has whisper-1, gpt-4o, gpt-4o-mini, dall-e-3." in await trouble(at(server.url, "zzz"))
        assert "it has gpt-4o-mini" in await trouble(at(server.url, "MINI"))
    async with scripted(routes(missing, reply("no list here", 404))) as server:
        said = await trouble(at(server.url, "gpt-4o-mni"))
        assert said.endswith("check the model's name.")


@pytest.mark.parametrize(
    "url",
    [
        "api.example.com/v1",
        "",
        "ftp://example.com",
        "http://",
        "https:///v1",
        "http://host:port/v1",
        "http://[::1",
    ],
)
async def test_that_a_base_url_that_is_none_is_told(url: str) -> None:
    said = await trouble(at(url))
    assert "base URL" in said


async def test_that_a_reply_that_is_no_list_of_models_is_told() -> None:
    for script, words in (
        (reply("<html>"), "not with a list of models"),
        (reply({"data": "x"}), "not with a list of models"),
        (reply(b"\xff"), "not with a list of models"),
        (reply({"error": {"message": "bad key"}}, 401), "does not accept the API key"),
    ):
        async with scripted(script) as server:
            with pytest.raises(ModelError, match=words):
                await list_models(at(server.url))


async def test_that_a_list_without_end_is_cut_off() -> None:
    async def script(connection: Connection) -> None:
        await connection.head()
        while True:
            await connection.send(b" " * 65_536)

    async with scripted(script) as server:
        with pytest.raises(ModelError, match="not with a list of models"):
            await list_models(at(server.url))


def context_for(name: str, authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert(name).configure_cert(context)
    return context


async def test_that_an_untrusted_certificate_is_told_with_what_to_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority = trustme.CA()
    ours = context_for("127.0.0.1", authority)
    async with scripted(reply(completion()), tls=ours) as server:
        said = await trouble(at(server.url), TimeOuts(connect=5, attempt=5))
        assert "is not trusted" in said
        assert "SSL_CERT_FILE" in said
        authority.cert_pem.write_to_path(str(tmp_path / "authority.pem"))
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
        assert "answered in" in await try_model(at(server.url), TimeOuts(connect=5, attempt=5))
        said = await trouble(at(server.url.replace("https", "http")), TimeOuts(connect=5, attempt=5))
        assert "127.0.0.1" in said
    async with scripted(reply(completion()), tls=context_for("other.example.org", authority)) as server:
        said = await trouble(at(server.url), TimeOuts(connect=5, attempt=5))
        assert "is made out to another name; check the host" in said
    async with scripted(reply(completion())) as server:
        said = await trouble(at(server.url.replace("http", "https")), TimeOuts(connect=5, attempt=5))
        assert "does not speak TLS; if the server has none, begin the base URL with http://" in said


async def test_that_query_and_headers_of_an_endpoint_are_sent_with_their_keys(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AZURE_KEY", "azure-planted-key-0123456789")
    monkeypatch.setenv("QUERY_KEY", "query+planted/key=0123456789")
    async with scripted(routes(reply(completion()), listing("m-1"))) as server:
        base = server.url.removesuffix("/v1") + "/openai/deployments/d1"
        settings = at(
            f"{base}/chat/completions?api-version=2024-10-21&key=env:QUERY_KEY",
            headers={"api-key": "env:AZURE_KEY", "X-Team": "evals"},
        )
        assert "answered in" in await try_model(settings, QUICK)
        assert await list_models(settings) == ["m-1"]
    first, second = server.asked
    path, _, query = first.target.partition("?")
    assert path == "/openai/deployments/d1/chat/completions"
    assert parse_qs(query) == {"api-version": ["2024-10-21"], "key": ["query+planted/key=0123456789"]}
    assert first.headers["api-key"] == "azure-planted-key-0123456789"
    assert first.headers["x-team"] == "evals"
    assert second.target.startswith("/openai/deployments/d1/models?api-version=2024-10-21&key=")


@pytest.mark.parametrize(
    ("url", "headers", "said"),
    [
        ("http://127.0.0.1/v1?key=abc", {}, "'key' of openai/m-1 looks like a secret"),
        ("http://127.0.0.1/v1?access_token=abc", {}, "'access_token'"),
        ("http://127.0.0.1/v1", {"api-key": "abc"}, "'api-key' of openai/m-1 looks like a secret"),
        ("http://127.0.0.1/v1", {"Authorization": "Bearer abc"}, "'Authorization'"),
        ("http://me:abc@127.0.0.1/v1", {}, "holds a password"),
        ("http://127.0.0.1/v1", {"api-key": "env:NOT_THERE"}, "There is no API key 'NOT_THERE'"),
    ],
)
async def test_that_secrets_stand_in_settings_by_name_only(
    url: str, headers: dict[str, str], said: str
) -> None:
    message = await trouble(at(url, headers=headers))
    assert said in message
    assert "abc" not in message


async def test_that_the_body_of_a_trial_is_small() -> None:
    async with scripted(reply(completion())) as server:
        await try_model(at(server.url), QUICK)
    asked = json.loads(server.asked[0].body)
    assert asked["max_tokens"] == 16
    assert len(server.asked[0].body) < 300
