"""Prompt templates: sandboxed Jinja2 in which an unknown name is an error instead of an empty text."""

import pickle
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import islice
from operator import itemgetter
from typing import TYPE_CHECKING, Any

import msgspec

from evalstudio.core.bounded import EndedError, call_bounded
from evalstudio.core.errors import EvaluationError

# Jinja2 is imported when a template is compiled, long after the window first shows messages.
if TYPE_CHECKING:
    from jinja2 import Template

    from evalstudio.templating.sandbox import Sandbox

HERE = "evalstudio.templating.here"
MOST_S = 3.0
"""Seconds of processor time for one rendering, of which the sandbox refuses to take the last."""
ROLES = ("system", "developer", "user", "assistant")
CONVERSATION = "conversation"
"""In place of a role: the content is a column that holds a conversation, and its messages stand here."""
ANSWERS = "answers"
"""In a later turn: the model's own answers so far."""

BARE_NAME = re.compile(r"\s*\{\{\s*([^\W\d]\w*)\s*\}\}\s*")
SINGLE = re.compile(r"\s*\{\{-?((?:(?!\{\{|\}\}|\{%|\{#).)+?)-?\}\}\s*", re.DOTALL)
"""A template that is one expression."""
MOST_ENTRIES = 100_000
"""Entries of the longest list that an expression makes."""
MARKUP = ("{{", "{%", "{#")
ONE_EXPRESSION = re.compile(r"\s*\{\{-?((?:(?!\{\{|\}\}|\{%).)+?)-?\}\}\s*", re.DOTALL)


class Message(msgspec.Struct, frozen=True):
    """One message of a conversation: its role, and its text or template."""

    role: str
    content: str


class Conversation:
    """Messages of an evaluation, compiled once and rendered for every sample.

    A `user` message that directly follows another one starts a new turn: the model's own answer is inserted
    between the two. A conversation from a column counts as a user message there. A
    null renders as an empty text.

    Args:
        messages: the templates, in order.
        columns: the names that templates can use.
        verbatim: conversations are sent as they are, also those that end with the beginning of an answer.

    Raises:
        EvaluationError: a role or a name is unknown, or a template has a mistake.
    """

    def __init__(
        self, messages: Sequence[Message], columns: Sequence[str], *, verbatim: bool = False
    ) -> None:
        if not messages:
            raise EvaluationError("The evaluation has no messages. Add at least one with the role user.")
        self._turns: list[list[tuple[str, Text | _ConversationColumn]]] = [[]]
        previous = ""
        for number, message in enumerate(messages, 1):
            if message.role not in (*ROLES, CONVERSATION):
                raise EvaluationError(
                    f"Message {number} has the role '{message.role}'. Use one of {', '.join(ROLES)}; "
                    f"{CONVERSATION} for a column that holds one."
                )
            asks = message.role in ("user", CONVERSATION)
            if asks and previous in ("user", CONVERSATION):
                self._turns.append([])
            previous = message.role
            known = [*columns, ANSWERS] if len(self._turns) > 1 else columns
            where = f"message {number} ({message.role})"
            part: Text | _ConversationColumn
            if message.role == CONVERSATION:
                part = _ConversationColumn(message.content, known, where, verbatim=verbatim)
            else:
                part = Text(message.content, known, where)
            self._turns[-1].append((message.role, part))

    @property
    def turns(self) -> int:
        """Number of model answers that a sample needs."""
        return len(self._turns)

    def render_turn(self, index: int, values: Mapping[str, Any], answers: Sequence[str]) -> list[Message]:
        """Renders only the messages of turn `index` (from 0), given the model's answers to the previous turns.

        Raises:
            EvaluationError: a template fails on these values.
        """
        if index:
            values = {**values, ANSWERS: list(answers)}
        turn = self._turns[index]
        rendered: list[Message] = []
        for role, part in turn:
            if isinstance(part, _ConversationColumn):
                rendered += [Message(*one) for one in part.render(values)]
            else:
                rendered.append(Message(role, part.render(values)))
        return rendered


