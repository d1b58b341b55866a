"""The number that one sentence states, among those it explains it by."""

import re
from collections.abc import Iterator, Sequence

from evalstudio.core.lazy_pattern import lazy_compile
from evalstudio.evaluators.cues import GLUE, REASONS
from evalstudio.evaluators.numbers.numbers import Found, Number
from evalstudio.evaluators.numbers.shape import Denied, NotOne, fault_of

_BRACKETS = lazy_compile(r"\([^()]*\)|\[[^\[\]]*\]|（[^（）]*）|【[^【】]*】")
_CLAUSE = lazy_compile(
    rf"[,;，；、:：]\s+|[，；、：]|\s[-–—]\s(?!\d)|(?<!{GLUE})(?=(?:so|thus|hence|therefore|which|giving|leaving|meaning|also|donc|entonces|portanto|quindi|поэтому)(?!{GLUE}))"
    rf"|(?=(?:所以|因此|したがって|따라서))",
    re.IGNORECASE,
)
_NOT = lazy_compile(
    rf"(?<!{GLUE})(?:not|isn't|isn’t|wasn't|nor|never|nicht|rather\s+than|instead\s+of|than|pas|не|bukan|não)\s+(?:\w+\s)?[$€£]?\s?$|(?:不是|并非|ไม่ใช่)\s?$",
    re.IGNORECASE,
)
_ASIDE_BEFORE = lazy_compile(
    rf"(?<!{GLUE})(?:for|per|of|in|at|than|from|by|with|within|after|before|since|until|over|on|every|each|during|between|under|out\s+of|as\s+of|"
    rf"für|von|pro|je|zu|mit|nach|seit|aus|bei|pour|de|en|par|dans|sur|por|para|con|em|com|per|di|su|за|по|из|на|для|от|dari|untuk|pada|dalam|için)"
    rf"\s+(?:(?:the|a|all|about|just|only|these|those|my|her|his|its|their|each|each\s+of\s+the|los|las|les|den|die|der)\s+){{0,2}}[$€£₹¥]?\s?$",
    re.IGNORECASE,
)
_PURPOSE = lazy_compile(
    r"(?<!\w)to\s+(?!get|give|make|obtain|find|reach|have|be|yield|total|equal|form|become)[a-z]+\s+(?:(?:the|a|about|all)\s+)?[$€£]?\s?$",
    re.IGNORECASE,
)
_SUBORDINATE = lazy_compile(
    r"\s*(?:after|before|when|while|once|if|having|assuming|including|of\s+which|out\s+of|nachdem|bevor|wenn|après|avant|después|antes|depois|после|если)(?!\w)",
    re.IGNORECASE,
)
_TOTAL = lazy_compile(
    r"一共|总共|總共|全部で|合計|총|모두|ทั้งหมด|(?<!\w)(?:in\s+total|altogether|in\s+all|insgesamt|au\s+total|en\s+total|no\s+total|всего|итого)(?!\w)",
    re.IGNORECASE,
)
_ASIDE_AFTER = lazy_compile(
    r"\s*(?:\w+\s+)?(?:more|less|fewer|greater|larger|smaller|higher|lower|older|younger)\s+(?:\w+\s+){0,3}?than\b"
    r"|\s+times\s+(?:as|more|the)\b"
    r"|[\s-]+(?:significant|decimal|digits?\b|d\.?p\.?\b|s\.?f\.?\b|places|nachkommastellen|dezimal|stellen|decimales|décimales|cifras|chiffres|знак)",
    re.IGNORECASE,
)  # fmt: skip
_EQUALS = lazy_compile(r"(?<![<>!=:])==?(?!=)|≈|≃")
_RESTATED = lazy_compile(
    r"(?:^|[,;–—\s(])\s*(?:(?:which|that|what|this)\s+(?:is|equals|comes\s+to|makes|gives|means|amounts\s+to)|i\.e\.,?|that\s+is,?|or\s+rather|so|thus|"
    r"hence|therefore|namely|giving|making|in\s+total|also|donc|entonces|所以|因此|即|就是)"
    r"\s*(?:(?:it|that|this|the|answer|total|result|is|are|equals|to|about|exactly|a|of|she|he|they|there|has|have|makes?|gets?|wir|er|sie)\s+){0,6}[$€£₹¥*]{0,3}\s?$",
    re.IGNORECASE,
)
_TELLING = lazy_compile(
    r"(?<![^\W_])(?:makes?|gives?|equals?|yields?|is|are|totals?|comes?\s+to|leaves?|results?\s+in|costs?)\s+(?:(?:about|exactly|a|the|total|of)\s+){0,3}[$€£₹¥]?\s?$",
    re.IGNORECASE,
)
_SEVERAL_UNKNOWNS = lazy_compile(r"(?<![^\W_])([A-Za-z])(?:_\{?\w\}?)?\s*=")


