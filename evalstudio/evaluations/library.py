"""Evaluation library: the evaluation files and datasets of a workspace, and where new ones are written."""

import re
import shutil
import tomllib
from collections.abc import Collection, Iterable
from pathlib import Path

import msgspec

from evalstudio.core.atomic_file import atomic_file
from evalstudio.core.errors import DatasetError, EvalStudioError, EvaluationError
from evalstudio.datasets import DatasetSource
from evalstudio.datasets.formats import COMPRESSED, FORMATS, TEXT, ending_of, format_of, is_dataset
from evalstudio.datasets.preview import LOOK_AT, preview
from evalstudio.evaluations.loading import EXAMPLE, examples, load_evaluation, split_variant
from evalstudio.evaluations.starter import first_task
from evalstudio.evaluations.toml_edit import write_toml
from evalstudio.workspace.folder import Workspace
from evalstudio.workspace.resources import resource

PYTHON_FILES = "eval_*.py"
IN_PLACE = "in-place.list"  # in the folder of datasets: one path per line
TRY = " (try)"
CAPACITY = "capacity "
FIRST_MODEL = "demo/fast"  # of a new evaluation where there is no own one
SUFFIXES = (
    *FORMATS,
    *(text + packed for text, name in FORMATS.items() if name in TEXT for packed in COMPRESSED),
)
SPLITS = frozenset(("test", "train", "dev", "val", "valid", "validation", "eval", "data", "dataset"))
PARTS = frozenset(("dataset", "messages", "evaluators", "grid"))
"""An evaluation file has at least one of these at its top."""
_CAPACITY = re.compile(rf"{CAPACITY}.* \d{{4}}-\d\d-\d\d \d\d\.\d\d\.\d\d")
PART = re.compile(rf"^\s*(?:\[\[?\s*)?(?:{'|'.join(sorted(PARTS))})\b", re.MULTILINE)
BY_LINES = ("csv", "tsv", "jsonl")  # formats whose first rows need only the beginning of the file
SMALL = 8 << 20  # bytes; a larger file of another format is only read in a separate process


class LibraryEntry(msgspec.Struct, frozen=True):
    """An available evaluation: `reference` is a path or `example:NAME`, `kind` is toml, python or example."""

    reference: str
    name: str
    kind: str


def find_evaluations(workspace: Workspace, used: Iterable[str] = ()) -> list[LibraryEntry]:
    """Lists the workspace's evaluation files and those `used` elsewhere, Python files, then examples. Blocking."""
    folders = (workspace.folder, workspace.evaluations)
    paths = [
        path
        for folder in folders
        for path in (*folder.glob("*.toml"), *folder.glob(PYTHON_FILES))
        if is_evaluation(path, workspace)
    ]
    for reference in used:
        path = Path(split_variant(reference)[0].partition("::")[0])
        if (
            not reference.startswith(EXAMPLE)
            and path.suffix in (".toml", ".py")
            and path.is_file()
            and path != workspace.models
        ):
            paths.append(path)
    unique = {path.absolute(): None for path in paths}
    shipped = resource("examples").absolute()
    own = [path for path in unique if path.parent != shipped]
    found = [
        LibraryEntry(str(path), path.stem if path.suffix == ".toml" else path.name, "python" if path.suffix == ".py" else "toml")
        for path in own
    ]  # fmt: skip
    found = [_told_apart(entry, found) for entry in found]
    found.sort(key=lambda entry: (entry.kind == "python", entry.name.lower(), entry.reference))
    return [*found, *(LibraryEntry(EXAMPLE + name, name, "example") for name in examples())]


def is_evaluation(path: Path, workspace: Workspace) -> bool:
    """Whether a file is an evaluation, or is to become one: not the workspace's models, nor another program's TOML.

    A file of the folder for evaluations always is: somebody may be in the middle of writing it.
    """
    if path.suffix != ".toml":
        return True
    if path.absolute() == workspace.models.absolute():
        return False
    if path.parent.absolute() == workspace.evaluations.absolute():
        return True
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return False
    try:
        return not PARTS.isdisjoint(tomllib.loads(text))
    except (tomllib.TOMLDecodeError, RecursionError):
        return PART.search(text) is not None  # broken, but meant as one


