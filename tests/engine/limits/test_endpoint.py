import math
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalstudio.core.outcome import Outcome
from evalstudio.engine.limits.endpoint import EndpointController
from evalstudio.engine.limits.priors import Kind
from evalstudio.engine.limits.rate_limit_headers import RateHeaders
from evalstudio.engine.limits.vocabulary import AttemptResult, Binding, Ticket, Wait
from evalstudio.errors import LimitError
from evalstudio.store.endpoint_memory import Prior

OK = AttemptResult(Outcome.OK, work=100.0, tokens=200, output_tokens=100)
FAILED = AttemptResult(Outcome.OVERLOADED, message="503 no room")
NEUTRAL = (Outcome.CLIENT_ERROR, Outcome.FILTERED, Outcome.BAD_ANSWER, Outcome.CANCELLED, Outcome.QUOTA)


def fill(controller: EndpointController, now: float, most: int = 10_000) -> list[Ticket]:
    started: list[Ticket] = []
    while len(started) < most and controller.check(now) is None:
        started.append(controller.start(now))
    return started


def serve(
    controller: EndpointController, seconds: Callable[[int], float], until: float, now: float = 0.0
) -> float:
    """An eager client on an endpoint on which a call that meets n others takes `seconds(n)`. Returns the time."""
    flying: list[tuple[float, int, Ticket]] = []
    count = 0
    next_tick = now + 0.25
    while now < until:
        for ticket in fill(controller, now):
            count += 1
            flying.append((now + seconds(len(flying) + 1), count, ticket))
        flying.sort()
        wait = controller.check(now)
        wake = min(next_tick, wait.until if wait and wait.until else math.inf)
        if flying and flying[0][0] <= wake:
            now, _, ticket = flying.pop(0)
            controller.finish(now, ticket, OK)
            continue
        now = wake
        if now >= next_tick:
            controller.tick(now)
            next_tick = now + 0.25
    for _, _, ticket in flying:
        controller.finish(now, ticket, AttemptResult(Outcome.CANCELLED))
    return now


@pytest.mark.parametrize(
    ("kind", "start", "blind"), [("function", 4, 7), ("local", 4, 8), ("hosted", 12, 24)]
)
def test_that_the_window_before_the_first_answer_grows_from_start_to_a_blind_bound(
    kind: Kind, start: int, blind: int
) -> None:
    controller = EndpointController(now=0.0, kind=kind)
    assert len(fill(controller, 0.0)) == start
    assert controller.check(0.0) == Wait(Binding.PROBING, None)
    for step in range(1, 200):
        controller.tick(step * 0.25)
        fill(controller, step * 0.25)
    assert controller.in_flight == blind


def test_that_eight_samples_of_a_second_take_two() -> None:
    controller = EndpointController(now=0.0, kind="function")
    done, started, now, flying = 0, 0, 0.0, list[tuple[float, Ticket]]()
    while done < 8:
        while started < 8 and controller.check(now) is None:
            flying.append((now + 1.0, controller.start(now)))
            started += 1
        if flying and flying[0][0] <= now + 0.25:
            now, ticket = flying.pop(0)
            controller.finish(now, ticket, OK)
            done += 1
        else:
            now += 0.25
            controller.tick(now)
    assert now <= 2.5


def test_that_the_window_grows_while_more_bring_more_and_says_so() -> None:
    controller = EndpointController(now=0.0)
    serve(controller, lambda n: 1.0, until=30.0)
    assert controller.limit > 100
    assert any("throughput still grows at" in change.sentence for change in controller.changes)


def test_that_the_window_stops_where_the_server_is_the_limit_and_says_so() -> None:
    controller = EndpointController(now=0.0)
    serve(controller, lambda n: 0.5 * max(1.0, n / 10), until=120.0)
    assert 7 <= controller.limit <= 16
    assert controller.binding(120.0, 5) in (None, Binding.PLATEAU, Binding.PROBING)
    plateau = [change for change in controller.changes if "the server is the limit" in change.sentence]
    assert plateau
    assert all(change.cause is Binding.PLATEAU for change in plateau)
    for change in controller.changes:
        assert change.sentence
        assert change.what == "window"


