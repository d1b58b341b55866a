"""`evalstudio agreement` command: how far two evaluators agree on the same answers."""

import json
from typing import Any

import click
import msgspec
from rich.table import Table

from evalstudio.cli.experiments import json_option, newest_run, reading
from evalstudio.cli.options import workspace_option
from evalstudio.core.errors import EvaluationError
from evalstudio.settings.values import workspace_of
from evalstudio.statistics import agreement
from evalstudio.store.reader import Reader
from evalstudio.terminal.console import console as make_console


@click.command("agreement")
@click.argument("name")
@click.argument("first")
@click.argument("second")
@json_option
@workspace_option
def agreement_command(workspace: str | None, name: str, first: str, second: str, as_json: bool) -> None:
    """Tells how far the evaluators FIRST and SECOND agree on the newest run of experiment NAME.

    A person's judgements in a column of the dataset are an evaluator, too: { type = "recorded", value = "{{ human }}" }.
    """
    with reading(workspace_of(workspace)) as reader:
        run = newest_run(reader, name)
        found = agreement(_scores(reader, run.id, first), _scores(reader, run.id, second))
    if as_json:
        click.echo(json.dumps(msgspec.structs.asdict(found), ensure_ascii=False, indent=2))
        return
    table = Table(show_header=False, box=None, padding=(0, 2, 0, 0))
    for words, value in msgspec.structs.asdict(found).items():
        table.add_row(words.replace("_", " "), measure(value))
    make_console().print(table)


def measure(value: float | None) -> str:
    """A count in full, a measure with three digits."""
    if value is None:
        return "unknown"
    return f"{value:,}" if isinstance(value, int) else f"{value:.3f}"


def _scores(reader: Reader, run_id: int, evaluator: str) -> dict[str, Any]:
    """Returns one evaluator's scores by sample and repeat; None: unscored."""
    known = reader.evaluators(run_id)
    if evaluator not in known:
        raise EvaluationError(
            f"Run {run_id} has no evaluator '{evaluator}'; it has {', '.join(known) or 'none'}."
        )
    return {f"{sample} {repeat}": value for sample, repeat, value in reader.values(run_id, evaluator)}
