"""A call on a busy machine is not taken for one that waits: what other programs took is told apart."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from evalstudio.engine.limits.blocking import blocking_share
from evalstudio.engine.user_code.stopwatch import Spent, Stopwatch

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the account of a thread is Linux's")


def compute() -> None:
    until = time.thread_time() + 0.3
    while time.thread_time() < until:
        sum(range(1000))


@pytest.fixture
def crowded() -> Iterator[int]:
    """A core on which another program computes."""
    core = min(os.sched_getaffinity(0))
    code = f"import os\nos.sched_setaffinity(0, {{{core}}})\nprint(flush=True)\nwhile True: pass"
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        other.stdout.readline()
        yield core
        other.kill()


def watched(work: Callable[[], None], core: int) -> Spent:
    found: list[Spent] = []

    def run() -> None:
        os.sched_setaffinity(0, {core})  # of this thread alone
        watch = Stopwatch()
        work()
        found.append(watch.read())

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    return found[0]


def test_that_time_for_which_others_have_the_processor_is_told_apart(crowded: int) -> None:
    spent = watched(compute, crowded)
    assert blocking_share(spent.processor, spent.wall) > 0.3, "the other program has its half of the core"
    assert blocking_share(spent.processor, spent.undisturbed) < 0.15


def test_that_waiting_stays_waiting(crowded: int) -> None:
    spent = watched(lambda: time.sleep(0.2), crowded)
    assert blocking_share(spent.processor, spent.undisturbed) > 0.9
