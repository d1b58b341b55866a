"""Function source: the file that defines an evaluation's function, its name, and a hash of its code."""

import ast
import hashlib
import inspect
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any


def file_of(function: Callable[..., Any]) -> Path:
    """Returns the file that defines a function; in a notebook or a prompt, `notebook` in the current folder."""
    try:
        found = inspect.getsourcefile(inspect.unwrap(function))
    except TypeError:
        found = None
    path = Path(found) if found else Path("<notebook>")
    return path.absolute() if path.exists() else Path.cwd() / "notebook"


def code_hash(function: Callable[..., Any]) -> str:
    """Returns a hash of a function's code, without comments, layout and decorators.

    Limits are set in the decorators, and a run can be resumed with other limits.
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
