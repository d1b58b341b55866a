"""Word-problem solver of the demo model: reads a problem from left to right and keeps a running total.

It knows verbs that add and subtract, "each" and "per", shares, percentages, halves and doubles; everything else it gets
wrong, as a small model would.
"""

import re
from dataclasses import dataclass, field

from evalstudio.core.number_words import NUMBER_WORDS
from evalstudio.engine.servers.demo.draws import mistaken, uniform

MISTAKES = 0.06
_WORDS: dict[str, float] = {**NUMBER_WORDS, "dozen": 12, "hundred": 100}
_TAKE = re.compile(
    r"\b(giv\w+|gave|eats?|ate|los(?:es|t)|sells?|sold|us(?:es|ed)|spen[dt]\w*|leaves?|breaks?|broke|drinks?|drank|remov\w+|"
    r"takes?|taken|took|fl[ey]w|get off|got off|discount|throws?|threw|donat\w+|melt\w*|pa(?:ys|id)|drop\w*|falls?|fell|"
    r"lends?|lent|return\w*|cancel\w*|leak\w*|cuts?|off)\b"
)
_ADD = re.compile(
    r"\b(buys?|bought|more|gets? on|got on|adds?|added|finds?|found|earn\w*|receiv\w+|wins?|won|rises?|rose|raised?|raises|"
    r"increase\w*|plus|joins?|new ones)\b"
)
_PER = re.compile(r"\b(each|every|per|apiece|times as)\b")
_SPLIT = re.compile(r"\b(equally|equal|evenly|split|divid\w+)\b")
_LEFT = re.compile(r"\b(left|remains?|not)\b")
_COMPARE = re.compile(
    r"\bhow (?:many|much|far)(?: \w+){0,2} (?:more|fewer|less|longer|older|younger|taller|further)\b"
)
_NUMBER = re.compile(
    r"(?<![\w.])(?:[$€£]\s?)?(\d{1,3}(?:,\d{3})+|\d+)(\.\d+)?\s?(%|percent\b)?|\b("
    + "|".join(_WORDS)
    + r")\b"
)
_CLAUSE = re.compile(r"(?<=[.?!;])\s+|,\s+|\band\b|\bthen\b")


@dataclass
class _State:
    total: float | None = None
    sign: float = 1.0
    rate: bool = False  # one number so far, and it is "per" something
    taken: bool = False
    seen: set[float] = field(default_factory=set)


def solve(text: str, key: bytes) -> float | None:
    """Returns the number asked for; None where the text has nothing to calculate with."""
    text = text.lower()
    numbers = _numbers(text)
    if not numbers or (len(numbers) == 1 and not re.search(r"\b(half|twice|double)\b", text)):
        return None
    value = _reckon(text, [number for number, _, _ in numbers])
    if mistaken(key, MISTAKES):
        value += 1 if uniform(key, "slip") < 0.5 else -1
    return round(value, 4)


def _numbers(text: str) -> list[tuple[float, bool, int]]:
    """The value, whether it is a percentage, and the position of each number in the text."""
    found = []
    for match in _NUMBER.finditer(text):
        whole, decimals, percent, word = match.groups()
        value = _WORDS[word] if word else float(whole.replace(",", "") + (decimals or ""))
        found.append((value, percent is not None, match.start()))
    return found


def _reckon(text: str, numbers: list[float]) -> float:
    direct = re.search(r"[\d.]+\s*(plus|minus|times|divided by|multiplied by|[-+*/x×÷])\s*[\d.]*\d", text)
    if direct and len(numbers) == 2:
        return _apply(direct.group(1), *numbers)
    if len(numbers) == 2 and _COMPARE.search(text):
        return abs(numbers[0] - numbers[1])
    if len(numbers) == 2 and _SPLIT.search(text):
        return max(numbers) / (min(numbers) or 1)
    state = _State()
    for clause in _CLAUSE.split(text):
        _read(clause, state)
    if re.search(r"\b(altogether|in total|in all)\b", text) and not _PER.search(text):
        return sum(numbers)
    total = state.total or 0.0
    if len(numbers) == 2 and _LEFT.search(text) and not state.taken and total == sum(numbers):
        return abs(numbers[0] - numbers[1])
    return total


def _apply(sign: str, left: float, right: float) -> float:
    if sign in ("plus", "+"):
        return left + right
    if sign in ("minus", "-"):
        return left - right
    if sign in ("divided by", "/", "÷"):
        return left / right if right else 0.0
    return left * right


def _read(clause: str, state: _State) -> None:
    """Applies the numbers of one clause to the running total."""
    take, per = _TAKE.search(clause), _PER.search(clause)
    if take or _ADD.search(clause):
        state.sign = -1.0 if take else 1.0
        state.taken = state.taken or take is not None
    for value, percent, _ in _numbers(clause):
        total = state.total
        if total is None:
            state.total, state.rate = value, per is not None
        elif percent:
            part = total * value / 100
            state.total = total + state.sign * part if take or _ADD.search(clause) else part
        elif _SPLIT.search(clause):
            state.total = max(total, value) / (min(total, value) or 1)
        elif per or state.rate:
            if not per or value not in state.seen:  # "... with 16 pencils each", repeated
                state.total = total * value
            state.rate = False
        else:
            state.total = total + state.sign * value
        state.seen.add(value)
    if state.total is not None and re.search(r"\b(twice|doubles?|doubled)\b", clause):
        state.total *= 2
    elif state.total is not None and "half" in clause:
        state.total /= 2
