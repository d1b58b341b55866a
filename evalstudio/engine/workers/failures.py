"""Exception classifier: what an exception of user code, or of a library that it calls, says about the call.

A table and not a type check: the engine has none of these libraries. What counts is what their exceptions carry: the
status and headers of a response, an error code, the names of their classes. `docs/guide/workers.md` lists them.
"""

import contextlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from evalstudio.core.outcome import Outcome
from evalstudio.core.refusals import classify, classify_error_body, names_no_model, never_fits
from evalstudio.engine.limits.rate_limit_headers import retry_hint

LASTING = (FileNotFoundError, FileExistsError, PermissionError, IsADirectoryError, NotADirectoryError)
"""Errors of the operating system that a retry does not fix."""

_CODES = {
    Outcome.THROTTLED: "throttlingexception throttling throttledexception toomanyrequestsexception toomanyrequests "
    "requestlimitexceeded limitexceededexception provisionedthroughputexceededexception slowdown resource_exhausted "
    "rate_limit_exceeded rate_limit_error requestthrottled requestthrottledexception",
    Outcome.OVERLOADED: "serviceunavailableexception serviceunavailable internalserverexception internalservererror "
    "internalfailure internalerror modeltimeoutexception modelnotreadyexception modelerrorexception requesttimeout "
    "modelstreamerrorexception requesttimeoutexception unavailable deadline_exceeded internal aborted unknown cancelled "
    "overloaded_error api_error server_error timeout_error",
    Outcome.QUOTA: "servicequotaexceededexception insufficient_quota billing_hard_limit_reached billing_not_active "
    "billing_error",
    Outcome.FILTERED: "content_filter content_policy_violation",
    Outcome.CLIENT_ERROR: "validationexception invalid_argument not_found failed_precondition out_of_range "
    "unimplemented resourcenotfoundexception invalid_request_error context_length_exceeded",
}
_BY_CODE = {code: outcome for outcome, codes in _CODES.items() for code in codes.split()}
_NO_ACCESS = frozenset(
    [
        "accessdeniedexception",
        "accessdenied",
        "unrecognizedclientexception",
        "invalidsignatureexception",
        "expiredtokenexception",
        "expiredtoken",
        "invalidclienttokenid",
        "missingauthenticationtoken",
        "signaturedoesnotmatch",
        "unauthenticated",
        "permission_denied",
        "invalid_api_key",
        "authentication_error",
        "permission_error",
    ]
)
# by the name of a class or of one of its bases; the first that is found counts
_CLASSES = {
    "CLIENT_ERROR": "UnsupportedProtocol LocalProtocolError InvalidURL InvalidURLClientError NonHttpUrlClientError "
    "TooManyRedirects MissingSchema InvalidSchema InvalidHeader InvalidProxyURL LocationParseError LocationValueError "
    "SSLCertVerificationError ParamValidationError ContextWindowExceededError",
    "NO_ACCESS": "NoCredentialsError PartialCredentialsError CredentialRetrievalError TokenRetrievalError "
    "DefaultCredentialsError RefreshError AuthenticationError PermissionDeniedError",
    "FILTERED": "ContentFilterFinishReasonError ContentPolicyViolationError BlockedPromptException "
    "StopCandidateException",
    "BAD_ANSWER": "APIResponseValidationError UnknownApiResponseError ResponseParserError ContentTypeError",
    "THROTTLED": "RateLimitError TooManyRequests ResourceExhausted ThrottlingException",
    "OVERLOADED": "TransportError DecodingError StreamError ClientConnectionError ClientPayloadError IncompleteRead "
    "BadStatusLine HTTPClientError APIConnectionError APITimeoutError ProtocolError MaxRetryError NewConnectionError "
    "ReadTimeoutError ConnectTimeoutError TimeoutError Timeout ConnectionClosed EventStreamError ServiceUnavailableError "
    "InternalServerError",
}
_BY_CLASS = {name: what for what, names in _CLASSES.items() for name in names.split()}
_DEEPEST = 5  # exceptions that are looked at, from the outermost


@dataclass(frozen=True, slots=True)
class Failure:
    """What an exception says. `hint`: seconds that it asks to wait; `fatal`: every other call would fail, too."""

    outcome: Outcome
    hint: float | None = None
    fatal: bool = False


def failure_of(error: BaseException) -> Failure:
    """Returns what an exception says about its call; one that is retried where the exception looks transient.

    Example:
        >>> failure_of(ConnectionResetError()).outcome.value
        'overloaded'
    """
    chain = list(_chain(error))
    for one in chain:
        if (known := _by_response(one) or _by_class(one)) is not None:
            return known
    for one in chain:
        if isinstance(one, OSError):
            return Failure(
                Outcome.CLIENT_ERROR if isinstance(one, LASTING) else Outcome.OVERLOADED, _hint(one, "")
            )
    name = type(error).__name__
    if "RateLimit" in name or "Throttl" in name:
        return Failure(Outcome.THROTTLED, _hint(error, ""))
    if "Timeout" in name or "Connect" in name or "Overloaded" in name:
        return Failure(Outcome.OVERLOADED, _hint(error, ""))
    return Failure(Outcome.CLIENT_ERROR)


