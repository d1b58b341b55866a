"""What answers cost: each provider's own rules, and an unknown price is unknown."""

import importlib.metadata
import subprocess
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from genai_prices import Usage, calc_price
from hypothesis import given, settings
from hypothesis import strategies as st

from evalstudio.concurrency import SlidingWindow
from evalstudio.engine.models.call import Answer
from evalstudio.engine.models.pricing import Prices, _find_pricer
from evalstudio.evaluations.request import Options
from evalstudio.models.providers import PROVIDERS
from evalstudio.models.settings import ModelSettings, TokenPrices
from evalstudio.workspace.folder import Workspace
from tests.engine.models.scripted import Connection, completion, reply, scripted
from tests.engine.support import engine_in, finish, write_evaluation

MODELS = [
    ("openai", "gpt-4o-mini"),
    ("anthropic", "claude-sonnet-4-5"),
    ("gemini", "gemini-2.5-pro"),
    ("deepseek", "deepseek-chat"),
    ("groq", "llama-3.1-8b-instant"),
]


def used(
    tokens_in: int | None, cached: int | None, tokens_out: int | None, written: int | None = None
) -> Answer:
    return Answer(
        "", tokens_in=tokens_in, tokens_cached=cached, tokens_out=tokens_out, tokens_cache_written=written
    )


def at_home(provider: str, name: str) -> Prices:
    return Prices(ModelSettings(provider, name, PROVIDERS[provider].base_url))


@pytest.mark.parametrize(
    ("model", "answer"),
    [
        (ModelSettings("openai", "a-model-nobody-knows", PROVIDERS["openai"].base_url), used(10, 0, 10)),
        (ModelSettings("openai", "gpt-4o-mini", "http://127.0.0.1:9/v1"), used(10, 0, 10)),
        (ModelSettings("openai", "gpt-4o-mini", PROVIDERS["openai"].base_url), used(None, None, 10)),
        (ModelSettings("openai", "gpt-4o-mini", PROVIDERS["openai"].base_url), used(10, None, None)),
        (ModelSettings("vllm", "any", "https://llm.example.com/v1"), used(10, 0, 10)),
        (ModelSettings("ollama", "any", "https://8.8.8.8/v1"), used(10, 0, 10)),
        (ModelSettings("python", "answer", path="model.py"), used(10, 0, 10)),
    ],
    ids=[
        "unknown model",
        "known name at another address",
        "no input count",
        "no output count",
        "a server elsewhere",
        "a public address",
        "a function",
    ],
)
def test_that_what_is_unknown_has_no_price(model: ModelSettings, answer: Answer) -> None:
    assert Prices(model).of(answer) is None


@pytest.mark.parametrize("provider", ["demo", "local", "recorded", "ollama", "vllm", "llamacpp"])
def test_that_what_runs_here_is_free(provider: str) -> None:
    assert Prices(ModelSettings(provider, "m")).of(used(None, None, None)) == 0


@pytest.mark.parametrize(("provider", "name"), MODELS)
def test_that_tokens_from_the_cache_are_cheaper(provider: str, name: str) -> None:
    prices = at_home(provider, name)
    without, partly, wholly = (prices.of(used(1000, cached, 0)) for cached in (0, 500, 1000))
    assert without is not None
    assert partly is not None
    assert wholly is not None
    assert wholly < partly <= without or provider == "groq"
    assert wholly > 0


def test_that_tokens_into_the_cache_are_dearer_at_anthropic() -> None:
    prices = at_home("anthropic", "claude-sonnet-4-5")
    plain, written = prices.of(used(1000, 0, 0)), prices.of(used(1000, 0, 0, written=1000))
    assert plain is not None
    assert written == pytest.approx(plain * 1.25)


