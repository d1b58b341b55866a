"""The ids of a run as an array are those that SQL gives one by one, in the same order, whatever is missing."""

import sqlite3
from collections.abc import Sequence
from typing import NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from evalstudio.store.ids import find_ids
from evalstudio.store.query import COLUMNS, GROUPS, TEXTS, Range, RecordQuery, to_sql
from evalstudio.store.schema import migrate, record_id

RUN, OTHER = 3, 4


class Sample(NamedTuple):
    position: int
    latency: float | None
    tokens: int | None
    cost: float | None
    scores: dict[str, float | str | None]


samples = st.lists(
    st.builds(
        Sample,
        st.integers(0, 12),
        st.none() | st.sampled_from([0.0, 0.25, 0.2500001, 3.0, 900.0]),
        st.none() | st.integers(0, 3),
        st.none() | st.sampled_from([0.0, 1e-9, 2e-9, 12.5]),
        st.dictionaries(st.sampled_from(["a", "b"]), st.none() | st.sampled_from([0, 1, 0.5, "label"])),
    ),
    unique_by=lambda sample: sample.position,
    max_size=10,
)
queries = st.builds(
    RecordQuery,
    outcome=st.none() | st.sampled_from([*GROUPS, "ok", "throttled"]),
    search=st.sampled_from(["", "answer 1", "7", "odd"]),
    evaluator=st.sampled_from([None, "a", "b"]),
    score=st.none() | st.just(Range(0.0, 0.6)),
    latency=st.none() | st.just(Range(0.1, 2.0)),
    sort=st.sampled_from([*COLUMNS, *TEXTS, "score:a"]),
    descending=st.booleans(),
)


def filled(run: Sequence[Sample], other: Sequence[Sample]) -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:")
    migrate(connection)
    for run_id, kept in ((RUN, run), (OTHER, other)):
        for one in kept:
            key = record_id(run_id, one.position, 0, 1)
            failed = one.latency is None
            connection.execute(
                "INSERT INTO records (id, run_id, position, repeat, sample_id, outcome, prompt, answer, latency,"
                " tokens_out, cost, attempts, finished_at) VALUES (?, ?, ?, 0, ?, ?, 'say', ?, ?, ?, ?, ?, 1.0)",
                (key, run_id, one.position, str(one.position), "throttled" if failed else "ok",
                 None if failed else f"answer {one.position}", one.latency, one.tokens, one.cost, 1 + one.position % 3),
            )  # fmt: skip
            if one.position % 4 == 1:
                connection.execute("INSERT INTO notes VALUES (?, 'odd', 'late')", (key,))
            connection.executemany(
                "INSERT INTO scores (record_id, evaluator, value, why) VALUES (?, ?, ?, '')",
                [(key, evaluator, value) for evaluator, value in one.scores.items()],
            )
    return connection


@settings(max_examples=300, deadline=None)
@given(samples, samples, queries)
def test_that_the_array_is_what_the_statement_gives(
    run: list[Sample], other: list[Sample], query: RecordQuery
) -> None:
    connection = filled(run, other)
    told = [number for (number,) in connection.execute(*to_sql(RUN, query))]
    assert find_ids(connection, RUN, query).tolist() == told
    connection.close()


def test_that_a_run_without_gaps_is_told_without_reading_its_records() -> None:
    sample = Sample(0, 0.5, 1, 0.0, {})
    connection = filled([sample._replace(position=number) for number in range(4, 9)], [sample])
    connection.execute("UPDATE records SET outcome = 'ok'")
    statements: list[str] = []
    connection.set_trace_callback(statements.append)
    ids = find_ids(connection, RUN, RecordQuery(descending=True))
    assert ids.tolist() == [record_id(RUN, number, 0, 1) for number in (8, 7, 6, 5, 4)]
    assert len(statements) == 1
    connection.close()
