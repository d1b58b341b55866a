"""Inline scores: scores that an evaluation's function returns itself; its evaluators are known once they arrive."""

from collections.abc import Mapping
from typing import Any

import msgspec

from evalstudio.authoring.scorers import metrics_of
from evalstudio.core.errors import EvaluationError
from evalstudio.core.score import Score
from evalstudio.evaluators import Evaluator
from evalstudio.evaluators.build import KINDS
from evalstudio.protocol import Snapshot
from evalstudio.store.database import Connection
from evalstudio.store.scores import score_scales


def given_evaluator(name: str, metrics: tuple[str, ...]) -> Evaluator:
    """Returns a placeholder for an evaluator inside the function; the engine can't call it."""
    return Evaluator(name, "given", metrics, _refuse)


def stored_evaluators(connection: Connection, run_id: int, summary: str | None) -> tuple[Evaluator, ...]:
    """Returns the evaluators that a run has scores of already, with the metrics they had."""
    before = msgspec.json.decode(summary, type=Snapshot).scores if summary else ()
    found = []
    for name, is_number in score_scales(connection, run_id):
        reported = tuple(score.metric for score in before if score.evaluator == name)
        usual = KINDS[name].metrics if name in KINDS else ("mean",) if is_number else ("accuracy",)
        found.append(given_evaluator(name, reported or metrics_of(name) or usual))
    return tuple(found)


def _refuse(answer: str, values: Mapping[str, Any]) -> Score:
    raise EvaluationError("the evaluation's own function gives this score")
