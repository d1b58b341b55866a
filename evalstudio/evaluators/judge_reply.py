"""What a judge's reply says: tolerant about the form, strict about the value."""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from evalstudio.evaluators.json_text import NotJson, find_json
from evalstudio.evaluators.numbers import first_numbers
from evalstudio.evaluators.text import last_of, normalise_text, shown

LONGEST = 50_000
"""Characters of the longest reply that is read."""

LONGEST_WORD = 200  # characters of a reply that is nothing but "yes", with marks around it

SCORE_KEYS = (
    "score",
    "grade",
    "rating",
    "note",
    "points",
    "value",
    "correct",
    "verdict",
    "judgement",
    "judgment",
)
REASON_KEYS = ("reasoning", "reason", "explanation", "rationale", "justification", "why")
YES = {"true", "yes", "correct", "right", "1", "1.0"}
NO = {"false", "no", "incorrect", "wrong", "not correct", "0", "0.0"}

MARKS = re.compile(r"```\w*|[*_`#]|\[\[|\]\]")
NUMBER = r"[-−+]?\d+(?:[.,]\d+)?"
OF = rf"(?P<number>{NUMBER})(?:\s*(?:/|out of|of|sur|von|de)\s*(?P<top>{NUMBER}))?"
# No two neighbours in these take the same characters: time would grow with a power of a reply's length.
STATED = re.compile(rf"\b(?:{'|'.join(SCORE_KEYS)})\b[\s\"':=]*(?:(?:is|of)[\s\"':=]*)?{OF}", re.IGNORECASE)
ALONE = re.compile(rf"{OF}(?:\s*(?:points?|%))?(?:\s*[.!])?", re.IGNORECASE)
WORD = re.compile(r"\b(not correct|incorrect|correct|wrong|right|true|false|yes|no)\b", re.IGNORECASE)
VERDICT = re.compile(
    rf"\b(?:correct|verdict|judgement|judgment|score|answer is)\b[\s\"':=]+(?P<word>{WORD.pattern})",
    re.IGNORECASE,
)


class Unreadable(ValueError):
    """A reply holds no usable judgement; the message says why."""


class Reading(NamedTuple):
    """A judgement and the judge's reasons for it."""

    value: float | bool
    reasoning: str


def read_score(reply: str, low: float, high: float) -> Reading:
    """The number a reply gives, from `low` to `high`.

    Read from JSON (fenced, or with words around), from "score: 8/10", from a reply that is a number, or
    from the only number in a reply. "8,5" is 8.5; "4/5" is refused where the scale ends at 10.

    Raises:
        Unreadable: there is no number, more than one, or one outside the scale; or the reply is longer than LONGEST.
    """
    _check_length(reply)
    raw, reasoning = _from_json(reply)
    text = MARKS.sub("", reply if raw is None else str(raw)).strip()
    if isinstance(raw, bool):
        raise Unreadable(f"the score is {str(raw).lower()}, not a number")
    match = ALONE.fullmatch(text) or (None if raw is not None else last_of(STATED.finditer(text)))
    if match is None:
        # A number inside of JSON that was cut off or is broken could be any number.
        found = [] if raw is not None or text.startswith("{") else first_numbers(text, 2)
        if len(found) != 1:
            raise Unreadable(f"no score can be read from {shown(text)}")
        return Reading(_within(float(found[0].value), low, high), reasoning or text)
    if match["top"] is not None and _number(match["top"]) != high:
        raise Unreadable(f"{shown(match[0])} is on another scale than {low:g} to {high:g}")
    return Reading(_within(_number(match["number"]), low, high), reasoning or text)


def read_verdict(reply: str) -> Reading:
    """Whether a reply says that the answer is correct.

    Raises:
        Unreadable: it says neither, or both; or the reply is longer than LONGEST.
    """
    _check_length(reply)
    raw, reasoning = _from_json(reply)
    text = MARKS.sub("", reply if raw is None else str(raw)).strip()
    said = normalise_text(text) if len(text) <= LONGEST_WORD else ""
    if said in YES or said in NO:
        return Reading(said in YES, reasoning or text)
    if raw is None:
        stated = last_of(VERDICT.finditer(text))
        words = {word.casefold() in YES for word in WORD.findall(text)}
        if stated is not None:
            return Reading(stated["word"].casefold() in YES, text)
        if len(words) == 1:
            return Reading(words.pop(), text)
    raise Unreadable(f"no verdict can be read from {shown(text)}")


def _check_length(reply: str) -> None:
    if len(reply) > LONGEST:
        raise Unreadable(f"it has {len(reply):,} characters, and up to {LONGEST:,} are read")


def _from_json(reply: str) -> tuple[Any, str]:
    """The score and the reasons of a JSON reply; None and nothing where it is none."""
    try:
        found = find_json(reply)
    except NotJson:
        return None, ""
    if isinstance(found, bool | int | float | str):
        return found, ""
    if not isinstance(found, Mapping):
        return None, ""
    table = {str(key).casefold(): value for key, value in found.items()}
    reasoning = next((str(table[key]) for key in REASON_KEYS if key in table), "")
    score = next((table[key] for key in SCORE_KEYS if table.get(key) is not None), None)
    return (score if isinstance(score, bool | int | float | str) else None), reasoning


def _number(text: str) -> float:
    return float(text.replace(",", ".").replace("−", "-"))


def _within(value: float, low: float, high: float) -> float:
    if not low <= value <= high:
        raise Unreadable(f"{value:g} is outside {low:g} to {high:g}")
    return value
