"""Concurrency curve: answers per second by calls in flight.

It is measured over the seconds of many runs of a model and shows what its endpoint delivered at each concurrency.
"""

from collections.abc import Sequence
from typing import NamedTuple

from evalstudio.store.reader import Reader

FEWEST_SECONDS = 2  # at one number of calls in flight; with fewer, the rate is random


class CurvePoint(NamedTuple):
    """Measurement at one number of calls in flight: over how many seconds, and answers per second."""

    in_flight: int
    seconds: int
    rate: float
    failed: float  # attempts per second


def concurrency_curve(reader: Reader, run_ids: Sequence[int]) -> list[CurvePoint]:
    """Returns the points by calls in flight. The first second of a run, while it fills up, is left out."""
    marks = ", ".join("?" * len(run_ids))
    rows = reader.connection.execute(
        "SELECT bucket ->> '$.in_flight' AS flight, count(*), avg(bucket ->> '$.answered'),"
        " avg((SELECT coalesce(sum(value), 0) FROM json_each(bucket, '$.errors'))) FROM seconds"
        f" WHERE run_id IN ({marks}) AND second > 0 AND bucket ->> '$.in_flight' > 0"
        " GROUP BY flight HAVING count(*) >= ? ORDER BY flight",
        (*run_ids, FEWEST_SECONDS),
    )
    return [CurvePoint(*row) for row in rows]
