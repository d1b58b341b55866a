"""Bad answers, bad datasets and bad settings by the thousand: a sentence each, never an accident."""

import asyncio
import json
import random
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from evalstudio.core.outcome import Outcome
from evalstudio.datasets import DatasetSource, open_dataset, preview
from evalstudio.engine.models.anthropic import AnthropicModel
from evalstudio.engine.models.call import Request
from evalstudio.engine.models.openai import OpenAIModel
from evalstudio.errors import EvalStudioError
from evalstudio.evaluations.loading import load_evaluation
from evalstudio.evaluations.request import Options
from evalstudio.evaluations.spec import TimeOuts
from evalstudio.models.registry import load_models, save_models
from evalstudio.models.settings import ModelSettings
from evalstudio.protocol import LogLine
from evalstudio.settings.values import Settings, load_settings, save_settings, settings_path
from evalstudio.store.reader import Reader
from evalstudio.templating.templates import Message
from evalstudio.workspace.folder import Workspace
from tests.datasets.workbooks import write_sheets
from tests.engine.models.scripted import Connection, chunk, completion, scripted
from tests.engine.support import engine_in, finish, write_evaluation
from tests.faults.conftest import Tell, few_or_many

WAITS = TimeOuts(connect=2, first_token=1, between_tokens=1, attempt=2, sample=3)
ODD: tuple[Any, ...] = (
    None, True, 0, -1, 10**30, 1e308, "", "x", "\ud83d", "\x00", [], {}, [[]], {"a": None}, ["x"], [{"text": 5}], "9" * 5000,
)  # fmt: skip
STATUSES = (
    200,
    200,
    200,
    201,
    204,
    206,
    301,
    307,
    400,
    401,
    403,
    404,
    408,
    413,
    418,
    422,
    429,
    451,
    500,
    502,
    503,
    529,
    599,
)
HEADERS = (
    "Retry-After: {}", "retry-after-ms: {}", "x-ratelimit-remaining-requests: {}", "x-ratelimit-reset-tokens: {}",
    "Content-Encoding: gzip", "Content-Encoding: {}", "Content-Type: text/event-stream", "Content-Type: text/html",
    "Location: {}", "Content-Length: {}", "X-{}: y", "Transfer-Encoding: chunked", "anthropic-ratelimit-tokens-reset: {}",
)  # fmt: skip
VALUES = (
    "0",
    "-5",
    "1e99",
    "nan",
    "inf",
    "9" * 400,
    "soon",
    "Wed, 21 Oct 2999 07:28:00 GMT",
    "2999-13-45",
    "6m0s",
    "é",
    "",
)


def spoilt(value: Any, chance: random.Random) -> Any:
    """A JSON value of which a part here and there is another one, or missing."""
    if chance.random() < 0.12:
        return chance.choice(ODD)
    if isinstance(value, dict):
        kept = {key: spoilt(entry, chance) for key, entry in value.items() if chance.random() > 0.08}
        return (
            {**kept, chance.choice(("error", "message", "type", "x")): chance.choice(ODD)}
            if chance.random() < 0.1
            else kept
        )
    if isinstance(value, list):
        return [spoilt(entry, chance) for entry in value] * chance.choice((1, 1, 1, 0, 2))
    return value


def spoilt_bytes(data: bytes, chance: random.Random) -> bytes:
    """Bytes of which some are cut, changed, doubled or moved."""
    for _ in range(chance.randint(1, 4)):
        if not data:
            return data
        place, length = chance.randrange(len(data)), chance.randint(1, 40)
        match chance.randrange(6):
            case 0:
                data = data[:place]
            case 1:
                data = data[:place] + chance.randbytes(length) + data[place + length :]
            case 2:
                data = data[:place] + data[place : place + length] * 3 + data[place:]
            case 3:
                data = data[:place] + data[place + length :]
            case 4:
                data = data[:place] + bytes([data[place] ^ 1 << chance.randrange(8)]) + data[place + 1 :]
            case _:
                data = (
                    data[:place]
                    + chance.choice((b"\0", b"\xff\xfe", b"\n\n", b'"', b"[" * 3000, b"{}", b"\xed\xa0\xbd"))
                    + data[place:]
                )
    return data


def body(chance: random.Random, stream: bool, anthropic: bool) -> bytes:
    if anthropic:
        whole: Any = {
            "type": "message",
            "content": [{"type": "text", "text": "fine"}],
            "stop_reason": "end_turn",
            "usage": {"input_tokens": 3, "output_tokens": 1},
        }
        events: list[Any] = [
            {"type": "message_start", "message": {"model": "m", "usage": {"input_tokens": 3}}},
            {"type": "content_block_start", "content_block": {"type": "tool_use", "input": {}}},
            {"type": "content_block_delta", "delta": {"type": "text_delta", "text": "fine"}},
            {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 1}},
            {"type": "message_stop"},
        ]
    else:
        whole = completion()
        tool = [{"index": 0, "id": "1", "function": {"name": "f", "arguments": "{"}}]
        events = [chunk("fi"), chunk("ne"), chunk(tool_calls=tool), chunk(None, "stop"), "[DONE]"]
    if chance.random() < 0.2:
        whole = {"error": {"message": "no", "type": "x", "code": chance.choice(ODD)}}
    if not stream:
        data = encoded(spoilt(whole, chance))
    else:
        lines = [
            b"data: " + (b"[DONE]" if event == "[DONE]" else encoded(spoilt(event, chance)))
            for event in events
        ]
        data = b"\n\n".join(lines) + b"\n\n"
    return spoilt_bytes(data, chance) if chance.random() < 0.5 else data


