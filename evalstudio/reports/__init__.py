"""Run reports: a whole run as one file: HTML report, test results for a CI system, or rows of records."""

from pathlib import Path
from typing import TextIO

from evalstudio.store.reader import Reader

FORMS = {".html": "html", ".xml": "junit", ".csv": "csv", ".jsonl": "jsonl"}
"""What a file's name says about its form."""


def form_of(path: Path, default: str = "jsonl") -> str:
    """Returns the format for a file name: html, junit, csv or jsonl."""
    return FORMS.get(path.suffix.lower(), default)


def write_run(reader: Reader, run_id: int, form: str, file: TextIO) -> int:
    """Writes a run in one of the formats; returns the number of records in the file. API keys are removed."""
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

            return write_records(reader, run_id, form, file)
