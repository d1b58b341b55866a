"""Run comparison: the settings in which two runs differ, the speed of each, and whether their scores differ."""

import json
import math
from collections.abc import Iterator, Mapping
from typing import Any, Literal, NamedTuple

import msgspec

from evalstudio.core.errors import EvaluationError
from evalstudio.core.run_state import ACTIVE
from evalstudio.core.strategy import describe
from evalstudio.evaluations.request import StoredSpec
from evalstudio.evaluations.spec import TimeOuts
from evalstudio.protocol import ScoreNow, Snapshot
from evalstudio.statistics import Comparison, by_sample, compare
from evalstudio.statistics.clusters import cluster_names
from evalstudio.statistics.metrics import Aggregate, Scores, aggregate
from evalstudio.store.dataset_rows import Clustering, clustering_of
from evalstudio.store.distribution import outcome_counts
from evalstudio.store.pairing import Pairing, pairing_of
from evalstudio.store.readable import readable
from evalstudio.store.reader import Reader
from evalstudio.store.runs import RunRow

ANSWERS_LOOKED_AT = 200
"""How many answers are asked for the model's own name of itself."""

Kind = Literal["dataset", "intended", "circumstance"]
NAMES: tuple[str, str] = ("A", "B")


class Difference(NamedTuple):
    """One setting in which two runs differ, as text. `factor` is what it belongs to, such as the model or the prompt."""

    part: str
    a: str
    b: str
    kind: Kind
    factor: str


class Speed(NamedTuple):
    """Speed and cost of a run. Times in seconds; None where unknown."""

    elapsed: float
    rate: float | None  # records per second
    p50: float | None
    p95: float | None
    errored: int
    saved: int
    cost: float | None
    cost_is_partial: bool


class Flip(NamedTuple):
    """A sample that the two runs score differently. With repeats, the mean score and the first repeat's record."""

    sample_id: str
    record_a: int
    record_b: int
    score_a: float
    score_b: float


class ScorePair(NamedTuple):
    """One evaluator in both runs. `trouble` is the reason if there is no comparison."""

    evaluator: str
    a: Aggregate | None
    b: Aggregate | None
    outcomes_a: tuple[int, int, int]  # scored, unscored, errored
    outcomes_b: tuple[int, int, int]
    comparison: Comparison | None
    flips: tuple[Flip, ...]
    trouble: str = ""


class RunComparison(NamedTuple):
    """The complete comparison of two runs."""

    a: RunRow
    b: RunRow
    differences: tuple[Difference, ...]
    warnings: tuple[str, ...]
    speed_a: Speed
    speed_b: Speed
    scores: tuple[ScorePair, ...]
    pairing: Pairing | None = None  # where the datasets differ
    clustering: str = ""  # a sentence, where an evaluation names a column to cluster by


def compare_runs(
    reader: Reader,
    a: int,
    b: int,
    names: tuple[str, str] = NAMES,
    clustering: Clustering | None = None,
) -> RunComparison:
    """Compares run `b` with the baseline `a`, on the samples that both have scored; sentences call them by `names`.

    Where the datasets differ, only samples that are told to be the same row are paired. `clustering`: what the
    samples belong to; None: what the runs' evaluation says. Reads every score of both runs once: seconds for a million. Raises RunError where a run is gone.
    """
    rows = reader.run(a), reader.run(b)
    pairing = pairing_of(reader, *rows)
    differences = tuple(_differences(reader, *rows))
    evaluators = sorted({*reader.evaluators(a), *reader.evaluators(b)})
    apart = frozenset() if pairing is None else pairing.changed
    clustering = clustering or clustering_of(rows)
    scores = tuple(_pair(reader, rows, one, names, apart, clustering.clusters) for one in evaluators)
    return RunComparison(
        rows[0], rows[1], differences, tuple(_warnings(rows[0], rows[1], differences, names, pairing)),
        speed_of(reader, rows[0]), speed_of(reader, rows[1]), scores, pairing, clustering.words,
    )  # fmt: skip


# Differences ---------------------------------------------------------------------------------------------------

_DATASET = ("dataset", "columns", "selection")
_FACTORS = {
    "model": "model",
    "base URL": "model",
    "model's file": "model",
    "prompt": "prompt",
    "parameters": "parameters",
    "evaluators": "evaluators",
    "code": "code",  # of an evaluation that is a Python function
}


_KNOWN_LATER = ("strategy", "workers", "model's own name")
"""Parts of which a run that goes on may say nothing yet."""


