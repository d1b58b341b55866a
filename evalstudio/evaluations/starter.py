"""Evaluation starter: the first task and evaluator of a new evaluation.

They are chosen by the expected answers of its dataset and are meant as a starting point to edit.
"""

import json
import re
from collections.abc import Sequence
from typing import Any

WORKED = re.compile(r"####\s*[-+$€£]?[\d.,]+\s*$")  # a worked solution that ends in its number, as in GSM8K
NUMBER = re.compile(r"[-+]?[$€£]?\d[\d.,]*\s*%?")
FEW_WORDS = 5
MOST_LABELS = 100  # classes that a prompt names
REPEATED = 2  # times that each label is there on average, in a set of classes

Task = tuple[str, dict[str, Any]]
"""The system message and the table of the evaluator."""


def first_task(expected: Sequence[Any]) -> Task:
    """Chooses the task that fits a dataset's first expected answers; missing ones are ignored."""
    values = [value for value in expected if value not in (None, "", [], {})]
    texts = [value.strip() if isinstance(value, str) else value for value in values]
    if values and all(map(_is_json, texts)):
        return "Answer with JSON, and nothing else.", {"type": "json_match"}
    if values and all(_is_number(text) for text in texts):
        return "Work it out step by step. End with the number.", {"type": "numeric_match"}
    longest = max((len(str(text).split()) for text in texts), default=1)
    labels = list(dict.fromkeys(str(text) for text in texts))
    if longest <= FEW_WORDS and 2 <= len(labels) <= MOST_LABELS and len(texts) >= REPEATED * len(labels):
        # the model can't know them otherwise
        words = f"Answer with one of these labels and nothing else: {', '.join(labels)}."
        return words, {"type": "exact_match", "normalise": True}
    if longest <= FEW_WORDS:
        words = "Answer with one word." if longest <= 1 else "Answer in a few words, without a sentence."
        return words, {"type": "exact_match", "normalise": True}
    return "Answer in one or two sentences.", {"type": "similarity"}


def _is_number(value: Any) -> bool:
    if isinstance(value, str):
        return bool(NUMBER.fullmatch(value) or WORKED.search(value))
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_json(value: Any) -> bool:
    """Returns whether the value is an object or a list, or the JSON text of one."""
    if isinstance(value, str) and value[:1] in "{[":
        try:
            value = json.loads(value)
        except ValueError:
            return False
    return isinstance(value, dict | list)
