"""Command answers that are more than a number or a text."""

import msgspec

from evalstudio.core.strategy import Strategy


class RunForecast(msgspec.Struct, frozen=True):
    """Forecast in seconds and US dollars as (low, likely, high); None if unknown. `basis` is the source of the figures.

    For a grid it covers all its `runs` together; the strategy is that of the first.
    """

    samples: int
    strategy: Strategy
    seconds: tuple[float, float, float] | None
    cost: tuple[float, float, float] | None
    basis: str
    runs: int = 1


class LocalModelStatus(msgspec.Struct, frozen=True):
    """Status of the local language model."""

    installed: bool
    running: bool


class EvaluationFunction(msgspec.Struct, frozen=True):
    """An evaluation function of a Python file; `samples` is None if its rows are streamed."""

    name: str
    line: int
    columns: tuple[str, ...]
    samples: int | None
    fixtures: tuple[str, ...]
    kind: str  # async, threads or batch
    strategy: Strategy | None
    about: str
    problem: str = ""


class EvaluationFile(msgspec.Struct, frozen=True):
    """Contents of a Python file; if it failed, `problem` and the lines of the author's code that led to it."""

    functions: tuple[EvaluationFunction, ...]
    problem: str = ""
    trace: str = ""
