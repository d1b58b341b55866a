"""Advice on how many calls at once."""

import pytest

from evalstudio.advice.presets import (
    PRESETS,
    advise,
    factors,
    measure_machine,
    outside,
    preset_for,
    rate_warning,
    window_for_rate,
)
from evalstudio.concurrency import Adaptive, SlidingWindow
from evalstudio.models.settings import ModelSettings


@pytest.mark.parametrize(("rpm", "latency", "window"), [(500, 1, 8), (500, 2, 16), (60, 1, 1), (10, 1, 1)])
def test_that_the_window_follows_from_rate_and_latency(rpm: float, latency: float, window: int) -> None:
    assert window_for_rate(rpm, latency) == window


@pytest.mark.parametrize(
    ("name", "start", "range_"),
    [
        ("OpenAI", 10, "10–20"),
        ("Anthropic", 5, "5–10"),
        ("Local", 50, "50 and more"),
        ("OpenAI Tier 1", 8, "8"),
        ("Local vLLM", 50, "50 and more"),
        ("Custom", 10, "10–20"),
    ],
)
def test_that_a_preset_starts_inside_its_range(name: str, start: int, range_: str) -> None:
    preset = PRESETS[name]
    assert (preset.start, preset.range) == (start, range_)
    assert outside(preset, preset.start) is None
    assert preset.reason.endswith(".")


def test_that_a_value_outside_warns() -> None:
    assert "above" in (outside(PRESETS["OpenAI"], 21) or "")
    assert "below" in (outside(PRESETS["Local"], 49) or "")
    assert outside(PRESETS["Local"], 5000) is None


def test_that_more_than_a_rate_allows_warns() -> None:
    warning = rate_warning(32, 1.0, 500)
    assert warning is not None
    assert "1,920 requests per minute" in warning
    assert "8 at once would do" in warning
    assert rate_warning(8, 1.0, 500) is None


@pytest.mark.parametrize(
    "model",
    [
        ModelSettings("vllm", "m", base_url="https://gpu.example.com/v1"),
        ModelSettings("openai", "m", base_url="http://127.0.0.1:9000/v1"),
        ModelSettings("openai", "m", base_url="http://10.1.2.3/v1"),
        ModelSettings("ollama", "m", base_url="http://localhost:11434/v1"),
        ModelSettings("demo", "fast"),
    ],
)
def test_that_ones_own_server_gets_adaptive(model: ModelSettings) -> None:
    advice = advise(model, latency=1.0, requests_per_minute=500)
    assert advice.strategy == Adaptive()
    assert "memory" in advice.reason


def test_that_a_hosted_one_gets_its_preset_or_what_its_rate_allows() -> None:
    model = ModelSettings("openai", "m", base_url="https://api.openai.com/v1")
    assert advise(model).strategy == SlidingWindow(10)
    assert advise(model, latency=1.0, requests_per_minute=500).strategy == SlidingWindow(8)
    assert preset_for(ModelSettings("anthropic", "m")) is PRESETS["Anthropic"]
    assert preset_for(ModelSettings("groq", "m", base_url="https://api.groq.com/v1")) is PRESETS["Custom"]


def test_that_the_four_factors_show_what_was_measured_and_leave_out_what_was_not() -> None:
    found = factors(measure_machine(), p50=0.5, p95=1.25)
    assert len(found) == 4
    assert "cores" in (found[0].measured or "")
    assert found[1].measured is None
    assert found[2].measured is None
    assert found[3].measured == "p50 500 ms, p95 1.25 s"
