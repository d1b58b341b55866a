"""Tokens out are counted in the seconds in which they stream in, and add up to what the endpoint says."""

import pytest

from evalstudio.engine.run.telemetry import Telemetry

# parts that come in each second, the tokens the answer says at the end of the last one, and the tokens of each second
CASES = [
    ([10, 10, 10, 10], 40, [10, 10, 10, 10]),
    ([10, 10, 10], 36, [10, 10, 16]),  # some parts were several tokens
    ([10, 10, 10], 27, [10, 10, 7]),
    ([100, 0, 0], 60, [100, 0, 0]),  # counted too many: later seconds make up for it
    ([0, 0, 0], 25, [0, 0, 25]),  # not streamed
    ([7], 7, [7]),
    ([5, 5], None, [5, 5]),  # the endpoint does not say
    ([0, 9, 0], 9, [0, 9, 0]),
    ([1, 1, 1, 1, 1], 500, [1, 1, 1, 1, 496]),
    ([3, 0, 3], 0, [3, 0, 3]),  # 0 stands for: not told
]


@pytest.mark.parametrize(("parts", "said", "seconds"), CASES)
def test_that_tokens_are_counted_as_they_come(parts: list[int], said: int | None, seconds: list[int]) -> None:
    telemetry = Telemetry()
    found = []
    for second, count in enumerate(parts):
        telemetry.streamed(count)
        if second == len(parts) - 1:
            telemetry.answered(1.0, 0.1, 3, said, sum(parts))
        found += telemetry.close_seconds(second + 1.0, 4, 1, 0.0, 0.0)
    assert [bucket.tokens_out for bucket in found] == seconds
    assert telemetry.tokens_out == (said or 0)


def test_that_what_was_counted_too_often_is_made_up_for() -> None:
    telemetry = Telemetry()
    telemetry.streamed(100)
    first = telemetry.close_seconds(1.0, 4, 1, 0.0, 0.0)
    telemetry.answered(1.0, 0.1, 3, 60, 100)
    telemetry.streamed(30)
    second = telemetry.close_seconds(2.0, 4, 1, 0.0, 0.0)
    telemetry.streamed(30)
    third = telemetry.close_seconds(3.0, 4, 1, 0.0, 0.0)
    assert [bucket.tokens_out for bucket in first + second + third] == [100, 0, 20]


def test_that_a_resumed_run_counts_no_earlier_answer_again() -> None:
    telemetry = Telemetry()
    telemetry.answered(1.0, None, 3, 500)
    telemetry.skip_to(7)
    telemetry.streamed(4)
    (bucket,) = telemetry.close_seconds(8.0, 4, 1, 0.0, 0.0)
    assert (bucket.second, bucket.tokens_out) == (7, 4)
