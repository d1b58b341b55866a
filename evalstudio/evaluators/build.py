"""From the tables of an evaluation to its evaluators."""

import dataclasses
import inspect
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple, get_args, get_type_hints

import msgspec

from evalstudio.core.errors import EvaluationError
from evalstudio.core.score import Score, Unreadable
from evalstudio.evaluators.built import Evaluator
from evalstudio.evaluators.code_tests import APART_S, code_tests
from evalstudio.evaluators.contains import contains
from evalstudio.evaluators.custom import load_function
from evalstudio.evaluators.exact_match import exact_match
from evalstudio.evaluators.function_call import function_call
from evalstudio.evaluators.json_checks import json_match, json_valid
from evalstudio.evaluators.math_match import LONGEST_S, math_match, require_math_verify
from evalstudio.evaluators.multiple_choice import multiple_choice
from evalstudio.evaluators.numeric_match import numeric_match
from evalstudio.evaluators.recorded import recorded
from evalstudio.evaluators.regex import compiled, regex_extract, regex_match
from evalstudio.evaluators.rouge import rouge_l
from evalstudio.evaluators.similarity import similarity
from evalstudio.evaluators.squad import token_f1
from evalstudio.evaluators.translation import bleu, chrf
from evalstudio.sandbox.bubblewrap import require_sandbox
from evalstudio.templating.templates import compile_value, has_markup


class Kind(NamedTuple):
    """A type of evaluator: its function, its metrics, which of its options can come from columns, and what it needs."""

    function: Callable[..., Score]
    metrics: tuple[str, ...] = ("accuracy",)
    from_columns: tuple[str, ...] = ("expected",)
    scale: tuple[float, float] | None = None
    longest_s: float | None = None  # of one that takes its time, and so is judged apart
    check: Callable[[], None] | None = None  # raises where something it needs is missing


KINDS: dict[str, Kind] = {
    "exact_match": Kind(exact_match),
    "numeric_match": Kind(numeric_match),
    "regex_match": Kind(regex_match, from_columns=()),
    "regex_extract": Kind(regex_extract),
    "contains": Kind(contains),
    "multiple_choice": Kind(multiple_choice, from_columns=("expected", "choices")),
    "math_match": Kind(math_match, longest_s=LONGEST_S, check=require_math_verify),
    "json_valid": Kind(json_valid, from_columns=("schema",)),
    "json_match": Kind(json_match),
    "function_call": Kind(function_call, from_columns=("expected", "functions")),
    "similarity": Kind(similarity, ("mean",), scale=(0.0, 1.0)),
    "token_f1": Kind(token_f1, ("mean",), scale=(0.0, 1.0)),
    "rouge_l": Kind(rouge_l, ("mean",), scale=(0.0, 1.0)),
    "bleu": Kind(bleu, ("mean",)),
    "chrf": Kind(chrf, ("mean",)),
    "code_tests": Kind(
        code_tests, from_columns=("tests", "before"), longest_s=APART_S, check=require_sandbox
    ),
    "recorded": Kind(recorded, ("mean",), from_columns=("value",)),
}
BENCHMARK = "lm_eval"
"""A metric of a benchmark's task: written by the benchmark, so it is no type for a person to choose."""
BENCHMARK_S = 60.0  # in which a task's own code judges one answer
EVERY = ("type", "name", "metrics", "unreadable")
TEXTS = ("path", "function", "prompt", "question", "direction")


def evaluator_types() -> dict[str, tuple[str, ...]]:
    """Every type of evaluator with its options, for a person to choose from."""
    types = {name: tuple(_parameters(kind)) for name, kind in KINDS.items()}
    judge = ("prompt", "expected", "question", "model", "parameters", "scale", "direction")
    return {**types, "judge": judge, "python": ("path", "function")}


class Option(NamedTuple):
    """An option of a type of evaluator: a truth value, a text, or any value."""

    name: str
    kind: str  # truth, text or value
    required: bool
    default: Any = None


def options_of(kind_name: str) -> tuple[Option, ...]:
    """The options of a type, for a form; none for a type that there is not."""
    kind = KINDS.get(kind_name)
    if kind is None:
        named = evaluator_types().get(kind_name, ())
        return tuple(
            Option(name, "text" if name in TEXTS else "value", name in ("path", "function")) for name in named
        )
    hints = get_type_hints(kind.function)
    kinds = {bool: "truth", str: "text"}
    return tuple(
        Option(
            name, kinds.get(hints[name], "value"), parameter.default is parameter.empty,
            None if parameter.default is parameter.empty else parameter.default,
        )
        for name, parameter in _parameters(kind).items()
    )  # fmt: skip


