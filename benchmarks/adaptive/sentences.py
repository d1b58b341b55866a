"""Whether what Adaptive says is true: its claims and figures against the state of the simulated endpoint.

`python -m benchmarks.adaptive.sentences [--draw N] [--families N] [--show]`. A claim is true when the endpoint has the
limit that is told; a figure when it is within a quarter of what the endpoint brings at that number in flight.
"""

import argparse
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass

from benchmarks.adaptive.families import FAMILIES, drawn
from benchmarks.adaptive.measure import shipped
from benchmarks.adaptive.profile import Profile
from benchmarks.adaptive.profiles import USUAL
from benchmarks.adaptive.simulator import Shipped, Simulation
from evalstudio.engine.limits.vocabulary import Binding, LimitMove

SAMPLES = 500
CLOSE = 0.25  # of the true figure
_PLATEAU = 1.2  # times the throughput that twice as many in flight would have to bring to refute "the server is the limit"
_FIGURES = re.compile(r"([\d.]+) calls a second at (\d+) in flight(?: and ([\d.]+) at (\d+))?")
_RATIO = re.compile(r"(\d+) in flight bring ([\d.]+) times what (\d+) do")
_RECENT = 60.0  # seconds since a failure that a claim of overload may rest on


@dataclass
class Judged:
    """How many of the things told were true."""

    claims: int = 0
    true_claims: int = 0
    figures: int = 0
    true_figures: int = 0

    def __iadd__(self, other: "Judged") -> "Judged":
        self.claims += other.claims
        self.true_claims += other.true_claims
        self.figures += other.figures
        self.true_figures += other.true_figures
        return self


class Watched(Shipped):
    """The shipped controller, whose sentences are judged as they are told."""

    def __init__(self, controller: Shipped, show: bool) -> None:
        super().__init__(controller.controller)
        self.simulation: Simulation | None = None
        self.judged = Judged()
        self._show, self._seen, self._work = show, 0, 0.0

    def tick(self, now: float) -> None:
        super().tick(now)
        assert self.simulation is not None
        client = self.simulation.client
        if not self._work:
            pairs = zip(client.lengths, client.prompts, strict=True)
            self._work = sum(length + prompt / 20 + 10 for length, prompt in pairs) / len(client.lengths)
        for move in self.controller.changes[self._seen :]:
            self._judge(move)
        self._seen = len(self.controller.changes)
        wait = self.controller.check(now, 0)
        if wait is not None and (truth := self._holds(wait.binding)) is not None:
            self._claim(wait.binding.value, truth)

    def _judge(self, move: LimitMove) -> None:
        for told, level in _figures(move.sentence):
            true = self.simulation.server.throughput(level, self._work) if self.simulation else 0.0
            right = abs(told - true) <= CLOSE * true
            self.judged.figures += 1
            self.judged.true_figures += right
            if self._show and not right:
                print(
                    f"    {move.at:7.1f}  told {told:.3g} at {level}, true {true:.3g}: {move.sentence[:100]}"
                )
        for high, told, low in _RATIO.findall(move.sentence):
            server = self.simulation.server if self.simulation else None
            assert server is not None
            true = server.throughput(int(high), self._work) / server.throughput(int(low), self._work)
            right = abs(float(told) - true) <= CLOSE * true
            self.judged.figures += 1
            self.judged.true_figures += right
            if self._show and not right:
                print(f"    {move.at:7.1f}  told {told} times, true {true:.3g}: {move.sentence[:100]}")
        if "by chance" in move.sentence:
            assert self.simulation is not None
            self._claim(move.sentence, self.simulation.profile.stray > 0)

    def _claim(self, words: str, truth: bool) -> None:
        self.judged.claims += 1
        self.judged.true_claims += truth
        if self._show and not truth:
            print(f"    {self.simulation.now if self.simulation else 0:7.1f}  not true: {words}")

    def _holds(self, binding: Binding) -> bool | None:
        """Whether a limit is there; None where nothing is claimed."""
        assert self.simulation is not None
        server, profile, limit = self.simulation.server, self.simulation.server.profile, self.limit
        match binding:
            case Binding.PLATEAU:
                here, twice = (server.throughput(n, self._work) for n in (limit, 2 * limit))
                return twice <= _PLATEAU * here
            case Binding.CAP:
                return limit + 2 >= 0.8 * profile.at_once
            case Binding.REQUESTS:
                return profile.requests is not None
            case Binding.TOKENS:
                return profile.tokens is not None
            case Binding.OVERLOAD | Binding.LOADING | Binding.BACKOFF:
                return self.simulation.now - server.refused_at < _RECENT
            case _:
                return None


def _figures(sentence: str) -> Iterator[tuple[float, int]]:
    for first, low, second, high in _FIGURES.findall(sentence):
        yield float(first), int(low)
        if second:
            yield float(second), int(high)


def judge(profile: Profile, seed: int, *, show: bool = False) -> Judged:
    """Runs a profile and judges every sentence."""
    watched: list[Watched] = []

    def make(now: float) -> Watched:
        inner = shipped(profile)(now)
        assert isinstance(inner, Shipped)
        watched.append(Watched(inner, show))
        return watched[0]

    simulation = Simulation(profile, SAMPLES, seed, make)
    watched[0].simulation = simulation
    simulation.run()
    return watched[0].judged


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--draw", type=int, help="the first seed of the endpoints; others each time without it"
    )
    parser.add_argument("--families", type=int, default=3, metavar="N", help="N endpoints of each family")
    parser.add_argument("--show", action="store_true", help="print what was not true")
    options = parser.parse_args()
    first = random.randrange(10**6) if options.draw is None else options.draw
    print(f"{SAMPLES} samples, cold (--draw {first})\n{'':34}{'claims true':>16} {'figures true':>16}")
    everything = Judged()
    rows = {"usual endpoints": [(profile, seed) for profile in USUAL for seed in range(2)]}
    for family in FAMILIES:
        rows[family] = [(drawn(family, seed), seed) for seed in range(first, first + options.families)]
    for name, endpoints in rows.items():
        found = Judged()
        for profile, seed in endpoints:
            found += judge(profile, seed, show=options.show)
        everything += found
        print(_row(name, found), flush=True)
    print(_row("all", everything))


def _row(name: str, found: Judged) -> str:
    claims = f"{found.true_claims / found.claims:.1%} of {found.claims}" if found.claims else "none"
    figures = f"{found.true_figures / found.figures:.1%} of {found.figures}" if found.figures else "none"
    return f"{name:34}{claims:>16} {figures:>16}"


if __name__ == "__main__":
    main()
