"""Models in worker processes that write down what they do, and ways to wait for it."""

import asyncio
from collections.abc import Callable
from pathlib import Path

HEAD = """
import os, pathlib, signal, sys, time
HERE = pathlib.Path(__file__).parent

def note(name, text):
    with open(HERE / name, "a") as file:
        file.write(f"{text}\\n")

def wait_for(name):
    while not (HERE / name).exists():
        time.sleep(0.005)
"""


def noted(folder: Path, name: str = "begun") -> list[str]:
    """What the workers wrote down under a name."""
    path = folder / name
    return path.read_text().split() if path.exists() else []


async def until(condition: Callable[[], bool]) -> None:
    """Waits until the condition holds."""
    async with asyncio.timeout(20):
        while not condition():
            await asyncio.sleep(0.01)
