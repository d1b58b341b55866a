"""Whether scores are right: cases whose right value is known, and intervals of scores whose truth is known.

    python -m benchmarks.scoring_truth [--cases FILE ...] [--sets FILE ...] [--failures] [--coverage [--draws N] [--every N]]

Without `--cases` and `--sets` the project's own, in `benchmarks/cases`; a file of cases has one a line: id, kind,
evaluator, options, answer, expected, right_value (all that are right; null is unscored). `--sets`: public data sets,
as in `benchmarks/public_sets.py`. With `--coverage` the grid of 500 scenarios.
"""

import argparse
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from benchmarks.coverage import DRAWS, coverage_of, scenarios
from benchmarks.public_sets import cases_of
from evalstudio.core.errors import EvaluationError
from evalstudio.evaluators import build_evaluators
from evalstudio.evaluators.built import EvaluatorFailed
from evalstudio.evaluators.judging.reply import Unreadable, read_score, read_verdict

OWN = Path(__file__).parent / "cases" / "scoring.jsonl"
JUDGEMENTS = ("right", "wrong", "credited", "unscored", "refused")
"""`credited`: those of the wrong ones that count for the answer; `refused`: the evaluator or an option is not known."""
NEAR = (0.94, 0.96)
Value = bool | float | str | None


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--cases", nargs="+", type=Path, default=[], metavar="FILE")
    parser.add_argument("--sets", nargs="+", type=Path, default=[], metavar="FILE", help="public data sets")
    parser.add_argument("--failures", action="store_true", help="each case that is not right")
    parser.add_argument("--coverage", action="store_true", help="the coverage of intervals instead")
    parser.add_argument("--draws", type=int, default=DRAWS, help="of each scenario")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="only one scenario of N")
    given = parser.parse_args(arguments)
    console = Console(width=150)
    if given.coverage:
        console.print(coverage_table(given.draws, given.every))
        return
    own = [] if given.cases or given.sets else [OWN]
    cases = [case for path in [*own, *given.cases] for case in read_cases(path)]
    cases += [case for path in given.sets for case in cases_of(path)]
    console.print(truth_table(cases))
    if given.failures:
        for case in cases:
            judgement, value = judged(case)
            if judgement != "right":
                wanted = " or ".join(map(repr, case["right_value"]))
                console.print(f"{case['id']}: {judgement}, {value!r} instead of {wanted}", markup=False)


def read_cases(path: Path) -> list[dict[str, Any]]:
    """The cases of a file, a JSON object a line."""
    lines = path.read_text(encoding="utf-8").split("\n")
    return [json.loads(line) for line in lines if line.strip()]


def truth_table(cases: Iterable[dict[str, Any]]) -> Table:
    """How many cases of each kind are right, wrong or unscored."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for case in cases:
        judgement, _ = judged(case)
        for name in {judgement, "wrong"} if judgement == "credited" else {judgement}:
            counts[case["kind"]][name] += 1
            counts["all"][name] += 1
    table = Table("Kind", "Cases", *(name.capitalize() for name in JUDGEMENTS), box=None)
    for kind, found in sorted(counts.items(), key=lambda one: one[0] == "all"):
        cases_of = sum(found[name] for name in JUDGEMENTS if name != "credited")
        table.add_row(kind, str(cases_of), *(str(found[name]) for name in JUDGEMENTS))
    return table


def judged(case: dict[str, Any]) -> tuple[str, Value]:
    """How an answer's score compares with the right ones, and that score."""
    try:
        value = score_of(case)
    except EvaluatorFailed:
        value = None
    except (EvaluationError, KeyError) as error:
        return "refused", str(error)
    right = case["right_value"]
    if any(is_same(value, one) for one in right):
        return "right", value
    if value is None:
        return "unscored", None
    is_credit = isinstance(value, bool | int | float) and value > 0 and not any(right)
    return ("credited" if is_credit else "wrong"), value


def score_of(case: dict[str, Any]) -> Value:
    """What the evaluator of a case gives its answer; `read_verdict` and `read_score 1..10` read a judge's reply.

    Raises:
        EvaluationError: there is no such evaluator, or an option is wrong.
    """
    name, answer = case["evaluator"], case["answer"]
    try:
        if name == "read_verdict":
            return read_verdict(answer).value
        if scale := re.fullmatch(r"read_score (-?[\d.]+)\.\.(-?[\d.]+)", name):
            return read_score(answer, float(scale[1]), float(scale[2])).value
    except Unreadable:
        return None
    table = {"type": name, **case.get("options", {})}
    (evaluator,) = build_evaluators([table], ["expected"], Path())
    return evaluator.judge(answer, {"expected": case.get("expected")}).value


def is_same(value: Value, right: Value) -> bool:
    """Whether two scores count the same: truth values as 1 and 0."""
    if value is None or right is None or isinstance(value, str) or isinstance(right, str):
        return value is right or (isinstance(value, str) and value == right)
    return abs(float(value) - float(right)) < 1e-9


def coverage_table(draws: int = DRAWS, every: int = 1) -> Table:
    """How often intervals of 95 % hold the truth, by group of scenarios."""
    found: dict[str, list[tuple[float, str]]] = defaultdict(list)
    for scenario in scenarios(draws)[::every]:
        one = coverage_of(scenario), scenario.words
        found[scenario.group].append(one)
        found["all"].append(one)
    table = Table(
        "Intervals of", "Scenarios", "Mean", "94 to 96 %", "Below", "Above", "Lowest", "Highest", box=None
    )
    for group, ones in sorted(found.items(), key=lambda one: one[0] == "all"):
        values = np.array([value for value, _ in ones])
        near = (values >= NEAR[0]) & (values <= NEAR[1])
        table.add_row(
            group, str(len(ones)), f"{values.mean():.1%}", f"{near.mean():.0%}", f"{(values < NEAR[0]).mean():.0%}",
            f"{(values > NEAR[1]).mean():.0%}", "{:.1%} ({})".format(*min(ones)), "{:.1%} ({})".format(*max(ones)),
        )  # fmt: skip
    return table


if __name__ == "__main__":
    main()
