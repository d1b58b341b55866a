"""Evaluators judge on the engine's loop: a megabyte of anything is judged at once, or left unscored with the reason."""

import gc
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evalstudio.core.system import collect_less_often
from evalstudio.core.thinking import split_thinking
from evalstudio.engine.models.classify import error_message
from evalstudio.engine.scoring.scoring import judge as score_of
from evalstudio.evaluators import build_evaluators, evaluator_types
from evalstudio.evaluators.judging.reply import Unreadable, read_score, read_verdict
from evalstudio.models.keys import redact, redact_answer

LENGTH = 1_000_000
LONGEST_S = 0.1

# How each begins, what is repeated in it, and how it ends
SHAPES: dict[str, tuple[str, str, str]] = {
    "sentences with a digit and no number": ("f(1),", "1]\x00```\nÆÆ", "```\n"),
    "line ends after a statement": ("Answer:", "\n", ""),
    "line ends before a word": ("Answer:", "\n", "x"),
    "spaces": ("", " ", ""),
    "spaces between words": ("a", " ", "b"),
    "words of one letter": ("", "A ", ""),
    "statements": ("", "Answer:", ""),
    "statements in one word": ("", "answer", ""),
    "statements with is": ("", "answer is ", ""),
    "a score and spaces": ("score: 5", " ", "x"),
    "scores": ("", "score = ", ""),
    "the word answer and line ends": ("answer ", "\n", "*a"),
    "the word answer": ("", "answer ", ""),
    "Chinese before a word": ("1 ", "漢 (B) ", "answer "),
    "colons and equals signs": ("answer", ":=", ""),
    "open brackets": ("", "[", ""),
    "closed brackets": ("", "]", ""),
    "open braces": ("", "{", ""),
    "open parentheses": ("answer ", "(", ""),
    "labels in brackets": ("", "(B) ", ""),
    "calls": ("", "f(", ""),
    "a list of calls": ("[", "f(1),", "]"),
    "a list of statements in Python": ("[", "-1,", "]"),
    "empty lists": ("", "[]", ""),
    "empty objects": ("[", "{},", "{}]"),
    "a list of numbers": ("[", "1,", "1]"),
    "lists in a list": ("[", "[],", "[]]"),
    "an unfinished list of lists": ("[", "[1],", ""),
    "keys repeated": ("{", '"a":1,', '"a":1}'),
    "objects that begin": ("", '{"a":', ""),
    "objects with a fault": ("", '{"a" 1} ', ""),
    "nested objects": ('{"arguments":', '{"a":[', ""),
    "a long string in JSON": ('"', "\\n", '"'),
    "backslashes": ("", "\\", ""),
    "boxes": ("", "\\boxed{", ""),
    "a long box": ("\\boxed{", "1 ", "}"),
    "fractions": ("", "\\frac{1}", ""),
    "texts in LaTeX": ("", "\\text{", ""),
    "digits": ("", "9", ""),
    "ones and commas": ("", "1,", ""),
    "groups of three digits": ("1", ",234", ""),
    "groups that end wrongly": ("1", ",234", "5.5.5"),
    "groups of two digits": ("1", ",23", ""),
    "groups and spaces": ("1", " 234", ""),
    "decimals": ("", "1.5 ", ""),
    "points": ("", ".", ""),
    "minus signs": ("", "-", ""),
    "sums": ("", "1+", ""),
    "fractions in a row": ("", "1/", ""),
    "powers": ("", "1 × 10", ""),
    "superscripts": ("10", "²", ""),
    "letters": ("", "a", ""),
    "one word that ends in a digit": ("", "a1", ""),
    "underscores": ("", "_", ""),
    "asterisks": ("", "*", ""),
    "asterisks and letters": ("", "*a", ""),
    "quotes": ("", '"', ""),
    "curly quotes": ("", "“”", ""),
    "ticks": ("", "`", ""),
    "fences": ("", "```\n", ""),
    "fences of one letter": ("", "```a", ""),
    "a fence and spaces": ("```", " ", ""),
    "thoughts that begin": ("", "<think>", ""),
    "thoughts that end": ("", "</think>", ""),
    "a thought without an end": ("<think>", "<", ""),
    "web pages": ("<html>", "<title>", ""),
    "combining marks": ("e", "\u0301\u0327", ""),
    "combining marks of other kinds": ("e", "\u0f73", ""),
    "half-width marks": ("e", "\uff9e\u0301", ""),
    "letters with marks": ("", "e\u0301\u0327", ""),
    "spaces that break no line": ("", "\u00a0", ""),
    "full-width digits": ("", "１", ""),
    "full-width letters and spaces": ("", "Ａ　", ""),
    "Chinese": ("", "漢字", ""),
    "Chinese and spaces": ("", "漢 ", ""),
    "ligatures that grow": ("", "\ufdfa", ""),
    "sharp s": ("", "ß", ""),
    "tags of calls": ("", "<tool_call>", ""),
    "a call in tags": ("", "<tool_call>f(1)</tool_call>", ""),
    "a list of texts": ("[", '"a",', '"a"]'),
    "channels": ("", "<|channel|>", ""),
    "tags that begin": ("", "<t", ""),
    "brackets and a reason": ("(", "a", ")"),
    "zero-width spaces": ("", "\u200b", ""),
    "dashes": ("", "–", ""),
    "Arabic commas": ("a", "،", ""),
    "opening corner brackets": ("", "【", ""),
    "stars": ("", "★", ""),
    "fences on lines": ("", "```json\n1\n```\n", ""),
    "null characters": ("", "\0", ""),
    "keys of an API": ("", "sk-a", ""),
}
OTHER = ("", "The quick brown fox. ", "42")

