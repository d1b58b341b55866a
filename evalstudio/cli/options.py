"""Options that several commands share, with one name everywhere."""

from collections.abc import Callable
from typing import Any

import click

from evalstudio.core.strategy import Strategy, parse_strategy
from evalstudio.settings.schema import option_help
from evalstudio.workspace.folder import Workspace, find_workspace

workspace_option = click.option(
    "--workspace",
    metavar="FOLDER",
    help=f"{option_help('workspace')} Else EVALSTUDIO_WORKSPACE, else your data folder.",
)


def workspace_of(option: str | None) -> Workspace:
    """The workspace that an option, the environment or the settings name."""
    from evalstudio.settings.values import load_settings

    return find_workspace(option, load_settings()[0].workspace or None)


def limit_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """--strategy, --window, and what runs a synchronous function."""
    for option in (
        click.option("--cluster", metavar="ADDRESS", help=option_help("cluster")),
        click.option("--threads-per-process", type=int, metavar="T", help=option_help("threads_per_process")),
        click.option(
            "--processes",
            type=int,
            is_flag=False,
            flag_value=1,
            metavar="P",
            help=option_help("processes"),
        ),
        click.option("--workers", type=int, metavar="N", help=option_help("workers")),
        click.option("--window", type=int, metavar="N", help=option_help("window")),
        click.option(
            "--strategy",
            metavar="NAME",
            help="sequential, sliding-window or adaptive; with --window alone: a sliding window.",
        ),
    ):
        command = option(command)
    return command


def strategy_of(name: str | None, window: int | None) -> Strategy | None:
    """The strategy that --strategy and --window ask for; None when neither is given."""
    if name is None and window is None:
        return None
    return parse_strategy(name or "sliding-window", window)