@settings(max_examples=60)
@given(st.sampled_from(MODELS), st.integers(0, 300_000), st.floats(0, 1), st.integers(0, 100_000))
def test_that_prices_are_those_of_the_table(
    model: tuple[str, str], tokens_in: int, share: float, tokens_out: int
) -> None:
    provider, name = model
    cached = int(tokens_in * share)
    usage = Usage(input_tokens=tokens_in, cache_read_tokens=cached or None, output_tokens=tokens_out)
    expected = calc_price(usage, name, provider_id=provider).total_price
    assert isinstance(expected, Decimal)
    assert at_home(provider, name).of(used(tokens_in, cached, tokens_out)) == pytest.approx(float(expected))


def test_that_azure_is_known_by_its_address() -> None:
    model = ModelSettings(
        "openai", "gpt-4o", "https://me.openai.azure.com/openai/deployments/gpt-4o?api-version=1"
    )
    price = Prices(model).of(used(1000, 0, 100))
    assert price is not None
    assert price > 0


def test_that_more_from_the_cache_than_there_was_is_no_negative_price() -> None:
    price = at_home("openai", "gpt-4o-mini").of(used(10, 1_000_000, 0))
    assert price is not None
    assert 0 < price < 1e-5


def test_that_the_engine_starts_without_what_only_some_runs_need() -> None:
    heavy = [
        "genai_prices",
        "pydantic",
        "httpx",
        "aiohttp",
        "keyring",
        "PySide6",
        "jsonschema",
        "pyarrow.parquet",
    ]
    code = f"import sys, evalstudio.engine_process.main; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "[]"


def test_that_stated_prices_come_before_any_list() -> None:
    stated = TokenPrices(input=2.0, output=10.0, cached_input=0.5)
    prices = Prices(ModelSettings("openai", "gpt-4o-mini", PROVIDERS["openai"].base_url, prices=stated))
    assert prices.of(used(1_000_000, 400_000, 100_000)) == pytest.approx(0.6 * 2 + 0.4 * 0.5 + 0.1 * 10)
    whole = Prices(ModelSettings("vllm", "m", prices=TokenPrices(input=2.0, output=10.0)))
    assert whole.of(used(1_000_000, 400_000, 0)) == pytest.approx(2.0)
    assert whole.of(used(None, None, None)) is None


@pytest.fixture
def broken_library(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """genai-prices as in an installation without its metadata: its import fails."""

    version = importlib.metadata.version

    def without_prices(name: str) -> str:
        if name.startswith("genai"):
            raise importlib.metadata.PackageNotFoundError(name)
        return version(name)

    for name in [name for name in sys.modules if name.partition(".")[0] == "genai_prices"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(importlib.metadata, "version", without_prices)
    _find_pricer.cache_clear()
    yield
    _find_pricer.cache_clear()


@pytest.mark.usefixtures("broken_library")
@pytest.mark.parametrize("provider", sorted(PROVIDERS))
def test_that_a_price_library_that_fails_leaves_the_price_unknown_and_says_so_once(provider: str) -> None:
    messages: list[str] = []
    prices = Prices(ModelSettings(provider, "gpt-4o-mini", PROVIDERS[provider].base_url), messages.append)
    prices.prepare()
    if PROVIDERS[provider].hosted:
        assert [prices.of(used(10, 0, 10)) for _ in range(3)] == [None] * 3
        assert not prices.known
        assert len(messages) == 1
        assert "PackageNotFoundError" in messages[0]
    else:
        assert prices.of(used(10, 0, 10)) == 0.0
        assert messages == []


@pytest.mark.usefixtures("broken_library")
async def test_that_a_run_on_a_hosted_model_ends_well_without_prices(
    tmp_path: Path, workspace: Workspace
) -> None:
    async def script(connection: Connection) -> None:
        await reply(completion("positive"))(connection)

    async with scripted(script) as server, engine_in(workspace) as (engine, _):
        model = f'{{ provider = "openai", name = "gpt-4o-mini", base_url = "{server.url}" }}'
        run = await engine.start_run(write_evaluation(tmp_path, model, 5), Options("one", SlidingWindow(4)))
        final = await finish(engine, run)
    assert (final.state, final.saved, final.errored, final.cost) == ("completed", 5, 0, None)
