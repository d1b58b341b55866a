"""What an answer states about its choice, and which statement counts."""

import re
from collections import deque
from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

from evalstudio.core.lazy_pattern import lazy_compile
from evalstudio.evaluators.choices.choices import Choices
from evalstudio.evaluators.choices.labels import Labels, Stated, is_article, stated_at
from evalstudio.evaluators.cues import (
    CONCLUSIONS,
    CORRECTIONS,
    DENIED_BEFORE,
    GLUE,
    LANGUAGES,
    NONE_OR_ALL,
    WRONG_AFTER,
    Cue,
    last_cues,
)

Statement = Literal["auto", "first", "last"]
"""Which statement counts where several differ."""

MOST_MENTIONS = 100
"""Labels of an answer that are looked at; of more of them the last ones."""

_RIGHT = lazy_compile(
    r"[)\]]?\.?(?:\s+(?:option|choice|answer))?(?:"
    + "|".join(pattern for language in LANGUAGES.values() for pattern in language.right)
    + r")(?!\s*\?)",
    re.IGNORECASE,
)
_VERDICT = lazy_compile(
    r"[)\].:]\s*(?:[-–—:]\s*)?(?:(?:this|it|that)\s+is\s+)?(?:right|correct|true|yes|richtig|korrekt|correcte?|vrai|correct[oa]|cert[oa]|giust[oa]|верно|правильно|benar|doğru|正确|正確|对|正しい|正解|맞)(?![^\W\d_])",
    re.IGNORECASE,
)
_TICK = lazy_compile(r"[)\].:]? ?[✓✔✅☑]")
_CALLED_RIGHT = lazy_compile(
    r"(?:correct|right|best|final|proper|appropriate|my|likely|suitable|accurate|richtige|korrekte|bonne|correcte|correct[oa]|cert[oa]|giust[oa]|corrett[oa]|juiste|poprawna|правильн\w*|верн\w*|doğru|benar|tepat|सही|正确|正確|正しい|올바른|맞는|ที่ถูกต้อง|ถูก|đúng)\W{0,3}(?:\w+\s){0,1}$",
    re.IGNORECASE,
)
_NAMED_RIGHT = lazy_compile(
    r"الصحيح|الأصح|الأنسب|(?<!\w)(?:benar|tepat|đúng|correct[oae]?|corret[oa]|corrett[oa]|cert[oa]|giust[oa]|juiste|poprawna|prawidłowa|doğru)(?!\w)|ที่ถูก|правильн|верн|सही|正确|正確|正しい",
    re.IGNORECASE,
)
_NOT_CHOSEN = lazy_compile(
    r"(?:\bnot|n't|n’t|never|cannot|\bwho|\bthey|\bif\s+(?:you|we)|\bto|\bpeople|\bstudents|\bwhy|不|别|nicht|ne|no|não)\s*(?:\w+\s+)?$",
    re.IGNORECASE,
)
_LEADS_TO = lazy_compile(
    rf"(?:(?<!{GLUE})(?:(?:so|thus|hence|therefore)[,:]?\s+|it(?:\s+is|'s|’s|\s+must\s+be|\s+has\s+to\s+be|\s+should\s+be|\s+would\s+be|\s+can\s+only\s+be)|must\s+be|"
    r"leaves(?:\s+(?:us\s+with|only))?|leaving(?:\s+only)?|(?:i|we)(?:'d|’d|\s+would|'ll|\s+will)?\s+(?:say|guess|go\s+for|believe|think|bet\s+on)(?:\s+(?:it\s+is|it's|that))?|conclude|conclusion|"
    r"also|daher|somit|es\s+ist|donc|c'est|entonces|portanto|então|quindi|итак|поэтому|значит|jadi|yani|dus|więc|vậy)"
    r"|[→⇒]|=>|因此|所以|故|よって|따라서|그러므로|لذلك|इसलिए|ดังนั้น)"
    r"[\s:,]*(?:(?:it|is|it's|the|option|choice|answer|must|be|only|definitely|clearly|probably|likely|选项|选择|选|是)[\s:]*){0,4}[(\[]?\s*$",
    re.IGNORECASE,
)
_ENDS = lazy_compile(r"[)\]]?\s*(?:[.,;:!。！]|$|\n|\(|[-–—]|\s(?:because|since|as|here)\b)")
_SENTENCE_START = lazy_compile(r"[.!?。！？\n][\s*]")
_OPTION_WORD = ("项", "項", "択", "肢")


