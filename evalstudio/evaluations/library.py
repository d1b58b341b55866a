"""What a workspace holds beside its database: evaluation files and datasets, and where new ones are put."""

import re
import shutil
from collections.abc import Collection, Iterable
from pathlib import Path

import msgspec

from evalstudio.core.errors import DatasetError, EvalStudioError, EvaluationError
from evalstudio.datasets import DatasetSource
from evalstudio.datasets.formats import COMPRESSED, FORMATS, TEXT, ending_of, format_of, is_dataset
from evalstudio.datasets.preview import preview
from evalstudio.evaluations.loading import EXAMPLE, examples, load_evaluation, split_variant
from evalstudio.evaluations.starter import first_task
from evalstudio.evaluations.toml_edit import write_toml
from evalstudio.workspace.folder import Workspace
from evalstudio.workspace.resources import resource

PYTHON_FILES = "eval_*.py"
IN_PLACE = "in-place.list"  # in the folder of datasets: a path a line
TRY = " (try)"
SUFFIXES = (
    *FORMATS,
    *(text + packed for text, name in FORMATS.items() if name in TEXT for packed in COMPRESSED),
)
BY_LINES = ("csv", "tsv", "jsonl")  # formats whose first rows need no more than the file's beginning
SMALL = 8 << 20  # bytes; a larger file of another format is read in a process only


class LibraryEntry(msgspec.Struct, frozen=True):
    """An evaluation that can be chosen: `reference` is a path or `example:NAME`; `kind` toml, python or example."""

    reference: str
    name: str
    kind: str


def find_evaluations(workspace: Workspace, used: Iterable[str] = ()) -> list[LibraryEntry]:
    """Evaluation files of the workspace and those that were `used` elsewhere, Python files, then examples. Blocking."""
    folders = (workspace.folder, workspace.evaluations)
    paths = [path for folder in folders for path in (*folder.glob("*.toml"), *folder.glob(PYTHON_FILES))]
    for reference in used:
        path = Path(split_variant(reference)[0].partition("::")[0])
        if not reference.startswith(EXAMPLE) and path.suffix in (".toml", ".py") and path.is_file():
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


def new_evaluation(
    workspace: Workspace, name: str, source: DatasetSource | None = None, column: str = "text"
) -> Path:
    """Writes the first text of an evaluation into the workspace: `column` is asked, and compared where one is expected.

    The path of `source` is taken as it stands. Raises EvaluationError where the file can't be written.
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
        "model": "demo/fast",
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
    """The expected answers of a dataset's first rows, where they can be read at once."""
    column = source.columns.get("expected") if source is not None else None
    if source is None or column is None:
        return []
    path = Path(source.path)
    try:
        if format_of(path, source) not in BY_LINES and path.stat().st_size > SMALL:
            return []
        return [row.get(column) for row in preview(source, path.parent).rows]
    except (EvalStudioError, OSError):
        return []  # what is wrong with it is told where it is shown


def copy_example(workspace: Workspace, reference: str) -> Path:
    """A copy of an example in the workspace, with its dataset. Raises EvaluationError where it can't be written."""
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
    """The entry, with its folder in its name where another one is called the same."""
    if sum(other.name == entry.name for other in entries) == 1:
        return entry
    return LibraryEntry(entry.reference, f"{entry.name} ({Path(entry.reference).parent.name})", entry.kind)


def uses_of(dataset: Path, entries: Iterable[LibraryEntry]) -> list[LibraryEntry]:
    """The evaluation files among `entries` that name a dataset. Blocking; files that cannot be read name none."""
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
    """Datasets that were imported: copies first, then those used in place that are still there. Blocking."""
    copies = sorted(path for path in workspace.datasets.glob("*") if is_dataset(path))
    return [*copies, *(path for path in _in_place(workspace) if path.is_file())]


def import_dataset(workspace: Workspace, path: Path, *, copy: bool) -> Path:
    """Takes a file into the workspace, as a copy or where it is; the path to use. Blocking.

    A file that is there already with the same contents is not copied again. Raises DatasetError.
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
        same = workspace.datasets / path.name
        if same.is_file() and _same(same, path):
            return same
        target = free_path(workspace.datasets, path.name[: -len(ending)], path.name[-len(ending) :])
        fresh = target.with_suffix(".part")
        shutil.copyfile(path, fresh)
        fresh.replace(target)
        return target
    except OSError as error:
        raise DatasetError(
            f"{path.name} cannot be taken into the workspace: {error.strerror or error}."
        ) from error


def relative(path: Path, folder: Path) -> str:
    """How a file in `folder` names `path`: from there if it lies near, else whole. With slashes on every system."""
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
    """A path in the folder that no file has: `name`, else `name-2` and so on."""
    stem = re.sub(r"[^\w.-]+", "-", name).strip("-.") or "new"
    number, path = 1, folder / f"{stem}{suffix}"
    while path.exists():
        number += 1
        path = folder / f"{stem}-{number}{suffix}"
    return path


def free_name(base: str, taken: Collection[str]) -> str:
    """A name for an experiment that none has: `base-1`, `base-2` and so on."""
    number = 1
    while f"{base}-{number}" in taken:
        number += 1
    return f"{base}-{number}"


def try_name(evaluation: str) -> str:
    """The experiment in which an evaluation is tried on a few samples."""
    return f"{evaluation}{TRY}"


def is_try(experiment: str) -> bool:
    """Whether an experiment holds tries, which nobody means to compare."""
    return experiment.endswith(TRY)


def save_text(path: Path, text: str) -> None:
    """Writes a file, all or nothing. Raises EvaluationError where it can't be written."""
    _write(path, text)


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_suffix(".new")
        fresh.write_text(text, encoding="utf-8", newline="\n")
        fresh.replace(path)
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
