"""What a host says of an open task, and where lm-eval is."""

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from evalstudio.engine.benchmarks.host_process import PYTHON_VARIABLE

INFO: dict[str, Any] = {
    "name": "sums", "path": "/nowhere/sums.jsonl", "output": "generate_until", "api": "chat", "documents": 3,
    "repeats": 1, "parameters": {"max_tokens": 256, "temperature": 0, "stop": ["Q:"]},
    "evaluators": [
        {"metric": "exact_match", "filter": "strict", "direction": "higher", "may_find_nothing": True},
        {"metric": "exact_match", "filter": "flexible", "direction": "higher", "may_find_nothing": False},
    ],
    "fewshot": 5, "usual_fewshot": 5, "task_version": "3.0", "dataset": "json",
}  # fmt: skip


def lm_eval_python() -> str:
    """The Python with lm-eval; skips the test where there is none."""
    python = os.environ.get(PYTHON_VARIABLE) or (sys.executable if find_spec("lm_eval") else "")
    if not python:
        pytest.skip(f"lm-eval is not installed here, and {PYTHON_VARIABLE} names no Python that has it")
    return python


def published_tasks(python: str) -> Path:
    code = "import importlib.util as u; print(u.find_spec('lm_eval').submodule_search_locations[0])"
    found = subprocess.run([python, "-c", code], capture_output=True, text=True, check=True)
    return Path(found.stdout.strip()) / "tasks"
