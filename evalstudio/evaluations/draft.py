"""Evaluation draft: the text of an evaluation being edited, what can be read of it so far, and its issues.

Nothing is called and no user code is imported: only the engine does that.
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from evalstudio.core.errors import DatasetError, EvalStudioError, EvaluationError
from evalstudio.datasets import DatasetSource, Preview
from evalstudio.datasets.columns import Mapper
from evalstudio.evaluations.spec import EvaluationSpec, with_conversations
from evalstudio.evaluators import build_evaluators
from evalstudio.models.providers import resolve_model
from evalstudio.models.settings import ModelSettings
from evalstudio.templating.templates import Conversation, Message

MODELS_PLACE = "(the model's answer)"
"""Stands for the answers of the turns before, in a preview of a later turn."""

_PATH = re.compile(r" - at `\$?\.?([^`]*)`$")
_ITEM = re.compile(r"^\[(\d+)\]")
_MESSAGE = re.compile(r"[Mm]essage (\d+)")


class Issue(msgspec.Struct, frozen=True):
    """A problem in a part (a field of the evaluation, or `text`); `number` is the message or evaluator, from 0."""

    part: str
    sentence: str
    number: int | None = None
    line: int | None = None


class Draft(msgspec.Struct, frozen=True):
    """A text as far as it can be read. `table` is None if it is not TOML, `spec` is None if any part is invalid."""

    table: dict[str, Any] | None
    spec: EvaluationSpec | None
    issues: tuple[Issue, ...]

    @property
    def source(self) -> DatasetSource | None:
        """Returns the dataset if that part is valid, whatever the state of the others."""
        try:
            return msgspec.convert((self.table or {}).get("dataset"), DatasetSource)
        except (msgspec.ValidationError, EvalStudioError):
            return None

    @property
    def messages(self) -> tuple[Message, ...]:
        """Returns the messages if that part is valid."""
        try:
            return msgspec.convert(
                with_conversations(self.table or {}).get("messages", ()), tuple[Message, ...]
            )
        except msgspec.ValidationError:
            return ()

    @property
    def prompts(self) -> dict[str, tuple[Message, ...]]:
        """Returns the prompts of the grid if the whole grid is valid."""
        return {} if self.spec is None or self.spec.grid is None else self.spec.grid.prompts


def read_draft(text: str) -> Draft:
    """Parses a text and collects the issues that need no dataset: syntax, fields and their types."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"at line (\d+)", str(error))
        line = int(found[1]) if found else None
        return Draft(None, None, (Issue("text", f"This is not valid TOML: {error}.", line=line),))
    expanded = with_conversations(table)
    issues = list(_issues(expanded))
    if issues:
        return Draft(table, None, tuple(issues))
    try:
        return Draft(table, msgspec.convert(expanded, EvaluationSpec), ())
    except (msgspec.ValidationError, EvalStudioError) as error:
        parts = {"no messages": "messages", "no model": "model", "repeats": "repeats", "grid": "grid"}
        part = next((part for words, part in parts.items() if words in str(error)), "name")
        return Draft(table, None, (Issue(part, _sentence(error)),))


def check_model(
    draft: Draft, base: Path, named: Mapping[str, ModelSettings] | None = None
) -> tuple[Issue, ...]:
    """Checks that the model names can be resolved; a Python file must exist, but is not imported."""
    if draft.spec is None:
        return ()
    grid = draft.spec.grid
    for reference in grid.models if grid is not None and grid.models else (draft.spec.model,):
        try:
            model = resolve_model(reference, base, named)
        except EvalStudioError as error:
            return (Issue("model", str(error)),)
        if model.provider == "python" and not Path(model.path).is_file():
            return (Issue("model", f"There is no Python file {model.path}; check the path of the model."),)
    return ()


