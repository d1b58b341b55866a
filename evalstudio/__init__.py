"""EvalStudio: evaluations of language models, as fast as the endpoint allows."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from evalstudio.core.version import __version__

if TYPE_CHECKING:
    from evalstudio.authoring.decorators import ForEach, batch, foreach
    from evalstudio.authoring.result import Result
    from evalstudio.authoring.scorers import evaluator, metric
    from evalstudio.core.score import Score
    from evalstudio.runner import run

__all__ = ["ForEach", "Result", "Score", "__version__", "batch", "evaluator", "foreach", "metric", "run"]

_HOMES = {
    "ForEach": "evalstudio.authoring.decorators",
    "Result": "evalstudio.authoring.result",
    "Score": "evalstudio.core.score",
    "batch": "evalstudio.authoring.decorators",
    "evaluator": "evalstudio.authoring.scorers",
    "foreach": "evalstudio.authoring.decorators",
    "metric": "evalstudio.authoring.scorers",
    "run": "evalstudio.runner",
}


def __getattr__(name: str) -> Any:
    """What the package offers is imported when it is used: the window starts without it."""
    if name not in _HOMES:
        raise AttributeError(f"module 'evalstudio' has no attribute '{name}'")
    return getattr(import_module(_HOMES[name]), name)
