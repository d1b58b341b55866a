"""Model judges: what they are asked, and what their replies are taken to say."""

from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalstudio.errors import EvaluationError
from evalstudio.evaluators import EvaluatorFailed, build_evaluators
from evalstudio.evaluators.judging.judge import Judge
from evalstudio.evaluators.judging.prompts import PROMPTS

COLUMNS = ("question", "expected", "topic")
VALUES = {"question": "Capital of France?", "expected": "Paris", "topic": "cities"}


def judge(columns: tuple[str, ...] = COLUMNS, **options: Any) -> Judge:
    (evaluator,) = build_evaluators([{"type": "judge", **options}], columns, Path())
    assert evaluator.needs_calls
    assert evaluator.model_judge is not None
    return evaluator.model_judge


@pytest.mark.parametrize(
    ("reply", "value"),
    [
        ("8", 8),
        (" 8.\n", 8),
        ("8/10", 8),
        ("8 / 10", 8),
        ("8 out of 10", 8),
        ("**8**", 8),
        ("**8/10**", 8),
        ("8,5", 8.5),
        ("8.5", 8.5),
        ("Note : 8", 8),
        ("Score: 8", 8),
        ("**Score:** 8/10", 8),
        ("Rating: [[8]]", 8),
        ("[[8]]", 8),
        ('{"score": 8}', 8),
        ('{"score": "8/10", "reasoning": "good"}', 8),
        ('{"Score": 8.0}', 8),
        ('```json\n{"reasoning": "3 errors", "score": 8}\n```', 8),
        ('Here you are: {"reasoning": "{}", "score": 8} Bye.', 8),
        ('{"grade": 8}', 8),
        ("It has 2 flaws and 3 merits.\nScore: 8", 8),
        ("Score: 3? No. Final score: 8", 8),
        ("I would give it an 8.", 8),
        ("10", 10),
        ("1", 1),
    ],
)
def test_that_grades_are_read_in_every_form(reply: str, value: float) -> None:
    score = judge(prompt="grade").read(reply)
    assert score.value == value
    assert score.metadata["reply"] == reply


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        ("nan", "no score"),
        ("", "no score"),
        ("1000", "1000 is outside 1 to 10"),
        ("-3", "-3 is outside 1 to 10"),
        ("0", "outside"),
        ("11/10", "outside"),
        ("4/5", "another scale"),
        ("85/100", "another scale"),
        ('{"score": 11}', "outside"),
        ('{"score": null}', "no score"),
        ('{"score": true}', "not a number"),
        ('{"score": "high"}', "no score"),
        ("between 7 and 8", "no score"),
        ("I cannot judge this.", "no score"),
        ('{"reasoning": "it has 8 good', "no score"),
        ('```json\n{"reasoning": "it has 8 good', "no score"),
        ('{"reasoning": "good", "score": 8', "cut off"),
    ],
)
def test_that_what_is_no_grade_is_unscored_and_says_why(reply: str, why: str) -> None:
    score = judge(prompt="grade").read(reply)
    assert score.value is None
    assert why in score.why
    assert score.metadata["reply"] == reply


@pytest.mark.parametrize(
    ("reply", "value"),
    [
        ('{"reasoning": "same city", "correct": true}', True),
        ('{"reasoning": "not correct at all", "correct": false}', False),
        ('```\n{"verdict": "Incorrect"}\n```', False),
        ("correct", True),
        ("**Incorrect.**", False),
        ("Yes", True),
        ("no", False),
        ("1", True),
        ("Verdict: wrong", False),
        ("The answer is not correct.", False),
        ("It might look wrong, but verdict: correct", True),
        ("true", True),
        ("It is partly right and partly wrong.", None),
        ("maybe", None),
        ("0.5", None),
        ("", None),
    ],
)
def test_that_verdicts_are_read_in_every_form(reply: str, value: bool | None) -> None:
    assert judge(prompt="correctness").read(reply).value is value


def test_that_reasons_are_kept() -> None:
    score = judge(prompt="grade").read('{"reasoning": "Clear and true.", "score": 9}')
    assert score.why == score.metadata["reasoning"] == "Clear and true."
    assert score.metrics == ("mean",)


