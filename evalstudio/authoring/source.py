"""Where an evaluation's function comes from: its file, its name, and what it does."""

import ast
import hashlib
import inspect
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any


def file_of(function: Callable[..., Any]) -> Path:
    """The file that defines a function; in a notebook or a prompt the folder's `notebook`."""
    try:
        found = inspect.getsourcefile(inspect.unwrap(function))
    except TypeError:
        found = None
    path = Path(found) if found else Path("<notebook>")
    return path.absolute() if path.exists() else Path.cwd() / "notebook"


def code_hash(function: Callable[..., Any]) -> str:
    """A hash of what a function does: comments, layout and decorators are no part of it.

    Limits stand in the decorators, and a run can go on with other limits.
    """
    function = inspect.unwrap(function)
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    except (OSError, TypeError, SyntaxError):
        code = getattr(function, "__code__", None)
        text = repr(None if code is None else (code.co_code, code.co_names))
    else:
        for node in ast.walk(tree):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                node.decorator_list = []
        text = ast.unparse(tree)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
