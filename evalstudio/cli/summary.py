"""Run summaries, in the terminal and as JSON."""

import json
from collections.abc import Sequence
from typing import Any

import msgspec
from rich.console import Console
from rich.table import Table
from rich.text import Text

from evalstudio.core.coverage import LEAST_COVERAGE
from evalstudio.core.format import SPEED_TELLS, duration, milliseconds, money
from evalstudio.core.strategy import describe
from evalstudio.protocol import ErrorClass, ScoreNow, Snapshot
from evalstudio.reports.score_text import coverage_of, ends_words, percent

COLOURS = {"completed": "green", "completed with errors": "yellow", "stopped": "red", "interrupted": "red"}


def print_summary(console: Console, final: Snapshot) -> None:
    """Prints the full summary of a run that has ended."""
    table = Table(show_header=False, box=None, padding=(0, 2, 0, 0))
    table.add_column(style="dim", no_wrap=True)
    table.add_column()
    # for a function, evaluation and model are the same
    names = dict.fromkeys([final.experiment, final.evaluation, final.model])
    table.add_row("Experiment", Text(" · ".join(names)))
    table.add_row("State", Text(final.state, style=COLOURS.get(final.state, "")))
    if final.reason:
        table.add_row("Reason", Text(final.reason))
    table.add_row("Samples", _samples(final))
    for score in final.scores:
        table.add_row(
            Text(score.evaluator),
            Text(f"{score.metric} {percent(score)}, {_coverage(score.n, score.unscored, final)}"),
        )
    table.add_row("Time", f"{duration(final.elapsed)} at {describe(final.strategy)}{_speed(final)}")
    if final.latency:
        one = final.latency
        table.add_row(
            "Latency",
            f"p50 {milliseconds(one.p50)}, p95 {milliseconds(one.p95)}, p99 {milliseconds(one.p99)}",
        )
    if final.tokens_in or final.tokens_out:
        table.add_row("Tokens", f"{final.tokens_in:,} in, {final.tokens_out:,} out")
    table.add_row("Cost", money(final.cost, partial=final.cost_is_partial))
    for label, text in ends_words(final.ends):
        table.add_row(label, Text(text))
    for error in final.errors:
        table.add_row(
            Text(f"Failed: {error.name}"),
            Text(f"{_failed(error)}: {error.example}"),
        )
    console.print(table)


def _failed(error: ErrorClass) -> str:
    """Formats '3 attempts, answered when tried again', '8 attempts, 2 samples without an answer'.

    What was still to be tried again when the run ended is neither.
    """
    attempts = f"{error.attempts:,} attempt{'' if error.attempts == 1 else 's'}"
    if not error.records and error.answered:
        part = "" if error.answered >= error.attempts else f"{error.answered:,} of them "
        return f"{attempts}, {part}answered when tried again"
    if not error.records:
        return f"{attempts}, not answered so far"
    return f"{attempts}, {error.records:,} sample{'' if error.records == 1 else 's'} without an answer"


def print_overview(console: Console, finals: Sequence[Snapshot]) -> None:
    """Several runs of one experiment, a line for each; the best score first, after it those of too few answers."""
    table = Table("", "State", "Score", "Coverage", "Time", "Cost", title=finals[0].experiment, box=None)
    below = False
    for final in sorted(finals, key=_rank):
        score = final.scores[0] if final.scores else None
        is_short = score is not None and not _is_covered(score, final)
        below = below or is_short
        table.add_row(
            Text(_variant(final)),
            Text(final.state, style=COLOURS.get(final.state, "")),
            Text(f"{score.evaluator} {percent(score)}") if score is not None else "",
            _coverage(score.n, 0, final) + (" *" if is_short else "") if score is not None else "",
            duration(final.elapsed),
            money(final.cost, partial=final.cost_is_partial),
        )
    console.print(table)
    if below:
        console.print(Text(too_few_words(LEAST_COVERAGE)))


def too_few_words(least: float) -> str:
    """What the mark of a run in a ranking means."""
    return f"* Fewer than {least:.4g} of its answers are scored: it is not ranked above a run that has them."


def _rank(final: Snapshot) -> tuple[int, float]:
    score = final.scores[0] if final.scores else None
    if score is None or score.value is None:
        return 2, 0.0
    return int(not _is_covered(score, final)), score.value if score.direction == "lower" else -score.value


def _is_covered(score: ScoreNow, final: Snapshot) -> bool:
    answered = final.saved / final.total if final.total else 1.0
    return answered * coverage_of(score, final.saved, final.errored) >= LEAST_COVERAGE


def _variant(final: Snapshot) -> str:
    """Returns the variant's name if there are several, else the evaluation's."""
    _, mark, variant = final.evaluation.partition(" [")
    return variant.removesuffix("]") if mark else final.evaluation


def summary_as_json(final: Snapshot) -> str:
    values: dict[str, Any] = msgspec.to_builtins(final)
    for name in ("event", "calls", "buckets", "changes", "gate", "gate_wait", "loop_lag", "cpu"):
        values.pop(name, None)
    return json.dumps(values, ensure_ascii=False, indent=2)


def _samples(final: Snapshot) -> str:
    parts = [f"{final.saved:,} of {final.total:,} saved"]
    if final.unscored:
        parts.append(f"{final.unscored:,} unscored")
    if final.errored:
        parts.append(f"{final.errored:,} errored")
    if final.cached:
        parts.append(f"{final.cached:,} from the cache")
    if final.repeated:
        parts.append(f"{final.repeated:,} calls repeated after a crash")
    return ", ".join(parts)


def _coverage(n: int, unscored: int, final: Snapshot) -> str:
    return f"{n:,} of {final.saved:,} scored" + (f", {unscored:,} could not be decided" if unscored else "")


def _speed(final: Snapshot) -> str:
    if not final.latency or final.elapsed <= 0:
        return ""
    alone = final.latency.p50 * final.latency.n
    return f", {final.saved / final.elapsed:.1f} samples/s" + (
        f", about {alone / final.elapsed:.1f}x one by one"
        if final.latency.n > 1 and final.elapsed >= SPEED_TELLS
        else ""
    )
