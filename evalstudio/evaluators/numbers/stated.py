"""Which of an answer's numbers it states."""

import re
from collections.abc import Sequence

from evalstudio.core.lazy_pattern import lazy_compile
from evalstudio.evaluators.cues import Cue, last_cues, refuses, without_run_on
from evalstudio.evaluators.numbers.numbers import CURRENCY, Decimal, Found, Number, found_in, last_number
from evalstudio.evaluators.numbers.plain import spelled_out
from evalstudio.evaluators.numbers.sentence import stated_in
from evalstudio.evaluators.numbers.shape import Denied, NotOne, fault_of
from evalstudio.evaluators.numbers.words import IN_WORDS, value_in_words

LONGEST = 10_000
"""Characters of the longest box, statement or sentence in which numbers are looked for."""

LONGEST_SENTENCE = 2_000
"""Characters of the longest sentence that is read for what it states; of a longer one the last number counts."""

WINDOWS = (2_500, LONGEST)
"""Characters up to the last digit of a text in which its last number is looked for: first in so many, then in more."""

MOST_STATEMENTS = 50
"""Statements, from the last one backwards, in which a number is looked for."""

CUT = 1_000  # characters; no number is as long
BEHIND = 200  # characters after the last digit that may belong to its sentence
MOST_MARKS = 1_000
MOST_SENTENCES = 20  # that hold digits and no number, from the last one back
MOST_WORDS = 300  # characters of an answer without digits in which a number in words is looked for

DIGIT = lazy_compile(r"[\d\u00BC-\u00BE\u2150-\u215F\u2189]")  # and fractions of one character
SENTENCE_END = lazy_compile(
    r"[.!?\n。！？।؟](?:(?<=[\n。！？।؟])|(?<!\bapprox\.)(?<!\bca\.)(?=[\s*_\"”)]|$))"
)
BRACE = lazy_compile(r"[{}]")
MARKED = lazy_compile(rf"####[ \t]*[*$\\(]{{0,4}}\s?[-+−–]?\s?{CURRENCY}?\s?(?=[\d.])")
HEADING = lazy_compile(r"[.):]\s+\S|[.)]\d|:$")
DIRECT = lazy_compile(
    rf"[\s*_:=$\\(\[\"'“]*(?:[A-Za-z]\s*=\s*)?(?:{CURRENCY}|USD|EUR|Rs\.?|US)?\s?", re.IGNORECASE
)
_UNKNOWN = lazy_compile(
    r"\d\s?[a-zA-Z](?![a-zA-Z])|(?<![a-zA-Z])[a-zA-Z]\s?[\^+*/-]|[+*/^-]\s?[a-zA-Z](?![a-zA-Z])"
)
MONTH = lazy_compile(
    r"(?<![^\W\d_])(?:january|february|march|april|may|june|july|august|september|october|november|december|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\.?(?![^\W\d_])",
    re.IGNORECASE,
)


def answer_number(text: str, decimal: Decimal = "auto") -> Number | None:
    r"""The number a text comes to; None where it holds none.

    That in the last \boxed{}; else the one after the last #### at the begin of a line, as in GSM8K; else the one that
    the last "the answer is" states; else the one that the last sentence with a number states; else one in words.

    Raises:
        NotOne: what is stated is more than a number, as in \boxed{2\pi}, 10:30 or "3 or 4"; or is said to be unknown;
            or is longer than LONGEST.
    """
    text = without_run_on(text)
    boxed = last_box(text)
    if boxed is not None:
        return only_number(boxed, decimal)
    if (marked := _marked(text, decimal)) is not None:
        return marked
    for count, cue in enumerate(last_cues(text)):
        if count >= MOST_STATEMENTS:
            break
        try:
            if cue.linked and (stated := _stated(text, cue, decimal)) is not None:
                return stated
        except Denied:
            after = SENTENCE_END.search(text, cue.end)
            return _of_last_sentence(text[after.end() :] if after else "", decimal)
    return _of_last_sentence(text, decimal) or _in_words(text)


