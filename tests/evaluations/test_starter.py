"""The first task of a new evaluation, from the expected answers of its dataset."""

from typing import Any

import pytest

from evalstudio.evaluations.starter import MOST_LABELS, first_task

LABELLED: list[tuple[list[Any], str]] = [
    (["yes", "no"] * 3, "yes, no"),
    (["spam", "ham", "ham", "spam"], "spam, ham"),
    ([True, False, True, False], "True, False"),
    (["card arrival", "lost card"] * 5, "card arrival, lost card"),
    (["a", "b", "c", "d"] * 2, "a, b, c, d"),
    ([None, "up", "down", "up", "down", ""], "up, down"),
    ([" red", "blue ", "red", "blue"], "red, blue"),
    (["entailment", "neutral", "contradiction"] * 4, "entailment, neutral, contradiction"),
    (["straße", "weg"] * 2, "straße, weg"),
    ([f"class {number}" for number in range(MOST_LABELS)] * 2, "class 0, class 1"),
]
FREE: list[tuple[list[Any], str]] = [
    (["Paris", "Rome", "Oslo"], "one word"),
    (["Paris", "Rome", "Oslo", "Paris"], "one word"),
    (["the red house", "a blue car", "one tree"], "few words"),
    (["Paris"], "one word"),
    ([], "one word"),
    (["same", "same"], "one word"),
    (["1", "2", "1", "2"], "End with the number"),
    ([3, 4, 3, 4], "End with the number"),
    (['{"a": 1}', '{"a": 2}'] * 2, "JSON"),
    (["It is a long answer of many words.", "Another answer that is long enough."] * 2, "sentences"),
    ([f"word{number}" for number in range(MOST_LABELS + 1)] * 2, "one word"),
]


@pytest.mark.parametrize(("expected", "labels"), LABELLED)
def test_that_a_set_of_classes_gets_a_prompt_with_its_labels(expected: list[Any], labels: str) -> None:
    words, evaluator = first_task(expected)
    assert words.startswith("Answer with one of these labels and nothing else: ")
    assert labels in words
    assert evaluator == {"type": "exact_match", "normalise": True}


@pytest.mark.parametrize(("expected", "words"), FREE)
def test_that_other_answers_name_no_labels(expected: list[Any], words: str) -> None:
    said, _ = first_task(expected)
    assert words in said
    assert "labels" not in said
