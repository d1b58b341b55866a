"""`evalstudio run` command: an evaluation in the terminal, with progress and a summary."""

from pathlib import Path
from typing import Any, Literal

import click

from evalstudio.authoring.decorators import check_timeout
from evalstudio.cli.interrupt import INTERRUPTED, on_interrupt
from evalstudio.cli.options import limit_options, workspace_option
from evalstudio.cli.python_file import run_functions
from evalstudio.cli.summary import print_overview, print_summary, summary_as_json
from evalstudio.core.coverage import LEAST_COVERAGE, check_coverage
from evalstudio.core.errors import EvaluationError, RunError
from evalstudio.core.outcome import Outcome
from evalstudio.core.run_state import RunState
from evalstudio.core.strategy import strategy_of
from evalstudio.engine.engine import Engine
from evalstudio.engine.loop import run
from evalstudio.evaluations.loading import is_python
from evalstudio.evaluations.request import Options
from evalstudio.protocol import Event, LogLine, Snapshot
from evalstudio.reports.gate import Gate
from evalstudio.settings.schema import option_help
from evalstudio.settings.values import load_settings, workspace_of
from evalstudio.terminal.console import console as make_console
from evalstudio.terminal.progress import LiveProgress

SCORED, NOT_ALL, STOPPED = 0, 1, 3


@click.command("run")
@click.argument("evaluation")
@click.option("--experiment", metavar="NAME", help="A run with the name of an earlier one continues it.")
@limit_options
@click.option(
    "--samples",
    "--limit",
    type=int,
    metavar="N",
    help="The first N samples, in total; or N drawn with the file's seed.",
)
@click.option(
    "--sample-ids",
    multiple=True,
    metavar="IDS",
    help="Only the samples with these ids, separated by commas; may be repeated. Of a benchmark: numbers of documents.",
)
@click.option(
    "--sample-timeout", type=float, metavar="SECONDS", help=f"{option_help('sample')} It is errored then."
)
@click.option(
    "--fewshot",
    type=int,
    metavar="N",
    help="Of a benchmark: N examples in the prompt instead of the task's own number.",
)
@click.option(
    "--include",
    multiple=True,
    metavar="FOLDER",
    help="Of a benchmark: a folder with tasks of your own; may be repeated.",
)
@click.option(
    "--api",
    type=click.Choice(["chat", "completions"]),
    help="Of a benchmark: the prompt as a chat, or as one text.  [default: chat]",
)
@click.option("--model", metavar="NAME", help="Another model than the file's, as in openai/gpt-4o-mini.")
@click.option("--new-run", is_flag=True, help="A second run in the experiment instead of going on.")
@click.option("--fail-under", type=float, metavar="SCORE", help="Exit with 1 if the first score is lower.")
@click.option(
    "--min-coverage",
    type=float,
    metavar="SHARE",
    help=f"With --fail-under: exit with 1, too, if fewer of the answers have that score.  [default: {LEAST_COVERAGE}]",
)
@click.option("--allow-errors", is_flag=True, help="Exit with 0 though samples are errored or unscored.")
@click.option("--p95", type=float, metavar="SECONDS", help=option_help("adaptive_p95"))
@click.option(
    "--first-token-p95", type=float, metavar="SECONDS", help=option_help("adaptive_first_token_p95")
)
@click.option(
    "--wait",
    "attended",
    is_flag=True,
    help="Where a run pauses itself, try again now and then instead of ending it.",
)
@click.option(
    "--ceiling",
    type=int,
    metavar="N",
    help=f"{option_help('ceiling')} Else MAX_CONCURRENT_TASKS, else the setting.",
)
@click.option(
    "--cache/--no-cache", default=None, help="Take answers that earlier runs got to the same questions."
)
@click.option(
    "--retry",
    multiple=True,
    metavar="CLASS",
    help="Of what errored before, only this class again, as in overloaded; may be repeated. Else all of it.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON.")
@workspace_option
def run_command(workspace: str | None, **options: Any) -> None:
    """Runs EVALUATION: a TOML file, lm-eval:TASK, example:NAME, or functions in Python: eval_x.py, eval_x.py::eval_sentiment.

    Exit status: 0 all scored; 1 a score below --fail-under, or of too few answers, or samples unscored or errored; 2
    wrong usage; 3 stopped by the run itself; 130 interrupted.
    """
    raise click.exceptions.Exit(run_in_terminal(workspace, **options))


