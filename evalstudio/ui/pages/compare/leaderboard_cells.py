"""Leaderboard cells: the texts of a ranked run, and short names of runs and datasets."""

from evalstudio.core.format import duration, money
from evalstudio.reports.score_text import score_words
from evalstudio.store.leaderboard import Leaderboard, RankedRun
from evalstudio.store.runs import RunRow
from evalstudio.ui.kit.text import one_line, tr, trn
from evalstudio.ui.records.run_choice import words_of


def cells_of(rank: int, one: RankedRun, board: Leaderboard) -> tuple[str, ...]:
    score = "–" if one.score is None else score_words(board.evaluator or "", one.score)
    against, p = one.verdict, "" if one.p is None else f"{one.p:.2g}"
    if one.row.id == board.baseline:
        against = tr("baseline")
    elif not one.same_samples:
        against = tr("other samples")
    elif one.comparison is not None and one.comparison.difference is not None:
        binary = one.comparison.binary
        amount = f"{one.comparison.difference * (100 if binary else 1):+.{1 if binary else 3}f}".replace(
            "-", "−"
        )
        against = f"{one.verdict}: {amount}{' ' + tr('points') if binary else ''}"
        if one.comparison.up == one.comparison.down == 0:
            against = tr("the same on every sample")
    scored = tr("{scored:,} of {all:,}").format(
        scored=one.outcomes[0], all=max(one.row.total, sum(one.outcomes))
    )
    if not one.covered:
        scored = tr("{scored}, too few").format(scored=scored)
    return (
        str(rank), short_name(one.row), score, scored, against, p,
        duration(one.speed.elapsed), "–" if one.speed_up is None else f"{one.speed_up:.3g} ×",
        tr(money(one.speed.cost, partial=one.speed.cost_is_partial)),
    )  # fmt: skip


def details_of(one: RankedRun, board: Leaderboard) -> str:
    comparison = one.comparison
    tested = (
        "\n"
        + tr("{sentence}\n{method}, p = {p:.2g} before the correction").format(
            sentence=comparison.sentence, method=comparison.method, p=comparison.p
        )
        if comparison is not None
        else ""
    )
    rate = "" if one.speed.rate is None else "\n" + tr("{rate:,.1f} samples/s").format(rate=one.speed.rate)
    few = (
        ""
        if one.covered
        else "\n"
        + tr(
            "Fewer than {least:.0%} of its answers are scored: it is not ranked above a run that has them."
        ).format(least=board.least_coverage)
    )
    return f"{words_of(one.row)}{few}{rate}{tested}"


def short_name(row: RunRow) -> str:
    """Returns a name whose beginning tells a run from the others of its experiment, for it may be cut."""
    variant = row.evaluation.partition(" [")[2].removesuffix("]")
    return one_line(f"{row.id} · {variant or row.model} · {row.experiment}", 90)


def dataset_words(path: str, runs: int) -> str:
    name = one_line(path.replace("\\", "/").rpartition("/")[2] or path, 40)
    return f"{name} · " + trn("{n} run", "{n} runs", runs)