def _differences(reader: Reader, a: RunRow, b: RunRow) -> Iterator[Difference]:
    before, after = parts_of(reader, a), parts_of(reader, b)
    for part in dict.fromkeys((*before, *after)):
        old, new = before.get(part, ""), after.get(part, "")
        if old == new or (part in _KNOWN_LATER and not (old and new) and not (a.summary and b.summary)):
            continue
        kind: Kind = "circumstance"
        if part in _DATASET:
            kind = "dataset"
        elif part in _FACTORS:
            kind = "intended"
        yield Difference(part, readable(part, old), readable(part, new), kind, _FACTORS.get(part, part))


def parts_of(reader: Reader, row: RunRow) -> dict[str, str]:
    """Returns the settings of a run as text; parts that are not set are left out."""
    parts: dict[str, str] = dict(json.loads(row.fingerprint))
    stored = StoredSpec.decode(row.spec)
    spec, options = stored.spec, stored.options
    parts["evaluators"] = _words(spec.get("evaluators"))
    parts["evaluation"] = row.evaluation
    summary = _summary(row)
    parts["strategy"] = describe(summary.strategy) if summary is not None else _words(options.get("strategy"))
    parts["workers"] = _words(summary.workers if summary is not None else options.get("workers"))
    waits = spec.get("timeouts") or {}
    usual = msgspec.structs.asdict(TimeOuts())  # written down or not, a default is the same
    parts["timeouts"] = _words({name: value for name, value in waits.items() if value != usual.get(name)})
    for part in ("stream", "budget"):
        parts[part] = _words(spec.get(part))
    parts |= {f"version of {name}": version for name, version in json.loads(row.versions).items()}
    parts["git commit"] = row.git_commit or ""
    parts["model's own name"] = _own_names(reader, row.id)
    return {name: value for name, value in parts.items() if value}


def _words(value: Any) -> str:
    if value in (None, "", [], {}):
        return ""
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True, ensure_ascii=False)


def _own_names(reader: Reader, run_id: int) -> str:
    rows = reader.connection.execute(
        "SELECT DISTINCT answered_by FROM (SELECT answered_by FROM records WHERE run_id = ? AND outcome = 'ok' LIMIT ?)"
        " WHERE answered_by NOT NULL ORDER BY 1",
        (run_id, ANSWERS_LOOKED_AT),
    )
    return ", ".join(name for (name,) in rows)


def _warnings(
    a: RunRow,
    b: RunRow,
    differences: tuple[Difference, ...],
    names: tuple[str, str],
    pairing: Pairing | None,
) -> Iterator[str]:
    dataset = [difference.part for difference in differences if difference.kind == "dataset"]
    if dataset:
        paired = "only samples with the same id are paired" if pairing is None else pairing.words(names)
        yield f"The runs are not on the same samples ({_listed(dataset)} differs): {paired}."
    factors = list(dict.fromkeys(one.factor for one in differences if one.kind == "intended"))
    if len(factors) > 1:
        yield f"More than one thing differs ({_listed(factors)}): the scores cannot tell which of them made the difference."
    for name, row in zip(names, (a, b), strict=True):
        if row.true_state in ACTIVE:
            yield f"{name} is still {row.true_state}: its numbers are those of now."
        elif row.saved < row.total:
            yield f"{name} is not complete: {row.saved:,} of {row.total:,} samples are saved."


def _listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


# Speed -------------------------------------------------------------------------------------------------------


def speed_of(reader: Reader, row: RunRow) -> Speed:
    """Computes how fast a run was and what it cost, from its records."""
    (answered,) = reader.connection.execute(
        "SELECT count(latency) FROM records WHERE run_id = ? AND outcome = 'ok'", (row.id,)
    ).fetchone()
    errored, saved, cost, unknown = reader.connection.execute(
        "SELECT coalesce(sum(outcome != 'ok'), 0), count(*), sum(cost), coalesce(sum(outcome = 'ok' AND cost IS NULL), 0)"
        " FROM records WHERE run_id = ?",
        (row.id,),
    ).fetchone()
    summary = _summary(row)
    if summary is not None and row.true_state not in ACTIVE:
        cost, unknown = summary.cost, summary.cost_is_partial  # includes the judges' calls
    rate = saved / row.elapsed if row.elapsed > 0 else None
    return Speed(
        row.elapsed, rate, _percentile(reader, row.id, answered, 0.50), _percentile(reader, row.id, answered, 0.95),
        errored, saved, cost, bool(unknown),
    )  # fmt: skip