def encoded(value: Any) -> bytes:
    return json.dumps(value).encode()


def bad_server(
    chance: random.Random,
    *,
    stream: bool = False,
    anthropic: bool = False,
    statuses: tuple[int, ...] = STATUSES,
) -> Callable[[Connection], Any]:
    """A script: an answer spoilt in its status, headers, body or in where it ends. With all
    statuses it may also ask to wait for hours."""

    async def script(connection: Connection) -> None:
        data = body(chance, stream, anthropic)
        kind = "text/event-stream" if stream else "application/json"
        lines = [
            f"HTTP/1.1 {200 if chance.random() < 0.5 else chance.choice(statuses)} Some",
            f"Content-Type: {kind}",
            "Connection: close",
        ]
        if chance.random() < 0.5:
            lines.append(f"Content-Length: {len(data) + chance.choice((0, 0, 0, 0, -3, 7))}")
        for _ in range(chance.choice((0, 0, 1, 2)) if statuses is STATUSES else 0):
            lines.append(chance.choice(HEADERS).replace("{}", chance.choice(VALUES)))
        head = ("\r\n".join(lines) + "\r\n\r\n").encode()
        if chance.random() < 0.08:
            head = spoilt_bytes(head, chance)
        await connection.send(head + data)
        if chance.random() < 0.05:
            connection.reset()

    return script