@settings(max_examples=60, deadline=None)
@given(
    bounds=st.tuples(st.integers(1, 20), st.integers(0, 60)),
    steps=st.lists(
        st.tuples(
            st.sampled_from(["start", "ok", "ok", "ok", "throttled", "failed", "neutral", "tick", "bounds"]),
            st.floats(0.0, 3.0),
            st.integers(0, 1000),
        ),
        max_size=300,
    ),
)
def test_that_whatever_happens_the_window_stays_within_its_bounds(
    bounds: tuple[int, int], steps: list[tuple[str, float, int]]
) -> None:
    minimum, maximum = bounds[0], bounds[0] + bounds[1]
    controller = EndpointController(now=0.0, minimum=minimum, maximum=maximum)
    flying: list[Ticket] = []
    now = 0.0
    for step, pause, number in steps:
        now += pause
        if step == "tick":
            controller.tick(now)
        elif step == "bounds":
            minimum, maximum = 1 + number % 7, 8 + number % 50
            controller.set_bounds(now, minimum, maximum)
        elif step == "start":
            started = fill(controller, now)
            if started:
                assert controller.in_flight <= max(maximum, controller.limit)
            flying += started
        elif flying:
            ticket = flying.pop(number % len(flying))
            result = {
                "ok": AttemptResult(Outcome.OK, work=1.0 + number),
                "throttled": AttemptResult(Outcome.THROTTLED, hint=number / 100 if number % 2 else None),
                "failed": FAILED,
                "neutral": AttemptResult(NEUTRAL[number % len(NEUTRAL)]),
            }[step]
            controller.finish(now, ticket, result)
        assert minimum <= controller.limit <= maximum
        wait = controller.check(now)
        assert wait is None or wait.until is None or (math.isfinite(wait.until) and wait.until > now)
        rate = controller.requests_per_minute
        assert rate is None or (math.isfinite(rate) and rate > 0)
    assert controller.in_flight == len(flying)


def test_that_calls_that_became_slower_are_answered_once() -> None:
    """Three times slower for every number in flight: fewer do not help, and that is tried only once."""
    controller = EndpointController(now=0.0)
    now = serve(controller, lambda n: max(1.0, n / 16), until=60.0)
    serve(controller, lambda n: 3 * max(1.0, n / 16), until=300.0, now=now)
    tried = [change for change in controller.changes if "became slower" in change.sentence]
    assert len(tried) == 1
    assert tried[0].new == tried[0].old // 2
    assert 12 <= controller.limit <= 32


def test_that_neutral_outcomes_teach_nothing() -> None:
    controller = EndpointController(now=0.0)
    now = serve(controller, lambda n: 0.5 * max(1.0, n / 10), until=60.0)
    before, phase = controller.limit, controller.phase
    controller.changes.clear()
    for index in range(300):
        now += 1.0
        for ticket in fill(controller, now, 4):
            controller.finish(now + 0.5, ticket, AttemptResult(NEUTRAL[index % len(NEUTRAL)]))
    assert (controller.limit, controller.phase, controller.changes) == (before, phase, [])
    assert controller.requests_per_minute is None


def climbing(controller: EndpointController, now: float, most: int) -> tuple[list[Ticket], float]:
    """Lets the window climb while nothing is answered any more; the calls in flight, and the time."""
    tickets: list[Ticket] = []
    while len(tickets) < most:
        tickets += fill(controller, now, most - len(tickets))
        now += 0.02
        controller.tick(now)
    return tickets, now


def test_that_an_overload_by_more_than_ever_before_cuts_the_window_once() -> None:
    controller = EndpointController(now=0.0)
    now = serve(controller, lambda n: 1.0, until=2.5)
    most = controller.limit
    tickets, now = climbing(controller, now, most)
    controller.changes.clear()
    for ticket in tickets:
        controller.finish(now + 0.6, ticket, FAILED)
    cuts = [change for change in controller.changes if change.cause is Binding.OVERLOAD]
    assert len(cuts) == 1
    assert controller.limit == math.floor(0.75 * most)
    assert "503 no room" in cuts[0].sentence
    assert controller.binding(now + 0.7, 5) is Binding.OVERLOAD
    assert controller.gate_until(now + 0.7) == pytest.approx(now + 2.6)


