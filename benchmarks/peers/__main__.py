"""Samples/s of EvalStudio and of other evaluation tools, with 50 calls in flight on the same server.

    python -m benchmarks.peers [--python PYTHON] [--promptfoo FOLDER] [--rounds N] [--save]

PYTHON is an interpreter that has inspect-ai, openai, lm-eval[api] or dotevals, whichever is to be measured; it may be
given more than once. FOLDER is where `npm install promptfoo` was run. What is not there is skipped and said. Each tool
runs in a process of its own; what is timed is the evaluation, not the start of the program. Rounds are interleaved,
medians reported. --save keeps them for the chart in the documents (then: python -m benchmarks.charts).
"""

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.bench_engine import MESSAGES, raw_server
from benchmarks.kept import keep

HERE = Path(__file__).parent
IN_FLIGHT = 50
CASES = [(2_000, 0), (2_000, 100), (500, 1_000)]  # samples, milliseconds
PYTHON_TOOLS = {"Inspect": "inspect_ai", "lm-eval": "lm_eval", "dotevals": "dotevals"}
LONGEST_S = 400


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--python", action="append", default=[], help="an interpreter that has other tools")
    parser.add_argument("--promptfoo", type=Path, help="the folder where promptfoo is installed")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--save", action="store_true", help="write benchmarks/results/peers.json anew")
    options = parser.parse_args()
    load = os.getloadavg()[0]
    console = Console(width=110, highlight=False)
    commands, versions = find_tools([sys.executable, *options.python], options.promptfoo)
    console.print(
        f"{platform.platform()}, Python {platform.python_version()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"
    )
    console.print(", ".join(f"{name} {version}" for name, version in versions.items()))
    for name in ("Inspect", "lm-eval", "dotevals", "promptfoo"):
        if name not in commands:
            console.print(f"{name} is not there and is skipped; see --help.")
    table = Table("samples", "server", "ideal", *commands)
    cases = []
    for samples, delay in CASES:
        rates = measure(commands, samples, delay, options.rounds)
        ours = statistics.median(rates["EvalStudio"])
        cells = [
            f"{statistics.median(found):,.0f}/s ({statistics.median(found) / ours:.2f})"
            if found
            else "failed"
            for found in rates.values()
        ]
        ideal = f"{IN_FLIGHT * 1000 / delay:,.0f}/s" if delay else "–"
        table.add_row(f"{samples:,}", f"{delay} ms", ideal, *cells)
        medians = {name: round(statistics.median(found), 1) for name, found in rates.items() if found}
        cases.append({"samples": samples, "delay_ms": delay, "rates": medians})
    console.print(table)
    console.print("In brackets: the share of EvalStudio's rate.")
    if options.save:
        values = {"in_flight": IN_FLIGHT, "rounds": options.rounds, "versions": versions, "cases": cases}
        keep("peers", "benchmarks.peers", load, values)
        console.print("\nFor benchmarks/README.md:\n")
        print(markdown(cases))


def markdown(cases: list[dict[str, Any]]) -> str:
    """The table as benchmarks/README.md has it: rates, and in brackets their share of EvalStudio's."""
    names = list(dict.fromkeys(name for case in cases for name in case["rates"]))
    lines = [f"| samples | server | ideal | {' | '.join(names)} |", "|---" * (3 + len(names)) + "|"]
    for case in cases:
        rates, delay = case["rates"], case["delay_ms"]
        ideal = f"{IN_FLIGHT * 1000 / delay:,.0f}/s" if delay else "–"
        cells = [f"{rates['EvalStudio']:,.0f}/s"]
        for name in names[1:]:
            share = (
                f"{rates[name]:,.0f}/s ({rates[name] / rates['EvalStudio']:.2f})"
                if name in rates
                else "failed"
            )
            cells.append(share)
        lines.append(f"| {case['samples']:,} | {delay:,} ms | {ideal} | {' | '.join(cells)} |")
    return "\n".join(lines)


def find_tools(pythons: list[str], promptfoo: Path | None) -> tuple[dict[str, list[str]], dict[str, str]]:
    """The commands that run each tool that is there, and the versions."""
    commands = {"EvalStudio": [sys.executable, str(HERE / "run_evalstudio.py")]}
    versions = {}
    for name, module in PYTHON_TOOLS.items():
        for python in pythons:
            version = _version(python, module)
            if version and name not in commands:
                commands[name] = [python, str(HERE / f"run_{module}.py")]
                versions[name] = version
    if shutil.which("node") and promptfoo is not None:
        package = promptfoo / "node_modules" / "promptfoo" / "package.json"
        commands["promptfoo"] = [sys.executable, str(HERE / "run_promptfoo.py"), str(promptfoo.absolute())]
        versions["promptfoo"] = json.loads(package.read_text())["version"]
    return commands, versions


def measure(commands: dict[str, list[str]], samples: int, delay: int, rounds: int) -> dict[str, list[float]]:
    """Samples/s of each tool, one a round."""
    rates: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            with raw_server(delay) as url, tempfile.TemporaryDirectory() as folder:
                _write_work(Path(folder), url, samples)
                seconds = _run(name, command, Path(folder))
            if seconds is not None:
                rates[name].append(samples / seconds)
    return rates


def _write_work(folder: Path, url: str, samples: int) -> None:
    with (folder / "d.jsonl").open("w") as file:
        for number in range(samples):
            row = {"text": f"Review number {number}: great, I love it", "label": "positive"}
            file.write(json.dumps(row) + "\n")
    work = {"url": url, "in_flight": IN_FLIGHT, "system": MESSAGES[0]["content"]}
    (folder / "work.json").write_text(json.dumps(work))


def _run(name: str, command: list[str], folder: Path) -> float | None:
    """Seconds that the tool took, which it prints as its last line; None, with the reason printed, where it failed."""
    environment = {
        **os.environ,
        "PYTHONPATH": str(HERE.parent.parent),
        "HOME": str(folder),
        "HF_HUB_OFFLINE": "1",
        "PROMPTFOO_DISABLE_TELEMETRY": "1",
        "PROMPTFOO_DISABLE_UPDATE": "1",
        "PROMPTFOO_CONFIG_DIR": str(folder / "promptfoo"),
        "INSPECT_LOG_DIR": str(folder / "logs"),
    }
    if name != "EvalStudio":
        environment.pop("PYTHONPATH")
    try:
        done = subprocess.run(
            [*command, str(folder)],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            timeout=LONGEST_S,
            check=False,
        )
        return float(done.stdout.strip().rsplit("\n", 1)[-1])
    except subprocess.TimeoutExpired:
        print(f"{name}: not done within {LONGEST_S} s")
    except ValueError:
        print(f"{name}: {done.stderr.strip()[-800:] or done.stdout.strip()[-800:]}")
    return None


def _version(python: str, module: str) -> str | None:
    code = f"import importlib.metadata as m; print(m.version({module!r}))"
    found = subprocess.run([python, "-c", code], capture_output=True, text=True, check=False)
    return found.stdout.strip() or None


if __name__ == "__main__":
    main()
