"""Change log of an endpoint's limits, for people to read."""

from evalstudio.engine.limits.vocabulary import Binding, LimitMove

Rates = tuple[float | None, float | None]
"""Requests and tokens per minute; None where there is no limit."""

_CLIMB = 1.0  # seconds


def add_change(changes: list[LimitMove], change: LimitMove) -> None:
    """Appends a change; steps of one ramp within a second become one, because a ramp moves with every answer."""
    last = changes[-1] if changes else None
    if last is not None and _continues(last, change):
        change = LimitMove(last.at, last.what, last.old, change.new, change.cause, change.sentence)
        changes.pop()
    changes.append(change)


def rate_changes(now: float, old: Rates, new: Rates, sentence: str) -> list[LimitMove]:
    """Returns a change for each rate that differs."""
    names = (("requests per minute", Binding.REQUESTS), ("tokens per minute", Binding.TOKENS))
    return [
        LimitMove(now, what, was, is_now, cause, sentence)
        for (what, cause), was, is_now in zip(names, old, new, strict=True)
        if was != is_now
    ]


def _continues(last: LimitMove, change: LimitMove) -> bool:
    """Whether both are upward steps of one ramp."""
    if last.what != change.what or {last.cause, change.cause} != {Binding.PROBING}:
        return False
    if last.old is None or change.old is None or change.new is None:
        return False
    return change.at - last.at < _CLIMB and last.old < change.old < change.new
