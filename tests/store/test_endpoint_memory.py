"""What the workspace knows about endpoints and models, read back for a person."""

from pathlib import Path

import pytest

from evalstudio.concurrency import Adaptive
from evalstudio.engine.limits.endpoint_registry import identify
from evalstudio.evaluations.request import Options
from evalstudio.models.settings import ModelSettings
from evalstudio.store.endpoint_memory import (
    Prior,
    forget_endpoint,
    learned_endpoints,
    model_histories,
    save_prior,
)
from evalstudio.store.reader import Reader
from evalstudio.workspace.folder import Workspace
from tests.engine.support import engine_in, finish, write_evaluation

KEY = "sk-planted-for-learned-0123456789"
MODELS = (
    (
        ModelSettings("openai", "org/gpt-x", "https://h.example/v1"),
        KEY,
        ("https://h.example/v1", "org/gpt-x"),
    ),
    (ModelSettings("vllm", "m", "http://127.0.0.1:8000/v1"), None, ("http://127.0.0.1:8000/v1", "m")),
    (ModelSettings("demo", "fast"), None, ("demo", "fast")),
    (ModelSettings("python", "answer", path="/somewhere/model.py"), None, ("/somewhere/model.py", "answer")),
)


@pytest.mark.parametrize(("model", "key", "wanted"), MODELS, ids=[case[0].provider for case in MODELS])
async def test_that_what_was_learned_is_told_without_the_account(
    model: ModelSettings, key: str | None, wanted: tuple[str, str], workspace: Workspace
) -> None:
    prior = Prior(window=12, throughput=3.5, requests_per_minute=500.0, concurrency_cap=20)
    async with engine_in(workspace) as (engine, _):
        await engine.execute(lambda connection: save_prior(connection, identify(model, key), prior))
        await engine.execute(
            lambda connection: connection.execute(
                "INSERT INTO priors VALUES ('old', 1, '{\"window\": \"x\"}')"
            )
        )
    reader = Reader(workspace)
    (one,) = learned_endpoints(reader.connection)
    reader.close()
    assert (one.address, one.name) == wanted
    assert (one.window, one.throughput, one.requests_per_minute, one.concurrency_cap) == (12, 3.5, 500.0, 20)


async def test_that_errors_are_counted_by_class_and_the_last_used_model_comes_first(
    tmp_path: Path, workspace: Workspace
) -> None:
    (tmp_path / "model.py").write_text(
        "def answer(prompt):\n    if '3)' in prompt or '1)' in prompt:\n        raise ValueError('no')\n    return 'x'\n"
    )
    async with engine_in(workspace) as (engine, _):
        for number, model in enumerate(('"demo/instant"', '"model.py::answer"', '"model.py::answer"')):
            path = write_evaluation(tmp_path, model, 5, name=f"e{number}")
            await finish(engine, await engine.start_run(path, Options(experiment=f"x{number}")))
    reader = Reader(workspace)
    first, second = model_histories(reader.connection)
    reader.close()
    assert (first.model, first.runs, first.saved, first.errored) == ("model.py::answer", 2, 10, 4)
    assert sum(count for _, count in first.errors) == 4
    assert (second.model, second.errored, second.errors) == ("demo/instant", 0, ())


async def test_that_what_is_forgotten_is_gone_for_the_next_run_of_the_same_engine(
    tmp_path: Path, workspace: Workspace
) -> None:
    path = write_evaluation(tmp_path, '"demo/instant"', 30)
    async with engine_in(workspace) as (engine, _):
        first = await engine.start_run(path, Options("a", Adaptive()))
        learned = first.controller
        await finish(engine, first)
        kept = await engine.start_run(path, Options("b", Adaptive()))
        assert kept.controller is learned
        await finish(engine, kept)
        await engine.execute(lambda connection: forget_endpoint(connection, "demo/instant"))
        again = await engine.start_run(path, Options("c", Adaptive()))
        assert again.controller is not learned
        await finish(engine, again)
    reader = Reader(workspace)
    assert [one.endpoint for one in learned_endpoints(reader.connection)] == ["demo/instant"], "learned anew"
    reader.close()
