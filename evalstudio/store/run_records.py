"""Record summaries of a run: outcomes, figures, costs, and which records were in flight in a crash."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from evalstudio.core.outcome import Outcome
from evalstudio.store.database import Connection
from evalstudio.store.reader import Reader
from evalstudio.store.schema import record_ids


class AnswerFigures(NamedTuple):
    """Figures of one answered record. Times in seconds; `cost` in US dollars, None without a known price."""

    latency: float
    first_token: float | None
    tokens_in: int | None
    tokens_out: int | None
    cost: float | None


def record_outcomes(connection: Connection, run_id: int) -> Iterator[tuple[int, str]]:
    """Returns (record id, outcome) of each record of a run."""
    return connection.execute("SELECT id, outcome FROM records WHERE run_id = ?", (run_id,))


def count_answers(connection: Connection, run_id: int) -> tuple[int, int]:
    """Counts the answered records of a run, and those of them that came from the cache."""
    answered, cached = connection.execute(
        "SELECT count(*), coalesce(sum(attempts = 0), 0) FROM records WHERE run_id = ? AND outcome = ?",
        (run_id, Outcome.OK),
    ).fetchone()
    return int(answered), int(cached)


def count_ends(connection: Connection, run_id: int) -> list[tuple[str, int]]:
    """Counts the answered records of a run by their finish reasons."""
    return connection.execute(
        "SELECT finish_reason, count(*) FROM records WHERE run_id = ? AND outcome = ? AND finish_reason IS NOT NULL"
        " GROUP BY finish_reason ORDER BY count(*) DESC",
        (run_id, Outcome.OK),
    ).fetchall()


def answer_figures(connection: Connection, run_id: int) -> Iterator[AnswerFigures]:
    """Returns the figures of each answer of the run's own calls, excluding cached ones."""
    rows = connection.execute(
        "SELECT latency, first_token, tokens_in, tokens_out, cost FROM records WHERE run_id = ? AND outcome = ?"
        " AND latency IS NOT NULL AND attempts > 0",  # 0: from the cache
        (run_id, Outcome.OK),
    )
    return map(AnswerFigures._make, rows)


def answers_of(connection: Connection, run_id: int) -> Iterator[tuple[int, int, str]]:
    """Returns (position, repeat, answer) of each answered record of a run."""
    return connection.execute(
        "SELECT position, repeat, coalesce(answer, '') FROM records WHERE run_id = ? AND outcome = 'ok'",
        (run_id,),
    )


def answer_costs(connection: Connection, run_id: int) -> list[float | None]:
    """Returns the cost of each answered record of a run in US dollars; None without a known price."""
    rows = connection.execute("SELECT cost FROM records WHERE run_id = ? AND outcome = 'ok'", (run_id,))
    return [cost for (cost,) in rows]


def cost_so_far(connection: Connection, run_id: int) -> float:
    """Returns the cost in US dollars: as of the run's last end, judges included, or by its records if that is more."""
    (by_records, at_its_end) = connection.execute(
        "SELECT (SELECT sum(cost) FROM records WHERE run_id = runs.id), json_extract(summary, '$.cost') FROM runs WHERE id = ?",
        (run_id,),
    ).fetchone()
    return max(by_records or 0.0, at_its_end or 0.0)


def latest_answers(
    reader: Reader, evaluation: str, model: str, most: int
) -> list[tuple[float, float | None]]:
    """Returns (latency in seconds, cost in US dollars or None) of an evaluation's newest answers from a model."""
    return reader.connection.execute(
        "SELECT latency, records.cost FROM records JOIN runs ON runs.id = run_id WHERE evaluation = ? AND model = ?"
        " AND outcome = 'ok' AND latency IS NOT NULL ORDER BY records.id DESC LIMIT ?",
        (evaluation, model, most),
    ).fetchall()


def count_crashes(connection: Connection, run_id: int, suspects: Sequence[int]) -> dict[int, int]:
    """Records that an engine died by these records; returns the crash counts of the run so far, by record."""
    for record in suspects:
        connection.execute(
            "INSERT INTO crashes (record_id, times) VALUES (?, 1) ON CONFLICT DO UPDATE SET times = times + 1",
            (record,),
        )
    rows = connection.execute(
        "SELECT record_id, times FROM crashes WHERE record_id BETWEEN ? AND ?", record_ids(run_id)
    )
    return dict(rows.fetchall())


def forget_crashes(connection: Connection, run_id: int) -> None:
    """Forgets the crashes of a run that has ended: where it is resumed, each record may crash an engine anew."""
    connection.execute("DELETE FROM crashes WHERE record_id BETWEEN ? AND ?", record_ids(run_id))
