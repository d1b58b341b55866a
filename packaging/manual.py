"""The manual page, from the help of the commands."""

import subprocess
from pathlib import Path

LISTING = """
import click
from evalstudio.cli.main import evalstudio
context = click.Context(evalstudio, info_name="evalstudio")
for name in evalstudio.list_commands(context):
    command = evalstudio.get_command(context, name)
    if not command.hidden:
        print(name, command.get_short_help_str(200), sep="\\t")
"""
PAGE = r"""
.TH EVALSTUDIO 1 "" "EvalStudio {version}" "User Commands"
.SH NAME
evalstudio \- workbench for evaluations of language models
.SH SYNOPSIS
.B evalstudio
[\fICOMMAND\fR] [\fIOPTIONS\fR]
.SH DESCRIPTION
Runs evaluations of language models as fast as the endpoint allows, and loses no answer.
Without a command the window opens.
.B evalstudio \fICOMMAND\fB \-\-help
tells about a command.
.SH COMMANDS
{commands}
.SH OPTIONS
.TP
.B \-\-smoke\-test
Goes through the whole program once, says so in a line of JSON, and leaves.
.TP
.B \-\-version
Says the version.
"""


def page(python: Path, version: str) -> str:
    """The page in roff. Raises CalledProcessError where the commands can't be listed."""
    listed = subprocess.run([str(python), "-c", LISTING], check=True, capture_output=True, text=True).stdout
    commands = [line.split("\t", 1) for line in listed.splitlines()]
    text = "\n".join(f".TP\n.B {plain(name)}\n{plain(about)}" for name, about in commands)
    return PAGE.lstrip().format(version=version, commands=text)


def plain(text: str) -> str:
    return text.replace("\\", "\\e").replace("-", "\\-").replace("'", "\\(aq")