@few_or_many(160, 10_000)
async def test_that_a_bad_answer_is_an_outcome_with_a_sentence(told: Tell, times: int) -> None:
    seen: dict[str, int] = {}
    for kind in range(4):
        stream, anthropic = bool(kind & 1), bool(kind & 2)
        chance = random.Random(times + kind)
        async with scripted(bad_server(chance, stream=stream, anthropic=anthropic)) as server:
            settings = ModelSettings("anthropic" if anthropic else "openai", "m", base_url=server.url)
            made: Any = AnthropicModel if anthropic else OpenAIModel
            model = made(settings, "sk-planted", {}, WAITS, stream=stream)
            turn = asyncio.Semaphore(30)

            async def call(model: Any = model, turn: asyncio.Semaphore = turn) -> None:
                async with turn, asyncio.timeout(10):
                    result = await model.call(Request((Message("user", "x"),), 0, {}), lambda parts: None)
                assert isinstance(result.outcome, Outcome)
                assert (result.outcome is Outcome.OK) == (not result.message), result
                assert result.outcome is not Outcome.OK or result.answer is not None
                if result.message:
                    assert result.message.startswith("127.0.0.1") or "127.0.0.1" in result.message, (
                        result.message
                    )
                    assert len(result.message) < 1_000
                assert "sk-planted" not in repr(result)
                assert result.hint is None or result.hint >= 0
                msgspec.json.encode(
                    [result.message, result.answer and result.answer.text]
                )  # it can be stored and shown
                seen[result.outcome] = seen.get(result.outcome, 0) + 1

            try:
                async with asyncio.TaskGroup() as group:
                    for _ in range(times // 4):
                        group.create_task(call())
            finally:
                await model.aclose()
    assert sum(seen.values()) == times
    assert len(seen) >= 5
    told("bad HTTP answers", times, ", ".join(f"{count:,} {name}" for name, count in sorted(seen.items())))


@pytest.mark.proof  # its circuit breaker and back-off take their time
@pytest.mark.timeout(900)
@pytest.mark.parametrize("times", [100])
async def test_that_a_run_on_a_server_of_bad_answers_saves_each_sample_once(
    tmp_path: Path, workspace: Workspace, told: Tell, times: int
) -> None:
    chance = random.Random(times)
    async with (
        scripted(bad_server(chance, statuses=(200, 400, 413, 422))) as server,
        engine_in(workspace, attended=True) as (engine, heard),
    ):
        model = f'{{ provider = "openai", name = "bad", base_url = "{server.url}" }}'
        extra = "timeouts = { attempts = 2, attempt = 2, sample = 4, connect = 2 }"
        run = await engine.start_run(write_evaluation(tmp_path, model, times, extra=extra), Options("bad"))
        async with asyncio.timeout(600):
            while run.is_active:
                run.unpause()  # it asks a person whenever most answers are bad
                await asyncio.sleep(0.05)
        reasons = [run.reason]
        while run.keeper.counts.saved < times:  # an answer that says no other can fare better ends it
            last = await finish(engine, run)
            assert last.reason, "a run that ends early says why"
            reasons.append(last.reason)
            run = await engine.resume_run(1)
            async with asyncio.timeout(600):
                while run.is_active:
                    run.unpause()
                    await asyncio.sleep(0.05)
        await finish(engine, run)
    defects = [
        event.text for event in heard.events if isinstance(event, LogLine) and "Traceback" in event.text
    ]
    assert not defects, defects[0]
    reader = Reader(workspace)
    records = [kept.record for one in reader.record_ids(1) if (kept := reader.details(one)) is not None]
    assert len(records) == times
    assert all(record.outcome == "ok" or record.error for record in records)
    answered = sum(record.outcome == "ok" for record in records)
    told(
        "a run on a server of bad answers",
        times,
        f"{answered:,} answered, the others errored with a reason each",
    )


def base_files(folder: Path) -> dict[str, bytes]:
    rows = [
        {"id": number, "text": f'näme, "{number}"', "n": {"a": [number, None]}, "x": 1.5}
        for number in range(12)
    ]
    flat = [[str(row["id"]), str(row["text"]), "1.5"] for row in rows]
    lines = ["id,text,x"] + [
        ",".join('"' + cell.replace('"', '""') + '"' for cell in cells) for cells in flat
    ]
    write_sheets(folder / "base.xlsx", {"one": [["id", "text", "x"], *[list(cells) for cells in flat]]})
    pq.write_table(
        pa.table({"id": [1, 2, 3], "text": ["a", "b", None], "x": [1.5, float("nan"), 2.0]}),
        folder / "base.parquet",
    )
    return {
        "a.csv": "\n".join(lines).encode(),
        "b.tsv": "\n".join(lines).replace(",", "\t").encode("utf-16"),
        "c.jsonl": "".join(json.dumps(row) + "\n" for row in rows).encode(),
        "d.json": json.dumps({"data": rows}, ensure_ascii=False).encode(),
        "e.xlsx": (folder / "base.xlsx").read_bytes(),
        "f.parquet": (folder / "base.parquet").read_bytes(),
    }  # fmt: skip


@few_or_many(160, 10_000)
def test_that_a_bad_dataset_is_read_or_refused_with_a_sentence(
    tmp_path: Path, told: Tell, times: int
) -> None:
    chance = random.Random(times)
    files = base_files(tmp_path)
    read = refused = 0
    for number in range(times):
        name = list(files)[number % len(files)]
        (tmp_path / name).write_bytes(spoilt_bytes(files[name], chance))
        source = DatasetSource(
            path=name, id=chance.choice((None, None, "id")), filter=chance.choice((None, None, "text"))
        )
        sentence = ""
        try:
            preview(source, tmp_path, 5)
            rows = [sample.values for sample in open_dataset(source, tmp_path)]
        except EvalStudioError as error:
            sentence = str(error)
        if sentence:
            refused += 1
            assert any(word in sentence for word in (name, "column", "filter")), sentence
            assert len(sentence) < 5_000
        else:
            read += 1
            assert rows
            msgspec.json.encode(rows, enc_hook=str)  # what a prompt or a record is made of
    assert read
    assert refused
    told(
        "bad dataset files, every format",
        times,
        f"{read:,} read (bad rows named), {refused:,} refused with a sentence",
    )


@few_or_many(200, 3_000)
def test_that_damaged_settings_models_and_evaluations_are_told(
    tmp_path: Path, workspace: Workspace, told: Tell, times: int
) -> None:
    chance = random.Random(times)
    save_settings(Settings(ceiling=99, rates={}))
    workspace.folder.mkdir(parents=True)
    model = ModelSettings("openai", "gpt", base_url="http://127.0.0.1:9/v1", key="SOME_KEY")
    save_models(workspace, {"mine": model})
    evaluation = Path(
        write_evaluation(tmp_path, '"demo/instant"', 4, extra='strategy = { type = "sequential" }')
    )
    settings, models, text = (
        settings_path().read_bytes(),
        workspace.models.read_bytes(),
        evaluation.read_bytes(),
    )
    troubles = 0
    for _ in range(times):
        damaged = spoilt_bytes(settings, chance)
        settings_path().write_bytes(damaged)
        found, problem = load_settings()
        assert isinstance(found, Settings)
        if problem:
            troubles += 1
            assert found == Settings()
            assert settings_path().with_suffix(".bad").read_bytes() == damaged, "what a person wrote is kept"
        workspace.models.write_bytes(spoilt_bytes(models, chance))
        evaluation.write_bytes(spoilt_bytes(text, chance))
        for load in (lambda: load_models(workspace), lambda: load_evaluation(str(evaluation))):
            try:
                load()
            except EvalStudioError:
                troubles += 1
    assert troubles > times
    told(
        "settings, models and evaluations damaged",
        3 * times,
        f"{troubles:,} told in a sentence, settings kept as .bad",
    )


@pytest.fixture(autouse=True)
def _no_warnings_of_readers() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)
        yield
