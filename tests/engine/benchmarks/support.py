"""What a host says of an open task."""

from typing import Any

INFO: dict[str, Any] = {
    "name": "sums", "path": "/nowhere/sums.jsonl", "output": "generate_until", "api": "chat", "documents": 3,
    "repeats": 1, "parameters": {"max_tokens": 256, "temperature": 0, "stop": ["Q:"]},
    "evaluators": [
        {"metric": "exact_match", "filter": "strict", "direction": "higher", "may_find_nothing": True},
        {"metric": "exact_match", "filter": "flexible", "direction": "higher", "may_find_nothing": False},
    ],
    "fewshot": 5, "usual_fewshot": 5, "unsafe": False, "task_version": "3.0", "dataset": "json",
}  # fmt: skip
