"""A judge's verdict in words. Only plain statements are read: a word that may mean the other thing decides nothing."""

import re
from typing import Any

from evalstudio.evaluators.text import normalise_text

LONGEST_WORD = 200
"""Characters of a reply that is nothing but one word, with marks around it."""

YES = {"true", "yes", "correct", "right", "1", "1.0"}
NO = {"false", "no", "incorrect", "wrong", "not correct", "0", "0.0"}

_RIGHT = {"correct", "right", "true", "yes", "accurate"}
_WORDS = r"incorrect|inaccurate|correct|accurate|right|wrong|true|false"
_WORD = re.compile(rf"\b(?:{_WORDS}|yes)\b", re.IGNORECASE)
# "the correct answer" says nothing about this one
_BEFORE_A_NOUN = re.compile(
    rf"\b(?:the|an?|its|his|her|their|this|that|only|same|no)\s+(?:\w+\s+)?(?:{_WORDS})(?=\s+\w)",
    re.IGNORECASE,
)
_END = r"(?=\s*(?:$|[.,:;!)\]–—-]|\b(?:because|since|as|and|given|so)\b))"
_CUE = re.compile(
    r"\b(?:verdict|judge?ment|correct(?:ness)?|conclusion|decision|score|grade)\s*[:=：]\s*[\"'(]*"
    rf"(?P<word>not correct|{_WORDS}|yes|no)\b[\"')]*{_END}",
    re.IGNORECASE,
)
_LEAD = re.compile(
    rf"\W*(?P<word>yes|no|(?:{_WORDS})(?:\s+(?:answer|response))?)\s*(?=$|[.,:;!–—-])", re.IGNORECASE
)
_SUBJECT = r"(?:answer|response|reply|output|solution|prediction|submission)(?:\s+(?:given|provided))?"
_SURE = r"(?:(?:therefore|thus|hence|clearly|indeed|fully|entirely|completely|factually|simply|definitely)\s+){0,2}"
_STATEMENT = re.compile(
    rf"(?:\b{_SUBJECT}|^\W*(?:(?:so|thus|therefore|hence|overall),?\s+)?(?:it|this|that))"
    rf"(?:\s+(?:is|was)\s+{_SURE}|['’]s\s+{_SURE}|(?P<not>\s+(?:is|was)\s+not\s+|\s+(?:is|was)n['’]t\s+))"
    rf"(?P<word>{_WORDS})\b{_END}",
    re.IGNORECASE,
)
_OF_ANOTHER = re.compile(
    r"\b(?:reference|expected|gold|ideal|true|correct|first|second|other|part of the|says?|said|states?|claims?|argues?|"
    r"reads?|that)\b",
    re.IGNORECASE,
)
_NEGATION = re.compile(
    r"\b(?:not|no|never|neither|nor|none|nothing|nobody|hardly|barely|scarcely|cannot|without|far from|\w+n['’]t)\b",
    re.IGNORECASE,
)
_HEDGE = re.compile(
    r"\b(?:partial(?:ly)?|partly|in part|half|halfway|mostly|mainly|largely|somewhat|almost|nearly|more or less|"
    r"roughly|generally|essentially|basically|technically|arguably|may|might|perhaps|maybe|probably|possibly|likely|"
    r"unlikely|presumably|seems?|seemingly|appears?|apparently|i (?:think|believe|guess|suppose|assume|feel)|unsure|"
    r"not sure|uncertain|unclear|unless|except|although|though|but|however|otherwise|depends?|debatable|"
    r"on the other hand|to (?:some|a|an?\s\w+) (?:degree|extent)|wait|not (?:quite|fully|entirely|completely|really))\b",
    re.IGNORECASE,
)
_WEAK_HEDGE = re.compile(
    r"\b(?:quite|fairly|rather|can|could|would|should|if|while|whereas|only|close|looks?|sounds?|or)\b",
    re.IGNORECASE,
)
_NO_FAULT = re.compile(
    r"\b(?:no|any|without)\s+(?:\w+\s+)?(?:mistakes?|errors?|contradictions?|problems?|issues?|differences?|faults?|flaws?|"
    r"discrepanc(?:y|ies)|objections?)\b",
    re.IGNORECASE,
)
_SENTENCES = re.compile(r"(?<=[.!?])\s+|\n+")


