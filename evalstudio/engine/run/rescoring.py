"""Answers of an earlier start that lack a score: judged now, without a new call of the model.

That is so after a stop while a judge was at work, where a judge could not be asked, and when an evaluator was added
or changed since.
"""

import asyncio
import sqlite3
from collections.abc import Sequence
from typing import Any

import msgspec

from evalstudio.engine.models.call import still_thinking
from evalstudio.engine.run.run import Run
from evalstudio.engine.scoring.judge_calls import NOT_ASKED
from evalstudio.engine.scoring.scoring import STILL_THINKING, judge
from evalstudio.evaluators import Evaluator
from evalstudio.store.reader import Reader
from evalstudio.store.schema import record_id
from evalstudio.templating.templates import Message

MOST_WAITING = 64  # answers at once with the slow evaluators


def find_missing(
    connection: sqlite3.Connection, run_id: int, evaluators: Sequence[Evaluator]
) -> dict[int, set[str]]:
    """The answered records that lack a score, with the names of the evaluators that have still to judge them."""
    missing: dict[int, set[str]] = {}
    for evaluator in evaluators:
        rows = connection.execute(
            "SELECT id FROM records WHERE run_id = ? AND outcome = 'ok' AND NOT EXISTS"
            " (SELECT 1 FROM scores WHERE record_id = records.id AND evaluator = ?"
            " AND NOT (value IS NULL AND substr(why, 1, ?) = ?))",
            (run_id, evaluator.name, len(NOT_ASKED), NOT_ASKED),
        )
        for (record,) in rows:
            missing.setdefault(record, set()).add(evaluator.name)
    return missing


def drop_changed(connection: sqlite3.Connection, run_id: int, keep: set[str]) -> None:
    """Removes the scores of a run by evaluators that are gone or defined otherwise now."""
    names = [
        name
        for (name,) in connection.execute(
            "SELECT DISTINCT evaluator FROM scores JOIN records ON records.id = record_id WHERE run_id = ?",
            (run_id,),
        )
        if name not in keep
    ]
    for name in names:
        connection.execute(
            "DELETE FROM scores WHERE evaluator = ? AND record_id IN (SELECT id FROM records WHERE run_id = ?)",
            (name, run_id),
        )


async def rescore(run: Run, reader: Reader, missing: dict[int, set[str]]) -> None:
    """Judges the answers in `missing`; the run does not end before."""
    quick = {one.name: one for one in run.plan.evaluators if one.type != "python" and not one.needs_calls}
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
