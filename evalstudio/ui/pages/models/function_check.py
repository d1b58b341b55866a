"""Whether a Python file has a function of some name, as far as its text tells: nothing of it is run in the window."""

import ast
from pathlib import Path

from evalstudio.ui.kit.text import one_line, tr

LARGEST = 2_000_000  # bytes; a larger one is not looked at


def function_problem(path: Path, name: str) -> str:
    """What is wrong, in a sentence; empty where nothing is, or where only running the file would tell."""
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
    """The names that a statement may give a meaning, a few too many: those inside of it, too; "*" is any."""
    names: set[str] = set()
    for part in ast.walk(node):
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store):
            names.add(part.id)
        elif isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(part.name)
        elif isinstance(part, ast.alias):
            names.add((part.asname or part.name).partition(".")[0])
    return names
