"""What exceptions of user code say: those of installed libraries over sockets, those of others by their shape."""

import asyncio
import http.client
import ssl
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import aiohttp
import httpx
import pytest

from evalstudio.core.outcome import Outcome
from evalstudio.engine.workers.failures import failure_of
from evalstudio.evaluations.request import Options
from evalstudio.workspace.folder import Workspace
from tests.engine.support import engine_in, finish, write_evaluation
from tests.engine.workers.failing_http import TABLE, failing_server

# an exception that is kept keeps its socket open until it is collected
pytestmark = pytest.mark.filterwarnings(
    "ignore::pytest.PytestUnraisableExceptionWarning", "ignore::ResourceWarning"
)


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with failing_server() as url:
        yield url


def by_urllib(url: str) -> None:
    urllib.request.urlopen(urllib.request.Request(url, b"{}"), timeout=0.2).read()


def by_httpx(url: str) -> None:
    httpx.post(url, json={}, timeout=0.2).raise_for_status()


def by_httpx_stream(url: str) -> None:
    with httpx.stream("POST", url, json={}, timeout=0.2) as response:
        response.raise_for_status()
        response.read()


def by_aiohttp(url: str) -> None:
    async def ask() -> None:
        timeout = aiohttp.ClientTimeout(total=0.2)
        async with aiohttp.ClientSession(timeout=timeout) as client, client.post(url, json={}) as response:
            response.raise_for_status()
            await response.json()

    asyncio.run(ask())


def by_requests(url: str) -> None:
    requests = pytest.importorskip("requests")
    requests.post(url, json={}, timeout=0.2).raise_for_status()


@pytest.mark.parametrize("ask", [by_urllib, by_httpx, by_httpx_stream, by_aiohttp, by_requests])
@pytest.mark.parametrize(("how", "outcome", "hint", "fatal"), TABLE)
def test_that_each_failure_of_a_library_has_its_class(
    ask: Any, how: str, outcome: Outcome, hint: float | None, fatal: bool, address: str
) -> None:
    with pytest.raises(Exception) as raised:
        ask(f"{address}/{how}")
    found = failure_of(raised.value)
    assert (found.outcome, found.hint, found.fatal) == (outcome, hint, fatal)


def shaped(name: str, **attributes: Any) -> BaseException:
    """An exception of the shape of a library's."""
    bases = attributes.pop("bases", ("Exception",))
    kind: type = Exception
    for base in reversed(bases):
        kind = type(base, (kind,), {}) if base != "Exception" else kind
    error = type(name, (kind,), {"__module__": "library"})(attributes.pop("says", "no"))
    for attribute, value in attributes.items():
        setattr(error, attribute, value)
    return error  # type: ignore[no-any-return]


def boto(code: str, status: int = 400, says: str = "no", **headers: str) -> BaseException:
    response = {
        "Error": {"Code": code, "Message": says},
        "ResponseMetadata": {"HTTPStatusCode": status, "HTTPHeaders": headers},
    }
    return shaped("ClientError", response=response, says=f"An error occurred ({code}): {says}")


class Grpc(Exception):
    """As gRPC's: `code` is a method."""

    def __init__(self, name: str) -> None:
        self.name = name

    def code(self) -> Any:
        return type("StatusCode", (), {"name": self.name})


def response(status: int, text: str = "", **headers: str) -> httpx.Response:
    return httpx.Response(
        status, text=text, headers={name.replace("_", "-"): value for name, value in headers.items()}
    )


