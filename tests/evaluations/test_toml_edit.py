"""Editing one entry of a TOML text: what comes out reads as it should, and what a person wrote stays."""

import tomllib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalstudio.evaluations.toml_edit import set_entry, write_toml

TEXTS = st.text(st.characters(exclude_categories=("Cs",)), max_size=20)
VALUES = st.recursive(
    st.booleans() | st.integers(-(2**40), 2**40) | st.floats(allow_nan=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)

FILE = """# why this evaluation is there
name = "one"  # short
dataset = { path = "a.csv" }
# what is asked
messages = [
    { role = "user", content = "{{ text }}" },  # the review
]
model = "demo/fast"

[parameters]
# no chance
temperature = 0

[parameters.response_format]
type = "json_object"

[[evaluators]]
type = "exact_match"

[[evaluators]]
type = "contains"
"""


@given(st.dictionaries(TEXTS, VALUES, max_size=5))
@settings(max_examples=150, deadline=None)
def test_that_what_is_written_is_read_again(table: dict[str, Any]) -> None:
    assert tomllib.loads(write_toml(table)) == table


@given(st.dictionaries(TEXTS, VALUES, max_size=4), TEXTS, VALUES | st.none())
@settings(max_examples=150, deadline=None)
def test_that_an_entry_is_set_and_the_others_stay(table: dict[str, Any], key: str, value: Any) -> None:
    wanted = {**table, key: value}
    if value is None:
        del wanted[key]
    assert tomllib.loads(set_entry(write_toml(table), key, value)) == wanted


@pytest.mark.parametrize(
    ("key", "value", "gone", "kept"),
    [
        ("name", "two", "# short", ["# why", "# the review", "# no chance"]),
        ("messages", [{"role": "user", "content": "x"}], "# the review", ["# why", "# short", "# what is asked"]),
        ("parameters", {"temperature": 1}, "temperature = 0", ["# why", "# the review", '[[evaluators]]\ntype = "contains"']),
        ("evaluators", [{"type": "regex_match", "pattern": "a"}], "[[evaluators]]", ["# no chance", "# why", "# short"]),
        ("repeats", 3, None, ["# why", "# short", "# no chance", "# the review"]),
        ("model", None, "demo/fast", ["# why", "# short", "# no chance"]),
    ],
)  # fmt: skip
def test_that_only_the_entry_itself_is_written_anew(
    key: str, value: Any, gone: str | None, kept: list[str]
) -> None:
    changed = set_entry(FILE, key, value)
    wanted = {**tomllib.loads(FILE), key: value}
    assert tomllib.loads(changed) == {name: one for name, one in wanted.items() if one is not None}
    assert gone is None or gone not in changed
    assert all(words in changed for words in kept)
    assert tomllib.loads(set_entry(changed, "name", "again"))["name"] == "again"


def test_that_long_lists_have_a_line_for_each_item_and_short_ones_one() -> None:
    text = set_entry(
        "", "messages", [{"role": "user", "content": "x" * 90}, {"role": "user", "content": "y"}]
    )
    assert text.splitlines()[1:] == [
        f'    {{ role = "user", content = "{"x" * 90}" }},',
        '    { role = "user", content = "y" },',
        "]",
    ]
    assert write_toml({"a": [1, 2], "b": None}) == "a = [1, 2]\n"
    with pytest.raises(tomllib.TOMLDecodeError):
        set_entry("a = ", "a", 1)
