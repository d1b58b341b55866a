"""SVG line charts for reports: no script, no external file, and constant size however long the run was."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

from evalstudio.core.format import clock
from evalstudio.protocol import LimitChange, SecondBucket

COLOURS = (
    "#0b64ad",
    "#b85300",
    "#0a7a5c",
    "#8b3f93",
    "#b3261e",
    "#6b6a00",
)  # as in the window; distinguishable with colour vision deficiency
DASHES = ("", "6 3", "2 3")
WIDTH, HEIGHT, LEFT, BOTTOM, TOP = 560, 190, 62, 24, 10
MOST_STEPS = 5  # of an axis
TIMES = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 21600, 43200, 86400)  # seconds
MOST_POINTS = 300
MOST_MARKS = 100
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Curve:
    """One curve of a chart: seconds and values, oldest first; None is a gap."""

    label: str
    points: Sequence[tuple[float, float | None]]


def grouped(buckets: Sequence[SecondBucket]) -> list[list[SecondBucket]]:
    """Groups the seconds of a run into at most `MOST_POINTS` groups of neighbours."""
    size = max(1, -(-len(buckets) // MOST_POINTS))
    return [list(buckets[start : start + size]) for start in range(0, len(buckets), size)]


def line_chart(
    title: str, curves: Sequence[Curve], say: Callable[[float], str], changes: Sequence[LimitChange] = ()
) -> str:
    """Draws a chart as an SVG element. `say` formats a value; each change of a limit is a marker with its sentence."""
    known = [(at, value) for curve in curves for at, value in curve.points if value is not None]
    if not known:
        return ""
    right = max(at for at, _ in known) or 1.0
    top = max(value for _, value in known) * 1.08 or 1.0

    def place(at: float, value: float) -> Point:
        return LEFT + at / right * (WIDTH - LEFT - 8), TOP + (1 - value / top) * (HEIGHT - TOP - BOTTOM)

    parts = [
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(title)}">',
        f"<title>{escape(title)}</title>",
    ]
    for value in ticks(top):
        x, y = place(0, value)
        parts.append(f'<line class="grid" x1="{x:.1f}" y1="{y:.1f}" x2="{WIDTH - 8}" y2="{y:.1f}"/>')
        parts.append(
            f'<text class="y" x="{LEFT - 6}" y="{y + 3.5:.1f}">{escape(say(value) if value else "0")}</text>'
        )
    for at in ticks(right, TIMES):
        x, y = place(at, 0)
        parts.append(f'<text class="x" x="{x:.1f}" y="{HEIGHT - 6}">{clock(at)}</text>')
    for number, curve in enumerate(curves):
        style = f'stroke="{COLOURS[number % len(COLOURS)]}" stroke-dasharray="{DASHES[number % len(DASHES)]}"'
        for run in _without_gaps(curve.points):
            path = " ".join(f"{x:.1f},{y:.1f}" for x, y in (place(*point) for point in run))
            parts.append(f'<polyline {style} points="{path}"/>')
    for change in list(changes)[-MOST_MARKS:]:
        x, _ = place(min(change.at, right), 0)
        words = escape(f"{clock(change.at)} {change.sentence}")
        parts.append(f'<path class="mark" d="M{x:.1f} {TOP}l4 5l-4 5l-4 -5z"><title>{words}</title></path>')
    parts.append("</svg>")
    return "".join(parts)


def ticks(top: float, steps: Sequence[float] = ()) -> list[float]:
    """Returns round values from 0 up to `top`, at most six.

    Args:
        top: The largest value of the axis.
        steps: The distances to choose from, ascending; without them, or past them, 1, 2 or 5 times a power of ten.

    Example:
        >>> ticks(498.0)
        [0.0, 100.0, 200.0, 300.0, 400.0]
    """
    power = 10.0 ** math.floor(math.log10(top / MOST_STEPS)) if top > 0 else 1.0
    step = next(
        one for one in (*steps, *(power * times for times in (1, 2, 5, 10))) if one * MOST_STEPS >= top
    )
    return [number * step for number in range(int(top / step + 1e-9) + 1)]


def legend(curves: Sequence[Curve]) -> list[tuple[str, str, str]]:
    """Returns label, colour and dash of each curve, as drawn."""
    return [
        (curve.label, COLOURS[number % len(COLOURS)], DASHES[number % len(DASHES)])
        for number, curve in enumerate(curves)
    ]


def _without_gaps(points: Sequence[tuple[float, float | None]]) -> list[list[Point]]:
    runs: list[list[Point]] = [[]]
    for at, value in points:
        if value is None:
            runs.append([])
        else:
            runs[-1].append((at, value))
    return [run for run in runs if run]
