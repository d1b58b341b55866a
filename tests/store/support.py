"""Runs and records made on the spot."""

from typing import Any

import msgspec

from evalstudio.core.run_state import RunState
from evalstudio.store.rows import Record, ScoreRow
from evalstudio.store.runs import NewRun, find_or_create, set_state
from evalstudio.store.schema import record_id
from evalstudio.store.writer import Saved, Writer
from evalstudio.workspace.folder import Workspace

Score = bool | float | str | None
ERRORED = "errored"


def new_run(**fingerprint: str) -> NewRun:
    """A run of ten samples; parts of its fingerprint may differ."""
    return NewRun(
        "base",
        "sentiment",
        "demo/fast",
        "{}",
        {"prompt": "Say.", "dataset": "abc"} | fingerprint,
        "d.csv",
        "abc",
        10,
        1,
        {},
        None,
    )


class Shelf:
    """Fills a workspace with runs."""

    def __init__(self, workspace: Workspace) -> None:
        self.writer = Writer(workspace)
        self.workspace = workspace
        self.runs = 0

    def add(self, scores: list[Score], evaluator: str = "exact_match", **changes: Any) -> int:
        """A run with one record a score; record n has latency (n + 1) / 10."""
        self.runs += 1
        spec = changes.pop("spec", {"spec": {"evaluators": [{"type": "exact_match"}]}, "options": {}})
        fingerprint = {"dataset": "d1", "prompt": "say", "model": "m", "parameters": "{}"} | changes.pop(
            "parts", {}
        )
        new = NewRun(
            f"experiment {self.runs}", "test", "m", msgspec.json.encode(spec).decode(), fingerprint, "d.csv", "d1",
            changes.pop("total", len(scores)), 1, {"python": "3.11"} | changes.pop("versions", {}), None,
        )  # fmt: skip
        row, _ = self.writer.execute(
            lambda connection: find_or_create(connection, new, new_run=True)
        ).result()
        for number, score in enumerate(scores):
            self.writer.save(Saved(*self._record(row.id, number, score, evaluator)))
        changes = {"saved": len(scores), "elapsed": 2.0} | changes
        self.writer.execute(
            lambda connection: set_state(connection, row.id, RunState.COMPLETED, **changes)
        ).result()
        return row.id

    def _record(self, run: int, number: int, score: Score, evaluator: str) -> tuple[Record, list[ScoreRow]]:
        errored = score == ERRORED
        key = record_id(run, number, 0, 1)
        record = Record(
            key, run, number, 0, f"s{number}", "overloaded" if errored else "ok", "busy" if errored else None, "[]",
            None if errored else f"answer {number}", None, "yes", "stop", "m", None if errored else (number + 1) / 10,
            None, 0.0, 0.0, 0.0, 10, None, 50 - number, 0.25, 1, 1.0,
        )  # fmt: skip
        return record, [] if errored else [ScoreRow(key, evaluator, score, None, None, "")]
