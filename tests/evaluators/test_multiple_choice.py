"""Multiple choice: every way in which models name a choice."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalstudio.evaluators import multiple_choice
from evalstudio.evaluators.choices.choices import choices_of
from evalstudio.evaluators.cues import LANGUAGES
from tests.evaluators.choice_cases import ANIMALS, CASES, DISCUSSIONS, STATEMENTS

CITIES = ["London", "Paris", "New York", "York"]


@pytest.mark.parametrize(
    "answer",
    [
        "B",
        " B",
        "b",
        "B.",
        '"B"',
        "(B)",
        "**B**",
        "[b]",
        "B) Paris",
        "B. Paris",
        "(b) Paris",
        "B: because it is",
        "B - Paris",
        "**B**) Paris",
        "Paris",
        "paris.",
        '"Paris"',
        "The answer is B.",
        "The answer is (b).",
        "Answer: B",
        "**Answer:** B",
        "The correct option is **B**.",
        "I choose B because A dog barked.",
        "Not A: the answer is A... wait, the answer is B.",
        "A. London is in England, so the answer is B",
        r"Thus \boxed{B}",
        r"\boxed{\text{B}}",
        "It has to be Paris, of course.",
        "I would say B",
        "B\n\nParis is the capital.",
    ],
)
def test_that_every_way_to_name_a_choice_is_understood(answer: str) -> None:
    for expected in ("B", "b", "(B)", "Paris", "B) Paris", 1):
        score = multiple_choice(answer, expected, CITIES)
        assert score.value is True, (answer, expected, score.why)
        assert (score.label, score.expected_label) == ("B", "B")
    assert multiple_choice(answer, "A", CITIES).value is False


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "?",
        "I do not know.",
        "A or B",
        "Both London and Paris",
        "A dog barked",
        "Rome",
        "Z",
        "BB",
        "It depends on A, B and C.",
    ],
)
def test_that_what_takes_no_single_choice_is_unscored(answer: str) -> None:
    score = multiple_choice(answer, "B", CITIES)
    assert score.value is None
    assert "no single choice" in score.why


def test_that_a_longer_text_is_not_its_part() -> None:
    assert multiple_choice("It is New York.", "New York", CITIES).value is True
    assert multiple_choice("It is New York.", "York", CITIES).value is False
    assert multiple_choice("York", "D", CITIES).value is True


def test_that_marks_in_the_choices_are_no_hindrance() -> None:
    choices = ['The "A" side', "The `B` side", "{x}"]
    assert multiple_choice("The “A” side", 'The "A" side', choices).value is True
    assert multiple_choice("B", "The `B` side", choices).value is True
    assert multiple_choice("I take the B side.", 1, choices).value is True


@pytest.mark.parametrize(
    ("answer", "expected", "right"),
    [
        (" B", "B", True),
        ('"B"', "B", True),
        ("Paris", "Paris", True),
        ("10", "1", False),
        ("1", "1", True),
        ("(2)", "2", True),
        ("B) Paris", "B", True),
        ("B) Paris", "Paris", True),
        ("C", "B", False),
        ("C", "Paris", None),
        ("Lyon", "Paris", False),
        ("I cannot say", "B", None),
        ("The answer is C", "B) Paris", False),
        ("B", None, None),
    ],
)
def test_that_letters_are_compared_where_the_choices_are_not_known(
    answer: str, expected: Any, right: bool | None
) -> None:
    assert multiple_choice(answer, expected).value is right


def test_that_choices_are_read_in_every_form() -> None:
    assert choices_of(["x", "y"]).labels == ("A", "B")
    assert (
        choices_of("['x', 'y']") == choices_of("x\ny") == choices_of('["x", "y"]') == choices_of(("x", "y"))
    )
    table = {"text": ["x", "y"], "label": ["1", "2"]}
    assert choices_of(table) == choices_of({"1": "x", "2": "y"})
    assert multiple_choice("2", 2, table).value is True
    assert multiple_choice("y", "2", table).value is True
    assert multiple_choice("10", "1", {"1": "x", "10": "y"}).value is False
    for wrong in ("one", ["x"], 5):
        with pytest.raises(ValueError, match="choices has to be"):
            choices_of(wrong)
    assert multiple_choice("A", "Rome", CITIES).value is None
    assert multiple_choice("A", 4, CITIES).value is None


@given(st.text(), st.sampled_from(["A", "B", "Paris", 0]))
def test_that_any_answer_is_read_without_an_accident(answer: str, expected: Any) -> None:
    multiple_choice(answer, expected, CITIES)
    multiple_choice(answer, expected)


@pytest.mark.parametrize(
    ("answer", "label"), [pair for pairs in CASES.values() for pair in pairs if pair[1] is not None]
)
def test_that_the_choice_an_answer_states_is_read(answer: str, label: str) -> None:
    score = multiple_choice(answer, label, ANIMALS)
    assert score.value is True, score.why
    assert multiple_choice(answer, "ABCD".replace(label, "")[0], ANIMALS).value is False


@pytest.mark.parametrize("answer", [pair[0] for pairs in CASES.values() for pair in pairs if pair[1] is None])
def test_that_an_answer_that_states_no_single_choice_is_unscored(answer: str) -> None:
    for expected in "ABCD":
        assert multiple_choice(answer, expected, ANIMALS).value is None


TEN = [f"the thing called {word}" for word in "one two three four five six seven eight nine ten".split()]  # noqa: SIM905


@pytest.mark.parametrize(
    ("answer", "label"),
    [
        ("I", "I"), ("I.", "I"), ("(I)", "I"), ("Answer: I", "I"), ("The answer is I.", "I"), ("I: it fits", "I"), ("Answer: i", "I"),
        ("I think it is C", "C"), ("Answer: I think it is C.", "C"), ("I would say J", "J"), ("I believe the answer is I.", "I"),
        ("I don't know", None), ("Answer: I don't know.", None), ("I think so", None), ("ANSWER: I can't tell", None), ("I am not sure", None),
        ("Answer: I'm not sure", None), ("I have read it.", None), ("A thing", None), ("Answer: I would need more.", None),
    ],
)  # fmt: skip
def test_that_the_pronoun_is_no_ninth_choice(answer: str, label: str | None) -> None:
    score = multiple_choice(answer, "I", TEN)
    assert (score.label if score.scored else None) == label


@pytest.mark.parametrize(
    ("answer", "auto", "first", "last"),
    [
        ("The answer is A. Wait, the answer is C.", "C", "A", "C"),
        ("The answer is A. The answer is C.", None, "A", "C"),
        ("Answer: A\nAnswer: C\nAnswer: A", None, "A", "A"),
        ("The answer is C. So the answer is C.", "C", "C", "C"),
        ("The answer is A. Therefore the answer is C.", "C", "A", "C"),
        ("The answer is A or C.\nThe answer is C.", "C", None, "C"),
        ("The answer is C.\nThe answer is A or C.", None, "C", None),
        ("Final answer: A. Sorry, I made a mistake. Final answer: C.", "C", "A", "C"),
        ("Die Antwort ist A. Moment, die Antwort ist C.", "C", "A", "C"),
        ("答案是A。等等，答案是C。", "C", "A", "C"),
    ],
)
def test_that_the_statement_that_counts_can_be_chosen(
    answer: str, auto: str | None, first: str | None, last: str | None
) -> None:
    for statement, label in (("auto", auto), ("first", first), ("last", last)):
        score = multiple_choice(answer, "C", ANIMALS, statement=statement)  # type: ignore[arg-type]
        assert (score.label if score.scored else None) == label, statement


def test_that_statements_are_tried_in_every_language_of_the_cues() -> None:
    assert STATEMENTS.keys() == LANGUAGES.keys()


LABELS = st.sampled_from("ABCD")
TEMPLATES = st.sampled_from([template for templates in STATEMENTS.values() for template in templates])


@given(LABELS, TEMPLATES, st.sampled_from(["{}", "({})", "**{}**", "${}$", "[{}]", "\\text{{{}}}", "“{}”"]))
def test_that_a_statement_is_read_in_every_language(label: str, template: str, marks: str) -> None:
    answer = template.format(marks.format(label))
    assert multiple_choice(answer, label, ANIMALS).value is True, answer


@given(LABELS, TEMPLATES, st.lists(st.tuples(st.sampled_from(DISCUSSIONS), LABELS), max_size=4))
def test_that_a_discussion_of_other_choices_changes_nothing(
    label: str, template: str, discussed: list[tuple[str, str]]
) -> None:
    answer = template.format(label) + "".join(
        text.format(other) for text, other in discussed if other != label
    )
    assert multiple_choice(answer, label, ANIMALS).value is True, answer


@given(
    st.lists(LABELS, min_size=2, max_size=4, unique=True),
    st.sampled_from([", ", " and ", " or ", "/", " & ", "; "]),
)
def test_that_several_labels_are_never_one(labels: list[str], joint: str) -> None:
    several = joint.join(labels)
    for answer in (
        several,
        f"The answer is {several}.",
        f"Answer: {several}",
        f"({several})",
        rf"\boxed{{{several}}}",
    ):
        for expected in "ABCD":
            assert multiple_choice(answer, expected, ANIMALS).value is None, answer


@pytest.mark.parametrize(
    ("expected", "label"),
    [(0, "A"), (3, "D"), ("0", "A"), ("3", "D"), (1.0, "B"), ("b", "B"), ("(B)", "B"), ("B.", "B"), ("a blue whale", "B"), ("B) a blue whale", "B"),
     ("the answer is B", "B"), (4, None), ("4", None), (-1, None), ("E", None), ("a whale", None), (True, None)],
)  # fmt: skip
def test_that_the_expected_choice_is_an_index_a_label_or_a_text(expected: Any, label: str | None) -> None:
    for said in "ABCD":
        assert multiple_choice(said, expected, ANIMALS).value is (None if label is None else said == label)


@pytest.mark.parametrize(
    ("answer", "expected", "right"),
    [
        ("The answer is Paris.", "Paris", True),
        ("So the answer is Yes.", "Yes", True),
        ("It is Paris.", "Paris", True),
        ("Paris, of course.", "Paris", True),
        ("Paris is the capital of France.", "Paris", True),
        ("I would say it's **Paris**.", "Paris", True),
        ("Yes, because it moves.", "Yes", True),
        ("La respuesta es París porque es la capital.", "París", True),
        ("答案是巴黎。", "巴黎", True),
        ("The answer is Lyon.", "Paris", False),
        ("The answer is Lyon, not Paris.", "Paris", None),
        ("It is Lyon.", "Paris", False),
        ("No, because it moves.", "Yes", False),
        ("No.", "Yes", False),
        ("It is either Paris or Lyon.", "Paris", None),
        ("The answer is not Paris.", "Paris", None),
        ("It is not Paris.", "Paris", None),
        ("I don't know whether it is Paris.", "Paris", None),
        ("There is a long story behind this one, and it is told in other books.", "Paris", None),
        ("The answer is a parisian.", "Paris", False),
        ("<think>Lyon?</think>Paris", "Paris", True),
        ("<think>Paris", "Paris", None),
    ],
)
def test_that_a_sentence_is_compared_with_one_expected_text(
    answer: str, expected: str, right: bool | None
) -> None:
    score = multiple_choice(answer, expected)
    assert score.value is right, score.why
