"""Time left: right soon after a pause, an outage or a change of limits, and no surer than it can be."""

import random
from collections.abc import Callable

import pytest

from evalstudio.engine.run.pace import WINDOW_S, Estimate, Pace, eta
from evalstudio.engine.run.telemetry import Telemetry

TENTHS = 10


class Played:
    """Plays a run with a given true pace, in tenths of a second, as the ticker sees it."""

    def __init__(self, rate_at: Callable[[float], float], seed: int = 1) -> None:
        self.pace = Pace()
        self._rate_at = rate_at
        self._random = random.Random(seed)
        self._now = 0
        self._saved = 0

    def until(self, seconds: float) -> Estimate:
        while self._now < seconds * TENTHS:
            mean = self._rate_at(self._now / TENTHS) / TENTHS
            self._saved += sum(self._random.random() < mean / 50 for _ in range(50))
            self._now += 1
            if self._now % TENTHS == 0:
                self.pace.closed(self._now // TENTHS - 1, self._saved)
                self._saved = 0
        return self.pace.estimate(self._now / TENTHS, self._saved)

    def restart(self) -> None:
        self.pace.restart(self._now / TENTHS, self._saved)


def covers(now: Estimate, truth: float, left: int = 1_000) -> bool:
    found = eta(left, now, 0.0)
    return found is not None and found[0] <= left / truth <= found[2]


@pytest.mark.parametrize("rate", [2.0, 20.0, 300.0])
def test_that_a_steady_pace_is_found_and_its_band_is_held(rate: float) -> None:
    held = 0
    for seed in range(40):
        now = Played(lambda _: rate, seed).until(20)
        assert abs(now.rate / rate - 1) < 0.6
        held += covers(now, rate)
    assert held >= 28  # 80 %, less chance


@pytest.mark.parametrize("gap", [2.0, 8.0, 40.0])
@pytest.mark.parametrize("rate", [5.0, 60.0])
def test_that_a_pause_is_no_work(gap: float, rate: float) -> None:
    """After a pause, 1 min 16 s were told for 3 s of work."""
    played = Played(lambda at: 0.0 if 20 <= at < 20 + gap else rate)
    played.until(20 + gap)
    played.restart()
    now = played.until(20 + gap + 3)
    assert abs(now.rate / rate - 1) < 0.5
    assert covers(now, rate)


@pytest.mark.parametrize(("before", "after"), [(100.0, 4.0), (4.0, 100.0), (30.0, 90.0), (90.0, 30.0)])
def test_that_a_change_of_limits_starts_anew(before: float, after: float) -> None:
    played = Played(lambda at: before if at < 20 else after)
    played.until(20)
    played.restart()
    assert eta(1_000, played.until(20.1), 0.0) is None or played.until(20.1).error > 0.4
    assert covers(played.until(22.5), after)
    assert abs(played.until(26).rate / after - 1) < 0.5


@pytest.mark.parametrize(("before", "after"), [(100.0, 4.0), (40.0, 3.0), (4.0, 100.0), (0.0, 50.0)])
def test_that_a_change_that_nobody_told_is_found_within_seconds(before: float, after: float) -> None:
    """An outage, a recovery, or Adaptive: the 15 seconds before say nothing of what comes."""
    held = 0
    for seed in range(20):
        played = Played(lambda at: before if at < 30 else after, seed)
        played.until(30)
        now = played.until(30 + 7)
        assert now.rate == pytest.approx(after, rel=0.8, abs=2.0)
        held += covers(now, after)
    assert held >= 12  # 80 %, less chance


def test_that_the_band_is_wide_while_little_is_known() -> None:
    played = Played(lambda _: 500.0)
    assert played.until(0.3).error > 0.6
    assert played.until(1).error > 0.4
    assert played.until(WINDOW_S).error < 0.1


def test_that_unevenness_widens_the_band() -> None:
    steady = Played(lambda _: 20.0).until(15)
    bursts = Played(lambda at: 100.0 if int(at) % 5 == 0 else 0.0).until(15)
    assert bursts.error > 2 * steady.error


def test_that_a_resumed_run_begins_at_its_second() -> None:
    telemetry = Telemetry()
    telemetry.skip_to(1_000)
    telemetry.saved(8)
    telemetry.close_seconds(1_001.0, 1, 1, 0.0, 0.0)
    telemetry.saved(8)
    assert telemetry.pace(1_002.0).rate == pytest.approx(8.0)
