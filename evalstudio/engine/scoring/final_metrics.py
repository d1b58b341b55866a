"""Final metrics: the exact metrics of a run that has ended, over all its records; live ones are running means."""

from collections.abc import Mapping, Sequence

from evalstudio.core.errors import EvaluationError
from evalstudio.evaluators import Evaluator
from evalstudio.protocol import ScoreNow
from evalstudio.statistics.clusters import cluster_names
from evalstudio.statistics.metrics import Scores, aggregate
from evalstudio.store.reader import Reader


def final_scores(
    reader: Reader,
    run_id: int,
    evaluators: Sequence[Evaluator],
    total: int,
    clusters: Mapping[str, str] | None = None,
) -> tuple[ScoreNow, ...]:
    """Returns every metric of every evaluator.

    Args:
        total: The number of records, errored ones included.
        clusters: What each sample belongs to, by its id.
    """
    return tuple(
        score
        for evaluator in evaluators
        for score in _of_evaluator(reader, run_id, evaluator, total, clusters)
    )


def _of_evaluator(
    reader: Reader, run_id: int, evaluator: Evaluator, total: int, clusters: Mapping[str, str] | None
) -> list[ScoreNow]:
    rows = list(reader.scores(run_id, evaluator.name))
    samples = [sample for sample, _, _, _ in rows]
    scores = Scores(
        values=[value for _, value, _, _ in rows],
        samples=samples,
        labels=[label for _, _, label, _ in rows],
        expected_labels=[expected for _, _, _, expected in rows],
        total=total,
        scale=evaluator.scale,
        clusters=None if clusters is None else cluster_names(samples, clusters),
    )
    unscored = sum(value is None for value in scores.values)
    found = []
    for metric in evaluator.metrics:
        try:
            one = aggregate(metric, scores, evaluator.direction)
        except EvaluationError:
            # the metric can't read scores of this kind: its value is None
            found.append(ScoreNow(evaluator.name, metric, None, None, None, len(rows) - unscored, unscored))
            continue
        found.append(
            ScoreNow(
                evaluator.name,
                metric,
                one.value,
                one.low,
                one.high,
                one.n,
                unscored,
                one.bound_low,
                one.bound_high,
                one.direction,
            )
        )
    return found
