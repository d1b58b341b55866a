"""EvalStudio: evaluations of language models, as fast as the endpoint allows."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from evalstudio.python.decorators import ForEach, batch, foreach
    from evalstudio.python.result import Result
    from evalstudio.python.scorers import evaluator, metric
    from evalstudio.runner import run
    from evalstudio.score import Score

__version__ = "0.1.0"

__all__ = ["ForEach", "Result", "Score", "__version__", "batch", "evaluator", "foreach", "metric", "run"]

_HOMES = {
    "ForEach": "evalstudio.python.decorators",
    "Result": "evalstudio.python.result",
    "Score": "evalstudio.score",
    "batch": "evalstudio.python.decorators",
    "evaluator": "evalstudio.python.scorers",
    "foreach": "evalstudio.python.decorators",
    "metric": "evalstudio.python.scorers",
    "run": "evalstudio.runner",
}


def __getattr__(name: str) -> Any:
    """What the package offers is imported when it is used: the window starts without it."""
    if name not in _HOMES:
        raise AttributeError(f"module 'evalstudio' has no attribute '{name}'")
    return getattr(import_module(_HOMES[name]), name)
