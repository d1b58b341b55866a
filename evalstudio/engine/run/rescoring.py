"""Rescoring: scores saved answers that lack a score, without calling the model again.

Scores are missing when a run was stopped while a judge was working, when a judge could not be reached, and when an
evaluator was added or changed since.
"""

import asyncio
from collections.abc import Sequence
from typing import Any

import msgspec

from evalstudio.engine.models.call import still_thinking
from evalstudio.engine.run.run import Run
from evalstudio.engine.scoring.judge_calls import NOT_ASKED
from evalstudio.engine.scoring.scoring import STILL_THINKING, judge
from evalstudio.evaluators import Evaluator
from evalstudio.store.database import Connection
from evalstudio.store.reader import Reader
from evalstudio.store.schema import record_id
from evalstudio.store.scores import records_without_score
from evalstudio.templating.templates import Message

MOST_WAITING = 64  # answers at once with the slow evaluators


def find_missing(connection: Connection, run_id: int, evaluators: Sequence[Evaluator]) -> dict[int, set[str]]:
    """Returns the answered records that lack a score, with the names of the evaluators that have to score them."""
    missing: dict[int, set[str]] = {}
    for evaluator in evaluators:
        for record in records_without_score(connection, run_id, evaluator.name, NOT_ASKED):
            missing.setdefault(record, set()).add(evaluator.name)
    return missing


async def rescore(run: Run, reader: Reader, missing: dict[int, set[str]]) -> None:
    """Scores the answers in `missing`; the run does not end before that. Closes `reader`."""
    quick = {one.name: one for one in run.plan.evaluators if not one.apart and not one.needs_calls}
    repeats = run.plan.spec.repeats
    try:
        for repeat in range(repeats):
            for sample in run.plan.dataset:
                record = record_id(run.id, sample.position, repeat, repeats)
                names = missing.get(record)
                if names is None:
                    continue
                while run.scoring.waiting >= MOST_WAITING or not run.is_active:
                    if not run.is_active:
                        return
                    await asyncio.sleep(0.02)
                _judge(run, reader, record, names, quick, sample.values)
                await asyncio.sleep(0)
    finally:
        run.rescoring = 0
        reader.close()
        run.close_if_done()


def _judge(
    run: Run,
    reader: Reader,
    record: int,
    names: set[str],
    quick: dict[str, Evaluator],
    values: dict[str, Any],
) -> None:
    run.rescoring -= 1
    details = reader.details(record)
    if details is None or details.record.answer is None:
        return
    answer = details.record.answer
    if still_thinking(answer, details.record.thinking, details.record.finish_reason):
        unjudged = run.scoring.none_for(STILL_THINKING).scores
        scored = any(row.value is not None for row in details.scores)
        run.keeper.save_scores(
            record, tuple(score for score in unjudged if score.name in names), last=True, scored=scored
        )
        return
    scores = tuple(judge(quick[name], answer, values) for name in sorted(names & quick.keys()))
    scored = any(score.scored for score in scores) or any(row.value is not None for row in details.scores)
    later = names - quick.keys()
    if scores or not later:
        run.keeper.save_scores(record, scores, last=not later, scored=scored)
    if later:
        messages = msgspec.json.decode(details.record.prompt, type=list[Message])
        run.scoring.later(record, answer, values, messages[-1].content, scored, only=later)
