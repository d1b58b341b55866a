"""Run reports: a whole run as one file: HTML report, test results for a CI system, or rows of records."""

from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from evalstudio.store.reader import Reader

if TYPE_CHECKING:
    from evalstudio.store.dataset_rows import DatasetRows

FORMS = {".html": "html", ".xml": "junit", ".csv": "csv", ".jsonl": "jsonl"}
"""What a file's name says about its form."""


def form_of(path: Path, default: str = "jsonl") -> str:
    """Returns the format for a file name: html, junit, csv or jsonl."""
    return FORMS.get(path.suffix.lower(), default)


def write_run(
    reader: Reader, run_id: int, form: str, file: TextIO, columns: "DatasetRows | None" = None
) -> int:
    """Writes a run in one of the forms; how many of its records are in the file. Keys are never among them.

    `columns`: the dataset's own, for csv and jsonl.
    """
    match form:
        # imported late: the window imports this module at start, and Jinja2 takes a tenth of the start time
        case "html":
            from evalstudio.reports.html import write_report

            return write_report(reader, run_id, file)
        case "junit":
            from evalstudio.reports.junit import write_junit

            return write_junit(reader, [run_id], file)
        case _:
            from evalstudio.reports.records import write_records

            return write_records(reader, run_id, form, file, columns=columns)
