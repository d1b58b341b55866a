"""`evalstudio compare` command: runs next to each other, and whether the difference is real."""

import json
from typing import Any

import click
import msgspec
from rich.console import Console
from rich.table import Table
from rich.text import Text

from evalstudio.cli.experiments import comparable_run, json_option, newest_run, reading, summary_of
from evalstudio.cli.options import cluster_option, workspace_option
from evalstudio.cli.summary import too_few_words
from evalstudio.core.coverage import LEAST_COVERAGE, check_coverage
from evalstudio.core.errors import RunError
from evalstudio.core.format import duration, money
from evalstudio.core.strategy import describe
from evalstudio.protocol import Snapshot
from evalstudio.reports.score_text import percent, score_words
from evalstudio.settings.values import workspace_of
from evalstudio.statistics import Comparison, holm
from evalstudio.statistics.compare import SIGNIFICANT, p_words
from evalstudio.store.comparison import compare_runs
from evalstudio.store.dataset_rows import Clustering, clustering_by, clustering_of
from evalstudio.store.leaderboard import Leaderboard, rank_runs
from evalstudio.store.pairing import Pairing
from evalstudio.store.reader import Reader
from evalstudio.store.runs import RunRow
from evalstudio.terminal.console import console as make_console

SHOWN_FLIPS = 10


class FlipLine(msgspec.Struct, frozen=True):
    """A sample that two runs score differently."""

    evaluator: str
    sample_id: str
    before: float
    after: float


@click.command("compare")
@click.argument("names", nargs=-1, required=True, metavar="A B [C ...]")
@click.option(
    "--flips", default=SHOWN_FLIPS, show_default=True, type=click.IntRange(0), help="Samples to show."
)
@click.option(
    "--min-coverage",
    type=float,
    metavar="SHARE",
    help=f"Rank runs that have scores of fewer of their answers after the others.  [default: {LEAST_COVERAGE}]",
)
@click.option("--evaluation", metavar="NAME", help="The evaluation, where an experiment has several.")
@cluster_option
@json_option
@workspace_option
def compare_command(
    workspace: str | None,
    names: tuple[str, ...],
    flips: int,
    min_coverage: float | None,
    evaluation: str | None,
    cluster_by: str | None,
    as_json: bool,
) -> None:
    """Compares the newest runs of experiments (or runs by number) with the first one."""
    check_coverage(min_coverage)
    if len(names) < 2:
        raise RunError("Compare needs two experiments or more; give the names as evalstudio list shows them.")
    with reading(workspace_of(workspace)) as reader:
        first = newest_run(reader, names[0], evaluation)
        if evaluation is None:
            others = [comparable_run(reader, name, first.evaluation) for name in names[1:]]
        else:
            others = [newest_run(reader, name, evaluation) for name in names[1:]]
        runs = [first, *others]
        clustering = clustering_of(runs) if cluster_by is None else clustering_by(first, cluster_by)
        reports = [_Pair(reader, first, other, clustering) for other in others]
        _correct(reports)
        least = LEAST_COVERAGE if min_coverage is None else min_coverage
        board = rank_runs(reader, [run.id for run in runs], least_coverage=least, clustering=clustering)
    if as_json:
        click.echo(
            json.dumps(
                {"clustering": clustering.words, **_as_dict(runs, reports, board, flips)},
                ensure_ascii=False,
                indent=2,
            )
        )
    else:
        console = make_console()
        _print(console, runs, reports, board, flips)
        if clustering.words:
            console.print(Text(clustering.words))


class _Pair:
    """The comparison of a run with the baseline, by evaluator."""

    def __init__(self, reader: Reader, baseline: RunRow, other: RunRow, clustering: Clustering) -> None:
        self.other = other
        self.same_samples = baseline.dataset_hash == other.dataset_hash
        self.comparisons: dict[str, Comparison] = {}
        self.corrected: dict[str, float] = {}  # p-values, corrected for the number of runs compared
        self.flips: list[FlipLine] = []
        names = name_of(baseline), name_of(other)
        comparison = compare_runs(reader, baseline.id, other.id, names, clustering)
        self.pairing = comparison.pairing
        self.pairing_words = "" if comparison.pairing is None else comparison.pairing.words(names)
        if comparison.pairing is not None and comparison.pairing.same == 0:
            return
        for pair in comparison.scores:
            if pair.comparison is None or pair.a is None or pair.b is None:
                continue
            self.comparisons[pair.evaluator] = pair.comparison
            self.flips += [
                FlipLine(pair.evaluator, flip.sample_id, flip.score_a, flip.score_b) for flip in pair.flips
            ]


