"""Prompts from templates: what is rendered, what is refused, and when."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalstudio.errors import EvaluationError
from evalstudio.templating.templates import Conversation, Message, compile_expression, compile_value, render


def conversation(*messages: tuple[str, str], columns: tuple[str, ...] = ("text", "slots")) -> Conversation:
    return Conversation([Message(role, content) for role, content in messages], columns)


def test_that_system_few_shot_and_question_are_one_turn() -> None:
    talk = conversation(
        ("system", "One word."), ("user", "Good!"), ("assistant", "positive"), ("user", "{{ text }}\n")
    )
    assert talk.turns == 1
    assert talk.render_turn(0, {"text": "Bad <&> {{ x }}"}, []) == [
        Message("system", "One word."),
        Message("user", "Good!"),
        Message("assistant", "positive"),
        Message("user", "Bad <&> {{ x }}\n"),
    ]


def test_that_a_second_question_is_a_second_turn_that_sees_the_first_answer() -> None:
    talk = conversation(
        ("system", "Be brief."),
        ("user", "{{ text }}"),
        ("user", "You said {{ answers[0] }}. Sure?"),
        ("assistant", "Let me see."),
        ("user", "{{ answers[-1] }} of {{ answers|length }}"),
        ("user", "Why?"),
    )
    assert talk.turns == 3
    assert [message.role for message in talk.render_turn(0, {"text": "2+2?"}, [])] == ["system", "user"]
    second = talk.render_turn(1, {"text": "2+2?"}, ["4"])
    assert [message.content for message in second] == ["You said 4. Sure?", "Let me see.", "4 of 1"]
    assert talk.render_turn(2, {}, ["4", "yes"]) == [Message("user", "Why?")]


@pytest.mark.parametrize(
    ("messages", "sentence"),
    [
        ([], "no messages"),
        ([("bot", "x")], "role 'bot'"),
        (
            [("user", "{{ txt }}")],
            r"Message 1 \(user\) uses 'txt', and no column .* columns are: text, slots",
        ),
        ([("system", "a"), ("user", "{% if txt %}x{% endif %}")], r"Message 2 \(user\) uses 'txt'"),
        ([("user", "{{ answers[0] }}")], "none before the second turn"),
        ([("user", "{{ text ")], r"Message 1 \(user\) has a mistake in line 1"),
        ([("user", "{% for x in text %}")], "mistake"),
        ([("user", "{% include 'x' %}")], "fails"),
    ],
)
def test_that_a_conversation_that_cannot_be_rendered_is_refused(
    messages: list[tuple[str, str]], sentence: str
) -> None:
    with pytest.raises(EvaluationError, match=sentence):
        conversation(*messages).render_turn(0, {"text": "", "slots": {}}, [])


@pytest.mark.parametrize(
    ("template", "sentence"),
    [
        ("{{ slots.city }}", "has no attribute 'city'"),
        ("{{ slots['a'].b }}", "fails on this sample"),
        ("{{ text.__class__.__mro__ }}", "unsafe|access"),
        ("{{ text / 0 }}", "TypeError"),
        ("{{ range(900000)|list }}", "OverflowError"),
        ("{{ slots.update({'x': 1}) }}", "unsafe"),
    ],
)
def test_that_a_template_that_fails_on_a_sample_says_why(template: str, sentence: str) -> None:
    talk = conversation(("user", template))
    with pytest.raises(EvaluationError, match=sentence):
        talk.render_turn(0, {"text": "t", "slots": {}}, [])


def test_that_a_null_renders_as_nothing_and_zero_as_zero() -> None:
    assert (
        render("[{{ a }}|{{ b }}|{{ c }}|{{ d }}]", {"a": None, "b": 0, "c": False, "d": ""}) == "[|0|False|]"
    )


@pytest.mark.parametrize("value", [0, False, "", None, 1.5, ["a"], {"k": 1}, "007"])
def test_that_a_column_alone_keeps_its_type(value: Any) -> None:
    result = render("{{ expected }}", {"expected": value})
    assert result == value
    assert type(result) is type(value)
    assert render(" {{expected}}\n", {"expected": value}) is value


def test_that_values_that_are_no_single_column_are_text() -> None:
    assert render("{{ a + 1 }}", {"a": 1}) == "2"
    assert render("plain", {}) == "plain"
    assert render("{{ true }}", {}) == "True"
    with pytest.raises(EvaluationError, match=r"uses 'b', and no column is called so. The columns are: a"):
        compile_value("{{ b }}", ("a",))


def test_that_expressions_tell_their_names_and_fail_in_words() -> None:
    evaluate, names = compile_expression("n|int > limit and range(3)")
    assert names == {"n", "limit"}
    assert evaluate({"n": "5", "limit": 4})
    assert not evaluate({"n": "3", "limit": 4})
    with pytest.raises(EvaluationError, match="'limit' is undefined"):
        evaluate({"n": "3"})
    with pytest.raises(EvaluationError, match="mistake"):
        compile_expression("n >")


@given(st.text())
def test_that_text_without_markup_comes_out_as_it_is(text: str) -> None:
    content = text.replace("{", "(")
    assert conversation(("user", content)).render_turn(0, {}, [])[0].content == content


@given(st.text())
def test_that_a_value_is_never_read_as_a_template(text: str) -> None:
    assert conversation(("user", "a {{ text }}")).render_turn(0, {"text": text}, [])[0].content == "a " + text


@pytest.mark.parametrize(
    ("template", "values", "result"),
    [
        ("{{ names | list }}", {"names": ("a", "b")}, ["a", "b"]),
        ("{{ names | map('lower') }}", {"names": ["A", "B"]}, ["a", "b"]),
        ("{{ text.split(';') }}", {"text": "a;b"}, ["a", "b"]),
        ("{{- [a, b] -}}", {"a": 1, "b": "x"}, [1, "x"]),
        (" {{ row.answers }} ", {"row": {"answers": [1]}}, [1]),
        ("{{ row.inner }}", {"row": {"inner": {"a": 1}}}, {"a": 1}),
        ("{{ a + 1 }}", {"a": 1}, "2"),
        ("{{ a | upper }}", {"a": "x"}, "X"),
        ("{{ a.b }}", {"a": {"b": None}}, ""),
        ("so {{ names | join(', ') }}", {"names": ["a", "b"]}, "so a, b"),
        ("so {{ names | tojson }}", {"names": ["a"]}, 'so ["a"]'),
        ("{% for n in names %}{{ n }}{% endfor %}", {"names": ["a", "b"]}, "ab"),
    ],
)
def test_that_an_expression_that_gives_a_list_stays_one(
    template: str, values: dict[str, Any], result: Any
) -> None:
    assert render(template, values) == result
