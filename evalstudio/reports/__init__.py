"""A whole run as one file: a report to read, test results for a CI, or its records as rows."""

from pathlib import Path
from typing import TextIO

from evalstudio.commands.export import write_records
from evalstudio.reports.html import write_report
from evalstudio.reports.junit import write_junit
from evalstudio.store.reader import Reader

FORMS = {".html": "html", ".xml": "junit", ".csv": "csv", ".jsonl": "jsonl"}
"""What a file's name says about its form."""


def form_of(path: Path, default: str = "jsonl") -> str:
    """html, junit, csv or jsonl, from a file's name."""
    return FORMS.get(path.suffix.lower(), default)


def write_run(reader: Reader, run_id: int, form: str, file: TextIO) -> int:
    """Writes a run in one of the forms; how many of its records are in the file. Keys are never among them."""
    match form:
        case "html":
            return write_report(reader, run_id, file)
        case "junit":
            return write_junit(reader, [run_id], file)
        case _:
            return write_records(reader, run_id, form, file)
