"""Worker threads: as many calls at once as there may be threads."""

import asyncio
import threading

from evalstudio.engine.workers.thread_workers import ThreadWorkers


async def test_that_one_idle_thread_does_not_take_two_calls_that_come_together() -> None:
    workers = ThreadWorkers(2)
    try:
        await workers.run(lambda: None, {})
        async with asyncio.timeout(5):
            while workers.worker_status()[0].busy:
                await asyncio.sleep(0.001)
        came = threading.Event()
        async with asyncio.timeout(5):
            waited, _ = await asyncio.gather(workers.run(lambda: came.wait(5), {}), workers.run(came.set, {}))
        assert waited.value
        assert waited.spent.wall < 4
    finally:
        came.set()
        workers.close()
