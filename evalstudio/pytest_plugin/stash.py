"""Stash keys of the plugin in the pytest session."""

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from evalstudio.pytest_plugin.across import Final

ENGINE_OPTIONS = pytest.StashKey[dict[str, Any]]()
"""Where a caller of pytest may put options of the engine: attended, ceiling."""
EXPERIMENT = pytest.StashKey[str]()
UNDECORATED = pytest.StashKey[list[str]]()
FINALS = pytest.StashKey[list["Final"]]()
"""The runs that have ended, in the process that reports."""
SENT = "evalstudio_final"
"""The attribute of a report with how a run ended; pytest-xdist sends it to the process that reports."""
