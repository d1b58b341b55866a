"""What a judge's reply says: its JSON object first, else plain forms in prose. What is unclear is unreadable."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from evalstudio.core.thinking import split_thinking
from evalstudio.evaluators.json_text import NotJson, parse
from evalstudio.evaluators.judging.score_text import ScoreText, score_in_text, whole_score
from evalstudio.evaluators.judging.verdict_text import verdict_in_text, verdict_of_word
from evalstudio.evaluators.text import shown

LONGEST = 50_000
"""Characters of the longest reply that is read."""

MOST_OBJECTS = 50
"""Braces that are tried as the begin of an object; one reply has one."""

SCORE_KEYS = ("score", "grade", "rating", "note", "points", "value", "verdict", "judgement", "judgment")
VERDICT_KEYS = ("correct", "verdict", "judgement", "judgment", "score", "grade", "rating", "value")
STATED_KEYS = ("correct", "verdict", "judgement", "judgment")
"""Keys of a verdict that have to agree where several are there."""

REASON_KEYS = ("reasoning", "reason", "explanation", "rationale", "justification", "why")
TOP_KEYS = ("max", "maximum", "max_score", "out_of", "scale")
CUT_OFF = ("length", "max_tokens")

_MARKS = re.compile(r"```\w*|[*_`#]|\[\[|\]\]")
_OBJECT = re.compile(r"\{\s*[\"'{]")
_PLACEHOLDER = re.compile(r"[.…\s]*|<.*>|string|(?:one|two|three) sentences?(?: at most)?", re.IGNORECASE)
_ALTERNATIVE = re.compile(r"\s*(?:or|/|\|)\s*", re.IGNORECASE)
_ECHO = re.compile(
    r"\b(?:form|format|schema|template|example|asked|requested|required|e\.g|such as|like|repl(?:y|ies)|respond)\b",
    re.IGNORECASE,
)


class Unreadable(ValueError):
    """A reply holds no usable judgement; the message says why."""


class Reading(NamedTuple):
    """A judgement and the judge's reasons for it."""

    value: float | bool
    reasoning: str


def read_score(reply: str, low: float, high: float, finish_reason: str | None = None) -> Reading:
    """The number a reply gives, from `low` to `high`.

    Read from a JSON object with the key, from "score: 8/10", from a reply that is a number, or from a sentence that
    gives one ("I would give it 8/10"). "8,5" is 8.5. A score on another scale is never converted: "4/5", "4 (out of 5)"
    and "80 %" are refused where the scale ends at 10.

    Args:
        reply: the judge's reply; its thinking is not searched.
        low: the lower end of the scale.
        high: its upper end.
        finish_reason: why the reply ended, where the endpoint told; of one cut off only a whole object is read.

    Raises:
        Unreadable: there is no number, more than one, a range, one outside the scale or on another; or the reply is
            cut off, or longer than LONGEST.

    Example:
        >>> read_score('{"reasoning": "clear", "score": 8}', 1, 10)
        Reading(value=8.0, reasoning='clear')
    """
    text = _answer_of(reply)
    found = _stated_in_json(text, SCORE_KEYS, SCORE_KEYS[:1])
    if found is not None:
        value = _score_of(found.value, low, high)
        if type(found.top) in (int, float) and found.top != high:
            raise Unreadable(f"{value:g} of {found.top:g} is on another scale than {low:g} to {high:g}")
        return Reading(_within(value, low, high), found.reasoning or text.strip())
    _check_whole(text, finish_reason, "score")
    plain = _MARKS.sub("", text).strip()
    try:
        return Reading(_within(score_in_text(plain, low, high), low, high), plain)
    except ScoreText as error:
        raise Unreadable(str(error)) from None


def read_verdict(reply: str, finish_reason: str | None = None) -> Reading:
    """Whether a reply says that the answer is correct.

    Read from a JSON object with the key, from a reply that is one word, from "Verdict: correct", or from a plain
    sentence ("The answer is wrong because ..."). Negations, hedges and replies that say both are unreadable.

    Args:
        reply: the judge's reply; its thinking is not searched.
        finish_reason: why the reply ended, where the endpoint told; of one cut off only a whole object is read.

    Raises:
        Unreadable: it says neither, or both, or leaves it open; or it is cut off, or longer than LONGEST.

    Example:
        >>> read_verdict("Verdict: correct").value
        True
    """
    text = _answer_of(reply)
    found = _stated_in_json(text, VERDICT_KEYS, STATED_KEYS)
    if found is not None:
        value = verdict_of_word(found.value)
        if value is None:
            raise Unreadable(f"no verdict can be read from {shown(found.value)}")
        return Reading(value, found.reasoning or text.strip())
    _check_whole(text, finish_reason, "verdict")
    plain = _MARKS.sub("", text).strip()
    verdict = verdict_in_text(plain)
    if verdict is None:
        raise Unreadable(f"no verdict can be read from {shown(plain)}")
    return Reading(verdict, plain)


def _answer_of(reply: str) -> str:
    if len(reply) > LONGEST:
        raise Unreadable(f"it has {len(reply):,} characters, and up to {LONGEST:,} are read")
    split = split_thinking(reply)
    if split.unfinished:
        raise Unreadable("it was cut off while the judge was still thinking")
    return split.answer


def _check_whole(text: str, finish_reason: str | None, what: str) -> None:
    """Half an object, or the begin of a sentence, could end in anything."""
    if finish_reason in CUT_OFF or _OBJECT.search(text):
        raise Unreadable(f"no {what} can be read from {shown(text)}: it is cut off, or no JSON")


class _Stated(NamedTuple):
    """What an object says and why; `top`: the end of the scale that it names."""

    value: Any
    reasoning: str
    top: Any = None


