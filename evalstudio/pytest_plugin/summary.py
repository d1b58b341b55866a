"""Terminal summary of the evaluations of a pytest session."""

from typing import Any

from evalstudio.core.format import SPEED_TELLS, duration
from evalstudio.core.strategy import describe
from evalstudio.protocol import Snapshot
from evalstudio.pytest_plugin.session import EvaluationSession
from evalstudio.reports.score_text import percent


def write_summary(reporter: Any, session: EvaluationSession) -> None:
    """Writes a line for each score of each evaluation, with coverage, errors, time and speed-up."""
    reporter.section("evaluations")
    reporter.write_line(f"Experiment: {session.finals[0].snapshot.experiment}")
    for final in session.finals:
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


def time_of(snapshot: Snapshot) -> str:
    """Formats a run's duration, its strategy, and how much longer its calls would have taken one by one."""
    text = f"{duration(snapshot.elapsed)} at {describe(snapshot.strategy)}"
    if snapshot.latency is None or snapshot.latency.n < 2 or snapshot.elapsed < SPEED_TELLS:
        return text
    alone = snapshot.latency.p50 * snapshot.latency.n
    return f"{text}, {alone / snapshot.elapsed:.1f}x as fast as one by one"
