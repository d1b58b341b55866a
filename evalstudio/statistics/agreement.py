"""How far two judges, or a judge and a person's labels, agree beyond chance."""

from collections.abc import Hashable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from evalstudio.core.rating import NoRating, rating_of

if TYPE_CHECKING:
    import numpy as np

Level = Literal["nominal", "ordinal", "interval"]


class Agreement(msgspec.Struct, frozen=True):
    """How two judges agree on the `n` samples that both have rated.

    `share` is that of equal ratings, `kappa` Cohen's (for numbers weighted by the square of the ranks apart), `alpha`
    Krippendorff's; None where they are not defined.
    """

    n: int
    share: float | None
    kappa: float | None
    alpha: float | None


def agreement(first: Mapping[str, Any], second: Mapping[str, Any]) -> Agreement:
    """Agreement of two judges, or of a judge with a person's labels, by sample; None is no rating.

    Numbers (but not truth values) are compared by how far they are apart, anything else as labels. Words for yes and no
    are truth values, and texts that stand for no rating ("n/a") are none; see `rating_of`.

    Example:
        >>> agreement({"a": True, "b": False}, {"a": "yes", "b": "no"}).share
        1.0
    """
    rated = {key: (_rating(rating), _rating(second.get(key))) for key, rating in first.items()}
    both = [key for key, pair in rated.items() if None not in pair]
    if not both:
        return Agreement(0, None, None, None)
    pairs = [rated[key] for key in both]
    numbers = all(
        isinstance(rating, int | float) and not isinstance(rating, bool) for pair in pairs for rating in pair
    )
    one, other = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    return Agreement(
        n=len(both),
        share=sum(left == right for left, right in pairs) / len(both),
        kappa=cohen_kappa(one, other, "quadratic" if numbers else None),
        alpha=krippendorff_alpha(pairs, "interval" if numbers else "nominal"),
    )


def _rating(value: Any) -> Any:
    """A rating as it is compared: a number, a truth value, or a label in lower case; None where it is none."""
    if not isinstance(value, str):
        return value
    try:
        rating = rating_of(value)
    except NoRating:
        return None
    return rating.casefold() if isinstance(rating, str) else rating


def cohen_kappa(
    first: Sequence[Hashable],
    second: Sequence[Hashable],
    weights: Literal["linear", "quadratic"] | None = None,
) -> float | None:
    """Agreement of two raters of the same items; 1 is full, 0 is chance's.

    None where both gave one and the same label throughout: chance agreement is then full, too. Weights
    count by how many ranks two (sortable) labels are apart. J. Cohen, "A coefficient of agreement for
    nominal scales", Educ. Psychol. Meas. 20 (1960), and Psychol. Bull. 70 (1968) for the weights.

    Raises:
        ValueError: the raters rated different numbers of items, or none.
    """
    import numpy as np

    if len(first) != len(second) or not first:
        raise ValueError(f"{len(first)} and {len(second)} ratings")
    labels = _ordered({*first, *second})
    place = {label: index for index, label in enumerate(labels)}
    table = np.zeros((len(labels), len(labels)))
    for one, other in zip(first, second, strict=True):
        table[place[one], place[other]] += 1
    table /= table.sum()
    apart = np.abs(np.subtract.outer(np.arange(len(labels)), np.arange(len(labels)))).astype(float)
    cost = {"linear": apart, "quadratic": apart**2, None: (apart > 0).astype(float)}[weights]
    expected = float((cost * np.outer(table.sum(axis=1), table.sum(axis=0))).sum())
    if expected == 0:
        return None
    return 1 - float((cost * table).sum()) / expected


def krippendorff_alpha(units: Sequence[Sequence[Any]], level: Level = "nominal") -> float | None:
    """Agreement of any number of raters, with gaps; 1 is full, 0 is chance's.

    None where no unit has two ratings, or all ratings are the same. K. Krippendorff, "Content Analysis",
    3rd ed. (2013), section 12.3.

    Args:
        units: the ratings each item got; None where a rater gave none.
        level: whether labels are only told apart, ordered, or numbers whose differences count.
    """
    import numpy as np

    pairable = [[value for value in unit if value is not None] for unit in units]
    pairable = [unit for unit in pairable if len(unit) > 1]
    labels = _ordered({value for unit in pairable for value in unit})
    if not labels:
        return None
    place = {label: index for index, label in enumerate(labels)}
    coincidence = np.zeros((len(labels), len(labels)))
    for unit in pairable:
        counts = np.bincount([place[value] for value in unit], minlength=len(labels)).astype(float)
        coincidence += (np.outer(counts, counts) - np.diag(counts)) / (len(unit) - 1)
    frequency = coincidence.sum(axis=1)
    total = float(frequency.sum())
    apart = _distances(labels, frequency, level)
    expected = float((apart * (np.outer(frequency, frequency) - np.diag(frequency))).sum()) / (total - 1)
    if expected == 0:
        return None
    return 1 - float((apart * coincidence).sum()) / expected


def _distances(labels: list[Any], frequency: "np.ndarray", level: Level) -> "np.ndarray":
    import numpy as np

    if level == "nominal":
        return 1.0 - np.eye(len(labels))
    # Ordinal: how many ratings lie between two labels, half of each label's own included.
    places = labels if level == "interval" else np.cumsum(frequency) - frequency / 2
    apart: np.ndarray = np.subtract.outer(places, places)
    squared: np.ndarray = np.square(apart)
    return squared


def _ordered(labels: set[Any]) -> list[Any]:
    try:
        return sorted(labels)
    except TypeError:
        return sorted(labels, key=lambda label: (type(label).__name__, str(label)))
