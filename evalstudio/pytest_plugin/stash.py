"""Stash keys of the plugin in the pytest session."""

from typing import Any

import pytest

ENGINE_OPTIONS = pytest.StashKey[dict[str, Any]]()
"""Where a caller of pytest may put options of the engine: attended, ceiling."""
EXPERIMENT = pytest.StashKey[str]()
UNDECORATED = pytest.StashKey[list[str]]()
SENT = "evalstudio_final"
"""The attribute of a report with how a run ended; pytest-xdist sends it to the process that reports."""