def build_evaluators(
    tables: Sequence[Mapping[str, Any]], columns: Sequence[str], base: Path
) -> tuple[Evaluator, ...]:
    """The evaluators of an evaluation, checked and ready.

    An option in braces alone, as `"{{ expected }}"`, is the column's own value with its type. `expected`
    may be left out where a column is called so.

    Args:
        tables: as in the evaluation's TOML: `{type = "exact_match", expected = "{{ label }}"}`.
        columns: the names that templates can use.
        base: the folder that paths of Python files start from.

    Raises:
        EvaluationError: a type or option is unknown, or an option has a value that cannot work.
    """
    built: list[Evaluator] = []
    for table in tables:
        name = _name(table, [evaluator.name for evaluator in built])
        built.append(_build(table, name, tuple(columns), base))
    return tuple(built)


def _name(table: Mapping[str, Any], taken: Sequence[str]) -> str:
    asked = table.get("name")
    if asked is not None:
        if not isinstance(asked, str) or not asked.strip():
            raise EvaluationError("An evaluator's name has to be a text.")
        if asked in taken:
            raise EvaluationError(f"Two evaluators are called '{asked}'. Give one of them another name.")
        return asked
    kind = str(table.get("type", ""))
    name, number = kind, 1
    while name in taken:
        number += 1
        name = f"{kind}_{number}"
    return name


def _build(table: Mapping[str, Any], name: str, columns: tuple[str, ...], base: Path) -> Evaluator:
    kind_name = table.get("type")
    options = {option: value for option, value in table.items() if option not in EVERY}
    if kind_name == "python":
        return _python(options, table, name, columns, base)
    if kind_name == "judge":
        return _judge(options, table, name, columns)
    if kind_name == BENCHMARK:
        return _benchmark(options, table, name)
    kind = KINDS.get(kind_name) if isinstance(kind_name, str) else None
    if kind is None:
        message = (
            "An evaluator has no type" if kind_name is None else f"'{kind_name}' is no type of evaluator"
        )
        raise EvaluationError(f"{message}. The types are: {', '.join(evaluator_types())}.")
    if kind.check is not None:
        kind.check()
    fixed, templates = _options(kind, options, name, columns)
    metrics = _metrics(table, _usual_metrics(kind, fixed), name)
    function = partial(kind.function, **fixed, name=name)

    def judge(answer: str, values: Mapping[str, Any]) -> Score:
        given = {option: value_of(values) for option, value_of in templates.items()}
        score = function(answer, **given)
        if score.value is None and not _is_blank(given.get("expected", fixed.get("expected", True))):
            score = built.decided(score)
        return score if score.metrics == metrics else msgspec.structs.replace(score, metrics=metrics)

    built = Evaluator(
        name,
        str(kind_name),
        metrics,
        judge,
        scale=kind.scale,
        unreadable=_unreadable(table, name),
        apart=kind.longest_s is not None,
        longest_s=kind.longest_s,
    )
    return built


def _is_blank(expected: Any) -> bool:
    """Whether a sample says nothing of what is right: that is no fault of its answer."""
    return expected is None or (isinstance(expected, str) and not expected.strip())


def _unreadable(table: Mapping[str, Any], name: str) -> Unreadable:
    try:
        asked: Unreadable = msgspec.convert(table.get("unreadable", "unscored"), Unreadable)
    except msgspec.ValidationError:
        raise EvaluationError(
            f"'unreadable' of the evaluator '{name}' must be {' or '.join(get_args(Unreadable))}; "
            f"it is {table['unreadable']!r}."
        ) from None
    return asked


