"""Start notes: what the log says of a run when it starts."""

from collections.abc import Iterator

from evalstudio.engine.planning.worker_advice import notes_on
from evalstudio.engine.run.run import Run

PROBLEMS_TOLD = 20


def start_notes(run: Run, unjudged: int, *, resumed: bool) -> Iterator[tuple[str, str]]:
    """Yields level and text of each line. `unjudged`: how many saved answers are scored without a new call."""
    dataset = run.plan.dataset
    for note in notes_on(run.plan):
        yield "warning", note
    for problem in dataset.problems[:PROBLEMS_TOLD]:
        where = f", line {problem.line}" if problem.line is not None else ""
        left_out = "" if problem.kept else " The row is left out."
        yield "warning", f"{dataset.path.name}{where}: {problem.message}.{left_out}"
    if dataset.problem_count > PROBLEMS_TOLD:
        yield "warning", f"{dataset.path.name}: {dataset.problem_count:,} rows are left out in all."
    if resumed:
        yield "info", f"Going on with run {run.id}: {run.keeper.counts.saved} of {run.total} are saved."
    if unjudged:
        yield "info", f"{unjudged} saved answers are judged without a new call."
