"""What the bounded process does with templates that are not plain: it compiles and renders them there."""

from collections.abc import Collection, Iterator, Mapping
from functools import lru_cache
from itertools import islice
from typing import Any

from evalstudio.core.errors import EvaluationError
from evalstudio.templating.templates import MOST_ENTRIES, Text, compile_expression_here, compile_here, failure


def compile_template(source: str, where: str, known: Collection[str]) -> set[str]:
    """Compiles a template, and returns the names it uses. Raises EvaluationError."""
    return compile_here(source, where, known)[1]


def render_template(source: str, where: str, known: tuple[str, ...], values: Mapping[str, Any]) -> str:
    """Renders a template. Raises EvaluationError."""
    return _text(source, where, known).render(values)


def names_of_expression(expression: str) -> frozenset[str]:
    """Compiles an expression, and returns the names it uses. Raises EvaluationError."""
    return compile_expression_here(expression)[1]


def evaluate_expression(expression: str, values: Mapping[str, Any]) -> Any:
    """Evaluates an expression; what `map` and its like give becomes a list. Raises EvaluationError."""
    value = compile_expression_here(expression)[0](values)
    if not isinstance(value, Iterator):
        return value
    try:
        return list(islice(value, MOST_ENTRIES))
    except Exception as error:  # an expression in a filter can fail in any way
        raise EvaluationError(failure(error, f"the expression '{expression}'")) from error


@lru_cache(maxsize=64)
def _text(source: str, where: str, known: tuple[str, ...]) -> Text:
    return Text(source, known, where, here=True)
