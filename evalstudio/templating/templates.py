"""Prompts from templates: sandboxed Jinja2 in which an unknown name is an error, not an empty text."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import islice
from operator import itemgetter
from typing import TYPE_CHECKING, Any

import msgspec

from evalstudio.core.errors import EvaluationError

# Jinja2 is imported where a template is compiled: the window shows messages long before.
if TYPE_CHECKING:
    from jinja2 import Template

    from evalstudio.templating.sandbox import Sandbox

ROLES = ("system", "developer", "user", "assistant")
ANSWERS = "answers"
"""In a later turn: the model's own answers so far."""

BARE_NAME = re.compile(r"\s*\{\{\s*([^\W\d]\w*)\s*\}\}\s*")
SINGLE = re.compile(r"\s*\{\{-?((?:(?!\{\{|\}\}|\{%|\{#).)+?)-?\}\}\s*", re.DOTALL)
"""A template that is one expression."""
MOST_ENTRIES = 100_000
"""Entries of the longest list that an expression makes."""
MARKUP = ("{{", "{%", "{#")


class Message(msgspec.Struct, frozen=True):
    """One message of a conversation: whose it is, and its text or the template of it."""

    role: str
    content: str


class Conversation:
    """The messages of an evaluation, compiled once and rendered for every sample.

    A `user` message that directly follows another one starts a new turn: between the two, the model's own
    answer has its place. A null renders as an empty text.

    Args:
        messages: the templates, in order.
        columns: the names that templates can use.

    Raises:
        EvaluationError: a role or a name is unknown, or a template has a mistake.
    """

    def __init__(self, messages: Sequence[Message], columns: Sequence[str]) -> None:
        if not messages:
            raise EvaluationError("The evaluation has no messages. Add at least one with the role user.")
        self._turns: list[list[tuple[str, _Text]]] = [[]]
        previous = ""
        for number, message in enumerate(messages, 1):
            if message.role not in ROLES:
                raise EvaluationError(
                    f"Message {number} has the role '{message.role}'. Use one of {', '.join(ROLES)}."
                )
            if message.role == previous == "user":
                self._turns.append([])
            previous = message.role
            known = [*columns, ANSWERS] if len(self._turns) > 1 else columns
            text = _Text(message.content, known, f"message {number} ({message.role})")
            self._turns[-1].append((message.role, text))

    @property
    def turns(self) -> int:
        """How many answers of the model a sample needs."""
        return len(self._turns)

    def render_turn(self, index: int, values: Mapping[str, Any], answers: Sequence[str]) -> list[Message]:
        """The messages of turn `index` (from 0) only, given the model's answers to the turns before.

        Raises:
            EvaluationError: a template fails on these values.
        """
        if index:
            values = {**values, ANSWERS: list(answers)}
        return [Message(role, text.render(values)) for role, text in self._turns[index]]


class _Text:
    """A template, or plain text that needs no rendering."""

    def __init__(self, source: str, known: Collection[str], where: str) -> None:
        self.source = source
        self.known = known
        self.where = where
        self.template: Template | None = None
        bare = BARE_NAME.fullmatch(source)
        self.column = bare[1] if bare and source == source.strip() else None
        if has_markup(source):
            from evalstudio.templating.sandbox import rendered

            self.rendered = rendered
            self.template, used = _compile(source, where)
            _check_names(used, known, where)

    def render(self, values: Mapping[str, Any]) -> str:
        if self.template is None:
            return self.source
        if self.column is not None and type(value := values.get(self.column)) is str:
            return value  # most templates are one column, and Jinja2 takes fifty times as long
        try:
            return self.rendered(self.template, values)
        except Exception as error:
            # An expression in a template can fail in any way: a division, an unknown key, the sandbox.
            raise EvaluationError(_failure(error, self.where)) from error


def has_markup(source: str) -> bool:
    """Whether the text is a template."""
    return any(mark in source for mark in MARKUP)


