"""System resources when there are none left."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from evalstudio.core.outcome import Outcome
from evalstudio.core.system import memory_in_use, open_files_in_use
from tests.engine.models.calls import call_at
from tests.engine.models.scripted import completion, reply, scripted

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="limits of open files are told by /proc")


@contextmanager
def no_files_left() -> Iterator[None]:
    """This process can open no more files."""
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    lowest = max(int(one.name) for one in Path("/proc/self/fd").iterdir())
    resource.setrlimit(resource.RLIMIT_NOFILE, (lowest, hard))
    held = []
    try:
        while True:
            held.append(os.open(os.devnull, os.O_RDONLY))
    except OSError:
        yield
    finally:
        for one in held:
            os.close(one)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_that_resources_are_told_though_no_file_can_be_opened() -> None:
    assert 0 < memory_in_use() < 1
    assert 0 < open_files_in_use() < 1
    with no_files_left():
        assert (memory_in_use(), open_files_in_use()) == (0.0, 1.0)


async def test_that_a_call_without_a_file_left_is_told_as_that() -> None:
    async with scripted(reply(completion())) as server:
        assert (await call_at(server.url)).outcome is Outcome.OK  # a run's client is there before its calls
        with no_files_left():
            result = await call_at(server.url)
        assert result.outcome is Outcome.OVERLOADED
        assert "This machine allows no more open files" in result.message
        assert (await call_at(server.url)).outcome is Outcome.OK
