"""The four signs of too much parallelism."""

import pytest

from evalstudio.advice.overload_signs import SPAN_S, Load, LoadNow, Sign, SignWatch, Trouble

WINDOW = LoadNow(limit=32, adaptive=False)


def by_name(signs: tuple[Sign, ...]) -> dict[str, Sign]:
    assert [sign.name for sign in signs] == list(Trouble)
    return {sign.name: sign for sign in signs}


def watched(troubles: dict[Trouble, int], answered: int) -> SignWatch:
    watch = SignWatch()
    for trouble, count in troubles.items():
        for _ in range(count):
            watch.ended(1.0, trouble)
    for _ in range(answered):
        watch.ended(1.5, None)
    return watch


@pytest.mark.parametrize("trouble", [Trouble.ERRORS, Trouble.CONNECTIONS, Trouble.RATE_LIMITS])
def test_that_each_sign_is_its_own(trouble: Trouble) -> None:
    signs = by_name(watched({trouble: 24}, 8).look(2.0, WINDOW, Load()))
    assert [name for name, sign in signs.items() if sign.active] == [trouble]
    sign = signs[trouble]
    assert (sign.value, sign.since, sign.samples) == (0.75, 2.0, 24)
    assert sign.proposed == 8  # what got through: a quarter of 32
    assert "24 of 32" in sign.sentence
    assert "from 32 to 8" in sign.action


def test_that_a_single_failure_is_no_sign() -> None:
    signs = watched({Trouble.ERRORS: 2, Trouble.CONNECTIONS: 1}, 8).look(2.0, WINDOW, Load())
    assert not any(sign.active for sign in signs)


def test_that_a_sign_goes_out_and_keeps_when_it_was_first_seen() -> None:
    watch = watched({Trouble.RATE_LIMITS: 4}, 8)
    watch.look(2.0, WINDOW, Load())
    watch.ended(40.0, None)
    sign = by_name(watch.look(2.0 + SPAN_S, WINDOW, Load()))[Trouble.RATE_LIMITS]
    assert not sign.active
    assert (sign.since, sign.samples) == (2.0, 4)


def test_that_a_sample_counts_once() -> None:
    watch = watched({}, 10)
    watch.ended(1.0, Trouble.RATE_LIMITS)
    watch.ended(2.0, Trouble.RATE_LIMITS, again=True)
    assert by_name(watch.look(2.0, WINDOW, Load()))[Trouble.RATE_LIMITS].samples == 1


def test_that_a_known_rate_says_how_far_down() -> None:
    standing = LoadNow(limit=32, adaptive=False, latency=2.0, requests=500)
    sign = by_name(watched({Trouble.RATE_LIMITS: 4}, 28).look(2.0, standing, Load()))[Trouble.RATE_LIMITS]
    assert sign.proposed == 16


def test_that_adaptive_needs_no_proposal() -> None:
    standing = LoadNow(limit=32, adaptive=True)
    sign = by_name(watched({Trouble.ERRORS: 24}, 8).look(2.0, standing, Load()))[Trouble.ERRORS]
    assert sign.active
    assert sign.proposed is None
    assert "itself" in sign.action


@pytest.mark.parametrize(
    ("load", "word"),
    [
        (Load(cpu=0.97), "processor"),
        (Load(lag=0.2), "late"),
        (Load(memory=0.95), "memory"),
        (Load(files=0.9), "files"),
    ],
)
def test_that_this_machine_is_a_sign_once_it_lasts(load: Load, word: str) -> None:
    watch = SignWatch()
    assert not watch.look(1.0, WINDOW, load)[3].active
    sign = watch.look(3.5, WINDOW, load)[3]
    assert sign.active
    assert word in sign.sentence
    watch.look(4.0, WINDOW, Load())
    assert not watch.look(5.0, WINDOW, load)[3].active  # a moment's peak
