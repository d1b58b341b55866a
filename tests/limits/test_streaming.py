import pytest

from benchmarks.adaptive.measure import run, shipped
from benchmarks.adaptive.profiles import AWKWARD
from benchmarks.adaptive.simulator import Profile
from evalstudio.engine.limits.endpoint import EndpointController
from evalstudio.engine.limits.streaming import StreamRate

LONG = Profile("long answers", slots=256, base=0.02, each=0.0001, output=1000, spread=0.3, stream=True)


def write(streams: StreamRate, begin: float, end: float, calls: int, speed: float) -> None:
    """So many calls are written at `speed` parts a second each, a tenth of a second at a time."""
    for tenth in range(round(10 * begin), round(10 * end)):
        streams.came(tenth / 10, round(calls * speed / 10), None)


def measured(streams: StreamRate, now: float, window: int) -> float | None:
    streams.started(now, window)
    rate = streams.measure(now, full=True)
    return None if rate is None else rate.value


def test_parts_of_all_streams_together() -> None:
    streams = StreamRate()
    assert measured(streams, 0.0, 4) is None
    for _ in range(4):
        streams.came(0.2, 1, 0.2)
    assert measured(streams, 0.2, 4) is None
    write(streams, 0.2, 1.2, calls=4, speed=50)
    assert measured(streams, 1.2, 4) == pytest.approx(200, rel=0.05)


def test_calls_that_are_not_written_yet_count_as_fast_as_the_others() -> None:
    """Those that just began are read at the moment, and will be written as the others are."""
    streams = StreamRate()
    measured(streams, 0.0, 8)
    for _ in range(7):  # of 8
        streams.came(0.2, 1, 0.2)
    measured(streams, 0.2, 8)
    write(streams, 0.2, 1.2, calls=7, speed=20)
    assert measured(streams, 1.2, 8) == pytest.approx(160, rel=0.1)


def test_calls_that_wait_in_a_queue_leave_the_judgement_to_whole_answers() -> None:
    streams = StreamRate()
    measured(streams, 0.0, 4)
    for _ in range(4):
        streams.came(0.1, 1, 0.1)
    measured(streams, 0.1, 4)
    assert streams.is_sooner(20.0)
    measured(streams, 1.0, 8)  # four more, and none of them gets a first part
    write(streams, 1.0, 3.0, calls=4, speed=50)
    assert measured(streams, 3.0, 8) is None
    assert not streams.is_sooner(20.0)


def test_answers_in_a_few_large_parts_tell_nothing() -> None:
    streams = StreamRate()
    measured(streams, 0.0, 4)
    for _ in range(4):
        streams.came(0.1, 1, 0.1)
    for second in range(6):
        assert measured(streams, 0.2 + second, 4) is None
    assert not streams.is_sooner(60.0)


def test_short_answers_are_waited_for() -> None:
    streams = StreamRate()
    assert not streams.is_sooner(None), "nothing streams yet"
    streams.came(0.4, 1, 0.4)
    assert streams.is_sooner(None)
    assert streams.is_sooner(5.0)
    assert not streams.is_sooner(0.9)


def test_long_answers_are_not_waited_for() -> None:
    """20 s an answer: the window has found its size before the first is whole."""
    controllers: list[EndpointController] = []

    def make(now: float) -> object:
        made = shipped(LONG)(now)
        controllers.append(made.controller)  # type: ignore[attr-defined]
        return made

    trace = run(LONG, 600, 0, make)  # type: ignore[arg-type]
    climbed = next(at for at, limit in trace.limits if limit >= 128)
    assert climbed < trace.ends[0]
    assert "tokens a second at" in controllers[0].changes[2].sentence


@pytest.mark.parametrize("name", ["E3", "E4"])
def test_a_queue_is_not_flooded_because_it_streams(name: str) -> None:
    profile = next(one for one in AWKWARD if one.name.startswith(name))
    for seed in range(3):
        trace = run(profile, 1000, seed, shipped(profile))
        assert max(limit for _, limit in trace.limits) <= 4 * profile.slots
