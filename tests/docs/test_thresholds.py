"""Numbers in the guide that the program holds."""

from pathlib import Path

from evalstudio.advice import overload_signs
from evalstudio.advice.overload_signs import THRESHOLDS, Trouble

GUIDE = Path(__file__).resolve().parent.parent.parent / "docs" / "guide"


def test_that_the_guide_has_the_thresholds_of_the_signs() -> None:
    page = (GUIDE / "concurrency.md").read_text()
    errors = f"{THRESHOLDS[Trouble.ERRORS] * 100:.0f}%"
    assert f"| Errors | {errors} of the attempts of the last {overload_signs.SPAN_S} s |" in page
    assert f"| Time-outs and connections | {THRESHOLDS[Trouble.CONNECTIONS] * 100:.0f}% |" in page
    assert f"| Rate limits | {THRESHOLDS[Trouble.RATE_LIMITS] * 100:.0f}% |" in page
    assert (overload_signs.CPU, overload_signs.MEMORY, overload_signs.FILES, overload_signs.LAG_S) == (
        0.9,
        0.9,
        0.8,
        0.05,
    ), "nine tenths, four fifths, 50 ms"
