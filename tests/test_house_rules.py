"""Rules that the tests themselves keep: names that tell behaviour, rooms that mirror the package, helpers in support modules."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
PACKAGE = TESTS.parent / "evalstudio"
ACROSS = {"docs", "faults", "local_model", "packaging", "runner", "security"}
"""Folders of tests that go across the rooms of the package."""
VAGUE = re.compile(r"works(?!pace)|correctly|properly|as_expected")
MODULES = sorted(TESTS.rglob("*.py"))
TEST_MODULES = [path for path in MODULES if path.name.startswith("test_")]


def names_of_tests(source: str) -> Iterator[str]:
    """The names of the test functions of a module, those of classes included."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
            yield node.name


def imported_test_modules(source: str) -> list[str]:
    """The test modules that a module imports from."""
    found = []
    for node in ast.walk(ast.parse(source)):
        names = []
        if isinstance(node, ast.ImportFrom):
            names = [node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names)]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        found += [name for name in names if re.fullmatch(r"tests\.(\w+\.)*test_\w+", name)]
    return found


@pytest.mark.parametrize("path", TEST_MODULES, ids=lambda path: str(path.relative_to(TESTS)))
def test_that_names_of_tests_tell_a_behaviour(path: Path) -> None:
    names = list(names_of_tests(path.read_text(encoding="utf-8")))
    assert [name for name in names if not name.startswith("test_that_")] == []
    assert [name for name in names if VAGUE.search(name)] == []


def test_that_no_helper_is_imported_from_a_test_module() -> None:
    guilty = {
        str(path.relative_to(TESTS)): found
        for path in MODULES
        if (found := imported_test_modules(path.read_text(encoding="utf-8")))
    }
    assert guilty == {}


def test_that_folders_of_tests_mirror_the_rooms_of_the_package() -> None:
    folders = {path.parent.relative_to(TESTS) for path in TEST_MODULES} - {Path()}
    strange = {
        str(folder) for folder in folders if folder.parts[0] not in ACROSS and not (PACKAGE / folder).is_dir()
    }
    assert strange == set()


def test_that_the_rules_see_what_breaks_them() -> None:
    bad = "from tests.ui.test_start import helper\nimport tests.test_x\ndef test_it_works(): pass\n"
    assert imported_test_modules(bad) == ["tests.ui.test_start", "tests.test_x"]
    assert [name for name in names_of_tests(bad) if not name.startswith("test_that_")] == ["test_it_works"]
    assert VAGUE.search("test_that_it_works")
