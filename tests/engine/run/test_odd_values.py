"""Texts that UTF-8 cannot hold and numbers that no database can: they cost themselves, never the run."""

from pathlib import Path

from evalstudio.core.encodable import encodable, encodable_value
from evalstudio.core.run_state import RunState
from evalstudio.engine_process.main import _framed
from evalstudio.evaluations.request import Options
from evalstudio.protocol import Events, Frames, LogLine
from evalstudio.store.reader import Reader
from evalstudio.workspace.folder import Workspace
from tests.engine.models.scripted import Connection, completion, reply, scripted
from tests.engine.support import engine_in, finish, write_evaluation

HALF = "\\ud83d"  # the first half of an emoji's pair


def test_that_values_keep_what_can_be_kept() -> None:
    plain = "naïve 😀"
    assert encodable(plain) is plain
    assert encodable("a\ud83db") == "a?b"
    assert encodable_value({"a": ["\ud83d", 1 << 70, True, None, 10**400]}) == {
        "a": ["?", float(1 << 70), True, None, None]
    }


def test_that_a_message_with_half_a_character_goes_through_the_pipe() -> None:
    (heard,) = Frames(Events).feed(_framed(LogLine(1.0, "output", "a \ud83d b")))
    assert heard == LogLine(1.0, "output", "a ? b")


async def test_that_functions_with_odd_answers_prompts_and_errors_are_saved(
    tmp_path: Path, workspace: Workspace
) -> None:
    (tmp_path / "model.py").write_text(
        "def answer(text, number):\n"
        "    if number % 4 == 0:\n"
        "        return {'text': 'half \\ud83d of it', 'tokens_in': 10**30, 'tokens_out': -5}\n"
        "    if number % 4 == 1:\n"
        "        raise ValueError('half \\udc00 a reason')\n"
        "    return 'positive'\n"
    )
    rows = [{"text": "I love it", "label": "positive", "number": number} for number in range(12)]
    evaluation = write_evaluation(tmp_path, '"model.py::answer"', rows=rows)
    async with engine_in(workspace) as (engine, _):
        run = await engine.start_run(evaluation, Options("odd"))
        last = await finish(engine, run)
    assert last.state == RunState.COMPLETED_WITH_ERRORS
    assert (last.saved, last.errored) == (12, 3)
    reader = Reader(workspace)
    details = [reader.details(one) for one in reader.record_ids(1)]
    records = [one.record for one in details if one is not None]
    assert records[0].answer == "half ? of it"
    assert records[0].tokens_in is None
    assert records[0].tokens_out is None
    assert records[1].error is not None
    assert "half ? a reason" in records[1].error
    assert records[2].answer == "positive"


async def test_that_an_endpoint_with_odd_answers_and_errors_is_saved(
    tmp_path: Path, workspace: Workspace
) -> None:
    odd = f'{{"error": {{"message": "half {HALF} a reason"}}}}'
    usage = {"prompt_tokens": 10**40, "completion_tokens": -1}

    async def script(connection: Connection) -> None:
        good = b"(1)" in connection.asked.body
        await (reply(completion("positive", usage=usage)) if good else reply(odd, 400))(connection)

    async with scripted(script) as server:
        model = f'{{ provider = "openai", name = "odd", base_url = "{server.url}" }}'
        async with engine_in(workspace) as (engine, _):
            run = await engine.start_run(write_evaluation(tmp_path, model, 4), Options("odd"))
            last = await finish(engine, run)
    assert last.saved == 4
    reader = Reader(workspace)
    errors = [reader.details(one).record.error for one in reader.record_ids(1)]  # type: ignore[union-attr]
    assert sum("half ? a reason" in str(error) for error in errors) == 3
