"""`evalstudio errors` command: the errors of an experiment by kind."""

import json

import click
from rich.table import Table
from rich.text import Text

from evalstudio.cli.experiments import find_runs, json_option, reading
from evalstudio.cli.options import workspace_option
from evalstudio.settings.values import workspace_of
from evalstudio.terminal.console import console as make_console


@click.command("errors")
@click.argument("name")
@json_option
@workspace_option
def errors_command(workspace: str | None, name: str, as_json: bool) -> None:
    """Shows the errored and unscored samples of experiment NAME, with an example of each kind."""
    with reading(workspace_of(workspace)) as reader:
        runs = find_runs(reader, name)
        errors = {run.id: reader.errors(run.id) for run in runs}
        unscored = {run.id: len(reader.record_ids(run.id, "unscored")) for run in runs}
    if as_json:
        listed = [
            {
                "run": run.id,
                "evaluation": run.evaluation,
                "saved": run.saved,
                "errored": sum(count for _, count, _ in errors[run.id]),
                "unscored": unscored[run.id],
                "errors": [
                    {"outcome": outcome, "records": count, "example": example}
                    for outcome, count, example in errors[run.id]
                ],
            }
            for run in runs
        ]
        click.echo(json.dumps(listed, ensure_ascii=False, indent=2))
        return
    console = make_console()
    for run in runs:
        count = sum(count for _, count, _ in errors[run.id])
        share = f" ({count / run.saved:.1%})" if run.saved else ""
        console.print(
            Text(
                f"Run {run.id} · {run.evaluation}: {count:,} of {run.saved:,} errored{share}, "
                f"{unscored[run.id]:,} unscored"
            )
        )
        table = Table(box=None, show_header=False, padding=(0, 2, 0, 2))
        for outcome, records, example in errors[run.id]:
            table.add_row(Text(outcome), f"{records:,}", Text(str(example or "")))
        if errors[run.id]:
            console.print(table)
