import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalstudio.core.outcome import Outcome
from evalstudio.engine.limits.retry import GiveUp, Pause, Retry, RetryBudget, RetryPolicy


@given(st.integers(1, 7), st.integers(0, 1000))
def test_that_back_off_is_bounded_and_doubles_at_most(attempts: int, seed: int) -> None:
    verdict = RetryPolicy(seed=seed).after(Outcome.OVERLOADED, attempts=attempts, elapsed=0.0)
    assert isinstance(verdict, Retry)
    assert 0 <= verdict.delay <= min(30.0, 2.0 ** (attempts - 1))


def test_that_jitter_is_full_and_the_same_for_the_same_seed() -> None:
    def delays(seed: int) -> list[float]:
        policy = RetryPolicy(seed=seed)
        found = [policy.after(Outcome.OVERLOADED, attempts=5, elapsed=0.0) for _ in range(200)]
        return [one.delay for one in found if isinstance(one, Retry)]

    assert delays(1) == delays(1)
    assert delays(1) != delays(2)
    assert min(delays(1)) < 2
    assert max(delays(1)) > 14


def test_that_a_hint_is_waited_for() -> None:
    policy = RetryPolicy(seed=0)
    assert policy.after(Outcome.THROTTLED, attempts=1, elapsed=0.0, hint=7.0) == Retry(7.0)
    overloaded = policy.after(Outcome.OVERLOADED, attempts=1, elapsed=0.0, hint=7.0)
    assert isinstance(overloaded, Retry)
    assert overloaded.delay == 7.0


def test_that_a_hint_longer_than_a_run_should_wait_pauses_it() -> None:
    verdict = RetryPolicy(seed=0).after(Outcome.THROTTLED, attempts=1, elapsed=0.0, hint=3 * 3600)
    assert isinstance(verdict, Pause)
    assert "3.0 hours" in verdict.sentence


@pytest.mark.parametrize(
    "outcome", [Outcome.CLIENT_ERROR, Outcome.QUOTA, Outcome.FILTERED, Outcome.CANCELLED]
)
def test_that_what_repeating_can_not_help_is_not_repeated(outcome: Outcome) -> None:
    assert isinstance(RetryPolicy(seed=0).after(outcome, attempts=1, elapsed=0.0), GiveUp)


def test_that_a_bad_answer_is_tried_once_more() -> None:
    policy = RetryPolicy(seed=0)
    assert isinstance(policy.after(Outcome.BAD_ANSWER, attempts=1, elapsed=0.0), Retry)
    assert isinstance(policy.after(Outcome.BAD_ANSWER, attempts=2, elapsed=0.0), GiveUp)
    assert isinstance(policy.after(Outcome.BAD_ANSWER, attempts=4, elapsed=0.0, unreadable=1), Retry)
    assert isinstance(policy.after(Outcome.BAD_ANSWER, attempts=4, elapsed=0.0, unreadable=2), GiveUp)


def test_that_attempts_and_time_are_bounded() -> None:
    policy = RetryPolicy(seed=0, max_attempts=3, longest=60.0)
    assert isinstance(policy.after(Outcome.OVERLOADED, attempts=3, elapsed=0.0), GiveUp)
    assert isinstance(policy.after(Outcome.OVERLOADED, attempts=1, elapsed=50.0, hint=20.0), GiveUp)
    assert isinstance(policy.after(Outcome.OVERLOADED, attempts=1, elapsed=30.0, hint=20.0), Retry)


@pytest.mark.parametrize(
    ("outcome", "excused", "attempts", "elapsed", "unaccepted", "ends"),
    [
        (Outcome.THROTTLED, True, 1, 0.0, 0.0, False),
        (Outcome.THROTTLED, True, 40, 0.0, 0.0, False),
        (Outcome.THROTTLED, True, 40, 5_000.0, 59.0, False),
        (Outcome.THROTTLED, True, 1, 0.0, 61.0, True),
        (Outcome.OVERLOADED, True, 40, 5_000.0, 30.0, False),
        (Outcome.OVERLOADED, True, 1, 0.0, 61.0, True),
        (Outcome.OVERLOADED, False, 2, 0.0, 61.0, False),
        (Outcome.OVERLOADED, False, 3, 0.0, 0.0, True),
        (Outcome.OVERLOADED, False, 1, 70.0, 0.0, True),
        (Outcome.CLIENT_ERROR, False, 1, 0.0, 0.0, True),
    ],
)
def test_that_only_an_endpoint_that_accepts_nothing_ends_a_sample_that_waits_for_it(
    outcome: Outcome, excused: bool, attempts: int, elapsed: float, unaccepted: float, ends: bool
) -> None:
    policy = RetryPolicy(seed=0, max_attempts=3, longest=60.0)
    decision = policy.after(
        outcome, attempts=attempts, elapsed=elapsed, excused=excused, unaccepted=unaccepted
    )
    assert isinstance(decision, GiveUp) is ends


def test_that_who_allows_one_attempt_gets_one() -> None:
    policy = RetryPolicy(seed=0, max_attempts=1)
    assert isinstance(policy.after(Outcome.OVERLOADED, attempts=1, elapsed=0.0, excused=True), GiveUp)


def test_that_the_budget_keeps_retries_to_a_tenth_of_the_calls() -> None:
    budget = RetryBudget()
    retries = 0
    for _ in range(1000):
        budget.first_attempt()
        retries += budget.spend(Outcome.OVERLOADED)
    assert 100 <= retries <= 111


def test_that_the_budget_charges_time_outs_double_and_throttling_nothing() -> None:
    budget = RetryBudget(start=2.0, share=0.0)
    assert budget.spend(Outcome.OVERLOADED, timed_out=True)
    assert not budget.spend(Outcome.OVERLOADED)
    assert budget.spend(Outcome.THROTTLED)
