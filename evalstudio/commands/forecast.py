"""`evalstudio forecast`: what a run will take, before it starts."""

import click
import msgspec

from evalstudio.commands.console import console as make_console
from evalstudio.commands.options import workspace_of, workspace_option
from evalstudio.commands.run import BY_SIGNAL, on_interrupt
from evalstudio.concurrency import Adaptive, Sequential, SlidingWindow, describe
from evalstudio.engine.engine import Engine
from evalstudio.engine.forecast import Band, Forecast, forecast
from evalstudio.engine.loop import run
from evalstudio.engine.pilot import known_basis, run_pilot
from evalstudio.engine.plan import Options
from evalstudio.format import duration, money
from evalstudio.settings import load_settings

STRATEGIES = (Sequential(), SlidingWindow(8), Adaptive())


@click.command("forecast")
@click.argument("evaluation")
@click.option(
    "--experiment", metavar="NAME", help="Where the pilot's answers are kept; a run under it goes on."
)
@click.option("--model", metavar="NAME", help="Another model than the file's, as in openai/gpt-4o-mini.")
@click.option("--samples", type=int, metavar="N", help="The first N samples, in total.")
@click.option(
    "--pilot", type=int, metavar="N", help="Call 5 to 20 samples, even where earlier runs tell enough."
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

    async def work() -> tuple[str, tuple[Forecast, ...]]:
        engine = Engine(workspace_of(workspace), settings)

        def stop() -> None:
            for one in list(engine.runs.values()):
                one.stop(BY_SIGNAL)

        await engine.start()
        try:
            plan, basis = await known_basis(engine, evaluation, options)
            total = plan.total
            source = f"{total:,} samples, from what earlier runs learned of {plan.model.label}"
            if pilot is not None or basis is None:
                console.print(f"A pilot of {pilot or 12} samples is called and kept.")
                with on_interrupt(stop):
                    piloted, basis = await run_pilot(engine, evaluation, options, pilot or 12)
                total = piloted.total - piloted.keeping.counts.saved
                source = (
                    f"{total:,} samples that are left, from a pilot of {piloted.keeping.counts.saved}; go on with "
                    f"--experiment '{piloted.plan.experiment}'"
                )
            ceiling = min(engine.admission.ceiling, plan.workers or engine.admission.ceiling)
            found = tuple(forecast(total, basis, strategy, ceiling=ceiling) for strategy in STRATEGIES)
            return source, found
        finally:
            await engine.aclose()

    source, found = run(work())
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(found)).decode())
        return
    console.print(f"{source}:", markup=False)
    for one in found:
        cost = f", {_dollars(one.cost)}" if one.cost else ", cost unknown"
        console.print(
            f"  {describe(one.strategy):<18} {_time(one.seconds)}{cost}", markup=False, highlight=False
        )


def _time(band: Band) -> str:
    return f"about {duration(band.likely)} ({duration(band.low)} to {duration(band.high)})"


def _dollars(band: Band) -> str:
    if band.high == 0:
        return money(0.0)
    return f"about {money(band.likely)} ({money(band.low)} to {money(band.high)})"
