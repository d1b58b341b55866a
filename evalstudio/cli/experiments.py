"""Run lookup by experiment name or number, and what the commands on experiments share."""

from collections.abc import Iterator
from contextlib import closing, contextmanager

import click
import msgspec

from evalstudio.core.errors import RunError
from evalstudio.protocol import Snapshot
from evalstudio.store.database import explained
from evalstudio.store.reader import Reader
from evalstudio.store.runs import RunRow
from evalstudio.workspace.folder import Workspace

json_option = click.option("--json", "as_json", is_flag=True, help="Print as JSON.")


def find_runs(reader: Reader, name: str) -> list[RunRow]:
    """Returns the runs of an experiment, newest first; or the run with this number.

    Raises:
        RunError: neither exists.
    """
    if runs := reader.runs(name):
        return runs
    everything = reader.runs()
    if found := [run for run in everything if str(run.id) == name]:
        return found
    known = ", ".join(dict.fromkeys(run.experiment for run in everything)) or "none yet"
    raise RunError(f"There is no experiment '{name}' in this workspace; there is {known}.")


def newest_run(reader: Reader, name: str, evaluation: str | None = None) -> RunRow:
    """The newest run of an experiment, or of one of its evaluations.

    Raises:
        RunError: there is no such experiment, or it has no run of that evaluation.
    """
    runs = find_runs(reader, name)
    if evaluation is None:
        return runs[0]
    found = next((run for run in runs if run.evaluation == evaluation), None)
    if found is None:
        raise RunError(f"'{name}' has no run of the evaluation '{evaluation}'; it has {_evaluations(runs)}.")
    return found


def comparable_run(reader: Reader, name: str, evaluation: str) -> RunRow:
    """The newest run of an experiment to set beside one of an evaluation: of the same, or of the only one it has.

    Raises:
        RunError: there is no such experiment, or it has runs of several other evaluations.
    """
    runs = find_runs(reader, name)
    found = next((run for run in runs if run.evaluation == evaluation), None)
    if found is None and len({run.evaluation for run in runs}) > 1:
        raise RunError(
            f"'{name}' has no run of the evaluation '{evaluation}', and several others: {_evaluations(runs)}."
            " Give a run by its number, as evalstudio list shows it."
        )
    return found or runs[0]


def _evaluations(runs: list[RunRow]) -> str:
    return ", ".join(dict.fromkeys(run.evaluation for run in runs))


def summary_of(run: RunRow) -> Snapshot | None:
    """Returns the last summary of a run, with its true state; None if it never ended."""
    if run.summary is None:
        return None
    summary = msgspec.json.decode(run.summary, type=Snapshot)
    return msgspec.structs.replace(summary, state=run.true_state, reason=run.reason)


@contextmanager
def reading(workspace: Workspace) -> Iterator[Reader]:
    """Opens a store reader for the duration of a command. A damaged database is told where it is met."""
    with explained(workspace.database), closing(Reader(workspace)) as reader:
        yield reader
