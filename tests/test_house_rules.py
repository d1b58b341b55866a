"""Rules of the tests themselves: where they stand, how they are named, and what they take from each other."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import evalstudio

TESTS = Path(__file__).parent
PACKAGE = Path(evalstudio.__file__).parent
MODULES = sorted(TESTS.rglob("*.py"))
# what is tried as a whole, and so has no room of its own in the package
CROSS_CUTTING = {"docs", "faults", "local_model", "packaging", "security"}
EMPTY_PRAISE = {"works", "correctly"}


def functions(source: str) -> Iterator[str]:
    """The names of all functions that a reader, or pytest, may take for tests."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test"):
            yield node.name


def is_named_by_behaviour(name: str) -> bool:
    return name.startswith("test_that_") and not EMPTY_PRAISE & set(name.split("_"))


def imported_test_modules(source: str) -> list[str]:
    """The test modules that a module imports from, in whichever form."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            found += [f"{node.module}.{alias.name}" for alias in node.names]
    return [name for name in found if any(part.startswith("test_") for part in after_tests(name))]


def after_tests(name: str) -> list[str]:
    """The modules within `tests` that a dotted name goes through; the last part may be what is imported from one."""
    first, *rest = name.split(".")
    return rest if first == "tests" else []


def mirrors_a_room(folder: Path) -> bool:
    """Whether a folder of tests has the name of a package of `evalstudio`, or of a module that is a face of it."""
    place = folder.relative_to(TESTS)
    return (PACKAGE / place / "__init__.py").exists() or (PACKAGE / place).with_suffix(".py").exists()


def test_that_every_test_is_named_by_its_behaviour() -> None:
    names = {path: list(functions(path.read_text())) for path in MODULES}
    assert sum(map(len, names.values())) > 1000
    wrong = [
        f"{path.relative_to(TESTS)}: {name}"
        for path, all_names in names.items()
        for name in all_names
        if not is_named_by_behaviour(name)
    ]
    assert not wrong


def test_that_no_module_imports_from_a_test_module() -> None:
    wrong = {
        str(path.relative_to(TESTS)): found
        for path in MODULES
        if (found := imported_test_modules(path.read_text()))
    }
    assert not wrong, "what several tests share stands in a support module beside them"


def test_that_every_folder_mirrors_a_room_of_the_package() -> None:
    folders = {path.parent for path in MODULES} - {TESTS}
    mirrors = {folder for folder in folders if folder.relative_to(TESTS).parts[0] not in CROSS_CUTTING}
    assert len(mirrors) > 20
    assert not sorted(str(folder) for folder in mirrors if not mirrors_a_room(folder))
    assert {folder.name for folder in folders - mirrors} == CROSS_CUTTING, "a folder of the list is gone"


def test_that_every_folder_of_tests_is_a_package() -> None:
    """Else two files of one name can't both be imported."""
    assert not [path for path in MODULES if not path.with_name("__init__.py").exists()]


@pytest.mark.parametrize(
    ("name", "good"),
    [
        ("test_that_a_budget_ends_a_run", True),
        ("test_that_what_was_worked_out_stays", True),
        ("test_that_p_values_are_corrected", True),
        ("test_that_a_network_is_reached", True),
        ("test_that_incorrectly_quoted_cells_are_named", True),
        ("test_a_budget_ends_a_run", False),
        ("test_that", False),
        ("testing_a_budget", False),
        ("test_that_a_budget_works", False),
        ("test_that_it_works_at_night", False),
        ("test_that_rows_are_read_correctly", False),
    ],
)
def test_that_a_name_without_behaviour_is_found(name: str, good: bool) -> None:
    source = f"class TestIt:\n    async def {name}(self):\n        pass\n"
    assert list(functions(source)) == [name]
    assert is_named_by_behaviour(name) is good


@pytest.mark.parametrize(
    ("line", "good"),
    [
        ("from tests.engine.support import finish", True),
        ("from tests.ui.conftest import Driver", True),
        ("from tests.ui import factories", True),
        ("import tests.engine.support", True),
        ("from evalstudio.engine.planning.model_test import try_model", True),
        ("from numpy.testing import assert_allclose", True),
        ("from tests.ui.test_runs_page import click", False),
        ("from tests.ui import test_runs_page", False),
        ("from tests import test_house_rules as rules", False),
        ("import tests.ui.test_runs_page", False),
        ("import tests.ui.test_runs_page as page", False),
        ("def late():\n    from tests.ui.test_runs_page import click", False),
    ],
)
def test_that_an_import_from_a_test_module_is_found(line: str, good: bool) -> None:
    assert (imported_test_modules(line) == []) is good
