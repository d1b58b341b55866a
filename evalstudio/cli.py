"""The command line: the same engine without a window."""

import sys

import click

from evalstudio import __version__
from evalstudio.commands.agreement import agreement_command
from evalstudio.commands.capacity import capacity_command
from evalstudio.commands.compare import compare_command
from evalstudio.commands.errors import errors_command
from evalstudio.commands.export import export_command
from evalstudio.commands.forecast import forecast_command
from evalstudio.commands.run import run_command
from evalstudio.commands.serve import demo_server, engine_command, local_model
from evalstudio.commands.show import list_command, show_command
from evalstudio.commands.start import start_command, window_command
from evalstudio.commands.tidy import cleanup_command, delete_command, rename_command
from evalstudio.errors import EvalStudioError

USAGE = 2


@click.group(invoke_without_command=True)
@click.version_option(__version__, message="EvalStudio %(version)s")
@click.pass_context
def evalstudio(context: click.Context) -> None:
    """Runs evaluations of language models as fast as the endpoint allows, and loses no answer.

    Without a command the window opens.
    """
    if context.invoked_subcommand is None:
        context.invoke(window_command)


for command in (
    run_command,
    list_command,
    show_command,
    capacity_command,
    forecast_command,
    compare_command,
    agreement_command,
    errors_command,
    export_command,
    rename_command,
    delete_command,
    cleanup_command,
    demo_server,
    local_model,
    engine_command,
    start_command,
    window_command,
):
    evalstudio.add_command(command)


def main() -> None:
    """The entry point: errors that a person can act on end in one sentence and exit status 2."""
    try:
        sys.exit(evalstudio(standalone_mode=False))
    except click.ClickException as error:
        error.show()
        sys.exit(USAGE)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(130)
    except EvalStudioError as error:
        click.echo(f"evalstudio: {error}", err=True)
        sys.exit(USAGE)
