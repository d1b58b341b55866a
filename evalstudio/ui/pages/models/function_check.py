"""Function check: whether a Python file defines a function of a given name, judged by its text.

Nothing of the file is executed in the window.
"""

import ast
from pathlib import Path

from evalstudio.ui.kit.text import one_line, tr

LARGEST = 2_000_000  # bytes; a larger file is not checked


def function_problem(path: Path, name: str) -> str:
    """Returns the problem in a sentence; empty if there is none, or if only running the file could reveal it."""
    shown = one_line(path.name, 60)
    try:
        if path.stat().st_size > LARGEST:
            return ""
        tree = ast.parse(path.read_bytes())
    except OSError as error:
        return tr("The file {file} cannot be read ({why}).").format(file=shown, why=error.strerror)
    except (SyntaxError, ValueError, RecursionError) as error:
        return tr("{file} is no Python that can be read: {why}.").format(file=shown, why=one_line(str(error)))
    functions = [
        node.name
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
    ]
    names = set(functions).union(*(_bound(node) for node in tree.body))
    if not name or name in names or "*" in names:
        return ""
    there = ", ".join(one for one in functions if not one.startswith("_"))
    return tr("{file} has no function '{name}'; it has: {there}.").format(
        file=shown, name=one_line(name, 60), there=one_line(there) or tr("none")
    )


def _bound(node: ast.stmt) -> set[str]:
    """Returns the names that a statement may bind, including nested ones, so possibly too many; "*" means any."""
    names: set[str] = set()
    for part in ast.walk(node):
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store):
            names.add(part.id)
        elif isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(part.name)
        elif isinstance(part, ast.alias):
            names.add((part.asname or part.name).partition(".")[0])
    return names