def run_in_terminal(
    workspace: str | None,
    *,
    evaluation: str,
    experiment: str | None = None,
    strategy: str | None = None,
    window: int | None = None,
    p95: float | None = None,
    first_token_p95: float | None = None,
    workers: int | None = None,
    processes: int | None = None,
    threads_per_process: int | None = None,
    cluster: str | None = None,
    samples: int | None = None,
    sample_ids: tuple[str, ...] = (),
    sample_timeout: float | None = None,
    fewshot: int | None = None,
    include: tuple[str, ...] = (),
    api: Literal["chat", "completions"] | None = None,
    model: str | None = None,
    new_run: bool = False,
    fail_under: float | None = None,
    min_coverage: float | None = None,
    allow_errors: bool = False,
    attended: bool = False,
    ceiling: int | None = None,
    as_json: bool = False,
    cache: bool | None = None,
    retry: tuple[str, ...] = (),
) -> int:
    """Runs one evaluation, prints its progress and summary, and returns the exit status."""
    bounds = p95, first_token_p95
    classes = _error_classes(retry)
    gate = Gate(fail_under, min_coverage=check_coverage(min_coverage))
    if is_python(evaluation):
        if cache or classes:
            raise EvaluationError(
                "--cache and --retry are for evaluation files in TOML: a Python evaluation calls its model itself."
            )
        if sample_ids:
            raise EvaluationError(
                "--sample-ids is for evaluation files in TOML and benchmarks; use --samples."
            )
        if any(bounds):
            raise EvaluationError(
                "--p95 and --first-token-p95 are for evaluation files in TOML; a function sets Adaptive(p95=...) itself."
            )
        given = {
            "--workspace": workspace, "--experiment": experiment, "--strategy": strategy, "--window": window,
            "--workers": workers, "--processes": processes, "--threads-per-process": threads_per_process,
            "--cluster": cluster, "--samples": samples, "--sample-timeout": sample_timeout,
        }  # fmt: skip
        return _run_functions(
            evaluation, given, model, new_run=new_run, gate=gate, allow_errors=allow_errors,
            attended=attended, ceiling=ceiling, as_json=as_json,
        )  # fmt: skip
    wanted = Options(
        experiment, strategy_of(strategy, window, *bounds), workers, samples, model, new_run, classes, cache,
        processes=processes, threads_per_process=threads_per_process, cluster=cluster,
        timeout=check_timeout(sample_timeout), fewshot=fewshot, include=_folders(include), api=api,
        sample_ids=_ids(sample_ids),
    )  # fmt: skip
    console = make_console(stderr=as_json)
    progress = LiveProgress(console)
    settings, problem = load_settings()
    if problem:
        console.print(f"[yellow]{problem}[/]")

    def emit(event: Event) -> None:
        match event:
            case Snapshot():
                progress.update(event)
            case LogLine(level=level, text=text) if level in ("warning", "error", "output"):
                progress.note(level, text)

    async def work() -> tuple[list[Snapshot], bool]:
        engine = Engine(
            workspace_of(workspace),
            settings,
            emit=emit,
            attended=attended,
            continues=attended,
            ceiling=ceiling,
        )
        await engine.start()
        try:
            started = await engine.start_all(evaluation, wanted)

            with on_interrupt(engine) as interrupt:
                finals = [await engine.finished(one) for one in started]
            return finals, interrupt.came and any(one.reason == interrupt.reason for one in started)
        finally:
            await engine.aclose()

    with progress:
        finals, was_interrupted = run(work())
    if as_json:
        _echo(finals)
    elif len(finals) == 1:
        print_summary(console, finals[0])
    else:
        print_overview(console, finals)
    if was_interrupted:
        return INTERRUPTED
    return max(_status(final, gate, allow_errors) for final in finals)


def _folders(include: tuple[str, ...]) -> tuple[str, ...]:
    """Returns folders by absolute path: a run is resumed from any folder."""
    return tuple(str(Path(one).expanduser().absolute()) for one in include)


def _ids(given: tuple[str, ...]) -> tuple[str, ...]:
    """Returns the ids in the values of --sample-ids, each once."""
    found = dict.fromkeys(one.strip() for value in given for one in value.split(","))
    found.pop("", None)
    if given and not found:
        raise RunError("--sample-ids names no sample; give ids separated by commas, as in 3,17.")
    return tuple(found)


def _echo(finals: list[Snapshot]) -> None:
    """Prints JSON: one run as an object, several as a list."""
    summaries = [summary_as_json(final) for final in finals]
    click.echo(summaries[0] if len(summaries) == 1 else f"[{', '.join(summaries)}]")


def _run_functions(
    reference: str,
    given: dict[str, Any],
    model: str | None,
    *,
    new_run: bool,
    gate: Gate,
    allow_errors: bool,
    attended: bool,
    ceiling: int | None,
    as_json: bool,
) -> int:
    """Runs the functions of an evaluation file; returns the worst of their exit statuses."""
    if model is not None:
        raise EvaluationError(
            "The model of an evaluation in Python is its own code; --model can't replace it."
        )
    options = [f"{name}={value}" for name, value in given.items() if value is not None]
    if new_run:
        options.append("--new-run")
    collected = run_functions(reference, options, attended=attended, ceiling=ceiling, as_json=as_json)
    statuses = [NOT_ALL] if collected.failures else [SCORED]
    if as_json:
        _echo([final for final, _ in collected.finals])
    for final, own in collected.finals:
        if not as_json:
            print_summary(make_console(), final)
        statuses.append(_status(final, gate.over(own), allow_errors))
    return INTERRUPTED if collected.interrupted else max(statuses)


def _error_classes(names: tuple[str, ...]) -> tuple[str, ...] | None:
    """Returns the outcomes named by --retry; None without any."""
    known = [outcome.value for outcome in Outcome if outcome is not Outcome.OK]
    for name in names:
        if name not in known:
            raise RunError(f"There is no error class '{name}'; there are {', '.join(known)}.")
    return names or None


def _status(final: Snapshot, gate: Gate, allow_errors: bool) -> int:
    if final.state in (RunState.STOPPED, RunState.PAUSED):
        return STOPPED
    if (problem := gate.problem(final)) is not None:
        click.echo(f"{final.evaluation}: {problem}.", err=True)
        return NOT_ALL
    unscored = any(score.unscored for score in final.scores)
    return NOT_ALL if (final.errored or unscored) and not allow_errors else SCORED