def _options(
    kind: Kind, options: Mapping[str, Any], name: str, columns: tuple[str, ...]
) -> tuple[dict[str, Any], dict[str, Callable[[Mapping[str, Any]], Any]]]:
    """The options that are the same for every sample, and those that come from its values."""
    parameters = _parameters(kind)
    fixed: dict[str, Any] = {}
    templates: dict[str, Callable[[Mapping[str, Any]], Any]] = {}
    if "expected" in parameters and "expected" not in options and "expected" in columns:
        options = {**options, "expected": "{{ expected }}"}
    for option, value in options.items():
        if option not in parameters:
            raise EvaluationError(
                f"The evaluator '{name}' has no option '{option}'. Its options are: {', '.join(parameters)}."
            )
        if option in kind.from_columns and isinstance(value, str) and has_markup(value):
            templates[option] = compile_value(value, columns, f"'{option}' of the evaluator '{name}'")
        else:
            fixed[option] = _checked(kind, option, value, name)
    for option, parameter in parameters.items():
        if parameter.default is parameter.empty and option not in fixed and option not in templates:
            raise EvaluationError(f"The evaluator '{name}' needs the option '{option}'.")
    if "pattern" in fixed:
        compiled(fixed["pattern"], bool(fixed.get("ignore_case")))
    if "schema" in fixed:
        json_valid("", fixed["schema"])
    if kind.function in (bleu, chrf):
        kind.function("", **{"expected": "-", **fixed})  # says what is not installed
    return fixed, templates


def _parameters(kind: Kind) -> dict[str, inspect.Parameter]:
    parameters = dict(inspect.signature(kind.function).parameters)
    return {name: parameter for name, parameter in parameters.items() if name not in ("answer", "name")}


def _checked(kind: Kind, option: str, value: Any, name: str) -> Any:
    hint = get_type_hints(kind.function)[option]
    try:
        return msgspec.convert(value, hint)
    except msgspec.ValidationError as error:
        raise EvaluationError(f"The option '{option}' of the evaluator '{name}' is wrong: {error}.") from None


def _usual_metrics(kind: Kind, fixed: Mapping[str, Any]) -> tuple[str, ...]:
    """Options turn a number into a truth value, or back."""
    if fixed.get("threshold") is not None:
        return ("accuracy",)
    return ("mean",) if fixed.get("partial") else kind.metrics


def _metrics(table: Mapping[str, Any], usual: tuple[str, ...], name: str) -> tuple[str, ...]:
    if "metrics" not in table:
        return usual
    from evalstudio.statistics.metrics import find_metric

    try:
        metrics = msgspec.convert(table["metrics"], tuple[str, ...])
    except msgspec.ValidationError as error:
        raise EvaluationError(f"'metrics' of the evaluator '{name}' is wrong: {error}.") from None
    for metric in metrics:
        find_metric(metric)
    return metrics


def _judge(
    options: Mapping[str, Any], table: Mapping[str, Any], name: str, columns: tuple[str, ...]
) -> Evaluator:
    from evalstudio.evaluators.judging.judge import build_judge

    judge = build_judge(options, name, columns)
    metrics = _metrics(table, judge.metrics, name)
    judge = dataclasses.replace(judge, metrics=metrics)

    def refuse(answer: str, values: Mapping[str, Any]) -> Score:
        raise EvaluationError("a model judge needs calls: use its messages and read")

    return Evaluator(
        name, "judge", metrics, refuse, judge.direction, judge.scale, judge, _unreadable(table, name)
    )


def _benchmark(options: Mapping[str, Any], table: Mapping[str, Any], name: str) -> Evaluator:
    def refuse(answer: str, values: Mapping[str, Any]) -> Score:
        raise EvaluationError("a benchmark's own code gives this score, in a process of its own")

    return Evaluator(
        name,
        BENCHMARK,
        _metrics(table, ("mean",), name),
        refuse,
        direction="lower" if options.get("direction") == "lower" else "higher",
        apart=True,
        longest_s=BENCHMARK_S,
    )


def _python(
    options: Mapping[str, Any], table: Mapping[str, Any], name: str, columns: tuple[str, ...], base: Path
) -> Evaluator:
    for option in ("path", "function"):
        if not isinstance(options.get(option), str):
            raise EvaluationError(f"The evaluator '{name}' needs the option '{option}': a text.")
    if unknown := sorted(options.keys() - {"path", "function"}):
        raise EvaluationError(
            f"The evaluator '{name}' has no option '{unknown[0]}'. Its options are: path, function."
        )
    metrics = _metrics(table, ("accuracy",), name)
    judge = load_function(base / options["path"], options["function"], columns, name, metrics)
    return Evaluator(name, "python", metrics, judge, unreadable=_unreadable(table, name), apart=True)
