"""Snapshots and rows of runs for tests that need no engine."""

from typing import Any

from evalstudio.concurrency import SlidingWindow
from evalstudio.core.run_state import RunState
from evalstudio.protocol import Snapshot
from evalstudio.store.runs import RunRow


def make_snapshot(**changes: Any) -> Snapshot:
    """A running run; give what matters."""
    values: dict[str, Any] = {
        "run_id": 1, "experiment": "one", "evaluation": "sentiment", "model": "demo/fast", "state": "running",
        "reason": "", "total": 10, "saved": 4, "scored": 4, "unscored": 0, "errored": 0, "in_flight": 2,
        "backing_off": 0, "queued": 4, "judging": 0, "strategy": SlidingWindow(2), "limit": 2, "workers": None,
        "ceiling": 256, "binding": "", "binding_sentence": "", "elapsed": 1.0, "eta": None, "rate": 4.0,
        "latency": None, "first_token": None, "tokens_in": 0, "tokens_out": 0, "cost": None,
        "cost_is_partial": False, "loop_lag": 0.0, "cpu": 0.0, "repeated": 0,
    }  # fmt: skip
    values |= changes
    return Snapshot(**(values | {"state": RunState(values["state"])}))


def make_run_row(**changes: object) -> RunRow:
    """A stopped run; give what matters."""
    values: dict[str, object] = dict.fromkeys(RunRow.__struct_fields__)
    values |= {
        "id": 1, "experiment": "one", "evaluation": "sentiment", "model": "demo/fast", "spec": "{}", "fingerprint": "{}",
        "dataset_path": "", "dataset_hash": "", "state": RunState.STOPPED, "reason": "", "total": 10, "repeats": 1,
        "saved": 4, "errored": 1, "created_at": 0.0, "elapsed": 2.0, "versions": "{}", "note": "", "tags": "",
    }  # fmt: skip
    return RunRow(**(values | changes))  # type: ignore[arg-type]
