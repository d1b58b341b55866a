"""Run timeline: the closed seconds of a run and the changes of its limits, for the charts."""

from collections.abc import Sequence

import msgspec

from evalstudio.protocol import SecondBucket
from evalstudio.store.database import Connection
from evalstudio.store.reader import Reader
from evalstudio.store.rows import LimitChangeRow


def save_buckets(connection: Connection, run_id: int, buckets: Sequence[SecondBucket]) -> None:
    """Stores closed seconds for a run's charts."""
    connection.executemany(
        "INSERT OR REPLACE INTO seconds (run_id, second, bucket) VALUES (?, ?, ?)",
        [(run_id, bucket.second, msgspec.json.encode(bucket).decode()) for bucket in buckets],
    )


def save_limit_change(connection: Connection, row: LimitChangeRow) -> None:
    """Stores a change of a limit with its reason."""
    connection.execute(
        "INSERT INTO limit_changes (run_id, at, what, old, new, cause, sentence) VALUES (?, ?, ?, ?, ?, ?, ?)",
        msgspec.structs.astuple(row),
    )


def last_second(connection: Connection, run_id: int) -> int | None:
    """Returns the last closed second of a run; None if there is none."""
    (last,) = connection.execute("SELECT max(second) FROM seconds WHERE run_id = ?", (run_id,)).fetchone()
    return None if last is None else int(last)


def saved_rates(reader: Reader, run_id: int, most: int) -> tuple[float, ...]:
    """Returns records saved per second over a run, in at most `most` intervals; empty before its first second."""
    first, last = reader.connection.execute(
        "SELECT min(second), max(second) FROM seconds WHERE run_id = ?", (run_id,)
    ).fetchone()
    if first is None:
        return ()
    width = -(-(last - first + 1) // most)
    rows = reader.connection.execute(
        "SELECT (second - ?) / ?, sum(bucket ->> '$.saved') FROM seconds WHERE run_id = ? GROUP BY 1",
        (first, width, run_id),
    )
    sums = dict(rows.fetchall())
    return tuple(sums.get(part, 0) / width for part in range((last - first) // width + 1))
