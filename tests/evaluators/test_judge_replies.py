"""What judges' replies are taken to say, and which of them decide nothing."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalstudio.evaluators.judging.reply import Unreadable, read_score, read_verdict


@pytest.mark.parametrize(
    ("reply", "value"),
    [
        ('{"reasoning": "both name Lima", "correct": true}', True),
        ('{"reasoning": "not correct at all", "correct": false}', False),
        ('```json\n{"correct": false}\n```', False),
        ('Sure: {"correct": false}. Anything else?', False),
        ('{"correct": "yes"}', True),
        ('{"correct": "Incorrect."}', False),
        ('{"correct": 0}', False),
        ('{"verdict": "wrong"}', False),
        ("{'reasoning': 'same', 'correct': True}", True),
        ('{"correct": true,}', True),
        ('{"reasoning": "it says "Lima" twice", "correct": true}', True),
        ('{"correct": false}\nThe form was {"reasoning": "...", "correct": true}.', False),
        ('{"correct": false}\nReply with {"correct": true} or {"correct": false}', False),
        (
            'The form is {"reasoning": "...", "correct": true}. Mine: {"reasoning": "no", "correct": false}',
            False,
        ),
        ('{"correct": false}\n(as asked: {"correct": true or false})', False),
        ('{"correct": true}\n\n{"correct": true}', True),
        ('{"reasoning": "...", "correct": true}', True),
        ('<think>{"correct": true}?</think>{"correct": false}', False),
        ("true", True),
        ("**Incorrect.**", False),
        ("✅ Correct", True),
        ("Yes", True),
        ("Correct answer.", True),
        ("Wrong: it names Cusco.", False),
        ("No, it names Cusco and not Lima.", False),
        ("Verdict: correct", True),
        ("It may look odd at first, but it holds.\n\nVerdict: **correct**", True),
        ("Judgement: wrong - another city", False),
        ("Correct: no", False),
        ("The answer is correct.", True),
        ("The answer given is wrong because it names Cusco.", False),
        ("The response is correct and does not contradict the reference.", True),
        ("Overall, this is incorrect.", False),
        ("It's right.", True),
        ("The answer is not correct.", False),
        ("Is the answer correct? Yes.", True),
        ("Is the answer correct? No.", False),
        ("The answer is wrong: the correct city is Lima.", False),
    ],
)
def test_that_a_plain_verdict_is_read(reply: str, value: bool) -> None:
    assert read_verdict(reply).value is value


@pytest.mark.parametrize(
    "reply",
    [
        "",
        "maybe",
        "Partially correct.",
        "The answer is mostly correct.",
        "It is not entirely right.",
        "The answer isn't wrong.",
        "I think it may be correct.",
        "This can't be called correct.",
        "I do not believe the answer is correct.",
        "The answer is neither right nor wrong.",
        "The answer is correct in part.",
        "The answer would be correct if it named Lima.",
        "The answer is correct, but the year is missing.",
        "The answer is correct. However, it leaves out the year.",
        "The answer is correct, isn't it?",
        "Yes and no.",
        "Yes, it is not correct.",
        "No, that is not wrong.",
        "No, there is no mistake.",
        "No errors: the answer says what the reference says.",
        "There is no difference to the reference.",
        "Right, so the answer is wrong.",
        "The right country, the wrong city.",
        "The correct answer is Lima; the response gives Cusco.",
        "The reference answer is correct.",
        "The response says that it is false.",
        "No answer.",
        "correct or incorrect",
        "Verdict: correct\nVerdict: incorrect",
        "Verdict: partially correct",
        "Verdict: correct, but only in part",
        "Verdict: correct?",
        "I can't give a verdict: correct in one way",
        '{"correct": null}',
        '{"correct": "partially"}',
        '{"correct": 0.5}',
        '{"correct": [true]}',
        '{"correct": tr',
        '{"reasoning": "The answer is correct and',
        '{"correct": true, "reasoning": "both na',
        '{"reasoning": "The answer is correct."}',
        '{"correct": true}\n{"correct": false}',
        '{"correct": true}\nOn second thoughts: {"correct": fal',
        '{"correct": true, "correct": false}',
        '{"correct": true, "verdict": "incorrect"}',
        '{"reasoning": "...", "correct": true} or {"reasoning": "...", "correct": false}',
        "<think>The answer is correct, so",
        "<think>The answer is correct.</think>",
        "Correct. " + "x" * 60_000,
    ],
)
def test_that_a_verdict_that_may_mean_another_thing_is_unreadable(reply: str) -> None:
    with pytest.raises(Unreadable):
        read_verdict(reply)


@pytest.mark.parametrize(
    ("reply", "value"),
    [
        ("8", 8),
        ("8/10", 8),
        ("7,5", 7.5),
        ('"8"', 8),
        ("8 points.", 8),
        ('{"reasoning": "3 flaws", "score": 8}', 8),
        ('{"score": "8/10"}', 8),
        ('{"score": 8, "max": 10}', 8),
        ("{'score': 8}", 8),
        ('{"reasoning": "says "7" twice", "score": 8}', 8),
        ('{"score": 8}\nThe form was {"reasoning": "...", "score": 1}.', 8),
        ('{"score": 8}\n{"score": 8}', 8),
        ("<think>score: 3</think>Score: 8", 8),
        ("Score: 8", 8),
        ("Score：8", 8),
        ("Score (1-10): 8", 8),
        ("**Score: 8/10**", 8),
        ("Score: 8 out of 10.", 8),
        ("Score: 8 because it has 3 merits", 8),
        ("Score: 8 (clear, and true)", 8),
        ("Rating: [[8]]", 8),
        ("It has 2 flaws and 3 merits.\n\nScore: 8", 8),
        ("A score: 5 would be harsh.\nScore: 8", 8),
        ("Style score: 9\nFinal score: 8", 8),
        ("My score is 8.", 8),
        ("I would give it an 8.", 8),
        ("I rate this answer 8 out of 10.", 8),
        ("On a scale from 1 to 10, I would rate it an 8.", 8),
        ("The answer deserves 8/10, clearly.", 8),
        ("All in all: 8/10.", 8),
    ],
)
def test_that_a_score_on_the_asked_scale_is_read(reply: str, value: float) -> None:
    assert read_score(reply, 1, 10).value == value


@pytest.mark.parametrize(
    ("reply", "low", "high", "value"),
    [
        ("85 %", 0, 100, 85),
        ("85 %", 0, 1, 0.85),
        ("85", 0, 100, 85),
        ("4/5", 1, 5, 4),
        ("★★★☆☆", 1, 5, 3),
        ("⭐⭐⭐⭐ 4/5", 1, 5, 4),
        ("Score: 3 (1-5)", 1, 5, 3),
        ("-1", -2, 2, -1),
        ("0.5", 0, 1, 0.5),
        ("I would give this reply 3/4.", 0, 4, 3),
    ],
)
def test_that_a_score_is_read_on_any_scale(reply: str, low: float, high: float, value: float) -> None:
    assert read_score(reply, low, high).value == value


@pytest.mark.parametrize(
    "reply",
    [
        "",
        "4/5",
        "80/100",
        "8 %",
        "Score: 4/5",
        "Score: 4 (out of 5)",
        "Score: 4 on a scale of 1 to 5",
        "Rating: 4 stars out of 5",
        '{"score": 4, "max": 5}',
        '{"score": "4/5"}',
        "0",
        "11",
        '{"score": 11}',
        "7-8",
        "Score: 7–8",
        "Score: 7 or 8",
        "Score: 7 to 8 points",
        "Score: 8, 9",
        "between 7 and 8",
        "at least 8",
        "I would give it at least 8",
        "Score: < 5",
        "I can't rate this answer: rule 4 forbids it.",
        "I cannot give a score: 3 of the facts are made up.",
        "The score is not 8.",
        "A score of 8 would be too much.",
        "It names 8 cities.",
        "It gives 3 reasons.",
        "3/5 facts are there.",
        "Score 1: 8\nScore 2: 5",
        "Accuracy: 8\nStyle: 5",
        "Accuracy score: 8\nStyle score: 5",
        "Score: 6 for style, 8 for content",
        "Score: 8\nScore: 6",
        '{"accuracy": 8, "style": 5}',
        '{"score": {"accuracy": 8, "style": 5}}',
        '{"score": [8, 5]}',
        '[{"score": 8}, {"score": 5}]',
        '{"score": 8}\n{"score": 6}',
        '{"score": null}',
        '{"score": true}',
        '{"score": "7-8"}',
        '{"score": NaN}',
        '{"score": 1',
        '{"reasoning": "it has 8 good',
        '{"parts": [{"score": 8}, {"score": ',
        "<think>perhaps a score: 3, or",
        "<think>score: 8</think>",
        "Score: 8 " + "x" * 60_000,
    ],
)
def test_that_a_number_that_may_be_no_score_is_unreadable(reply: str) -> None:
    with pytest.raises(Unreadable):
        read_score(reply, 1, 10)


@pytest.mark.parametrize("finish_reason", ["length", "max_tokens"])
def test_that_of_a_reply_cut_off_only_a_whole_object_is_read(finish_reason: str) -> None:
    assert read_score('{"score": 8} It', 1, 10, finish_reason).value == 8
    assert read_verdict('{"correct": true} It', finish_reason).value is True
    for reply in ("Score: 1", "1", '{"score": 1'):
        with pytest.raises(Unreadable):
            read_score(reply, 1, 10, finish_reason)
    for reply in ("The answer is correct", "correct", '{"correct": true'):
        with pytest.raises(Unreadable):
            read_verdict(reply, finish_reason)
    assert read_score("Score: 1", 1, 10, "stop").value == 1


REASONS = st.text().filter(lambda text: text.strip(" .…\n") != "")


@given(REASONS, st.booleans())
def test_that_reasons_never_decide_beside_the_key(reasoning: str, correct: bool) -> None:
    reply = json.dumps({"reasoning": reasoning, "correct": correct}, ensure_ascii=False)
    assert read_verdict(reply) == (correct, reasoning)


@given(REASONS, st.integers(1, 10))
def test_that_no_number_in_the_reasons_is_taken_for_the_score(reasoning: str, score: int) -> None:
    reply = json.dumps({"reasoning": reasoning, "score": score})
    assert read_score(reply, 1, 10) == (score, reasoning)


@given(st.booleans(), st.data())
def test_that_no_beginning_of_an_object_is_read(correct: bool, data: st.DataObject) -> None:
    reply = json.dumps({"reasoning": "The answer is correct. Score: 8", "correct": correct, "score": 10})
    cut = reply[: data.draw(st.integers(1, len(reply) - 1))]
    with pytest.raises(Unreadable):
        read_verdict(cut)
    with pytest.raises(Unreadable):
        read_score(cut, 1, 10)