def _correct(reports: list[_Pair]) -> None:
    """Corrects the p-values of each evaluator for their number: among many runs one looks better by chance."""
    for evaluator in {name for report in reports for name in report.comparisons}:
        tested = [report for report in reports if evaluator in report.comparisons]
        values = holm([report.comparisons[evaluator].p for report in tested])
        for report, value in zip(tested, values, strict=True):
            report.corrected[evaluator] = value


def name_of(run: RunRow) -> str:
    """Returns the name of a run in sentences, which is its experiment."""
    return run.experiment


def speed_up(baseline: RunRow, other: RunRow) -> float | None:
    """Returns how many times as fast as the baseline a run was, per record."""
    if not (baseline.saved and other.saved and baseline.elapsed > 0 and other.elapsed > 0):
        return None
    return (baseline.elapsed / baseline.saved) / (other.elapsed / other.saved)


def differences(runs: list[RunRow]) -> dict[str, list[str]]:
    """Returns the settings in which runs differ, with the value of each run."""
    settings = [_settings(run) for run in runs]
    names = dict.fromkeys(name for one in settings for name in one)
    table = {name: [one.get(name, "") for one in settings] for name in names}
    return {name: values for name, values in table.items() if len(set(values)) > 1}


def _settings(run: RunRow) -> dict[str, str]:
    settings = {"evaluation": run.evaluation, "model": run.model, **json.loads(run.fingerprint)}
    summary = summary_of(run)
    if summary is not None:
        settings["strategy"] = describe(summary.strategy)
        settings["workers"] = "" if summary.workers is None else str(summary.workers)
    settings |= json.loads(run.versions)
    if run.git_commit:
        settings["commit"] = run.git_commit
    return settings


def _print(
    console: Console, runs: list[RunRow], reports: list[_Pair], board: Leaderboard, flips: int
) -> None:
    table = Table(box=None, padding=(0, 2, 0, 0))
    table.add_column("", style="dim")
    for run in runs:
        table.add_column(Text(f"{run.experiment} (run {run.id})"))
    table.add_row("State", *(Text(run.true_state.value) for run in runs))
    table.add_row("Saved", *(f"{run.saved:,} of {run.total:,}, {run.errored:,} errored" for run in runs))
    table.add_row("Time", *(duration(run.elapsed) for run in runs))
    factors = [speed_up(runs[0], run) for run in runs]
    table.add_row("Speed-up", *("–" if factor is None else f"{factor:.1f}x" for factor in factors))
    summaries = [summary_of(run) for run in runs]
    for evaluator, metric in _score_names(summaries):
        cells = [_score_cell(summary, evaluator, metric) for summary in summaries]
        table.add_row(Text(f"{evaluator} {metric}"), *cells)
    for name, values in differences(runs).items():
        table.add_row(Text(name), *(Text(_short(value)) for value in values))
    console.print(table)
    if len(runs) > 2:
        console.print()
        console.print(_ranking(board))
        if not all(one.covered for one in board.standings):
            console.print(Text(too_few_words(board.least_coverage)))
    for report in reports:
        _print_pair(console, report, flips, len(reports))


def _ranking(board: Leaderboard) -> Table:
    """Builds the table of the runs, the best first."""
    table = Table(box=None, padding=(0, 2, 0, 0), title=Text(f"By {board.evaluator}"), title_justify="left")
    for heading in ("Rank", "Run", "Score", "Scored", "Against the first", "Time", "Speed-up", "Cost"):
        table.add_column(heading)
    for rank, one in enumerate(board.standings, start=1):
        score = one.score
        words = "–" if score is None else score_words(board.evaluator or "", score)
        tested = f"{one.verdict} (p = {p_words(one.p)}, Holm)" if one.verdict and one.p is not None else ""
        table.add_row(
            str(rank), Text(f"{one.row.experiment} (run {one.row.id})"), words,
            f"{one.outcomes[0]:,} of {max(one.row.total, sum(one.outcomes)):,}{'' if one.covered else ' *'}", tested if one.same_samples else "other samples",
            duration(one.speed.elapsed), "–" if one.speed_up is None else f"{one.speed_up:.1f}x",
            money(one.speed.cost, partial=one.speed.cost_is_partial),
        )  # fmt: skip
    return table


