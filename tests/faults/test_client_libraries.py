"""The failures of people's client libraries, made with the libraries themselves.

`EVALSTUDIO_CLIENTS` may name a folder with the libraries (`pip install --target FOLDER openai anthropic ...`), so that
they need not be in the environment of the tests. What is missing is skipped.
"""

import asyncio
import importlib
import os
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from evalstudio.engine.workers.failures import failure_of
from tests.engine.workers.failing_http import TABLE, failing_server

pytestmark = [
    pytest.mark.proof,
    pytest.mark.filterwarnings("ignore"),  # theirs
]
MESSAGES = [{"role": "user", "content": "x"}]


@pytest.fixture(scope="module", autouse=True)
def libraries() -> Iterator[None]:
    folder = os.environ.get("EVALSTUDIO_CLIENTS")
    before = list(sys.path)
    if folder:
        sys.path.append(folder)
    yield
    sys.path[:] = before


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with failing_server() as url:
        yield url


def library(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError as error:
        pytest.skip(f"{name} is not installed ({error}); name its folder in EVALSTUDIO_CLIENTS.")


def ask_openai(url: str) -> None:
    client = library("openai").OpenAI(base_url=url, api_key="k", max_retries=0, timeout=0.3)
    client.chat.completions.create(model="m", messages=MESSAGES)


def ask_anthropic(url: str) -> None:
    client = library("anthropic").Anthropic(base_url=url, api_key="k", max_retries=0, timeout=0.3)
    client.messages.create(model="m", max_tokens=5, messages=MESSAGES)


def ask_genai(url: str) -> None:
    genai = library("google.genai")
    options = library("google.genai.types").HttpOptions(base_url=url, timeout=300)
    client = genai.Client(api_key="k", http_options=options)
    client.models.generate_content(model="m", contents="x")


def ask_boto(url: str) -> None:
    config = library("botocore.config").Config(retries={"max_attempts": 0}, read_timeout=0.3)
    client = library("boto3").client(
        "bedrock-runtime",
        region_name="us-east-1",
        endpoint_url=url,
        aws_access_key_id="a",
        aws_secret_access_key="b",
        config=config,
    )
    client.converse(modelId="m", messages=[{"role": "user", "content": [{"text": "x"}]}])


def ask_requests(url: str) -> None:
    library("requests").post(url, json={}, timeout=0.3).raise_for_status()


def ask_litellm(url: str) -> None:
    litellm = library("litellm")
    litellm.suppress_debug_info = True
    litellm.completion(
        model="openai/m", api_base=url, api_key="k", max_retries=0, timeout=0.3, messages=MESSAGES
    )


def ask_async_openai(url: str) -> None:
    client = library("openai").AsyncOpenAI(base_url=url, api_key="k", max_retries=0, timeout=0.3)
    asyncio.run(client.chat.completions.create(model="m", messages=MESSAGES))


@pytest.mark.parametrize(
    "ask",
    [ask_openai, ask_async_openai, ask_anthropic, ask_genai, ask_boto, ask_requests, ask_litellm],
    ids=lambda ask: ask.__name__,
)
@pytest.mark.parametrize(("how", "outcome", "hint", "fatal"), TABLE)
def test_that_each_failure_of_each_client_has_its_class(
    ask: Any, how: str, outcome: Any, hint: float | None, fatal: bool, address: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setenv("LITELLM_LOCAL_MODEL_COST_MAP", "True")
    if ask is ask_boto and how == "cut":
        pytest.skip("boto3 takes an answer that was cut off for an empty one.")
    with pytest.raises(Exception) as raised:
        ask(f"{address}/{how}")
    found = failure_of(raised.value)
    assert (found.outcome, found.fatal) == (outcome, fatal), repr(raised.value)
    if hint is not None:
        assert found.hint == hint
