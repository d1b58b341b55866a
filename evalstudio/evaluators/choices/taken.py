"""Which of the choices an answer takes."""

import re

from evalstudio.core.lazy_pattern import lazy_compile
from evalstudio.evaluators.choices.choices import MARKUP, Choices, even, mentioned_texts
from evalstudio.evaluators.choices.labels import is_listed, patterns_of
from evalstudio.evaluators.choices.statements import (
    Statement,
    claims_of,
    decided,
    denied,
    denied_labels,
    opens_several_lines,
)
from evalstudio.evaluators.cues import (
    DENIED_BEFORE,
    LONGEST_SEARCHED,
    NONE_OR_ALL,
    holds_cue,
    refuses,
    without_run_on,
)
from evalstudio.evaluators.normal_form import compatible
from evalstudio.evaluators.text import ends_of

END = 20_000
"""Characters at either end of a longer answer in which it is looked for what the answer takes."""

AROUND_LABEL = " \n\t()[]<>.,:;!'"
_BOX = lazy_compile(r"\\f?boxed\s*\{|\\fbox\s*\{")
_TAG = lazy_compile(r"</?(?:answer|choice|option|final|result)>", re.IGNORECASE)


def taken_label(answer: str, choices: Choices, statement: Statement = "auto") -> str | None:
    """The label of the one choice an answer takes; None where that cannot be told.

    In this order: the whole answer is a label or a choice's text; what it states ("the answer is ...", "B is correct",
    a box, a line of its own); it begins with a label and a mark; it mentions one choice's text; it mentions one label.
    What is denied ("not B", "B is wrong") is no mention.

    Of an answer of more than twice END characters, what it mentions is not looked for, and where its middle may state
    something only its end counts.

    Raises:
        TooLong: a choice's text is too long to compare.
    """
    answer = without_run_on(answer.strip())
    said = ends_of(answer, END)
    whole = said is answer
    end_only = not whole and _states(answer[END:-END])
    if end_only:
        said = answer[-END:]
    text = _plain(said)
    by_label = {label.casefold(): label for label in choices.labels}
    bare = (text if whole else answer).strip(AROUND_LABEL)
    if bare.casefold() in by_label:
        return by_label[bare.casefold()]
    if (same := _same_text(answer, text, whole, choices)) is not None:
        return same
    labels = patterns_of(choices.labels)
    texts = {folded: label for label, choice in choices.pairs() if (folded := _plain(choice).casefold())}
    if claims := claims_of(text, labels, choices, texts):
        label = decided(claims, text, statement)
        return None if label is None else by_label[label]
    if not end_only and (first := labels.opening.match(text)):
        if opens_several_lines(text, labels) or is_listed(text, first.end(1), labels):
            return None
        if not denied(text, first.start(1), first.end(1)):
            return by_label[first[1].casefold()]
    if not whole or NONE_OR_ALL.match(text) or refuses(text):
        return None
    return _mentioned(text, choices, by_label)


def _plain(text: str) -> str:
    """The text in compatible forms, without markup; a box states the final answer."""
    plain = text if text.isascii() else compatible(text)
    if "boxed" in plain or "fbox" in plain:
        plain = _BOX.sub(" final answer: ", plain)
    if "<" in plain:
        plain = _TAG.sub(lambda tag: "\n" if tag[0][1] == "/" else "\nAnswer: ", plain)
    return MARKUP.sub("", plain).strip()


def _same_text(answer: str, text: str, whole: bool, choices: Choices) -> str | None:
    """The label of the only choice whose text the answer is."""
    if not whole:
        same = [label for label, choice in choices.pairs() if choice == answer]
    else:
        said = even(text)
        same = [label for label, choice in choices.pairs() if even(choice) == said]
    return same[0] if len(same) == 1 else None


def _mentioned(text: str, choices: Choices, by_label: dict[str, str]) -> str | None:
    """The one choice, or else the one label, that is mentioned and not denied."""
    said = even(text)
    if mentioned := mentioned_texts(said, choices):
        left = [label for label, choice in mentioned if not _text_denied(said, choice)]
        return left[0] if len(left) == 1 and len(mentioned) == 1 else None
    left_labels, _ = denied_labels(text, patterns_of(choices.labels))
    if len(left_labels) != 1 or text.strip(AROUND_LABEL).isdigit():
        return None
    return by_label[left_labels.pop()]


def _text_denied(said: str, choice: str) -> bool:
    place = said.find(choice)
    return place >= 0 and (
        DENIED_BEFORE.search(said, max(0, place - 50), place) is not None
        or re.match(
            r"\s+(?:is|was|are|does)(?:\s+not|n't|n’t|\s+wrong|\s+incorrect)",
            said[place + len(choice) :][:30],
        )
        is not None
    )


def _states(text: str) -> bool:
    """Whether a text may state what it takes; many times as fast as to look for what it states."""
    return (len(text) > LONGEST_SEARCHED and not text.isascii()) or any(
        holds_cue(text, kind) for kind in ("answers", "choosing", "options")
    )