def stated_in(plain: str, found: Sequence[Found], *, first: bool, named: bool) -> Number:
    """The number a sentence states.

    Args:
        plain: the sentence, or what follows the cue in it; spelled out.
        found: its numbers, at least one.
        first: a cue stands right before the first number, which then counts unless it is restated.
        named: the cue is a word such as "is", and not a colon alone.

    Raises:
        NotOne: what it states is more than a number.
        Denied: it only says what the number is not.
    """
    if len(found) == 1 and "=" not in plain:
        return _alone(plain, found)
    found = [one for one in found if not _bracketed(plain, one)] or list(found)
    kept = [one for one in found if not _denied(plain, one)]
    if not kept:
        raise Denied("it only says what the number is not")
    if (match := REASONS.search(plain, kept[0].end)) is not None:
        reason = match.start()
        kept = [one for one in kept if one.end <= reason]
        found = [one for one in found if one.end <= reason] or found
        plain = plain[:reason]
    _refuse_several_unknowns(plain)
    chosen = _first(plain, found, kept, named) if first else _main(plain, found, kept)
    index = found.index(chosen)
    if fault := fault_of(plain, found, index):
        raise NotOne(fault)
    return chosen.number


def _alone(plain: str, found: Sequence[Found]) -> Number:
    """The only number of a sentence."""
    if _denied(plain, found[0]):
        raise Denied("it only says what the number is not")
    if fault := fault_of(plain, found, 0):
        raise NotOne(fault)
    return found[0].number


def _bracketed(plain: str, one: Found) -> bool:
    return any(match.start() < one.start and one.end < match.end() for match in _BRACKETS.finditer(plain))


def _denied(plain: str, one: Found) -> bool:
    return _NOT.search(plain[max(0, one.start - 30) : one.start]) is not None


def _refuse_several_unknowns(plain: str) -> None:
    if "=" not in plain:
        return
    unknowns = [match[1] for match in _SEVERAL_UNKNOWNS.finditer(plain)]
    if len(set(unknowns)) > 1 or (len(unknowns) > 1 and re.search(r"\b(?:or|oder|ou|o|или)\b|或", plain)):
        raise NotOne("the values of several unknowns")


def _first(plain: str, found: Sequence[Found], kept: Sequence[Found], named: bool) -> Found:
    """The first number, or the one by which it is restated."""
    chosen = kept[0]
    stop = _CLAUSE.search(plain, chosen.end)
    if (equal := _right_hand_side(plain, found, 0, stop.start() if stop else len(plain))) is not None:
        chosen = equal
    for one in kept:
        if one.start <= chosen.start or _ASIDE_AFTER.match(plain, one.end):
            continue
        before = plain[max(0, one.start - 60, chosen.end) : one.start]
        if _RESTATED.search(before) or (not named and _TELLING.search(before)):
            chosen = one
            if (equal := _right_hand_side(plain, found, one.start, len(plain))) is not None:
                chosen = equal
    return chosen


def _main(plain: str, found: Sequence[Found], kept: Sequence[Found]) -> Found:
    """The last number of the last clause that states one."""
    clauses = list(_clauses(plain))
    if total := [
        one
        for one in clauses[:-1]
        if _TOTAL.search(plain, *one) and any(one[0] <= it.start < one[1] for it in kept)
    ]:
        clauses = clauses[: clauses.index(total[-1]) + 1]
    for start, end in reversed(clauses):
        inside = [one for one in kept if start <= one.start < end]
        if not inside:
            continue
        if (equal := _right_hand_side(plain, found, start, end)) is not None:
            return equal
        earlier = any(one.start < start for one in kept)
        if earlier and _SUBORDINATE.match(plain, start, end):
            continue
        main = [
            one
            for place, one in enumerate(inside)
            if not ((place or earlier) and _aside(plain, one, opens=not place, start=start))
        ]
        if main:
            return main[-1]
    return kept[0]


def _clauses(plain: str) -> Iterator[tuple[int, int]]:
    begin = 0
    for match in _CLAUSE.finditer(plain):
        yield begin, match.start()
        begin = match.end()
    yield begin, len(plain)


def _aside(plain: str, one: Found, *, opens: bool, start: int) -> bool:
    """Whether a number is only said beside another one: "for 5 days", "rounded to 2 digits", "2 more than 16"."""
    if _ASIDE_AFTER.match(plain, one.end):
        return True
    before = plain[max(start, one.start - 40) : one.start]
    if not opens and _PURPOSE.search(before):
        return True
    preposition = _ASIDE_BEFORE.search(before)
    # what opens a clause is beside the one before only where the clause begins with the preposition
    return preposition is not None and (not opens or not before[: preposition.start()].strip())


def _right_hand_side(plain: str, found: Sequence[Found], start: int, end: int) -> Found | None:
    """The number an equation comes to; None where there is no equation."""
    equals = list(_EQUALS.finditer(plain, start, end))
    if not equals:
        return None
    place = equals[-1].end()
    right = next((one for one in found if place <= one.start < end), None)
    if right is None:
        return None
    if fault_of(plain[:end], [right], 0) is None:
        return right
    left_start = equals[-2].end() if len(equals) > 1 else start
    left = [one for one in found if left_start <= one.start < equals[-1].start()]
    if (
        len(left) == 1
        and not plain[left_start : left[0].start].strip()
        and fault_of(plain[: equals[-1].start()], left, 0) is None
    ):
        return left[0]
    raise NotOne("an expression")
