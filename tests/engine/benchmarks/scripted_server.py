"""A server whose answers follow from the prompt alone: chat, completions, echoed log-probabilities, a tokenizer.

A prompt may say what to answer, as in `[say: #### 4]`; two of three times the server says so. `python -m
tests.engine.benchmarks.scripted_server --delay 0.1` prints its address. GET /log returns the prompts it was sent.
"""

import argparse
import asyncio
import hashlib
import json
import re
import sys
from itertools import pairwise
from typing import Any

from aiohttp import web

TOKEN = re.compile(r"<\|endoftext\|>|\s?\w+|\s|[^\w\s]")
SAID = re.compile(r"\[say: (.*?)\]", re.DOTALL)
END = "<|endoftext|>"


class ScriptedServer:
    """Answers by the hash of what it is asked, and keeps the prompts; `forms` of log-probabilities are those of servers."""

    def __init__(self, delay: float = 0.0, form: str = "openai") -> None:
        self.delay = delay
        self.form = form
        self.log: list[Any] = []
        self._ids: dict[str, int] = {}
        self._texts: list[str] = []

    def app(self) -> web.Application:
        app = web.Application(client_max_size=64 << 20)
        app.router.add_post("/v1/chat/completions", self.chat)
        app.router.add_post("/v1/completions", self.completions)
        app.router.add_get("/tokenizer_info", self.tokenizer_info)
        app.router.add_post("/tokenize", self.tokenize)
        app.router.add_post("/detokenize", self.detokenize)
        app.router.add_get("/log", self.drain)
        return app

    async def drain(self, request: web.Request) -> web.Response:
        log, self.log = self.log, []
        return web.json_response(log)

    async def chat(self, request: web.Request) -> web.Response:
        body = await request.json()
        await asyncio.sleep(self.delay)
        self.log.append(("chat", body["messages"], _asked(body)))
        text = answer_to(body["messages"][-1]["content"], body)
        choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
        return web.json_response({"model": "m", "choices": [choice]})

    async def completions(self, request: web.Request) -> web.Response:
        body = await request.json()
        await asyncio.sleep(self.delay)
        given = body["prompt"]
        prompts = given if isinstance(given, list) else [given]
        choices = []
        for index, prompt in enumerate(prompts):
            self.log.append(("completion", prompt, _asked(body)))
            choices.append(
                {
                    "index": index,
                    **(self._echoed(prompt) if body.get("echo") else self._written(prompt, body)),
                }
            )
        return web.json_response({"model": "m", "choices": choices})

    def _written(self, prompt: str, body: dict[str, Any]) -> dict[str, Any]:
        return {"text": answer_to(prompt, body), "finish_reason": "stop"}

    def _echoed(self, prompt: str) -> dict[str, Any]:
        tokens = [*TOKEN.findall(prompt), " next"]
        values: list[float | None] = [None]
        tops: list[dict[str, float] | None] = [None]
        for before, token in pairwise(tokens):
            value = -(number_of(before, token) % 1000 + 1) / 128
            values.append(value)
            better = number_of(token, before) % 3 == 0
            tops.append({token: value, **({"other": value / 2} if better else {})})
        text = "".join(tokens)
        if self.form == "llama.cpp":
            content = [
                {"token": token, "logprob": value,
                 "top_logprobs": [{"token": one, "logprob": at} for one, at in (top or {}).items()]}
                for token, value, top in zip(tokens, values, tops, strict=True)
            ]  # fmt: skip
            return {"text": text, "logprobs": {"content": content}, "finish_reason": "length"}
        if self.form == "none":
            return {"text": " next", "logprobs": None, "finish_reason": "length"}
        logprobs = {
            "tokens": tokens,
            "token_logprobs": values,
            "top_logprobs": tops,
            "text_offset": [-1] * len(tokens),
        }
        return {"text": text, "logprobs": logprobs, "finish_reason": "length"}

    async def tokenizer_info(self, request: web.Request) -> web.Response:
        return web.json_response({"eos_token": END, "bos_token": None, "pad_token": None})

    async def tokenize(self, request: web.Request) -> web.Response:
        tokens = TOKEN.findall((await request.json())["prompt"])
        for token in tokens:
            if token not in self._ids:
                self._ids[token] = len(self._texts)
                self._texts.append(token)
        return web.json_response({"tokens": [self._ids[token] for token in tokens]})

    async def detokenize(self, request: web.Request) -> web.Response:
        tokens = (await request.json())["tokens"]
        return web.json_response({"prompt": "".join(self._texts[token] for token in tokens)})


def number_of(*texts: str) -> int:
    """A number that follows from texts."""
    return int.from_bytes(hashlib.sha256("\0".join(texts).encode()).digest()[:6])


def answer_to(prompt: str, body: dict[str, Any]) -> str:
    """What the server writes after a prompt; cut at the first stop sequence."""
    said = SAID.findall(prompt)
    which = number_of(prompt) % 3
    text = (
        said[-1]
        if said and which
        else ("I can't tell", "Perhaps 12.5, or (B)", "True")[number_of(prompt, "x") % 3]
    )
    for stop in body.get("stop") or ():
        text = text.split(stop)[0]
    return text


def _asked(body: dict[str, Any]) -> dict[str, Any]:
    """The parameters that say what is asked for; an empty list of stop sequences is none."""
    names = ("max_tokens", "temperature", "stop", "seed", "echo", "logprobs")
    return {name: body[name] for name in names if body.get(name) not in (None, [])}


async def _serve(delay: float, form: str) -> None:
    runner = web.AppRunner(ScriptedServer(delay, form).app(), access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    assert site._server is not None
    port = site._server.sockets[0].getsockname()[1]  # type: ignore[attr-defined]
    sys.stdout.write(json.dumps({"url": f"http://127.0.0.1:{port}"}) + "\n")
    sys.stdout.flush()
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--delay", type=float, default=0.0)
    parser.add_argument("--form", default="openai")
    given = parser.parse_args()
    asyncio.run(_serve(given.delay, given.form))
