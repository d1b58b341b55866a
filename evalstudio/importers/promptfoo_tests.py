"""promptfoo tests: inline, in files next to the configuration, or rows of a CSV file."""

import csv
import io
import itertools
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from evalstudio.core.errors import EvaluationError
from evalstudio.datasets.readers.delimited import CELL_LIMIT
from evalstudio.importers.base import Imported, json_lines, read_text
from evalstudio.importers.nearby_files import FILE, files_beside, read_value
from evalstudio.templating.templates import has_markup, render

MOST_TESTS = 100_000
TABLES = (".csv", ".json", ".jsonl", ".yaml", ".yml")
TAKEN = ("vars", "assert", "description", "metadata")
# Types valid before a colon in `__expected`; any other text with a colon is the expected value itself.
_TYPES = (
    "answer-relevance bleu classifier contains contains-all contains-any contains-html contains-json contains-sql"
    " contains-xml context-faithfulness context-recall context-relevance conversation-relevance cost equals factuality"
    " finish-reason g-eval gleu guardrails icontains icontains-all icontains-any is-html is-json is-refusal is-sql"
    " is-valid-function-call is-valid-openai-function-call is-valid-openai-tools-call is-xml javascript latency"
    " levenshtein llm-rubric meteor model-graded-closedqa model-graded-factuality moderation perplexity"
    " perplexity-score pi python regex rouge-n ruby search-rubric select-best max-score similar starts-with"
    " trace-error-spans trace-span-count trace-span-duration webhook word-count"
)
TYPES = frozenset(_TYPES.split())
ALIASES = {"fn": "javascript", "eval": "javascript", "grade": "llm-rubric"}
_ASSERTION = re.compile(r"(?P<type>[a-z][a-z-]*)(?:\((?P<threshold>[\d.]+)\))?(?::(?P<value>.*))?", re.DOTALL)


@dataclass
class Test:
    """A promptfoo test: its variables, its assertions, and its metadata as columns."""

    __test__ = False  # keeps pytest from collecting it

    vars: dict[str, Any]
    checks: list[Any] = field(default_factory=list)
    metadata: dict[str, Any] = field(default_factory=dict)


def read_tests(config: Mapping[str, Any], base: Path, imported: Imported) -> Iterator[Test]:
    """Reads the tests, with the default test merged in and lists of values expanded."""
    usual = _default_test(config.get("defaultTest"), base, imported)
    given = config.get("tests") or [{}]
    count = 0
    for test in given if isinstance(given, list) else [given]:
        if isinstance(test, Mapping) and set(test) & {"path"} and "vars" not in test:
            for key in sorted(set(test) - {"path"}):
                imported.leave_out(f"'{key}' of the tests in {test['path']}")
            test = test["path"]
        for one in _tests_in(test, base, imported) if isinstance(test, str) else [test]:
            if not isinstance(one, Mapping):
                imported.leave_out("tests that are no mapping")
                continue
            for key in sorted(map(str, set(one) - {*TAKEN})):
                imported.leave_out(f"'{key}' of tests")
            for made in _expanded(one, usual, base, imported):
                count += 1
                if count > MOST_TESTS:
                    raise EvaluationError(
                        f"The tests make more than {MOST_TESTS:,} samples; take fewer of them over."
                    )
                yield made


def _default_test(given: Any, base: Path, imported: Imported) -> Mapping[str, Any]:
    if isinstance(given, str):
        found = files_beside(given, base, (".json", ".yaml", ".yml"))
        if not found:
            imported.leave_out(f"the default test {given}")
        given = read_value(found[0]) if found else None
    usual: Mapping[str, Any] = given if isinstance(given, Mapping) else {}
    for key in sorted(map(str, set(usual) - {*TAKEN})):
        imported.leave_out(f"'{key}' of the default test")
    return usual


def _expanded(
    one: Mapping[str, Any], usual: Mapping[str, Any], base: Path, imported: Imported
) -> Iterator[Test]:
    values = {**_vars(usual.get("vars"), base, imported), **_vars(one.get("vars"), base, imported)}
    checks = [*_checks(usual.get("assert")), *_checks(one.get("assert"))]
    message: dict[str, Any] = {"description": one.get("description") or usual.get("description")}
    for metadata in (usual.get("metadata"), one.get("metadata")):
        if isinstance(metadata, Mapping):
            message |= {f"metadata_{key}": value for key, value in metadata.items()}
    message = {name: value for name, value in message.items() if value is not None and name not in values}
    lists = {name: value for name, value in values.items() if isinstance(value, list)}
    combined = math.prod(map(len, lists.values()))
    if combined > MOST_TESTS:
        raise EvaluationError(
            f"The lists of the variables {', '.join(lists)} make {combined:,} samples of one test; at most {MOST_TESTS:,} "
            "are taken over. Shorten the lists."
        )
    files: dict[Path, Any] = {}
    for chosen in itertools.product(*lists.values()):
        each = {**values, **dict(zip(lists, chosen, strict=True))}
        yield Test(
            {name: _variable(value, each, base, imported, files) for name, value in each.items()},
            checks,
            message,
        )


