"""Cancelling calls so that each gives back what it holds."""

import asyncio


def cancel_soon(task: "asyncio.Task[None]") -> None:
    """Cancels a task after its first step, in this turn of the loop or the next.

    One that is cancelled before it ran at all never reaches its `finally`, and its slot would be lost for good.
    """
    asyncio.get_running_loop().call_soon(task.cancel)
