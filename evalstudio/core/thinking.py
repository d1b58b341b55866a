"""Tells a model's thinking from its answer where both come in one text."""

import re
from bisect import bisect_right
from itertools import islice
from typing import NamedTuple

MOST_MARKS = 5_000
"""Marks of thinking in one text that are looked at; a model sets a few."""

WORDS_OF_A_MENTION = 4
"""A block inside a line of prose with fewer words than this is a mention of the marks, as in "<think> and </think>"."""

LONGEST_INDENT = 200
"""Characters; a mark after more spaces than this does not begin a line."""

_SPACE = re.compile(r"\s*")
_NAME = r"(?:think(?:ing)?|thoughts?|reasoning)"
# The first character stands outside of what ignores case: the search for it is several times faster.
_MARK = re.compile(
    rf"<(?=[/|\strsucTRSUC])(?i:(?=[/trs]|\s{{1,3}}[/trs])\s{{0,3}}(?P<tag>/?)\s{{0,3}}(?:seed:)?{_NAME}(?:\s[^<>/]{{0,200}})?>"
    r"|\|(?:(?P<bar>/?)think(?:ing)?|(?:begin|(?P<end>end))_of_(?:thought|thinking)|(?:start|(?P<stop>end))_thinking)\|>"
    r"|\|channel>thought\b|(?P<channel>channel\|>)|unused94>(?:thought\b)?|(?P<unused>unused95>))"
    r"|\[(?i:\s?(?P<bracket>/?)think(?:ing)?\s?\])"
    r"|◁(?i:\s?(?P<triangle>/?)\s?think(?:ing)?\s?▷)",
)
_BRACKETS = ("<", "[", "◁")
_WORDS_OF_MARKS = ("think", "thought", "reasoning", "channel", "unused9")  # one of these stands in every mark
_QUOTES = "`'\"“”‘’«»"
_CODE = re.compile(r"```.*?```|`[^`\n]+`", re.DOTALL)
_WRAPPED = re.compile(
    r"\s*(?:<(?P<tag>answer|response)>(?P<inner>.*)</(?P=tag)>"
    r"|<\|begin_of_solution\|>(?P<solution>.*?)(?:<\|end_of_solution\|>)?"
    r"|<\|START_(?:RESPONSE|TEXT)\|>(?P<response>.*?)(?:<\|END_(?:RESPONSE|TEXT)\|>)?)\s*",
    re.DOTALL | re.IGNORECASE,
)

_CHANNELS = ("<|channel|>", "<|start|>")
_FINAL = "<|channel|>final<|message|>"
_CHANNEL = re.compile(
    r"<\|channel\|>\s*(?P<name>\w*)(?P<to>[^<]*)(?:<\|constrain\|>[^<]*)?<\|message\|>"
    r"(?P<text>.*?)(?P<end><\|(?:end|return|call|start|channel)\|>|\Z)",
    re.DOTALL,
)
_BARE_CHANNEL, _BARE_FINAL = "analysis", "assistantfinal"  # where the special tokens were left out

_OPENING_WORDS = re.compile(
    r"\s*[*#]{0,4} ?Here(?: is|['’]s) my (?:thought|thinking) process:[*]{0,2}", re.IGNORECASE
)
_ANSWER_WORDS = re.compile(r"[*#]{0,4} ?Here(?: is|['’]s) my (?:response|answer):[*]{0,2}\s*", re.IGNORECASE)


class Split(NamedTuple):
    """A text in its two parts. `unfinished`: the model was still thinking when it ended, and there is no answer."""

    thinking: str | None
    answer: str
    unfinished: bool = False


def split_thinking(text: str) -> Split:
    """The thinking and the answer of a text; no thinking and the text itself where it has none.

    Read are tags (`<think>`, `<thinking>`, `<thought>`, `<reasoning>`, also with attributes or as `<seed:think>`), `[THINK]`,
    `◁think▷`, `<|begin_of_thought|>`, the channels of gpt-oss, and "Here is my thought process: ... Here is my
    response:". A closing mark without an opening one ends the thinking, too: some templates put the opening mark in
    the prompt. Marks in quotes or code, and those that prose mentions, stay.

    Example:
        >>> split_thinking("<think>2 + 2</think>4")
        Split(thinking='2 + 2', answer='4', unfinished=False)
        >>> split_thinking("<think>2 + 2 is").unfinished
        True
    """
    found = _channels(text) or _in_words(text)
    if found is None and _may_have_marks(text):
        found = _marked(text)
    if found is None:
        return Split(None, text)
    wrapped = _WRAPPED.fullmatch(found.answer)
    if wrapped is None:
        return found
    inner = next(part for part in wrapped.group("inner", "solution", "response") if part is not None)
    return found._replace(answer=inner.strip())


def _may_have_marks(text: str) -> bool:
    """Whether it is worth looking for marks: most answers have none."""
    if not any(bracket in text for bracket in _BRACKETS):
        return False
    lower = text.lower()
    return any(word in lower for word in _WORDS_OF_MARKS)


