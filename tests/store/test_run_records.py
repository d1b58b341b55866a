"""What the store says of a run's records, scores and seconds as a whole."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest

from evalstudio.protocol import SecondBucket
from evalstudio.store.run_records import (
    answer_costs,
    answer_figures,
    cost_so_far,
    count_answers,
    count_crashes,
    forget_crashes,
    record_outcomes,
)
from evalstudio.store.schema import migrate, record_id
from evalstudio.store.scores import all_scores, keep_scores_of, records_without_score, score_scales
from evalstudio.store.timeline import last_second, save_buckets

NOT_ASKED = "The judge was not asked"


@pytest.fixture
def connection() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        migrate(connection)
        yield connection


def add_run(connection: sqlite3.Connection, run: int, summary: str | None = None) -> None:
    connection.execute(
        "INSERT INTO runs (id, experiment_id, evaluation, model, spec, fingerprint, dataset_path, dataset_hash, state,"
        " total, created_at, summary) VALUES (?, 1, 'e', 'm', '{}', '{}', 'd', 'h', 'stopped', 9, 0, ?)",
        (run, summary),
    )


def add_record(
    connection: sqlite3.Connection,
    run: int,
    position: int,
    outcome: str = "ok",
    *,
    latency: float | None = 1.0,
    cost: float | None = None,
    attempts: int = 1,
) -> int:
    record = record_id(run, position, 0, 1)
    connection.execute(
        "INSERT INTO records (id, run_id, position, repeat, sample_id, outcome, prompt, latency, tokens_in, cost,"
        " attempts, finished_at) VALUES (?, ?, ?, 0, ?, ?, '[]', ?, 7, ?, ?, 0)",
        (record, run, position, f"s{position}", outcome, latency, cost, attempts),
    )
    return record


def add_score(
    connection: sqlite3.Connection, record: int, evaluator: str, value: object, why: str = ""
) -> None:
    connection.execute(
        "INSERT INTO scores (record_id, evaluator, value, why) VALUES (?, ?, ?, ?)",
        (record, evaluator, value, why),
    )


def bucket(second: int, saved: int) -> SecondBucket:
    return SecondBucket(second=second, saved=saved, answered=saved)


def test_that_records_are_told_by_run_with_their_outcomes(connection: sqlite3.Connection) -> None:
    first, second = add_record(connection, 1, 0), add_record(connection, 1, 1, "refused")
    add_record(connection, 2, 0, "timeout")
    assert sorted(record_outcomes(connection, 1)) == [(first, "ok"), (second, "refused")]
    assert list(record_outcomes(connection, 3)) == []


def test_that_answers_are_counted_and_those_of_the_cache_apart(connection: sqlite3.Connection) -> None:
    add_record(connection, 1, 0)
    add_record(connection, 1, 1, attempts=0)
    add_record(connection, 1, 2, "refused")
    add_record(connection, 2, 0)
    assert count_answers(connection, 1) == (2, 1)
    assert count_answers(connection, 3) == (0, 0)


def test_that_figures_are_those_of_own_answers_with_a_latency(connection: sqlite3.Connection) -> None:
    add_record(connection, 1, 0, latency=2.0, cost=0.5)
    add_record(connection, 1, 1, attempts=0)
    add_record(connection, 1, 2, "refused")
    add_record(connection, 1, 3, latency=None)
    (one,) = answer_figures(connection, 1)
    assert (one.latency, one.first_token, one.tokens_in, one.tokens_out, one.cost) == (
        2.0,
        None,
        7,
        None,
        0.5,
    )


def test_that_costs_are_of_answers_and_unknown_stays_unknown(connection: sqlite3.Connection) -> None:
    add_record(connection, 1, 0, cost=0.5)
    add_record(connection, 1, 1)
    add_record(connection, 1, 2, "refused", cost=9.0)
    assert sorted(answer_costs(connection, 1), key=str) == [0.5, None]
    assert answer_costs(connection, 2) == []


@pytest.mark.parametrize(
    ("costs", "summary", "wanted"),
    [
        ([], None, 0.0),
        ([None], None, 0.0),
        ([0.25, 0.5], None, 0.75),
        ([0.25, None], None, 0.25),
        ([0.25], '{"cost": 2.0}', 2.0),
        ([4.0], '{"cost": 2.0}', 4.0),
        ([4.0], '{"cost": null}', 4.0),
        ([], '{"cost": 2.0}', 2.0),
    ],
)
def test_that_a_run_has_cost_the_more_of_its_records_and_its_last_end(
    connection: sqlite3.Connection, costs: list[float | None], summary: str | None, wanted: float
) -> None:
    add_run(connection, 1, summary)
    for position, cost in enumerate(costs):
        add_record(connection, 1, position, cost=cost)
    assert cost_so_far(connection, 1) == wanted


def test_that_crashes_add_up_for_each_record(connection: sqlite3.Connection) -> None:
    first, second = (record_id(1, position, 0, 1) for position in (4, 5))
    other = record_id(2, 4, 0, 1)
    assert count_crashes(connection, 1, []) == {}
    assert count_crashes(connection, 1, [first]) == {first: 1}
    assert count_crashes(connection, 1, [second]) == {first: 1, second: 1}, (
        "until the run ends, not one restart long"
    )
    assert count_crashes(connection, 2, [other]) == {other: 1}
    assert count_crashes(connection, 1, [first]) == {first: 2, second: 1}
    forget_crashes(connection, 1)
    assert (count_crashes(connection, 1, []), count_crashes(connection, 2, [])) == ({}, {other: 1})


def test_that_scores_come_in_the_order_of_their_records(connection: sqlite3.Connection) -> None:
    records = [add_record(connection, 1, position) for position in range(3)]
    for record in reversed(records):
        add_score(connection, record, "exact", record % 2)
    add_score(connection, add_record(connection, 2, 0), "exact", 1)
    assert [record for record, _, _ in all_scores(connection, 1)] == records


@pytest.mark.parametrize(
    ("values", "is_number"),
    [([0, 1], False), ([1, None], False), ([None], False), ([True], False), ([0, 0.5], True), ([2], True),
     ([-1], True), (["text"], True), ([0.0, 1.0], False), ([None, 3], True)],
)  # fmt: skip
def test_that_other_values_than_0_and_1_make_a_scale(
    connection: sqlite3.Connection, values: list[object], is_number: bool
) -> None:
    for position, value in enumerate(values):
        add_score(connection, add_record(connection, 1, position), "one", value)
    assert score_scales(connection, 1) == [("one", is_number)]


@pytest.mark.parametrize(
    ("outcome", "value", "why", "is_missing"),
    [
        ("ok", 1, "", False),
        ("ok", 0, "", False),
        ("ok", None, "no number in it", False),
        ("ok", None, NOT_ASKED, True),
        ("ok", None, f"{NOT_ASKED}: no key", True),
        ("ok", None, f"See: {NOT_ASKED}", False),
        ("ok", 1, NOT_ASKED, False),
        ("ok", "nothing", "", True),
        ("refused", "nothing", "", False),
        ("refused", None, NOT_ASKED, False),
    ],
)
def test_that_a_score_is_missing_where_nobody_has_judged(
    connection: sqlite3.Connection, outcome: str, value: object, why: str, is_missing: bool
) -> None:
    record = add_record(connection, 1, 0, outcome)
    add_score(connection, record, "another", 1)
    if value != "nothing":
        add_score(connection, record, "judge", value, why)
    assert list(records_without_score(connection, 1, "judge", NOT_ASKED)) == [record] * is_missing


def test_that_scores_of_others_go_and_those_of_other_runs_stay(connection: sqlite3.Connection) -> None:
    for run in (1, 2):
        record = add_record(connection, run, 0)
        for evaluator in ("kept", "gone", "gone, too"):
            add_score(connection, record, evaluator, 1)
    keep_scores_of(connection, 1, {"kept", "never there"})
    assert [name for _, name, _ in all_scores(connection, 1)] == ["kept"]
    assert [name for _, name, _ in all_scores(connection, 2)] == ["gone", "gone, too", "kept"]


def test_that_the_last_second_is_the_last_that_was_kept(connection: sqlite3.Connection) -> None:
    assert last_second(connection, 1) is None
    save_buckets(connection, 1, [bucket(0, 3), bucket(4, 2)])
    save_buckets(connection, 1, [bucket(4, 5)])
    save_buckets(connection, 2, [bucket(9, 1)])
    assert last_second(connection, 1) == 4
    assert connection.execute("SELECT bucket ->> '$.saved' FROM seconds WHERE run_id = 1").fetchall() == [
        (3,),
        (5,),
    ]