class Claim(NamedTuple):
    """One statement: its labels in lower case (one, none, or several), where it stands, and how final it is."""

    labels: tuple[str, ...]
    start: int
    end: int
    weight: int
    """0 in passing, 1 as a conclusion, 2 as the final answer."""


def claims_of(text: str, labels: Labels, choices: Choices, texts: dict[str, str]) -> list[Claim]:
    """All statements of an answer, in order.

    Args:
        text: the answer, its markup taken out.
        labels: the patterns of the labels.
        choices: the choices.
        texts: the label of each choice's text in lower case.
    """
    found = [*_cued(text, labels, texts), *_in_sentences(text, labels), *_lines(text, labels)]
    found.sort(key=lambda claim: (claim.start, claim.end))
    return found


def decided(claims: Sequence[Claim], text: str, statement: Statement = "auto") -> str | None:
    """The label that the statements come to, in lower case; None where they take none or several, or contradict.

    "first" and "last" take that statement. "auto" takes the last one where all agree, where it corrects the ones before
    it ("Wait, ..."), or where it alone is called the conclusion or the final answer; otherwise none.
    """
    if statement == "first":
        return _single(claims[0])
    last = claims[-1]
    if statement == "last":
        return _single(last)
    others = [claim for claim in claims[:-1] if not _agrees(claim, last)]
    if others:
        latest = max(others, key=lambda claim: claim.end)
        outweighed = all(claim.weight < last.weight for claim in others)
        if not outweighed and not CORRECTIONS.search(text, latest.end, max(latest.end, last.start)):
            return None
    return _single(last)


def _single(claim: Claim) -> str | None:
    return claim.labels[0] if len(claim.labels) == 1 else None


def _agrees(claim: Claim, last: Claim) -> bool:
    """The same label, or one of those that were left."""
    return set(last.labels) == set(claim.labels) or (len(last.labels) == 1 and last.labels[0] in claim.labels)


def _cued(text: str, labels: Labels, texts: dict[str, str]) -> Iterator[Claim]:
    for kind in ("answers", "choosing", "options"):
        for cue in last_cues(text, kind):
            before = text[max(0, cue.start - 30) : cue.start]
            if kind == "choosing" and (_NOT_CHOSEN.search(before) or _is_option_word(text, cue.start)):
                continue
            if kind == "options":
                around = _CALLED_RIGHT.search(before) or _NAMED_RIGHT.search(text, cue.start, cue.end)
                if not (around or (cue.linked and not cue.named) or _is_all(text, cue, labels)):
                    continue
            linked = cue.linked or kind == "choosing" or _is_all(text, cue, labels)
            stated = _text_at(text, cue.end, texts) or stated_at(text, cue.end, labels, linked=linked)
            if stated is None and linked and NONE_OR_ALL.match(text, cue.end):
                stated = Stated((), cue.end)
            if stated is not None:
                yield Claim(stated.labels, cue.start, stated.end, _weight(text, cue.start, cue.end))


def _is_all(text: str, cue: Cue, labels: Labels) -> bool:
    """Whether an answer is nothing but such a word and a label: "option b"."""
    if cue.start:
        return False
    stated = stated_at(text, cue.end, labels, linked=True)
    return stated is not None and not text[stated.end :].strip(" .)]!")


def _is_option_word(text: str, start: int) -> bool:
    return text[start + 1 : start + 2] in _OPTION_WORD or text[max(0, start - 3) : start] == "ตัว"


def _text_at(text: str, place: int, texts: dict[str, str]) -> Stated | None:
    """The choice whose text stands at a place; several where "or" and another one follow."""
    if not texts:
        return None
    rest = text[place : place + 400].lstrip(" \n\t:'([")
    folded = rest.casefold()
    found: list[str] = []
    while len(folded) == len(rest):
        match = max(
            (
                one
                for one in texts
                if folded.startswith(one) and not folded[len(one) : len(one) + 1].isalnum()
            ),
            key=len,
            default=None,
        )
        if match is None:
            break
        found.append(texts[match].casefold())
        joint = re.match(
            r"\s*(?:,|or\b|and\b|und\b|oder\b|et\b|ou\b|y\b|o\b|и\b|или\b|/|&|、|和|或)\s*(?:the\s+|,?\s*(?:or|and)\s+)?",
            folded[len(match) :],
        )
        if joint is None:
            break
        folded = folded[len(match) + joint.end() :]
        rest = folded
    if not found or (len(found) == 1 and rest.lstrip(" )").startswith("?")):
        return None
    return Stated(tuple(dict.fromkeys(found)), place)


