"""A column that holds a conversation: the forms in which datasets have one, and the messages it comes to."""

from collections.abc import Sequence
from typing import Any

import msgspec

from evalstudio.core.errors import EvaluationError

SPEAKERS = {
    "system": "system",
    "developer": "developer",
    "user": "user",
    "human": "user",
    "assistant": "assistant",
    "gpt": "assistant",
    "chatgpt": "assistant",
    "bot": "assistant",
    "model": "assistant",
    "ai": "assistant",
}
"""Whose message it is, by the words of OpenAI's form and of ShareGPT's."""
ROLE_KEYS = ("role", "from")
TEXT_KEYS = ("content", "value")
TEXT_PARTS = (None, "text", "input_text", "output_text")
WRAPPERS = ("messages", "conversations", "conversation")


def messages_of(value: Any, where: str, *, verbatim: bool = False) -> list[tuple[str, str]]:
    """The role and text of each message of a conversation.

    A conversation is a list of objects with `role` and `content`, or `from` and `value` (ShareGPT), or JSON text
    of one. A content of several text parts is their text, a part a line. It ends with what the model is asked.

    Args:
        value: what the column holds.
        where: for the sentences, as in "the column 'talk'".
        verbatim: nothing is asked of it but that its messages are texts.

    Raises:
        EvaluationError: it is no such list, a role is unknown, a message is no text, or the last one is the
            model's own.

    Example:
        >>> messages_of([{"from": "human", "value": "2 + 2?"}], "the column 'talk'")
        [('user', '2 + 2?')]
    """
    messages = _listed(value, where)
    found = [_message(one, f"message {number} of {where}") for number, one in enumerate(messages, 1)]
    if verbatim:
        return found
    if found[-1][0] == "assistant":
        raise EvaluationError(
            f"The conversation in {where} ends with the model's own answer, so there is nothing to ask. Leave it out "
            "with [:-1] behind the column's name."
        )
    if not any(role == "user" for role, _ in found):
        raise EvaluationError(f"The conversation in {where} has no message of a user.")
    return found


def _listed(value: Any, where: str) -> Sequence[Any]:
    if isinstance(value, str) and value.strip()[:1] in ("[", "{"):
        try:
            value = msgspec.json.decode(value)
        except (msgspec.DecodeError, RecursionError):
            raise EvaluationError(
                f"{_capital(where)} holds text that is neither a conversation nor JSON of one."
            ) from None
    if isinstance(value, dict):
        inner = next((name for name in WRAPPERS if isinstance(value.get(name), list)), None)
        hint = (
            f" Its list of messages is {inner!r}: write .{inner} behind the column's name." if inner else ""
        )
        raise EvaluationError(f"{_capital(where)} holds an object, not a list of messages.{hint}")
    if not isinstance(value, list | tuple):
        kind = (
            "nothing" if value is None or value == "" else "a text" if isinstance(value, str) else "one value"
        )
        raise EvaluationError(
            f"{_capital(where)} holds {kind}, not a list of messages with role and content."
        )
    if not value:
        raise EvaluationError(f"The conversation in {where} has no messages.")
    return value


def _message(message: Any, where: str) -> tuple[str, str]:
    if not isinstance(message, dict):
        raise EvaluationError(f"{_capital(where)} is no object with role and content.")
    told = next((message[key] for key in ROLE_KEYS if message.get(key) is not None), None)
    if told is None:
        raise EvaluationError(f"{_capital(where)} has no role.")
    role = SPEAKERS.get(told.lower()) if isinstance(told, str) else None
    if role is None:
        raise EvaluationError(
            f"{_capital(where)} has the role '{told}', which cannot be sent. Use one of "
            "system, developer, user, assistant."
        )
    if message.get("tool_calls") or message.get("function_call"):
        raise EvaluationError(f"{_capital(where)} calls tools, and a conversation of texts can't.")
    content = next((message[key] for key in TEXT_KEYS if message.get(key) is not None), None)
    return role, _text(content, where)


def _text(content: Any, where: str) -> str:
    if isinstance(content, str):
        return content
    if isinstance(content, dict):
        content = [content]
    if not isinstance(content, list | tuple) or not content:
        raise EvaluationError(f"{_capital(where)} has no text.")
    return "\n".join(_part(one, where) for one in content)


def _part(part: Any, where: str) -> str:
    if isinstance(part, str):
        return part
    kind = part.get("type") if isinstance(part, dict) else None
    text = part.get("text") if isinstance(part, dict) else None
    if kind not in TEXT_PARTS or not isinstance(text, str):
        called = f"a part of the type '{kind}'" if isinstance(kind, str) else "a part that is no text"
        raise EvaluationError(
            f"{_capital(where)} has {called}; only texts can be sent so far, no images or sound."
        )
    return text


def _capital(where: str) -> str:
    return where[0].upper() + where[1:]
