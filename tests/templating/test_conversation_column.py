"""A column that holds a conversation is sent as one: what is read, what is refused, and where its turn is."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalstudio.errors import EvaluationError
from evalstudio.templating.templates import CONVERSATION, Conversation, Message

ASKED = [Message("system", "Be short."), Message("user", "Name a river.")]


def sent(talk: Any, content: str = "{{ talk }}", *more: Message) -> list[Message]:
    conversation = Conversation([*more, Message(CONVERSATION, content)], ("talk", "text"))
    assert conversation.turns == 1
    return conversation.render_turn(0, {"talk": talk, "text": "t"}, [])


@pytest.mark.parametrize(
    "talk",
    [
        [{"role": "system", "content": "Be short."}, {"role": "user", "content": "Name a river."}],
        [{"from": "system", "value": "Be short."}, {"from": "human", "value": "Name a river."}],
        [{"role": "System", "content": "Be short."}, {"role": "human", "content": "Name a river."}],
        [
            {"role": "system", "content": "Be short.", "name": None},
            {"role": "user", "content": "Name a river.", "tool_calls": None, "weight": 1},
        ],
        [
            {"role": "system", "content": [{"type": "text", "text": "Be short."}]},
            {"role": "user", "content": [{"type": "text", "text": "Name a river."}]},
        ],
        [
            {"role": "system", "content": ["Be short."]},
            {"role": "user", "content": {"type": "input_text", "text": "Name a river."}},
        ],
        [
            {"role": "system", "content": [{"type": "text", "text": "Be short.", "image_url": None}]},
            {"role": "user", "content": "Name a river."},
        ],
        '[{"role": "system", "content": "Be short."}, {"role": "user", "content": "Name a river."}]',
        ' [{"from": "system", "value": "Be short."}, {"from": "human", "value": "Name a river."}]\n',
        [
            {"role": None, "from": "system", "content": None, "value": "Be short."},
            {"role": "user", "from": None, "content": "Name a river.", "value": None},
        ],
        ({"role": "system", "content": "Be short."}, {"role": "user", "content": "Name a river."}),
    ],
)
def test_that_a_conversation_is_read_in_its_form(talk: Any) -> None:
    assert sent(talk) == ASKED


def test_that_answers_in_between_parts_and_markup_stay_as_they_are() -> None:
    talk = [
        {"role": "user", "content": "Hi {{ text }} {% x %}"},
        {"role": "gpt", "content": ""},
        {"role": "developer", "content": "Now."},
        {"role": "user", "content": ["one", {"type": "text", "text": "two"}]},
    ]
    assert sent(talk) == [
        Message("user", "Hi {{ text }} {% x %}"),
        Message("assistant", ""),
        Message("developer", "Now."),
        Message("user", "one\ntwo"),
    ]


@pytest.mark.parametrize(
    ("talk", "sentence"),
    [
        (None, "The column 'talk' holds nothing, not a list of messages"),
        ("", "holds nothing"),
        ("Name a river.", "holds a text, not a list"),
        ("[not JSON", "neither a conversation nor JSON of one"),
        (3, "holds one value"),
        ([], "has no messages"),
        ({"messages": [{"role": "user", "content": "x"}]}, r"write \.messages behind"),
        ({"role": "user", "content": "x"}, "holds an object, not a list"),
        (["Name a river."], "Message 1 of the column 'talk' is no object"),
        ([{"content": "x"}], "Message 1 of the column 'talk' has no role"),
        ([{"role": "user", "content": "x"}, {"role": "tool", "content": "y"}], "Message 2 .* role 'tool'"),
        ([{"role": 3, "content": "x"}], "role '3'"),
        ([{"role": "user"}], "Message 1 .* has no text"),
        ([{"role": "user", "content": []}], "has no text"),
        ([{"role": "user", "content": 5}], "has no text"),
        (
            [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "x"}}]}],
            "type 'image_url'",
        ),
        (
            [{"role": "user", "content": [{"type": "text", "text": "x"}, {"type": "image"}]}],
            "no images or sound",
        ),
        ([{"role": "user", "content": [b"\x89PNG"]}], "a part that is no text"),
        ([{"role": "user", "content": "x"}, {"role": "assistant", "content": "y"}], r"with \[:-1\]"),
        ([{"role": "system", "content": "x"}], "no message of a user"),
        (
            [
                {"role": "assistant", "content": None, "tool_calls": [{"id": "1"}]},
                {"role": "user", "content": "x"},
            ],
            "Message 1 .* calls tools",
        ),
    ],
)
def test_that_a_conversation_that_cannot_be_sent_is_a_sentence(talk: Any, sentence: str) -> None:
    with pytest.raises(EvaluationError, match=sentence) as raised:
        sent(talk)
    assert str(raised.value).endswith(".")


@pytest.mark.parametrize(
    ("content", "values"),
    [
        ("{{ talk }}", {"talk": [{"role": "user", "content": "x"}]}),
        ("{{talk}}", {"talk": [{"role": "user", "content": "x"}]}),
        (" {{- talk -}} ", {"talk": [{"role": "user", "content": "x"}]}),
        ("{{ talk.messages }}", {"talk": {"messages": [{"role": "user", "content": "x"}]}}),
        ("{{ talk['messages'] }}", {"talk": {"messages": [{"role": "user", "content": "x"}]}}),
        (
            "{{ talk[:-1] }}",
            {"talk": [{"role": "user", "content": "x"}, {"role": "assistant", "content": "y"}]},
        ),
        (
            "{{ talk | rejectattr('role', 'equalto', 'tool') | list }}",
            {"talk": [{"role": "tool", "content": "y"}, {"role": "user", "content": "x"}]},
        ),
    ],
)
def test_that_an_expression_over_the_column_chooses_its_messages(
    content: str, values: dict[str, Any]
) -> None:
    conversation = Conversation([Message(CONVERSATION, content)], ("talk",))
    assert conversation.render_turn(0, values, []) == [Message("user", "x")]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("talk", "has to be one column"),
        ("{{ talk }} and {{ text }}", "has to be one column"),
        ("{% for m in talk %}{{ m }}{% endfor %}", "has to be one column"),
        ("", "has to be one column"),
        ("{{ talks }}", "uses 'talks', and no column"),
        ("{{ talk[ }}", "mistake"),
    ],
)
def test_that_what_is_no_column_is_refused_before_a_run(content: str, sentence: str) -> None:
    with pytest.raises(EvaluationError, match=sentence):
        Conversation([Message(CONVERSATION, content)], ("talk", "text"))


def test_that_other_messages_stand_around_it_and_a_further_question_is_a_turn_of_its_own() -> None:
    talk = [{"role": "user", "content": "x"}]
    assert sent(talk, "{{ talk }}", Message("system", "Now: {{ text }}")) == [
        Message("system", "Now: t"),
        Message("user", "x"),
    ]
    conversation = Conversation(
        [
            Message("user", "Ready?"),
            Message("assistant", "Yes."),
            Message(CONVERSATION, "{{ talk }}"),
            Message("user", "You said {{ answers[0] }}. Sure?"),
        ],
        ("talk",),
    )
    assert conversation.turns == 2
    assert [one.role for one in conversation.render_turn(0, {"talk": talk}, [])] == [
        "user",
        "assistant",
        "user",
    ]
    assert conversation.render_turn(1, {"talk": talk}, ["a"]) == [Message("user", "You said a. Sure?")]


TEXT = st.text(max_size=20)


@given(st.lists(st.tuples(st.sampled_from(["system", "user", "assistant"]), TEXT), max_size=5), TEXT)
def test_that_every_text_comes_out_as_it_was_in_both_forms(before: list[tuple[str, str]], last: str) -> None:
    messages = [*before, ("user", last)]
    names = {"system": "system", "user": "human", "assistant": "gpt"}
    ours = [{"role": role, "content": text} for role, text in messages]
    theirs = [{"from": names[role], "value": text} for role, text in messages]
    wanted = [Message(role, text) for role, text in messages]
    assert sent(ours) == sent(theirs) == sent(json.dumps(ours)) == wanted