def _vars(given: Any, base: Path, imported: Imported) -> dict[str, Any]:
    """Reads variables, including those in files: `vars: file://vars.yaml`, or a list of such."""
    if isinstance(given, Mapping):
        return {str(name): value for name, value in given.items()}
    found: dict[str, Any] = {}
    for name in given if isinstance(given, list) else [given] if given else []:
        files = files_beside(name, base, (".json", ".yaml", ".yml")) if isinstance(name, str) else []
        values = [read_value(path) for path in files]
        if not values or not all(isinstance(value, Mapping) for value in values):
            imported.leave_out(f"the variables {name}")
            continue
        for value in values:
            found |= {str(key): one for key, one in value.items()}
    return found


def _variable(
    value: Any, values: Mapping[str, Any], base: Path, imported: Imported, files: dict[Path, Any]
) -> Any:
    """Returns a variable's value, or the content of its file, with other variables substituted.

    `files`: what is in those read before, as a test of many samples names the same one in each.
    """
    if not isinstance(value, str):
        return value
    if value.startswith(FILE):
        found = files_beside(value, base, (".txt", ".md", ".json", ".yaml", ".yml"))
        if found:
            if found[0] not in files:
                files[found[0]] = read_value(found[0])
            return files[found[0]]
        imported.leave_out(f"what is in {value}, a variable's value: the name stands there")
        return value
    if not has_markup(value):
        return value
    try:
        return render(value, values)
    except EvaluationError as error:
        imported.leave_out(f"the template in a variable's value, which stays as it is: {error}")
        return value


def _checks(given: Any) -> list[Any]:
    return given if isinstance(given, list) else [given] if given else []


def _tests_in(name: str, base: Path, imported: Imported) -> list[Any]:
    found = files_beside(name, base, TABLES)
    if not found:
        near = (base / name.removeprefix(FILE)).resolve().is_relative_to(base.resolve())
        imported.leave_out(f"tests in {name}" + ("" if near else ": not beside the configuration"))
    tests: list[Any] = []
    for path in found:
        if path.suffix.lower() == ".csv":
            tests += _csv_tests(path, imported)
        elif path.suffix.lower() == ".jsonl":
            tests += json_lines(path, imported)
        else:
            value = read_value(path)
            tests += value if isinstance(value, list) else [value]
    return tests


# CSV ------------------------------------------------------------------------------------------------------------


def _csv_tests(path: Path, imported: Imported) -> Iterator[Mapping[str, Any]]:
    csv.field_size_limit(max(csv.field_size_limit(), CELL_LIMIT))
    try:
        rows = list(csv.DictReader(io.StringIO(read_text(path)), restval=""))
    except csv.Error as error:
        raise EvaluationError(f"{path.name} is no CSV that can be read ({error}).") from error
    for row in rows:
        yield _csv_test(row, imported)


def _csv_test(row: Mapping[str | None, Any], imported: Imported) -> Mapping[str, Any]:
    values: dict[str, Any] = {}
    metadata: dict[str, Any] = {}
    checks: list[Any] = []
    description = None
    for key, value in row.items():
        if key is None:
            imported.leave_out("cells of the CSV beyond its header")
        elif not key.startswith("__"):
            values[key] = value
        elif re.fullmatch(r"__expected\d*", key):
            checks += [_assertion(value.strip())] if value.strip() else []
        elif key == "__description":
            description = value or None
        elif key.startswith("__metadata:"):
            name = key.removeprefix("__metadata:")
            parts = [part.replace("\0", ",").strip() for part in value.replace("\\,", "\0").split(",")]
            metadata[name.removesuffix("[]")] = parts if name.endswith("[]") else value
        elif value:
            imported.leave_out(f"the column {key}")
    return {"vars": values, "assert": checks, "description": description, "metadata": metadata}


def _assertion(text: str) -> dict[str, Any]:
    """Parses an expected cell: `type: value`, `type(0.8): value`, or just the expected value."""
    match = _ASSERTION.fullmatch(text.removeprefix("not-"))
    kind = ALIASES.get(match["type"], match["type"]) if match else ""
    if (
        match is None
        or kind not in TYPES
        or (match["value"] is None and not kind.startswith(("is-", "contains-")))
    ):
        return {"type": "equals", "value": text}
    value: Any = match["value"].strip() if match["value"] is not None else None
    if value is not None and kind.endswith(("-any", "-all")):
        value = [part.strip() for part in next(csv.reader([value], skipinitialspace=True), [])]
    check = {"type": f"not-{kind}" if text.startswith("not-") else kind, "value": value}
    return check if match["threshold"] is None else {**check, "threshold": float(match["threshold"])}