class Text:
    """A template, or plain text that needs no rendering."""

    def __init__(self, source: str, known: Collection[str], where: str, *, here: bool = False) -> None:
        self.source = source
        self.known = known
        self.where = where
        self.template: Template | None = None
        bare = BARE_NAME.fullmatch(source)
        self.column = bare[1] if bare and source == source.strip() else None
        self.bounded = False  # it is rendered in a process of its own
        if has_markup(source):
            self.bounded = not here and not _is_plain(source)
            if self.bounded:
                used = _in_bounds(where, "compile_template", source, where, tuple(known))
            else:
                self.template, used = compile_here(source, where, known)
            self.used = used
            _check_names(used, known, where, source)

    def render(self, values: Mapping[str, Any]) -> str:
        if self.bounded:
            values = {name: values[name] for name in self.used if name in values}
            try:
                return str(
                    _in_bounds(
                        self.where, "render_template", self.source, self.where, tuple(self.known), values
                    )
                )
            except UNSENDABLE:
                self.template, _ = compile_here(self.source, self.where, self.known)
                return self._rendered(self.template, values)
        if self.template is None:
            return self.source
        if self.column is not None and type(value := values.get(self.column)) is str:
            return value  # most templates are a single column, and Jinja2 takes fifty times as long
        return self._rendered(self.template, values)

    def _rendered(self, template: "Template", values: Mapping[str, Any]) -> str:
        from evalstudio.templating.sandbox import rendered

        try:
            return rendered(template, values)
        except Exception as error:
            # An expression in a template can fail in any way: a division, an unknown key, the sandbox.
            raise EvaluationError(_structured(error, values) or failure(error, self.where)) from error


class _ConversationColumn:
    """A column, or an expression over one, that comes to a conversation."""

    def __init__(self, source: str, known: Collection[str], where: str, *, verbatim: bool) -> None:
        found = ONE_EXPRESSION.fullmatch(source)
        if found is None:
            raise EvaluationError(
                f"{where[0].upper()}{where[1:]} has to be one column, as in {{{{ conversation }}}}, not '{source[:80]}'."
            )
        self._evaluate, used = compile_expression(found[1].strip())
        _check_names(used, known, where)
        self.where = f"the column '{found[1].strip()}'"
        self._verbatim = verbatim

    def render(self, values: Mapping[str, Any]) -> list[tuple[str, str]]:
        from evalstudio.templating.conversation_column import messages_of

        return messages_of(self._evaluate(values), self.where, verbatim=self._verbatim)


def has_markup(source: str) -> bool:
    """Returns whether the text is a template."""
    return any(mark in source for mark in MARKUP)


def render(template: str, values: Mapping[str, Any]) -> Any:
    """Renders a template; `{{ column }}` alone returns the column's value with its type, anything else a text.

    Raises:
        EvaluationError: the template has a mistake, or a name in it is not among the values.
    """
    return compile_value(template, tuple(values))(values)


@lru_cache(maxsize=256)
def compile_value(
    template: str, columns: tuple[str, ...], where: str = "the template"
) -> Callable[[Mapping[str, Any]], Any]:
    """Compiles a template to a function of the values; for `{{ column }}` alone it returns the value itself.

    A single expression that comes to a list or an object gives that; anything else is text.

    Raises:
        EvaluationError: the template has a mistake, or uses a name that is no column.
    """
    bare = BARE_NAME.fullmatch(template)
    if bare and bare[1] in columns:
        return itemgetter(bare[1])
    render = Text(template, columns, where).render
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
    """Compiles a Jinja2 expression to a function of the values, and returns the names it uses as well.

    Raises:
        EvaluationError: the expression has a mistake; the function raises it when it fails on its values.
    """
    if _is_plain("{{ (" + expression + ") }}"):
        return compile_expression_here(expression)
    where = f"the expression '{expression}'"
    names = frozenset(_in_bounds(where, "names_of_expression", expression))

    def evaluate(values: Mapping[str, Any]) -> Any:
        used = {name: values[name] for name in names if name in values}
        try:
            return _in_bounds(where, "evaluate_expression", expression, used)
        except UNSENDABLE:
            return compile_expression_here(expression)[0](values)

    return evaluate, names


@lru_cache(maxsize=64)
def compile_expression_here(expression: str) -> tuple[Callable[[Mapping[str, Any]], Any], frozenset[str]]:
    from jinja2 import StrictUndefined, TemplateSyntaxError, meta

    from evalstudio.templating.sandbox import begin

    environment = _environment()
    where = f"the expression '{expression}'"
    try:
        compiled = environment.compile_expression(expression, undefined_to_none=False)
        used = meta.find_undeclared_variables(environment.parse("{{ (" + expression + ") }}"))
    except TemplateSyntaxError as error:
        raise EvaluationError(f"{where} has a mistake: {error.message}") from None
    except NOT_COMPILED as error:
        raise EvaluationError(f"{where} {_not_compiled(error)}.") from None

    def evaluate(values: Mapping[str, Any]) -> Any:
        begin()
        try:
            result = compiled(values)
            if isinstance(result, StrictUndefined):
                bool(result)  # raises an error that names what is missing
            return result
        except Exception as error:
            raise EvaluationError(failure(error, where)) from error

    return evaluate, frozenset(used - environment.globals.keys())


