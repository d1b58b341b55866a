"""promptfoo importer: a configuration (YAML or JSON) or tests as CSV.

Prompts, providers, tests and their simple assertions are converted.
"""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from evalstudio.core.errors import EvaluationError
from evalstudio.importers.base import Imported
from evalstudio.importers.nearby_files import files_beside, read_value
from evalstudio.importers.promptfoo_checks import take_assertions
from evalstudio.importers.promptfoo_tests import read_tests
from evalstudio.templating.templates import ROLES, Conversation, Message

MODEL = "demo/fast"
KNOWN = (
    "description",
    "prompts",
    "providers",
    "targets",
    "tests",
    "defaultTest",
    "$schema",
    "assertionTemplates",
)
PARAMETERS = ("temperature", "max_tokens", "top_p", "seed", "stop", "frequency_penalty", "presence_penalty")
PROVIDERS = {
    "openai": "openai", "anthropic": "anthropic", "ollama": "ollama", "mistral": "mistral", "groq": "groq",
    "openrouter": "openrouter", "deepseek": "deepseek", "togetherai": "together", "google": "gemini",
}  # fmt: skip
CHAT = ("chat:", "messages:", "responses:")
NO_CHAT = ("completion", "embedding", "embeddings", "assistant", "realtime", "image", "moderation", "transcription",
           "speech", "live", "agents", "video")  # fmt: skip
_DUMP = re.compile(r"\|\s*dump\b(?:\s*\(\s*\d*\s*\))?")  # Nunjucks' name for tojson


def read_promptfoo(path: Path) -> Imported:
    """Reads the configuration as one evaluation; several prompts or providers become its grid."""
    if path.suffix.lower() == ".csv":
        config: Any = {"tests": f"file://{path.name}"}
    else:
        config = read_value(path)
    if not isinstance(config, Mapping):
        raise EvaluationError(f"{path.name} is no configuration of promptfoo: it holds no keys.")
    imported = Imported({"name": str(config.get("description") or path.stem)[:80]}, [])
    tests = list(read_tests(config, path.parent, imported))
    take_assertions(tests, path.parent, imported)
    _take_prompts(
        config, path.parent, imported, list(dict.fromkeys(name for test in tests for name in test.vars))
    )
    _take_providers(config, imported)
    for key in sorted(map(str, set(config) - {*KNOWN})):
        imported.leave_out(f"'{key}'")
    return imported


# Prompts --------------------------------------------------------------------------------------------------------


def _take_prompts(config: Mapping[str, Any], base: Path, imported: Imported, names: list[str]) -> None:
    prompts: dict[str, list[dict[str, str]]] = {}
    for label, text in _texts(config, base, imported):
        messages = _messages(text, label, imported)
        if messages is not None:
            prompts[_free(label, prompts)] = messages
    if not prompts:
        imported.leave_out("prompts: there are none in the file, so the variables are the prompt")
        prompts = {"": [{"role": "user", "content": "\n".join(f"{{{{ {name} }}}}" for name in names) or "?"}]}
    columns = list(imported.rows[0]) if imported.rows else names
    for label, messages in prompts.items():
        try:
            Conversation([Message(one["role"], one["content"]) for one in messages], columns)
        except EvaluationError as error:
            where = f"'{label}' " if label else ""
            imported.leave_out(f"the meaning of the prompt {where}as it is, mend it before a run: {error}")
    if len(prompts) == 1:
        imported.table["messages"] = next(iter(prompts.values()))
    else:
        imported.table.setdefault("grid", {})["prompts"] = prompts


def _texts(config: Mapping[str, Any], base: Path, imported: Imported) -> Iterator[tuple[str, Any]]:
    """Yields each prompt's label with its text or its messages."""
    given = config.get("prompts") or []
    if isinstance(given, Mapping):  # files by label
        given = [{"id": name, "label": label} for name, label in given.items()]
    for number, prompt in enumerate(given if isinstance(given, list) else [given], 1):
        label = f"prompt {number}"
        if isinstance(prompt, Mapping):
            label = str(prompt.get("label") or prompt.get("id") or label)
            for key in sorted(set(prompt) - {"id", "label", "raw"}):
                imported.leave_out(f"'{key}' of the prompt '{label}'")
            prompt = prompt.get("raw") or prompt.get("id")
        if not isinstance(prompt, str):
            imported.leave_out(f"the prompt '{label}': it has no text")
        elif not _is_file(prompt, base):
            yield label, prompt
        else:
            found = files_beside(prompt, base, (".txt", ".md", ".json", ".yaml", ".yml"))
            if not found:
                imported.leave_out(f"the prompt {prompt}")
            for path in found:
                name = label if len(found) == 1 else f"{label}: {path.name}"
                value = read_value(path)
                parts = (
                    re.split(r"^---[ \t]*$", value, flags=re.MULTILINE) if isinstance(value, str) else [value]
                )
                yield from ((name, part) for part in parts if part)


