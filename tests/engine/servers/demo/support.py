"""A demo server in a process of its own, and a few ways to ask it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp
import msgspec

from evalstudio.core.child_process import start_child_server

ONE_WORD = {"role": "system", "content": "Answer with one word: positive, negative or neutral."}


@dataclass
class Reply:
    status: int
    headers: Any
    body: Any

    @property
    def text(self) -> str:
        content = self.body["choices"][0]["message"]["content"]
        assert isinstance(content, str)
        return content


@dataclass
class Demo:
    url: str
    token: str
    session: aiohttp.ClientSession

    @property
    def root(self) -> str:
        return self.url.removesuffix("/v1")

    def request(self, text: str, **fields: Any) -> dict[str, Any]:
        return {"model": "demo", "messages": [ONE_WORD, {"role": "user", "content": text}]} | fields

    async def ask(self, text: str, repeat: int = 0, headers: Any = None, **fields: Any) -> Reply:
        given = {"X-EvalStudio-Repeat": str(repeat)} | (headers or {})
        return await self.post("/v1/chat/completions", self.request(text, **fields), given)

    async def post(self, path: str, body: Any, headers: Any = None) -> Reply:
        data = body if isinstance(body, bytes) else msgspec.json.encode(body)
        async with self.session.post(self.root + path, data=data, headers=headers) as response:
            return Reply(response.status, response.headers, await response.json(content_type=None))

    async def get(self, path: str, headers: Any = None) -> Reply:
        async with self.session.get(self.root + path, headers=headers) as response:
            return Reply(response.status, response.headers, await response.json())

    async def events(self, text: str, **fields: Any) -> list[Any]:
        """The decoded events of a streamed answer; the last is "[DONE]"."""
        body = self.request(text, stream=True, **fields)
        async with self.session.post(f"{self.url}/chat/completions", json=body) as response:
            assert response.status == 200
            lines = [line.decode() async for line in response.content if line.strip()]
        data = [line.removeprefix("data: ").strip() for line in lines]
        return [one if one == "[DONE]" else msgspec.json.decode(one) for one in data]

    async def change(self, **fields: Any) -> Reply:
        return await self.post("/control", fields, {"Authorization": f"Bearer {self.token}"})


@asynccontextmanager
async def demo_server(
    profile: str = "instant", seed: int = 0, *more: str, **changes: Any
) -> AsyncIterator[Demo]:
    arguments = ["-m", "evalstudio.engine.servers.demo", "--profile", profile, "--seed", str(seed), *more]
    async with (
        start_child_server(arguments) as server,
        aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session,
    ):
        demo = Demo(server.url, server.info["token"], session)
        if changes:
            reply = await demo.change(**changes)
            assert reply.status == 200, reply.body
        yield demo
