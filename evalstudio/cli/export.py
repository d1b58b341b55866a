"""`evalstudio export` command: a run as CSV, JSON Lines, an HTML report or JUnit XML."""

import sys
from pathlib import Path

import click

from evalstudio.cli.experiments import newest_run, reading
from evalstudio.cli.options import workspace_option
from evalstudio.core.atomic_file import atomic_file
from evalstudio.core.errors import RunError
from evalstudio.settings.values import workspace_of
from evalstudio.store.dataset_rows import DatasetRows
from evalstudio.terminal.stdout import write_as_file


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
@click.option(
    "--columns",
    "with_columns",
    is_flag=True,
    help="With the dataset's own columns, where its file is as it was; for csv and jsonl.",
)
@click.option("--json", "as_json", is_flag=True, help="The same as --format jsonl.")
@workspace_option
def export_command(
    workspace: str | None,
    name: str,
    kind: str | None,
    output: str | None,
    evaluation: str | None,
    with_columns: bool,
    as_json: bool,
) -> None:
    """Writes every record of the newest run of experiment NAME (or of a run by its number).

    With every score stands what the evaluator read, what it expected and why it judged so. In CSV, a text that a spreadsheet would take for a formula gets an apostrophe in front. The HTML report is one file
    that shows the run with its charts and its first records. In JUnit XML wrong is a failure, errored an error, and
    unscored skipped.
    """
    from evalstudio.reports import FORMS, form_of, write_run

    form = "jsonl" if as_json else kind or form_of(Path(output or ""))
    if output is not None and not (as_json or kind) and Path(output).suffix.lower() not in ("", *FORMS):
        raise RunError(
            f"The name {output} does not say which format; end it in {', '.join(FORMS)}, or give --format."
        )
    if with_columns and form not in ("csv", "jsonl"):
        raise RunError(f"--columns is for csv and jsonl; a report in {form} has no room for them.")
    with reading(workspace_of(workspace)) as reader:
        run = newest_run(reader, name, evaluation)
        columns = DatasetRows(run) if with_columns else None
        if output is None:
            write_as_file()
            write_run(reader, run.id, form, sys.stdout, columns)
            return
        path = Path(output)
        try:
            with atomic_file(path) as part, part.open("w", encoding="utf-8", newline="") as file:
                count = write_run(reader, run.id, form, file, columns)
        except OSError as error:
            raise RunError(
                f"{path} cannot be written ({error.strerror}); choose another --output."
            ) from error
    click.echo(f"{count:,} records of run {run.id} written to {path}.", err=True)