class _Object(NamedTuple):
    """An object in a reply and the words before it on its line; `table` None: it is broken."""

    table: Mapping[str, Any] | None
    before: str
    text: str


def _stated_in_json(text: str, keys: Sequence[str], agreeing: Sequence[str]) -> _Stated | None:
    """What the object of a reply says; None where it holds none.

    Raises:
        Unreadable: objects contradict each other, or the only one lacks the key.
    """
    objects = _objects(text)
    whole = [one for one in objects if one.table is not None]
    if not whole:
        return _of_broken(objects, keys) if objects else None
    if objects[-1].table is None and not objects[-1].text.rstrip(" \n`).").endswith("}"):
        raise Unreadable("it holds an object that is cut off")
    meant = _meant(whole)
    if not meant and len(whole) > 1:
        raise Unreadable("it repeats the asked form only")
    said = [_value(one.table or {}, keys, agreeing) for one in meant or whole]
    if any(_plain(one.value) != _plain(said[0].value) for one in said):
        raise Unreadable("it holds objects that say different things")
    return said[0]


def _objects(text: str) -> list[_Object]:
    decoder = json.JSONDecoder()
    found: list[_Object] = []
    position = 0
    while len(found) < MOST_OBJECTS and (brace := _OBJECT.search(text, position)) is not None:
        start = brace.start()
        before = text[max(position, start - 200) : start].rpartition("\n")[2]
        try:
            _, end = decoder.raw_decode(text, start)
            found.append(_Object(_table(text[start:end]), before, text[start:end]))
            position = end
        except (ValueError, RecursionError):
            position = _end_of_broken(text, start)
            found.append(_Object(None, before, text[start:position]))
    return found


def _table(text: str) -> Mapping[str, Any] | None:
    try:
        table = parse(text)
    except NotJson:
        return None
    return {str(key).strip().casefold(): value for key, value in table.items()}


def _end_of_broken(text: str, start: int) -> int:
    """Where broken JSON ends: with the line of its last closing brace before a new object begins, else with the text."""
    following = re.compile(r"\n\s*\{\s*[\"'{]").search(text, start + 1)
    until = following.start() if following else len(text)
    brace = text.rfind("}", start, until)
    return until if brace < 0 else brace + 1


def _meant(objects: Sequence[_Object]) -> list[_Object]:
    """The objects that do not repeat the form that was asked for."""
    meant: list[_Object] = []
    echo = False
    for one in objects:
        echo = _is_echo(one) or (echo and _ALTERNATIVE.fullmatch(one.before) is not None)
        if not echo:
            meant.append(one)
    return meant


def _is_echo(one: _Object) -> bool:
    reasons = [(one.table or {}).get(key) for key in REASON_KEYS]
    placeholder = any(isinstance(reason, str) and _PLACEHOLDER.fullmatch(reason) for reason in reasons)
    return placeholder or _ECHO.search(one.before) is not None


def _value(table: Mapping[str, Any], keys: Sequence[str], agreeing: Sequence[str]) -> _Stated:
    given = [key for key in keys if key in table]
    if not given:
        raise Unreadable(f"its object has no '{keys[0]}'")
    if keys[0] not in given and len({_plain(table[key]) for key in given}) > 1:
        raise Unreadable(f"its object has no '{keys[0]}', and {' and '.join(given)} differ")
    verdicts = {verdict_of_word(table[key]) for key in given if key in agreeing}
    if keys is VERDICT_KEYS and len(verdicts) > 1:
        raise Unreadable(f"{' and '.join(given)} of its object contradict each other")
    reasoning = next((str(table[key]) for key in REASON_KEYS if key in table), "")
    return _Stated(table[given[0]], reasoning, next((table[key] for key in TOP_KEYS if key in table), None))


def _plain(value: Any) -> str:
    return str(value).strip().casefold()


def _of_broken(objects: Sequence[_Object], keys: Sequence[str]) -> _Stated:
    """What a whole object says that is no JSON: with single quotes, a comma too many, quotes in its reasons."""
    said = set()
    for one in objects:
        if not one.text.rstrip().endswith("}"):
            raise Unreadable(f"no {keys[0]} can be read from {shown(one.text)}: it is cut off, or no JSON")
        said |= {
            (pair["text"] or pair["plain"]).strip().casefold()
            for pair in _pairs(tuple(keys)).finditer(one.text)
        }
    if len(said) != 1:
        raise Unreadable(f"no {keys[0]} can be read from {shown(objects[0].text)}: it is no JSON")
    return _Stated(said.pop(), "")


def _pairs(keys: tuple[str, ...]) -> "re.Pattern[str]":
    return re.compile(
        rf"[\"'](?:{'|'.join(keys)})[\"']\s*:\s*(?:[\"'](?P<text>[^\"'{{}},\n]*)[\"']|(?P<plain>[^\"'{{}},\n]+?))\s*(?=[,}}\n])",
        re.IGNORECASE,
    )


def _score_of(value: Any, low: float, high: float) -> float:
    if isinstance(value, bool):
        raise Unreadable(f"the score is {str(value).lower()}, not a number")
    if isinstance(value, int | float):
        return float(value)
    if isinstance(value, str):
        try:
            score = whole_score(_MARKS.sub("", value).strip(), low, high)
        except ScoreText as error:
            raise Unreadable(str(error)) from None
        if score is not None:
            return score
    raise Unreadable(f"no score can be read from {shown(value)}")


def _within(value: float, low: float, high: float) -> float:
    if not low <= value <= high:
        raise Unreadable(f"{value:g} is outside {low:g} to {high:g}")
    return value
