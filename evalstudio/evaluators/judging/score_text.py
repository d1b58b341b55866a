"""A judge's score in words. Only a number that is given as the score, on the asked scale, is read."""

import re
from collections.abc import Sequence

from evalstudio.evaluators.text import shown

_NUMBER = r"[-−+]?\d+(?:[.,]\d+)?"
_OF = rf"(?P<number>{_NUMBER})(?:\s*(?P<over>/|out of|of|sur|von|de)\s*(?P<top>{_NUMBER})|\s*(?P<percent>%))?"
# No two neighbours in these take the same characters: time would grow with a power of a reply's length.
_ALONE = re.compile(rf"[\"'(]?{_OF}(?:\s*(?:points?|stars?))?[\"')]?(?:\s*[.!])?", re.IGNORECASE)
_KEYS = "score|grade|rating|note|points|value|verdict|judge?ment"
_STATED = re.compile(
    rf"(?:\b(?P<final>final|overall|total)\s+)?\b(?:{_KEYS})\b[\s\"':=：]*(?:(?:is|of)[\s\"':=：]*)?{_OF}",
    re.IGNORECASE,
)
_LINE = re.compile(rf"\W*(?:{_KEYS})\s*[:=：]\s*{_NUMBER}\b[^\n]*", re.IGNORECASE)
_GIVEN = re.compile(
    r"\b(?:give|gave|giving|rate|rated|grade|graded|score|scored|assign|award|awarded|deserves?|earns?|gets?|merits?|worth)"
    rf"(?:\s+(?:it|this|that|the|an?|answer|response|reply|output|at|with|as|to|of|score|grade|rating)){{0,6}}\s+{_OF}",
    re.IGNORECASE,
)
_STARS = re.compile(r"[★⭐]+️?[☆✩]*")
_FIGURES = re.compile(r"\d+(?:[.,]\d+)*")
_NUMBER_ONLY = re.compile(_OF, re.IGNORECASE)
_NEGATION = re.compile(
    r"\b(?:not|no|never|cannot|unable|refuse|decline|impossible|without|\w+n['’]t)\b", re.IGNORECASE
)
_BOUND = re.compile(
    r"(?:\b(?:at least|at most|up to|(?:more|less|higher|lower|better|worse|fewer) than|above|below|over|under|between|"
    r"perhaps|maybe|possibly|either|minimum|maximum)|[<>≤≥~≈±])\s*$",
    re.IGNORECASE,
)
_AFTER = re.compile(
    r"\s*(?:points?|stars?)?[\"')\]]*\s*(?:$|\n|[.!;,:](?:\s|$)|[.,]?[(–—]|\s-\s|(?:because|since|as|for|overall|and|due)\b)",
    re.IGNORECASE,
)
_RANGE = re.compile(
    rf"\s*(?:[-–—~/]|to|or|and|bis|oder|,|\+/?-|±)\s*(?:perhaps|maybe|possibly|even)?\s*{_NUMBER}",
    re.IGNORECASE,
)
_ANOTHER = re.compile(
    rf"\s*(?:points?|stars?)?\s*[(,]?\s*(?:on an?|from a|out of|of|max(?:imum)?|scale|in a|/)\W*(?:scale|range|max(?:imum)?|total)?\W*"
    rf"(?:of|from|is)?\W*{_NUMBER}",
    re.IGNORECASE,
)
_ANOTHER_CRITERION = re.compile(r"\s*(?:for|in|on)\b[^.!?\n\d]*(?:,|;|and)\s*\d", re.IGNORECASE)


class ScoreText(ValueError):
    """A text states no score that can be read; the message says why."""


def whole_score(text: str, low: float, high: float) -> float | None:
    """The score of a text that is nothing but one; None where it is more than that, or none.

    Raises:
        ScoreText: it is on another scale.

    Example:
        >>> whole_score("8/10", 1, 10)
        8.0
    """
    match = _ALONE.fullmatch(text)
    return None if match is None else _on_scale(match, low, high)


