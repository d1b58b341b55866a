"""A promptfoo configuration (YAML or JSON), or its tests as CSV: prompts, providers, tests and their simple assertions."""

import csv
import io
import itertools
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from evalstudio.errors import EvaluationError, RequirementError
from evalstudio.foreign.imported import Imported, read_text
from evalstudio.packaged import how_to_add
from evalstudio.templates import has_markup, render

MODEL = "demo/fast"
COLUMNS: dict[
    str, dict[str, Any]
] = {  # an assertion whose value differs from test to test: its evaluator, given the column of its values
    "equals": {"type": "exact_match"},
    "contains": {"type": "contains", "case_sensitive": True},
    "icontains": {"type": "contains"},
    "contains-any": {"type": "contains", "case_sensitive": True},
    "icontains-any": {"type": "contains"},
    "contains-all": {"type": "contains", "case_sensitive": True, "every": True},
    "icontains-all": {"type": "contains", "every": True},
    "levenshtein": {"type": "similarity"},
}
SAME = ("regex", "starts-with", "is-json", "contains-json")  # only where all tests have the same
PARAMETERS = ("temperature", "max_tokens", "top_p", "seed", "stop", "frequency_penalty", "presence_penalty")
_ASSERTION = re.compile(r"(?P<type>(?:not-)?[a-z][a-z-]*)(?:\([\d.]+\))?:(?P<value>.*)", re.DOTALL)


def read_promptfoo(path: Path) -> Imported:
    """The configuration as one evaluation; several prompts or providers become its grid."""
    if path.suffix.lower() == ".csv":
        config: Any = {"tests": f"file://{path.name}"}
    else:
        config = _parsed(path)
    if not isinstance(config, Mapping):
        raise EvaluationError(f"{path.name} is no configuration of promptfoo: it holds no keys.")
    imported = Imported({"name": str(config.get("description") or path.stem)[:80]}, [])
    tests = list(_tests(config, path.parent, imported))
    _take_prompts(config, path.parent, imported, tests)
    _take_providers(config, imported)
    _take_assertions(tests, imported)
    for key in sorted(
        set(config) - {"description", "prompts", "providers", "targets", "tests", "defaultTest", "$schema"}
    ):
        imported.leave_out(f"'{key}'")
    return imported


def _parsed(path: Path) -> Any:
    text = read_text(path)
    if path.suffix.lower() == ".json":
        try:
            return json.loads(text)
        except (ValueError, RecursionError) as error:
            raise EvaluationError(f"{path.name} is not JSON ({error}).") from error
    try:
        import yaml
    except ImportError:
        raise RequirementError(f"YAML can't be read without PyYAML; {how_to_add('pyyaml')}.") from None
    try:
        return yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError) as error:
        raise EvaluationError(f"{path.name} is not YAML ({error}).") from error


# Tests ----------------------------------------------------------------------------------------------------------


def _tests(config: Mapping[str, Any], base: Path, imported: Imported) -> Iterator[dict[str, Any]]:
    """Each test with `vars` and `assert`, the default test merged in, lists of values multiplied out."""
    usual = config.get("defaultTest")
    usual = usual if isinstance(usual, Mapping) else {}
    given = config.get("tests") or [{}]
    for test in given if isinstance(given, list) else [given]:
        if isinstance(test, str):
            found = _tests_in(test, base, imported)
        else:
            found = [test] if isinstance(test, Mapping) else []
        for one in found:
            for key in sorted(set(one) - {"vars", "assert", "description", "metadata"}):
                imported.leave_out(f"'{key}' of tests")
            values = {**(usual.get("vars") or {}), **(one.get("vars") or {})}
            checks = [*(usual.get("assert") or ()), *(one.get("assert") or ())]
            lists = {name: value for name, value in values.items() if isinstance(value, list)}
            for chosen in itertools.product(*lists.values()):
                yield {"vars": {**values, **dict(zip(lists, chosen, strict=True))}, "assert": checks}


def _tests_in(name: str, base: Path, imported: Imported) -> list[Mapping[str, Any]]:
    path = base / name.removeprefix("file://")
    if path.suffix.lower() == ".csv" and not path.resolve().is_relative_to(base.resolve()):
        imported.leave_out(f"tests in {name}: not beside the configuration")
        return []
    if path.suffix.lower() != ".csv":
        imported.leave_out(f"tests in {name}")
        return []
    tests: list[Mapping[str, Any]] = []
    for row in csv.DictReader(io.StringIO(read_text(path))):
        values = {key: value for key, value in row.items() if key and not key.startswith("__")}
        expected = [value for key, value in row.items() if key and key.startswith("__expected") and value]
        for key in row:
            if key and key.startswith("__") and not key.startswith("__expected"):
                imported.leave_out(f"the column {key}")
        tests.append({"vars": values, "assert": [_assertion(text) for text in expected]})
    return tests


def _assertion(text: str) -> dict[str, Any]:
    match = _ASSERTION.fullmatch(text)
    if match is None:
        return {"type": text, "value": None} if text in SAME else {"type": "equals", "value": text}
    value: Any = match["value"].strip()
    if match["type"].endswith(("-any", "-all")):
        value = [part.strip() for part in value.split(",")]
    return {"type": match["type"], "value": value}


# Prompts and models ---------------------------------------------------------------------------------------------


