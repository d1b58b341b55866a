"""Hung-thread watch: counts threads whose call was given up but still runs.

None of them can be ended, and each keeps its resources. Once there are too many, only a new process
helps. The window restarts its engine at a quiet point; without a window the run ends as stopped and says why.
"""

import asyncio
import threading
from collections.abc import Iterable

from evalstudio.core.run_state import RunState
from evalstudio.engine.run.run import Run
from evalstudio.engine.workers.thread_workers import GIVEN_UP, ThreadWorkers

MOST = 64
LOOK_S = 0.05
ADVICE = "Start the run again for the rest; in worker processes a call that hangs is ended."


def hung_threads() -> int:
    """Returns the number of threads of this process whose call was given up and has not returned."""
    return sum(thread.name == GIVEN_UP for thread in threading.enumerate())


def stop_those_that_hang(runs: Iterable[Run]) -> None:
    """Stops the runs whose functions hang, where nothing restarts the engine."""
    for run in list(runs):
        if isinstance(run.workers, ThreadWorkers) and run.workers.abandoned:
            run.stop(f"{run.workers.abandoned} calls hang in threads that can't be ended. {ADVICE}")


async def wind_down(runs: Iterable[Run]) -> tuple[int, ...]:
    """Brings all runs to a quiet point: no further call starts, and those in flight end, at the latest by time-out.

    Returns:
        The runs to continue in the next engine; those that a person has paused are not among them.
    """
    reason = "The engine is started anew, because too many calls hang in threads."
    mine = [run for run in runs if run.state is RunState.RUNNING]
    for run in mine:
        run.pause(reason)
    # not for judges: those of a paused run start no call, and the next engine scores what is saved
    while any(run.in_flight for run in mine if run.is_active):  # noqa: ASYNC110 - each has its deadline
        await asyncio.sleep(LOOK_S)
    left = tuple(run.id for run in mine if run.is_active)
    for run in mine:
        run.stop(reason)
    return left
