"""Answers a second against calls in flight, over the seconds of many runs: what an endpoint gave at which concurrency."""

from collections.abc import Sequence
from typing import NamedTuple

from evalstudio.store.reader import Reader

FEWEST_SECONDS = 2  # at one number of calls in flight; fewer are chance


class CurvePoint(NamedTuple):
    """What was seen with so many calls in flight: over how many seconds, and how many answers a second."""

    in_flight: int
    seconds: int
    rate: float
    failed: float  # attempts a second


def concurrency_curve(reader: Reader, run_ids: Sequence[int]) -> list[CurvePoint]:
    """The points by calls in flight. The first second of a run is left out: it fills up then."""
    marks = ", ".join("?" * len(run_ids))
    rows = reader.connection.execute(
        "SELECT bucket ->> '$.in_flight' AS flight, count(*), avg(bucket ->> '$.answered'),"
        " avg((SELECT coalesce(sum(value), 0) FROM json_each(bucket, '$.errors'))) FROM seconds"
        f" WHERE run_id IN ({marks}) AND second > 0 AND bucket ->> '$.in_flight' > 0"
        " GROUP BY flight HAVING count(*) >= ? ORDER BY flight",
        (*run_ids, FEWEST_SECONDS),
    )
    return [CurvePoint(*row) for row in rows]
