"""Fixtures of the store's tests."""

from collections.abc import Iterator
from sqlite3 import Connection

import pytest

from evalstudio.store.database import open_for_writing
from evalstudio.workspace.folder import Workspace


@pytest.fixture
def connection(workspace: Workspace) -> Iterator[Connection]:
    """The database of a new workspace, open for writing."""
    database = open_for_writing(workspace)
    yield database.conn
    database.close()
