"""The answers to commands that are more than a number or a text."""

import msgspec

from evalstudio.core.strategy import Strategy


class RunForecast(msgspec.Struct, frozen=True):
    """Seconds and US dollars as (low, likely, high); None where nothing is known. `basis` says what they come from.

    Of a grid all its `runs` together; the strategy is that of the first.
    """

    samples: int
    strategy: Strategy
    seconds: tuple[float, float, float] | None
    cost: tuple[float, float, float] | None
    basis: str
    runs: int = 1


class LocalModelStatus(msgspec.Struct, frozen=True):
    """How the local language model is."""

    installed: bool
    running: bool


class EvaluationFunction(msgspec.Struct, frozen=True):
    """A function of a Python file that is an evaluation; `samples` None: its rows are streamed."""

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
    """What a Python file holds; `problem` and the lines of its author's own code that led there, where it failed."""

    functions: tuple[EvaluationFunction, ...]
    problem: str = ""
    trace: str = ""
