"""Histograms of a run's latencies and scores, with the range of each bar to filter records by."""

import math
from bisect import bisect_right
from typing import NamedTuple

from evalstudio.store.query import Range
from evalstudio.store.reader import Reader
from evalstudio.store.schema import record_ids

BINS = 30
FEW = 12  # up to this many different scores get a bar each


class Bar(NamedTuple):
    """Number of records in a range; without a range if the score is a text."""

    label: str
    records: int
    range: Range | None


def latency_bars(reader: Reader, run_id: int) -> tuple[Bar, ...]:
    """Counts the answered records of a run by latency in seconds, in bins of equal ratio so that a tail stays visible."""
    low, high = reader.connection.execute(
        "SELECT min(latency), max(latency) FROM records WHERE run_id = ? AND outcome = 'ok'", (run_id,)
    ).fetchone()
    if low is None:
        return ()
    below_all, low = low < 1e-5, max(low, 1e-5)
    if high <= low * 1.01:
        count = _count_latencies(reader, run_id)
        return (Bar("", count, Range(0.0, math.nextafter(max(high, low), math.inf))),)
    # SQLite may lack logarithms: it counts latencies on a fine grid that is aligned with the bins, merged here
    grid = 10_000 if low >= 0.005 else 1_000_000  # cells per second
    edges = [
        (math.floor(low * (high / low) ** (number / BINS) * grid) + 0.5) / grid for number in range(BINS + 1)
    ]
    counts = [0] * BINS
    for cell, count in reader.connection.execute(
        "SELECT CAST(latency * ? + 0.5 AS INTEGER), count(*) FROM records WHERE run_id = ? AND outcome = 'ok' AND latency NOT NULL"
        " GROUP BY 1",
        (grid, run_id),
    ):
        counts[min(max(bisect_right(edges, cell / grid) - 1, 0), BINS - 1)] += count
    edges[0], edges[-1] = 0.0 if below_all else math.floor(low * grid) / grid, math.nextafter(high, math.inf)
    return tuple(Bar("", counts[n], Range(edges[n], edges[n + 1])) for n in range(BINS))


def score_bars(reader: Reader, run_id: int, evaluator: str) -> tuple[Bar, ...]:
    """Counts the scores of one evaluator on the answered records: a bar per value, or bins if there are many."""
    first, last = record_ids(run_id)
    rows = reader.connection.execute(
        "SELECT value, count(*) FROM scores WHERE record_id BETWEEN ? AND ? AND evaluator = ? AND value NOT NULL"
        " GROUP BY value ORDER BY value",
        (first, last, evaluator),
    ).fetchall()
    texts = tuple(Bar(value, count, None) for value, count in rows if isinstance(value, str))
    numbers = [(float(value), count) for value, count in rows if not isinstance(value, str)]
    if len(numbers) <= FEW:
        bars = [
            Bar(f"{value:.3g}", count, Range(value, math.nextafter(value, math.inf)))
            for value, count in numbers
        ]
        return (*bars, *texts[:FEW])
    low, high = numbers[0][0], numbers[-1][0]
    step = (high - low) / BINS
    counts = [0] * BINS
    for value, count in numbers:
        counts[min(int((value - low) / step), BINS - 1)] += count
    edges = [low + step * number for number in range(BINS)] + [math.nextafter(high, math.inf)]
    return tuple(Bar("", counts[n], Range(edges[n], edges[n + 1])) for n in range(BINS))


def outcome_counts(reader: Reader, run_id: int, evaluator: str | None) -> tuple[int, int, int]:
    """Counts the records of a run that this evaluator scored, those it left unscored, and the errored ones."""
    answered, errored = reader.connection.execute(
        "SELECT coalesce(sum(outcome = 'ok'), 0), coalesce(sum(outcome != 'ok'), 0) FROM records WHERE run_id = ?",
        (run_id,),
    ).fetchone()
    first, last = record_ids(run_id)
    (scored,) = reader.connection.execute(
        "SELECT count(*) FROM scores WHERE record_id BETWEEN ? AND ? AND evaluator = ? AND value NOT NULL",
        (first, last, evaluator),
    ).fetchone()
    return scored, answered - scored, errored


def _count_latencies(reader: Reader, run_id: int) -> int:
    (count,) = reader.connection.execute(
        "SELECT count(latency) FROM records WHERE run_id = ? AND outcome = 'ok'", (run_id,)
    ).fetchone()
    return int(count)
