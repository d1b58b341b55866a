"""EvalStudio: answers and scores committed to SQLite."""

import json
import sys
from pathlib import Path

from evalstudio.concurrency import SlidingWindow
from evalstudio.engine.engine import Engine
from evalstudio.engine.loop import run
from evalstudio.evaluations.request import Options
from evalstudio.workspace.folder import Workspace

folder = Path(sys.argv[1])
work = json.loads((folder / "work.json").read_text())
(folder / "e.toml").write_text(
    'name = "bench"\ndataset = { path = "d.jsonl" }\n'
    f'model = {{ provider = "openai", name = "raw", base_url = "{work["url"]}" }}\n'
    f'messages = [ {{ role = "system", content = "{work["system"]}" }}, {{ role = "user", content = "{{{{ text }}}}" }} ]\n'
    'evaluators = [ { type = "exact_match", expected = "{{ label }}", normalise = true } ]\n'
)


async def evaluate() -> float:
    engine = Engine(Workspace(folder / "workspace"))
    await engine.start()
    try:
        started = await engine.start_run(
            str(folder / "e.toml"), Options("b", SlidingWindow(work["in_flight"]))
        )
        final = await engine.finished(started)
    finally:
        await engine.aclose()
    assert final.scored == final.total, final.reason
    return final.elapsed


print(run(evaluate()))
