"""How many of the answers a number has to rest on."""

from evalstudio.core.errors import EvaluationError

LEAST_COVERAGE = 0.95
"""The share of answers that have to be scored for a gate to pass, and for a run to be ranked with the others."""


def check_coverage(value: float | None) -> float | None:
    """Returns `value` if it is None or a share from 0 to 1.

    Raises:
        EvaluationError: it is something else.
    """
    if value is not None and (
        isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1
    ):
        raise EvaluationError(f"The least coverage must be a share from 0 to 1, as in 0.95; it is {value!r}.")
    return value
