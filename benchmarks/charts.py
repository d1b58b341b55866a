"""Draws the charts of docs/measured.md from what was measured (benchmarks/results), as SVG.

    python -m benchmarks.charts [FOLDER]

A benchmark that is run with --save writes its file of results anew; then run this.
"""

import math
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

from benchmarks.kept import Kept, read

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "images" / "measured"
OURS, OTHER, LIGHTER, TEXT, MUTED, GRID = "#0b64ad", "#8a94a3", "#7fb0d9", "#1b2430", "#566171", "#dfe4ea"
WIDTH, LEFT, RIGHT, BAR, ROW, GAP = 760, 150, 110, 16, 24, 34


@dataclass(frozen=True)
class Bar:
    """One bar: its label, length, what is written behind it, and the least and most of the measurements."""

    label: str
    value: float
    words: str
    colour: str = OTHER
    span: tuple[float, float] | None = None


@dataclass(frozen=True)
class Group:
    """Bars on one scale; `mark` is a dashed line, as what is ideal, with its words."""

    title: str
    bars: Sequence[Bar]
    mark: tuple[float, str] | None = None


def bar_chart(title: str, groups: Sequence[Group], *notes: str, one_scale: bool = False) -> str:
    """Groups of horizontal bars, one below the other, each with a scale from zero of its own, or all with one."""
    parts: list[str] = []
    widest = max(map(_longest, groups))
    y = 44.0
    for group in groups:
        parts.append(_text(LEFT, y, group.title, weight="bold"))
        y += 12
        scale = (WIDTH - LEFT - RIGHT) / (widest if one_scale else _longest(group))
        top = y
        for bar in group.bars:
            length = max(1.0, bar.value * scale)
            parts.append(_text(LEFT - 8, y + 12.5, bar.label, anchor="end"))
            parts.append(
                f'<rect x="{LEFT}" y="{y:.0f}" width="{length:.1f}" height="{BAR}" rx="2" fill="{bar.colour}"/>'
            )
            if bar.span is not None:
                low, high = (LEFT + edge * scale for edge in bar.span)
                middle = y + BAR / 2
                parts.append(_line(low, middle, high, middle, TEXT))
                parts += [_line(edge, middle - 4, edge, middle + 4, TEXT) for edge in (low, high)]
            parts.append(_text(WIDTH - RIGHT + 8, y + 12.5, bar.words))
            y += ROW
        if group.mark is not None:
            x = LEFT + group.mark[0] * scale
            parts.append(_line(x, top - 4, x, y - 4, TEXT, dash="4 3"))
            parts.append(_text(x, top - 8, group.mark[1], colour=MUTED, anchor="end"))
        y += GAP
    return _page(title, parts, y - GAP + 10, notes)


def _longest(group: Group) -> float:
    lengths = [bar.span[1] if bar.span else bar.value for bar in group.bars]
    return max(*lengths, group.mark[0] if group.mark else 0.0)


def line_chart(
    title: str, points: Sequence[tuple[float, float]], say: tuple[Callable[[float], str], ...], *notes: str
) -> str:
    """One line on axes from zero. `say` writes what stands at the ticks across and up."""
    height, top, bottom = 260.0, 44.0, 40.0
    right, most = max(x for x, _ in points), max(y for _, y in points) * 1.25

    def place(x: float, y: float) -> tuple[float, float]:
        return LEFT + x / right * (WIDTH - LEFT - 40), top + (1 - y / most) * (height - top - bottom)

    parts = []
    for value in _ticks(most):
        _, y = place(0, value)
        parts.append(_line(LEFT, y, WIDTH - 40, y, GRID))
        parts.append(_text(LEFT - 8, y + 4, say[1](value), anchor="end", colour=MUTED))
    for value in _ticks(right):
        x, base = place(value, 0)
        parts.append(_text(x, base + 18, say[0](value), anchor="middle", colour=MUTED))
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in (place(*point) for point in points))
    parts.append(f'<polyline points="{path}" fill="none" stroke="{OURS}" stroke-width="2.5"/>')
    return _page(title, parts, height, notes)


def _ticks(most: float) -> list[float]:
    """Round numbers from zero, at least three and at most seven."""
    step = 10.0 ** math.floor(math.log10(most))
    step = next(one for one in (step, step / 2, step / 5) if most / one >= 3)
    return [step * place for place in range(math.floor(most / step) + 1)]


