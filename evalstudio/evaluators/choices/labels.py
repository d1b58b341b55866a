"""How the labels of choices are recognised in an answer."""

import re
from functools import lru_cache
from typing import NamedTuple

from evalstudio.core.lazy_pattern import lazy_compile
from evalstudio.evaluators.cues import GLUE, WRONG_AFTER, one_of, words

_TURKISH = r"(?:d[ıiuü]r|t[ıiuü]r|y[ıi]|[ıi]|s[ıi])(?!\w)"
AFTER_LABEL = rf"(?!{GLUE}|[\d_]|['’](?!{_TURKISH})|-\w|\+\+|#)"
"""What may not follow a label; B'dir is Turkish for "is B"."""

_NOUNS = one_of(words("options"))
_JOINS = one_of(words("joins"))
_GOES_ON = lazy_compile(
    rf"(?i:\s+(?:(?:{one_of(words('reasons'))})|(?:is|which|given|based|due|for|with|option|choice|over|şıkkı\w*|şık\w*|seçene\w*|olmalı\w*|olur)(?!\w)|है|होगा|अर्थात))|\s+(?:{_JOINS})|\s+(?:to|through|bis)\s+[A-Z0-9](?!\w)"
    r"|[\s*]*[.,;:!)\]}<>(/&\-–—=。、]|\s*$|\s*\n|\s+[^\x00-\u024f]|[^\x00-\u024f]|['’]|\s+[A-Z0-9(]"
)
_CLAUSE = lazy_compile(
    r"[)\].:]?\s+(?:is|was|isn't|isn’t|does|doesn't|doesn’t|can|cannot|can't|has|would|could|seems?|looks|fails|confuses|describes|refers|ist|est|es|é|è)(?!\w)",
    re.IGNORECASE,
)
_LOWER_WORD = lazy_compile(r"[)\].:]?\s+[a-z]")
_IF = lazy_compile(r"[)\]]?\s+(?:only\s+)?(?:if|when|unless|would|might|could|may)(?!\w)", re.IGNORECASE)


_ABOUT_ANOTHER = lazy_compile(
    r"\s{0,5}[)\]]?\s{0,5}[.,;:!—–\n]|\s+(?:and\s+|und\s+)?(?i:not|nicht|non|pas|no|не|bukan)\s+[(\[]?[A-Z\d](?!\w)"
)


class Labels(NamedTuple):
    """The patterns of some choices' labels."""

    after_cue: re.Pattern[str]
    """A label after a cue, in any case, perhaps in brackets."""
    glued: re.Pattern[str]
    """Several labels written as one word: BCD."""
    next_one: re.Pattern[str]
    """A further label of a list."""
    alone: re.Pattern[str]
    """Anywhere, as a word in capitals, or in brackets."""
    opening: re.Pattern[str]
    """At the beginning of a line, with a mark."""
    bare_line: re.Pattern[str]
    """A whole line."""


class Stated(NamedTuple):
    """The labels that are named at one place, and where they end. Several are no choice."""

    labels: tuple[str, ...]
    end: int


@lru_cache(maxsize=256)
def patterns_of(labels: tuple[str, ...]) -> Labels:
    """The patterns of these labels."""
    one = "|".join(sorted(map(re.escape, labels), key=len, reverse=True))
    digits = r"(?![.,]?\d|\s?%|/\d)" if any(label.isdigit() for label in labels) else ""
    letters = "".join(label for label in labels if len(label) == 1 and label.isalpha()) or "\0"
    return Labels(
        re.compile(
            rf"[\s.…(\[<]*+(?:(?:either|both|entweder|sowohl|soit)[\s(\[<]++)?(?i:({one})){AFTER_LABEL}{digits}"
        ),
        re.compile(rf"[\s(\[]*([{re.escape(letters)}]{{2,26}})(?!{GLUE}|['’-]\w)"),
        re.compile(
            rf"\s{{0,5}}[)\]]?\s{{0,5}}(?:[,/&;+、]\s{{0,5}}(?:{_JOINS})?|(?:{_JOINS}))\s{{0,5}}(?:(?:{_NOUNS})\s{{0,5}})?[(\[]?({one}){AFTER_LABEL}{digits}[)\]]?"
        ),
        re.compile(rf"(?<!{GLUE})(?<![\d_'’.-])(?:({one})|[(\[](?i:({one}))(?=[)\]])){AFTER_LABEL}{digits}"),
        re.compile(rf"[ \t#>-]*[(\[]?(?i:({one}))(?:[)\]]|[.:](?!\d)|\s+[-–—](?=\s))"),
        re.compile(rf"[ \t#>-]*[(\[]?(?i:({one}))[)\]]?[ \t]*+[.!。]?[ \t]*+"),
    )