def new_evaluation(
    workspace: Workspace,
    name: str,
    source: DatasetSource | None = None,
    column: str = "text",
    model: str = FIRST_MODEL,
) -> Path:
    """Creates an evaluation in the workspace that asks `column` and compares the answer with the expected one, if any.

    The path of `source` is used unchanged. Raises EvaluationError if the file can't be written.
    """
    path = free_path(workspace.evaluations, name, ".toml")
    dataset: dict[str, object] = {"path": "../datasets/NAME.csv"}
    judged = False
    if source is not None:
        asked = column if column.isidentifier() else "text"
        names = {asked: column} if asked != column else {}
        judged = "expected" in source.columns
        named = msgspec.structs.replace(
            source, path=relative(Path(source.path), path.parent), columns={**names, **source.columns}
        )
        dataset, column = msgspec.to_builtins(named), asked
    instruction, evaluator = first_task(_expected(source))
    evaluator = {"type": evaluator.pop("type"), "expected": "{{ expected }}", **evaluator}
    table = {
        "name": path.stem,
        "dataset": dataset,
        "model": model,
        "messages": [
            {"role": "system", "content": instruction},
            {"role": "user", "content": "{{ " + column + " }}"},
        ],
        "parameters": {"temperature": 0},
        "evaluators": [evaluator] if judged else [],
    }
    _write(path, write_toml(table))
    return path


def _expected(source: DatasetSource | None) -> list[object]:
    """Returns the expected answers of a dataset's first rows if they can be read quickly."""
    column = source.columns.get("expected") if source is not None else None
    if source is None or column is None:
        return []
    path = Path(source.path)
    try:
        if format_of(path, source) not in BY_LINES and path.stat().st_size > SMALL:
            return []
        return [row.get(column) for row in preview(source, path.parent, LOOK_AT).rows]
    except (EvalStudioError, OSError):
        return []  # the error is reported where the dataset is shown


def copy_example(workspace: Workspace, reference: str) -> Path:
    """Copies an example and its dataset to the workspace. Raises EvaluationError if they can't be written."""
    evaluation = load_evaluation(reference)
    name = reference.removeprefix(EXAMPLE)
    path = free_path(workspace.evaluations, name, ".toml")
    source = evaluation.base / evaluation.spec.dataset.path
    text = (evaluation.base / f"{name}.toml").read_text(encoding="utf-8")
    copied = import_dataset(workspace, source, copy=True)
    text = text.replace(f'"{evaluation.spec.dataset.path}"', f'"{relative(copied, path.parent)}"', 1)
    _write(path, text.replace(f'name = "{name}"', f'name = "{path.stem}"', 1))
    return path


def _told_apart(entry: LibraryEntry, entries: Collection[LibraryEntry]) -> LibraryEntry:
    """Returns the entry, with its folder added to the name if another one has the same name."""
    if sum(other.name == entry.name for other in entries) == 1:
        return entry
    return LibraryEntry(entry.reference, f"{entry.name} ({Path(entry.reference).parent.name})", entry.kind)


def uses_of(dataset: Path, entries: Iterable[LibraryEntry]) -> list[LibraryEntry]:
    """Returns the evaluation files among `entries` that use a dataset. Blocking; unreadable files are skipped."""
    found = []
    for entry in entries:
        if entry.kind != "toml":
            continue
        try:
            evaluation = load_evaluation(entry.reference)
        except EvalStudioError:
            continue
        if (evaluation.base / evaluation.spec.dataset.path).resolve() == dataset.resolve():
            found.append(entry)
    return found


def find_datasets(workspace: Workspace) -> list[Path]:
    """Lists the imported datasets: copies first, then those used in place that still exist. Blocking."""
    copies = sorted(path for path in workspace.datasets.glob("*") if is_dataset(path))
    return [*copies, *(path for path in _in_place(workspace) if path.is_file())]


