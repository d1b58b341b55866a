"""`evalstudio forecast` command: the time and cost of a run before it starts."""

import asyncio
from contextlib import closing

import click
import msgspec

from evalstudio.cli.interrupt import on_interrupt
from evalstudio.cli.options import workspace_option
from evalstudio.core.format import duration, money
from evalstudio.core.strategy import Adaptive, Sequential, SlidingWindow, describe
from evalstudio.engine.engine import Engine
from evalstudio.engine.forecasting.pilot import SIZES, USUAL_SIZE, known_basis, run_pilot
from evalstudio.engine.forecasting.play_through import Band, Forecast, forecast
from evalstudio.engine.loop import run
from evalstudio.engine.planning.plan import Plan
from evalstudio.evaluations.request import Options
from evalstudio.settings.values import load_settings, workspace_of
from evalstudio.store.reader import Reader
from evalstudio.terminal.console import console as make_console
from evalstudio.workspace.folder import Workspace

STRATEGIES = (Sequential(), SlidingWindow(8), Adaptive())


@click.command("forecast")
@click.argument("evaluation")
@click.option(
    "--experiment", metavar="NAME", help="Where the pilot's answers are kept; a run under it goes on."
)
@click.option("--model", metavar="NAME", help="Another model than the file's, as in openai/gpt-4o-mini.")
@click.option("--samples", type=int, metavar="N", help="The first N samples, in total.")
@click.option(
    "--pilot",
    type=click.IntRange(*SIZES),
    metavar="N",
    help="Call 5 to 20 samples, even where earlier runs tell enough.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the bands as JSON.")
@workspace_option
def forecast_command(
    evaluation: str,
    experiment: str | None,
    model: str | None,
    samples: int | None,
    pilot: int | None,
    as_json: bool,
    workspace: str | None,
) -> None:
    """Says how long EVALUATION will take and what it will cost, from earlier runs or from a pilot that is kept."""
    console = make_console(stderr=as_json)
    settings, problem = load_settings()
    if problem:
        console.print(f"[yellow]{problem}[/]")
    options = Options(experiment, samples=samples, model=model)

    place = workspace_of(workspace)

    async def work() -> tuple[str, tuple[Forecast, ...]]:
        engine = Engine(place, settings)

        await engine.start()
        try:
            plan, basis = await known_basis(engine, evaluation, options)
            left, source = await asyncio.to_thread(_left, place, plan, experiment)
            if pilot is not None or basis is None:
                size = pilot or USUAL_SIZE
                console.print(f"A pilot of {min(size, left or size)} samples is called and kept.")
                with on_interrupt(engine):
                    piloted, basis = await run_pilot(engine, evaluation, options, size)
                kept = piloted.keeper.counts.saved
                left = piloted.total - kept
                source = (
                    f"{left:,} samples that are left, {kept:,} are saved; go on with "
                    f"--experiment '{piloted.plan.experiment}'"
                )
            ceiling = min(engine.admission.ceiling, plan.workers or engine.admission.ceiling)
            turns = plan.conversation.turns
            strategies = dict.fromkeys((plan.strategy, *STRATEGIES))
            found = tuple(forecast(left, basis, one, ceiling=ceiling, turns=turns) for one in strategies)
            return source, found
        finally:
            await engine.aclose()

    source, found = run(work())
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(found)).decode())
        return
    if not any(one.seconds.high for one in found):
        console.print(f"Nothing is left to forecast: {source}.", markup=False)
        return
    console.print(f"{source}:", markup=False)
    width = max(len(describe(one.strategy)) for one in found) + 1
    for one in found:
        cost = f", {_dollars(one.cost)}" if one.cost else ", cost unknown"
        console.print(
            f"  {describe(one.strategy):<{width}} {_time(one.seconds)}{cost}", markup=False, highlight=False
        )


def _left(place: Workspace, plan: Plan, experiment: str | None) -> tuple[int, str]:
    """Returns the number of samples left in a run of this name, and a description of them."""
    message = f"from what earlier runs learned of {plan.model.label}"
    if experiment is not None:
        with closing(Reader(place)) as reader:
            for run in reader.runs(experiment):
                if (run.evaluation, run.model) == (plan.spec.name, plan.model.label):
                    left = max(0, plan.total - run.saved + run.errored)
                    return left, f"{left:,} samples that are left in '{experiment}', {message}"
    return plan.total, f"{plan.total:,} samples, {message}"


def _time(band: Band) -> str:
    return f"about {duration(band.likely)} ({duration(band.low)} to {duration(band.high)})"


def _dollars(band: Band) -> str:
    if band.high == 0:
        return money(0.0)
    return f"about {money(band.likely)} ({money(band.low)} to {money(band.high)})"