def _is_file(prompt: str, base: Path) -> bool:
    if prompt.startswith("file://"):
        return True
    short = "\n" not in prompt and "{" not in prompt and len(prompt) < 200
    return (
        short
        and Path(prompt).suffix in (".txt", ".md", ".json", ".yaml", ".yml", ".js", ".py")
        and " " not in prompt
    )


def _messages(prompt: Any, label: str, imported: Imported) -> list[dict[str, str]] | None:
    """Converts a prompt, possibly a chat as JSON, to messages; None if it can't be converted."""
    parsed = prompt
    if isinstance(prompt, str):
        prompt = _DUMP.sub("|tojson", prompt).strip("\n")
        try:
            parsed = json.loads(prompt)
        except (ValueError, RecursionError):
            parsed = None
    if (
        not isinstance(parsed, list)
        or not parsed
        or not all(isinstance(one, Mapping) and "role" in one for one in parsed)
    ):
        text = prompt if isinstance(prompt, str) else json.dumps(prompt, ensure_ascii=False, default=str)
        return [{"role": "user", "content": text}]
    found = []
    for one in parsed:
        for key in sorted(map(str, set(one) - {"role", "content"})):
            imported.leave_out(f"'{key}' of messages")
        content = one.get("content")
        if isinstance(content, list) and all(
            isinstance(part, Mapping) and isinstance(part.get("text"), str) for part in content
        ):
            content = "\n".join(part["text"] for part in content)
        if one["role"] not in ROLES or not isinstance(content, str):
            imported.leave_out(f"the prompt '{label}': a message of '{one['role']}' that is no plain text")
            return None
        found.append({"role": one["role"], "content": _DUMP.sub("|tojson", content)})
    return found


def _free(label: str, taken: Mapping[str, Any]) -> str:
    number, free = 1, label
    while free in taken:
        number += 1
        free = f"{label} ({number})"
    return free


# Models ---------------------------------------------------------------------------------------------------------


def _take_providers(config: Mapping[str, Any], imported: Imported) -> None:
    given = config.get("providers") or config.get("targets") or []
    models: list[Any] = []
    settings: list[tuple[str, dict[str, Any]]] = []
    for provider in given if isinstance(given, list) else [given]:
        name, values, others = _provider(provider)
        model = _model(name, values)
        if model is None:
            imported.leave_out(f"the provider {name}")
            continue
        models.append(model)
        settings.append((name, {key: value for key, value in values.items() if key in PARAMETERS}))
        taken = {*PARAMETERS, "apiBaseUrl", *(("apiKeyEnvar",) if isinstance(model, dict) else ())}
        for key in sorted([*others, *(str(key) for key in values if key not in taken)]):
            imported.leave_out(f"'{key}' of the provider {name}")
    _take_parameters(settings, imported)
    if not models:
        imported.leave_out(f"the model: {MODEL} stands in its place")
    if len(models) > 1:
        imported.table.setdefault("grid", {})["models"] = models
    else:
        imported.table["model"] = models[0] if models else MODEL


def _provider(provider: Any) -> tuple[str, Mapping[str, Any], list[str]]:
    """Splits a provider into its id, its `config`, and its other fields."""
    if not isinstance(provider, Mapping):
        return str(provider), {}, []
    if "id" not in provider and len(provider) == 1:  # {"openai:chat:gpt-4o": {config: ...}}
        name, inside = next(iter(provider.items()))
        provider = {**(inside if isinstance(inside, Mapping) else {}), "id": name}
    values = provider.get("config") or {}
    others = [str(key) for key in provider if key not in ("id", "config")]
    return str(provider.get("id")), values if isinstance(values, Mapping) else {}, others


def _model(name: str, values: Mapping[str, Any]) -> str | dict[str, str] | None:
    kind, _, rest = name.partition(":")
    model = next((rest.removeprefix(mark) for mark in CHAT if rest.startswith(mark)), rest)
    if kind == "ollama":
        model = model.removeprefix("completion:")
    if kind not in PROVIDERS or not model or (model == rest and model.split(":")[0] in NO_CHAT):
        return None
    url, key = values.get("apiBaseUrl"), values.get("apiKeyEnvar")
    if not url and not key:
        return f"{PROVIDERS[kind]}/{model}"
    if url and not re.match(r"https?://[^{}]+$", str(url)):
        return None  # it refers to an environment variable, which our addresses do not support
    table = {"provider": PROVIDERS[kind], "name": model, "base_url": str(url or ""), "key": str(key or "")}
    return {field: value for field, value in table.items() if value}


def _take_parameters(settings: list[tuple[str, dict[str, Any]]], imported: Imported) -> None:
    """Takes the parameters for all models of an evaluation; differences within the file are noted as omissions."""
    parameters = imported.table.setdefault("parameters", {})
    for name, values in settings:
        for key, value in values.items():
            if parameters.setdefault(key, value) != value:
                imported.leave_out(f"'{key}' of the provider {name}")
            elif any(key not in others for _, others in settings):
                imported.leave_out(f"that '{key}' is for the provider {name} alone: it holds for all models")
    if not parameters:
        del imported.table["parameters"]