def _by_response(error: BaseException) -> Failure | None:
    """By status, code and words of the response that an exception carries; None where it carries none."""
    status, code = _status(error), _code(error)
    known = _BY_CODE.get(code)
    if status is None and known is None and code not in _NO_ACCESS:
        body = _attribute(error, "body")
        if isinstance(body, dict) and body:  # an error in mid-stream: it has no status of its own
            return Failure(classify_error_body(body), _hint(error, json.dumps(body, default=str)))
        return None
    text = _text(error)
    hint = _hint(error, text)
    outcome = Outcome.CLIENT_ERROR if status is None else classify(status, f"{code} {text}", hint)
    if outcome is Outcome.CLIENT_ERROR and known is not None and not never_fits(text):
        outcome = known
    if known is Outcome.QUOTA:
        outcome = known
    fatal = code in _NO_ACCESS or status == 401 or (status == 403 and outcome is Outcome.CLIENT_ERROR)
    fatal = fatal or (status in (400, 404) and names_no_model(text))
    return Failure(Outcome.CLIENT_ERROR if fatal else outcome, hint, fatal)


def _by_class(error: BaseException) -> Failure | None:
    for kind in type(error).__mro__:
        if kind.__module__ == "builtins":
            break
        if (what := _BY_CLASS.get(kind.__name__)) is not None:
            if what == "NO_ACCESS":
                return Failure(Outcome.CLIENT_ERROR, fatal=True)
            return Failure(Outcome[what], _hint(error, ""))
    if isinstance(error, OSError) and isinstance(
        error, ValueError
    ):  # of requests: the answer, or the request itself
        readable = type(error).__name__ != "JSONDecodeError"
        return Failure(Outcome.CLIENT_ERROR if readable else Outcome.BAD_ANSWER)
    return None


def _chain(error: BaseException) -> Iterator[BaseException]:
    """An exception and those that it was raised from."""
    one: Any = error
    for _ in range(_DEEPEST):
        if not isinstance(one, BaseException):
            return
        yield one
        last = _attribute(one, "last_attempt")  # of tenacity: what was tried in vain
        inner = None
        if last is not None:
            with contextlib.suppress(Exception):
                inner = last.exception()
        one = inner or one.__cause__


def _status(error: BaseException) -> int | None:
    response = _attribute(error, "response")
    stated = [_attribute(error, name) for name in ("status_code", "status", "http_status", "code")]
    if isinstance(response, Mapping):  # of botocore
        stated.append(_within(response, "ResponseMetadata", "HTTPStatusCode"))
    else:
        stated += [_attribute(response, name) for name in ("status_code", "status")]
    for value in stated:
        if isinstance(value, str) and len(value) == 3 and value.isdecimal():
            value = int(value)
        if isinstance(value, int) and not isinstance(value, bool) and 400 <= value < 600:
            return int(value)
    return None


def _code(error: BaseException) -> str:
    """The error code in lower case, as 'throttlingexception'; empty where there is none."""
    response, body = _attribute(error, "response"), _attribute(error, "body")
    stated = [
        _within(response, "Error", "Code"),
        _within(body, "error", "code"),
        _within(body, "error", "type"),
    ]
    stated += [_attribute(error, name) for name in ("code", "status", "type")]
    code = _attribute(error, "code")
    if callable(code):  # of gRPC
        with contextlib.suppress(Exception):
            stated.append(code().name)
    for value in stated:
        if isinstance(value, str) and value and not value.isdecimal():
            return value.lower()
    return ""


def _text(error: BaseException) -> str:
    """What an exception says, with the body of its response."""
    parts = [str(error)]
    for name in ("body", "details"):
        value = _attribute(error, name)
        if isinstance(value, dict | list | str):
            parts.append(json.dumps(value, default=str))
    text = _attribute(_attribute(error, "response"), "text")  # not of a stream that was not read
    if isinstance(text, str):
        parts.append(text)
    return " ".join(part[:20_000] for part in parts)


def _hint(error: BaseException, text: str) -> float | None:
    own = _attribute(error, "retry_after")
    if isinstance(own, int | float) and not isinstance(own, bool):
        return max(0.0, float(own))
    response = _attribute(error, "response")
    headers: dict[str, str] = {"retry-after": own} if isinstance(own, str) else {}
    places = [_within(response, "ResponseMetadata", "HTTPHeaders"), _attribute(response, "headers")]
    places += [_attribute(error, name) for name in ("headers", "litellm_response_headers")]
    for place in places:
        if place is not None:
            with contextlib.suppress(Exception):  # whatever a library calls headers
                headers |= {str(name): str(value) for name, value in dict(place).items()}
    return retry_hint(headers, text, wall_now=datetime.now(UTC))


def _within(value: Any, *names: str) -> Any:
    for name in names:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def _attribute(value: Any, name: str) -> Any:
    """An attribute; None where there is none, or a property raises."""
    try:
        return getattr(value, name, None)
    except Exception:  # noqa: BLE001 - as httpx's `text` of a response that was not read
        return None
