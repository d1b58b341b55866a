"""The table at the end of the fault suite: what was done to the program, how often, and what was found to hold."""

from collections.abc import Callable
from typing import Any

import pytest

Tell = Callable[[str, int, str], None]
ROW = "fault"


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_KEY", "sk-planted-for-tests")


@pytest.fixture
def told(record_property: Callable[[str, object], None]) -> Tell:
    """`told(what was done, how often, what held)`: a row of the table, called when all of it has been checked."""
    return lambda done, times, held: record_property(ROW, (done, times, held))


def few_or_many(few: int, many: int, seconds: int = 900) -> pytest.MarkDecorator:
    """The parameter `times`: a few in every test run, the full count with `make proof`."""
    full = pytest.param(many, marks=[pytest.mark.proof, pytest.mark.timeout(seconds)])
    return pytest.mark.parametrize("times", [few, full])


def pytest_terminal_summary(terminalreporter: Any) -> None:
    rows: list[tuple[str, str, str, str]] = []
    for outcome in ("passed", "failed"):
        for report in terminalreporter.stats.get(outcome, []):
            if "tests/faults/" not in getattr(report, "nodeid", "") or report.when != "call":
                continue
            told = [value for name, value in report.user_properties if name == ROW]
            seconds = f"{report.duration:.1f} s"
            rows += [(done, f"{times:,}", held, seconds) for done, times, held in told]
            if outcome == "failed":
                rows.append((report.nodeid.rpartition("::")[2], "", "FAILED", seconds))
    if not rows:
        return
    heads = ("what was done", "times", "what held", "took")
    widths = [max(len(row[place]) for row in [heads, *rows]) for place in range(4)]
    terminalreporter.section("faults")
    for row in [heads, tuple("-" * width for width in widths), *sorted(rows)]:
        line = "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True))
        terminalreporter.write_line(line.rstrip())
