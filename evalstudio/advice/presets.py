"""Concurrency presets: how many calls to start with, by provider, rate limit and measurement, with reasons.

Pure except for `measure_machine`. These are rules of thumb to start from; a run's own measurements are better.
"""

import math
import os

import msgspec
import psutil

from evalstudio.core.format import milliseconds
from evalstudio.core.strategy import Adaptive, SlidingWindow, Strategy
from evalstudio.core.workers import Processes
from evalstudio.models.providers import is_self_hosted
from evalstudio.models.settings import ModelSettings


class WindowPreset(msgspec.Struct, frozen=True):
    """A window to start with. `high` None means no upper end."""

    name: str
    start: int
    low: int
    high: int | None
    reason: str
    requests_per_minute: float | None = None

    @property
    def range(self) -> str:
        """Formats the range: "10-20", or "50-100 and more"."""
        if self.high is None:
            return f"{self.low} and more"
        return f"{self.low}" if self.low == self.high else f"{self.low}–{self.high}"


PRESETS = {
    preset.name: preset
    for preset in (
        WindowPreset("OpenAI", 10, 10, 20, "Its limits a minute are generous; 10 to 20 calls stay below most of them."),
        WindowPreset("Anthropic", 5, 5, 10, "It counts calls and tokens strictly; begin with 5."),
        WindowPreset("Local", 50, 50, None, "No rate limit: 50 to 100 or more fill the batches of a GPU; memory is the limit."),
        WindowPreset("OpenAI Tier 1", 8, 8, 8, "500 requests per minute at about 1 s each are 8 at once.", 500),
        WindowPreset("Local vLLM", 50, 50, None, "It batches what it gets; 50 keep a GPU busy, Adaptive finds the rest."),
        WindowPreset("Custom", 10, 10, 20, "Begin with 10 and raise it step by step while you watch for rate limits."),
    )
}  # fmt: skip
MOST_OF_LOCAL = 100


class Advice(msgspec.Struct, frozen=True):
    """A recommended strategy, with the reason in one sentence."""

    strategy: Strategy
    reason: str


class Factor(msgspec.Struct, frozen=True):
    """One of the four factors that determine a sensible number of concurrent calls; `measured` None: not yet."""

    name: str
    measured: str | None
    meaning: str


class Machine(msgspec.Struct, frozen=True):
    """Resources of a machine; `memory_free` in bytes."""

    cores: int
    memory_free: int


def preset_for(model: ModelSettings) -> WindowPreset:
    """Returns the preset for a model."""
    if model.provider == "vllm":
        return PRESETS["Local vLLM"]
    if is_self_hosted(model):
        return PRESETS["Local"]
    return {"openai": PRESETS["OpenAI"], "anthropic": PRESETS["Anthropic"]}.get(
        model.provider, PRESETS["Custom"]
    )


def outside(preset: WindowPreset, window: int) -> str | None:
    """Returns a warning if a window is outside a preset's range; it is not an error."""
    if window < preset.low:
        return f"{window} is below the {preset.range} of {preset.name}: probably slower than it could be."
    if preset.high is not None and window > preset.high:
        return f"{window} is above the {preset.range} of {preset.name}: watch for rate limits (429)."
    return None


def window_for_rate(requests_per_minute: float, latency: float) -> int:
    """Returns the window that just uses up a rate limit, by Little's law; `latency` in seconds."""
    return max(1, math.floor(requests_per_minute / 60 * latency))


def rate_warning(window: int, latency: float, requests_per_minute: float) -> str | None:
    """Returns a warning if this many concurrent calls would exceed the endpoint's rate limit."""
    rate = window / latency * 60
    if rate <= requests_per_minute:
        return None
    return (
        f"{window} at once are about {rate:,.0f} requests per minute at {milliseconds(latency)} each; the endpoint allows "
        f"{requests_per_minute:,.0f}. {window_for_rate(requests_per_minute, latency)} at once would do."
    )


def advise(
    model: ModelSettings, latency: float | None = None, requests_per_minute: float | None = None
) -> Advice:
    """Recommends a strategy for a model from its limit per minute and its median latency in seconds, if known."""
    requests = requests_per_minute or model.requests_per_minute
    if is_self_hosted(model):
        return Advice(
            Adaptive(),
            "It is your own server: Adaptive fills its batches, which a fixed number rarely does, and goes no higher "
            "than helps, so that it does not run out of memory.",
        )
    if requests is not None and latency is not None:
        window = window_for_rate(requests, latency)
        return Advice(
            SlidingWindow(window),
            f"{requests:,.0f} requests per minute at {milliseconds(latency)} each are {window} at once.",
        )
    preset = preset_for(model)
    return Advice(SlidingWindow(preset.start), preset.reason)


def measure_machine() -> Machine:
    """Measures the usable cores and the free memory of this machine."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return Machine(cores, psutil.virtual_memory().available)


def processes_range(cores: int) -> tuple[int, int]:
    """Returns a sensible number of worker processes: one per core, or up to three if calls also wait."""
    return cores, 3 * cores


def worker_warnings(chosen: Processes, machine: Machine) -> list[str]:
    """Returns warnings for unusual numbers of processes and threads; they are not errors."""
    low, high = processes_range(machine.cores)
    warnings = []
    if chosen.processes > high:
        warnings.append(
            f"{chosen.processes:,} processes on {machine.cores} cores: {low} to {high} are usual; more share the cores "
            "and each takes the memory of a model of its own."
        )
    if chosen.processes > 1 and chosen.threads_per_process > 1 and chosen.capacity > 64 * machine.cores:
        warnings.append(
            f"{chosen.label} are {chosen.capacity:,} calls at once on {machine.cores} cores: only calls that wait for "
            "something else gain by that."
        )
    return warnings


def factors(
    machine: Machine,
    *,
    limits: str | None = None,
    bytes_per_second: float | None = None,
    p50: float | None = None,
    p95: float | None = None,
) -> tuple[Factor, ...]:
    """Returns the four factors with measurements. `limits` describes the endpoint's limits; latencies in seconds."""
    latency = None if p50 is None or p95 is None else f"p50 {milliseconds(p50)}, p95 {milliseconds(p95)}"
    flow = None if bytes_per_second is None else f"{bytes_per_second / 1e6:.2f} MB/s"
    return (
        Factor(
            "This machine",
            f"{machine.cores} cores, {machine.memory_free / 1e9:.1f} GB of memory free",
            "Matters for models that run here and for functions that compute; waiting for an endpoint costs little.",
        ),
        Factor("The provider", limits, "Its limits a minute and at once bound what more calls can bring."),
        Factor("Bandwidth", flow, "Only long prompts or images on a slow line come near it."),
        Factor("Response time", latency, "The longer an answer takes, the more calls at once pay."),
    )
