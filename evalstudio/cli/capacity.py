"""`evalstudio capacity` command: how many concurrent calls a model can take.

It is measured on an evaluation's own samples.
"""

import click
import msgspec

from evalstudio.cli.interrupt import INTERRUPTED, on_interrupt
from evalstudio.cli.options import workspace_option
from evalstudio.cli.run import STOPPED
from evalstudio.core.format import milliseconds, money
from evalstudio.engine.capacity.finder import find_capacity
from evalstudio.engine.engine import Engine
from evalstudio.engine.loop import run
from evalstudio.protocol import CapacityFound, CapacityPlan, Event, FindCapacity, Level, LogLine
from evalstudio.settings.values import load_settings, workspace_of
from evalstudio.terminal.console import console as make_console


@click.command("capacity")
@click.argument("evaluation")
@click.option("--model", metavar="NAME", help="Another model than the file's, as in openai/gpt-4o-mini.")
@click.option("--max", "most", type=int, default=64, show_default=True, help="Calls in flight at most.")
@click.option("--samples", type=int, metavar="N", help="Max samples to use.")
@click.option(
    "--p95", type=float, metavar="SECONDS", help="Only levels at which 95% of the calls keep to it."
)
@click.option("--first-token-p95", type=float, metavar="SECONDS", help="The same for the first token.")
@click.option("--json", "as_json", is_flag=True, help="Print the levels and the verdict as JSON.")
@workspace_option
def capacity_command(
    evaluation: str,
    model: str | None,
    most: int,
    samples: int | None,
    p95: float | None,
    first_token_p95: float | None,
    as_json: bool,
    workspace: str | None,
) -> None:
    """Finds out how many calls at once the model of EVALUATION can take; the answers are kept as a run."""
    console = make_console(stderr=as_json)
    settings, problem = load_settings()
    if problem:
        console.print(f"[yellow]{problem}[/]")

    def emit(event: Event) -> None:
        match event:
            case CapacityPlan():
                console.print(
                    f"At most {event.calls:,} calls, {_cost(event.cost)}; the answers are kept "
                    f"in the experiment '{event.experiment}'.",
                    markup=False,
                )
            case Level():
                console.print(line_of(event), markup=False, highlight=False)
            case LogLine(level="warning" | "error", text=text):
                console.print(text, style="yellow", markup=False)
            case _:
                pass

    async def work() -> tuple[CapacityFound, bool]:
        engine = Engine(workspace_of(workspace), settings, emit=emit)
        await engine.start()
        try:
            with on_interrupt(engine) as interrupt:
                search = FindCapacity(evaluation, model, most, samples, p95, first_token_p95)
                found = await find_capacity(engine, search, emit)
                return found, interrupt.came
        finally:
            await engine.aclose()

    found, interrupted = run(work())
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(found)).decode())
    else:
        console.print(found.sentence, markup=False, style="bold")
    if interrupted or found.best is None:
        raise click.exceptions.Exit(INTERRUPTED if interrupted else STOPPED)


def line_of(level: Level) -> str:
    """Formats one level as a line."""
    parts = [
        f"{level.concurrency:>4} in flight: {level.rate:.3g} samples/s ({level.low:.3g} to {level.high:.3g})"
    ]
    if level.latency:
        parts.append(f"p50 {milliseconds(level.latency.p50)}, p95 {milliseconds(level.latency.p95)}")
    if level.first_token:
        parts.append(f"first token p50 {milliseconds(level.first_token.p50)}")
    parts.append(f"{level.answers} answers")
    if level.failed:
        parts.append(f"{level.failed} attempts failed")
    return ", ".join(parts)


def _cost(dollars: float | None) -> str:
    return money(None) if dollars is None else f"cost at most about {money(dollars)}"
