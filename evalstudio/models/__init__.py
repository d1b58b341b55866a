"""Models: their names, settings and keys.

`Result` and `Score` are also importable from here, under the module name that dotevals uses for them.
"""

from importlib import import_module
from typing import Any

__all__ = ["Result", "Score"]

_HOMES = {"Result": "evalstudio.authoring.result", "Score": "evalstudio.core.score"}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'evalstudio.models' has no attribute '{name}'")
    return getattr(import_module(_HOMES[name]), name)
