"""The glossary of docs/contributing.md against the texts of window, terminal, reports and guide."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROW = re.compile(r"^\| ([^|]+) \| ([^|]+) \| ([^|]*)\|$", re.MULTILINE)
FUNCTIONS = {
    "tr",
    "trn",
    "mark",
    "ActionSpec",
    "Field",
    "option",
    "argument",
    "echo",
    "RunError",
    "DatasetError",
    "ModelError",
}
OPTION = re.compile(r"(?<![\w-])--[a-z]{2,}")


def glossary() -> dict[str, list[str]]:
    """Each term with the words that are not used for it."""
    text = (ROOT / "docs" / "contributing.md").read_text("utf-8")
    part = text[text.index("## Words") : text.index("## A language for the window")]
    rows = [row for row in ROW.findall(part) if row[0] not in ("term", "---")]
    return {
        term.strip(): [word.strip() for word in wrong.split(",") if word.strip()] for term, _, wrong in rows
    }


def texts_of(source: str) -> Iterator[str]:
    """The texts of a module that a person reads."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name in FUNCTIONS:
                given = [*node.args, *(keyword.value for keyword in node.keywords)]
                yield from (
                    one.value for one in given if isinstance(one, ast.Constant) and isinstance(one.value, str)
                )


def texts() -> dict[str, list[str]]:
    folders = ("ui", "cli", "settings", "reports", "engine")
    files = [path for folder in folders for path in (ROOT / "evalstudio" / folder).rglob("*.py")]
    found = {str(path.relative_to(ROOT)): list(texts_of(path.read_text("utf-8"))) for path in files}
    found |= {
        str(path.relative_to(ROOT)): [path.read_text("utf-8")]
        for path in (ROOT / "docs" / "guide").glob("*.md")
    }
    return found


def wrong_in(found: dict[str, list[str]], terms: dict[str, list[str]]) -> list[str]:
    return [
        f"{file}: {wrong!r} for {term!r} in {text[:80]!r}"
        for file, written in found.items()
        for text in written
        for term, wrongs in terms.items()
        for wrong in wrongs
        if wrong.casefold() in text.casefold()
    ]


def test_that_the_glossary_has_its_terms_in_order_and_each_is_in_use() -> None:
    terms = glossary()
    assert len(terms) >= 40
    assert list(terms) == sorted(terms, key=str.casefold)
    everything = "\n".join(text for written in texts().values() for text in written).casefold()
    everything += (ROOT / "docs" / "evaluations.md").read_text("utf-8").casefold()
    assert [term for term in terms if term.casefold() not in everything] == []


def test_that_no_text_uses_other_words_for_a_term() -> None:
    assert wrong_in(texts(), glossary()) == []


@pytest.mark.parametrize(
    ("source", "count"),
    [
        ('label(tr("Who answers"))', 1), ('label(tr("Model"))', 0), ('label(tr("Longest answer"))', 1), ('label(tr("Max tokens"))', 0),
        ('x = "Who answers"', 0), ('mark("The window you set is full.")', 1), ('trn("A free place", "Free places", 2)', 1),
        ('Field("key", "What is asked", "Concurrency", "whole", "help")', 1), ('tr("Throughput")', 0), ('tr("How it is judged")', 1),
        ('option("--samples", help="A row a sample")', 1), ('tr("Resume")', 0),
    ],
)  # fmt: skip
def test_that_another_word_is_seen_where_a_person_reads_it(source: str, count: int) -> None:
    assert len(wrong_in({"file": list(texts_of(source))}, glossary())) == count


def test_that_no_text_of_the_window_names_an_option_of_the_terminal() -> None:
    found = [
        text
        for path in (ROOT / "evalstudio" / "ui").rglob("*.py")
        if path.name not in ("gallery.py", "smoke_test.py")
        for text in texts_of(path.read_text("utf-8"))
        if OPTION.search(text)
    ]
    assert found == []