def only_number(text: str, decimal: Decimal = "auto") -> Number | None:
    """The one number that a text consists of, with a unit or a currency perhaps; None where it holds none.

    Raises:
        NotOne: it holds more than one number, or one is part of an expression, a comparison or a date.
    """
    if len(text) > LONGEST:
        raise NotOne(f"a text of more than {LONGEST:,} characters")
    plain = re.sub(r"^\s*([-+])\s+(?=\d)", r"\1", spelled_out(text))
    if "=" in plain:
        return _of_equation(plain, decimal)
    found = list(found_in(plain, decimal))
    if not found:
        if re.search(r"\d|[\\^√π]", plain):
            raise NotOne("no plain number")
        return _in_words(text)
    if len(found) > 1:
        found = [one for one in found if not _bracketed_after(plain, found[0], one)]
    if len(found) > 1:
        raise NotOne("more than one number")
    (one,) = found
    around = plain[: one.start] + " " + plain[one.end :]
    if fault := fault_of(plain, found, 0, strict=True):
        raise NotOne(fault)
    if MONTH.search(around):
        raise NotOne("a date")
    return one.number


def expected_number(text: str, decimal: Decimal = "auto") -> Number | None:
    """The number that an expected text comes to; None where it holds none.

    Raises:
        NotOne: the text is more than one number.
    """
    boxed = last_box(text)
    if boxed is not None:
        return only_number(boxed, decimal)
    if len(text) > LONGEST:
        raise NotOne(f"a text of more than {LONGEST:,} characters")
    if (marked := _marked(text, decimal)) is not None:
        return marked
    cue = next((cue for cue in last_cues(text) if cue.linked), None)
    return only_number((text[cue.end :] if cue else text).strip().rstrip(".。"), decimal)


def _of_equation(plain: str, decimal: Decimal) -> Number | None:
    """What a text that is one equation comes to: its last side, or its first where the last one is a sum."""
    sides = re.split(r"(?<![<>!=])==?(?![=])", plain)
    if any(re.search(r"[,;<>]\s|\b(?:and|or)\b|[<>≤≥±≠]", side) for side in sides):
        raise NotOne("more than one equation")
    if any(_UNKNOWN.search(side) for side in sides[:-1]):
        raise NotOne("an equation to solve")
    for side in (sides[-1], sides[0]) if len(sides) > 1 else ():
        try:
            number = only_number(side.replace("=", " "), decimal)
        except NotOne:
            number = None
        if number is not None:
            unknowns = re.search(r"[^\W\d_]", sides[-1]) and not re.fullmatch(
                r"[\s$]*[A-Za-z][\s$]*", sides[-1]
            )
            if side is sides[0] and unknowns:
                break  # an equation with unknowns
            return number
    raise NotOne("an expression")


def _bracketed_after(plain: str, first: Found, other: Found) -> bool:
    """Whether a number is the same one said again in brackets."""
    before = plain[first.end : other.start]
    return "(" in before and other.number.value == first.number.value


def _stated(text: str, cue: Cue, decimal: Decimal) -> Number | None:
    """The number that a statement states; None where it states none."""
    sentence = SENTENCE_END.split(text[cue.end : cue.end + LONGEST + 1], maxsplit=1)[0]
    if len(sentence) > LONGEST:
        raise NotOne(f"a statement of more than {LONGEST:,} characters")
    plain = spelled_out(sentence)
    if not DIGIT.search(plain):
        return _words_first(plain)
    found = list(found_in(plain, decimal))
    if not found:
        return None
    if len(plain) > LONGEST_SENTENCE:
        return found[-1].number
    direct = DIRECT.match(plain)
    place = direct.end() if direct else 0
    if found[0].start > place and (spelled := _words_first(plain)) is not None:
        return spelled
    return stated_in(plain, found, first=found[0].start <= place, named=cue.named)


def _words_first(plain: str) -> Number | None:
    """A number in words right after a cue."""
    match = IN_WORDS.match(plain.lstrip(" *_\"'$"))
    if match is None or (value := value_in_words(match)) is None:
        return None
    rest = plain.lstrip(" *_\"'$")[match.end() :]
    if re.match(r"\s+(?:of|or|and|to)\b|\s*[-–]", rest):
        raise NotOne("more than one number")
    return Number(value, False, match[0])


