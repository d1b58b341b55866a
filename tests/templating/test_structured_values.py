"""A list, an object or an image never goes out as the text that Python writes of it."""

from typing import Any

import pytest

from evalstudio.errors import EvaluationError
from evalstudio.templating.templates import Conversation, Message, render

VALUES: dict[str, Any] = {
    "tags": ["a", "b"],
    "item": {"k": 1, "deep": [1, {"x": "y"}]},
    "image": {"bytes": b"\x89PNG", "path": None},
    "raw": b"\x89RAW",
    "pair": (1, 2),
    "turns": [{"role": "user", "content": "x"}],
    "text": "t",
    "n": 3,
    "none": None,
}


def written(template: str) -> str:
    return Conversation([Message("user", template)], tuple(VALUES)).render_turn(0, VALUES, [])[0].content


@pytest.mark.parametrize(
    ("template", "sentence"),
    [
        (
            "{{ tags }}",
            r"The column 'tags' holds a list, not text: write {{ tags \| tojson }} or {{ tags \| join",
        ),
        ("Tags: {{ tags }}", "The column 'tags' holds a list"),
        ("{{ item }}", r"The column 'item' holds an object, not text: write {{ item \| tojson }}\."),
        ("{{ image }}", "The column 'image' holds an object"),
        ("{{ raw }}", "The column 'raw' holds bytes"),
        ("{{ pair }}", "The column 'pair' holds a list"),
        ("{{ turns }}", 'a conversation is sent with messages = "{{ turns }}"'),
        ("{{ item.deep }}", "would write a list as Python does"),
        ("{{ image.bytes }}", "would write bytes"),
        ("{{ 'x' ~ tags }}", "The column 'tags' holds a list"),
        ("{{ turns | join }}", "would write an object"),
        ("{{ tags | string }}", "The column 'tags' holds a list"),
        ("{{ tags | upper }}", "The column 'tags' holds a list"),
        ("{{ item | replace('k', 'x') }}", "The column 'item' holds an object"),
        ("{{ '%s' % tags }}", "The column 'tags' holds a list"),
        ("{{ '%s, %s' % (n, tags) }}", "The column 'tags' holds a list"),
        ("{{ '%s' | format(item) }}", "The column 'item' holds an object"),
        ("{{ '{}'.format(tags) }}", "The column 'tags' holds a list"),
        ("{{ tags | map('upper') }}", r"\| list"),
        ("{% for one in item.deep %}{{ one }};{% endfor %}", "would write an object"),
        ("{{ [text, n] }}", "would write a list"),
        ("{{ raw | tojson }}", "not JSON serializable"),
    ],
)
def test_that_a_value_that_is_no_text_is_refused_with_what_to_write(template: str, sentence: str) -> None:
    with pytest.raises(EvaluationError, match=sentence):
        written(template)


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("{{ tags | tojson }}", '["a", "b"]'),
        ("{{ item | tojson }}", '{"deep": [1, {"x": "y"}], "k": 1}'),
        ("{{ tags | join(', ') }}", "a, b"),
        ("{{ pair | join('-') }}", "1-2"),
        ("{{ tags[0] }}{{ item.k }}", "a1"),
        ("{{ tags | length }}", "2"),
        ("{% for one in tags %}{{ loop.index }}. {{ one }} {% endfor %}", "1. a 2. b "),
        ("{{ tags | map('upper') | join }}", "AB"),
        ("{{ turns[0].content }}", "x"),
        ("{{ 'x' ~ n ~ text }}", "x3t"),
        ("{{ '%s/%d' % (text, n) }}", "t/3"),
        ("{{ '{}'.format(text) }}", "t"),
        ("{{ n }} {{ 1.5 }} {{ true }} [{{ none }}]", "3 1.5 True []"),
        ("{{ text | upper }}{{ n | string }}", "T3"),
        ("{% if 'a' in tags %}yes{% endif %}", "yes"),
        ("{{ item.items() | list | length }}", "2"),
    ],
)
def test_that_what_a_template_makes_text_of_goes_out(template: str, text: str) -> None:
    assert written(template) == text


@pytest.mark.parametrize("name", sorted(VALUES))
def test_that_a_column_alone_is_still_itself_for_evaluators(name: str) -> None:
    assert render("{{ " + name + " }}", VALUES) is VALUES[name]


@pytest.mark.parametrize(
    ("column", "template", "better"),
    [
        ("Best Answer", "{{ Best Answer }}", "best_answer"),
        ("a-b", "{{ a-b }}", "a_b"),
        ("input.text", "{{ input.text }}", "input_text"),
        ("1st", "{{ 1st }}", "c_1st"),
        ("q?", "{{ q? }}", "q"),
        ("größe (cm)", "{{ größe (cm) }}", "größe_cm"),
        ("the/path", "{{ the/path }}", "the_path"),
        ("x:y", "{{ x:y }}", "x_y"),
        ("a b c", "Say {{ a b c }} now", "a_b_c"),
        ("what's", "{{ what's }}", "what_s"),
    ],
)
def test_that_a_column_that_no_template_can_name_is_told_with_another_name(
    column: str, template: str, better: str
) -> None:
    with pytest.raises(EvaluationError) as raised:
        Conversation([Message("user", template)], (column, "other"))
    assert f'columns = {{ {better} = "{column}" }}' in str(raised.value)
    with pytest.raises(EvaluationError) as plain:
        Conversation([Message("user", "{{ unknown }}")], ("text", "other"))
    assert "give it another one" not in str(plain.value)
