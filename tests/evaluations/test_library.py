"""What a workspace holds: evaluations and datasets, copies and files used where they are."""

import json
from pathlib import Path

import pytest

from evalstudio.datasets import DatasetSource
from evalstudio.errors import DatasetError, EvaluationError
from evalstudio.evaluations.library import (
    copy_example,
    find_datasets,
    find_evaluations,
    free_name,
    import_dataset,
    new_evaluation,
    relative,
    telling_name,
    uses_of,
)
from evalstudio.evaluations.loading import load_evaluation
from evalstudio.workspace.folder import Workspace


@pytest.fixture
def place(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "workspace")


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/d/gsm8k/test.csv", "gsm8k-test"),
        ("/d/banking77/test.jsonl", "banking77-test"),
        ("/d/banking77/TRAIN.csv", "banking77-TRAIN"),
        ("/d/faq/validation.csv.gz", "faq-validation"),
        ("/d/faq/data.parquet", "faq-data"),
        ("/d/faq/dev.json", "faq-dev"),
        ("/d/faq/questions.csv", "questions"),
        ("/d/faq/test-2.csv", "test-2"),
        ("/d/test/faq.csv", "faq"),
        ("/test.csv", "test"),
    ],
)
def test_that_a_split_is_named_after_its_folder(path: str, name: str) -> None:
    assert telling_name(Path(path)) == name


def test_that_two_splits_of_one_name_keep_theirs(place: Workspace, tmp_path: Path) -> None:
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "test.csv").write_text(f"a\n{folder}\n")
    taken = [import_dataset(place, tmp_path / folder / "test.csv", copy=True) for folder in ("one", "two")]
    assert [path.name for path in taken] == ["one-test.csv", "two-test.csv"]
    assert import_dataset(place, tmp_path / "one" / "test.csv", copy=True) == taken[0]


def test_that_copies_are_made_once_and_never_over_another_file(place: Workspace, tmp_path: Path) -> None:
    one = tmp_path / "rows.csv"
    one.write_text("a\n1\n")
    first = import_dataset(place, one, copy=True)
    assert first == import_dataset(place, one, copy=True) == place.datasets / "rows.csv"
    one.write_text("a\n2\n")
    second = import_dataset(place, one, copy=True)
    assert second == place.datasets / "rows-2.csv"
    assert first.read_text() == "a\n1\n"
    assert import_dataset(place, one, copy=False) == one
    assert import_dataset(place, one, copy=False) == one
    assert find_datasets(place) == [second, first, one] or find_datasets(place) == [first, second, one]
    one.unlink()
    assert one not in find_datasets(place)
    with pytest.raises(DatasetError, match="no dataset that can be read"):
        import_dataset(place, tmp_path / "rows.png", copy=True)


def test_that_an_examples_copy_is_whole_and_is_found(place: Workspace) -> None:
    path = copy_example(place, "example:sentiment")
    again = copy_example(place, "example:sentiment")
    assert (path.name, again.name) == ("sentiment.toml", "sentiment-2.toml")
    evaluation = load_evaluation(str(again))
    assert evaluation.spec.name == "sentiment-2"
    dataset = evaluation.base / evaluation.spec.dataset.path
    assert dataset.is_file()
    assert len(find_datasets(place)) == 1
    entries = find_evaluations(place)
    assert [entry.kind for entry in entries[:3]] == ["toml", "toml", "example"]
    assert {entry.name for entry in uses_of(dataset, entries)} == {"sentiment", "sentiment-2"}


