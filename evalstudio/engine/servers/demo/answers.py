"""Answer generator of the demo model: derives answers from the given text, some of them wrong.

It reads only the messages and recognises the task by their words; an unknown task gets a general sentence. The same
seed, messages and repeat give the same answer.
"""

import re
from typing import Any

import msgspec

from evalstudio.engine.servers.demo.arithmetic import solve
from evalstudio.engine.servers.demo.chat import ChatRequest
from evalstudio.engine.servers.demo.draws import choice
from evalstudio.engine.servers.demo.extraction import fill
from evalstudio.engine.servers.demo.knowledge import choose, options_in
from evalstudio.engine.servers.demo.sentiment import sentiment

_TERSE = re.compile(
    r"\b(one word|single word|only the|just the|nothing else|letter only|only a|one letter|only with)\b", re.I
)
_LABEL = re.compile(
    r"^\s*(?:review|text|comment|feedback|message|sentence|question|problem|email)\s*:\s*", re.I | re.M
)
_WONDER = [
    "That depends on what you want to use it for; could you tell me more?",
    "In short: yes, with a few exceptions that are worth checking first.",
    "There are several ways to look at this, and the simplest is usually the best one.",
    "Here is a brief answer: it works in most cases, but test it on your own data.",
    "I would start with the basics and go on from there, one step at a time.",
]


def answer_text(request: ChatRequest, key: bytes) -> str:
    """Returns the answer to the last user message; `key` determines all draws."""
    instructions = "\n".join(m.text for m in request.messages if m.role in ("system", "developer"))
    asked = next((m.text for m in reversed(request.messages) if m.role == "user"), "")
    text = _subject(asked)
    every = f"{instructions}\n{asked}"
    form = request.response_format
    if form is not None and form.type != "text":
        schema = ((form.json_schema or {}).get("schema") if form.type == "json_schema" else None) or {}
        return msgspec.json.encode(_object(schema, every, text, key)).decode()
    if _asks_sentiment(every):
        label = sentiment(text, key)
        return label if _TERSE.search(every) else f"The sentiment of this text is {label}."
    options = options_in(asked)
    if len(options) >= 2:
        letter = choose(asked, options, key)
        return letter if _TERSE.search(every) else f"The answer is {letter}: {options[letter]}."
    if re.search(r"\bjson\b", every, re.I):
        return msgspec.json.encode(_object({}, every, text, key)).decode()
    solution = solve(text, key)
    if solution is not None:
        number = f"{solution:g}" if abs(solution) < 1e6 else f"{solution:.0f}"
        return number if _TERSE.search(every) else f"Let me work it out step by step. The answer is {number}."
    return choice(key, "sentence", _WONDER)


def _subject(text: str) -> str:
    """The part of a message after its last label such as "Review:", or all of it."""
    found = list(_LABEL.finditer(text))
    return text[found[-1].end() :] if found else text


def _asks_sentiment(text: str) -> bool:
    words = text.lower()
    return "sentiment" in words or ("positive" in words and "negative" in words)


def _object(schema: dict[str, Any], instructions: str, text: str, key: bytes) -> Any:
    """An object in the form of `schema`; without one, with the fields that the instructions name."""
    if not schema:
        names = re.findall(r'[`"\'](\w+)[`"\']', instructions)
        listed = re.search(r"\b(?:keys|fields|with)\s+((?:\w+(?:,\s*|\s+and\s+))+\w+)", instructions)
        if not names and listed:
            names = re.findall(r"\w+", listed.group(1).replace(" and ", " "))
        if not names:
            names = ["sentiment"] if _asks_sentiment(instructions) else ["answer"]
        schema = {"type": "object", "properties": {name: {} for name in names}}
    return fill(schema, text, key)
