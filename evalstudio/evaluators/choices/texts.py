"""One expected text, where neither the choices nor their labels are known."""

import re

from evalstudio.core.lazy_pattern import lazy_compile
from evalstudio.core.score import Score
from evalstudio.evaluators.choices.choices import LONGEST_CHOICES, MARKUP
from evalstudio.evaluators.contains import occurs_as_words
from evalstudio.evaluators.cues import DENIED_BEFORE, REASONS, last_cues, refuses, without_run_on
from evalstudio.evaluators.text import TooLong, normalise_text, shown, unscored

SHORT = 2
"""Words by which an answer may be longer than the expected text and still be compared as a whole."""

_LABEL = lazy_compile(r"^[(\[]?[A-Za-z](?:[)\]]|[.:])\s+")
_IT_IS = lazy_compile(
    r"^(?:(?:so|thus|therefore|hence|well|ok|okay|sure|yes|i\s+think|i\s+believe|i\s+would\s+say|i'd\s+say)[,:]?\s+){0,3}(?:it\s+is|it's|it’s|that\s+is|that's|this\s+is|"
    r"it\s+must\s+be|it\s+has\s+to\s+be|c'est|es\s+ist|das\s+ist|es|é|è|это)\s+",
    re.IGNORECASE,
)
_ENDS = lazy_compile(r"[.!?](?=\s|$)|[。！？]|\n|;\s|\s[-–—(]\s?")
_PART = lazy_compile(r"[.,;:!?。、，(\n]|\s[-–—]\s")
_ANOTHER = lazy_compile(
    r"(?<!\w)(?:or|either|and|but|versus|vs\.?|oder|und|ou|et|o|y|или|и)(?!\w)", re.IGNORECASE
)


def by_text(answer: str, expected: str, name: str) -> Score:
    """The answer's text, without a label in front, against the expected one.

    Right where the answer is that text, or states it ("The answer is Paris."); wrong where it is or states another one;
    unscored where a longer text states neither.

    Raises:
        TooLong: the answer is too long to compare.
    """
    if len(answer) > LONGEST_CHOICES:
        if answer != expected:
            raise TooLong(
                f"an answer of {len(answer):,} characters is too long to compare (up to {LONGEST_CHOICES:,})"
            )
        return Score(name, True, why=f"the answer is {shown(expected)}")
    text = MARKUP.sub("", without_run_on(answer)).strip()
    if re.fullmatch(r"[(\[]?[A-Za-z][)\].:]?", text):
        return unscored(name, f"the answer is the label {shown(text)}, and the choices' texts are not given")
    rest = _LABEL.sub("", text)
    wanted = normalise_text(MARKUP.sub("", expected))
    if wanted in (normalise_text(text), normalise_text(rest)):
        return Score(name, True, why=f"the answer is {shown(rest)}, expected {shown(expected)}")
    stated = _stated(rest)
    right = _judged(stated if stated is not None else rest, wanted, whole=stated is None)
    if right is None:
        return unscored(name, f"it can't be told whether {shown(rest)} means {shown(expected)}")
    return Score(name, right, why=f"the answer is {shown(stated or rest)}, expected {shown(expected)}")


def _stated(text: str) -> str | None:
    """What the last statement of a text says; None where it makes none."""
    for cue in last_cues(text):
        if cue.linked:
            said = _ENDS.split(text[cue.end :], maxsplit=1)[0].strip()
            if said:
                return _LABEL.sub("", said)
    return None


def _judged(said: str, wanted: str, *, whole: bool) -> bool | None:
    """Whether a text says what is wanted; None where that can't be told."""
    folded = normalise_text(_IT_IS.sub("", said))
    if not folded or refuses(said):
        return None
    if folded == wanted:
        return True
    first = normalise_text(_PART.split(folded, maxsplit=1)[0])
    if first == wanted and not _ANOTHER.search(folded[len(first) :][:8]):
        return True
    reason = REASONS.search(folded)
    main = folded[: reason.start()] if reason and reason.start() else folded
    if occurs_as_words(wanted, main):
        place = main.find(wanted)
        if DENIED_BEFORE.search(main, max(0, place - 50), place) or _ANOTHER.search(main):
            return None
        if re.match(r"\s+(?:is|was)(?:\s+not|n't|\s+wrong)", main[place + len(wanted) :]):
            return None
        return True if not whole or len(wanted) > 3 else None
    if occurs_as_words(wanted, folded):
        return None
    short = len(folded.split()) <= len(wanted.split()) + SHORT
    said_otherwise = len(first.split()) <= len(wanted.split()) + SHORT and wanted in (
        "yes",
        "no",
        "true",
        "false",
    )
    return (
        False if not whole or short or (said_otherwise and first in ("yes", "no", "true", "false")) else None
    )
