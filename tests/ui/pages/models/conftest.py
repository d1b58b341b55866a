"""A demo server that wants a key."""

from collections.abc import Iterator

import pytest

from tests.engine.support import demo_that_wants
from tests.ui.pages.models.support import SECRET


@pytest.fixture
def server() -> Iterator[str]:
    """A demo server that wants a key; its base URL."""
    with demo_that_wants(SECRET) as url:
        yield url