SCHEMA = {
    "type": "array",
    "uniqueItems": True,
    "items": {
        "type": ["integer", "array", "object"],
        "minItems": 0,
        "additionalProperties": {"type": "integer"},
    },
}
FUNCTIONS = [{"name": "f", "parameters": {"type": "object", "properties": {"a": {"type": "integer"}}}}]

# Against a usual expected value
PLAIN: list[dict[str, Any]] = [
    {"type": "exact_match", "expected": "positive"},
    {"type": "exact_match", "expected": "positive", "normalise": True},
    {"type": "numeric_match", "expected": "42", "tolerance": 0.1},
    {"type": "regex_match", "pattern": "(positive|negative)"},
    {"type": "regex_extract", "pattern": r"answer:\s*(\w+)", "expected": "positive", "ignore_case": True},
    {"type": "regex_extract", "pattern": r"(\d+)", "expected": "42"},
    {"type": "contains", "expected": ["positive", "negative"]},
    {"type": "contains", "expected": "a", "words": True},
    {"type": "multiple_choice", "expected": "B"},
    {"type": "multiple_choice", "expected": "positive"},
    {"type": "multiple_choice", "expected": "B", "choices": ["red", "the answer", "a b c", "10"]},
    {"type": "json_valid"},
    {"type": "json_valid", "schema": SCHEMA},
    {"type": "json_match", "expected": {"a": 1, "b": [1, 2]}},
    {"type": "json_match", "expected": {"a": "x"}, "normalise": True, "partial": True},
    {"type": "function_call", "expected": "f(a=1)"},
    {"type": "function_call", "expected": "f(a=1)", "functions": FUNCTIONS},
    {"type": "function_call", "expected": []},
    {"type": "function_call", "expected": {"f": {"a": [1, 2, ""]}}, "functions": FUNCTIONS},
    {"type": "similarity", "expected": "a positive answer"},
    {"type": "similarity", "expected": "a positive answer", "normalise": True, "threshold": 0.5},
    {"type": "exact_match", "expected": "positive", "squad": True},
    {"type": "token_f1", "expected": "a positive answer"},
    {"type": "rouge_l", "expected": "a positive answer"},
    {"type": "bleu", "expected": "a positive answer"},
    {"type": "chrf", "expected": "a positive answer"},
    {"type": "recorded", "value": "{{ said }}"},
]
# Against the same megabyte, and one of these against another
LONG: list[dict[str, Any]] = [
    {"type": "exact_match", "expected": "{{ said }}"},
    {"type": "exact_match", "expected": "{{ said }}", "normalise": True},
    {"type": "numeric_match", "expected": "{{ said }}"},
    {"type": "regex_extract", "pattern": r"(?s)(.+)", "expected": "{{ said }}"},
    {"type": "contains", "expected": "{{ said }}"},
    {"type": "contains", "expected": "{{ said }}", "words": True},
    {"type": "multiple_choice", "expected": "{{ said }}"},
    {"type": "multiple_choice", "expected": "{{ said }}", "choices": ["red", "blue"]},
    {"type": "json_match", "expected": "{{ said }}"},
    {"type": "function_call", "expected": "{{ said }}"},
    {"type": "similarity", "expected": "{{ said }}"},
    {"type": "similarity", "expected": "{{ said }}", "normalise": True},
    {"type": "token_f1", "expected": "{{ said }}"},
    {"type": "rouge_l", "expected": "{{ said }}"},
    {"type": "contains", "expected": "{{ said }}", "separator": "a"},
]
COMPARED = (
    "line ends before a word", "spaces between words", "words of one letter", "statements", "open brackets", "a list of calls",
    "a list of numbers", "lists in a list", "keys repeated", "a long box", "digits", "groups of two digits", "points", "letters",
    "asterisks and letters", "curly quotes", "fences", "combining marks", "letters with marks", "full-width digits",
    "Chinese and spaces", "ligatures that grow",
)  # fmt: skip


