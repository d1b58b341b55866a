"""Model registry: the models that a person has set up, in the workspace's `models.toml`.

The file is made to be read and compared; keys are never in it. An evaluation refers to a model by its own name:
`model = "judge"`. An entry may also be named after the model it stands for, as in "openai/gpt-4o-mini"; it then
defines how that model is called everywhere.
"""

import json
import re
import tomllib
from collections.abc import Mapping
from typing import Any

import msgspec

from evalstudio.core.atomic_file import atomic_file
from evalstudio.core.errors import EvalStudioError, ModelError
from evalstudio.core.field_errors import explain_field
from evalstudio.models.providers import fill_in, resolve_model
from evalstudio.models.settings import ModelSettings
from evalstudio.workspace.folder import Workspace

HEAD = "# The models of this workspace. Keys are not here: `key` names where one is found.\n"
_NAME = re.compile(r"[^\W_][\w .@-]*")


def load_models(workspace: Workspace) -> dict[str, ModelSettings]:
    """Loads the workspace's models by name; empty if there is no file. Raises ModelError with what is wrong in it."""
    path = workspace.models
    try:
        whole = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise ModelError(
            f"The file of models {path} cannot be read ({error}); mend it or take it away."
        ) from error
    tables = whole.pop("models", {})
    if whole:  # otherwise it would be skipped, and lost when the file is next written
        name = json.dumps(next(iter(whole)), ensure_ascii=False)
        raise ModelError(
            f"The file of models {path} has {name} beside its models; write it as [models.{name}]."
        )
    found: dict[str, ModelSettings] = {}
    try:
        for name, table in tables.items():
            found[name] = fill_in(msgspec.convert(table, ModelSettings), workspace.folder)
    except (msgspec.ValidationError, EvalStudioError, AttributeError) as error:
        what = explain_field(error, ModelSettings)
        raise ModelError(f"The file of models {path} has a model that can't be used: {what}") from error
    return found


def save_models(workspace: Workspace, models: Mapping[str, ModelSettings]) -> None:
    """Writes the models atomically. Raises ModelError if one is invalid or the file can't be written."""
    path = workspace.models
    text = HEAD + "".join(
        _table(name, check(name, model, workspace)) for name, model in sorted(models.items())
    )
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with atomic_file(path) as part:
            part.write_text(text, encoding="utf-8")
    except OSError as error:
        raise ModelError(f"The file of models {path} cannot be written ({error.strerror}).") from error


def check(name: str, model: ModelSettings, workspace: Workspace) -> ModelSettings:
    """Returns the model if it and its name are valid; otherwise raises ModelError."""
    resolved = resolve_model(model, workspace.folder)
    if name == own_name(resolved):
        return model
    if "/" in name or ":" in name:
        raise ModelError(
            f"Only {own_name(resolved)} itself may have a name with a slash or a colon; not '{name}'."
        )
    if not _NAME.fullmatch(name):
        raise ModelError(
            f"'{name}' can't be the name of a model; it begins with a letter or a digit, then also . - _ and spaces."
        )
    return model


def own_name(model: ModelSettings) -> str:
    """Returns the entry name that defines how a model named directly in an evaluation is called."""
    return f"{model.path}::{model.name}" if model.provider == "python" else model.label


def _table(name: str, model: ModelSettings) -> str:
    lines = [f"\n[models.{_text(name)}]\n"]
    values: dict[str, Any] = msgspec.to_builtins(model)
    lines += [f"{key} = {_value(value)}\n" for key, value in values.items()]
    return "".join(lines)


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{_text(key)} = {_value(one)}' for key, one in value.items())} }}"
    if isinstance(value, bool):
        return "true" if value else "false"
    return _text(value) if isinstance(value, str) else repr(value)


def _text(value: str) -> str:
    """Formats a basic string of TOML, which allows JSON's escapes and requires one for DEL."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
