"""Scores that an evaluation's function gives itself: which evaluators there are shows when the first one comes."""

import sqlite3
from collections.abc import Mapping
from typing import Any

import msgspec

from evalstudio.authoring.scorers import metrics_of
from evalstudio.core.errors import EvaluationError
from evalstudio.core.score import Score
from evalstudio.evaluators import Evaluator
from evalstudio.evaluators.build import KINDS
from evalstudio.protocol import Snapshot


def given_evaluator(name: str, metrics: tuple[str, ...]) -> Evaluator:
    """Stands for an evaluator inside the function; the engine can't call it."""
    return Evaluator(name, "given", metrics, _refuse)


def stored_evaluators(
    connection: sqlite3.Connection, run_id: int, summary: str | None
) -> tuple[Evaluator, ...]:
    """The evaluators whose scores a run has already, with the metrics they had."""
    rows = connection.execute(
        "SELECT evaluator, coalesce(max(value NOT IN (0, 1)), 0) FROM scores JOIN records ON records.id = record_id"
        " WHERE run_id = ? GROUP BY evaluator",
        (run_id,),
    ).fetchall()
    before = msgspec.json.decode(summary, type=Snapshot).scores if summary else ()
    found = []
    for name, is_number in rows:
        told = tuple(score.metric for score in before if score.evaluator == name)
        usual = KINDS[name].metrics if name in KINDS else ("mean",) if is_number else ("accuracy",)
        found.append(given_evaluator(name, told or metrics_of(name) or usual))
    return tuple(found)


def _refuse(answer: str, values: Mapping[str, Any]) -> Score:
    raise EvaluationError("the evaluation's own function gives this score")
