"""What each evaluation of a Python file would take, asked one after the other."""

from collections.abc import AsyncIterator

import msgspec

from evalstudio.concurrency import Adaptive
from evalstudio.errors import RunError
from evalstudio.protocol import EvaluationFile, ForecastRun, RunForecast
from evalstudio.ui.session import Session


async def function_forecasts(
    session: Session, path: str, file: EvaluationFile
) -> AsyncIterator[tuple[str, RunForecast]]:
    """Each function's name and forecast; of streamed rows the number is not known, and a batch is no call."""
    for one in file.functions:
        if one.problem or one.samples is None or one.kind == "batch":
            continue
        strategy = one.strategy
        if one.kind == "async":
            strategy = strategy or session.settings.strategy or Adaptive()
        try:
            found = await session.engine.request(
                ForecastRun, evaluation=f"{path}::{one.name}", samples=one.samples, strategy=strategy
            )
        except RunError:
            return  # the engine is on its way out
        yield one.name, msgspec.convert(found, RunForecast)
