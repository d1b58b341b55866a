"""Low-load latency: how long a model's calls took in earlier runs when few others were in flight."""

import sqlite3
from bisect import bisect_left, bisect_right

NEWEST_RUNS = 20
MOST_RECORDS = 500  # the first of each run, while the number of calls in flight grew


def quiet_latencies(connection: sqlite3.Connection, model: str, most: int) -> list[float]:
    """Returns the latencies, in seconds, of calls with at most `most` calls in flight halfway (including themselves).

    The newest runs are read. Only answers to a first attempt count, and no cached ones.
    """
    runs = connection.execute(
        "SELECT id FROM runs WHERE model = ? ORDER BY id DESC LIMIT ?", (model, NEWEST_RUNS)
    ).fetchall()
    return [seconds for (run,) in runs for seconds in _of_run(connection, run, most)]


def _of_run(connection: sqlite3.Connection, run: int, most: int) -> list[float]:
    calls = connection.execute(
        "SELECT finished_at - latency, finished_at FROM records WHERE run_id = ? AND outcome = 'ok'"
        " AND latency IS NOT NULL AND attempts = 1 AND cached = 0 ORDER BY position, repeat LIMIT ?",
        (run, MOST_RECORDS),
    ).fetchall()
    starts, ends = sorted(start for start, _ in calls), sorted(end for _, end in calls)
    # calls at the end of a run are alone in flight because they take long, which would bias the result
    early = calls[: max(1, len(calls) // 2)]
    found = []
    for start, end in early:
        middle = (start + end) / 2
        if bisect_right(starts, middle) - bisect_left(ends, middle) <= most:
            found.append(end - start)
    return found