def _unfinished(text: str) -> Split:
    return Split(text.strip(), "", unfinished=True)


def _channels(text: str) -> Split | None:
    """The channels of gpt-oss, with or without the special tokens between them."""
    begins = text.lstrip()
    if begins.startswith(_BARE_CHANNEL) and _BARE_FINAL in text:
        thinking, _, answer = text.rpartition(_BARE_FINAL)
        return Split(thinking.strip().removeprefix(_BARE_CHANNEL).strip(), answer)
    if not begins.startswith(_CHANNELS) and _FINAL not in text:
        return None
    thoughts: list[str] = []
    answers: list[str] = []
    first = text.find(_CHANNELS[0])
    if before := re.split(r"<\|(?:end|start)\|>", text[: max(first, 0)], maxsplit=1)[0].strip():
        thoughts.append(before)
    for part in _CHANNEL.finditer(text):
        is_answer = part["name"] == "final" or part["end"] == "<|call|>"
        (answers if is_answer else thoughts).append(part["text"])
    if not answers:
        return _unfinished("\n\n".join(thoughts)) if thoughts else None
    return Split("\n\n".join(thought.strip() for thought in thoughts) or None, answers[-1])


def _in_words(text: str) -> Split | None:
    opening = _OPENING_WORDS.match(text)
    if opening is None:
        return None
    answer = _ANSWER_WORDS.search(text, opening.end())
    if answer is None:
        return _unfinished(text[opening.end() :])
    return Split(text[opening.end() : answer.start()].strip(), text[answer.end() :])


class _Block(NamedTuple):
    """A block of thinking that has begun: where its mark stands, where its text begins, whether in a line of prose."""

    mark: int
    start: int
    in_line: bool


def _marked(text: str) -> Split | None:
    """The blocks between marks taken out of a text; None where there are none."""
    code: list[tuple[int, int]] | None = None
    thoughts: list[str] = []
    kept: list[str] = []
    position = depth = mentioned = 0
    block: _Block | None = None
    last_end: tuple[int, int] | None = None  # of the block that has begun, where its marks do not pair
    for mark in islice(_MARK.finditer(text), MOST_MARKS):
        start, end = mark.span()
        closes = any(mark.groupdict().values())
        if _is_quoted(text, start, end):
            continue
        if block is not None:
            depth += -1 if closes else 1
            last_end = (start, end) if closes else last_end
            if depth:
                continue
            thought = text[block.start : start]
            if not block.in_line or len(thought.split(None, WORDS_OF_A_MENTION)) >= WORDS_OF_A_MENTION:
                position = _take(text, position, block, (start, end), kept, thoughts)
            block = None
            continue
        if code is None:
            code = [found.span() for found in _CODE.finditer(text)] if "`" in text else []
        if _is_inside(code, start):
            continue
        if closes:
            if mentioned:
                mentioned -= 1
            elif not thoughts:
                thoughts.append(text[position:start].strip())
                kept, position = [], _after(text, end)
            continue
        in_line = not _begins_line(text, position, start)
        if thoughts or not in_line:
            block, depth, last_end = _Block(start, end, in_line), 1, None
        else:
            mentioned += 1
    if block is not None and last_end is not None:  # a mark inside of the thinking has no counterpart
        position = _take(text, position, block, last_end, kept, thoughts)
    elif block is not None and not block.in_line:
        return _unfinished("\n\n".join((*thoughts, *kept, text[position : block.mark], text[block.start :])))
    if not thoughts:
        return None
    return Split("\n\n".join(filter(None, thoughts)), "".join((*kept, text[position:])))


def _take(
    text: str, position: int, block: _Block, end: tuple[int, int], kept: list[str], thoughts: list[str]
) -> int:
    """Takes a block out; where the rest of the text begins."""
    before = text[position : block.mark]
    if before.strip():
        kept.append(before)
    thoughts.append(text[block.start : end[0]].strip())
    return _after(text, end[1])


def _after(text: str, position: int) -> int:
    """The first position from `position` on with something to read."""
    space = _SPACE.match(text, position)
    return space.end() if space else position


def _begins_line(text: str, position: int, mark: int) -> bool:
    """Whether only spaces stand between a mark and the line's begin, or where the text so far was taken."""
    line_end = text.rfind("\n", max(position, mark - LONGEST_INDENT), mark)
    begin = position if line_end < 0 else line_end
    return mark - begin <= LONGEST_INDENT and not text[begin:mark].strip()


def _is_quoted(text: str, start: int, end: int) -> bool:
    return (
        text[start - 1 : start] in _QUOTES
        and text[end : end + 1] in _QUOTES
        and start > 0
        and end < len(text)
    )


def _is_inside(spans: list[tuple[int, int]], position: int) -> bool:
    place = bisect_right(spans, (position, len(spans) and spans[-1][1]))
    return place > 0 and position < spans[place - 1][1]
