"""`evalstudio list` and `evalstudio show` commands: the runs of a workspace, and one experiment's results."""

import json
from datetime import datetime
from typing import Any

import click
import msgspec
from rich.table import Table
from rich.text import Text

from evalstudio.cli.compare import speed_up
from evalstudio.cli.experiments import find_runs, json_option, newest_run, reading, summary_of
from evalstudio.cli.options import cluster_option, workspace_option
from evalstudio.cli.summary import print_summary
from evalstudio.core.format import duration
from evalstudio.reports.score_text import percent, score_words
from evalstudio.settings.values import workspace_of
from evalstudio.statistics.clusters import cluster_names
from evalstudio.statistics.metrics import Aggregate, Scores, aggregate
from evalstudio.store.dataset_rows import DatasetRows
from evalstudio.store.reader import Reader
from evalstudio.store.runs import RunRow
from evalstudio.terminal.console import console as make_console
from evalstudio.workspace.folder import has_database

CLUSTERED = ("accuracy", "mean")
"""The metrics whose interval knows of clusters."""
COLUMNS = ("Run", "Experiment", "Evaluation", "Model", "State", "Saved", "Score", "Time", "Started")
ALL_COLUMNS = 130  # characters; a narrower terminal shows only the columns that identify runs, one line each
LEFT_OUT = ("Evaluation", "Started")
SHARES = {"Experiment": 0.45, "Model": 0.3, "State": 0.25}  # of the width left by columns never cut


@click.command("list")
@json_option
@workspace_option
def list_command(workspace: str | None, as_json: bool) -> None:
    """Lists the runs of the workspace, newest first."""
    place = workspace_of(workspace)
    runs: list[RunRow] = []
    if has_database(place):
        with reading(place) as reader:
            runs = reader.runs()
    if as_json:
        click.echo(json.dumps([_as_dict(run) for run in runs], ensure_ascii=False, indent=2))
        return
    if not runs:
        click.echo(f"No runs yet in {place.folder}. Start one with: evalstudio run example:sentiment")
        return
    console = make_console()
    shown = [name for name in COLUMNS if console.width >= ALL_COLUMNS or name not in LEFT_OUT]
    rows = [dict(zip(COLUMNS, _cells(run), strict=True)) for run in runs]
    if len(shown) < len(COLUMNS):
        rows = [{**row, "Score": row["Score"].partition(" (")[0]} for row in rows]
    widths = {name: max(len(name), *(len(row[name]) for row in rows)) for name in shown}
    if len(shown) < len(COLUMNS):
        room = console.width - sum(2 + width for name, width in widths.items() if name not in SHARES)
        widths |= {name: max(len(name), int(room * share) - 2) for name, share in SHARES.items()}
    table = Table(box=None, padding=(0, 2, 0, 0))
    for name in shown:
        table.add_column(name, no_wrap=True, max_width=widths[name])
    for row in rows:
        table.add_row(*(Text(row[name]) for name in shown))
    console.print(table)


@click.command("show")
@click.argument("name")
@click.option(
    "--baseline", metavar="NAME", help="Another experiment: how many times as fast as it this one is."
)
@cluster_option
@json_option
@workspace_option
def show_command(
    workspace: str | None, name: str, baseline: str | None, cluster_by: str | None, as_json: bool
) -> None:
    """Shows the runs of experiment NAME with scores, coverage, errors and time."""
    with reading(workspace_of(workspace)) as reader:
        _show(reader, name, baseline, cluster_by, as_json)


def _show(reader: Reader, name: str, baseline: str | None, cluster_by: str | None, as_json: bool) -> None:
    runs = find_runs(reader, name)
    against = newest_run(reader, baseline) if baseline is not None else None
    clustered = (
        {run.id: _clustered(reader, run, cluster_by) for run in runs} if cluster_by is not None else {}
    )
    if as_json:
        listed = [_as_dict(run) for run in runs]
        if against is not None:
            for values, run in zip(listed, runs, strict=True):
                values["speed_up"] = speed_up(against, run)
        for values, run in zip(listed, runs, strict=True):
            if run.id in clustered:
                values["clustered"] = [
                    {"evaluator": evaluator, **msgspec.to_builtins(one)}
                    for evaluator, one in clustered[run.id]
                ]
        click.echo(json.dumps(listed, ensure_ascii=False, indent=2))
        return
    console = make_console()
    for run in runs:
        summary = summary_of(run)
        if summary is None:
            console.print(
                Text(
                    f"Run {run.id} · {run.evaluation} · {run.model}: {run.true_state}, {run.saved} of {run.total} saved"
                )
            )
        else:
            print_summary(console, summary)
        for evaluator, one in clustered.get(run.id, ()):
            words = f"  {evaluator} {one.metric} {score_words(evaluator, one)}, clustered by {cluster_by}"
            console.print(Text(words))
        factor = speed_up(against, run) if against is not None else None
        if against is not None and factor is not None:
            took = f"{against.experiment} took {duration(against.elapsed)}"
            console.print(
                Text(f"  {factor:.1f}x as fast as {against.experiment}: {took}, this {duration(run.elapsed)}")
            )
        for change in reader.changes(run.id)[-5:]:
            console.print(Text(f"  {duration(change.at)}: {change.sentence}", style="dim"))
        console.print()


def _clustered(reader: Reader, run: RunRow, column: str) -> list[tuple[str, Aggregate]]:
    """The scores of a run with intervals for clusters of samples; those that cannot be made of them are left out."""
    clusters = DatasetRows(run).clusters(column)
    summary = summary_of(run)
    found = []
    for score in summary.scores if summary is not None else ():
        rows = list(reader.scores(run.id, score.evaluator))
        samples = [sample for sample, *_ in rows]
        scores = Scores(
            [value for _, value, _, _ in rows],
            samples,
            [label for _, _, label, _ in rows],
            [expected for _, _, _, expected in rows],
            total=run.saved,
            clusters=cluster_names(samples, clusters),
        )
        if score.value is not None and score.metric in CLUSTERED:
            found.append((score.evaluator, aggregate(score.metric, scores)))
    return found


def _cells(run: RunRow) -> list[str]:
    summary = summary_of(run)
    score = percent(summary.scores[0]) if summary and summary.scores else ""
    started = datetime.fromtimestamp(run.created_at).astimezone().strftime("%Y-%m-%d %H:%M")
    saved = f"{run.saved:,} of {run.total:,}"
    return [
        str(run.id),
        run.experiment,
        run.evaluation,
        run.model,
        run.true_state.value,
        saved,
        score,
        duration(run.elapsed),
        started,
    ]


def _as_dict(run: RunRow) -> dict[str, Any]:
    summary = summary_of(run)
    return {
        "run": run.id,
        "experiment": run.experiment,
        "evaluation": run.evaluation,
        "model": run.model,
        "state": run.true_state.value,
        "reason": run.reason,
        "total": run.total,
        "saved": run.saved,
        "errored": run.errored,
        "elapsed": run.elapsed,
        "scores": [msgspec.to_builtins(score) for score in summary.scores] if summary else [],
    }
