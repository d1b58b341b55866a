"""dotevals: a file with `@foreach` under pytest, with its SlidingWindow. Timed from the first call to the last answer."""

import subprocess
import sys
from pathlib import Path

EVALUATION = """
import json
import time
from pathlib import Path

import httpx
from dotevals import ForEach, Result
from dotevals.concurrency import SlidingWindow
from dotevals.evaluators import exact_match

FOLDER = Path({folder!r})
WORK = json.loads((FOLDER / "work.json").read_text())
ROWS = [(row["text"], row["label"]) for row in map(json.loads, (FOLDER / "d.jsonl").open())]
times = []
client = None


@ForEach(concurrency=SlidingWindow(max_concurrency=WORK["in_flight"]))("text,label", ROWS)
async def eval_bench(text, label):
    global client
    if client is None:
        client = httpx.AsyncClient(timeout=240, limits=httpx.Limits(max_connections=None))
    times.append(time.perf_counter())
    messages = [{{"role": "system", "content": WORK["system"]}}, {{"role": "user", "content": text}}]
    answer = await client.post(WORK["url"] + "/chat/completions", json={{"model": "raw", "messages": messages}})
    said = answer.json()["choices"][0]["message"]["content"]
    times.append(time.perf_counter())
    (FOLDER / "seconds").write_text(str(max(times) - times[0])) if len(times) == 2 * len(ROWS) else None
    return Result(exact_match(said, label), prompt=text)
"""

folder = Path(sys.argv[1])
(folder / "eval_bench.py").write_text(EVALUATION.format(folder=str(folder)))
command = [sys.executable, "-m", "pytest", "-q", str(folder / "eval_bench.py"), "--experiment", "bench"]
done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
seconds = folder / "seconds"
print(seconds.read_text() if seconds.exists() else done.stdout[-800:])
