"""What the host says of an answer becomes scores: as published, and of what could be read."""

from typing import Any

import msgspec
import pytest

from evalstudio.engine.benchmarks.host_process import HostFailed
from evalstudio.engine.benchmarks.opening import READ, BenchmarkTask, TaskInfo
from evalstudio.engine.benchmarks.published import PUBLISHED, published_scores
from evalstudio.engine.benchmarks.scoring_workers import BenchmarkScoring, responses_of
from evalstudio.protocol import ScoreNow
from tests.engine.benchmarks.support import INFO

FOUND = {"taken": "4", "nothing": False, "metrics": {"exact_match": 1.0, "pair": None}}
NOTHING = {"taken": "[invalid]", "nothing": True, "metrics": {"exact_match": 0.0}}
TABLES: dict[str, dict[str, Any]] = {
    "published": {"type": "lm_eval", "name": "published", "metric": "exact_match", "filter": "strict"},
    "readable": {
        "type": "lm_eval",
        "name": "readable",
        "metric": "exact_match",
        "filter": "strict",
        READ: True,
    },
}


class Host:
    """Replies as a host would, and counts what it is asked."""

    def __init__(self, **replies: Any) -> None:
        self.replies = replies
        self.asked: list[tuple[str, dict[str, Any]]] = []

    async def ask(self, verb: str, longest: float, **arguments: Any) -> Any:
        self.asked.append((verb, arguments))
        reply = self.replies[verb]
        if isinstance(reply, Exception):
            raise reply
        return reply


def task_of(host: Host, in_group: bool = False, **changes: Any) -> BenchmarkTask:
    return BenchmarkTask(host, msgspec.convert({**INFO, **changes}, TaskInfo), in_group)  # type: ignore[arg-type]


async def scores(found: dict[str, Any]) -> tuple[dict[str, Any], Host]:
    host = Host(score={"strict": found})
    workers = BenchmarkScoring(task_of(host), TABLES)
    values = {"doc_id": 2}
    results = {
        name: (await workers.run(None, {"score": name, "answer": "4", "values": values})).value
        for name in TABLES
    }
    await workers.aclose()
    return results, host


async def test_that_all_evaluators_of_an_answer_share_one_request() -> None:
    found, host = await scores(FOUND)
    assert found["published"].value == found["readable"].value == 1.0
    assert host.asked == [("score", {"task": "sums", "document": 2, "responses": ["4"]})]


async def test_that_where_a_filter_finds_nothing_the_answer_is_wrong_as_published_and_unscored_else() -> None:
    found, _ = await scores(NOTHING)
    assert found["published"].value == 0.0
    assert found["readable"].value is None
    assert "nothing found" in found["readable"].why


@pytest.mark.parametrize("metrics", [{}, {"other": 1.0}, {"exact_match": None}])
async def test_that_a_score_the_task_does_not_give_is_unscored(metrics: dict[str, Any]) -> None:
    found, _ = await scores({**FOUND, "metrics": metrics})
    assert found["published"].value is None
    assert found["published"].why


def test_that_log_probabilities_are_read_from_the_answer() -> None:
    info = msgspec.convert({**INFO, "output": "multiple_choice"}, TaskInfo)
    answer = '[{"continuation": " A", "logprob": -1.25, "greedy": true}, {"logprob": -3, "greedy": false}]'
    assert responses_of(answer, info) == [[-1.25, True], [-3.0, False]]
    rolling = msgspec.convert({**INFO, "output": "loglikelihood_rolling"}, TaskInfo)
    assert responses_of(answer, rolling) == [-1.25, -3.0]
    with pytest.raises(HostFailed):
        responses_of("A", info)


async def test_that_published_metrics_come_first_with_the_tasks_own_standard_error() -> None:
    host = Host(
        finish={"metrics": {"exact_match,strict": {"value": 0.5, "stderr": 0.1}}, "documents": 2},
        groups={"all": {"exact_match,strict": {"value": 0.25, "stderr": None}}},
    )
    means = [
        ScoreNow("published", "mean", 0.4, None, None, 2, 0),
        ScoreNow("readable", "mean", 0.8, None, None, 1, 1),
        ScoreNow("own judge", "mean", 0.9, None, None, 2, 0),
    ]
    answers = [(1, 1, "d"), (0, 0, "a"), (1, 0, "c"), (0, 1, "b")]
    found = await published_scores(task_of(host, in_group=True), list(TABLES.values()), answers, means)
    assert [(one.evaluator, one.metric, one.value) for one in found] == [
        ("published", PUBLISHED, 0.5),
        ("all exact_match strict", PUBLISHED, 0.25),
        ("readable", "mean", 0.8),
        ("own judge", "mean", 0.9),
    ]
    assert found[0].low == pytest.approx(0.304, abs=1e-3)
    assert host.asked[0][1]["answers"] == [(0, [["a", "b"]]), (1, [["c", "d"]])]


async def test_that_without_an_answer_nothing_is_computed() -> None:
    host = Host()
    assert await published_scores(task_of(host), list(TABLES.values()), [], []) == ()
    assert host.asked == []
