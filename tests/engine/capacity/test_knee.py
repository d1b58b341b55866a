"""The search for the knee, with levels measured by arithmetic."""

from collections.abc import Callable

import msgspec
import pytest

from evalstudio.engine.capacity.knee import End, Search
from evalstudio.engine.capacity.level_measurement import relative_half_width
from evalstudio.protocol import Level, Percentiles


def measured(concurrency: int, rate: float, p95: float, failed: int = 0, error: float = 0.02) -> Level:
    half = 1.96 * error * rate
    return Level(
        1, concurrency, 100, failed, 100 / rate, rate, rate - half, rate + half,
        Percentiles(100, p95, p95, p95),
    )  # fmt: skip


def search(most: int, level: Callable[[int], Level]) -> Search:
    found = Search(most)
    while (concurrency := found.next()) is not None:
        found.add(level(concurrency))
        assert len(found.levels) < 30
    return found


def queueing(slots: int, service: float = 0.5) -> Callable[[int], Level]:
    """A server with so many slots and a queue without an end."""
    return lambda n: measured(n, min(n, slots) / service, service * max(1, n / slots))


@pytest.mark.parametrize("slots", [1, 3, 4, 12, 24, 32])
def test_that_the_knee_of_a_queueing_server_is_near_its_slots(slots: int) -> None:
    found = search(256, queueing(slots))
    assert found.best is not None
    assert slots <= found.best.concurrency <= 1.5 * slots
    assert found.end is End.FLAT
    assert max(level.concurrency for level in found.levels) <= 8 * slots
    assert "more only adds waiting" in found.sentence


def test_that_levels_double_and_are_refined_at_the_knee() -> None:
    found = search(256, queueing(12))
    assert [level.concurrency for level in found.levels] == [1, 2, 4, 8, 16, 32, 64, 12, 24]
    assert found.best is not None
    assert found.best.concurrency == 12


def test_that_errors_end_it_at_once() -> None:
    found = search(256, lambda n: measured(n, n, 1.0, failed=40 if n > 8 else 0))
    assert found.end is End.ERRORS
    assert found.best is not None
    assert found.best.concurrency == 8
    assert max(level.concurrency for level in found.levels) == 16
    assert "more brings errors" in found.sentence


def test_that_waiting_without_a_gain_ends_it_at_once() -> None:
    found = search(256, lambda n: measured(n, min(n, 4), 1.0 if n <= 4 else n))
    assert max(level.concurrency for level in found.levels) == 8


def test_that_what_still_grows_at_the_most_allowed_is_told() -> None:
    found = search(16, queueing(100))
    assert found.best is not None
    assert found.best.concurrency == 16
    assert found.end is End.MOST
    assert "may bring more" in found.sentence


def test_that_a_gain_within_its_error_is_none() -> None:
    rates = {1: 10.0, 2: 20.0, 4: 21.5, 8: 22.0}
    found = search(256, lambda n: measured(n, rates.get(n, 22.0), 1.0, error=0.1))
    assert max(level.concurrency for level in found.levels) == 8


def test_that_the_knee_is_not_moved_up_by_chance() -> None:
    rates = {1: 15.0, 2: 30.0, 4: 58.0, 6: 60.0, 8: 61.0, 12: 66.0, 16: 63.0}
    found = search(16, lambda n: measured(n, rates.get(n, 62.0), 1.0, error=0.06))
    assert found.best is not None
    assert found.best.concurrency <= 6


def test_that_an_endpoint_without_any_answer_is_told() -> None:
    found = search(8, lambda n: Level(1, n, 0, 17, 1.0, 0.0, 0.0, 0.0, None))
    assert found.best is None
    assert "17 of 17 attempts failed" in found.sentence


def test_that_a_steady_stream_has_a_narrow_interval_and_an_unsteady_one_a_wide_one() -> None:
    steady = [0.1 * number for number in range(1, 65)]
    unsteady = [0.1 * number for number in range(1, 33)] + [3.2 + 0.3 * number for number in range(1, 33)]
    assert relative_half_width(0.0, steady, 4) == pytest.approx(0.01)
    assert relative_half_width(0.0, unsteady, 4) > 0.3
    in_rounds = [float(number // 8 + 1) for number in range(64)]  # eight end together, each second
    assert relative_half_width(0.0, in_rounds, 8) == pytest.approx(0.01)


@pytest.mark.parametrize(("p95", "most"), [(0.6, 12), (1.1, 24), (0.5, 12)])
def test_that_only_levels_within_the_bound_on_latency_count(p95: float, most: int) -> None:
    """Twelve slots: up to 12 in flight calls take 0.5 s; of those that bring as much, the smallest is the best."""
    found = Search(256, p95)
    level = queueing(12)
    while (concurrency := found.next()) is not None:
        found.add(level(concurrency))
    assert found.best is not None
    assert found.best.concurrency <= most
    assert found.best.latency is not None and found.best.latency.p95 <= p95  # noqa: PT018
    assert found.sentence.startswith("The most within the bound: ")


def test_that_a_bound_on_the_first_token_ends_the_search() -> None:
    def level(n: int) -> Level:
        first = 0.1 * n
        return msgspec.structs.replace(measured(n, n, 5.0), first_token=Percentiles(100, first, first, first))

    found = Search(256, None, 0.85)
    while (concurrency := found.next()) is not None:
        found.add(level(concurrency))
    assert found.end is End.SLOW
    assert found.best is not None
    assert found.best.concurrency == 8


def test_that_a_bound_that_no_level_keeps_to_is_said() -> None:
    found = Search(256, 0.1)
    while (concurrency := found.next()) is not None:
        found.add(queueing(12)(concurrency))
    assert found.best is None
    assert "not even 1 in flight" in found.sentence