def _page(title: str, parts: Sequence[str], height: float, notes: Sequence[str]) -> str:
    height += 16 * len(notes)
    lines = [
        _text(8, height - 8 - 15 * place, note, colour=MUTED, size=10)
        for place, note in enumerate(reversed(notes))
    ]
    body = "\n".join([_text(LEFT, 22, title, weight="bold", size=15), *parts, *lines])
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:.0f}" width="{WIDTH}" role="img"'
        ' font-family="system-ui, sans-serif">\n'
        f"<title>{escape(title)}</title>\n"
        f'<rect width="{WIDTH}" height="{height:.0f}" fill="#ffffff"/>\n{body}\n</svg>\n'
    )


def _text(
    x: float, y: float, words: str, *, colour: str = TEXT, anchor: str = "start", weight: str = "normal", size: int = 12
) -> str:  # fmt: skip
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" font-weight="{weight}" text-anchor="{anchor}"'
        f' fill="{colour}">{escape(words)}</text>'
    )


def _line(x: float, y: float, to_x: float, to_y: float, colour: str, dash: str = "") -> str:
    dashes = f' stroke-dasharray="{dash}"' if dash else ""
    return f'<line x1="{x:.1f}" y1="{y:.1f}" x2="{to_x:.1f}" y2="{to_y:.1f}" stroke="{colour}"{dashes}/>'


def peers(kept: Kept) -> str:
    """Samples/s of each tool, a group for each case."""
    groups = []
    for case in kept.values["cases"]:
        rates: dict[str, float] = case["rates"]
        bars = [
            Bar(name, rate, f"{rate:,.0f}/s", OURS if name == "EvalStudio" else OTHER)
            for name, rate in sorted(rates.items(), key=lambda pair: -pair[1])
        ]
        delay, flight = case["delay_ms"], kept.values["in_flight"]
        mark = (flight * 1000 / delay, "ideal") if delay else None
        server = f"answers after {delay:,} ms" if delay else "answers at once"
        groups.append(Group(f"{case['samples']:,} samples, a server that {server}", bars, mark))
    versions = ", ".join(f"{name} {version}" for name, version in kept.values["versions"].items())
    title = f"Samples/s, {kept.values['in_flight']} calls in flight"
    return bar_chart(title, groups, versions, kept.source)


def adaptive(kept: Kept) -> str:
    """Throughput against the best fixed window of each endpoint, mean and worst."""
    groups = []
    for samples, rows in kept.values["sizes"].items():
        bars = [
            Bar(
                name,
                row["mean"],
                f"{row['mean']:.0%}, worst {row['worst']:.0%}",
                OURS if name == "EvalStudio" else OTHER,
            )
            for name, row in sorted(rows.items(), key=lambda pair: -pair[1]["mean"])
        ]
        groups.append(
            Group(f"{int(samples):,} samples, nothing known before", bars, (1.0, "best fixed window"))
        )
    return bar_chart("Throughput by who controls the window, mean over endpoints", groups, kept.source)


def start(kept: Kept) -> str:
    """Seconds to the first painted window, and how much of it is this process's own computing."""
    groups = []
    for case in kept.values["cases"]:
        seconds = case["seconds"]
        middle = sorted(seconds)[len(seconds) // 2]
        groups.append(
            Group(
                f"{case['what']} ({len(seconds)} starts, load {case['load']:.1f})",
                [
                    Bar("first window", middle, f"{middle:.2f} s", OURS, (min(seconds), max(seconds))),
                    Bar("computing of it", case["processor"], f"{case['processor']:.2f} s", LIGHTER),
                ],
                (1.0, "goal"),
            )
        )
    return bar_chart(
        "Seconds from the start to the first painted window", groups, kept.source, one_scale=True
    )


def memory(kept: Kept) -> str:
    """Memory of the engine while the records of a run grow in number."""
    return line_chart(
        "Memory of the engine by samples saved",
        [(saved, megabytes) for saved, _, megabytes in kept.values["points"]],
        (lambda count: f"{count:,.0f}", lambda size: f"{size:.0f} MB"),
        kept.source,
    )


CHARTS: dict[str, Callable[[Kept], str]] = {
    "peers": peers,
    "adaptive": adaptive,
    "start": start,
    "memory": memory,
}


def draw(folder: Path) -> list[Path]:
    """Writes all charts; returns their files."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, chart in CHARTS.items():
        path = folder / f"{name}.svg"
        path.write_text(chart(read(name)), encoding="utf-8")
        paths.append(path)
    return paths


if __name__ == "__main__":
    for drawn in draw(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER):
        print(drawn.name)