def render(template: str, values: Mapping[str, Any]) -> Any:
    """What a template comes to: `{{ column }}` alone gives the column's own value and type, else text.

    Raises:
        EvaluationError: the template has a mistake, or a name in it is not among the values.
    """
    return compile_value(template, tuple(values))(values)


@lru_cache(maxsize=256)
def compile_value(
    template: str, columns: tuple[str, ...], where: str = "the template"
) -> Callable[[Mapping[str, Any]], Any]:
    """A function from values to what the template comes to: for `{{ column }}` alone the value itself.

    A single expression that comes to a list or an object gives that; anything else is text.

    Raises:
        EvaluationError: the template has a mistake, or uses a name that is no column.
    """
    bare = BARE_NAME.fullmatch(template)
    if bare and bare[1] in columns:
        return itemgetter(bare[1])
    render = _Text(template, columns, where).render
    single = SINGLE.fullmatch(template)
    if single is None:
        return render
    evaluate, _ = compile_expression(single[1])

    def value_of(values: Mapping[str, Any]) -> Any:
        value = evaluate(values)
        if isinstance(value, Iterator):  # what `map` and its like give
            value = list(islice(value, MOST_ENTRIES))
        return value if isinstance(value, list | tuple | dict) else render(values)

    return value_of


def compile_expression(expression: str) -> tuple[Callable[[Mapping[str, Any]], Any], frozenset[str]]:
    """A function from values to what a Jinja2 expression comes to, and the names it uses.

    Raises:
        EvaluationError: the expression has a mistake; the function, where it fails on its values.
    """
    from jinja2 import StrictUndefined, TemplateSyntaxError, meta

    from evalstudio.templating.sandbox import begin

    environment = _environment()
    where = f"the expression '{expression}'"
    try:
        compiled = environment.compile_expression(expression, undefined_to_none=False)
        used = meta.find_undeclared_variables(environment.parse("{{ (" + expression + ") }}"))
    except TemplateSyntaxError as error:
        raise EvaluationError(f"{where} has a mistake: {error.message}") from None
    except RecursionError:
        raise EvaluationError(f"{where} is nested too deeply.") from None

    def evaluate(values: Mapping[str, Any]) -> Any:
        begin()
        try:
            result = compiled(values)
            if isinstance(result, StrictUndefined):
                bool(result)  # says what is missing
            return result
        except Exception as error:
            raise EvaluationError(_failure(error, where)) from error

    return evaluate, frozenset(used - environment.globals.keys())


@lru_cache(maxsize=1)
def _environment() -> "Sandbox":
    from evalstudio.templating.sandbox import Sandbox

    return Sandbox()


def _compile(source: str, where: str) -> "tuple[Template, set[str]]":
    from jinja2 import TemplateSyntaxError, meta

    environment = _environment()
    try:
        used = meta.find_undeclared_variables(environment.parse(source)) - environment.globals.keys()
        return environment.bounded_template(source), used
    except TemplateSyntaxError as error:
        raise EvaluationError(
            f"{where[0].upper()}{where[1:]} has a mistake in line {error.lineno}: {error.message}"
        ) from None
    except RecursionError:
        raise EvaluationError(f"{where[0].upper()}{where[1:]} is nested too deeply.") from None


def _check_names(used: Collection[str], known: Collection[str], where: str) -> None:
    for name in sorted(used):
        if name in known:
            continue
        if name == ANSWERS:
            raise EvaluationError(
                f"{where} uses 'answers', and the model has given none before the second turn."
            )
        raise EvaluationError(
            f"{where[0].upper()}{where[1:]} uses '{name}', and no column is called so. "
            f"The columns are: {', '.join(known) or 'none'}."
        )


def _failure(error: Exception, where: str) -> str:
    from jinja2 import TemplateError

    reason = error.message if isinstance(error, TemplateError) else f"{type(error).__name__}: {error}"
    return f"{where[0].upper()}{where[1:]} fails on this sample: {str(reason).rstrip('.')}."
