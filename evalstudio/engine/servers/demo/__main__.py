"""Command line of the demo server: `python -m evalstudio.engine.servers.demo` runs it in this process."""

import sys

import click

from evalstudio.core.child_process import EXIT_WITH_PARENT
from evalstudio.core.errors import EvalStudioError
from evalstudio.engine.servers.demo.manners import MANNERS
from evalstudio.engine.servers.demo.profiles import PROFILES
from evalstudio.engine.servers.demo.serve import run_server

USAGE_ERROR = 2


@click.command()
@click.option("--profile", default="fast", show_default=True, type=click.Choice([*PROFILES, *MANNERS]))
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=0, show_default=True, type=click.IntRange(0, 65535), help="0: any free one")
@click.option("--seed", default=0, show_default=True, type=int, help="answers depend on it")
@click.option("--api-key", help="refuse calls without this key")
@click.option(EXIT_WITH_PARENT, is_flag=True, help="leave when stdin ends")
def main(profile: str, host: str, port: int, seed: int, api_key: str | None, exit_with_parent: bool) -> None:
    """An OpenAI-compatible demo model on this machine."""
    try:
        run_server(profile, host, port, seed, api_key, exit_with_parent)
    except EvalStudioError as error:
        click.echo(str(error), err=True)
        sys.exit(USAGE_ERROR)


if __name__ == "__main__":
    main()
