"""Comparison export: two runs as a Markdown text, or the samples that changed as CSV."""

import csv
import io
from pathlib import Path

from evalstudio.core.atomic_file import atomic_file
from evalstudio.core.errors import StoreError
from evalstudio.core.format import duration, milliseconds, money
from evalstudio.models.keys import redact
from evalstudio.reports.score_text import score_words
from evalstudio.store.comparison import RunComparison, Speed
from evalstudio.store.runs import RunRow

MOST_FLIPS = 200  # of an evaluator in the text; the CSV has all
LONGEST_TEXT = 300


def write_comparison(comparison: RunComparison, path: Path) -> None:
    """Writes a comparison: as CSV where the file is called so, else as Markdown. Keys are removed.

    Raises:
        StoreError: The file can't be written.
    """
    text = changed_samples(comparison) if path.suffix.lower() == ".csv" else as_markdown(comparison)
    try:
        with atomic_file(path) as part:
            part.write_text(redact(text), encoding="utf-8", newline="")
    except OSError as error:
        raise StoreError(f"{path} cannot be written ({error.strerror or error}).") from error


def changed_samples(comparison: RunComparison) -> str:
    """Returns the samples that the runs score differently, as CSV."""
    file = io.StringIO(newline="")
    rows = csv.writer(file)
    rows.writerow(("evaluator", "sample_id", f"run_{comparison.a.id}", f"run_{comparison.b.id}"))
    for pair in comparison.scores:
        for flip in pair.flips:
            rows.writerow((pair.evaluator, flip.sample_id, f"{flip.score_a:g}", f"{flip.score_b:g}"))
    return file.getvalue()


def as_markdown(comparison: RunComparison) -> str:
    """Returns the comparison as a text: scores with their verdicts, speed, differences and changed samples."""
    a, b = comparison.a, comparison.b
    lines = ["# Comparison", "", f"- A (baseline): {_name(a)}", f"- B: {_name(b)}", ""]
    lines += [f"> {_cell(warning)}\n" for warning in comparison.warnings]
    lines += ["## Scores", "", "| Evaluator | A | B | Verdict |", "| --- | --- | --- | --- |"]
    for pair in comparison.scores:
        scores = ("–" if one is None else score_words(pair.evaluator, one) for one in (pair.a, pair.b))
        verdict = pair.comparison.sentence if pair.comparison is not None else pair.trouble
        lines.append(_row(pair.evaluator, *scores, verdict))
    lines += ["", "## Speed", "", "| | A | B |", "| --- | --- | --- |"]
    pairs = zip(_speed(comparison.speed_a), _speed(comparison.speed_b), strict=True)
    lines += [_row(name, before, after) for (name, before), (_, after) in pairs]
    if comparison.differences:
        lines += ["", "## What differs", "", "| Part | A | B |", "| --- | --- | --- |"]
        lines += [_row(one.part, one.a or "–", one.b or "–") for one in comparison.differences]
    for pair in comparison.scores:
        if pair.flips:
            lines += ["", f"## Samples that changed: {_cell(pair.evaluator)}", "", "| Sample | A | B |", "| --- | --- | --- |"]  # fmt: skip
            shown = pair.flips[:MOST_FLIPS]
            lines += [_row(flip.sample_id, f"{flip.score_a:g}", f"{flip.score_b:g}") for flip in shown]
            if len(shown) < len(pair.flips):
                lines += ["", f"{len(pair.flips) - len(shown):,} more are in the export as CSV."]
    return "\n".join(lines) + "\n"


def _name(row: RunRow) -> str:
    return _cell(f"run {row.id}, {row.experiment}: {row.evaluation} on {row.model}")


def _speed(speed: Speed) -> list[tuple[str, str]]:
    def told(value: float | None) -> str:
        return "–" if value is None else milliseconds(value)

    return [
        ("Time", duration(speed.elapsed)),
        ("Samples/s", "–" if speed.rate is None else f"{speed.rate:,.1f}"),
        ("Latency p50", told(speed.p50)),
        ("Latency p95", told(speed.p95)),
        ("Errored", f"{speed.errored:,} of {speed.saved:,}"),
        ("Cost", money(speed.cost, partial=speed.cost_is_partial)),
    ]


def _row(*cells: str) -> str:
    return f"| {' | '.join(map(_cell, cells))} |"


def _cell(text: str) -> str:
    """Returns a text for a cell: in one line, of a bounded length, and without signs that Markdown reads."""
    words = " ".join(text.split())
    if len(words) > LONGEST_TEXT:
        words = f"{words[:LONGEST_TEXT]}…"
    return "".join(f"\\{sign}" if sign in "|\\`*_<>[]#" else sign for sign in words)