def import_dataset(workspace: Workspace, path: Path, *, copy: bool) -> Path:
    """Imports a file to the workspace, as a copy or in place; returns the path to use. Blocking.

    A file that is already there with the same contents is not copied again. Raises DatasetError.
    """
    ending = ending_of(path)
    if not ending:
        known = ", ".join(sorted(SUFFIXES))
        raise DatasetError(f"{path.name} is no dataset that can be read; the endings are {known}.")
    try:
        if not copy:
            kept = dict.fromkeys([*_in_place(workspace), path.absolute()])
            workspace.datasets.mkdir(parents=True, exist_ok=True)
            (workspace.datasets / IN_PLACE).write_text("".join(f"{one}\n" for one in kept), encoding="utf-8")
            return path.absolute()
        if path.absolute().parent == workspace.datasets:
            return path.absolute()
        workspace.datasets.mkdir(parents=True, exist_ok=True)
        same = workspace.datasets / f"{telling_name(path)}{path.name[-len(ending) :]}"
        if same.is_file() and _same(same, path):
            return same
        target = free_path(workspace.datasets, telling_name(path), path.name[-len(ending) :])
        with atomic_file(target) as part:
            shutil.copyfile(path, part)
        return target
    except OSError as error:
        raise DatasetError(
            f"{path.name} cannot be taken into the workspace: {error.strerror or error}."
        ) from error


def telling_name(path: Path) -> str:
    """Returns the name of a file without its ending; where that is a split's, with its folder's before it.

    Example:
        >>> telling_name(Path("gsm8k/test.csv"))
        'gsm8k-test'
    """
    ending = ending_of(path)
    stem = path.name[: -len(ending)] if ending else path.stem
    folder = path.absolute().parent.name
    return f"{folder}-{stem}" if stem.lower() in SPLITS and folder else stem


def relative(path: Path, folder: Path) -> str:
    """Returns `path` as written in a file in `folder`: relative if nearby, else absolute; with slashes on every system."""
    try:
        near = path.relative_to(folder.parent)
    except ValueError:
        return path.as_posix()
    return (
        near.relative_to(folder.name).as_posix()
        if near.is_relative_to(folder.name)
        else f"../{near.as_posix()}"
    )


def free_path(folder: Path, name: str, suffix: str) -> Path:
    """Returns an unused path in the folder: `name`, else `name-2` and so on."""
    stem = re.sub(r"[^\w.-]+", "-", name).strip("-.") or "new"
    number, path = 1, folder / f"{stem}{suffix}"
    while path.exists():
        number += 1
        path = folder / f"{stem}-{number}{suffix}"
    return path


def free_name(base: str, taken: Collection[str]) -> str:
    """Returns an unused experiment name: `base-1`, `base-2` and so on."""
    number = 1
    while f"{base}-{number}" in taken:
        number += 1
    return f"{base}-{number}"


def try_name(evaluation: str) -> str:
    """Returns the name of the experiment for trials of an evaluation on a few samples."""
    return f"{evaluation}{TRY}"


def capacity_name(evaluation: str, stamp: str) -> str:
    """Returns the name of the experiment for a capacity search."""
    return f"{CAPACITY}{evaluation} {stamp}"


def is_try(experiment: str) -> bool:
    """Returns whether an experiment holds trials or a capacity search, which are not meant for comparison.

    Example:
        >>> is_try("faq (try)"), is_try("capacity faq 2026-01-31 10.00.00"), is_try("capacity of the board")
        (True, True, False)
    """
    return experiment.endswith(TRY) or _CAPACITY.fullmatch(experiment) is not None


def save_text(path: Path, text: str) -> None:
    """Writes a file atomically. Raises EvaluationError if it can't be written."""
    _write(path, text)


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with atomic_file(path) as part:
            part.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise EvaluationError(f"{path} cannot be written: {error.strerror or error}.") from error


def _in_place(workspace: Workspace) -> list[Path]:
    try:
        lines = (workspace.datasets / IN_PLACE).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return []
    return [Path(line) for line in lines if line.strip()]


def _same(one: Path, other: Path) -> bool:
    from evalstudio.datasets.readers.encoding import fingerprint

    return one.stat().st_size == other.stat().st_size and fingerprint(one) == fingerprint(other)
