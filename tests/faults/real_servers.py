"""Servers that others have written, installed in a folder of their own and started for a test."""

import asyncio
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

INSTALL_S = 400
START_S = 90
OPENAPI = {
    "openapi": "3.1.0",
    "info": {"title": "chat", "version": "1"},
    "paths": {
        "/v1/chat/completions": {
            "post": {
                "requestBody": {
                    "required": True,
                    "content": {"application/json": {"schema": {"type": "object"}}},
                },
                "responses": {
                    "200": {
                        "description": "an answer",
                        "content": {
                            "application/json": {
                                "schema": {"type": "object"},
                                "example": {
                                    "id": "c-1",
                                    "model": "m",
                                    "choices": [
                                        {
                                            "index": 0,
                                            "message": {"role": "assistant", "content": "positive"},
                                            "finish_reason": "stop",
                                        }
                                    ],
                                    "usage": {"prompt_tokens": 9, "completion_tokens": 1, "total_tokens": 10},
                                },
                            }
                        },
                    }
                },
            }
        }
    },
}


@dataclass(frozen=True)
class RealServer:
    """How a server is installed, and started in a folder.

    Attributes:
        packages: For pip, or for npm with `node`.
        command: Given its folder of programs, the folder to start in, a port, and the address of a model's server.
        node: It is npm's.
    """

    packages: tuple[str, ...]
    command: Callable[[Path, Path, int, str], list[str]]
    node: bool = False


def _fakellm(programs: Path, folder: Path, port: int, upstream: str) -> list[str]:
    rules = "version: 1\ndefaults:\n  fallback: deterministic_echo\nrules:\n"
    rules += (
        '  - name: all\n    when:\n      messages_contain: "("\n    respond:\n      content: "positive"\n'
    )
    (folder / "fakellm.yaml").write_text(rules)
    return [str(programs / "fakellm"), "serve", "--port", str(port)]


def _llmock(programs: Path, folder: Path, port: int, upstream: str) -> list[str]:
    fixture = {"match": {"userMessage": "("}, "response": {"content": "positive"}}
    (folder / "all.json").write_text(json.dumps({"fixtures": [fixture]}))
    return [str(programs / "llmock"), "-p", str(port), "-f", "all.json", "--log-level", "warn"]


def _aimock(programs: Path, folder: Path, port: int, upstream: str) -> list[str]:
    fixture = {"match": {"userMessage": "("}, "response": {"content": "positive"}}
    (folder / "all.json").write_text(json.dumps({"fixtures": [fixture]}))
    (folder / "aimock.json").write_text(json.dumps({"llm": {"fixtures": "all.json"}}))
    return [str(programs / "aimock"), "-c", "aimock.json", "-p", str(port)]


def _prism(programs: Path, folder: Path, port: int, upstream: str) -> list[str]:
    (folder / "chat.json").write_text(json.dumps(OPENAPI))
    return [str(programs / "prism"), "mock", "chat.json", "-p", str(port)]


def _litellm(programs: Path, folder: Path, port: int, upstream: str) -> list[str]:
    (folder / "proxy.yaml").write_text(
        "model_list:\n  - model_name: m\n    litellm_params:\n      model: openai/demo\n"
        f"      api_base: {upstream}\n      api_key: none\n"
        "general_settings:\n  dangerously_permit_weak_or_unset_master_key: true\n"  # it is on loopback, for a minute
    )
    return [str(programs / "litellm"), "--config", "proxy.yaml", "--port", str(port), "--host", "127.0.0.1"]


SERVERS = {
    "fakellm": RealServer(("fakellm",), _fakellm),
    "LiteLLM proxy": RealServer(("litellm[proxy]!=1.107.0",), _litellm),
    "llmock": RealServer(("@copilotkit/aimock",), _llmock, node=True),
    "aimock": RealServer(("@copilotkit/aimock",), _aimock, node=True),
    "Prism": RealServer(("@stoplight/prism-cli",), _prism, node=True),
}


def install(server: RealServer, folder: Path) -> Path:
    """Installs a server, where it is not there yet; returns the folder of its programs. Skips where it can't be had."""
    if server.node:
        npm = shutil.which("npm")
        if npm is None:
            pytest.skip("There is no npm here to install it with.")
        programs = folder / "node_modules" / ".bin"
        done = [npm, "install", "--no-audit", "--no-fund", "--prefix", str(folder), *server.packages]
    else:
        programs = folder / "bin"
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        done = [str(programs / "pip"), "install", "-q", *server.packages]
    try:
        subprocess.run(done, check=True, capture_output=True, text=True, timeout=INSTALL_S)
    except (subprocess.SubprocessError, OSError) as error:
        said = str(getattr(error, "stderr", "") or error).strip()[-200:]
        pytest.skip(f"{', '.join(server.packages)} can't be installed here: {said}")
    return programs


@asynccontextmanager
async def started(command: Sequence[str], folder: Path, port: int) -> AsyncIterator[str]:
    """Starts a server, and gives the address of its API once it answers."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    environment["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"  # it asks the network else
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log)
    try:
        await _until_it_answers(process, port, folder / "log")
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        process.terminate()
        try:
            await asyncio.to_thread(process.wait, 10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


async def _until_it_answers(process: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    until = time.monotonic() + START_S
    async with httpx.AsyncClient(trust_env=False) as client:
        while True:
            try:
                await client.get(f"http://127.0.0.1:{port}/")
            except httpx.HTTPError:
                assert process.poll() is None, log.read_text()[-2000:]
                assert time.monotonic() < until, log.read_text()[-2000:]
                await asyncio.sleep(0.2)
            else:
                return


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port