def _percentile(reader: Reader, run_id: int, n: int, share: float) -> float | None:
    """Returns the nearest-rank percentile, which is a latency that really occurred."""
    if n == 0:
        return None
    (latency,) = reader.connection.execute(
        "SELECT latency FROM records WHERE run_id = ? AND outcome = 'ok' AND latency NOT NULL ORDER BY latency"
        " LIMIT 1 OFFSET ?",
        (run_id, max(0, math.ceil(share * n) - 1)),
    ).fetchone()
    return float(latency)


# Scores -------------------------------------------------------------------------------------------------------


class Side(NamedTuple):
    """Scores of one evaluator in one run: value by record, and the records by sample."""

    samples: list[str]
    values: list[Any]
    records: dict[str, int]
    aggregate: Aggregate | None
    outcomes: tuple[int, int, int]


def _pair(
    reader: Reader,
    rows: tuple[RunRow, RunRow],
    evaluator: str,
    names: tuple[str, str],
    apart: frozenset[str],
    clusters: Mapping[str, str] | None,
) -> ScorePair:
    a, b = rows
    known_a, known_b = known_score(a, evaluator), known_score(b, evaluator)
    known = known_b or known_a
    metric = known.metric if known is not None else ""
    one = side_of(reader, a, evaluator, known_a, metric, clusters)
    two = side_of(reader, b, evaluator, known_b, metric, clusters)
    for side, other, has in ((one, two, names[1]), (two, one, names[0])):
        if other.samples and not side.samples:
            trouble = f"Only {has} has scores of this evaluator: there is nothing to compare them with."
            only_a, only_b = (found.aggregate if found.samples else None for found in (one, two))
            return ScorePair(evaluator, only_a, only_b, one.outcomes, two.outcomes, None, (), trouble)
    if any(isinstance(value, str) for side in (one, two) for value in side.values):
        trouble = "Its scores are texts: they can be read, but not averaged or tested."
        return ScorePair(evaluator, None, None, one.outcomes, two.outcomes, None, (), trouble)
    direction: Literal["higher", "lower"] = (
        "lower" if known is not None and known.direction == "lower" else "higher"
    )
    first = by_sample(one.samples, one.values)
    second = {name: value for name, value in by_sample(two.samples, two.values).items() if name not in apart}
    comparison = compare(
        first, second, name_a=names[0], name_b=names[1], direction=direction, clusters=clusters
    )
    flips = tuple(
        Flip(sample, one.records[sample], two.records[sample], before, after)
        for sample, before in first.items()
        if before is not None and (after := second.get(sample)) is not None and after != before
    )
    return ScorePair(evaluator, one.aggregate, two.aggregate, one.outcomes, two.outcomes, comparison, flips)


def side_of(
    reader: Reader,
    row: RunRow,
    evaluator: str,
    known: ScoreNow | None = None,
    metric: str = "",
    clusters: Mapping[str, str] | None = None,
) -> Side:
    """Reads all scores of an evaluator in a run; by a metric, or as the run showed it (`known`), else accuracy or mean."""
    samples: list[str] = []
    values: list[Any] = []
    records: dict[str, int] = {}
    for sample, record, value in reader.connection.execute(
        "SELECT sample_id, id, value FROM records JOIN scores ON record_id = records.id"
        " WHERE run_id = ? AND outcome = 'ok' AND evaluator = ? ORDER BY records.id",
        (row.id, evaluator),
    ):
        samples.append(sample)
        values.append(value)
        records.setdefault(sample, record)
    metric = (
        metric
        or (known.metric if known is not None else "")
        or ("accuracy" if all(value in (None, 0, 1) for value in values) else "mean")
    )
    found: Aggregate | None
    try:
        scores = Scores(
            values,
            samples,
            total=max(row.saved, len(values)),
            clusters=None if clusters is None else cluster_names(samples, clusters),
        )
        found = aggregate(metric, scores)
    except EvaluationError:  # scores that are texts: reported where the comparison would be
        found = None
    if found is not None and found.bound_low is None and known is not None and known.metric == found.metric:
        found = msgspec.structs.replace(found, bound_low=known.bound_low, bound_high=known.bound_high)
    return Side(samples, values, records, found, outcome_counts(reader, row.id, evaluator))


def known_score(row: RunRow, evaluator: str) -> ScoreNow | None:
    """Returns the metric the run showed for this evaluator, if it is a mean of scores as the test requires."""
    summary = _summary(row)
    scores = summary.scores if summary is not None else ()
    return next(
        (one for one in scores if one.evaluator == evaluator and one.metric in ("accuracy", "mean")), None
    )


def _summary(row: RunRow) -> Snapshot | None:
    try:
        return msgspec.json.decode(row.summary, type=Snapshot) if row.summary is not None else None
    except msgspec.MsgspecError:
        return None  # written by another version; records and scores are sufficient