class _Unclear(Exception):
    """A sentence speaks of right or wrong, and which one is not plain."""


def verdict_of_word(value: Any) -> bool | None:
    """What a single value says: a truth value, 1 or 0, or a word; None where it is none of these.

    Example:
        >>> verdict_of_word("Incorrect."), verdict_of_word("partially")
        (False, None)
    """
    if isinstance(value, bool):
        return value
    if not isinstance(value, str | int | float) or len(str(value)) > LONGEST_WORD:
        return None
    said = normalise_text(str(value))
    return said in YES if said in YES or said in NO else None


def verdict_in_text(text: str) -> bool | None:
    """The verdict of a reply in words; None where it is not plain.

    Example:
        >>> verdict_in_text("The answer is wrong because it names Lyon.")
        False
        >>> verdict_in_text("The answer is partially correct.") is None
        True
    """
    if (verdict := verdict_of_word(text)) is not None:
        return verdict
    sentences = [sentence.strip() for sentence in _SENTENCES.split(text) if sentence.strip()]
    try:
        said = {value for sentence in sentences if (value := _of_cue(sentence)) is not None}
        if not said:
            if _HEDGE.search(text):
                return None
            said = {value for sentence in sentences if (value := _of_sentence(sentence)) is not None}
    except _Unclear:
        return None
    return said.pop() if len(said) == 1 else None


def _of_cue(sentence: str) -> bool | None:
    """The verdict after "Verdict:" or the like; None where there is no such cue."""
    cues = list(_CUE.finditer(sentence))
    if not cues:
        return None
    values = {_is_right(cue["word"]) for cue in cues}
    rest = sentence[cues[-1].end() :]
    doubtful = _HEDGE.search(rest) or _WEAK_HEDGE.search(rest) or sentence.endswith("?")
    if len(values) > 1 or doubtful or _NEGATION.search(sentence[: cues[0].start()]):
        raise _Unclear
    value = values.pop()
    _check_others(rest, value)
    return value


def _of_sentence(sentence: str) -> bool | None:
    """The verdict of a sentence; None where it speaks of neither right nor wrong."""
    if sentence.endswith("?"):
        return None
    lead = _LEAD.match(sentence)
    found = lead or _STATEMENT.search(sentence)
    if found is None:
        if _WORD.search(_BEFORE_A_NOUN.sub("", sentence)):
            raise _Unclear
        return None
    before, rest = sentence[: found.start()], sentence[found.end() :]
    value = _is_right(found["word"])
    if _WEAK_HEDGE.search(before) or _WEAK_HEDGE.search(rest):
        raise _Unclear
    if lead:
        _check_lead(value, rest)
    else:
        if _NEGATION.search(before) or _OF_ANOTHER.search(before):
            raise _Unclear
        if found["not"]:
            if not value:
                raise _Unclear  # "not wrong" is not yet right
            value = False
    _check_others(rest, value)
    return value


def _check_lead(value: bool, rest: str) -> None:
    """After "Yes," a negation turns it round; "No, there are no mistakes" means the other thing."""
    if _NO_FAULT.search(rest) or (value and _NEGATION.search(rest)):
        raise _Unclear


def _check_others(text: str, value: bool) -> None:
    """Whether the other words of a sentence say the same."""
    plain = _BEFORE_A_NOUN.sub("", text)
    words = [_is_right(word[0]) for word in _WORD.finditer(plain)]
    if any(word is not value for word in words) or (words and _NEGATION.search(plain)):
        raise _Unclear


def _is_right(word: str) -> bool:
    return word.casefold().split()[0] in _RIGHT