def made(shape: tuple[str, str, str], length: int = LENGTH) -> str:
    start, piece, end = shape
    return start + piece * ((length - len(start) - len(end)) // len(piece)) + end


@pytest.fixture(scope="module")
def texts() -> dict[str, str]:
    return {name: made(shape) for name, shape in SHAPES.items()}


def seconds(work: Callable[[], Any]) -> float:
    """Of processor; the best of up to five tries, for other processes slow the processor down, too."""
    taken = []
    before = (
        collect_less_often()
    )  # as an engine does: with all that other tests left, a collection is most of the time
    try:
        for _ in range(5):
            started = time.process_time()
            work()
            taken.append(time.process_time() - started)
            if taken[-1] < LONGEST_S:
                break
    finally:
        gc.set_threshold(*before)
    return min(taken)


def judging(table: dict[str, Any]) -> Callable[[str, dict[str, Any]], Any]:
    """An evaluator as a run has it: built from its table, and never raising but for an expected value."""
    if table["type"] in ("bleu", "chrf"):
        pytest.importorskip("sacrebleu")
    (evaluator,) = build_evaluators([table], ("said",), Path())
    return lambda answer, values: score_of(evaluator, answer, values)


def slow(work: Callable[[str], Any], texts: dict[str, str]) -> dict[str, float]:
    """The texts that take too long, with the seconds."""
    taken = {name: seconds(lambda text=text: work(text)) for name, text in texts.items()}  # type: ignore[misc]
    return {name: round(spent, 3) for name, spent in taken.items() if spent >= LONGEST_S}


def named(table: dict[str, Any]) -> str:
    return "-".join([table["type"], *(str(key) for key in table if key not in ("type", "expected"))])


def test_that_every_type_of_evaluator_that_runs_on_the_loop_is_tried() -> None:
    assert {table["type"] for table in PLAIN} == evaluator_types().keys() - {
        "judge",
        "math_match",
        "code_tests",
        "python",
    }


@pytest.mark.parametrize("table", PLAIN, ids=named)
def test_that_a_megabyte_of_anything_is_judged_at_once(table: dict[str, Any], texts: dict[str, str]) -> None:
    judge = judging(table)
    assert slow(lambda text: judge(text, {"said": text}), texts) == {}


@pytest.mark.parametrize("table", LONG, ids=named)
def test_that_two_megabytes_are_compared_at_once(table: dict[str, Any], texts: dict[str, str]) -> None:
    judge = judging(table)
    other = made(OTHER)
    compared = {name: texts[name] for name in COMPARED}
    assert slow(lambda text: judge(text, {"said": text}), compared) == {}
    assert slow(lambda text: judge(other, {"said": text}), compared) == {}


FRAGMENTS = sorted({piece for shape in SHAPES.values() for piece in shape if 0 < len(piece) < 40})


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(st.sampled_from(FRAGMENTS) | st.text(max_size=3), min_size=1, max_size=6).filter(any),
    st.sampled_from(FRAGMENTS),
    st.sampled_from(FRAGMENTS),
)
def test_that_any_fragments_are_judged_at_once(pieces: list[str], start: str, end: str) -> None:
    text = made((start, "".join(pieces), end))
    for table in (*PLAIN, *LONG):
        if table["type"] in ("bleu", "chrf"):
            continue  # they read no text of this length
        judge = judging(table)
        assert seconds(lambda judge=judge: judge(text, {"said": text})) < LONGEST_S, table  # type: ignore[misc]


def unless_unreadable(read: Callable[[str], Any]) -> Callable[[str], Any]:
    def tried(text: str) -> Any:
        try:
            return read(text)
        except Unreadable:
            return None

    return tried


READERS: dict[str, Callable[[str], Any]] = {
    "a judge's score": unless_unreadable(lambda text: read_score(text, 1, 10)),
    "a judge's score of the longest reply": unless_unreadable(lambda text: read_score(text[:50_000], 1, 10)),
    "a judge's verdict": unless_unreadable(read_verdict),
    "a judge's verdict in the longest reply": unless_unreadable(lambda text: read_verdict(text[:50_000])),
    "thinking": split_thinking,
    "keys": redact,
    "keys in answers": redact_answer,
    "an error's message": error_message,
}


@pytest.mark.parametrize("reader", READERS)
def test_that_whatever_else_reads_an_answer_reads_it_at_once(reader: str, texts: dict[str, str]) -> None:
    assert slow(READERS[reader], texts) == {}
