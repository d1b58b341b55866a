import pytest

from evalstudio.engine.limits.blocking import BlockingShare, ThreadUse, blocking_share


@pytest.mark.parametrize(
    ("cpu", "wall", "share"),
    [(0.0, 1.0, 1.0), (1.0, 1.0, 0.0), (0.25, 1.0, 0.75), (1.1, 1.0, 0.0), (0.0, 0.0, 0.0)],
)
def test_that_the_share_of_a_call_is_what_it_did_not_compute(cpu: float, wall: float, share: float) -> None:
    assert blocking_share(cpu, wall) == pytest.approx(share)


def called(cpu: float, calls: int = 20, cores: int = 1) -> BlockingShare:
    found = BlockingShare(cores=cores)
    for _ in range(calls):
        found.called(cpu, 1.0)
    return found


def test_that_a_few_calls_say_nothing() -> None:
    assert called(1.0, calls=7).verdict is ThreadUse.UNKNOWN
    assert called(1.0, calls=7).sentence is None


def test_that_a_call_that_computes_is_not_helped_by_threads() -> None:
    found = called(0.95)
    assert found.verdict is ThreadUse.DO_NOT_HELP
    assert found.useful_threads == 1
    assert found.sentence is not None
    assert "processes" in found.sentence
    assert called(0.95, cores=8).useful_threads == 8


def test_that_a_call_that_waits_is_helped_by_threads() -> None:
    found = called(0.02)
    assert found.verdict is ThreadUse.HELP
    assert found.useful_threads is None
    assert found.sentence is None


def test_that_half_and_half_is_helped_a_little() -> None:
    found = called(0.5)
    assert found.verdict is ThreadUse.HELP_LITTLE
    assert found.useful_threads == 2


def test_that_the_verdict_follows_a_change() -> None:
    found = called(0.95)
    for _ in range(60):
        found.called(0.02, 1.0)
    assert found.verdict is ThreadUse.HELP


def test_that_calls_that_wait_for_the_interpreter_lock_do_not_look_like_waiting_for_a_server() -> None:
    found = BlockingShare()
    for _ in range(20):
        found.called(0.125, 1.0, 8)  # eight threads that only compute: each gets an eighth of the processor
    assert found.share == pytest.approx(0.875)
    assert found.verdict is ThreadUse.HELP_LITTLE
    assert found.useful_threads == 8
    assert found.sentence is not None
    assert "processes" in found.sentence


def test_that_calls_that_wait_leave_room_for_more() -> None:
    found = BlockingShare()
    for _ in range(20):
        found.called(0.02, 1.0, 8)
    assert found.useful_threads is None
