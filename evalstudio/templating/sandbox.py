"""Template sandbox: Jinja2 with bounds on the steps, the time and the output size of each rendering.

Jinja2's own sandbox keeps a template from the interpreter; it does not stop `'x' * 10**9` or three nested loops.
Here loops, calls and operators are counted and their time is limited. The size of what a multiplying operation will
produce is checked before it runs, and the result of a filter, a call or a literal is measured with everything
nested in it: a list that holds another list twice, which holds a third one twice, is small until it is written out.
"""

import functools
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from string import Formatter
from typing import Any

from jinja2 import StrictUndefined, Template, nodes, pass_eval_context
from jinja2.exceptions import SecurityError
from jinja2.filters import make_attrgetter
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

MOST_STEPS = 200_000
"""Turns of loops, calls and operators in one rendering."""
LARGEST = 16_000_000
"""Characters of one rendering, or of one value in it."""
WIDEST = 1_000_000
"""The largest number that a filter or a method gets: widths, repeats and slices multiply by it."""
LONGEST_S = 2.0
"""Seconds of the processor that one rendering may take; a busy machine makes no template fail."""
ENTRY = 16
"""So many characters is an entry of a list: a list of a million may be, and no larger."""
SLOW = ("wordwrap", "urlize")
MULTIPLYING = ("indent", "wordwrap", "urlize", "tojson")
AS_TEXT = (
    "capitalize", "center", "e", "escape", "forceescape", "format", "indent", "lower", "replace", "safe", "string",
    "striptags", "title", "trim", "truncate", "upper", "urlize", "wordcount", "wordwrap",
)  # fmt: skip
"""Filters that take a text, and would take a list for the text that Python writes of it."""
_DIGITS = len(str(WIDEST))


class _Spent(threading.local):
    steps = 0
    until = 0.0  # on the thread's CPU clock


_spent = _Spent()


class TooMuch(SecurityError):
    """A template needs more time or memory than any prompt should."""


class NoText(SecurityError):
    """A template would write a value that is no text in Python's own notation; `kind` in words."""

    def __init__(self, value: Any, kind: str) -> None:
        super().__init__(f"it would write {kind} as Python does")
        self.value = value
        self.kind = kind


class Sandbox(ImmutableSandboxedEnvironment):
    """Environment of all templates; an unknown name is an error, a null is an empty text."""

    intercepted_binops = frozenset({"*", "**", "+", "%", "-", "/", "//"})

    def __init__(self) -> None:
        super().__init__(
            undefined=StrictUndefined,
            keep_trailing_newline=True,
            finalize=lambda value: "" if value is None else _as_text(value),
        )
        self.filters = {**self.filters, "join": _join, "replace": _replace}
        self.filters = {name: _guarded(name, function) for name, function in self.filters.items()}
        del self.globals["lipsum"]  # it generates texts of any size
        self.filters[_COUNTED] = _counted
        self.filters[_MEASURED] = _measured
        self.filters[_JOINED] = _joined

    def bounded_template(self, source: str) -> Template:
        """Compiles a template with counted loops. Raises TemplateSyntaxError."""
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
        if isinstance(owner, str):
            args = _checked_method(owner, method.__name__, args, kwargs)
        return _measured(super().call(__context, __obj, *args, **kwargs))


def rendered(template: Template, values: Mapping[str, Any]) -> str:
    """Renders a template. Raises TooMuch, and whatever an expression in it raises."""
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
    """Starts a rendering: resets the counters of steps and time."""
    _spent.steps = 0
    _spent.until = time.thread_time() + LONGEST_S


# Bounds ------------------------------------------------------------------------------------------------

_COUNTED, _JOINED, _MEASURED = (
    f"evalstudio {word}" for word in ("counted", "joined", "measured")
)  # names that are not valid in a template


def _step() -> None:
    _spent.steps += 1
    if _spent.steps > MOST_STEPS:
        raise TooMuch(f"it takes more than {MOST_STEPS:,} steps")
    if time.thread_time() > _spent.until:
        raise TooMuch(f"it takes more than {LONGEST_S:g} s")


