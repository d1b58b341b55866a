"""What scoring costs: each evaluator on one answer, and the statistics of many records.

    python -m benchmarks.bench_scoring [--records 1000000]

Microseconds an answer, and seconds for all records.
"""

import argparse
import platform
import random
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from evalstudio.evaluators import build_evaluators
from evalstudio.statistics import agreement, bootstrap_mean, compare, wilson
from evalstudio.statistics.metrics import LiveAggregate

ANSWER = 'Let me think about it step by step. The total is 1,234.50 dollars, so the answer is "positive".'
CALL = '{"name": "weather", "arguments": {"city": "Paris", "days": 3}}'
CASES: dict[str, tuple[dict[str, Any], str]] = {
    "exact_match": ({"type": "exact_match", "expected": "{{ label }}", "normalise": True}, ANSWER),
    "contains": ({"type": "contains", "expected": "{{ label }}"}, ANSWER),
    "numeric_match": ({"type": "numeric_match", "expected": "{{ number }}"}, ANSWER),
    "regex_extract": (
        {"type": "regex_extract", "pattern": "(positive|negative)", "expected": "{{ label }}"},
        ANSWER,
    ),
    "multiple_choice": (
        {"type": "multiple_choice", "expected": "B", "choices": ["negative", "positive"]},
        ANSWER,
    ),
    "similarity": ({"type": "similarity", "expected": "{{ label }}"}, ANSWER),
    "token_f1": ({"type": "token_f1", "expected": "{{ label }}"}, ANSWER),
    "rouge_l": ({"type": "rouge_l", "expected": "{{ label }}"}, ANSWER),
    "recorded": ({"type": "recorded", "value": "{{ number }}"}, ANSWER),
    "function_call": ({"type": "function_call", "expected": "{{ call }}"}, CALL),
    "json_valid": ({"type": "json_valid", "schema": {"type": "object", "required": ["name"]}}, CALL),
    "json_match": ({"type": "json_match", "expected": "{{ call }}"}, CALL),
}
VALUES = {"label": "positive", "number": 1234.5, "call": CALL}


def per_answer(judge: Callable[[str, Any], Any], answer: str) -> float:
    """Microseconds; the best of five rounds."""
    rounds = []
    for _ in range(5):
        started = time.perf_counter()
        for _ in range(300):
            judge(answer, VALUES)
        rounds.append((time.perf_counter() - started) / 300 * 1e6)
    return min(rounds)


def seconds(work: Callable[[], Any]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--records", type=int, default=1_000_000)
    count = parser.parse_args().records
    console = Console(width=90, highlight=False)
    console.print(f"{platform.platform()}, Python {platform.python_version()}")
    table = Table("evaluator", "µs an answer")
    for name, (options, answer) in CASES.items():
        (evaluator,) = build_evaluators([options], tuple(VALUES), Path.cwd())
        table.add_row(name, f"{per_answer(evaluator.judge, answer):,.1f}")
    console.print(table)
    draw = random.Random(1)
    right = [draw.random() < 0.7 for _ in range(count)]
    grades = [draw.randint(1, 10) for _ in range(count)]
    a = {str(n): float(value) for n, value in enumerate(right)}
    b = {str(n): float(draw.random() < 0.71) for n in range(count)}
    live = LiveAggregate("accuracy", "higher", None)
    table = Table("statistic", f"s for {count:,} records")
    for words, work in {
        "a score that forms, record by record": lambda: [live.add(value) for value in right],
        "accuracy with Wilson's interval": lambda: wilson(sum(right), len(right)),
        "mean with a bootstrap": lambda: bootstrap_mean(np.array(grades, float)),
        "two runs compared: McNemar, bootstrap": lambda: compare(a, b),
        "agreement of two judges": lambda: agreement(a, b),
    }.items():
        table.add_row(words, f"{seconds(work):.2f}")
    console.print(table)


if __name__ == "__main__":
    main()