NOT_COMPILED = (SyntaxError, ValueError, OverflowError, RecursionError, MemoryError)
"""What Python raises for a template that Jinja2 has understood: keywords twice, blocks or numbers beyond its bounds."""


UNSENDABLE = (pickle.PickleError, TypeError, AttributeError, RecursionError)
"""What is raised for values of a person's own classes, which only their own Python makes: no stranger's file does."""


def _in_bounds(where: str, function: str, *arguments: Any) -> Any:
    """Calls a function of `here` in the bounded process. Raises EvaluationError, also where that has ended."""
    try:
        return call_bounded(f"{HERE}:{function}", *arguments, key=(where, arguments[0]), seconds=MOST_S)
    except EndedError as error:
        raise EvaluationError(f"{where[0].upper()}{where[1:]} fails: it {error.reason}.") from None


@lru_cache(maxsize=256)
def _is_plain(source: str) -> bool:
    """Whether a template can be compiled and rendered in this process."""
    from jinja2 import TemplateSyntaxError

    from evalstudio.templating.plain import is_plain

    try:
        return is_plain(_environment().parse(source))
    except TemplateSyntaxError:
        return True  # it comes no further than this
    except NOT_COMPILED:
        return False


@lru_cache(maxsize=1)
def _environment() -> "Sandbox":
    from evalstudio.templating.sandbox import Sandbox

    return Sandbox()


def compile_here(source: str, where: str, known: Collection[str] = ()) -> "tuple[Template, set[str]]":
    from jinja2 import TemplateSyntaxError, meta

    environment = _environment()
    try:
        used = meta.find_undeclared_variables(environment.parse(source)) - environment.globals.keys()
        return environment.bounded_template(source), used
    except TemplateSyntaxError as error:
        raise EvaluationError(
            f"{where[0].upper()}{where[1:]} has a mistake in line {error.lineno}: {error.message}"
            f"{'.' if (hint := _unwritable(source, known)) else ''}{hint}"
        ) from None
    except NOT_COMPILED as error:
        raise EvaluationError(f"{where[0].upper()}{where[1:]} {_not_compiled(error)}.") from None


def _not_compiled(error: Exception) -> str:
    """What Python has against a template that Jinja2 has understood."""
    text = error.msg if isinstance(error, SyntaxError) else str(error)
    if isinstance(error, RecursionError | MemoryError) or "nested" in text:
        return "is nested too deeply"
    if "integer" in text:
        return "has a number with too many digits"
    return f"has a mistake: {text}"


def _unwritable(source: str, known: Collection[str]) -> str:
    """What to do about a column whose name a template can't write, where the source seems to mean one."""
    for name in known:
        if name.strip() in source and not name.isidentifier():
            short = re.sub(r"\W+", "_", name.strip().lower()).strip("_") or "text"
            short = f"c_{short}" if short[0].isdigit() else short
            return (
                f" The name of the column '{name}' can't stand in a template: "
                f'give it another one with columns = {{ {short} = "{name}" }} of the dataset.'
            )
    return ""


def _check_names(used: Collection[str], known: Collection[str], where: str, source: str = "") -> None:
    for name in sorted(used):
        if name in known:
            continue
        if name == ANSWERS:
            raise EvaluationError(
                f"{where} uses 'answers', and the model has given none before the second turn."
            )
        raise EvaluationError(
            f"{where[0].upper()}{where[1:]} uses '{name}', and no column is called so. "
            f"The columns are: {', '.join(known) or 'none'}.{_unwritable(source, known)}"
        )


def _structured(error: Exception, values: Mapping[str, Any]) -> str | None:
    """The sentence about a list, an object or bytes that a template would write as Python does."""
    from evalstudio.templating.sandbox import NoText

    if not isinstance(error, NoText):
        return None
    name = next((name for name, value in values.items() if value is error.value), None)
    kind = error.kind
    if name is None:
        return f"A message would write {kind} as Python does. Write it as JSON with | tojson, or a list with | join(', ')."
    if kind == "bytes":
        return f"The column '{name}' holds bytes (an image, a sound?), which can't be sent as text."
    how = f"{{{{ {name} | tojson }}}}" + (f" or {{{{ {name} | join(', ') }}}}" if kind == "a list" else "")
    talk = ""
    if kind == "a list" and error.value and isinstance(error.value[0], dict):
        talk = f'; a conversation is sent with messages = "{{{{ {name} }}}}"'
    return f"The column '{name}' holds {kind}, not text: write {how}{talk}."


def failure(error: Exception, where: str) -> str:
    from jinja2 import TemplateError

    reason = error.message if isinstance(error, TemplateError) else f"{type(error).__name__}: {error}"
    return f"{where[0].upper()}{where[1:]} fails on this sample: {str(reason).rstrip('.')}."