def _counted(values: Iterable[Any]) -> Iterator[Any]:
    for value in values:
        _step()
        yield value


def _joined(parts: list[Any]) -> str:
    texts = [str(_as_text(part)) for part in parts]
    _check_size(sum(map(len, texts)))
    return "".join(texts)


def _with_bounds(tree: nodes.Template) -> nodes.Template:
    """Rewrites the tree: loops run over a counted iterable, `~` checks the size of its result, literals are measured."""
    for loop in tree.find_all(nodes.For):
        loop.iter = nodes.Filter(loop.iter, _COUNTED, [], [], None, None, lineno=loop.lineno)
    for node in list(tree.find_all(nodes.Node)):
        for field, value in list(node.iter_fields()):
            if isinstance(value, list):
                value[:] = [_bounded(one) for one in value]
            elif isinstance(value, nodes.Node):
                setattr(node, field, _bounded(value))
    return tree


def _bounded(node: Any) -> Any:
    match node:
        case nodes.Concat():
            return _filtered(nodes.List(node.nodes, lineno=node.lineno), _JOINED)
        case nodes.List() | nodes.Dict():
            return _filtered(node, _MEASURED)
        case nodes.Tuple(ctx="load"):
            return _filtered(node, _MEASURED)
    return node


def _filtered(node: nodes.Expr, name: str) -> nodes.Filter:
    return nodes.Filter(node, name, [], [], None, None, lineno=node.lineno)


def _check_operation(operator: str, left: Any, right: Any) -> None:
    if operator == "*":
        for value, times in ((left, right), (right, left)):
            if isinstance(value, str | bytes | list | tuple) and isinstance(times, int):
                _check_size(_size(value) * max(0, times))
    elif operator == "**" and isinstance(left, int) and isinstance(right, int):
        if left.bit_length() * right > _DIGITS * 1_000:
            raise TooMuch("it raises a number to a power with more digits than can be computed")
    elif operator == "%" and isinstance(left, str):
        _check_widths(left)
        _check_texts(
            right if isinstance(right, tuple) else right.values() if isinstance(right, dict) else (right,)
        )
        _check_arguments(right if isinstance(right, tuple) else (right,), {})
        _check_size(len(left) + left.count("%") * _size(right))
    elif operator == "+" and isinstance(left, str | list | tuple) and isinstance(right, str | list | tuple):
        _check_size(_size(left) + _size(right))


def _check_texts(values: Iterable[Any]) -> None:
    for value in values:
        _as_text(value)


def _check_size(size: int) -> None:
    if size > LARGEST:
        raise TooMuch(f"it makes a value of more than {LARGEST:,} characters or entries")


def _as_text(value: Any) -> Any:
    """The value, where its text is no more than what it is: not a list's, an object's or an image's."""
    if isinstance(value, str | int | float):
        return _measured(value)
    _measured(value)
    if isinstance(value, dict):
        raise NoText(value, "an object")
    if isinstance(value, list | tuple | set | frozenset):
        raise NoText(value, "a list")
    if isinstance(value, bytes | bytearray | memoryview):
        raise NoText(value, "bytes")
    if isinstance(value, Iterator):
        raise NoText(value, "a list that was not made yet (add | list, then | tojson)")
    return value


def _measured(value: Any) -> Any:
    """Returns the value unless it is too large, including everything nested in it."""
    if isinstance(value, str | bytes | list | tuple | dict | set | frozenset):
        _size(value)
    return value


def _size(value: Any) -> int:
    """Returns the size of a value in characters when written out, with `ENTRY` characters per entry.

    Raises TooMuch beyond the limit.
    """
    if isinstance(value, str | bytes):
        return len(value)
    size, rest = 0, [value]
    while rest:
        one = rest.pop()
        if isinstance(one, str | bytes):
            size += len(one)
        elif isinstance(one, dict | list | tuple | set | frozenset):
            size += ENTRY * len(one)
            _check_size(size)
            rest.extend(one)
            if isinstance(one, dict):
                rest.extend(one.values())
    _check_size(size)
    return size


