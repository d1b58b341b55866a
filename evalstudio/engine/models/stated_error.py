"""Stated errors: finds what an endpoint itself says is wrong, in a body or an event that holds no answer."""

import json
from typing import Any

from evalstudio.core.outcome import Outcome
from evalstudio.core.refusals import classify_error_body, is_fatal, status_within
from evalstudio.engine.models.call import Answer, CallResult
from evalstudio.engine.models.classify import LONGEST_MESSAGE, error_message
from evalstudio.engine.models.loose import NotReadable, load_object
from evalstudio.models.keys import redact

_ERRORS = ("error", "errors", "exception", "err")
_MESSAGES = ("error_msg", "error_message", "errorMessage", "detail", "errmsg", "err_msg", "reason")
_CODES = ("code", "error_code", "errcode", "status_code", "status")
_FINE = (None, "", 0, 200, "0", "200", "ok", "success")
_SHOWN = 200  # characters of a body that holds no answer
_KEEP_ALIVE = (
    "ping",
    "pong",
    "heartbeat",
    "keepalive",
    "keep_alive",
    "keep-alive",
    "hb",
    "alive",
    "connected",
)


def error_in(value: dict[str, Any]) -> Any:
    """Returns the error that an object without an answer states; None where it states none.

    Example:
        >>> error_in({"object": "error", "message": "CUDA out of memory", "code": 500})
        {'object': 'error', 'message': 'CUDA out of memory', 'code': 500}
    """
    for name in _ERRORS:
        if value.get(name):
            stated = value[name]
            return stated[0] if isinstance(stated, list) else stated
    if any(value.get(name) for name in _MESSAGES):
        return value
    if isinstance(value.get("message"), str) and value["message"]:
        kinds = f"{value.get('type', '')} {value.get('object', '')} {value.get('status', '')}".lower()
        if any(word in kinds for word in ("error", "fail", "exception")):
            return value
        codes = [
            value.get(name) for name in _CODES if not (name == "status" and isinstance(value.get(name), str))
        ]
        if any(code not in _FINE for code in codes):
            return value
    return None


def aside_in(value: dict[str, Any]) -> str | None:
    """Returns what an object without an answer says without calling it an error: perhaps one, perhaps a sign of life."""
    message = value.get("message")
    kind = str(value.get("type") or value.get("event") or value.get("object") or "message")
    return message if isinstance(message, str) and message and not is_keep_alive(kind) else None


def is_keep_alive(text: str) -> bool:
    """Whether the text of an event only keeps a connection open."""
    text = text.strip(" \t:[]{}\"'.").lower()
    return not text or text in _KEEP_ALIVE or text == "null" or text.isdecimal()


def as_error(data: bytes) -> Any:
    """Returns the error in the data of an event that is named an error."""
    try:
        value = load_object(data)
    except NotReadable as error:
        return {"message": error.text or "unknown"}
    return error_in(value) or value or {"message": "unknown"}


def stated(error: Any, partial: Answer | None, how: str) -> CallResult:
    """Returns the result of a call that ended in a stated error; `how` is "answered" or "broke off"."""
    status = status_within(error)
    return CallResult(
        classify_error_body(error),
        partial,
        f"{how} with an error: {message_of(error)}.",
        fatal=status is not None and is_fatal(status, json.dumps(error)),
    )


def message_of(error: Any) -> str:
    """Returns the endpoint's own words for an error: one line, without keys."""
    if isinstance(error, dict):
        for name in _MESSAGES:
            if isinstance(error.get(name), str) and error[name] and not error.get("message"):
                return error_message(error[name])
    return error_message(error if isinstance(error, str) else json.dumps(error, ensure_ascii=False))


def shown(data: bytes) -> str:
    """Returns the beginning of a body that can't be used, for a message: one line, without keys."""
    start = " ".join(redact(data[:20_000].decode(errors="replace")).split())
    return start if len(start) <= _SHOWN else start[: _SHOWN - 1] + "…"


def said(text: str) -> tuple[Outcome, str]:
    """Returns the outcome and the words of a text that stands where an answer belongs."""
    plain = " ".join("".join(one if one.isprintable() else " " for one in redact(text[:20_000])).split())
    if len(plain) > LONGEST_MESSAGE:
        plain = plain[: LONGEST_MESSAGE - 1] + "…"
    return classify_error_body({"message": plain}), plain.removesuffix(".")
