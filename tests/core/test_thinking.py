"""Thinking that stands in an answer's text: in all spellings in use, and what only looks like it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalstudio.core.thinking import MOST_MARKS, split_thinking


@pytest.mark.parametrize(
    ("text", "thinking", "answer"),
    [
        ("<think>two and two</think>4", "two and two", "4"),
        ("  <THINK> two and two </THINK>\n 4", "two and two", "4"),
        ("<thinking>so</thinking>4", "so", "4"),
        ("<thinking>so</think>4", "so", "4"),
        ("<Thought>so</Thought>\n\n4", "so", "4"),
        ("<thoughts>so</thoughts>4", "so", "4"),
        ("<reasoning>so</reasoning>4", "so", "4"),
        ("<seed:think>so</seed:think>4", "so", "4"),
        ('<think time="3 s">so</think >4', "so", "4"),
        ("< think >so</ think >4", "so", "4"),
        ("[THINK]so[/THINK]4", "so", "4"),
        ("[think]so[/think]4", "so", "4"),
        ("◁think▷so◁/think▷4", "so", "4"),
        ("<|think|>so<|/think|>4", "so", "4"),
        ("<|begin_of_thought|>so<|end_of_thought|>4", "so", "4"),
        ("<|begin_of_thought|>so<|end_of_thought|>\n<|begin_of_solution|>\n4\n<|end_of_solution|>", "so", "4"),
        ("<|START_THINKING|>so<|END_THINKING|><|START_RESPONSE|>4<|END_RESPONSE|>", "so", "4"),
        ("<|channel>thought\nso<channel|>4", "so", "4"),
        ("<unused94>thought\nso<unused95>4", "so", "4"),
        ("<think>so</think><answer>4</answer>", "so", "4"),
        ("<|channel|>analysis<|message|>so<|end|><|start|>assistant<|channel|>final<|message|>4<|return|>", "so", "4"),
        ("so<|end|><|start|>assistant<|channel|>final<|message|>4", "so", "4"),
        ("analysisTwo and two.assistantfinal4", "Two and two.", "4"),
        ("Here is my thought process: so\n\nHere is my response: 4", "so", "4"),
        ("**Here's my thought process:** so\n**Here's my response:** 4", "so", "4"),
        ("two and two\n</think>\n\n4", "two and two", "4"),
        ("two and two[/THINK] 4", "two and two", "4"),
        ("two and two</reasoning>4", "two and two", "4"),
        ("<think></think>4", "", "4"),
        ("<think>so</think>", "so", ""),
        ("<think>a</think><think>b</think>4", "a\n\nb", "4"),
        ("<think>a</think>First.\n<think>b</think>\nThen 4.", "a\n\nb", "First.\nThen 4."),
        ("<think>a</think>First. <think>let me look once more</think>4", "a\n\nlet me look once more", "First. 4"),
        ("Let me see.\n<think>\ntwo and two\n</think>\n4", "two and two", "Let me see.\n4"),
        ("<think>is it <think>two</think> or three</think>4", "is it <think>two</think> or three", "4"),
        ("<think>the mark <think> begins it</think>4", "the mark <think> begins it", "4"),
        ("<think>say `</think>` at the end</think>4", "say `</think>` at the end", "4"),
    ],
)  # fmt: skip
def test_that_thinking_is_told_from_the_answer(text: str, thinking: str, answer: str) -> None:
    assert split_thinking(text) == (thinking, answer, False)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "4",
        "I think so",
        "x <think>a</think>b",
        "Models put their reasoning between <think> and </think>.",
        "Write <think> first.",
        "Write `<think>` first and `</think>` last.",
        'It ends with "</think>", always.',
        "It ends with “</think>”.",
        "Use this:\n```xml\n<think>\nyour thoughts\n</think>\n```\nThat is all.",
        "Use `a <think> b` here.",
        "`<think>`",
        "<thinker>so</thinker>4",
        "[thinks] so [/thinks] 4",
        "<b>so</b>4",
        "The analysis is done.",
        "a vector<thought> of thoughts",
        "Here is my response: 4",
    ],
)
def test_that_what_only_looks_like_thinking_stays(text: str) -> None:
    assert split_thinking(text) == (None, text, False)


@pytest.mark.parametrize(
    "text",
    [
        "<think>two and two",
        "<think>",
        " \n<Thinking>two and two",
        "[THINK]two and two",
        "◁think▷two and two",
        "<|begin_of_thought|>two and two",
        "<seed:think>two and two",
        "<|channel|>analysis<|message|>two and two",
        "<|channel|>analysis<|message|>two<|end|><|start|>assistant<|channel|>analysis<|message|>and two",
        "Here is my thought process: two and two",
        "<think>two</think>Well.\n<think>and two",
        "Well.\n<think>\ntwo and two",
        "<think>two `</think>` and two",
    ],
)
def test_that_an_answer_that_ends_in_the_midst_of_thinking_is_unfinished(text: str) -> None:
    split = split_thinking(text)
    assert split.unfinished
    assert split.answer == ""


@given(st.text())
def test_that_a_text_without_marks_is_all_answer(text: str) -> None:
    plain = text.replace("<", "").replace("[", "").replace("◁", "")
    assert split_thinking(plain) == (None, plain, False)


@given(
    st.lists(
        st.sampled_from(
            ["<think>", "</think>", "[THINK]", "`", "```", "\n", " ", "<|channel|>", '"', "a b c d"]
        )
        | st.text(max_size=5)
    ).map("".join)
)
def test_that_an_answer_is_made_of_the_text(text: str) -> None:
    split = split_thinking(text)
    assert len(split.answer) <= len(text)
    assert set(split.answer) <= set(text)
    assert split.answer == "" or not split.unfinished
    if split.thinking is None:
        assert split.answer == text


def test_that_more_marks_than_a_model_sets_are_not_looked_at() -> None:
    text = "<think>a</think>" * MOST_MARKS + "4"
    assert split_thinking(text).answer.endswith("4")
