"""What a look at the source shows: statements of SQL stand in the store, and in the importer of another tool's database."""

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

import evalstudio

PACKAGE = Path(evalstudio.__file__).parent
EXECUTING = {"execute", "executemany", "executescript"}
MAY_HOLD_SQL = ("store/", "importers/dotevals_store.py")


def modules() -> list[str]:
    """Every module that may hold no SQL, from the package's folder."""
    found = sorted(path.relative_to(PACKAGE).as_posix() for path in PACKAGE.rglob("*.py"))
    return [path for path in found if not path.startswith(MAY_HOLD_SQL)]


def statements(source: str) -> Iterator[int]:
    """The lines on which a text is executed: one written there, put together there, or bound to a name."""
    tree = ast.parse(source)
    texts = set[str]()
    for node in ast.walk(tree):
        if isinstance(node, (ast.Assign, ast.AnnAssign)) and node.value is not None and is_text(node.value):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            texts |= {target.id for target in targets if isinstance(target, ast.Name)}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        if node.func.attr in EXECUTING:
            given = [*node.args[:1], *(one.value for one in node.keywords if one.arg == "sql")]
            if any(is_text(one) or (isinstance(one, ast.Name) and one.id in texts) for one in given):
                yield node.lineno


def is_text(node: ast.expr) -> bool:
    match node:
        case ast.Constant(value=str()) | ast.JoinedStr():
            return True
        case ast.BinOp(left=left, right=right):
            return is_text(left) or is_text(right)
        case ast.IfExp(body=body, orelse=orelse):
            return is_text(body) or is_text(orelse)
        case ast.Call(func=ast.Attribute(value=value)):  # "...".format(), " ".join()
            return is_text(value)
        case _:
            return False


def test_that_no_statement_of_sql_stands_outside_the_store() -> None:
    looked_at = modules()
    assert len(looked_at) > 100
    found = [
        f"{module}:{line}"
        for module in looked_at
        for line in statements((PACKAGE / module).read_text(encoding="utf-8"))
    ]
    assert not found, f"SQL is executed in {', '.join(found)}; make it a function of evalstudio/store"


@pytest.mark.parametrize(
    "planted",
    [
        "connection.execute('SELECT 1')",
        "connection.execute(f'SELECT {names} FROM runs', values)",
        "connection.execute('SELECT ' + names)",
        "connection.execute('SELECT %s' % names)",
        "connection.execute('SELECT {}'.format(names))",
        "connection.execute(' '.join(parts))",
        "connection.execute('SELECT 1' if short else 'SELECT 2')",
        "reader.connection.cursor().execute('SELECT 1')",
        "connection.executemany('INSERT INTO runs VALUES (?)', rows)",
        "connection.executescript('''BEGIN; COMMIT;''')",
        "writer.execute(lambda connection: connection.execute('DELETE FROM runs'))",
        "QUERY = 'SELECT 1'\ndef read(connection):\n    return connection.execute(QUERY).fetchall()",
        "def read(connection):\n    query: str = f'SELECT {1}'\n    return connection.execute(query)",
        "def read(connection):\n    with closing(connection):\n        for row in connection.execute('SELECT 1'):\n            yield row",
    ],
)
def test_that_a_planted_statement_is_found(planted: str) -> None:
    assert len(list(statements(planted))) == 1


@pytest.mark.parametrize(
    "allowed",
    [
        "writer.execute(lambda connection: save_buckets(connection, run_id, buckets))",
        "engine.execute(work)",
        "self.execute(work, 'in a thread')",
        "execute('SELECT 1')",
        "table.select('SELECT 1')",
        "reader.lines(ids, 'exact')",
        "QUERY = 'SELECT 1'\nprint(QUERY)",
        "words = 'SELECT 1'\nengine.execute(work)",
        "'SELECT 1'",
        "executor.submit(work, 'name')",
    ],
)
def test_that_other_calls_are_left_alone(allowed: str) -> None:
    assert not list(statements(allowed))


def test_that_the_statements_of_the_store_are_seen() -> None:
    assert list(statements((PACKAGE / "store" / "runs.py").read_text(encoding="utf-8")))
    assert list(statements((PACKAGE / "importers" / "dotevals_store.py").read_text(encoding="utf-8")))


def test_that_the_import_contract_names_every_package_but_the_store() -> None:
    project = tomllib.loads((PACKAGE.parent / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = project["tool"]["importlinter"]["contracts"]
    (contract,) = (one for one in contracts if one["name"] == "SQL stands in the store alone")
    here = {path.stem for path in PACKAGE.glob("*.py")} | {
        path.parent.name for path in PACKAGE.glob("*/__init__.py")
    }
    named = {name.removeprefix("evalstudio.") for name in contract["source_modules"]}
    assert named == here - {"__init__", "store"}