@pytest.mark.parametrize("name", PROMPTS)
def test_that_ready_prompts_hold_all_there_is_to_judge(name: str) -> None:
    system, user = judge(prompt=name).messages("It is {{ Paris }}.", VALUES)
    assert (system.role, user.role) == ("system", "user")
    assert "<question>\nCapital of France?\n</question>" in user.content
    assert "<reference>\nParis\n</reference>" in user.content
    assert "<answer>\nIt is {{ Paris }}.\n</answer>" in user.content
    assert ("correct" if PROMPTS[name].scale is None else "score") in user.content.splitlines()[-1]


def test_that_the_question_may_come_from_the_prompt_and_the_reference_may_be_missing() -> None:
    free = judge(("topic",), prompt="relevance")
    asked = free.messages("Paris", {"topic": "x"}, "What is the capital?")[1].content
    assert "What is the capital?" in asked
    assert "<reference>" not in asked
    named = judge(("a", "b"), prompt="correctness", question="{{ a }}!", expected="{{ b }}")
    content = named.messages("x", {"a": "Q", "b": 0})[1].content
    assert "Q!" in content
    assert "<reference>\n0\n</reference>" in content
    with pytest.raises(EvaluationError, match="null"):
        named.messages("x", {"a": "Q", "b": None})


def test_that_an_own_prompt_sees_every_column_and_what_is_judged() -> None:
    text = "On {{ topic }}: {{ query }} -> {{ output }} / {{ answer }} vs {{ output_true }} ({{ values.answer }})"
    own = judge((*COLUMNS, "answer"), prompt=text, scale=[0, 5], direction="lower")
    content = own.messages("Lyon", {**VALUES, "answer": "column"})[1].content
    assert content.startswith("On cities: Capital of France? -> Lyon / Lyon vs Paris (column)\n\nReply with")
    assert "from 0 to 5" in content
    assert (own.direction, own.scale) == ("lower", (0, 5))
    assert own.read("5/5").value == 5


def test_that_a_repair_asks_once_more_for_the_form() -> None:
    grade = judge(prompt="grade")
    sent = grade.messages("Paris", VALUES)
    score = grade.read("superb")
    again = grade.repair(sent, "superb", score.why)
    assert [message.role for message in again] == ["system", "user", "assistant", "user"]
    assert "no score can be read from 'superb'" in again[-1].content
    assert '"score": a number from 1 to 10' in again[-1].content


def test_that_the_schema_accepts_what_is_read() -> None:
    for prompt, good, bad in (
        ("grade", {"score": 7}, {"score": 11}),
        ("correctness", {"correct": True}, {"correct": 1}),
    ):
        schema = judge(prompt=prompt).response_format["json_schema"]["schema"]
        jsonschema.validate({"reasoning": "", **good}, schema)
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate({"reasoning": "", **bad}, schema)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"prompt": "correctnes"}, "no ready prompt 'correctnes'. Use one of correctness, grade"),
        ({"prompt": "{{ anser }}"}, "uses 'anser'"),
        ({"prompt": ""}, "has to be a text"),
        ({"promt": "grade"}, "no option 'promt'. Its options are: prompt"),
        ({"prompt": "{{ answer }}", "scale": [10, 1]}, "the lower one first"),
        ({"prompt": "{{ answer }}", "direction": "up"}, "'higher' or 'lower'"),
        ({"model": 5}, "model's name or a table"),
        ({"parameters": "hot"}, "has to be a table"),
        ({"expected": "{{ lable }}"}, "uses 'lable'"),
    ],
)
def test_that_a_judge_with_a_mistake_in_its_options_is_refused(
    options: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(EvaluationError, match=sentence):
        judge(**options)
    with pytest.raises(EvaluationError, match="needs the option 'expected'"):
        judge(("text",), prompt="completeness")


def test_that_several_judges_of_one_evaluation_keep_their_own_models_and_scales() -> None:
    tables: list[dict[str, Any]] = [
        {"type": "judge", "prompt": "rambling", "model": "small"},
        {"type": "judge", "prompt": "grade", "name": "quality", "model": {"name": "large"}},
    ]
    first, second = build_evaluators(tables, COLUMNS, Path())
    assert (first.name, first.direction, first.scale) == ("judge", "lower", (1, 10))
    assert second.model_judge is not None
    assert second.model_judge.model == {"name": "large"}
    with pytest.raises(EvaluatorFailed, match="needs calls"):
        first.judge("x", VALUES)


@given(st.text())
def test_that_any_reply_is_read_without_an_accident(reply: str) -> None:
    judge(prompt="correctness").read(reply)
    value = judge(prompt="grade").read(reply).value
    assert value is None or 1 <= float(value) <= 10
