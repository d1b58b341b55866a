"""Jinja2 that comes to an end: sandboxed, and bounded in the steps and the text of each rendering.

Jinja2's own sandbox keeps a template from the interpreter; it does not keep one from `'x' * 10**9` or from a loop
in a loop in a loop. Here loops, calls and operators are counted, and what multiplies is asked how large it gets.
"""

import functools
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from jinja2 import StrictUndefined, Template, nodes
from jinja2.exceptions import SecurityError
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

MOST_STEPS = 200_000
"""Turns of loops, calls and operators in one rendering."""
LARGEST = 16_000_000
"""Characters of one rendering, or of one value in it."""
WIDEST = 1_000_000
"""The largest number that a filter or a method gets: widths, repeats and slices multiply by it."""
_DIGITS = len(str(WIDEST))


class _Spent(threading.local):
    steps = 0


_spent = _Spent()


class TooMuch(SecurityError):
    """A template asks for more time or memory than any prompt needs."""


class Sandbox(ImmutableSandboxedEnvironment):
    """The environment of all templates; an unknown name is an error, a null an empty text."""

    intercepted_binops = frozenset({"*", "**", "+", "%", "-", "/", "//"})

    def __init__(self) -> None:
        super().__init__(
            undefined=StrictUndefined,
            keep_trailing_newline=True,
            finalize=lambda value: "" if value is None else value,
        )
        self.filters = {name: _guarded(function) for name, function in self.filters.items()}
        self.filters[_COUNTED] = _counted
        self.filters[_JOINED] = _joined

    def bounded_template(self, source: str) -> Template:
        """A template whose loops are counted. Raises TemplateSyntaxError."""
        return self.from_string(_with_bounds(self.parse(source)))

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        _step()
        _check_operation(operator, left, right)
        return super().call_binop(context, operator, left, right)

    def call(__self, __context: Context, __obj: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: N805 - as Jinja2 has it
        _step()
        _check_arguments(args, kwargs)
        method = getattr(__obj, "__wrapped__", __obj)  # the sandbox wraps `format` of a text
        owner = getattr(method, "__self__", None)
        if isinstance(owner, str) and method.__name__ in ("format", "format_map"):
            _check_widths(owner)
        return super().call(__context, __obj, *args, **kwargs)


def rendered(template: Template, values: Mapping[str, Any]) -> str:
    """The text of a template. Raises TooMuch, and whatever an expression in it raises."""
    begin()
    pieces: list[str] = []
    size = 0
    for piece in template.generate(values):
        size += len(piece)
        if size > LARGEST:
            raise TooMuch(f"it makes a text of more than {LARGEST:,} characters")
        pieces.append(piece)
    return "".join(pieces)


def begin() -> None:
    """A rendering begins: its steps are counted from here."""
    _spent.steps = 0


# What is counted ------------------------------------------------------------------------------------------------

_COUNTED, _JOINED = "evalstudio counted", "evalstudio joined"  # names that no template can write


def _step() -> None:
    _spent.steps += 1
    if _spent.steps > MOST_STEPS:
        raise TooMuch(f"it takes more than {MOST_STEPS:,} steps")


def _counted(values: Iterable[Any]) -> Iterator[Any]:
    for value in values:
        _step()
        yield value


def _joined(parts: list[Any]) -> str:
    texts = [str(part) for part in parts]
    _check_size(sum(map(len, texts)))
    return "".join(texts)


def _with_bounds(tree: nodes.Template) -> nodes.Template:
    """The tree with each loop going over a counted iterable, and `~` joining no more than fits."""
    for loop in tree.find_all(nodes.For):
        loop.iter = nodes.Filter(loop.iter, _COUNTED, [], [], None, None, lineno=loop.lineno)
    for node in list(tree.find_all(nodes.Node)):
        for field, value in list(node.iter_fields()):
            if isinstance(value, nodes.Concat):
                setattr(node, field, _bounded_concat(value))
            elif isinstance(value, list):
                value[:] = [_bounded_concat(one) if isinstance(one, nodes.Concat) else one for one in value]
    return tree


def _bounded_concat(concat: nodes.Concat) -> nodes.Filter:
    parts = nodes.List(concat.nodes, lineno=concat.lineno)
    return nodes.Filter(parts, _JOINED, [], [], None, None, lineno=concat.lineno)


def _check_operation(operator: str, left: Any, right: Any) -> None:
    if operator == "*":
        for value, times in ((left, right), (right, left)):
            if isinstance(value, str | bytes | list | tuple) and isinstance(times, int):
                _check_size(len(value) * max(0, times))
    elif operator == "**" and isinstance(left, int) and isinstance(right, int):
        if left.bit_length() * right > _DIGITS * 1_000:
            raise TooMuch("it raises a number to a power with more digits than can be computed")
    elif operator == "%" and isinstance(left, str):
        _check_widths(left)
        _check_arguments(right if isinstance(right, tuple) else (right,), {})
    elif operator == "+" and isinstance(left, str | list | tuple) and isinstance(right, str | list | tuple):
        _check_size(len(left) + len(right))


def _check_size(size: int) -> None:
    if size > LARGEST:
        raise TooMuch(f"it makes a value of more than {LARGEST:,} characters or entries")


def _check_arguments(args: Iterable[Any], kwargs: Mapping[str, Any]) -> None:
    for value in (*args, *kwargs.values()):
        if isinstance(value, int) and abs(value) > WIDEST:
            raise TooMuch(f"it calls something with a number above {WIDEST:,}")


def _check_widths(text: str) -> None:
    """A format's width is a number in its text."""
    digits = 0
    for character in text:
        digits = digits + 1 if character.isdigit() else 0
        if digits >= _DIGITS:
            raise TooMuch(f"it formats something to a width above {WIDEST:,}")


def _guarded(function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        _step()
        _check_arguments(args[1:], kwargs)
        if function.__name__ == "do_format" and args and isinstance(args[0], str):
            _check_widths(args[0])
        return function(*args, **kwargs)

    return guarded
