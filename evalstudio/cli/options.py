"""Options shared by several commands, under the same name everywhere."""

from collections.abc import Callable
from typing import Any

import click

from evalstudio.settings.schema import option_help

workspace_option = click.option(
    "--workspace",
    metavar="FOLDER",
    help=f"{option_help('workspace')} Else EVALSTUDIO_WORKSPACE, else your data folder.",
)


def limit_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Adds --strategy, --window, and the options for workers of a synchronous function."""
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


cluster_option = click.option(
    "--cluster-by",
    metavar="COLUMN",
    help="A column of the dataset: samples with the same value, as of one document, count as one cluster in intervals.",
)
