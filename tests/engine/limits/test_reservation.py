import random

import pytest

from evalstudio.engine.limits.endpoint import EndpointController
from evalstudio.engine.limits.rate_limit_headers import RateHeaders
from evalstudio.engine.limits.reservation import Reservation
from evalstudio.engine.limits.vocabulary import AttemptResult, Outcome
from evalstudio.store.endpoint_memory import Prior


@pytest.mark.parametrize("a_token", [1.5, 2.0, 3.0, 4.0, 5.5])
def test_that_a_prompt_is_reserved_by_its_length(a_token: float) -> None:
    reservation = Reservation(output=100)
    for characters in (400, 900, 2_000):
        reservation.prompt_was(characters, round(characters / a_token))
    for characters in (0, 600, 6_000):
        assert reservation.tokens(characters) == pytest.approx(characters / a_token + 100, rel=0.02)


def test_that_a_first_call_is_reserved_without_an_answer() -> None:
    assert Reservation().tokens(4_000) == 1_000 + 256


@pytest.mark.parametrize(("characters", "tokens"), [(0, 10), (100, None), (100, 0)])
def test_that_what_an_endpoint_does_not_count_teaches_nothing(characters: int, tokens: int | None) -> None:
    reservation = Reservation(output=10)
    reservation.prompt_was(characters, tokens)
    assert reservation.tokens(400) == 110


def test_that_seven_of_ten_answers_fit() -> None:
    reservation, draw = Reservation(), random.Random(1)
    outputs = [round(draw.lognormvariate(5, 0.8)) for _ in range(3_000)]
    fit = 0
    for number, tokens in enumerate(outputs):
        fit += number >= 1_000 and tokens <= reservation.output
        reservation.output_was(tokens)
    assert fit / 2_000 == pytest.approx(0.7, abs=0.05)


@pytest.mark.parametrize(
    ("stated", "tokens", "calls"),
    [
        (RateHeaders(limit_tokens=60_000, remaining_tokens=60_000), 1_000, 10),
        (RateHeaders(limit_tokens=600_000, remaining_tokens=600_000), 1_000, 92),
        (RateHeaders(limit_requests=60, remaining_requests=60), 1_000, 10),
    ],
)
def test_that_limits_an_endpoint_stated_are_known_to_the_next_run(
    stated: RateHeaders, tokens: int, calls: int
) -> None:
    """What is left of them is not: a few seconds' worth of calls start before the first answer tells."""
    first = EndpointController(now=0.0)
    first.finish(1.0, first.start(0.0), AttemptResult(Outcome.OK, rates=stated))
    prior = first.prior()
    again = EndpointController(now=0.0, prior=prior)
    assert (again.requests_per_minute, again.tokens_per_minute) == (
        first.requests_per_minute,
        first.tokens_per_minute,
    )
    started = 0
    while again.check(0.0, tokens, adaptive=False) is None:
        again.start(0.0, tokens, adaptive=False)
        started += 1
    assert started == pytest.approx(calls, abs=1)


def test_that_a_remembered_rate_is_doubted_at_once() -> None:
    controller = EndpointController(now=0.0, prior=Prior(requests_per_minute=60.0))
    now, started = 0.0, 0
    while now < 20.0:
        wait = controller.check(now, adaptive=False)
        if wait is None:
            ticket = controller.start(now, adaptive=False)
            controller.finish(now, ticket, AttemptResult(Outcome.OK))
            started += 1
        now += 0.05
        controller.tick(now)
    assert started > 2 * 20
    assert (controller.requests_per_minute or 0) > 4 * 60
