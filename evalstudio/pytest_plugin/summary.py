"""Terminal summary of the evaluations of a pytest session."""

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from evalstudio.core.atomic_file import atomic_file
from evalstudio.core.format import SPEED_TELLS, duration
from evalstudio.core.strategy import describe
from evalstudio.protocol import Snapshot
from evalstudio.pytest_plugin.across import Final
from evalstudio.reports.junit import write_junit
from evalstudio.reports.score_text import percent
from evalstudio.settings.values import workspace_of
from evalstudio.store.reader import Reader


def write_summary(reporter: Any, finals: Sequence[Final]) -> None:
    """Writes a line for each score of each evaluation, with coverage, errors, time and speed-up."""
    reporter.section("evaluations")
    reporter.write_line(f"Experiment: {finals[0].snapshot.experiment}")
    for final in finals:
        snapshot = final.snapshot
        good = final.problem is None
        reporter.write_line(f"{snapshot.evaluation}  {snapshot.state}", green=good, red=not good)
        for score in snapshot.scores:
            unscored = f", {score.unscored:,} unscored" if score.unscored else ""
            reporter.write_line(
                f"    {score.evaluator} {score.metric} {percent(score)}, "
                f"{score.n:,} of {snapshot.saved:,} scored{unscored}"
            )
        if snapshot.errored:
            share = snapshot.errored / max(1, snapshot.saved)
            reporter.write_line(
                f"    {snapshot.errored:,} of {snapshot.saved:,} errored ({share:.1%})", red=True
            )
        reporter.write_line(f"    {time_of(snapshot)}")


def write_samples(config: pytest.Config, finals: Sequence[Final], path: Path) -> None:
    """Writes every sample of these runs as JUnit XML."""
    place = workspace_of(config.getoption("workspace", None))
    with (
        closing(Reader(place)) as reader,
        atomic_file(path) as part,
        part.open("w", encoding="utf-8") as file,
    ):
        write_junit(reader, [final.snapshot.run_id for final in finals], file)


def time_of(snapshot: Snapshot) -> str:
    """Formats a run's duration, its strategy, and how much longer its calls would have taken one by one."""
    text = f"{duration(snapshot.elapsed)} at {describe(snapshot.strategy)}"
    if snapshot.latency is None or snapshot.latency.n < 2 or snapshot.elapsed < SPEED_TELLS:
        return text
    alone = snapshot.latency.p50 * snapshot.latency.n
    return f"{text}, {alone / snapshot.elapsed:.1f}x as fast as one by one"