def stated_at(text: str, place: int, labels: Labels, *, linked: bool) -> Stated | None:
    """The label, or labels, named at a place of a text; None where there is none.

    Args:
        text: the answer, its markup taken out.
        place: where a cue and what links it end.
        labels: their patterns.
        linked: a word such as "is" or a colon came before, after which a small letter counts, too.
    """
    found = labels.after_cue.match(text, place)
    if found is None:
        several = labels.glued.match(text, place)
        distinct = several is not None and len(set(several[1])) == len(several[1])
        return Stated(tuple(several[1]), several.end()) if several and distinct else None
    label, end = found[1], found.end()
    bracketed = text[found.start(1) - 1 : found.start(1)] in ("(", "[") and text[end : end + 1] in (")", "]")
    if not bracketed and not _is_label(label, text, end, linked):
        return None
    after = text[end + bracketed : end + bracketed + 60]
    if after.lstrip(" )]").startswith("?") or _IF.match(after):
        return None
    listed = _listed(text, end, labels)
    if listed is not None:
        return Stated((label.casefold(), *listed.labels), listed.end)
    if WRONG_AFTER.match(text, end, end + 80) and not _goes_on_about_another(text, end):
        return None
    return Stated((label.casefold(),), end)


def is_article(label: str, text: str, end: int) -> bool:
    """Whether a label is a word of a sentence: "A dog", "I think"."""
    if label not in ("A", "I", "a", "i"):
        return False
    if label in ("I", "i") and re.match(r"['’]|\s+(?:is|with|for|which)\s", text[end : end + 10]):
        return True
    return re.match(r"\s+[^\W\d_]", text[end : end + 20]) is not None and not _GOES_ON.match(text, end)


def _is_label(label: str, text: str, end: int, linked: bool) -> bool:
    if is_article(label, text, end):
        return False
    if label.isdigit():
        return _GOES_ON.match(text, end) is not None
    if label.islower():
        if not linked:
            return False
        loose = label not in "aeiouy" and re.match(r"\s", text[end : end + 1])
        return bool(loose) or re.match(r"[ \t]*(?:[.,;:!)\]\n<。、]|$)", text[end:]) is not None
    if not linked:
        return _GOES_ON.match(text, end) is not None and not _CLAUSE.match(text, end)
    return True


def _goes_on_about_another(text: str, end: int) -> bool:
    """Whether what denies stands in the next sentence or clause, and so is not about this label."""
    return _ABOUT_ANOTHER.match(text, end) is not None


def is_listed(text: str, end: int, labels: Labels) -> bool:
    """Whether further labels follow one, as in "(B) or (D)"."""
    return _listed(text, end, labels) is not None


def _listed(text: str, end: int, labels: Labels) -> Stated | None:
    """The further labels after one, where they make a list and not the beginning of the next clause."""
    found: list[str] = []
    comma_only = True
    while match := labels.next_one.match(text, end):
        found.append(match[1].casefold())
        joint = text[end : match.start(1)]
        comma_only = comma_only and not re.search(r"\w|[/&+]", joint)
        end = match.end()
    if not found:
        return None
    after = text[end : end + 40]
    if (
        _CLAUSE.match(after)
        or (comma_only and _LOWER_WORD.match(after))
        or (re.match(r"[.:]\s*\w|\)\s*\w", after) and comma_only and len(found) == 1)
    ):
        return None
    return Stated(tuple(found), end)
