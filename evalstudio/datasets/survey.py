"""A dataset file read to its end, in a process of its own: `python -m evalstudio.datasets.survey SOURCE BASE`.

A file of a million rows keeps a processor busy for seconds; a window must not feel it.
"""

import sys
from pathlib import Path
from typing import Any

import msgspec

from evalstudio.core.errors import EvalStudioError
from evalstudio.datasets.dataset import open_dataset, resolve
from evalstudio.datasets.preview import Preview, preview
from evalstudio.datasets.readers.base import Problem
from evalstudio.datasets.source import DatasetSource

PROBLEMS_SHOWN = 200
ROWS_SHOWN = 20
LONGEST_TEXT = 2_000  # characters of a value in the preview


class Survey(msgspec.Struct, frozen=True):
    """A whole file: readable `rows`, those left out (`problem_count`, the first of them named), its first rows.

    `error`: why it can't be used; the rest is then empty.
    """

    preview: Preview = Preview((), (), ())
    rows: int = 0
    size: int = 0  # bytes
    content_hash: str = ""
    problems: tuple[Problem, ...] = ()
    problem_count: int = 0
    error: str = ""


def survey(source: DatasetSource, base: Path) -> Survey:
    """Reads the file once; only how it is read counts of `source`, not what is selected. Raises DatasetError."""
    plain = how_read(source)
    first = preview(plain, base, ROWS_SHOWN)
    dataset = open_dataset(plain, base)
    rows = tuple({name: _cut(value) for name, value in row.items()} for row in first.rows)
    told_whole = {problem.message.partition(" is empty in ")[0] for problem in dataset.problems}
    only_first = [
        problem
        for problem in first.problems
        if problem.kept and problem.message.partition(" is empty in ")[0] not in told_whole
    ]
    return Survey(
        msgspec.structs.replace(first, rows=rows),
        dataset.rows,
        resolve(plain, base).stat().st_size,
        dataset.content_hash,
        (*only_first, *dataset.problems)[:PROBLEMS_SHOWN],
        dataset.problem_count,
    )


def how_read(source: DatasetSource) -> DatasetSource:
    """The source without its selection and its names."""
    return msgspec.structs.replace(
        source, columns={}, samples=None, seed=None, indices=None, filter=None, id=None
    )


def main() -> int:
    source = msgspec.json.decode(sys.argv[1].encode(), type=DatasetSource)
    try:
        found = survey(source, Path(sys.argv[2]))
    except EvalStudioError as error:
        found = Survey(error=str(error))
    sys.stdout.buffer.write(msgspec.json.encode(found, enc_hook=str) + b"\n")
    return 0


def _cut(value: Any) -> Any:
    if isinstance(value, str) and len(value) > LONGEST_TEXT:
        return value[:LONGEST_TEXT] + "…"
    return value


if __name__ == "__main__":
    sys.exit(main())
