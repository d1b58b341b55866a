"""Start commands: open the window or, without a screen, run the example in the terminal."""

import json
import os
import sys

import click

from evalstudio.cli.options import workspace_option
from evalstudio.core.errors import RequirementError

FIRST_EXAMPLE = "example:sentiment"


@click.command("window")
@workspace_option
@click.option(
    "--lag-probe", metavar="FILE", hidden=True, help="Write how late the window's timer was, as JSON."
)
@click.option(
    "--smoke-test",
    is_flag=True,
    help="Go through the whole program once, say so in a line of JSON, and leave.",
)
def window_command(
    workspace: str | None = None, lag_probe: str | None = None, smoke_test: bool = False
) -> None:
    """Opens the window."""
    if smoke_test:
        run_smoke_test()
    reason = no_window_reason()
    if reason is not None:
        raise RequirementError(
            f"The window can't open: {reason}. In a terminal: evalstudio run {FIRST_EXAMPLE}"
        )
    from evalstudio.ui.shell.main import main

    raise click.exceptions.Exit(main(workspace, lag_probe))


@click.command("start", hidden=True)
@workspace_option
def start_command(workspace: str | None) -> None:
    """Opens the window with an example; without a screen, runs the example here."""
    reason = no_window_reason()
    if reason is None:
        from evalstudio.ui.shell.main import main

        raise click.exceptions.Exit(main(workspace))
    from evalstudio.cli.run import run_in_terminal

    click.echo(f"No window: {reason}. Running {FIRST_EXAMPLE} in the terminal instead.\n", err=True)
    status = run_in_terminal(workspace, evaluation=FIRST_EXAMPLE)
    click.echo(
        "\nNext: evalstudio list · evalstudio run example:arithmetic --window 16 · evalstudio --help",
        err=True,
    )
    raise click.exceptions.Exit(status)


def run_smoke_test() -> None:
    """Prints a line of JSON; exit status 1 if something does not work."""
    if no_window_reason() is not None:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from evalstudio.ui.shell.smoke_test import smoke_test

    found = smoke_test()
    click.echo(json.dumps(found))
    raise click.exceptions.Exit(0 if found["ok"] else 1)


def no_window_reason() -> str | None:
    """Returns why no window can open on this machine; None if one can."""
    platform = os.environ.get("QT_QPA_PLATFORM", "")
    if (
        sys.platform.startswith("linux")
        and not platform
        and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
    ):
        return "there is no display (neither DISPLAY nor WAYLAND_DISPLAY is set)"
    return None
