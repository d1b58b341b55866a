"""The demo model's sums: it reads a worded problem from left to right and keeps a running total.

It knows verbs that add and take away, "each" and "per", shares, percentages, halves and doubles; what it
does not know it gets wrong, as a small model would.
"""

import re
from dataclasses import dataclass

from evalstudio.engine.demo.draws import mistaken, uniform

MISTAKES = 0.06
_WORDS = {
    word: float(value)
    for value, word in enumerate(
        [
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
            "twenty",
        ]
    )
} | {"thirty": 30.0, "forty": 40.0, "fifty": 50.0, "sixty": 60.0, "dozen": 12.0, "hundred": 100.0}
_TAKE = re.compile(
    r"\b(giv\w*|gave|eats?|ate|los\w+|lost|sells?|sold|us(?:es|ed)|spen[dt]\w*|leaves?|left|breaks?|broke|drinks?|drank|"
    r"remov\w+|takes?|took|fly|flew|get off|got off|discount|throws?|threw|donat\w+|melt\w*|fewer|less|shorter|"
    r"cheaper|younger|pays?|paid|drops?|falls?|fell|lends?|lent|return\w*|cancel\w*|leak\w*|cuts?|off)\b"
)
_PER = re.compile(r"\b(each|every|per|apiece)\b")
_SPLIT = re.compile(r"\b(equally|evenly|split|shared?|shares|divid\w+|packs? (?:them|it|all))\b")
_NUMBER = re.compile(
    r"(?<![\w.])(?:[$€£]\s?)?(\d{1,3}(?:,\d{3})+|\d+)(\.\d+)?\s?(%|percent\b)?|\b("
    + "|".join(_WORDS)
    + r")\b"
)
_SENTENCE = re.compile(r"(?<=[.?!;])\s+|,\s+(?:and\s+)?(?=(?:then|he|she|they|it)\b)")


@dataclass
class _State:
    total: float | None = None
    last: float = 0.0


def solve(text: str, key: bytes) -> float | None:
    """The number asked for, or None where there are not two numbers to reckon with."""
    if len(_numbers(text.lower())) < 2:
        return None
    value = _reckon(text.lower())
    if mistaken(key, MISTAKES):
        value += 1 if uniform(key, "slip") < 0.5 else -1
    return round(value, 4)


def _numbers(text: str) -> list[tuple[float, bool, int]]:
    """(value, is a percentage, place) of each number in the text."""
    found = []
    for match in _NUMBER.finditer(text):
        whole, decimals, percent, word = match.groups()
        value = _WORDS[word] if word else float(whole.replace(",", "") + (decimals or ""))
        found.append((value, percent is not None, match.start()))
    return found


def _reckon(text: str) -> float:
    direct = re.search(
        r"(\d+(?:\.\d+)?)\s*(plus|minus|times|divided by|multiplied by|[-+*/x×÷])\s*(\d+(?:\.\d+)?)", text
    )
    if direct and len(_numbers(text)) == 2:
        return _apply(direct.group(2), float(direct.group(1)), float(direct.group(3)))
    state = _State()
    for sentence in _SENTENCE.split(text):
        _read(sentence, state)
    return _last_step(text, state)


def _apply(sign: str, left: float, right: float) -> float:
    if sign in ("plus", "+"):
        return left + right
    if sign in ("minus", "-"):
        return left - right
    if sign in ("divided by", "/", "÷"):
        return left / right if right else 0.0
    return left * right


def _read(sentence: str, state: _State) -> None:
    numbers = _numbers(sentence)
    for place, (value, percent, start) in enumerate(numbers):
        before = sentence[numbers[place - 1][2] if place else 0 : start]
        if state.total is None:
            state.total = value
        elif percent:
            part = state.total * value / 100
            if re.search(r"\b(of the|of them|of its|of)\b", sentence[start:]) and not _TAKE.search(sentence):
                state.total = part
            else:
                state.total += -part if _TAKE.search(sentence) else part
        elif _SPLIT.search(sentence):
            state.total = state.total / value if value else 0.0
        elif _PER.search(sentence):
            state.total *= value
        elif _TAKE.search(before):
            state.total -= value
        else:
            state.total += value
        state.last = value
    if state.total is None:
        return
    if re.search(r"\b(twice|double[sd]?)\b", sentence):
        state.total *= 2
    elif re.search(r"\b(half)\b", sentence):
        state.total /= 2


def _last_step(text: str, state: _State) -> float:
    numbers = [value for value, _, _ in _numbers(text)]
    if len(numbers) == 2 and re.search(
        r"\bhow (?:many|much) (?:more|fewer|less|longer|older|taller|further|further)\b", text
    ):
        return abs(numbers[0] - numbers[1])
    return state.total or 0.0
