"""promptfoo assertions as evaluators, with a column for values that differ from test to test."""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from evalstudio.core.errors import EvaluationError
from evalstudio.importers.base import Imported
from evalstudio.importers.nearby_files import FILE, files_beside, read_value
from evalstudio.importers.promptfoo_tests import Test
from evalstudio.templating.templates import has_markup, render

COLUMNS: dict[
    str, dict[str, Any]
] = {  # assertions whose value differs between tests: their evaluator, given the column of values
    "equals": {"type": "exact_match"},
    "contains": {"type": "contains", "case_sensitive": True},
    "icontains": {"type": "contains"},
    "contains-any": {"type": "contains", "case_sensitive": True},
    "icontains-any": {"type": "contains"},
    "contains-all": {"type": "contains", "case_sensitive": True, "every": True},
    "icontains-all": {"type": "contains", "every": True},
    "levenshtein": {"type": "similarity"},
}
SAME = ("regex", "starts-with", "is-json", "contains-json")  # only if all tests have the same
SET = "assert-set"


def take_assertions(tests: Sequence[Test], base: Path, imported: Imported) -> None:
    """Builds rows with a column for each assertion's values; a test without the assertion is unscored by its evaluator."""
    checks = [list(_flat(test.checks, imported)) for test in tests]
    counts = Counter(key for these in checks for key in {_key(check) for check in these})
    evaluators: dict[str, dict[str, Any]] = {}
    for test, these in zip(tests, checks, strict=True):
        row = {**test.vars, **test.metadata}
        met: dict[str, int] = {}
        for check in these:
            kind = str(check.get("type"))
            met[kind] = met.get(kind, 0) + 1
            name = f"{kind}_{met[kind]}" if met[kind] > 1 else kind
            if kind not in COLUMNS and kind not in SAME:
                imported.leave_out(f"the assertion '{kind}'")
                continue
            if kind in SAME and (counts[_key(check)] < len(tests) or has_markup(str(check.get("value")))):
                imported.leave_out(f"the assertion '{kind}' (it differs from test to test)")
                continue
            for key in sorted(map(str, set(check) - {"type", "value"})):
                imported.leave_out(f"the {key} of '{kind}'")
            try:
                value = _value(check.get("value"), test.vars, base)
            except EvaluationError as error:
                imported.leave_out(f"the assertion '{kind}' of a test: {error}")
                continue
            if kind in COLUMNS:
                column = f"assert_{name}".replace("-", "_")
                row[column] = value
                evaluators[name] = {**COLUMNS[kind], "name": name, "expected": f"{{{{ {column} }}}}"}
            else:
                evaluators[name] = {"name": name, **_same(kind, value)}
        imported.rows.append(row)
    columns = dict.fromkeys(name for row in imported.rows for name in row)
    imported.rows[:] = [{name: row.get(name) for name in columns} for row in imported.rows]
    imported.table["evaluators"] = list(evaluators.values())


def _flat(checks: Sequence[Any], imported: Imported) -> Iterator[Mapping[str, Any]]:
    """Yields the assertions, with sets flattened."""
    for check in checks:
        if not isinstance(check, Mapping):
            imported.leave_out(f"the assertion '{check}'")
        elif check.get("type") == SET:
            imported.leave_out(
                "how an assert-set puts its assertions together: each is an evaluator of its own"
            )
            inside = check.get("assert")
            yield from _flat(inside if isinstance(inside, list) else [], imported)
        elif "$ref" in check:
            imported.leave_out(f"the assertion of {check['$ref']}")
        else:
            yield check


def _key(check: Mapping[str, Any]) -> str:
    return json.dumps(check, sort_keys=True, default=str)


def _value(value: Any, values: Mapping[str, Any], base: Path) -> Any:
    """Returns an assertion's value with variables substituted, or the content of its file. Raises EvaluationError."""
    if isinstance(value, list):
        return [_value(one, values, base) for one in value]
    if isinstance(value, str) and value.startswith(FILE):
        found = files_beside(value, base, (".txt", ".md", ".json", ".yaml", ".yml"))
        if not found:
            raise EvaluationError(f"{value} is not taken over.")
        return read_value(found[0])
    return render(value, values) if isinstance(value, str) and has_markup(value) else value


def _same(kind: str, value: Any) -> dict[str, Any]:
    match kind:
        case "regex":
            return {"type": "regex_match", "pattern": str(value)}
        case "starts-with":
            return {"type": "regex_match", "pattern": "^" + re.escape(str(value))}
    return {"type": "json_valid", **({"schema": value} if isinstance(value, Mapping) else {})}
