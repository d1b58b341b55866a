from evalstudio.engine.limits.endpoint import AttemptResult, Binding, EndpointController, Wait
from evalstudio.outcome import Outcome


def test_starts_no_more_than_its_first_window_before_an_answer() -> None:
    controller = EndpointController(now=0.0, kind="function")
    for _ in range(4):
        assert controller.check(0.0) is None
        controller.start(0.0)
    assert controller.check(0.0) == Wait(Binding.PROBING, None)
    for step in range(1, 100):
        now = step * 0.25
        controller.tick(now)
        while controller.check(now) is None:
            controller.start(now)
    assert controller.in_flight == 7


def test_throttling_shuts_the_gate_for_the_hint() -> None:
    controller = EndpointController(now=0.0)
    ticket = controller.start(0.0)
    controller.finish(0.1, ticket, AttemptResult(Outcome.THROTTLED, hint=5.0))
    assert controller.check(0.2) == Wait(Binding.BACKOFF, 5.1)
    assert controller.gate_until(0.2) == 5.1
    assert controller.check(5.2, 10) is None
