"""What a window asks before a run: what it would take, and what a Python file holds."""

import asyncio
import sys
from contextlib import closing
from pathlib import Path

import msgspec

from evalstudio.engine.call_cost import cost_of_a_call
from evalstudio.engine.endpoints import kind_of
from evalstudio.engine.engine import Engine
from evalstudio.engine.forecast import Band, Basis, forecast, from_pilot
from evalstudio.engine.pilot import known_basis
from evalstudio.engine.plan import Options, Plan
from evalstudio.errors import EvaluationError
from evalstudio.evaluation import parse_evaluation
from evalstudio.keys import redact
from evalstudio.protocol import EvaluationFile, ForecastRun, RunForecast
from evalstudio.store.reader import Reader
from evalstudio.workspace import Workspace

LATEST = 50  # answers of earlier runs that are looked at
FEWEST = 2
UNSURE = 0.5  # of a cost that only a prompt's length tells
LIST_S = 60.0


async def forecast_run(engine: Engine, asked: ForecastRun) -> RunForecast:
    """What a run would take, from what earlier runs learned, else from their answers. Nothing is called."""
    options = Options(None, asked.strategy, samples=asked.samples, model=asked.model)
    draft = None if asked.text is None else parse_evaluation(asked.text, Path(asked.evaluation))
    plan, basis = await known_basis(engine, asked.evaluation, options, draft)
    said = f"from what earlier runs learned of {plan.model.label}"
    if basis is None:
        basis, count = await asyncio.to_thread(_from_answers, engine.workspace, plan)
        said = f"from {count} earlier answers" if count else ""
    if basis is None:
        each = await asyncio.to_thread(cost_of_a_call, plan)
        likely = None if each is None else each * plan.total
        cost = None if likely is None else (likely * (1 - UNSURE), likely, likely * (1 + UNSURE))
        return RunForecast(
            plan.total, plan.strategy, None, cost, "no answer of this model yet; try a few samples"
        )
    ceiling = min(engine.admission.ceiling, plan.workers or engine.admission.ceiling)
    found = await asyncio.to_thread(forecast, plan.total, basis, plan.strategy, ceiling=ceiling)
    return RunForecast(plan.total, plan.strategy, _band(found.seconds), _band(found.cost), said)


async def list_evaluations(path: str) -> EvaluationFile:
    """The evaluations of a Python file, which is run in a process of its own. Raises EvaluationError."""
    pipe = asyncio.subprocess.PIPE
    # -P: a module in the current folder must not be taken for one of Python's own
    alone = [] if getattr(sys, "frozen", False) else ["-P"]
    command = [sys.executable, *alone, "-m", "evalstudio.python.listing", path]
    process = await asyncio.create_subprocess_exec(
        *command, stdin=asyncio.subprocess.DEVNULL, stdout=pipe, stderr=pipe
    )
    try:
        async with asyncio.timeout(LIST_S):
            out, said = await process.communicate()
    except TimeoutError:
        raise EvaluationError(
            f"{path} did not end within {LIST_S:.0f} s when it was read; what takes long belongs into a fixture."
        ) from None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    try:
        return msgspec.json.decode(out, type=EvaluationFile)
    except msgspec.MsgspecError:
        last = redact(said.decode(errors="replace").strip()[-2000:])
        raise EvaluationError(
            f"Python ended with status {process.returncode} while it read {path}. {last}".strip()
        ) from None


def _from_answers(workspace: Workspace, plan: Plan) -> tuple[Basis | None, int]:
    """A basis from the latest answers that this evaluation got of this model; None where they are too few."""
    with closing(Reader(workspace)) as reader:
        rows = reader.connection.execute(
            "SELECT latency, records.cost FROM records JOIN runs ON runs.id = run_id WHERE evaluation = ? AND model = ?"
            " AND outcome = 'ok' AND latency IS NOT NULL ORDER BY records.id DESC LIMIT ?",
            (plan.spec.name, plan.model.label, LATEST),
        ).fetchall()
    if len(rows) < FEWEST:
        return None, 0
    latencies = [latency for latency, _ in rows]
    return from_pilot(latencies, [], 1, [cost for _, cost in rows], kind=kind_of(plan.model)), len(rows)


def _band(band: Band | None) -> tuple[float, float, float] | None:
    return None if band is None else (band.low, band.likely, band.high)
