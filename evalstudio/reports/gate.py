"""Gate: the score that a run must not fall under, and the share of its answers that this score must rest on."""

from typing import NamedTuple

from evalstudio.core.coverage import LEAST_COVERAGE
from evalstudio.protocol import ScoreNow, Snapshot
from evalstudio.reports.score_text import coverage_of, percent


class Gate(NamedTuple):
    """What is asked of a run's first score; None: nothing is, and the usual coverage.

    Example:
        `Gate(0.9, on_lower_end=True)` is passed by a score of 0.95 only if its interval begins at 0.9 or above.
    """

    fail_under: float | None = None
    on_lower_end: bool = False
    """Compare the lower end of the 95 % interval in place of the score."""
    min_coverage: float | None = None

    def over(self, other: "Gate") -> "Gate":
        """This gate, with the other's value for all that this one leaves open."""
        least = other.min_coverage if self.min_coverage is None else self.min_coverage
        if self.fail_under is None:
            return Gate(other.fail_under, other.on_lower_end, least)
        return Gate(self.fail_under, self.on_lower_end, least)

    def problem(self, final: Snapshot) -> str | None:
        """Why a run does not pass, without a full stop; None if it does."""
        if self.fail_under is None:
            return None
        asked = f"and at least {self.fail_under:g} is asked for"
        first = final.scores[0] if final.scores else None
        if first is None or first.value is None:
            return f"nothing was scored, {asked}"
        name = f"{first.evaluator} ({first.metric})"
        if self.on_lower_end and first.low is None:
            return f"{name} is {percent(first)}: too few scores for an interval, {asked} of its lower end"
        value, which = (first.low, "the lower end of ") if self.on_lower_end else (first.value, "")
        if value is None or value < self.fail_under:
            return f"{which}{name} is {percent(first)}, {asked}"
        return _too_few(first, final, LEAST_COVERAGE if self.min_coverage is None else self.min_coverage)


def _too_few(score: ScoreNow, final: Snapshot, least: float) -> str | None:
    coverage = coverage_of(score, final.saved, final.errored)
    if coverage >= least:
        return None
    scored = round(coverage * final.saved)
    return (
        f"{score.evaluator} scored {scored:,} of {final.saved:,} answers ({coverage:.1%}), and a gate needs {least:.4g}"
        f" of them: {score.metric} is {percent(score)}"
    )
