"""`evalstudio rename`, `delete` and `cleanup` commands: keeping a workspace in order."""

import json
import re
import time
from datetime import datetime

import click

from evalstudio.cli.experiments import find_runs, json_option, reading
from evalstudio.cli.options import workspace_option
from evalstudio.core.errors import RunError
from evalstudio.core.format import byte_size
from evalstudio.settings.values import workspace_of
from evalstudio.store.bin import bin_contents, compact
from evalstudio.store.database import change
from evalstudio.store.runs import RunRow, delete_run, rename_experiment
from evalstudio.terminal.stdout import visible
from evalstudio.workspace.folder import Workspace, has_database

AUTOMATIC = re.compile(r"\d{4}-\d\d-\d\d \d\d\.\d\d\.\d\d")
WORTH_COMPACTING = 10_000_000  # bytes
UNITS = {"m": 60.0, "h": 3600.0, "d": 86_400.0, "w": 7 * 86_400.0}


@click.command("rename")
@click.argument("old")
@click.argument("new")
@json_option
@workspace_option
def rename_command(workspace: str | None, old: str, new: str, as_json: bool) -> None:
    """Gives experiment OLD the name NEW."""
    place = _existing(workspace)
    with change(place) as connection:
        rename_experiment(connection, old, new)
    _say(as_json, {"old": old, "new": new}, f"'{old}' is called '{new}' now.")


@click.command("delete")
@click.argument("name")
@click.option("--yes", is_flag=True, help="Do not ask.")
@json_option
@workspace_option
def delete_command(workspace: str | None, name: str, yes: bool, as_json: bool) -> None:
    """Deletes experiment NAME (or a run by its number) with all its records, after asking."""
    place = _existing(workspace)
    with reading(place) as reader:
        runs = find_runs(reader, name)
    records = sum(run.saved for run in runs)
    count = f"{len(runs)} run{'' if len(runs) == 1 else 's'} with {records:,} records"
    if not yes:
        click.confirm(f"Delete {count} of '{name}' for ever?", abort=True, err=as_json)
    _delete(place, runs)
    _say(
        as_json, {"deleted": [run.id for run in runs], "records": records}, f"Deleted {count}. {_room(place)}"
    )


@click.command("cleanup")
@click.option("--older-than", "age", metavar="AGE", help="As in 7d, 12h or 2w.")
@click.option(
    "--compact", "compacted", is_flag=True, help="Give the disk back what deleted runs have left free."
)
@click.option("--dry-run", is_flag=True, help="Only say what would go.")
@click.option("--all", "named_too", is_flag=True, help="Experiments that a person named, too.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@json_option
@workspace_option
def cleanup_command(
    workspace: str | None,
    age: str | None,
    compacted: bool,
    dry_run: bool,
    named_too: bool,
    yes: bool,
    as_json: bool,
) -> None:
    """Deletes old runs of experiments that got their name from the time; those that run are kept.

    Deleted runs leave room in the database for new ones. With --compact it is rewritten without that room.
    """
    if age is None and not compacted:
        raise click.UsageError("Say what is to be deleted (--older-than 7d) or give room back (--compact).")
    place = _existing(workspace)
    runs = [] if age is None else _old_runs(place, time.time() - seconds_of(age), named_too)
    records = sum(run.saved for run in runs)
    if not as_json:
        for run in runs:
            day = datetime.fromtimestamp(run.created_at).astimezone().strftime("%Y-%m-%d")
            line = f"run {run.id}  {run.experiment}  {run.evaluation}  {day}  {run.saved:,} records"
            click.echo(visible(line))
    if runs and not dry_run:
        if not yes:
            click.confirm(f"Delete these {len(runs)} runs for ever?", abort=True, err=as_json)
        _delete(place, runs)
    freed = _compact(place) if compacted and not dry_run else None
    done = "would be deleted" if dry_run else "deleted"
    sentence = "" if age is None else f"{len(runs)} runs with {records:,} records {done}. "
    values: dict[str, object] = {"runs": [run.id for run in runs], "records": records, "deleted": not dry_run}
    if freed is not None:
        values["freed"] = freed
    _say(as_json, values, sentence + (_room(place) if freed is None else f"{byte_size(freed)} given back."))


def _old_runs(place: Workspace, before: float, named_too: bool) -> list[RunRow]:
    with reading(place) as reader:
        return [
            run
            for run in reader.runs()
            if (run.finished_at or run.created_at) < before
            and not run.is_leased
            and (named_too or AUTOMATIC.fullmatch(run.experiment))
        ]


def seconds_of(age: str) -> float:
    """Converts an age such as 7d to seconds.

    Raises:
        RunError: the text is not an age.
    """
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*(m|h|d|w|days?|hours?|weeks?|minutes?)", age.strip().lower())
    if match is None:
        raise RunError(f"'{age}' is no age; write a number and a unit, as in 7d, 12h or 2w.")
    return float(match[1]) * UNITS[match[2][0]]


def _existing(workspace: str | None) -> Workspace:
    place = workspace_of(workspace)
    if not has_database(place):
        raise RunError(f"There are no runs in {place.folder} yet.")
    return place


def _delete(place: Workspace, runs: list[RunRow]) -> None:
    for run in runs:
        with change(place) as connection:
            delete_run(connection, run.id)
        (place.flights / str(run.id)).unlink(missing_ok=True)


def _compact(place: Workspace) -> int:
    with reading(place) as reader:
        active = [run.id for run in reader.runs() if run.is_leased]
    if active:
        raise RunError(f"Run {active[0]} is running; compact the database when it has ended.")
    return compact(place)


def _room(place: Workspace) -> str:
    """What of the database is free, where that is worth a thought."""
    with reading(place) as reader:
        contents = bin_contents(reader.connection)
    if contents.free < WORTH_COMPACTING:
        return ""
    return (
        f"{byte_size(contents.free)} of the database's {byte_size(contents.size)} are free for new runs; "
        "evalstudio cleanup --compact gives them back to the disk."
    )


def _say(as_json: bool, values: dict[str, object], sentence: str) -> None:
    click.echo(json.dumps(values, ensure_ascii=False) if as_json else visible(sentence.strip()))
