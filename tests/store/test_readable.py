"""Stored parts of a run in words."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalstudio.store.readable import readable

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)


@pytest.mark.parametrize(
    ("part", "stored", "words"),
    [
        (
            "prompt",
            [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "{{ text }}"}],
            "system: Be brief.\nuser: {{ text }}",
        ),
        ("parameters", {"temperature": 0, "stop": ["\n"]}, 'temperature = 0, stop = ["\\n"]'),
        (
            "evaluators",
            [{"type": "exact_match", "expected": "{{ label }}"}, {"type": "regex"}],
            "exact_match (expected = {{ label }})\nregex",
        ),
        ("columns", {"text": "review"}, "text = review"),
        ("selection", [1, None, None, 20], "seed = 1, samples = 20"),
        ("selection", [None, None, None, None], "all samples, in order"),
        ("repeats", 3, "3"),
    ],
)
def test_that_parts_are_said_in_words(part: str, stored: object, words: str) -> None:
    assert readable(part, json.dumps(stored)) == words


def test_that_a_text_stays_as_it_is() -> None:
    assert readable("model", "openai/gpt-4o-mini") == "openai/gpt-4o-mini"


@given(st.sampled_from(["prompt", "selection", "evaluators"]), JSON)
def test_that_every_stored_value_has_words(part: str, value: object) -> None:
    assert isinstance(readable(part, json.dumps(value)), str)