def test_that_a_new_evaluation_names_columns_that_templates_cannot(place: Workspace, tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text("the text,label\na,b\n")
    source = DatasetSource(path=str(tmp_path / "rows.csv"), columns={"expected": "label"}, samples=3)
    spec = load_evaluation(str(new_evaluation(place, "my reviews", source, "the text"))).spec
    assert spec.name == "my-reviews"
    assert spec.dataset.columns == {"text": "the text", "expected": "label"}
    assert spec.messages[1].content == "{{ text }}"
    assert spec.evaluators[0]["type"] == "exact_match"
    assert load_evaluation(str(new_evaluation(place, "x"))).spec.evaluators == ()


def test_that_files_of_earlier_runs_are_found_while_they_are_there(place: Workspace, tmp_path: Path) -> None:
    used = tmp_path / "elsewhere.toml"
    used.write_text("")
    (tmp_path / "eval_x.py").write_text("")
    references = [
        str(used),
        f"{tmp_path / 'eval_x.py'}::eval_one",
        "example:sentiment",
        str(tmp_path / "gone.toml"),
    ]
    found = find_evaluations(place, references)
    assert [(entry.name, entry.kind) for entry in found[:2]] == [
        ("elsewhere", "toml"),
        ("eval_x.py", "python"),
    ]
    assert all(entry.kind == "example" for entry in found[2:])


def test_that_names_are_free_and_paths_near_ones_relative(tmp_path: Path) -> None:
    assert free_name("a", {"a-1", "a-3"}) == "a-2"
    folder = tmp_path / "w" / "evaluations"
    assert relative(tmp_path / "w" / "datasets" / "x.csv", folder) == "../datasets/x.csv"
    assert relative(folder / "x.csv", folder) == "x.csv"
    assert relative(tmp_path / "x.csv", folder) == (tmp_path / "x.csv").as_posix()
    (tmp_path / "w").write_text("")
    with pytest.raises(EvaluationError, match="cannot be written"):
        new_evaluation(Workspace(tmp_path / "w"), "x")


@pytest.mark.parametrize(
    ("expected", "evaluator", "instruction"),
    [
        (["positive", "negative"], "exact_match", "Answer with one word."),
        (["New York", "Oslo"], "exact_match", "Answer in a few words, without a sentence."),
        ([7, 8.5], "numeric_match", "Work it out step by step. End with the number."),
        (["007", "$1,200", "3 %"], "numeric_match", "Work it out step by step. End with the number."),
        (["2 + 2 = 4\n#### 4"], "numeric_match", "Work it out step by step. End with the number."),
        ([{"city": "Oslo"}], "json_match", "Answer with JSON, and nothing else."),
        (["It rains, so the street is wet."], "similarity", "Answer in one or two sentences."),
        (["[unclear", "{x"], "exact_match", "Answer with one word."),
        ([None, ""], "exact_match", "Answer with one word."),
    ],
)
def test_that_a_new_evaluation_fits_the_answers_that_are_expected(
    place: Workspace, tmp_path: Path, expected: list[object], evaluator: str, instruction: str
) -> None:
    rows = [json.dumps({"question": "?", "answer": value}) for value in expected]
    (tmp_path / "rows.jsonl").write_text("\n".join(rows))
    source = DatasetSource(path=str(tmp_path / "rows.jsonl"), columns={"expected": "answer"})
    spec = load_evaluation(str(new_evaluation(place, "x", source, "question"))).spec
    assert spec.evaluators[0]["type"] == evaluator
    assert spec.evaluators[0]["expected"] == "{{ expected }}"
    assert spec.messages[0].content == instruction


@pytest.mark.parametrize(
    ("name", "text", "listed"),
    [
        ("models.toml", '[fast]\nprovider = "demo"\nname = "fast"\n', False),
        ("models.toml", 'dataset = { path = "x" }\n', False),
        ("pyproject.toml", '[project]\nname = "x"\n', False),
        ("settings.toml", "window = 8\n", False),
        ("empty.toml", "", False),
        ("broken.toml", "name = \n", False),
        ("faq.toml", 'name = "faq"\ndataset = { path = "faq.csv" }\n', True),
        ("faq.toml", '[dataset]\npath = "faq.csv"\n', True),
        ("faq.toml", '[[messages]]\nrole = "user"\n', True),
        ("faq.toml", '[[evaluators]]\ntype = "contains"\n', True),
        ("faq.toml", 'name = \n[dataset]\npath = "half', True),
        ("faq.toml", 'dataset = { path = "half\n', True),
        ("evaluations/half.toml", 'name = "h', True),
        ("evaluations/new.toml", "", True),
    ],
)
def test_that_only_evaluations_are_listed(workspace: Workspace, name: str, text: str, listed: bool) -> None:
    path = workspace.folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    there = {entry.reference for entry in find_evaluations(workspace)}
    assert (str(path) in there) is listed