def score_in_text(text: str, low: float, high: float) -> float:
    """The score that a reply in words gives.

    Raises:
        ScoreText: it gives none, several, a range, or one on another scale.

    Example:
        >>> score_in_text("It has 2 flaws.\\nScore: 8", 1, 10)
        8.0
    """
    text = _without_scale(text, low, high)
    if (alone := whole_score(text.strip(), low, high)) is not None:
        return alone
    stated = [match for match in _STATED.finditer(text) if _is_stated(match, text)]
    if stated:
        values = {_on_scale(match, low, high) for match in _most_final(stated, text)}
        if len(values) == 1:
            return values.pop()
        raise ScoreText(f"it gives several scores: {shown(text)}")
    if _STATED.search(text) is None and (found := _only_number(text, low, high)) is not None:
        return found
    raise ScoreText(f"no score can be read from {shown(text)}")


def _without_scale(text: str, low: float, high: float) -> str:
    """The text without mentions of the asked scale: "on a scale from 1 to 10", "(1-10)"."""
    asked = re.compile(
        rf"\(\s*{low:g}\s*(?:-|–|—|to)\s*{high:g}\s*\)|,?\s*(?:\b(?:on|in|using)\s+)?\b(?:an?|the)\s+(?:scale|range)\s+"
        rf"(?:of|from)\s+{low:g}\s*(?:-|–|—|to)\s*{high:g}\b,?(?!\s*[.,]\d)",
        re.IGNORECASE,
    )
    return asked.sub("", text)


def _is_stated(match: "re.Match[str]", text: str) -> bool:
    """Whether a number after "score" is the score: alone, not a bound, a range or a label."""
    rest = text[match.end() : match.end() + 60]
    before = re.split(r"[.!?\n]", text[max(0, match.start() - 200) : match.start()])[-1]
    if _NEGATION.search(before):
        return False
    if _RANGE.match(rest):
        raise ScoreText(f"it gives a range: {shown(match[0] + rest)}")
    if _ANOTHER_CRITERION.match(rest):
        raise ScoreText(f"it gives several scores: {shown(match[0] + rest)}")
    if match["top"] is None and _ANOTHER.match(rest):
        raise ScoreText(f"{shown(match[0] + rest)} names another scale")
    return _AFTER.match(rest) is not None and re.match(r"\s*[:=]", rest) is None


def _most_final(stated: Sequence["re.Match[str]"], text: str) -> Sequence["re.Match[str]"]:
    """The statements that count: final ones before those on lines of their own, before those in sentences."""
    if final := [match for match in stated if match["final"]]:
        return final
    own_line = []
    for match in stated:
        begin = text.rfind("\n", 0, match.start()) + 1
        if _LINE.match(text, begin, match.end() + 1) and not text[begin : match.start()].strip(" \t->•\"'"):
            own_line.append(match)
    return own_line or stated


def _only_number(text: str, low: float, high: float) -> float | None:
    """The number of a sentence that gives one, where the reply holds no other."""
    figures = _FIGURES.findall(text)
    if not figures:
        return _stars(text, high)
    if len(figures) > 2 or _NEGATION.search(text):
        return None
    match = _GIVEN.search(text)
    if match is None:
        match = _NUMBER_ONLY.search(text)
        if match is None or match["top"] is None:
            return None
    if len(figures) != (1 if match["top"] is None else 2) or _BOUND.search(text[: match.start("number")]):
        return None
    rest = text[match.end() : match.end() + 60]
    if _RANGE.match(rest) or (match["top"] is None and _ANOTHER.match(rest)) or not _AFTER.match(rest):
        return None
    return _on_scale(match, low, high)


def _stars(text: str, high: float) -> float | None:
    """Filled stars, where the empty ones make up the scale."""
    found = _STARS.findall(text)
    if len(found) != 1:
        return None
    filled = found[0].count("★") + found[0].count("⭐")
    empty = found[0].count("☆") + found[0].count("✩")
    return float(filled) if filled + empty == high else None


def _on_scale(match: "re.Match[str]", low: float, high: float) -> float:
    number = _number(match["number"])
    if match["percent"]:
        if (low, high) == (0, 1):
            return number / 100
        if high != 100:
            raise ScoreText(f"{shown(match[0])} is on another scale than {low:g} to {high:g}")
    if match["top"] is not None and _number(match["top"]) != high:
        raise ScoreText(f"{shown(match[0])} is on another scale than {low:g} to {high:g}")
    return number


def _number(text: str) -> float:
    return float(text.replace(",", ".").replace("−", "-"))
