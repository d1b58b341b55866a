"""Evaluation loading: TOML files, the examples that ship with the program, and single variants of a grid."""

import tomllib
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path

import msgspec

from evalstudio.benchmarks.reference import BenchmarkName, is_benchmark
from evalstudio.core.errors import EvaluationError, ModelError
from evalstudio.core.field_errors import explain_field
from evalstudio.evaluations.spec import EvaluationSpec, with_conversations
from evalstudio.models.key_names import refuse_commands
from evalstudio.models.settings import ModelSettings
from evalstudio.workspace.resources import resource

EXAMPLE = "example:"


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A loaded evaluation: definition, base folder of its relative paths, and names of the time-outs that it sets."""

    spec: EvaluationSpec
    base: Path
    timeouts_set: frozenset[str] = frozenset()


def load_evaluation(reference: str) -> Evaluation:
    """Loads an evaluation: a path to a TOML file, `lm-eval:TASK` or `example:NAME`, with `#VARIANT` appended for one of its grid.

    Raises EvaluationError with what to do.
    """
    if is_python(reference):
        raise EvaluationError(
            f"{reference} is a Python file; this takes an evaluation as TOML, or example:NAME. "
            "evalstudio run and pytest take evaluations in Python."
        )
    if is_benchmark(reference):
        name = BenchmarkName.parse(reference)
        spec = EvaluationSpec(name=name.task or name.name, benchmark=reference)
        return Evaluation(spec, Path.cwd())
    reference, variant = split_variant(reference)
    path = (
        _example(reference.removeprefix(EXAMPLE))
        if reference.startswith(EXAMPLE)
        else Path(reference).expanduser()
    )
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise EvaluationError(f"There is no evaluation file {path}; check the path.") from error
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise EvaluationError(f"The evaluation file {path} cannot be read ({reason}).") from error
    evaluation = parse_evaluation(text, path)
    if variant is None:
        return evaluation
    if evaluation.spec.benchmark and evaluation.spec.grid is None:
        return replace(evaluation, spec=_of_group(evaluation.spec, variant))
    return replace(evaluation, spec=_pick(evaluation.spec, variant))


def is_python(reference: str) -> bool:
    """Returns whether a reference means a Python evaluation file or one of its functions."""
    return split_variant(reference)[1] is None and reference.partition("::")[0].endswith(".py")


def split_variant(reference: str) -> tuple[str, str | None]:
    """Splits a reference into the reference without its variant, and that variant's name."""
    before, mark, variant = reference.partition(".toml#")
    if mark:
        return f"{before}.toml", variant
    before, mark, variant = reference.partition("#")
    return (before, variant) if mark and reference.startswith(EXAMPLE) else (reference, None)


def variants(spec: EvaluationSpec) -> dict[str, EvaluationSpec]:
    """Expands a grid into evaluations by variant name, as in `openai/gpt-4o-mini, short, temperature=0`."""
    grid = spec.grid
    if grid is None:
        return {}
    models = [(_name_of(model), {"model": model}) for model in grid.models] or [("", {})]
    prompts = [(name, {"messages": messages}) for name, messages in grid.prompts.items()] or [("", {})]
    names = list(grid.parameters)
    found = {}
    for (model, its_model), (prompt, its_messages) in product(models, prompts):
        for values in product(*grid.parameters.values()):
            chosen = dict(zip(names, values, strict=True))
            parts = [model, prompt, *(f"{name}={value}" for name, value in chosen.items())]
            label = ", ".join(part for part in parts if part)
            changes = {**its_model, **its_messages, "parameters": {**spec.parameters, **chosen}}
            found[label] = msgspec.structs.replace(spec, name=f"{spec.name} [{label}]", grid=None, **changes)
    return found


def _of_group(spec: EvaluationSpec, task: str) -> EvaluationSpec:
    """The evaluation of one task of a benchmark's group."""
    name = BenchmarkName.parse(spec.benchmark).name
    return msgspec.structs.replace(spec, benchmark=str(BenchmarkName(name, task)))


def _name_of(model: str | ModelSettings) -> str:
    return model if isinstance(model, str) else model.label


def _pick(spec: EvaluationSpec, variant: str) -> EvaluationSpec:
    known = variants(spec)
    if variant not in known:
        there = f"it has {'; '.join(known)}" if known else "it has no grid"
        raise EvaluationError(f"The evaluation '{spec.name}' has no variant '{variant}'; {there}.")
    return known[variant]


def parse_evaluation(text: str, path: Path) -> Evaluation:
    """Parses the text of an evaluation file; `path` is where it is, or would be, stored."""
    try:
        table = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise EvaluationError(f"The evaluation file {path} is not valid TOML: {error}.") from error
    try:
        refuse_commands(table)
        spec = msgspec.convert(with_conversations(table), EvaluationSpec)
    except ModelError as error:
        raise EvaluationError(f"The evaluation file {path} can't be used: {error}") from error
    except (msgspec.ValidationError, RecursionError) as error:
        raise EvaluationError(
            f"The evaluation file {path} has a field that can't be used: {explain_field(error, EvaluationSpec)}."
        ) from error
    # of `run <(...)`, whose pipe lies nowhere, a dataset is named from where the command is given
    folder = path.absolute().parent if path.is_file() or not path.exists() else Path.cwd()
    return Evaluation(spec, folder, frozenset(table.get("timeouts", {})))


def examples() -> list[str]:
    """Returns the names of the examples that ship with the program."""
    return sorted(path.stem for path in resource("examples").glob("*.toml"))


def _example(name: str) -> Path:
    names = examples()
    if name not in names:
        raise EvaluationError(f"There is no example '{name}'; there are {', '.join(names)}.")
    return resource("examples", f"{name}.toml")