def _weight(text: str, start: int, end: int) -> int:
    """How final a statement is, by the words of its sentence before it."""
    before = text[max(0, start - 60) : end]
    begin = max(
        (
            match.end()
            for match in _SENTENCE_START.finditer(before[: -(end - start)] if end > start else before)
        ),
        default=0,
    )
    words = before[begin:].casefold()
    if "final" in words or "最终" in words or "最終" in words or "итогов" in words or "النهائي" in words:
        return 2
    return 1 if CONCLUSIONS.search(words) else 0


def mentions_of(text: str, labels: Labels, *, articles: bool = False) -> list[tuple[str, int, int]]:
    """The labels that stand in a text as words, each with its place; articles and pronouns are left out unless asked for."""
    found = []
    for match in deque(labels.alone.finditer(text), maxlen=MOST_MENTIONS):
        label = match[1] or match[2]
        if match[2] is None and not articles and is_article(label, text, match.end()):
            continue
        if not text.startswith("?", match.end()):
            found.append((label.casefold(), match.start(), match.end()))
    return found


def denied_labels(text: str, labels: Labels) -> tuple[set[str], set[str]]:
    """The labels that a text mentions and does not deny, and those that it denies; "not A or B" denies both."""
    open_ones: set[str] = set()
    out: set[str] = set()
    end_of_denied = -1
    for label, start, end in mentions_of(text, labels):
        further = labels.next_one.match(text, end_of_denied) if end_of_denied >= 0 else None
        if denied(text, start, end) or (further is not None and further.start(1) in (start, start + 1)):
            out.add(label)
            end_of_denied = end
        else:
            open_ones.add(label)
            end_of_denied = -1
    return open_ones - out, out


def denied(text: str, start: int, end: int) -> bool:
    """Whether what stands there is said not to be the answer."""
    if WRONG_AFTER.match(text, end, end + 80):
        return True
    return DENIED_BEFORE.search(text, max(0, start - 50), start) is not None


def _in_sentences(text: str, labels: Labels) -> Iterator[Claim]:
    """Statements around a label: "B is correct", "so it is B"."""
    mentions = mentions_of(text, labels, articles=True)
    openings = {match[1].casefold() for match in _opened_lines(text, labels)}
    for label, start, end in mentions:
        if DENIED_BEFORE.search(text, max(0, start - 50), start):
            continue
        ticked = _TICK.match(text, end) is not None or (
            len(openings) > 1 and _VERDICT.match(text, end, end + 60)
        )
        if ticked or _RIGHT.match(text, end, end + 120):
            joined = _joined_before(text, start, labels)
            yield Claim((*joined, label), start, end, _weight(text, start, start))
        elif _ENDS.match(text, end) and _LEADS_TO.search(text, max(0, start - 60), start):
            stated = stated_at(text, start, labels, linked=True)
            if stated is not None:
                yield Claim(stated.labels, start, end, 1)


def _joined_before(text: str, start: int, labels: Labels) -> tuple[str, ...]:
    """The label before this one in "A and B are correct"."""
    before = text[max(0, start - 25) : start]
    for match in labels.alone.finditer(before):
        listed = labels.next_one.match(text, max(0, start - 25) + match.end())
        if listed is not None and listed.start(1) in (start, start + 1):
            return ((match[1] or match[2]).casefold(),)
    return ()


def _opened_lines(text: str, labels: Labels) -> Iterator[re.Match[str]]:
    place = 0
    while place <= len(text):
        if match := labels.opening.match(text, place):
            yield match
        place = text.find("\n", place) + 1
        if not place:
            return


def opens_several_lines(text: str, labels: Labels) -> bool:
    """Whether an answer goes through several of the choices, line by line."""
    return len({match[1].casefold() for match in _opened_lines(text, labels)}) > 1


def _lines(text: str, labels: Labels) -> Iterator[Claim]:
    """A first or last line that is a label and nothing else."""
    first_end = text.find("\n")
    if first_end < 0:
        return
    last_start = text.rfind("\n") + 1
    if match := labels.bare_line.fullmatch(text, 0, first_end):
        yield Claim((match[1].casefold(),), 0, first_end, 0)
    if match := labels.bare_line.fullmatch(text, last_start):
        yield Claim((match[1].casefold(),), last_start, len(text), 1)
