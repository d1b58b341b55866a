import pytest

from benchmarks.adaptive.measure import run, shipped
from benchmarks.adaptive.profile import Profile
from benchmarks.adaptive.profiles import AWKWARD
from evalstudio.engine.limits.endpoint import EndpointController
from evalstudio.engine.limits.estimators import Estimate
from evalstudio.engine.limits.ramp import Ramp
from evalstudio.engine.limits.streaming import StreamRate, Streams
from evalstudio.engine.limits.vocabulary import Ticket

LONG = Profile("long answers", slots=256, base=0.02, each=0.0001, output=1000, spread=0.3, stream=True)


def start(streams: StreamRate, now: float, calls: int, window: int) -> list[Ticket]:
    tickets = [
        Ticket(now, 0, (0, 0), True, 0, 0, number, window, at_record=True, area=0.0)
        for number in range(calls)
    ]
    for ticket in tickets:
        streams.started(now, ticket, window)
    return tickets


def write(streams: StreamRate, tickets: list[Ticket], begin: float, end: float, speed: float) -> None:
    """They are written at `speed` parts a second each, a tenth of a second at a time."""
    for tenth in range(round(10 * begin), round(10 * end)):
        for ticket in tickets:
            streams.came(tenth / 10, ticket, round(speed / 10))
            ticket.streams = True


def measured(streams: StreamRate, now: float) -> tuple[float, int] | None:
    found = streams.measure(now, full=True)
    return None if found is None else (found.rate.value, found.answered)


def test_that_parts_of_all_streams_are_counted_together() -> None:
    streams = StreamRate()
    tickets = start(streams, 0.0, 4, window=4)
    assert measured(streams, 0.1) is None
    write(streams, tickets, 0.2, 0.3, speed=50)
    assert measured(streams, 0.3) is None, "it begins to count"
    write(streams, tickets, 0.3, 1.4, speed=50)
    assert measured(streams, 1.4) == (pytest.approx(200, rel=0.1), 4)


def test_that_calls_that_are_being_read_count_as_fast_as_the_others() -> None:
    streams = StreamRate()
    tickets = start(streams, 0.0, 7, window=8)
    write(streams, tickets, 0.2, 0.3, speed=20)
    measured(streams, 0.3)
    write(streams, tickets, 0.3, 1.4, speed=20)
    start(streams, 1.3, 1, window=8)
    assert measured(streams, 1.4) == (pytest.approx(160, rel=0.1), 8)


def test_that_calls_that_wait_in_a_queue_do_not_count() -> None:
    streams = StreamRate()
    tickets = start(streams, 0.0, 4, window=4)
    write(streams, tickets, 0.2, 1.0, speed=50)
    start(streams, 1.0, 4, window=8)  # four more, and none of them gets a first part
    write(streams, tickets, 1.0, 2.0, speed=50)
    assert measured(streams, 2.0) is None
    write(streams, tickets, 2.0, 3.0, speed=50)
    assert measured(streams, 3.0) == (pytest.approx(200, rel=0.1), 4)


def test_that_answers_in_a_few_large_parts_tell_nothing() -> None:
    streams = StreamRate()
    for ticket in start(streams, 0.0, 4, window=4):
        streams.came(0.1, ticket, 1)
    assert streams.is_sooner
    for second in range(9):
        assert measured(streams, 0.2 + second) is None
    assert not streams.is_sooner


def test_that_one_is_being_answered_even_if_the_last_ended_at_this_very_moment() -> None:
    """One slot: between two answers nothing is written, and those that queue have waited for too long."""
    streams = StreamRate()
    tickets = start(streams, 0.0, 1, window=1)
    write(streams, tickets, 0.2, 1.0, speed=50)
    start(streams, 1.0, 3, window=4)
    write(streams, tickets, 1.0, 2.0, speed=50)
    assert measured(streams, 2.0) is None
    write(streams, tickets, 2.0, 3.0, speed=50)
    streams.ended(3.0, tickets[0])
    assert measured(streams, 3.0) == (pytest.approx(50, rel=0.1), 1)


def test_that_answers_that_come_whole_though_in_parts_tell_nothing() -> None:
    streams = StreamRate()
    for begin in (0.3, 1.3):
        for number in range(30):
            now = begin + number / 30
            (ticket,) = start(streams, 0.0, 1, window=2)
            streams.came(now, ticket, 30)
            ticket.streams = True
            streams.ended(now, ticket)
        assert measured(streams, begin + 1) is None
    assert not streams.is_sooner


def test_that_short_answers_are_waited_for() -> None:
    streams = StreamRate()
    (ticket,) = start(streams, 0.0, 1, window=1)
    assert not streams.is_sooner, "nothing streams yet"
    streams.came(0.4, ticket, 1)
    assert streams.is_sooner
    for seconds, sooner in ((5.0, True), (1.2, False)):
        streams.whole(seconds)
        assert streams.is_sooner is sooner


def test_that_where_most_of_a_first_measured_window_queues_the_climb_ends_at_those_that_are_answered() -> (
    None
):
    step = Ramp().streamed(10, Streams(Estimate(20.0, 0.1), answered=4), top=256)
    assert (step.window, step.ends) == (4, True)
    assert step.sentence == "only 4 of 10 in flight are being answered: the server is the limit; back to 4"


def test_that_a_climb_goes_on_while_the_streams_together_become_faster_and_ends_where_they_do_not() -> None:
    ramp = Ramp()
    grown = ramp.streamed(8, Streams(Estimate(400.0, 0.05), 8), top=256)
    assert (grown.window, grown.ends) == (16, False)
    grown = ramp.streamed(16, Streams(Estimate(700.0, 0.05), 16), top=256)
    assert (grown.window, grown.ends) == (32, False)
    ended = ramp.streamed(32, Streams(Estimate(710.0, 0.05), 18), top=256)
    assert (ended.window, ended.ends) == (16, True)
    assert ended.sentence.startswith(
        "700 tokens a second at 16 in flight and 710 at 32: the server is the limit"
    )


def test_that_long_answers_are_not_waited_for() -> None:
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
def test_that_a_queue_is_not_flooded_because_it_streams(name: str) -> None:
    profile = next(one for one in AWKWARD if one.name.startswith(name))
    for seed in range(3):
        trace = run(profile, 1000, seed, shipped(profile))
        assert max(limit for _, limit in trace.limits) <= 5 * profile.slots