def check_samples(draft: Draft, preview: Preview, base: Path) -> tuple[Issue, ...]:
    """Checks the mapping, messages and evaluators against the dataset's columns."""
    source = draft.source
    if source is None or draft.table is None:
        return ()
    columns = tuple(column.name for column in preview.columns)
    issues = []
    try:
        mapper = Mapper(source)
        names = mapper.names(columns)
        mapper.check(columns)
    except DatasetError as error:
        issues.append(Issue("dataset", str(error)))
        names = (*source.columns, *columns)
    if draft.messages:
        try:
            Conversation(draft.messages, names)
        except EvaluationError as error:
            found = _MESSAGE.search(str(error))
            issues.append(Issue("messages", str(error), int(found[1]) - 1 if found else None))
    for name, messages in draft.prompts.items():
        try:
            Conversation(messages, names)
        except EvaluationError as error:
            issues.append(Issue("grid", f"Prompt '{name}': {error}"))
    evaluators = draft.table.get("evaluators", ())
    if isinstance(evaluators, list):
        issues += _check_evaluators(evaluators, names, base)
    return tuple(issues)


def values_of(source: DatasetSource, preview: Preview, place: int) -> dict[str, Any]:
    """Returns the values of a preview row by the names that templates can use. Raises DatasetError."""
    columns = tuple(column.name for column in preview.columns)
    try:
        return Mapper(source).values(preview.rows[place], columns)
    except KeyError as error:
        raise DatasetError(f"This row has no value for {error.args[0]!r}.") from None


def render_messages(messages: Sequence[Message], values: Mapping[str, Any]) -> list[Message]:
    """Renders the messages for the model, with placeholders for its answers between turns. Raises EvaluationError."""
    conversation = Conversation(messages, tuple(values))
    rendered: list[Message] = []
    for turn in range(conversation.turns):
        if turn:
            rendered.append(Message("assistant", MODELS_PLACE))
        rendered += conversation.render_turn(turn, values, [MODELS_PLACE] * turn)
    return rendered


def _issues(table: Mapping[str, Any]) -> list[Issue]:
    fields = {field.name: field for field in msgspec.structs.fields(EvaluationSpec)}
    issues = [
        Issue("text", f"An evaluation has no field '{name}'; it has {', '.join(fields)}.")
        for name in table
        if name not in fields
    ]
    for name, field in fields.items():
        if name not in table:
            if field.required:
                issues.append(Issue(name, f"The field '{name}' is missing."))
            continue
        try:
            msgspec.convert(table[name], field.type)
        except (msgspec.ValidationError, EvalStudioError) as error:
            found = _PATH.search(str(error))
            item = _ITEM.match(found[1]) if found else None
            issues.append(Issue(name, _sentence(error), int(item[1]) if item else None))
    return issues


def _sentence(error: Exception) -> str:
    text = str(error)
    found = _PATH.search(text)
    where = f" (at {found[1]})" if found and found[1] else ""
    return _PATH.sub("", text).rstrip(".").replace("`", "'") + where + "."


def _check_evaluators(tables: Sequence[Any], names: Sequence[str], base: Path) -> list[Issue]:
    issues = []
    taken: set[str] = set()
    for number, table in enumerate(tables):
        if not isinstance(table, dict):
            continue
        name = table.get("name")
        if isinstance(name, str) and name in taken:
            issues.append(Issue("evaluators", f"Two evaluators are called '{name}'.", number))
        taken.add(str(name))
        try:
            if table.get("type") == "python":
                _check_python(table, base)
            else:
                build_evaluators([table], names, base)
        except EvaluationError as error:
            issues.append(Issue("evaluators", str(error), number))
    return issues


def _check_python(table: Mapping[str, Any], base: Path) -> None:
    for option in ("path", "function"):
        if not isinstance(table.get(option), str):
            raise EvaluationError(f"An evaluator of the type python needs the option '{option}': a text.")
    if not (base / table["path"]).is_file():
        raise EvaluationError(f"There is no Python file {base / table['path']}.")
