"""Runs every check of the project in turn and stops at the first that fails.

Usage: python scripts/check.py [--lint-only] [pytest arguments]
"""

import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
LINT = [
    ("style", ["ruff", "check", "."]),
    ("format", ["ruff", "format", "--check", "."]),
    ("types", ["mypy"]),
    ("architecture", ["lint-imports"]),
]


def main(arguments: list[str]) -> int:
    """Runs the checks; returns the exit status of the first that failed, else 0."""
    lint_only = "--lint-only" in arguments
    rest = [argument for argument in arguments if argument != "--lint-only"]
    steps = list(LINT)
    if not lint_only:
        # most tests wait for servers and processes: three at a time use two cores well
        parallel = (
            []
            if any(argument.startswith(("-n", "tests")) for argument in rest)
            else ["-n", "3", "--dist", "loadfile"]
        )
        steps.append(("tests", ["pytest", "-q", *parallel, *rest]))
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen"}
    for name, command in steps:
        started = time.monotonic()
        print(f"== {name}: {' '.join(command)}", flush=True)
        status = subprocess.call([str(BIN / command[0]), *command[1:]], cwd=ROOT, env=environment)
        print(
            f"== {name}: {'ok' if status == 0 else 'FAILED'} in {time.monotonic() - started:.1f} s",
            flush=True,
        )
        if status != 0:
            return status
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
