"""JUnit XML export for CI systems: each record is a test case.

Wrong is a failure, errored an error, unscored skipped.
"""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple, TextIO
from xml.sax.saxutils import escape, quoteattr

from evalstudio.models.keys import redact
from evalstudio.store.reader import Details, Reader
from evalstudio.store.runs import RunRow

_NOT_XML = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]"
)  # characters that XML 1.0 cannot represent
LONGEST_TEXT = 10_000


def write_junit(reader: Reader, run_ids: Sequence[int], file: TextIO) -> int:
    """Writes the records of each run as a test suite; returns their number. Memory does not grow with their texts."""
    runs = [_Suite.of(reader, run_id) for run_id in run_ids]
    counts = _counts(
        sum(one.tests for one in runs), sum(one.wrong for one in runs), sum(one.errored for one in runs)
    )
    file.write('<?xml version="1.0" encoding="UTF-8"?>\n')
    file.write(f'<testsuites {counts} time="{sum(one.row.elapsed for one in runs):.3f}">\n')
    count = sum(_write_suite(reader, one, file) for one in runs)
    file.write("</testsuites>\n")
    return count


class _Suite(NamedTuple):
    row: RunRow
    tests: int
    wrong: int
    errored: int
    unscored: int

    @classmethod
    def of(cls, reader: Reader, run_id: int) -> "_Suite":
        counted = (len(reader.record_ids(run_id, name)) for name in (None, "wrong", "errored", "unscored"))
        return cls(reader.run(run_id), *counted)


def _counts(tests: int, wrong: int, errored: int) -> str:
    return f'tests="{tests}" failures="{wrong}" errors="{errored}"'


def _write_suite(reader: Reader, suite: _Suite, file: TextIO) -> int:
    row = suite.row
    started = datetime.fromtimestamp(row.started_at or row.created_at, UTC).strftime("%Y-%m-%dT%H:%M:%S")
    file.write(
        f"<testsuite name={_attribute(f'{row.experiment}: {row.evaluation}')}"
        f' {_counts(suite.tests, suite.wrong, suite.errored)} skipped="{suite.unscored}"'
        f' time="{row.elapsed:.3f}" timestamp="{started}">\n'
    )
    values = {
        "model": row.model,
        "run": str(row.id),
        "state": str(row.true_state),
        "dataset": row.dataset_hash,
    }
    file.write("<properties>\n")
    for name, value in values.items():
        file.write(f"<property name={_attribute(name)} value={_attribute(value)}/>\n")
    file.write("</properties>\n")
    count = 0
    for record in reader.record_ids(row.id):
        if (details := reader.details(record)) is not None:
            file.write(_case(row.evaluation, details))
            count += 1
    file.write("</testsuite>\n")
    return count


def _case(evaluation: str, details: Details) -> str:
    record = details.record
    name = record.sample_id + (f" #{record.repeat + 1}" if record.repeat else "")
    head = f'<testcase classname={_attribute(evaluation)} name={_attribute(name)} time="{record.latency or 0:.3f}"'
    if record.outcome != "ok":
        return f"{head}><error type={_attribute(record.outcome)} message={_attribute(record.error or '')}/></testcase>\n"
    wrong = [score for score in details.scores if score.value == 0]
    if wrong:
        message = "; ".join(f"{score.evaluator}: {score.why or 'wrong'}" for score in wrong)
        body = f"expected: {record.expected or ''}\nanswer: {record.answer or ''}"
        return f"{head}><failure message={_attribute(message)}>{_text(body)}</failure></testcase>\n"
    if not any(score.value is not None for score in details.scores):
        message = "; ".join(f"{score.evaluator}: {score.why}" for score in details.scores) or "no score"
        return f"{head}><skipped message={_attribute(message)}/></testcase>\n"
    return f"{head}/>\n"


def _text(text: str) -> str:
    return escape(_NOT_XML.sub("\N{REPLACEMENT CHARACTER}", redact(text)[:LONGEST_TEXT]))


def _attribute(text: str) -> str:
    return quoteattr(_NOT_XML.sub("\N{REPLACEMENT CHARACTER}", redact(text)[:LONGEST_TEXT]))
