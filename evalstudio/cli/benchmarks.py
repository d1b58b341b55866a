"""`evalstudio benchmarks` command: search over the published tasks that can be run by name."""

from pathlib import Path

import click
from rich.table import Table
from rich.text import Text

from evalstudio.benchmarks.cache import cache_folder
from evalstudio.benchmarks.catalogue import Found, load_catalogue, search
from evalstudio.engine.benchmarks.host_process import BenchmarkHost
from evalstudio.engine.loop import run
from evalstudio.terminal.console import console as make_console

SHOWN = 40


@click.command("benchmarks")
@click.argument("words", nargs=-1, metavar="[SEARCH]...")
@click.option("--all", "everything", is_flag=True, help=f"All that is found, not the first {SHOWN}.")
def benchmarks_command(words: tuple[str, ...], everything: bool) -> None:
    """Lists the published benchmarks whose name, dataset or tags have all words of SEARCH.

    Run one with: evalstudio run lm-eval:NAME --model openai/gpt-4o-mini --limit 50
    """
    version, path = run(_index())
    found = search(load_catalogue(path), words)
    console = make_console()
    shown = found if everything else found[:SHOWN]
    if shown:
        console.print(_table(shown))
    more = f"; the first {len(shown)} are shown" if len(shown) < len(found) else ""
    click.echo(f"{len(found):,} of lm-eval {version}{more}.", err=True)
    raise click.exceptions.Exit(0 if found else 1)


async def _index() -> tuple[str, Path]:
    host = BenchmarkHost()
    try:
        made = await host.index(cache_folder())
    finally:
        await host.aclose()
    return made["version"], Path(made["path"])


def _table(found: list[Found]) -> Table:
    table = Table("Name", "What", "Dataset", "Few-shot", box=None)
    for one in found:
        entry = one.entry
        dataset = " ".join(part for part in (entry.dataset, entry.config) if part)
        what = f"{entry.what}, runs code" if entry.unsafe else entry.what
        fewshot = "" if entry.fewshot is None else f"{entry.fewshot}"
        table.add_row(Text(f"lm-eval:{one.name}"), Text(what), Text(dataset), fewshot)
    return table
