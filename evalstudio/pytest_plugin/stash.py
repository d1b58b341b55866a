"""What the plugin keeps in a session's stash."""

from typing import Any

import pytest

ENGINE_OPTIONS = pytest.StashKey[dict[str, Any]]()
"""Where a caller of pytest may put options of the engine: attended, ceiling."""
EXPERIMENT = pytest.StashKey[str]()
UNDECORATED = pytest.StashKey[list[str]]()