def test_that_an_outage_at_a_load_that_was_borne_before_is_no_measure_of_it() -> None:
    """Refused, reset, restarted, slept: the window goes on where it was, and nothing is remembered."""
    controller = EndpointController(now=0.0, maximum=32)
    now = serve(controller, lambda n: 1.0, until=30.0)
    before = controller.limit
    for _ in range(3):
        for ticket in fill(controller, now):
            controller.finish(now + 0.01, ticket, FAILED)
        now += 20.0
        canary = controller.start(now)
        controller.finish(now + 1.0, canary, OK)
        now = serve(controller, lambda n: 1.0, until=now + 30.0, now=now + 1.0)
    assert controller.limit >= before
    assert controller.prior().crashed_at is None


def test_that_a_stray_failure_cuts_nothing() -> None:
    controller = EndpointController(now=0.0)
    now = serve(controller, lambda n: 1.0, until=10.0)
    before = controller.limit
    controller.changes.clear()
    tickets = fill(controller, now, 20)
    controller.finish(now + 0.1, tickets[0], FAILED)
    for ticket in tickets[1:]:
        controller.finish(now + 1.0, ticket, OK)
    assert controller.limit >= before
    assert not [change for change in controller.changes if change.cause is Binding.OVERLOAD]


def test_that_calls_go_out_one_at_a_time_until_the_endpoint_is_back() -> None:
    controller = EndpointController(now=0.0)
    now, careful, down_until = 0.0, 0, 100.0
    for ticket in fill(controller, now):
        controller.finish(0.1, ticket, FAILED)
    while now < 300:
        wait = controller.check(now)
        if wait is not None:
            assert wait.until is not None, "a careful call is out, or the time to ask again is known"
            now = wait.until
            continue
        ticket = controller.start(now)
        careful += 1
        assert controller.check(now + 0.09) == Wait(Binding.OVERLOAD, None)
        now += 0.1
        if now > down_until:
            controller.finish(now, ticket, OK)
            break
        controller.finish(now, ticket, FAILED)
        assert controller.broken(now) is None
    assert 100 / 5 <= careful <= 100 / 3, "asked every 3 to 5 s: a refused connection costs nothing"
    assert controller.check(now) is None, "back to work after the first answer"
    assert controller.broken(now) is None


def crashed(controller: EndpointController) -> tuple[int, float]:
    """Brings the endpoint down as it climbs; the calls in flight then, and the time at which it is back."""
    now = serve(controller, lambda n: 1.0, until=2.5)
    tickets, now = climbing(controller, now, controller.limit)
    for ticket in tickets:
        controller.finish(now + 0.01, ticket, FAILED)
    now += 5.0
    canary = controller.start(now)
    controller.finish(now + 1, canary, OK)
    return len(tickets), now + 1


def test_that_a_crash_is_not_repeated_soon() -> None:
    controller = EndpointController(now=0.0)
    most, now = crashed(controller)
    serve(controller, lambda n: 1.0, until=now + 30.0, now=now)
    assert controller.limit <= 0.85 * most


def test_that_no_bound_holds_for_good_that_a_crash_taught() -> None:
    controller = EndpointController(now=0.0)
    most, now = crashed(controller)
    serve(controller, lambda n: 1.0, until=now + 500.0, now=now)
    assert controller.limit > most
    assert controller.prior().crashed_at is None


def test_that_throttling_shuts_the_gate_for_all_until_the_hint() -> None:
    controller = EndpointController(now=0.0)
    tickets = fill(controller, 0.0)
    controller.finish(0.1, tickets[0], AttemptResult(Outcome.THROTTLED, hint=5.0, message="slow down"))
    assert controller.check(0.2, adaptive=False) == Wait(Binding.BACKOFF, 5.1)
    assert controller.binding(0.2, 3) is Binding.BACKOFF
    assert (controller.gate_until(0.2), controller.gate_cause) == (5.1, "slow down")
    assert controller.check(5.1) is None
    controller.start(5.1)
    assert controller.check(5.11) == Wait(Binding.BACKOFF, pytest.approx(5.16))


