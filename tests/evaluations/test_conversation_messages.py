"""`messages = "{{ conversation }}"` in an evaluation's file: alone, among other messages, in a grid, in the window's draft."""

from pathlib import Path

import pytest

from evalstudio.errors import EvaluationError
from evalstudio.evaluations.draft import read_draft, render_messages
from evalstudio.evaluations.loading import parse_evaluation, variants
from evalstudio.templating.templates import CONVERSATION, Message

HEAD = 'name = "talks"\nmodel = "demo/fast"\ndataset = { path = "a.jsonl" }\n'
TALK = Message(CONVERSATION, "{{ talk }}")


@pytest.mark.parametrize(
    ("messages", "wanted"),
    [
        ('"{{ talk }}"', (TALK,)),
        ('["{{ talk }}"]', (TALK,)),
        ('[{ role = "conversation", content = "{{ talk }}" }]', (TALK,)),
        (
            '[{ role = "system", content = "Be brief." }, "{{ talk }}"]',
            (Message("system", "Be brief."), TALK),
        ),
        ('["{{ talk }}", { role = "user", content = "Why?" }]', (TALK, Message("user", "Why?"))),
        ('[{ role = "user", content = "{{ talk }}" }]', (Message("user", "{{ talk }}"),)),
    ],
)
def test_that_a_text_among_the_messages_is_a_conversation(messages: str, wanted: tuple[Message, ...]) -> None:
    text = f"{HEAD}messages = {messages}\n"
    assert parse_evaluation(text, Path("a.toml")).spec.messages == wanted
    draft = read_draft(text)
    assert draft.issues == ()
    assert draft.messages == wanted


def test_that_prompts_of_a_grid_take_it_too() -> None:
    text = (
        HEAD
        + '[grid.prompts]\nbare = "{{ talk }}"\ntold = [{ role = "system", content = "x" }, "{{ talk }}"]\n'
    )
    spec = parse_evaluation(text, Path("a.toml")).spec
    assert [one.messages[-1] for one in variants(spec).values()] == [TALK, TALK]


@pytest.mark.parametrize("messages", ["3", "[3]", "{ a = 1 }", '[["x"]]', "true"])
def test_that_what_is_neither_stays_a_mistake(messages: str) -> None:
    text = f"{HEAD}messages = {messages}\n"
    with pytest.raises(EvaluationError, match="messages"):
        parse_evaluation(text, Path("a.toml"))
    assert [issue.part for issue in read_draft(text).issues] == ["messages"]


def test_that_the_window_shows_the_messages_of_a_row() -> None:
    values = {"talk": [{"from": "human", "value": "2 + 2?"}]}
    assert render_messages((TALK,), values) == [Message("user", "2 + 2?")]
