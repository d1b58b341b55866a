"""The server's manners: addresses, bad requests, keys, start and end."""

import asyncio
import io
import signal
import socket
import sys

import msgspec
import psutil
import pytest

from evalstudio.core.child_process import start_child_server
from evalstudio.engine.servers.demo.profiles import PROFILES, profile_named
from evalstudio.errors import ModelError
from tests.engine.servers.demo.support import demo_server

USER = '{"role": "user", "content": "hi"}'
DEMO = ["-m", "evalstudio.engine.servers.demo"]


@pytest.mark.parametrize(
    ("body", "word"),
    [
        ("", "JSON"),
        ("{", "JSON"),
        ("\xff", "JSON"),
        ("[]", "object"),
        ("{}", "model"),
        ('{"model": "m"}', "messages"),
        ('{"model": "m", "messages": []}', "messages"),
        ('{"model": 7, "messages": [USER]}', "model"),
        ('{"model": "m", "messages": [{"role": "wizard", "content": "hi"}]}', "wizard"),
        ('{"model": "m", "messages": [{"role": "user", "content": 5}]}', "messages[0].content"),
        ('{"model": "m", "messages": [USER], "max_tokens": 0}', "max_tokens"),
        ('{"model": "m", "messages": [USER], "n": 3}', "'n'"),
        ('{"model": "m", "messages": [USER], "response_format": {"type": "json_schema"}}', "schema"),
    ],
)
async def test_that_a_bad_request_is_400_and_says_what_is_wrong(body: str, word: str) -> None:
    async with demo_server() as demo:
        data = body.replace("USER", USER).encode("latin-1")
        reply = await demo.post("/v1/chat/completions", data)
        assert (await demo.ask("and it still serves")).status == 200
    assert reply.status == 400
    assert reply.body["error"]["type"] == "invalid_request_error"
    assert word in reply.body["error"]["message"]


async def test_that_fields_it_does_not_know_and_long_texts_are_no_trouble() -> None:
    async with demo_server() as demo:
        fields = {"temperature": 0.3, "seed": 5, "logit_bias": {}, "max_tokens": None, "user": "me"}
        body = msgspec.json.encode(demo.request("love " * 500_000, **fields))
        async with demo.session.post(f"{demo.url}/chat/completions", data=io.BytesIO(body)) as reply:
            await reply.read()
    assert reply.status == 200


async def test_that_known_addresses_answer_and_others_are_404() -> None:
    async with demo_server() as demo:
        models = await demo.get("/v1/models")
        health = await demo.get("/health")
        nothing = await demo.get("/v1/nothing")
        wrong_method = await demo.post("/v1/models", {})
    assert [model["id"] for model in models.body["data"]] == ["instant"]
    assert (health.status, health.body) == (200, {"status": "ok"})
    assert nothing.status == wrong_method.status == 404
    assert nothing.body["error"]["code"] == "not_found"


async def test_that_a_key_is_asked_for_where_one_is_set() -> None:
    async with demo_server("instant", 0, "--api-key", "sesame") as demo:
        assert (await demo.ask("hi")).status == 401
        assert (await demo.ask("hi", headers={"Authorization": "Bearer wrong"})).status == 401
        assert (await demo.get("/v1/models")).status == 401
        assert (await demo.ask("hi", headers={"Authorization": "Bearer sesame"})).status == 200


async def test_that_control_needs_the_token_and_refuses_nonsense() -> None:
    async with demo_server() as demo:
        assert (await demo.post("/control", {"slots": 3})).status == 401
        wrong = {"Authorization": "Bearer wrong"}
        assert (await demo.post("/control", {"slots": 3}, wrong)).status == 401
        for change in ({"slotz": 3}, {"slots": 0}, {"slots": "many"}, {"profile": "none"}):
            assert (await demo.change(**change)).status == 400
        assert (await demo.get("/stats")).body["profile"]["slots"] is None
        assert (await demo.change(slots=3)).body["slots"] == 3
        assert (await demo.get("/stats")).body["profile"]["slots"] == 3
        changed = await demo.change(profile="vllm-32", slots=16)
        assert changed.body["slots"] == 16
        assert changed.body["step_base"] == profile_named("vllm-32").step_base


def test_that_every_profile_is_described_and_an_unknown_one_named() -> None:
    assert all(profile.description for profile in PROFILES.values())
    with pytest.raises(ModelError, match=r"'nope'.*instant"):
        profile_named("nope")


async def test_that_a_port_in_use_is_one_sentence_and_exit_2() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *DEMO,
            "--port",
            str(port),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        out, err = await process.communicate()
    assert process.returncode == 2
    assert out == b""
    assert f"127.0.0.1:{port}" in err.decode()
    assert "Traceback" not in err.decode()
    assert len(err.decode().strip().splitlines()) == 1


async def test_that_two_servers_get_two_free_ports() -> None:
    async with demo_server() as one, demo_server() as other:
        assert one.url != other.url
        assert (await one.get("/health")).status == (await other.get("/health")).status == 200


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM to catch")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_that_a_signal_ends_it_orderly_even_with_calls_in_work(number: signal.Signals) -> None:
    async with demo_server("fast", step_base=3600) as demo:
        call = asyncio.create_task(demo.ask("hi"))
        while (await demo.get("/stats")).body["in_work"] != 1:
            pass
    await asyncio.gather(call, return_exceptions=True)
    process = await asyncio.create_subprocess_exec(
        sys.executable, *DEMO, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    await process.stdout.readline()
    process.send_signal(number)
    out, err = await asyncio.wait_for(process.communicate(), 10)
    assert (process.returncode, out, err) == (0, b"", b"")


PARENT = """
import asyncio
from evalstudio.core.child_process import start_child_server

async def main():
    async with start_child_server(["-m", "evalstudio.engine.servers.demo", "--profile", "one-second"]) as server:
        print(server.pid, flush=True)
        await asyncio.Event().wait()

asyncio.run(main())
"""


async def test_that_it_leaves_when_its_parent_is_killed() -> None:
    parent = await asyncio.create_subprocess_exec(
        sys.executable, "-c", PARENT, stdout=asyncio.subprocess.PIPE
    )
    assert parent.stdout is not None
    child = psutil.Process(int(await parent.stdout.readline()))
    assert child.is_running()
    parent.kill()
    await parent.wait()
    gone, alive = await asyncio.to_thread(psutil.wait_procs, [child], 10)
    assert (gone, alive) == ([child], [])


async def test_that_a_server_that_cannot_start_is_told_with_its_own_words() -> None:
    with pytest.raises(ModelError, match=r"ended before it listened.*no-such-profile"):
        async with start_child_server([*DEMO, "--profile", "no-such-profile"]):
            pytest.fail("it must not start")


async def test_that_a_server_that_stays_silent_is_stopped() -> None:
    code = "import sys, time; sys.stderr.write('thinking'); sys.stderr.flush(); sys.stdin.read()"
    with pytest.raises(ModelError, match="did not start within"):
        async with start_child_server(["-c", code], start_timeout=1.0):
            pytest.fail("it must not start")


async def test_that_a_server_that_ignores_the_end_of_stdin_is_ended_all_the_same() -> None:
    code = """
import json, signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print(json.dumps({"url": "http://127.0.0.1:1/v1"}), flush=True)
time.sleep(600)
"""
    async with start_child_server(["-c", code], stop_timeout=0.2) as server:
        process = psutil.Process(server.pid)
        assert process.is_running()
    assert not process.is_running()
