"""`evalstudio export`: a run as CSV, JSON lines, an HTML report or JUnit XML."""

import csv
import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, TextIO

import click

from evalstudio.cli.experiments import newest_run, reading
from evalstudio.cli.options import workspace_of, workspace_option
from evalstudio.core.errors import RunError
from evalstudio.models.keys import redact
from evalstudio.store.reader import Details, Reader
from evalstudio.terminal.stdout import write_as_file

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
FIELDS = (
    "sample_id", "repeat", "outcome", "error", "prompt", "answer", "expected", "latency", "attempts",
    "tokens_in", "tokens_out", "cost",
)  # fmt: skip


@click.command("export")
@click.argument("name")
@click.option(
    "--format",
    "kind",
    type=click.Choice(["csv", "jsonl", "html", "junit"]),
    help="By default from the file's name (.csv, .jsonl, .html, .xml), else jsonl.",
)
@click.option("--output", metavar="FILE", help="Else the terminal.")
@click.option("--evaluation", metavar="NAME", help="The evaluation, where the experiment has several.")
@click.option("--json", "as_json", is_flag=True, help="The same as --format jsonl.")
@workspace_option
def export_command(
    workspace: str | None,
    name: str,
    kind: str | None,
    output: str | None,
    evaluation: str | None,
    as_json: bool,
) -> None:
    """Writes every record of the newest run of experiment NAME (or of a run by its number).

    In CSV, a text that a spreadsheet would take for a formula gets an apostrophe in front. The HTML report is one file
    that shows the run with its charts and its first records. In JUnit XML wrong is a failure, errored an error, and
    unscored skipped.
    """
    from evalstudio.reports import FORMS, form_of, write_run

    form = "jsonl" if as_json else kind or form_of(Path(output or ""))
    if output is not None and not (as_json or kind) and Path(output).suffix.lower() not in ("", *FORMS):
        raise RunError(
            f"The name {output} does not say which format; end it in {', '.join(FORMS)}, or give --format."
        )
    with reading(workspace_of(workspace)) as reader:
        run = newest_run(reader, name, evaluation)
        if output is None:
            write_as_file()
            write_run(reader, run.id, form, sys.stdout)
            return
        path = Path(output)
        try:
            with path.open("w", encoding="utf-8", newline="") as file:
                count = write_run(reader, run.id, form, file)
        except OSError as error:
            raise RunError(
                f"{path} cannot be written ({error.strerror}); choose another --output."
            ) from error
    click.echo(f"{count:,} records of run {run.id} written to {path}.", err=True)


def write_records(
    reader: Reader, run_id: int, form: str, file: TextIO, records: Iterable[int] | None = None
) -> int:
    """Writes the records with these ids, or all of the run in the order of the dataset; how many they are.

    `form` is csv or jsonl. Keys are never among what is written.
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
    """A cell that no spreadsheet runs: text that begins as a formula does gets an apostrophe in front."""
    if not isinstance(value, str) or not value.lstrip(" ").startswith(FORMULA):
        return value
    try:
        float(value)
    except ValueError:
        return f"'{value}"
    return value  # -5 is a number