def _checked_method(
    owner: str, name: str, args: tuple[Any, ...], keywords: Mapping[str, Any]
) -> tuple[Any, ...]:
    """Checks that the result of a text's method will fit; returns the arguments."""
    match name, args:
        case (("format" | "format_map"), _):
            _check_widths(owner)
            _check_texts((*args, *keywords.values()) if name == "format" else args[0].values())
            _check_fields(owner, (*args, *keywords.values()))
        case "join", (parts,):
            return (_fitting_parts(parts, owner),)
        case "replace", (str() as old, str() as new, *_):
            _check_replacing(owner, old, new)
        case "translate", (dict() as table,):
            widest = max((len(new) for new in table.values() if isinstance(new, str)), default=1)
            _check_size(len(owner) * max(1, widest))
        case "expandtabs", (int() as width, *_):
            _check_size(len(owner) + owner.count("\t") * max(0, width))
    return args


def _fitting_parts(parts: Any, between: str) -> list[Any]:
    found, size = [], 0
    for part in parts:
        if part is not None:
            _as_text(part)
        size += len(between) + (len(part) if isinstance(part, str) else _size(part))
        _check_size(size)
        found.append(part)
    return found


def _check_replacing(text: str, old: str, new: str) -> None:
    times = text.count(old)
    _check_size(len(text) + times * max(0, len(new) - len(old)))


@pass_eval_context
def _join(context: nodes.EvalContext, value: Iterable[Any], d: Any = "", attribute: Any = None) -> str:
    if attribute is not None:
        value = map(make_attrgetter(context.environment, attribute), value)
    return str(d).join(map(str, _fitting_parts(value, str(d))))


def _replace(s: Any, old: Any, new: Any, count: int | None = None) -> str:
    text, old, new = str(s), str(old), str(new)
    _check_replacing(text, old, new)
    return text.replace(old, new, -1 if count is None else count)


def _check_filter(name: str, value: Any, arguments: Iterable[Any]) -> None:
    """Checks filters whose separator or indentation, repeated for each part of a value, multiplies its size."""
    if name not in MULTIPLYING:
        return
    if name in SLOW:
        _check_size(ENTRY * _size(value))
    added = sum(
        len(one) if isinstance(one, str) else one
        for one in arguments
        if isinstance(one, str) or (isinstance(one, int) and name in ("indent", "tojson"))
    )
    parts = value.count("\n") + 1 if name == "indent" and isinstance(value, str) else _size(value)
    _check_size(parts * max(0, added))


def _check_fields(text: str, arguments: Iterable[Any]) -> None:
    """Checks a format: each field may write each argument, and one in a width, as in `{:{w}}`, may be numeric text."""
    fields = text.count("{") + text.count("%")
    largest = max(map(_size, arguments), default=0)
    _check_size(len(text) + fields * largest)
    try:
        nested = any(spec and "{" in spec for _, _, spec, _ in Formatter().parse(text))
    except ValueError:
        return  # an invalid format, for which `format` itself raises the error
    if nested:
        raise TooMuch("it formats something to a width that another value tells")


def _check_arguments(args: Iterable[Any], kwargs: Mapping[str, Any]) -> None:
    for value in (*args, *kwargs.values()):
        if isinstance(value, int) and abs(value) > WIDEST:
            raise TooMuch(f"it calls something with a number above {WIDEST:,}")


def _check_widths(text: str) -> None:
    """Checks the widths in a format, which are numbers in its text."""
    digits = 0
    for character in text:
        digits = digits + 1 if character.isdigit() else 0
        if digits >= _DIGITS:
            raise TooMuch(f"it formats something to a width above {WIDEST:,}")


def _guarded(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    first = 1 if hasattr(function, "jinja_pass_arg") else 0  # such a filter gets the context before its value

    @functools.wraps(function)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        _step()
        _check_arguments(args[1:], kwargs)
        value, more = args[first], (*args[first + 1 :], *kwargs.values())
        if name in AS_TEXT:
            _as_text(value)
        if name == "format" and isinstance(value, str):
            _check_widths(value)
            _check_texts(more)
            _check_size(len(value) + value.count("%") * max(map(_size, more), default=0))
        _check_filter(name, value, more)
        return _measured(function(*args, **kwargs))

    return guarded
