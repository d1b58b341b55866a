"""Record queries: which records of a run to show and in which order, as one struct that compiles to SQL."""

from typing import Any, NamedTuple

import msgspec

from evalstudio.store.schema import record_ids

_SCORE = "EXISTS (SELECT 1 FROM scores WHERE record_id = records.id{by} AND value"
_BY = " AND evaluator = ?"
GROUPS = {
    "scored": f"outcome = 'ok' AND {_SCORE} IS NOT NULL)",
    "right": f"outcome = 'ok' AND {_SCORE} = 1)",
    "wrong": f"outcome = 'ok' AND {_SCORE} = 0)",
    "unscored": f"outcome = 'ok' AND NOT {_SCORE} IS NOT NULL)",
    "errored": "outcome != 'ok'",
    "noted": "records.id IN (SELECT record_id FROM notes)",
}
LAST_MESSAGE = (
    "substr(coalesce(CASE WHEN prompt LIKE '[%' AND json_valid(prompt) THEN json_extract(prompt, '$[#-1].content')"
    " END, prompt), 1, 400)"
)
"""A prompt is a list of messages, or whatever a Python function reported."""
OTHER_SCORE = "score:"
COLUMNS = {
    "sample": "records.id",
    "outcome": "outcome",
    "score": "one.value",
    "latency": "latency",
    "first_token": "first_token",
    "tokens_in": "tokens_in",
    "tokens_out": "tokens_out",
    "cost": "cost",
    "attempts": "attempts",
}
TEXTS = {
    "answer": "substr(coalesce(answer, error), 1, 400)",
    "expected": "substr(expected, 1, 400)",
    "prompt": LAST_MESSAGE,
    "note": "(SELECT trim(note || ' ' || tags) FROM notes WHERE notes.record_id = records.id)",
}
"""What records can be sorted by: figures in COLUMNS, texts, which are wide, and `score:NAME`, that of another evaluator."""


_OF_ONE_EVALUATOR = (
    " LEFT JOIN scores AS one ON one.record_id = records.id AND one.evaluator = coalesce(?,"
    " (SELECT min(evaluator) FROM scores AS first WHERE first.record_id = records.id))"
)


class Range(NamedTuple):
    """From `low` up to, not including, `high`."""

    low: float
    high: float


class RecordQuery(msgspec.Struct, frozen=True):
    """Filter and order of records: all conditions must hold; dataset order unless `sort` is set.

    `outcome` is an outcome class or one of GROUPS: scored, right (a score of 1), wrong (a score of 0), unscored,
    errored, noted. `search` is looked for in prompts, answers, notes and tags, or is a sample's id. `evaluator` is the one that groups and
    `score` refer to; without one, `score` is that of a record's first, and a group takes what any evaluator says. Latency is in seconds. Records without a value in the sorted column come last, in either direction.
    """

    outcome: str | None = None
    search: str = ""
    evaluator: str | None = None
    score: Range | None = None
    latency: Range | None = None
    sort: str = "sample"
    descending: bool = False

    @property
    def is_everything(self) -> bool:
        """Whether the query selects all records with ascending ids."""
        return msgspec.structs.replace(self, evaluator=None) == RecordQuery()


def to_sql(
    run_id: int, query: RecordQuery, after: int | None = None, *, order: bool = True
) -> tuple[str, list[Any]]:
    """Compiles the query to a statement that selects ids greater than `after`, and its parameters.

    Without `order`, the statement is unsorted, for callers that sort in another way.
    """
    first, last = record_ids(run_id)
    where = ["run_id = ?", "records.id BETWEEN ? AND ?"]
    if after is not None:
        first = after + 1
        where[0] = "+run_id = ?"  # looks ids up: the index on runs would read all rows of the run
    values: list[Any] = [run_id, first, last]
    if query.outcome in GROUPS:
        by_one = query.evaluator is not None and "{by}" in GROUPS[query.outcome]
        where.append(GROUPS[query.outcome].format(by=_BY if by_one else ""))
        if by_one:
            values.append(query.evaluator)
    elif query.outcome is not None:
        where.append("outcome = ?")
        values.append(query.outcome)
    if query.latency is not None:
        where.append("outcome = 'ok' AND latency >= ? AND latency < ?")
        values += query.latency
    if query.score is not None:
        where.append("typeof(one.value) != 'text' AND one.value >= ? AND one.value < ?")
        values += query.score
    if query.search:
        pattern = "%" + query.search.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        noted = "SELECT record_id FROM notes WHERE note LIKE ? ESCAPE '\\' OR tags LIKE ? ESCAPE '\\'"
        where.append(
            "(prompt LIKE ? ESCAPE '\\' OR answer LIKE ? ESCAPE '\\' OR sample_id = ?"
            f" OR records.id IN ({noted}))"
        )
        values += [pattern, pattern, query.search, pattern, pattern]
    by = "records.id" + (" DESC" if query.descending else "")
    if query.sort != "sample":
        direction = "DESC" if query.descending else "ASC"
        by = f"{'other.value' if query.sort.startswith(OTHER_SCORE) else (COLUMNS | TEXTS)[query.sort]} {direction} NULLS LAST, records.id"
    join = ""
    if query.sort.startswith(OTHER_SCORE):
        join = " LEFT JOIN scores AS other ON other.record_id = records.id AND other.evaluator = ?"
        values.insert(0, query.sort.removeprefix(OTHER_SCORE))
    if query.score is not None or query.sort == "score":
        join = _OF_ONE_EVALUATOR + join
        values.insert(0, query.evaluator)
    statement = f"SELECT records.id FROM records{join} WHERE {' AND '.join(where)}"
    return f"{statement} ORDER BY {by}" if order else statement, values
