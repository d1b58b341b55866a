"""JUnit XML, as CI systems read it: each record is a test case. Wrong is a failure, errored an error, unscored skipped."""

import re
from datetime import UTC, datetime
from typing import TextIO
from xml.sax.saxutils import escape, quoteattr

from evalstudio.keys import redact
from evalstudio.store.reader import Details, Reader

_NOT_XML = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]"
)  # XML 1.0 has no way to write them
LONGEST_TEXT = 10_000


def write_junit(reader: Reader, run_id: int, file: TextIO) -> int:
    """Writes the records of a run as one test suite; how many they are. Memory does not grow with their texts."""
    row = reader.run(run_id)
    ids = reader.record_ids(run_id)
    errored, wrong, unscored = (
        len(reader.record_ids(run_id, name)) for name in ("errored", "wrong", "unscored")
    )
    started = datetime.fromtimestamp(row.started_at or row.created_at, UTC).strftime("%Y-%m-%dT%H:%M:%S")
    counts = f'tests="{len(ids)}" failures="{wrong}" errors="{errored}"'
    file.write('<?xml version="1.0" encoding="UTF-8"?>\n')
    file.write(f'<testsuites {counts} time="{row.elapsed:.3f}">\n')
    file.write(
        f'<testsuite name={_attribute(f"{row.experiment}: {row.evaluation}")} {counts} skipped="{unscored}"'
        f' time="{row.elapsed:.3f}" timestamp="{started}">\n'
    )
    values = {
        "model": row.model,
        "run": str(run_id),
        "state": str(row.true_state),
        "dataset": row.dataset_hash,
    }
    file.write("<properties>\n")
    for name, value in values.items():
        file.write(f"<property name={_attribute(name)} value={_attribute(value)}/>\n")
    file.write("</properties>\n")
    count = 0
    for record in ids:
        if (details := reader.details(record)) is not None:
            file.write(_case(row.evaluation, details))
            count += 1
    file.write("</testsuite>\n</testsuites>\n")
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
    return escape(_NOT_XML.sub("\N{REPLACEMENT CHARACTER}", redact(text[:LONGEST_TEXT])))


def _attribute(text: str) -> str:
    return quoteattr(_NOT_XML.sub("\N{REPLACEMENT CHARACTER}", redact(text[:LONGEST_TEXT])))
