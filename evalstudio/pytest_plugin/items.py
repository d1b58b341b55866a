"""Evaluations as pytest's items: their functions, which may be methods of a class, and their names."""

import inspect
from typing import Any

import pytest


def name_of(item: pytest.Function) -> str:
    """Returns the name within the file, as in `TestIt::eval_sentiment[good]`: each class has its own."""
    return item.nodeid.partition("::")[2]


def bound_function(item: pytest.Function) -> Any:
    """Returns the function to evaluate; of a class with an instance of it, as for a test."""
    function: Any = item.obj.evaluated
    if not is_method(item.cls, function):
        return function
    kind = inspect.getattr_static(item.cls, function.__name__)
    return function.__get__(item.cls if isinstance(kind, classmethod) else item.instance)


def is_method(owner: type | None, function: Any) -> bool:
    """Whether a function of a class takes the instance, or the class, first."""
    if owner is None:
        return False
    return not isinstance(inspect.getattr_static(owner, function.__name__, None), staticmethod)
