"""HTML report of one run in one file: no script, no external resource, every text escaped, keys removed."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, TextIO

import msgspec
from jinja2 import Environment
from markupsafe import Markup

from evalstudio.core.format import duration, milliseconds, money
from evalstudio.models.keys import redact
from evalstudio.protocol import LimitChange, ScoreNow, SecondBucket, Snapshot
from evalstudio.reports.drawing import Curve, grouped, legend, line_chart
from evalstudio.reports.score_text import bounds_words, ends_words, percent
from evalstudio.statistics.percentile_mix import mix
from evalstudio.store.comparison import parts_of
from evalstudio.store.readable import readable
from evalstudio.store.reader import Reader
from evalstudio.store.runs import RunRow
from evalstudio.workspace.resources import resource

PERCENTILES, SHARES = ("p50", "p95", "p99"), (0.5, 0.95, 0.99)
MOST_RECORDS = 300
MOST_CHANGES = 200
LONGEST_TEXT = 1_000
FIRST = ("errored", "unscored", "wrong", "scored")  # problems first


@dataclass(frozen=True, slots=True)
class _Chart:
    """A chart with its legend: label, colour and dash of each line."""

    title: str
    drawing: Markup
    legend: list[tuple[str, str, str]]


def write_report(reader: Reader, run_id: int, file: TextIO) -> int:
    """Writes the report of a run; returns the number of records in it. Its size does not grow with the run's length."""
    row = reader.run(run_id)
    summary = _summary(row)
    changes = reader.changes(run_id)
    records = list(_records(reader, run_id))
    template = _environment().from_string(resource("report", "report.html").read_text(encoding="utf-8"))
    text = template.render(
        row=row,
        state=str(row.true_state),
        started=_moment(row.started_at or row.created_at),
        finished=_moment(row.finished_at),
        versions=msgspec.json.decode(row.versions),
        scores=[_score(score, row.saved) for score in (summary.scores if summary is not None else ())],
        figures=_figures(row, summary),
        settings=[(part, readable(part, message)) for part, message in sorted(parts_of(reader, row).items())],
        charts=_charts(reader.buckets(run_id), changes),
        errors=reader.errors(run_id),
        changes=changes[-MOST_CHANGES:],
        changes_left=max(0, len(changes) - MOST_CHANGES),
        records=records,
        records_left=max(0, row.saved - len(records)),
        made=_moment(time.time()),
    )
    file.write(redact(text))
    return len(records)


def _environment() -> Environment:
    environment = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    environment.filters |= {"duration": duration, "milliseconds": milliseconds, "cut": _cut}
    return environment


def _summary(row: RunRow) -> Snapshot | None:
    try:
        return msgspec.json.decode(row.summary, type=Snapshot) if row.summary is not None else None
    except msgspec.MsgspecError:
        return None  # written by another version


def _score(score: ScoreNow, saved: int) -> dict[str, str]:
    return {
        "evaluator": score.evaluator,
        "metric": score.metric,
        "value": percent(msgspec.structs.replace(score, bound_low=None, bound_high=None)),
        "coverage": f"{score.n:,} of {saved:,}",
        "unscored": f"{score.unscored:,}",
        "bounds": bounds_words(score),
    }


def _figures(row: RunRow, summary: Snapshot | None) -> list[tuple[str, str]]:
    figures = [
        ("Saved", f"{row.saved:,} of {row.total:,}"),
        ("Errored", f"{row.errored:,}"),
        ("Time", duration(row.elapsed)),
        ("Samples/s", f"{row.saved / row.elapsed:,.1f}" if row.elapsed > 0 else "–"),
    ]
    if summary is None:
        return figures
    if summary.latency is not None:
        latency = summary.latency
        figures += [
            (f"Latency {name}", milliseconds(getattr(latency, name))) for name in ("p50", "p95", "p99")
        ]
    if summary.first_token is not None:
        figures.append(("First token p50", milliseconds(summary.first_token.p50)))
    figures += [
        ("Tokens in / out", f"{summary.tokens_in:,} / {summary.tokens_out:,}"),
        ("Cost", money(summary.cost, partial=summary.cost_is_partial)),
    ]
    figures += ends_words(summary.ends)
    if summary.cached:
        figures.append(("From the cache", f"{summary.cached:,}"))
    if summary.repeated:
        figures.append(("Called again after a crash", f"{summary.repeated:,}"))
    return figures


def _charts(buckets: Sequence[SecondBucket], changes: Sequence[LimitChange]) -> list[_Chart]:
    groups = grouped(buckets)

    def curve(label: str, value: Any) -> Curve:
        return Curve(label, [(group[0].second, value(group)) for group in groups])

    def percentile(name: str) -> Any:
        place = PERCENTILES.index(name)

        def of(group: Sequence[SecondBucket]) -> float | None:
            found = mix(
                (
                    (one.n, (one.p50, one.p95, one.p99))
                    for bucket in group
                    if (one := bucket.latency) is not None
                ),
                SHARES,
            )
            return found[place] if found is not None else None

        return of

    def rate(count: Any) -> Any:
        return lambda group: sum(count(one) for one in group) / len(group)

    classes = sorted({name for one in buckets for name in one.errors})
    kinds: list[tuple[str, list[Curve], Any, Sequence[LimitChange]]] = [
        ("Latency", [curve(name, percentile(name)) for name in PERCENTILES], milliseconds, ()),
        ("Samples/s", [curve("samples", rate(lambda one: one.saved))], _number, ()),
        (
            "Errors by class, a second",
            [curve(name, rate(lambda one, name=name: one.errors.get(name, 0))) for name in classes], _number, (),
        ),
        (
            "Limit and calls in flight",
            [
                curve("limit", lambda group: max(one.limit for one in group)),
                curve("in flight", lambda group: max(one.in_flight for one in group)),
            ],
            _number, changes,
        ),
    ]  # fmt: skip
    drawn = []
    for title, curves, say, marks in kinds:
        if drawing := line_chart(title, curves, say, marks):
            drawn.append(_Chart(title, Markup(drawing), legend(curves)))
    return drawn


def _records(reader: Reader, run_id: int) -> Iterator[dict[str, Any]]:
    """Returns the first records: errored, unscored and wrong ones before right ones."""
    seen: set[int] = set()

    def ids() -> Iterator[int]:
        for group in FIRST:
            for record in reader.record_ids(run_id, group):
                if record not in seen:
                    seen.add(record)
                    yield record

    for record in islice(ids(), MOST_RECORDS):
        details = reader.details(record)
        if details is not None:
            yield {
                "record": details.record,
                "scores": details.scores,
                "question": _question(details.record.prompt),
            }


def _question(prompt: str) -> str:
    """Returns the last message of a prompt, or the whole of one in another form."""
    try:
        content = msgspec.json.decode(prompt)[-1]["content"]
    except (msgspec.MsgspecError, LookupError, TypeError):
        return prompt
    return content if isinstance(content, str) else msgspec.json.encode(content).decode()


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 or value == 0 else f"{value:.2g}"


def _moment(at: float | None) -> str:
    return "" if at is None else datetime.fromtimestamp(at).astimezone().strftime("%Y-%m-%d %H:%M:%S")


def _cut(text: str | None) -> str:
    if not text:
        return ""
    text = redact(text)  # before it is cut: a truncated key would not be recognised
    left = len(text) - LONGEST_TEXT
    return text if left <= 0 else f"{text[:LONGEST_TEXT]} … {left:,} more characters"
