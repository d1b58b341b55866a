"""Record export: CSV and JSON Lines."""

import csv
import json
from collections.abc import Iterable, Iterator
from typing import Any, TextIO

from evalstudio.models.keys import redact
from evalstudio.store.dataset_rows import DatasetRows, PositionReader
from evalstudio.store.reader import Details, Reader

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


FIELDS = (
    "sample_id", "repeat", "outcome", "error", "prompt", "answer", "expected", "latency", "attempts",
    "tokens_in", "tokens_out", "cost", "finish_reason",
)  # fmt: skip


READ = ("label", "expected_label", "why")
"""What stands beside a score: what the evaluator read, what it expected, and why it judged so."""


def write_records(
    reader: Reader,
    run_id: int,
    form: str,
    file: TextIO,
    records: Iterable[int] | None = None,
    columns: DatasetRows | None = None,
) -> int:
    """Writes the records with these ids, or all of the run in dataset order; returns their number.

    `form` is csv or jsonl. With `columns` the dataset's own values stand beside each record; then the records are in
    the dataset's order. Keys are never among what is written.
    """
    evaluators = reader.evaluators(run_id)
    names = () if columns is None else columns.columns
    rows = None if columns is None else PositionReader(columns)
    write = _csv_writer(file, evaluators, names) if form == "csv" else _line_writer(file)
    count = 0
    for details in _details(reader, reader.record_ids(run_id) if records is None else records):
        write(details, None if rows is None else rows.at(details.record.position))
        count += 1
    return count


def _details(reader: Reader, records: Iterable[int]) -> Iterator[Details]:
    for record in records:
        if (details := reader.details(record)) is not None:
            yield details


def _line_writer(file: TextIO) -> Any:
    def write(details: Details, row: dict[str, Any] | None) -> None:
        scores = {
            score.evaluator: {
                "value": score.value,
                "label": _redacted(score.label),
                "expected_label": _redacted(score.expected_label),
                "why": redact(score.why),
            }
            for score in details.scores
        }
        values = {**_values(details), "scores": scores}
        if row is not None:
            values["columns"] = {name: _plain(value) for name, value in row.items()}
        file.write(json.dumps(values, ensure_ascii=False) + "\n")

    return write


def _csv_writer(file: TextIO, evaluators: list[str], columns: tuple[str, ...]) -> Any:
    """Columns of the dataset whose names are taken have `dataset.` in front."""
    writer = csv.writer(file)
    read = [f"{name} {part}" for name in evaluators for part in READ]
    taken = {*FIELDS, *evaluators, *read}
    own = [f"dataset.{name}" if name in taken else name for name in columns]
    writer.writerow([*FIELDS, *(neutral(name) for name in (*evaluators, *read, *own))])

    def write(details: Details, row: dict[str, Any] | None) -> None:
        values = _values(details)
        scores = {score.evaluator: score for score in details.scores}
        prompt = values["prompt"]
        values["prompt"] = prompt if isinstance(prompt, str) else json.dumps(prompt, ensure_ascii=False)
        cells = [values[name] for name in FIELDS]
        cells += [scores[name].value if name in scores else None for name in evaluators]
        cells += [
            _redacted(getattr(scores[name], part)) if name in scores else None
            for name in evaluators
            for part in READ
        ]
        cells += [_cell((row or {}).get(name)) for name in columns]
        writer.writerow([neutral(value) for value in cells])

    return write


def _redacted(text: str | None) -> str | None:
    return None if text is None else redact(text)


def _plain(value: Any) -> Any:
    """A value of a dataset as JSON has it; what JSON has no word for is its text."""
    try:
        return json.loads(redact(json.dumps(value, ensure_ascii=False, allow_nan=False, default=str)))
    except ValueError:
        return redact(str(value))


def _cell(value: Any) -> Any:
    """A value of a dataset in a cell: lists and objects as JSON."""
    plain = _plain(value)
    return json.dumps(plain, ensure_ascii=False) if isinstance(plain, list | dict) else plain


def _values(details: Details) -> dict[str, Any]:
    record = details.record
    values = {name: getattr(record, name) for name in FIELDS}
    values = {name: redact(value) if isinstance(value, str) else value for name, value in values.items()}
    messages = json.loads(str(values["prompt"]))
    only_one = len(messages) == 1 and messages[0]["role"] == "user"
    values["prompt"] = messages[0]["content"] if only_one else messages
    return values


def neutral(value: Any) -> Any:
    """Neutralises formulas for spreadsheets: text that begins like a formula gets an apostrophe in front."""
    if not isinstance(value, str) or not value.lstrip(" ").startswith(FORMULA):
        return value
    try:
        float(value)
    except ValueError:
        return f"'{value}"
    return value  # -5 is a number
