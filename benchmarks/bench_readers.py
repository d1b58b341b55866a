"""How fast datasets are read, and in how much memory: `python benchmarks/bench_readers.py --mb 200`.

Writes files of made-up rows to a temporary folder and reads each with this program and with the plain
library loop beside it. Every reading is a process of its own, so that its peak memory is its own too.
"""

import argparse
import csv
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

WORDS = [
    "the",
    "model",
    "answered",
    "that",
    "every",
    "sample",
    "of",
    "this",
    "long",
    "review",
    "was",
    "good,",
    "bad",
    "or",
    '"neither"',
    "of",
    "them;",
    "naïve",
    "café",
]


def rows(megabytes: int) -> Iterator[dict[str, str]]:
    draw = random.Random(1)
    written = number = 0
    while written < megabytes * 1_000_000:
        text = " ".join(draw.choices(WORDS, k=30))
        row = {
            "id": f"{number:09}",
            "text": text,
            "label": draw.choice(["positive", "negative"]),
            "score": "0.50",
        }
        written += sum(map(len, row.values())) + 4
        number += 1
        yield row


def make_files(folder: Path, megabytes: int) -> None:
    with (folder / "data.csv").open("w", newline="", encoding="utf-8") as table:
        writer = csv.DictWriter(table, ["id", "text", "label", "score"])
        writer.writeheader()
        writer.writerows(rows(megabytes))
    with (folder / "data.jsonl").open("w", encoding="utf-8") as lines:
        for row in rows(megabytes):
            lines.write(json.dumps(row, ensure_ascii=False) + "\n")


def plain_csv(folder: Path) -> int:
    with (folder / "data.csv").open(newline="", encoding="utf-8") as file:
        return sum(1 for _ in csv.DictReader(file))


def bare_csv(folder: Path) -> int:
    with (folder / "data.csv").open(newline="", encoding="utf-8") as file:
        return sum(1 for _ in csv.reader(file)) - 1


def plain_jsonl(folder: Path) -> int:
    with (folder / "data.jsonl").open(encoding="utf-8") as file:
        return sum(1 for line in file if json.loads(line))


def pandas_csv(folder: Path) -> int:
    import pandas

    return len(pandas.read_csv(folder / "data.csv", dtype=str, keep_default_na=False))


def pandas_jsonl(folder: Path) -> int:
    import pandas

    return len(pandas.read_json(folder / "data.jsonl", lines=True, dtype=False))


def polars_csv(folder: Path) -> int:
    import polars

    return polars.read_csv(folder / "data.csv", infer_schema=False).height


def polars_jsonl(folder: Path) -> int:
    import polars

    return polars.read_ndjson(folder / "data.jsonl").height


def opened(name: str, iterate: bool, **options: object) -> Callable[[Path], int]:
    def read(folder: Path) -> int:
        from evalstudio.datasets import DatasetSource, open_dataset

        dataset = open_dataset(DatasetSource(path=name, **options), folder)  # type: ignore[arg-type]
        return sum(1 for _ in dataset) if iterate else dataset.count

    return read


READINGS: dict[str, Callable[[Path], int]] = {
    "CSV: csv.reader": bare_csv,
    "CSV: csv.DictReader": plain_csv,
    "CSV: pandas, all text": pandas_csv,
    "CSV: polars, all text": polars_csv,
    "CSV: open_dataset (hash, count, problems)": opened("data.csv", False),
    "CSV: open_dataset, then every sample": opened("data.csv", True),
    "CSV: the same with an id column": opened("data.csv", True, id="id"),
    "CSV: the same, 1,000 random samples": opened("data.csv", True, samples=1000, seed=1),
    "JSONL: json.loads": plain_jsonl,
    "JSONL: pandas": pandas_jsonl,
    "JSONL: polars": polars_jsonl,
    "JSONL: open_dataset": opened("data.jsonl", False),
    "JSONL: open_dataset, then every sample": opened("data.jsonl", True),
}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--mb", type=int, default=200)
    parser.add_argument("--one", help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.one:
        start = time.perf_counter()
        count = READINGS[arguments.one](arguments.folder)
        seconds = time.perf_counter() - start
        print(count, seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
        return
    with tempfile.TemporaryDirectory() as name:
        make_files(Path(name), arguments.mb)
        print(f"{'reading':44} {'rows':>10} {'seconds':>8} {'rows/s':>10} {'peak MB':>8}")
        for reading in READINGS:
            command = [sys.executable, __file__, "--one", reading, "--folder", name]
            result = subprocess.run(command, capture_output=True, text=True, check=False)
            if result.returncode:
                print(f"{reading:44} {result.stderr.strip().splitlines()[-1]}")
                continue
            count, seconds, peak = map(float, result.stdout.split())
            print(f"{reading:44} {count:10,.0f} {seconds:8.2f} {count / seconds:10,.0f} {peak:8,.0f}")


if __name__ == "__main__":
    main()
