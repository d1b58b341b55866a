"""The palette: milliseconds from a key to its results over 10,000 objects. A frame of the screen lasts 16.

Usage: python -m benchmarks.palette [--objects 10000] [--rounds 50]
"""

import argparse
import statistics
import time

from evalstudio.ui.shell.finder import Entry, Finder

TYPED = ("e", "experiment", "experiment-777", "demo model", "sentiment", "expermint", "zzzz", "")
FRAME_MS = 16.0


def entries(count: int) -> list[Entry]:
    """Returns runs as a workspace has them that has been used for years."""
    return [
        Entry(
            f"run:{number}", f"experiment-{number} · {number}", "Run", lambda: None,
            f"evaluation-{number % 97} · demo/model-{number % 13} · completed",
        )
        for number in range(count)
    ]  # fmt: skip


def measure(finder: Finder, typed: str, rounds: int) -> list[float]:
    """Returns the milliseconds of processor time of each search."""
    spent = []
    for _ in range(rounds):
        begun = time.process_time()
        finder.find(typed, {})
        spent.append((time.process_time() - begun) * 1000)
    return spent


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--objects", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=50)
    arguments = parser.parse_args()
    finder = Finder(entries(arguments.objects))
    for typed in TYPED:
        finder.find(typed, {})  # a misspelled word makes the vocabulary once
        spent = measure(finder, typed, arguments.rounds)
        p95 = statistics.quantiles(spent, n=20)[-1]
        told = "" if p95 < FRAME_MS else "  more than a frame"
        print(
            f"{typed or '(nothing)':<16} median {statistics.median(spent):6.2f} ms  p95 {p95:6.2f} ms{told}"
        )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
