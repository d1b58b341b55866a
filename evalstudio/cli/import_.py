"""`evalstudio import` command: evaluations and results of other tools."""

import json
from pathlib import Path

import click

from evalstudio.cli.options import workspace_option
from evalstudio.importers import import_file
from evalstudio.importers.importer import FORMATS
from evalstudio.settings.values import workspace_of
from evalstudio.terminal.stdout import visible


@click.command("import")
@click.argument("kind", metavar="FORMAT", type=click.Choice(FORMATS))
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--output",
    metavar="FOLDER",
    type=click.Path(path_type=Path),
    help="By default the workspace's evaluations.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@workspace_option
def import_command(workspace: str | None, kind: str, file: Path, output: Path | None, as_json: bool) -> None:
    """Takes over FILE of another tool as an evaluation and its dataset, and names what could not be taken.

    FORMAT is promptfoo (a configuration as YAML or JSON, or tests as CSV), openai-evals (samples as JSON Lines) or
    dotevals (a results file of its JSON or SQLite storage: its answers are scored like a model's; where
    a database holds several evaluations, FILE#EVALUATION is one).
    """
    evaluation, imported = import_file(kind, file, output or workspace_of(workspace).evaluations)
    if as_json:
        message = {
            "evaluation": str(evaluation),
            "samples": len(imported.rows),
            "left_out": imported.left_out,
        }
        click.echo(json.dumps(message, ensure_ascii=False))
        return
    samples = "1 sample" if len(imported.rows) == 1 else f"{len(imported.rows):,} samples"
    click.echo(f"{samples} and the evaluation {evaluation} are written.")
    for what in imported.left_out:
        click.echo(visible(f"Not taken over: {what}."))
