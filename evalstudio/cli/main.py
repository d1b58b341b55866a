"""Command line entry point: the same engine without a window."""

import os
import sys
from importlib import import_module
from typing import NoReturn

import click

from evalstudio.core.errors import DifferentRunError, EvalStudioError
from evalstudio.core.version import __version__
from evalstudio.terminal.stdout import explain_output, forgive_encodings, keep_streams, visible

USAGE = 2
UNWRITTEN = 1
# Each command is imported when it is called, so the window and `--version` need not wait for the engine's libraries.
COMMANDS = {
    "run": "run:run_command",
    "benchmarks": "benchmarks:benchmarks_command",
    "list": "show:list_command",
    "show": "show:show_command",
    "capacity": "capacity:capacity_command",
    "forecast": "forecast:forecast_command",
    "compare": "compare:compare_command",
    "agreement": "agreement:agreement_command",
    "errors": "errors_command:errors_command",
    "export": "export:export_command",
    "import": "import_:import_command",
    "rename": "housekeeping:rename_command",
    "delete": "housekeeping:delete_command",
    "cleanup": "housekeeping:cleanup_command",
    "learned": "learned:learned_command",
    "demo-server": "serve:demo_server",
    "local-model": "serve:local_model",
    "engine": "serve:engine_command",
    "start": "start:start_command",
    "window": "start:window_command",
}


class Commands(click.Group):
    """Command group that imports each command when it is looked up."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        place = COMMANDS.get(cmd_name)
        if place is None:
            return None
        module, name = place.split(":")
        command = getattr(import_module(f"evalstudio.cli.{module}"), name)
        assert isinstance(command, click.Command)
        return command


@click.group(cls=Commands, invoke_without_command=True)
@click.version_option(__version__, message="EvalStudio %(version)s")
@click.pass_context
def evalstudio(context: click.Context) -> None:
    """Runs evaluations of language models as fast as the endpoint allows, and loses no answer.

    Without a command the window opens.
    """
    if context.invoked_subcommand is None:
        window = evalstudio.get_command(context, "window")
        assert window is not None
        context.invoke(window)


def main() -> None:
    """Entry point: errors that a person can act on end in one sentence and exit status 2."""
    keep_streams()
    forgive_encodings()
    _leave(command_line())


def command_line() -> int | str | None:
    """Carries out the command line and returns its exit status; what can be helped is said in a sentence."""
    try:
        _check_arguments()
        status: int | str | None = evalstudio(standalone_mode=False)
        sys.stdout.flush()  # reports a full disk here instead of at interpreter exit
    except click.ClickException as error:
        error.show()
        return USAGE
    except (click.Abort, KeyboardInterrupt):
        return 130
    except EvalStudioError as error:
        from evalstudio.models.keys import redact

        hint = " (--new-run)" if isinstance(error, DifferentRunError) else ""
        click.echo(f"evalstudio: {visible(redact(str(error)))}{hint}", err=True)
        return USAGE
    except OSError as error:
        reason = explain_output(error)
        if reason is None:
            raise
        if reason:
            click.echo(f"evalstudio: {reason}", err=True)
        return UNWRITTEN
    return status


def _check_arguments() -> None:
    """Refuses names that are no text: no database, no report and no other tool would take them."""
    for argument in sys.argv[1:]:
        try:
            argument.encode()
        except UnicodeEncodeError:
            raise click.UsageError(
                f"{argument!a} holds bytes that are no UTF-8 text; give the file or folder another name."
            ) from None


def _leave(status: int | str | None) -> NoReturn:
    """Exits; at once where an engine has left threads or tasks of a person's code behind that nobody can end."""
    loop = sys.modules.get("evalstudio.engine.loop")
    if loop is not None and loop.is_anything_left():
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        os._exit(status if isinstance(status, int) else int(bool(status)))
    sys.exit(status)
