"""`evalstudio learned` command: what Adaptive remembers of endpoints, and how it is forgotten."""

import json
import time

import click
import msgspec

from evalstudio.cli.experiments import json_option, reading
from evalstudio.cli.options import workspace_option
from evalstudio.core.errors import RunError
from evalstudio.core.format import duration
from evalstudio.settings.values import workspace_of
from evalstudio.store.database import change
from evalstudio.store.endpoint_memory import Learned, forget_endpoint, learned_endpoints
from evalstudio.terminal.stdout import visible
from evalstudio.workspace.folder import has_database


@click.command("learned")
@click.argument("model", required=False)
@click.option("--forget", is_flag=True, help="Delete it: the next run starts cold.")
@json_option
@workspace_option
def learned_command(workspace: str | None, model: str | None, forget: bool, as_json: bool) -> None:
    """Shows what Adaptive learned about endpoints and begins with next time: of MODEL (its name or address), or of all."""
    place = workspace_of(workspace)
    if not has_database(place):
        raise RunError(f"There are no runs in {place.folder} yet.")
    with reading(place) as reader:
        found = [
            one for one in learned_endpoints(reader.connection) if model in (None, one.name, one.address)
        ]
    if model is not None and not found:
        raise RunError(f"Nothing is remembered of '{model}'; `evalstudio learned` lists what is.")
    if forget:
        with change(place) as connection:
            for one in found:
                forget_endpoint(connection, one.endpoint)
    if as_json:
        shown = [{k: v for k, v in msgspec.to_builtins(one).items() if k != "endpoint"} for one in found]
        click.echo(json.dumps({"learned": shown, "forgotten": forget}, ensure_ascii=False))
        return
    for one in found:
        click.echo(visible(_line(one)))
    if forget:
        click.echo(f"Forgotten: {len(found)} endpoint{'' if len(found) == 1 else 's'}.")
    elif not found:
        click.echo("Nothing is remembered yet.")


def _line(one: Learned) -> str:
    facts = [
        f"window {one.window}" if one.window else "",
        f"{one.throughput:.3g} answers/s" if one.throughput else "",
        f"{one.seconds:.3g} s a call" if one.seconds else "",
        f"{one.requests_per_minute:,.0f} requests/min" if one.requests_per_minute else "",
        f"at most {one.concurrency_cap} at once" if one.concurrency_cap else "",
        f"went down at {one.crashed_at} in flight" if one.crashed_at else "",
    ]
    age = duration(max(0.0, time.time() - one.learned_at))
    known = ", ".join(fact for fact in facts if fact) or "nothing certain"
    return f"{one.name}  {one.address}  {known}, {age} ago"
