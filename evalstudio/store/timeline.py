"""The course of a run, for its charts: closed seconds, and the changes of its limits."""

from collections.abc import Sequence

import msgspec

from evalstudio.protocol import SecondBucket
from evalstudio.store.database import Connection
from evalstudio.store.reader import Reader
from evalstudio.store.rows import LimitChangeRow


def save_buckets(connection: Connection, run_id: int, buckets: Sequence[SecondBucket]) -> None:
    """Keeps closed seconds of a run's charts."""
    connection.executemany(
        "INSERT OR REPLACE INTO seconds (run_id, second, bucket) VALUES (?, ?, ?)",
        [(run_id, bucket.second, msgspec.json.encode(bucket).decode()) for bucket in buckets],
    )


def save_limit_change(connection: Connection, row: LimitChangeRow) -> None:
    """Keeps a change of a limit and its reason."""
    connection.execute(
        "INSERT INTO limit_changes (run_id, at, what, old, new, cause, sentence) VALUES (?, ?, ?, ?, ?, ?, ?)",
        msgspec.structs.astuple(row),
    )


def last_second(connection: Connection, run_id: int) -> int | None:
    """The last second of a run that is closed; None where none is."""
    (last,) = connection.execute("SELECT max(second) FROM seconds WHERE run_id = ?", (run_id,)).fetchone()
    return None if last is None else int(last)


def saved_rates(reader: Reader, run_id: int, most: int) -> tuple[float, ...]:
    """Records saved a second over a run, in at most `most` parts of its time; empty before its first second."""
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
