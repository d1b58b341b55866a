"""Function forecasts: what each evaluation of a Python file would take, requested one after the other."""

from collections.abc import AsyncIterator

from evalstudio.core.errors import RunError
from evalstudio.core.strategy import Adaptive
from evalstudio.protocol import EvaluationFile, EvaluationFunction, ForecastRun
from evalstudio.ui.kit.text import tr
from evalstudio.ui.pages.evaluations.evaluation_bar import forecast_sentence, short_forecast
from evalstudio.ui.state.session import Session


async def function_forecasts(
    session: Session, path: str, file: EvaluationFile
) -> AsyncIterator[tuple[str, str, str]]:
    """Yields each function's name with its forecast for a cell and as a sentence, or the reason why there is none."""
    for one in file.functions:
        if one.problem:
            continue
        if unknown := why_unknown(one):
            yield one.name, tr("not known"), unknown
            continue
        strategy = one.strategy
        if one.kind == "async":
            strategy = strategy or session.settings.strategy or Adaptive()
        try:
            forecast = await session.engine.request(
                ForecastRun(evaluation=f"{path}::{one.name}", samples=one.samples, strategy=strategy)
            )
        except RunError:
            return  # the engine is shutting down
        yield one.name, short_forecast(forecast), forecast_sentence(forecast)


def why_unknown(one: EvaluationFunction) -> str:
    """Returns why a function can't be forecast; empty if it can."""
    if one.samples is None:
        return tr(
            "How long {name} takes is not known: its rows are streamed, and how many there are shows only at their end."
        ).format(name=one.name)
    if one.kind == "batch":
        return tr(
            "How long {name} takes is not known: it is given whole batches, and what one takes depends on its size and on what the function does with it. Run it on a few samples and watch its rate."
        ).format(name=one.name)
    return ""