def test_that_many_rejections_of_one_moment_are_one_episode() -> None:
    controller = EndpointController(now=0.0)
    tickets = fill(controller, 0.0)
    for ticket in tickets:
        controller.finish(0.1, ticket, AttemptResult(Outcome.THROTTLED, hint=2.0))
    learned = [change for change in controller.changes if change.what == "requests per minute"]
    assert len(learned) == 1
    assert learned[0].cause is Binding.REQUESTS


def test_that_a_rejection_that_names_concurrency_is_a_cap() -> None:
    controller = EndpointController(now=0.0)
    now = serve(controller, lambda n: 1.0, until=5.0)
    tickets = fill(controller, now)
    while (wait := controller.check(now)) is not None and wait.until is not None:
        now = wait.until  # while it grows, calls start one by one
        tickets += fill(controller, now)
    message = "too many concurrent requests"
    controller.finish(now + 0.1, tickets[-1], AttemptResult(Outcome.THROTTLED, message=message))
    assert controller.limit == len(tickets) - 1
    assert controller.requests_per_minute is None
    change = controller.changes[-1]
    assert (change.cause, change.new) == (Binding.CAP, len(tickets) - 1)


def test_that_too_many_at_once_pauses_nothing_unless_it_happens_again_soon() -> None:
    controller = EndpointController(now=0.0)
    tickets = fill(controller, 0.0)
    too_many = AttemptResult(Outcome.THROTTLED, message="too many concurrent requests")
    for ticket in tickets[-3:]:  # all of one moment
        controller.finish(0.1, ticket, too_many)
    assert controller.gate_until(0.1) is None
    assert controller.limit == 9, "the first that was rejected was the tenth"
    controller.finish(0.2, tickets[0], OK)
    assert controller.check(0.2) is None
    controller.finish(0.3, controller.start(0.2), too_many)
    assert controller.gate_until(0.3) is not None, "twice in a row it may be a rate after all"


def test_that_too_many_at_once_waits_where_the_endpoint_says_how_long() -> None:
    controller = EndpointController(now=0.0)
    tickets = fill(controller, 0.0)
    message = "too many concurrent requests"
    controller.finish(0.1, tickets[-1], AttemptResult(Outcome.THROTTLED, hint=3.0, message=message))
    assert controller.gate_until(0.2) == pytest.approx(3.1)


def test_that_as_many_run_after_the_first_answer_as_the_stated_limits_carry() -> None:
    """600 a minute and 40 left: what the budget adds to those in flight, later what 10 a second sustain."""
    controller = EndpointController(now=0.0)
    tickets = fill(controller, 0.0)
    rates = RateHeaders(limit_requests=600, remaining_requests=40)
    controller.finish(2.0, tickets[0], AttemptResult(Outcome.OK, work=100.0, rates=rates))
    in_flight = len(tickets) - 1
    left = 40 - in_flight  # stated when the first call came: the others have used it since
    assert controller.limit == in_flight + left
    change = controller.changes[-1]
    assert (change.cause, change.sentence) == (Binding.PROBING, "its stated limits let 40 run at once")


def test_that_stated_limits_above_the_maximum_stop_there() -> None:
    controller = EndpointController(now=0.0, maximum=24)
    rates = RateHeaders(limit_requests=60_000, remaining_requests=59_000)
    for ticket in fill(controller, 0.0):
        controller.finish(2.0, ticket, AttemptResult(Outcome.OK, work=100.0, rates=rates))
    assert controller.limit == 24


def test_that_a_fixed_window_feels_gate_and_pacer_but_not_the_learned_window() -> None:
    controller = EndpointController(now=0.0, kind="local", requests_per_minute=6000)
    for _ in range(30):
        assert controller.check(0.0, adaptive=False) is None
        controller.start(0.0, adaptive=False)
    assert controller.check(0.0) is None, "others' fixed windows do not use up the learned one"
    for _ in range(90):
        controller.start(0.0, adaptive=False)
    wait = controller.check(0.0, adaptive=False)
    assert wait is not None
    assert wait.binding is Binding.REQUESTS


