"""Fake provider endpoint on loopback for the smoke test: the packaged app must reach every provider."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from evalstudio.models.providers import PROVIDERS

KEY = "EVALSTUDIO_SMOKE_TEST_KEY"
"""The environment variable that holds the key of the endpoint."""
ANSWER = "Paris"
TOKENS = {"prompt_tokens": 12, "completion_tokens": 1, "total_tokens": 13}
# names that the provider really has; their prices are looked up by the address, as with any endpoint of your own
MODELS = {"anthropic": "claude-sonnet-4-5", "gemini": "gemini-2.5-pro", "deepseek": "deepseek-chat"}


def evaluations(url: str) -> Iterator[tuple[str, str]]:
    """Yields each provider with the text of an evaluation that asks it one question at the endpoint `url`."""
    for provider in PROVIDERS:
        name = MODELS.get(provider, "gpt-4o-mini")
        yield (
            provider,
            f"""
name = "{provider}"
dataset = {{ path = "question.jsonl" }}
messages = [{{ role = "user", content = "{{{{ question }}}}" }}]
evaluators = [{{ type = "exact_match", expected = "{{{{ answer }}}}" }}]
[model]
provider = "{provider}"
name = "{name}"
base_url = "{url}"
key = "{KEY}"
""",
        )


@contextmanager
def loopback_endpoint() -> Iterator[str]:
    """Serves chat completions and Anthropic's messages on a free port; yields the base URL."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        content = json.dumps(_message() if self.path.endswith("/messages") else _completion()).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *args: Any) -> None:
        """Suppresses logging: a line on stderr counts as an error of the smoke test."""


def _completion() -> dict[str, Any]:
    message = {"role": "assistant", "content": ANSWER}
    return {
        "id": "1",
        "object": "chat.completion",
        "model": "m",
        "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
        "usage": TOKENS,
    }


def _message() -> dict[str, Any]:
    return {
        "id": "1",
        "type": "message",
        "role": "assistant",
        "model": "m",
        "content": [{"type": "text", "text": ANSWER}],
        "stop_reason": "end_turn",
        "usage": {"input_tokens": TOKENS["prompt_tokens"], "output_tokens": TOKENS["completion_tokens"]},
    }
