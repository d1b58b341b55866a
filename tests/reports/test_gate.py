"""Gates: which scores pass, on how many answers, and what is said of those that don't."""

import pytest

from evalstudio.protocol import ScoreNow
from evalstudio.reports.gate import Gate
from tests.ui.factories import make_snapshot


def score(value: float | None, n: int = 100, low: float | None = None, metric: str = "accuracy") -> ScoreNow:
    return ScoreNow("exact_match", metric, value, low, None, n, 100 - n)


@pytest.mark.parametrize(
    ("gate", "found"),
    [
        (Gate(), score(0.1)),
        (Gate(), None),
        (Gate(None, True, 1.0), score(0.1, 3)),
        (Gate(0.9), score(0.9)),
        (Gate(0.9), score(0.95, 95)),
        (Gate(0.9), score(0.95, low=0.5)),
        (Gate(0.9, True), score(0.95, low=0.9)),
        (Gate(0.9, min_coverage=0.5), score(0.95, 50)),
        (Gate(0.0), score(0.0)),
        (Gate(0.9, min_coverage=0.0), score(0.9, 1)),
    ],
)
def test_that_a_score_passes_a_gate(gate: Gate, found: ScoreNow | None) -> None:
    assert gate.problem(make_snapshot(saved=100, errored=0, scores=() if found is None else (found,))) is None


@pytest.mark.parametrize(
    ("gate", "found", "words"),
    [
        (Gate(0.0), None, "nothing was scored"),
        (Gate(0.9), score(None, 0), "nothing was scored"),
        (Gate(0.9), score(0.899), "exact_match (accuracy) is"),
        (Gate(0.9, True), score(0.95, low=0.89), "the lower end of exact_match"),
        (Gate(0.9, True), score(1.0, 1, low=None), "too few scores for an interval"),
        (Gate(0.9), score(1.0, 94), "scored 94 of 100 answers (94.0%)"),
        (Gate(0.9, min_coverage=0.99), score(1.0, 98), "needs 0.99 of them"),
        (Gate(0.9, True), score(1.0, 50, low=0.95), "scored 50 of 100"),
        (Gate(0.9, min_coverage=0.5), score(0.95, 49), "scored 49 of 100"),
        (Gate(0.5, True, 0.5), score(0.6, 60, low=0.4), "at least 0.5 is asked for"),
    ],
)
def test_that_a_score_does_not_pass_a_gate(gate: Gate, found: ScoreNow | None, words: str) -> None:
    problem = gate.problem(make_snapshot(saved=100, errored=0, scores=() if found is None else (found,)))
    assert problem is not None
    assert words in problem


@pytest.mark.parametrize(
    ("given", "own", "both"),
    [
        (Gate(), Gate(0.9, True, 0.5), Gate(0.9, True, 0.5)),
        (Gate(0.8), Gate(0.9, True, 0.5), Gate(0.8, False, 0.5)),
        (Gate(min_coverage=0.7), Gate(0.9, True), Gate(0.9, True, 0.7)),
        (Gate(0.8, min_coverage=0.7), Gate(0.9, True, 0.5), Gate(0.8, False, 0.7)),
    ],
)
def test_that_what_is_given_to_a_command_overrides_what_a_file_says(
    given: Gate, own: Gate, both: Gate
) -> None:
    assert given.over(own) == both
