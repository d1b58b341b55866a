"""Inspect: a task with a dataset in memory, one generation a sample, and a scorer."""

import json
import os
import sys
import time
from pathlib import Path

folder = Path(sys.argv[1])
work = json.loads((folder / "work.json").read_text())
os.environ |= {"RAW_BASE_URL": work["url"], "RAW_API_KEY": "none"}

from inspect_ai import Task, eval  # noqa: A004, E402
from inspect_ai.dataset import MemoryDataset, Sample  # noqa: E402
from inspect_ai.scorer import match  # noqa: E402
from inspect_ai.solver import generate, system_message  # noqa: E402

rows = [json.loads(line) for line in (folder / "d.jsonl").open()]
task = Task(
    dataset=MemoryDataset([Sample(input=row["text"], target=row["label"]) for row in rows]),
    solver=[system_message(work["system"]), generate()],
    scorer=match(),
)
started = time.perf_counter()
logs = eval(
    task,
    model="openai-api/raw/raw",
    max_connections=work["in_flight"],
    max_samples=work["in_flight"],
    display="none",
    log_dir=str(folder / "logs"),
)
seconds = time.perf_counter() - started
assert logs[0].status == "success", logs[0].error
print(seconds)
