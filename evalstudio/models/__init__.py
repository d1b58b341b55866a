"""Models: names, settings, keys. `Result` and `Score` are here, too, under the name that dotevals has for this module."""

from importlib import import_module
from typing import Any

__all__ = ["Result", "Score"]

_HOMES = {"Result": "evalstudio.authoring.result", "Score": "evalstudio.core.score"}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'evalstudio.models' has no attribute '{name}'")
    return getattr(import_module(_HOMES[name]), name)