def test_that_headers_set_the_rates_and_the_change_is_told_once() -> None:
    controller = EndpointController(now=0.0)
    rates = RateHeaders(limit_requests=60, remaining_requests=50, limit_tokens=10_000, remaining_tokens=9_000)
    for _ in range(3):
        controller.finish(1.0, controller.start(0.5), AttemptResult(Outcome.OK, rates=rates))
    assert controller.requests_per_minute == pytest.approx(58.8)
    assert controller.tokens_per_minute == pytest.approx(9800)
    told = [change for change in controller.changes if change.what != "window"]
    assert [change.what for change in told] == ["requests per minute", "tokens per minute"]


def test_that_a_busy_client_stops_growth_and_a_late_one_shrinks() -> None:
    busy, free = EndpointController(now=0.0), EndpointController(now=0.0)
    for second in range(3):
        busy.client_load(float(second), 0.01, 0.99)
    for controller in (busy, free):
        serve(controller, lambda n: 1.0, until=20.0)
    assert busy.limit < free.limit / 4
    for step in range(40):
        fill(busy, 21.0 + step / 10)
    assert busy.binding(25.0, 1) is Binding.CLIENT
    before = free.limit
    for second in range(20, 23):
        free.client_load(float(second), 0.3, 0.5)
    assert free.limit < before
    assert free.changes[-1].cause is Binding.CLIENT


def test_that_a_pinned_window_holds_and_learns_nothing() -> None:
    controller = EndpointController(now=0.0)
    controller.set_bounds(0.0, 1, 64, pin=5)
    serve(controller, lambda n: 1.0, until=20.0)
    assert controller.limit == 5
    fill(controller, 21.0)
    assert controller.binding(21.0, 1) is Binding.MAXIMUM
    controller.set_bounds(20.0, 1, 64)
    assert controller.limit != 5 or controller.phase == "ramp"


def test_that_lower_bounds_hold_at_once() -> None:
    controller = EndpointController(now=0.0)
    now = serve(controller, lambda n: 1.0, until=20.0)
    controller.set_bounds(now, 1, 6)
    assert controller.limit == 6
    assert controller.changes[-1].cause is Binding.MAXIMUM
    assert len(fill(controller, now)) == 6


@pytest.mark.parametrize(
    "bounds", [{"minimum": 0}, {"minimum": 5, "maximum": 4}, {"start": 0}, {"start": 300}, {"maximum": -1}]
)
def test_that_bounds_out_of_range_are_refused(bounds: dict[str, int]) -> None:
    with pytest.raises(LimitError):
        EndpointController(now=0.0, **bounds)  # type: ignore[arg-type]


@pytest.mark.parametrize("rate", [0.0, -1.0, math.nan, math.inf])
def test_that_rates_that_are_not_positive_and_finite_are_refused(rate: float) -> None:
    controller = EndpointController(now=0.0)
    with pytest.raises(LimitError):
        controller.set_rates(0.0, rate, None)
    with pytest.raises(LimitError):
        EndpointController(now=0.0, requests_per_minute=rate)


def test_that_a_prior_starts_near_where_the_last_run_ended() -> None:
    first = EndpointController(now=0.0)
    serve(first, lambda n: 0.5 * max(1.0, n / 40), until=120.0)
    prior = first.prior()
    assert prior.window is not None
    again = EndpointController(now=0.0, prior=prior)
    assert again.limit == round(0.85 * prior.window)
    assert EndpointController(now=0.0, prior=Prior()).limit == 12
    assert EndpointController(now=0.0, prior=Prior(window=200, crashed_at=40)).limit <= 34


def test_that_too_few_answers_are_no_prior() -> None:
    controller = EndpointController(now=0.0)
    serve(controller, lambda n: 1.0, until=1.5)
    assert controller.prior().window is None


def test_that_an_attempt_ends_once() -> None:
    controller = EndpointController(now=0.0)
    ticket = controller.start(0.0)
    controller.finish(1.0, ticket, OK)
    with pytest.raises(ValueError, match="once"):
        controller.finish(1.0, ticket, OK)
