"""`evalstudio compare`: runs side by side, and whether the difference is real."""

import json
from typing import Any

import click
import msgspec
from rich.console import Console
from rich.table import Table
from rich.text import Text

from evalstudio.commands.console import console as make_console
from evalstudio.commands.experiments import json_option, newest_run, reading, summary_of
from evalstudio.commands.options import workspace_of, workspace_option
from evalstudio.concurrency import describe
from evalstudio.errors import RunError
from evalstudio.format import duration, percent
from evalstudio.protocol import Snapshot
from evalstudio.statistics.compare import Comparison, by_sample, compare
from evalstudio.store.reader import Reader
from evalstudio.store.runs import RunRow

SHOWN_FLIPS = 10


class Flip(msgspec.Struct, frozen=True):
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
@json_option
@workspace_option
def compare_command(workspace: str | None, names: tuple[str, ...], flips: int, as_json: bool) -> None:
    """Compares the newest runs of experiments (or runs by number) with the first one."""
    if len(names) < 2:
        raise RunError("Compare needs two experiments or more; give the names as evalstudio list shows them.")
    with reading(workspace_of(workspace)) as reader:
        first = newest_run(reader, names[0])
        runs = [first, *(newest_run(reader, name, first.evaluation) for name in names[1:])]
        reports = [_Pair(reader, first, other) for other in runs[1:]]
    if as_json:
        click.echo(json.dumps(_as_dict(runs, reports, flips), ensure_ascii=False, indent=2))
    else:
        _print(make_console(), runs, reports, flips)


class _Pair:
    """What the comparison of a run with the baseline says, by evaluator."""

    def __init__(self, reader: Reader, baseline: RunRow, other: RunRow) -> None:
        self.other = other
        self.same_samples = baseline.dataset_hash == other.dataset_hash
        self.comparisons: dict[str, Comparison] = {}
        self.flips: list[Flip] = []
        if not self.same_samples:
            return
        names = name_of(baseline), name_of(other)
        shared = [name for name in reader.evaluators(baseline.id) if name in reader.evaluators(other.id)]
        for evaluator in shared:
            a, b = _values(reader, baseline.id, evaluator), _values(reader, other.id, evaluator)
            self.comparisons[evaluator] = compare(
                a, b, name_a=names[0], name_b=names[1], direction=_direction(other, evaluator)
            )
            for sample, before in a.items():
                after = b.get(sample)
                if before is not None and after is not None and before != after:
                    self.flips.append(Flip(evaluator, sample, before, after))


def name_of(run: RunRow) -> str:
    """What a sentence calls a run: its experiment."""
    return run.experiment


def speed_up(baseline: RunRow, other: RunRow) -> float | None:
    """How many times as fast as the baseline a run was, a record each."""
    if not (baseline.saved and other.saved and baseline.elapsed > 0 and other.elapsed > 0):
        return None
    return (baseline.elapsed / baseline.saved) / (other.elapsed / other.saved)


def differences(runs: list[RunRow]) -> dict[str, list[str]]:
    """The settings in which runs differ, with the value of each run."""
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


def _values(reader: Reader, run_id: int, evaluator: str) -> dict[str, float | None]:
    rows = [row for row in reader.scores(run_id, evaluator) if not isinstance(row[1], str)]
    return by_sample([row[0] for row in rows], [row[1] for row in rows])


def _direction(run: RunRow, evaluator: str) -> Any:
    summary = summary_of(run)
    scores = summary.scores if summary is not None else ()
    return next((score.direction for score in scores if score.evaluator == evaluator), "higher")


def _print(console: Console, runs: list[RunRow], reports: list[_Pair], flips: int) -> None:
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
    for report in reports:
        _print_pair(console, report, flips)


def _print_pair(console: Console, report: _Pair, flips: int) -> None:
    console.print()
    if not report.same_samples:
        console.print(
            Text(
                f"{name_of(report.other)} ran on other samples: its scores can't be paired with the first run's."
            )
        )
        return
    for evaluator, comparison in report.comparisons.items():
        console.print(Text(f"{evaluator}: {comparison.sentence}"))
    for flip in report.flips[:flips]:
        console.print(
            Text(
                f"  sample {flip.sample_id}: {flip.evaluator} {flip.before:g} -> {flip.after:g}", style="dim"
            )
        )
    if len(report.flips) > flips:
        console.print(Text(f"  and {len(report.flips) - flips:,} more; --flips N shows more", style="dim"))


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


def _as_dict(runs: list[RunRow], reports: list[_Pair], flips: int) -> dict[str, Any]:
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
        "differences": differences(runs),
        "comparisons": [
            {
                "baseline": runs[0].id,
                "run": report.other.id,
                "same_samples": report.same_samples,
                "scores": {
                    evaluator: msgspec.to_builtins(one) for evaluator, one in report.comparisons.items()
                },
                "flips": [msgspec.to_builtins(flip) for flip in report.flips[:flips]],
                "flip_count": len(report.flips),
            }
            for report in reports
        ],
    }