def _of_last_sentence(text: str, decimal: Decimal) -> Number | None:
    """The number stated by the last sentence that holds one; None where none of the last few with digits does."""
    for _ in range(MOST_SENTENCES):
        last = DIGIT.search(text[::-1])
        if last is None:
            return None
        found, begin = _of_sentence(text, len(text) - last.start(), decimal)
        if found is not None or not begin:
            return found
        text = text[:begin]
    return None


def _of_sentence(text: str, end: int, decimal: Decimal) -> tuple[Number | None, int]:
    """The number of the sentence whose last digit ends at `end`; without one, where the sentence begins, else 0."""
    stop = SENTENCE_END.search(text, end, end + BEHIND)
    stop_at = stop.start() if stop else min(len(text), end + BEHIND)
    for length in WINDOWS:
        start = max(0, end - length)
        begin = _sentence_start(text, start, end)
        whole = begin > start or start == 0
        sentence = text[begin:stop_at]
        if whole and len(sentence) <= LONGEST_SENTENCE:
            found = _stated_by(sentence, decimal)
            return found, 0 if found is not None else begin
        # what begins soon after a cut may be the rest of a longer number
        cut = CUT if start and begin == start else 0
        plain, place = spelled_out(text[begin:stop_at]), len(spelled_out(text[begin : begin + cut]))
        found = last_number(plain, place, decimal)
        if found is not None or not start:
            return found, 0
    return None, 0


def _stated_by(sentence: str, decimal: Decimal) -> Number | None:
    plain = spelled_out(re.sub(r"^\s*([-+−])\s+(?=[\d.]+\s*$)", r"\1", sentence))
    found: Sequence[Found] = list(found_in(plain, decimal))
    if not found:
        return None
    if refuses(plain):
        raise NotOne("it says that it does not know")
    return stated_in(plain, found, first=False, named=False)


def _sentence_start(text: str, start: int, end: int) -> int:
    """Where the sentence that goes on to `end` begins."""
    begin = start
    for stop in SENTENCE_END.finditer(text, start, end):
        begin = stop.end()
    return begin


def _in_words(text: str) -> Number | None:
    """The only number in words of a short text without digits; "one" alone is a pronoun, too."""
    if len(text) > MOST_WORDS:
        return None
    found = list(IN_WORDS.finditer(text))
    if len(found) != 1 or (value := value_in_words(found[0])) is None:
        return None
    whole = text.strip(" \t\n.!*_\"'").casefold() == found[0][0].casefold()
    if not whole and found[0][0].casefold() in (
        "one",
        "zero",
        "a half",
        "a third",
        "a quarter",
        "million",
        "hundred",
    ):
        return None
    return Number(value, False, found[0][0])


def _marked(text: str, decimal: Decimal) -> Number | None:
    """The number after the last #### that begins a line and is no heading."""
    place = len(text)
    for _ in range(MOST_MARKS):
        place = text.rfind("####", 0, place)
        if place < 0:
            return None
        if text[place - 1 : place] not in ("", "\n") or MARKED.match(text, place) is None:
            continue
        stop = text.find("\n", place)
        line = text[place + 4 : len(text) if stop < 0 else stop][:LONGEST]
        plain = spelled_out(line)
        first = next(found_in(plain, decimal), None)
        if (
            first is not None
            and not HEADING.match(plain, first.end)
            and _ends_answer(plain[first.end :], text, stop)
        ):
            return first.number
    return None


def _ends_answer(after: str, text: str, stop: int) -> bool:
    """Whether a few words at most follow the number of a mark in its line, and then nothing but blank lines."""
    words = len(after.strip(" .*$_)").split())
    return words == 0 or (words <= 3 and (stop < 0 or not text[stop:].strip()))


def last_box(text: str) -> str | None:
    r"""What is inside the last \boxed{}, its braces counted."""
    start = max(text.rfind("\\boxed{"), text.rfind("\\fbox{"))
    if start < 0:
        return None
    inside = text.index("{", start) + 1
    depth = 1
    for brace in BRACE.finditer(text, inside, inside + LONGEST + 1):
        depth += 1 if brace[0] == "{" else -1
        if depth == 0:
            return text[inside : brace.start()]
    return text[inside : inside + LONGEST + 1]
