"""Command line reference page, generated from the commands: `python -m evalstudio.cli.reference`."""

from pathlib import Path

import click

from evalstudio.cli.main import evalstudio

PAGE = Path(__file__).resolve().parent.parent.parent / "docs" / "reference" / "commands.md"
HEAD = """# Commands

This page is made from the program's own help: `python -m evalstudio.cli.reference`.

The same engine runs in the terminal. Every command takes `--help`. Without a command the window opens.
"""


def page() -> str:
    """Returns the page in Markdown."""
    context = click.Context(evalstudio, info_name="evalstudio")
    parts = [HEAD]
    for name in evalstudio.list_commands(context):
        command = evalstudio.get_command(context, name)
        if command is not None and not command.hidden:
            parts.append(_entry(command, click.Context(command, info_name=name, parent=context)))
    return "".join(parts)


def _entry(command: click.Command, context: click.Context) -> str:
    pieces = " ".join(command.collect_usage_pieces(context))
    about = " ".join((command.help or "").split())
    rows = []
    for parameter in command.get_params(context):
        if not isinstance(parameter, click.Option) or parameter.hidden or "--help" in parameter.opts:
            continue
        record = parameter.get_help_record(context)
        if record is not None:
            option, text = (part.replace("|", "\\|") for part in record)
            rows.append(f"| `{option}` | {text} |\n")
    table = f"\n| option | |\n|---|---|\n{''.join(rows)}" if rows else ""
    return f"\n## {context.command_path}\n\n    {context.command_path} {pieces}\n\n{about}\n{table}"


def main() -> None:
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
