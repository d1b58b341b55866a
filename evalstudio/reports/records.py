"""Record export: CSV and JSON Lines."""

import csv
import json
from collections.abc import Iterable, Iterator
from typing import Any, TextIO

from evalstudio.models.keys import redact
from evalstudio.store.reader import Details, Reader

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


FIELDS = (
    "sample_id", "repeat", "outcome", "error", "prompt", "answer", "expected", "latency", "attempts",
    "tokens_in", "tokens_out", "cost",
)  # fmt: skip


def write_records(
    reader: Reader, run_id: int, form: str, file: TextIO, records: Iterable[int] | None = None
) -> int:
    """Writes the records with these ids, or all of the run in dataset order; returns their number.

    `form` is csv or jsonl. API keys are removed.
    """
    evaluators = reader.evaluators(run_id)
    write = _csv_writer(file, evaluators) if form == "csv" else _line_writer(file)
    count = 0
    for details in _details(reader, reader.record_ids(run_id) if records is None else records):
        write(details)
        count += 1
    return count


def _details(reader: Reader, records: Iterable[int]) -> Iterator[Details]:
    for record in records:
        if (details := reader.details(record)) is not None:
            yield details


def _line_writer(file: TextIO) -> Any:
    def write(details: Details) -> None:
        scores = {
            score.evaluator: {"value": score.value, "why": redact(score.why)} for score in details.scores
        }
        values = {**_values(details), "scores": scores}
        file.write(json.dumps(values, ensure_ascii=False) + "\n")

    return write


def _csv_writer(file: TextIO, evaluators: list[str]) -> Any:
    writer = csv.writer(file)
    writer.writerow([*FIELDS, *(neutral(name) for name in evaluators)])

    def write(details: Details) -> None:
        values = _values(details)
        scores = {score.evaluator: score.value for score in details.scores}
        prompt = values["prompt"]
        values["prompt"] = prompt if isinstance(prompt, str) else json.dumps(prompt, ensure_ascii=False)
        row = [values[name] for name in FIELDS] + [scores.get(name) for name in evaluators]
        writer.writerow([neutral(value) for value in row])

    return write


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