def _take_prompts(
    config: Mapping[str, Any], base: Path, imported: Imported, tests: list[dict[str, Any]]
) -> None:
    given = config.get("prompts") or []
    prompts: dict[str, list[dict[str, str]]] = {}
    for number, prompt in enumerate(given if isinstance(given, list) else [given], 1):
        label = f"prompt {number}"
        if isinstance(prompt, Mapping):
            label, prompt = str(prompt.get("label") or label), prompt.get("raw") or prompt.get("id")
        if isinstance(prompt, str) and prompt.startswith("file://"):
            path = base / prompt.removeprefix("file://")
            near = path.resolve().is_relative_to(base.resolve()) and path.suffix in (".txt", ".md", ".json")
            if not near:
                imported.leave_out(f"the prompt {prompt}")
                continue
            prompt = read_text(path)
        if isinstance(prompt, str):
            prompts[label] = _messages(prompt)
    if not prompts:
        names = list(dict.fromkeys(name for test in tests for name in test["vars"]))
        imported.leave_out("prompts: there are none in the file, so the variables are the prompt")
        prompts = {"": [{"role": "user", "content": "\n".join(f"{{{{ {name} }}}}" for name in names) or "?"}]}
    if len(prompts) == 1:
        imported.table["messages"] = next(iter(prompts.values()))
    else:
        imported.table.setdefault("grid", {})["prompts"] = prompts


def _messages(prompt: str) -> list[dict[str, str]]:
    try:
        parsed = json.loads(prompt)
    except (ValueError, RecursionError):
        parsed = None
    if (
        isinstance(parsed, list)
        and parsed
        and all(isinstance(one, Mapping) and "role" in one for one in parsed)
    ):
        return [{"role": str(one["role"]), "content": str(one.get("content", ""))} for one in parsed]
    return [{"role": "user", "content": prompt}]


def _take_providers(config: Mapping[str, Any], imported: Imported) -> None:
    given = config.get("providers") or config.get("targets") or []
    models: list[Any] = []
    for provider in given if isinstance(given, list) else [given]:
        name = provider.get("id") if isinstance(provider, Mapping) else provider
        settings = (provider.get("config") or {}) if isinstance(provider, Mapping) else {}
        kind, _, rest = str(name).partition(":")
        model = rest.removeprefix("chat:").removeprefix("messages:").removeprefix("responses:")
        if kind not in ("openai", "anthropic", "ollama") or not model:
            imported.leave_out(f"the provider {name}")
            continue
        url = settings.get("apiBaseUrl")
        models.append({"provider": kind, "name": model, "base_url": str(url)} if url else f"{kind}/{model}")
        parameters = imported.table.setdefault("parameters", {})
        for key, value in settings.items():
            if key in PARAMETERS and parameters.setdefault(key, value) == value:
                continue
            if key != "apiBaseUrl":
                imported.leave_out(f"'{key}' of the provider {name}")
    if not models:
        imported.leave_out(f"the model: {MODEL} stands in its place")
    if len(models) > 1:
        imported.table.setdefault("grid", {})["models"] = models
    else:
        imported.table["model"] = models[0] if models else MODEL


# Assertions -----------------------------------------------------------------------------------------------------


def _take_assertions(tests: list[dict[str, Any]], imported: Imported) -> None:
    """Rows with a column for the values of each assertion; a test without it is unscored by its evaluator."""
    evaluators: dict[str, dict[str, Any]] = {}
    for test in tests:
        row = dict(test["vars"])
        met: dict[str, int] = {}
        for check in test["assert"]:
            kind = str(check.get("type")) if isinstance(check, Mapping) else str(check)
            met[kind] = met.get(kind, 0) + 1
            name = f"{kind}_{met[kind]}" if met[kind] > 1 else kind
            if kind in COLUMNS:
                column = f"assert_{name}".replace("-", "_")
                row[column] = _rendered(check.get("value"), test["vars"])
                evaluators[name] = {**COLUMNS[kind], "name": name, "expected": f"{{{{ {column} }}}}"}
                if check.get("threshold") is not None:
                    imported.leave_out(f"the threshold of '{kind}'")
            elif kind not in SAME or not _same_for_all(check, tests):
                imported.leave_out(
                    f"the assertion '{kind}'" + (" (it differs from test to test)" if kind in SAME else "")
                )
            else:
                evaluators[name] = {"name": name, **_same(kind, check.get("value"))}
        imported.rows.append(row)
    columns = dict.fromkeys(name for row in imported.rows for name in row)
    imported.rows[:] = [{name: row.get(name) for name in columns} for row in imported.rows]
    imported.table["evaluators"] = list(evaluators.values())


def _rendered(value: Any, values: Mapping[str, Any]) -> Any:
    if isinstance(value, list):
        return [_rendered(one, values) for one in value]
    return render(value, values) if isinstance(value, str) and has_markup(value) else value


def _same_for_all(check: Any, tests: list[dict[str, Any]]) -> bool:
    return isinstance(check, Mapping) and all(check in test["assert"] for test in tests)


def _same(kind: str, value: Any) -> dict[str, Any]:
    match kind:
        case "regex":
            return {"type": "regex_match", "pattern": str(value)}
        case "starts-with":
            return {"type": "regex_match", "pattern": "^" + re.escape(str(value))}
    return {"type": "json_valid", **({"schema": value} if isinstance(value, Mapping) else {})}