SHAPES: list[tuple[BaseException, Outcome, float | None, bool]] = [
    (shaped("RateLimitError", status_code=429, response=response(429, retry_after="3")), Outcome.THROTTLED, 3, False),
    (shaped("RateLimitError", status_code=429, response=response(429, retry_after_ms="250")), Outcome.THROTTLED, 0.25, False),
    (shaped("RateLimitError", status_code=429, body={"code": "insufficient_quota"}, code="insufficient_quota"), Outcome.QUOTA, None, False),
    (shaped("RateLimitError", status_code=429, says="Limit 7000, Requested 12903. Try again in 11s"), Outcome.CLIENT_ERROR, 11, False),
    (shaped("AuthenticationError", status_code=401), Outcome.CLIENT_ERROR, None, True),
    (shaped("NotFoundError", status_code=404, says="The model `x` does not exist"), Outcome.CLIENT_ERROR, None, True),
    (shaped("BadRequestError", status_code=400, body={"error": {"code": "content_filter"}}), Outcome.FILTERED, None, False),
    (shaped("APIConnectionError"), Outcome.OVERLOADED, None, False),
    (shaped("APITimeoutError", bases=("APIConnectionError",)), Outcome.OVERLOADED, None, False),
    (shaped("APIError", body={"message": "The server is overloaded", "type": "server_error"}), Outcome.OVERLOADED, None, False),
    (shaped("APIResponseValidationError", status_code=200), Outcome.BAD_ANSWER, None, False),
    (shaped("ContentPolicyViolationError", status_code=400, says="content_policy"), Outcome.FILTERED, None, False),
    (shaped("RateLimitError", status_code=429, litellm_response_headers={"retry-after": "5"}), Outcome.THROTTLED, 5, False),
    (shaped("ClientError", code=429, status="RESOURCE_EXHAUSTED", details={"retryDelay": "45s"}), Outcome.THROTTLED, 45, False),
    (shaped("ClientError", code=429, status="RESOURCE_EXHAUSTED", details={"quotaId": "RequestsPerDay"}), Outcome.QUOTA, None, False),
    (shaped("ServerError", code=503, status="UNAVAILABLE"), Outcome.OVERLOADED, None, False),
    (shaped("ClientError", code=403, status="PERMISSION_DENIED"), Outcome.CLIENT_ERROR, None, True),
    (boto("ThrottlingException", says="Too many tokens, please wait"), Outcome.THROTTLED, None, False),
    (boto("ThrottlingException", 429, **{"retry-after": "4"}), Outcome.THROTTLED, 4, False),
    (boto("ModelTimeoutException", 408), Outcome.OVERLOADED, None, False),
    (boto("ServiceUnavailableException", 503), Outcome.OVERLOADED, None, False),
    (boto("ModelNotReadyException", 429), Outcome.THROTTLED, None, False),
    (boto("ServiceQuotaExceededException"), Outcome.QUOTA, None, False),
    (boto("ValidationException"), Outcome.CLIENT_ERROR, None, False),
    (boto("AccessDeniedException", 403), Outcome.CLIENT_ERROR, None, True),
    (boto("ExpiredTokenException", 403), Outcome.CLIENT_ERROR, None, True),
    (shaped("NoCredentialsError"), Outcome.CLIENT_ERROR, None, True),
    (shaped("EndpointConnectionError", bases=("HTTPClientError",)), Outcome.OVERLOADED, None, False),
    (Grpc("RESOURCE_EXHAUSTED"), Outcome.THROTTLED, None, False),
    (Grpc("DEADLINE_EXCEEDED"), Outcome.OVERLOADED, None, False),
    (Grpc("UNAUTHENTICATED"), Outcome.CLIENT_ERROR, None, True),
    (http.client.IncompleteRead(b"x"), Outcome.OVERLOADED, None, False),
    (httpx.UnsupportedProtocol("no"), Outcome.CLIENT_ERROR, None, False),
    (ssl.SSLCertVerificationError("bad"), Outcome.CLIENT_ERROR, None, False),
    (FileNotFoundError("x"), Outcome.CLIENT_ERROR, None, False),
    (TimeoutError("x"), Outcome.OVERLOADED, None, False),
    (ValueError("Timeout is no number"), Outcome.CLIENT_ERROR, None, False),
    (KeyError("status"), Outcome.CLIENT_ERROR, None, False),
    (SystemExit(3), Outcome.CLIENT_ERROR, None, False),
    (shaped("Busy", status_code=429, retry_after=0.5), Outcome.THROTTLED, 0.5, False),
    (shaped("Busy", status_code="429", retry_after="2"), Outcome.THROTTLED, 2, False),
    (shaped("Odd", status_code=200, code="e3q8"), Outcome.CLIENT_ERROR, None, False),
    (shaped("Odd", status="error", code=None, response="text"), Outcome.CLIENT_ERROR, None, False),
]  # fmt: skip


@pytest.mark.parametrize(("error", "outcome", "hint", "fatal"), SHAPES)
def test_that_an_exception_is_known_by_its_shape(
    error: BaseException, outcome: Outcome, hint: float | None, fatal: bool
) -> None:
    found = failure_of(error)
    assert (found.outcome, found.hint, found.fatal) == (outcome, hint, fatal)


def test_that_what_an_exception_was_raised_from_counts() -> None:
    outer = RuntimeError("the call failed")
    outer.__cause__ = shaped("RateLimitError", status_code=429, response=response(429, retry_after="3"))
    assert failure_of(outer).hint == 3
    tried = shaped(
        "RetryError", last_attempt=type("Future", (), {"exception": lambda self: outer.__cause__})()
    )
    assert failure_of(tried).hint == 3
    outer.__cause__, outer.__context__ = None, ConnectionResetError()
    assert failure_of(outer).outcome is Outcome.CLIENT_ERROR  # raised while another was handled, not from it


def test_that_an_exception_with_hostile_attributes_is_still_one() -> None:
    class Hostile(Exception):
        def __getattribute__(self, name: str) -> Any:
            if name in ("response", "status_code", "headers", "code", "body"):
                raise RuntimeError(name)
            return super().__getattribute__(name)

    assert failure_of(Hostile()).outcome is Outcome.CLIENT_ERROR


@pytest.mark.parametrize(("how", "reason"), [("401", "401"), ("quota", "429"), ("402", "402")])
@pytest.mark.parametrize("kind", ["def", "async def"])
async def test_that_no_key_and_no_credit_stop_a_run_of_a_function(
    how: str, reason: str, kind: str, tmp_path: Path, workspace: Workspace, address: str
) -> None:
    (tmp_path / "model.py").write_text(
        f"import httpx\n\n{kind} answer(prompt):\n"
        f"    httpx.post({f'{address}/{how}'!r}, json={{}}).raise_for_status()\n"
    )
    async with engine_in(workspace) as (engine, _):
        run = await engine.start_run(
            write_evaluation(tmp_path, '"model.py::answer"', 30), Options("x", workers=2)
        )
        final = await finish(engine, run)
    assert final.state == "stopped"
    assert reason in final.reason
    assert final.saved == 0


async def test_that_a_library_s_own_time_out_is_told_as_that(tmp_path: Path, workspace: Workspace) -> None:
    (tmp_path / "model.py").write_text("async def answer(prompt):\n    raise TimeoutError\n")
    async with engine_in(workspace) as (engine, _):
        path = write_evaluation(tmp_path, '"model.py::answer"', 1, extra="timeouts = { attempts = 1 }")
        final = await finish(engine, await engine.start_run(path, Options("x")))
    assert "did not return within" not in final.errors[0].example
    assert "TimeoutError" in final.errors[0].example
