"""What is wrong with an evaluation while it is written: part by part, with the sentences that a run would end with."""

from pathlib import Path

import pytest

from evalstudio.datasets import DatasetSource, preview
from evalstudio.errors import EvaluationError
from evalstudio.evaluations.draft import (
    MODELS_PLACE,
    Draft,
    check_model,
    check_samples,
    read_draft,
    render_messages,
    values_of,
)
from evalstudio.templating.templates import Message

GOOD = """name = "one"
dataset = { path = "rows.csv", columns = { expected = "label" } }
model = "demo/fast"
messages = [{ role = "system", content = "Be short." }, { role = "user", content = "{{ text }}" }]
evaluators = [{ type = "exact_match", expected = "{{ expected }}" }]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "rows.csv").write_text("text,label\ngood,positive\nbad,negative\n")
    return tmp_path


def told(draft: Draft, folder: Path) -> list[tuple[str, int | None, str]]:
    first = preview(DatasetSource(path="rows.csv"), folder)
    found = [*draft.issues, *check_model(draft, folder), *check_samples(draft, first, folder)]
    return [(issue.part, issue.number, issue.sentence) for issue in found]


def test_that_a_good_text_has_no_issue_and_renders_its_rows(folder: Path) -> None:
    draft = read_draft(GOOD)
    assert told(draft, folder) == []
    assert draft.spec is not None
    first = preview(draft.spec.dataset, folder)
    values = values_of(draft.spec.dataset, first, 1)
    assert values == {"text": "bad", "label": "negative", "expected": "negative"}
    assert render_messages(draft.messages, values)[1] == Message("user", "bad")
    turns = [Message("user", "{{ text }}"), Message("user", "Why {{ answers[0] }}?")]
    assert [one.content for one in render_messages(turns, values)] == [
        "bad",
        MODELS_PLACE,
        f"Why {MODELS_PLACE}?",
    ]


@pytest.mark.parametrize(
    ("before", "after", "part", "number", "words"),
    [
        ("{{ text }}", "{{ txt }}", "messages", 1, "uses 'txt', and no column is called so. The columns are: expected, text, label."),
        ("{{ text }}", "{{ text ", "messages", 1, "has a mistake in line 1"),
        ('"user"', '"usr"', "messages", 1, "has the role 'usr'"),
        ('expected = "label"', 'expected = "lable"', "dataset", None, "There is no column 'lable' (for 'expected'). The columns are: text, label."),
        ("{{ expected }}", "{{ expcted }}", "evaluators", 0, "uses 'expcted'"),
        ("exact_match", "exactly", "evaluators", 0, "'exactly' is no type of evaluator. The types are: exact_match"),
        ('"exact_match"', '"exact_match", tolerance = 1', "evaluators", 0, "has no option 'tolerance'"),
        ("demo/fast", "nobody/fast", "model", None, "There is no provider 'nobody'"),
        ("demo/fast", "none.py::answer", "model", None, "There is no Python file"),
        ('name = "one"', 'name = ""', "name", None, "needs a name"),
        ('name = "one"', 'name = "one"\nrepeat = 2', "text", None, "has no field 'repeat'"),
        ('name = "one"', 'name = "one"\nrepeats = 0', "repeats", None, "from 1 to 1,000"),
        ('name = "one"', 'name = "one"\nrepeats = "two"', "repeats", None, "Expected 'int'"),
        ('name = "one"', 'name = "one"\nstrategy = { type = "sliding_window", max_concurrency = 0 }', "strategy", None, "from 1 to 10,000"),
        ('path = "rows.csv", ', "", "dataset", None, "missing required field 'path'"),
        ('content = "Be short."', "text = 1", "messages", 0, "'content'"),
        ('model = "demo/fast"\n', "", "model", None, "has no model; name one"),
    ],
)  # fmt: skip
def test_that_each_mistake_is_told_where_it_is(
    folder: Path, before: str, after: str, part: str, number: int | None, words: str
) -> None:
    assert before in GOOD
    found = told(read_draft(GOOD.replace(before, after, 1)), folder)
    assert (part, number) in [(one[0], one[1]) for one in found]
    assert any(words in sentence for _, _, sentence in found), found


def test_that_text_that_is_no_toml_is_told_with_its_line() -> None:
    draft = read_draft('name = "one"\nmodel = \n')
    assert draft.table is None
    assert draft.source is None
    assert draft.messages == ()
    (issue,) = draft.issues
    assert (issue.part, issue.line) == ("text", 2)


def test_that_no_code_of_a_person_is_imported(folder: Path) -> None:
    (folder / "own.py").write_text("raise SystemExit('imported')\n")
    text = GOOD.replace('"demo/fast"', '"own.py::answer"').replace(
        '{ type = "exact_match", expected = "{{ expected }}" }',
        '{ type = "python", path = "own.py", function = "f" }',
    )
    assert told(read_draft(text), folder) == []
    found = told(read_draft(text.replace('"own.py", f', '"on.py", f')), folder)
    assert "There is no Python file" in found[0][2]


def test_that_a_template_that_fails_on_a_row_says_so(folder: Path) -> None:
    with pytest.raises(EvaluationError, match="fails on this sample"):
        render_messages([Message("user", "{{ text.nothing }}")], {"text": "x"})
