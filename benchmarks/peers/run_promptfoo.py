"""promptfoo: `promptfoo eval -j N` as a person runs it; the time that the same takes with one test is its start."""

import json
import subprocess
import sys
import time
from pathlib import Path

installed, folder = Path(sys.argv[1]), Path(sys.argv[2])
work = json.loads((folder / "work.json").read_text())
rows = [json.loads(line) for line in (folder / "d.jsonl").open()]


def seconds_for(tests: list[dict[str, str]], name: str) -> float:
    """How long a whole `eval` of these tests takes. Raises where not all of them pass."""
    messages = [{"role": "system", "content": work["system"]}, {"role": "user", "content": "{{text}}"}]
    provider = {"id": "openai:chat:raw", "config": {"apiBaseUrl": work["url"], "apiKey": "none"}}
    config = {
        "prompts": [json.dumps(messages)],
        "providers": [provider],
        "tests": [
            {"vars": {"text": row["text"]}, "assert": [{"type": "equals", "value": row["label"]}]}
            for row in tests
        ],
    }
    path, results = folder / f"{name}.json", folder / f"{name}-results.json"
    path.write_text(json.dumps(config))
    program = installed / "node_modules" / ".bin" / "promptfoo"
    flags = ["-j", str(work["in_flight"]), "--no-cache", "--no-progress-bar", "--no-table"]
    started = time.perf_counter()
    done = subprocess.run(
        [program, "eval", "-c", path, "-o", results, *flags],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    seconds = time.perf_counter() - started
    passed = json.loads(results.read_text())["results"]["stats"]["successes"] if results.exists() else 0
    if passed != len(tests):
        raise SystemExit(f"{passed} of {len(tests)} passed: {done.stdout[-400:]} {done.stderr[-400:]}")
    return seconds


start = seconds_for(rows[:1], "start")
print(seconds_for(rows, "all") - start)
