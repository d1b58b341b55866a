"""Evaluations across the processes of pytest-xdist: what ended in each is gathered, and they share one limit."""

from typing import Any

import msgspec
import pytest

from evalstudio.core.strategy import Adaptive, SlidingWindow, Strategy
from evalstudio.protocol import Snapshot
from evalstudio.pytest_plugin.stash import SENT

FINAL = pytest.StashKey["Final"]()


class Final(msgspec.Struct, frozen=True):
    """A run that has ended, with its problem; None: no problem."""

    snapshot: Snapshot
    problem: str | None


def received(report: Any) -> Final:
    """Returns what `send` has added to a report."""
    return msgspec.json.decode(getattr(report, SENT), type=Final)


def send(item: pytest.Item, report: Any) -> None:
    """Adds to an evaluation's report how its run ended."""
    final = item.stash.get(FINAL, None)
    if final is not None and report.when == "call":
        setattr(report, SENT, msgspec.json.encode(final).decode())


def is_worker(config: pytest.Config) -> bool:
    """Returns whether this is one of xdist's processes."""
    return hasattr(config, "workerinput")


def share(strategy: Strategy, config: pytest.Config) -> Strategy:
    """Returns this process's part of a strategy: xdist's processes together have as many calls in flight as it says.

    Each has at least one.
    """
    given = getattr(config, "workerinput", {})
    count, number = (
        int(given.get("workercount", 1)),
        int(str(given.get("workerid", "gw0")).removeprefix("gw")),
    )

    def part(whole: int) -> int:
        return max(1, whole // count + (number < whole % count))

    match strategy:
        case SlidingWindow(most):
            return SlidingWindow(part(most))
        case Adaptive(initial, least, most) if most is not None:
            most = part(most)
            return Adaptive(initial if initial is None else min(initial, most), min(least, most), most)
    return strategy
