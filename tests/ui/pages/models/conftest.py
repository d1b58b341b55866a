"""A demo server that wants a key."""

import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.ui.pages.models.support import SECRET


@pytest.fixture
def server() -> Iterator[str]:
    """A demo server that wants a key; its base URL."""
    command = ["-m", "evalstudio.engine.servers.demo", "--profile", "instant", "--api-key", SECRET]
    process = subprocess.Popen(
        [sys.executable, *command], stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        yield process.stdout.readline().split('"url": "')[1].split('"')[0]
    finally:
        process.terminate()
        process.communicate(timeout=10)