def _print_pair(console: Console, report: _Pair, flips: int, tests: int) -> None:
    console.print()
    if report.pairing is not None and report.pairing.same == 0:
        console.print(
            Text(
                f"{name_of(report.other)} ran on other samples: its scores can't be paired with the first run's."
                f" {_ids_help(report.pairing)}".rstrip()
            )
        )
        return
    if report.pairing is not None:
        console.print(Text(f"The datasets differ: {report.pairing_words}."))
    for evaluator, comparison in report.comparisons.items():
        corrected = report.corrected[evaluator]
        more = ""
        if tests > 1:
            unclear = comparison.significant and corrected >= SIGNIFICANT
            so = "; so the difference is not clear" if unclear else ""
            more = f" Corrected for {tests} comparisons (Holm): p = {p_words(corrected)}{so}."
        apart = f" {comparison.unpaired:,} scored in one run only." if comparison.unpaired else ""
        console.print(Text(f"{evaluator}: {comparison.sentence}{apart}{more}"))
    for flip in report.flips[:flips]:
        console.print(
            Text(
                f"  sample {flip.sample_id}: {flip.evaluator} {flip.before:g} -> {flip.after:g}", style="dim"
            )
        )
    if len(report.flips) > flips:
        console.print(Text(f"  and {len(report.flips) - flips:,} more; --flips N shows more", style="dim"))


def _ids_help(pairing: Pairing) -> str:
    if not pairing.changed:
        return ""
    return (
        f"{len(pairing.changed):,} ids are in both, but not told to be the same row; an id column in the dataset"
        ' (id = "...") tells that.'
    )


def _score_names(summaries: list[Snapshot | None]) -> list[tuple[str, str]]:
    names = [(score.evaluator, score.metric) for one in summaries if one for score in one.scores]
    return list(dict.fromkeys(names))


def _score_cell(summary: Snapshot | None, evaluator: str, metric: str) -> Text:
    for score in summary.scores if summary else ():
        if (score.evaluator, score.metric) == (evaluator, metric):
            return Text(percent(score))
    return Text("–")


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "..."


def _pairing_as_dict(pairing: Pairing) -> dict[str, int]:
    return {
        "paired": pairing.same,
        "changed": len(pairing.changed),
        "only_in_baseline": pairing.only_a,
        "only_in_run": pairing.only_b,
    }


def _as_dict(runs: list[RunRow], reports: list[_Pair], board: Leaderboard, flips: int) -> dict[str, Any]:
    return {
        "runs": [
            {
                "run": run.id,
                "experiment": run.experiment,
                "evaluation": run.evaluation,
                "model": run.model,
                "state": run.true_state.value,
                "saved": run.saved,
                "errored": run.errored,
                "elapsed": run.elapsed,
                "speed_up": speed_up(runs[0], run),
            }
            for run in runs
        ],
        "ranking": {
            "evaluator": board.evaluator,
            "runs": [one.row.id for one in board.standings],
            "coverage": {one.row.id: one.coverage for one in board.standings},
            "below_least_coverage": [one.row.id for one in board.standings if not one.covered],
        },
        "differences": differences(runs),
        "comparisons": [
            {
                "baseline": runs[0].id,
                "run": report.other.id,
                "same_samples": report.same_samples,
                "pairing": None if report.pairing is None else _pairing_as_dict(report.pairing),
                "scores": {
                    evaluator: {**msgspec.to_builtins(one), "p_corrected": report.corrected[evaluator]}
                    for evaluator, one in report.comparisons.items()
                },
                "flips": [msgspec.to_builtins(flip) for flip in report.flips[:flips]],
                "flip_count": len(report.flips),
            }
            for report in reports
        ],
    }
