"""Settings: one schema for all of them, kept in one file, checked wherever they come from."""

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from evalstudio.cli.main import evalstudio as commands
from evalstudio.concurrency import Adaptive, Sequential, SlidingWindow
from evalstudio.errors import EvalStudioError, SettingsError
from evalstudio.evaluations.spec import TimeOuts
from evalstudio.models.settings import ModelSettings
from evalstudio.settings import reference
from evalstudio.settings.schema import BY_KEY, FIELDS, SECTIONS
from evalstudio.settings.values import (
    DEFAULTS,
    Rates,
    Settings,
    ceiling_in_force,
    export_settings,
    import_settings,
    in_force,
    load_settings,
    rates_in_force,
    save_settings,
    settings_of,
    settings_path,
    values_of,
)
from tests.settings.support import IN_STRATEGY, with_value


@pytest.mark.parametrize("key", [field.key for field in FIELDS])
def test_that_every_field_comes_back_from_the_file_and_from_an_export(key: str, tmp_path: Path) -> None:
    values = with_value(key)
    assert values[key] != DEFAULTS[key]
    save_settings(settings_of(values))
    loaded, problem = load_settings()
    assert problem is None
    assert values_of(loaded) == values
    export_settings(loaded, tmp_path / "mine.json")
    assert values_of(import_settings(tmp_path / "mine.json")) == values
    assert in_force(loaded, key, workspace_option=None).source in (
        "settings",
        "environment, EVALSTUDIO_WORKSPACE",
    )


def test_that_the_schema_has_every_setting_and_every_section() -> None:
    stored = set(Settings.__struct_fields__) - {"timeouts"} | set(TimeOuts.__struct_fields__)
    assert stored <= set(BY_KEY)
    assert set(BY_KEY) - stored == set(IN_STRATEGY)
    assert {field.section for field in FIELDS} | {"Privacy"} == {title for title, _ in SECTIONS}
    assert settings_of(DEFAULTS) == Settings()


@pytest.mark.parametrize(
    "strategy", [None, Sequential(), SlidingWindow(33), Adaptive(), Adaptive(4, 2, 40), Adaptive(max=9)]
)
def test_that_every_strategy_comes_back(strategy: Any) -> None:
    assert settings_of(values_of(Settings(strategy=strategy))) == Settings(strategy=strategy)


@given(st.data())
def test_that_a_number_outside_its_range_is_refused_with_the_range(data: st.DataObject) -> None:
    field = data.draw(st.sampled_from([one for one in FIELDS if one.low is not None]))
    assert field.low is not None
    assert field.high is not None
    bad = data.draw(
        st.one_of(
            st.floats(max_value=field.low, exclude_max=True), st.floats(min_value=field.high, exclude_min=True),
            st.just(float("nan")), st.just(True), st.just("7"),
        )
    )  # fmt: skip
    with pytest.raises(SettingsError, match=field.title):
        settings_of(DEFAULTS | {field.key: bad})


@pytest.mark.parametrize(
    "content",
    [
        '{"ceiling": 0}', '{"timeouts": {"attempts": 0}}', '{"text_scale": 900}', '{"budget": -1}', '{"theme": "pink"}',
        '{"rates": {"openai": {"requests_per_minute": -5}}}', '{"rates": {"https://u:p@h/v1": {}}}',
        '{"strategy": {"type": "adaptive", "min": 9, "max": 3}}', "[]", "not JSON", "",
    ],
)  # fmt: skip
def test_that_a_file_that_cannot_be_used_is_kept_beside_and_told(content: str, tmp_path: Path) -> None:
    path = settings_path()
    path.parent.mkdir(parents=True)
    path.write_text(content)
    settings, problem = load_settings()
    assert settings == Settings()
    assert problem is not None
    assert path.with_suffix(".bad").read_text() == content
    (tmp_path / "theirs.json").write_text(content)
    with pytest.raises(SettingsError, match=r"theirs\.json"):
        import_settings(tmp_path / "theirs.json")


def test_that_only_what_differs_is_written() -> None:
    save_settings(Settings(ceiling=9, timeouts=TimeOuts(connect=3)))
    assert json.loads(settings_path().read_text()) == {"ceiling": 9, "timeouts": {"connect": 3.0}}


def test_that_the_source_of_a_value_is_told_in_the_order_of_sources(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings(ceiling=9, workspace="/theirs")
    assert dataclasses.astuple(in_force(settings, "ceiling")) == (9, "settings")
    assert in_force(Settings(), "ceiling").source == "default"
    monkeypatch.setenv("MAX_CONCURRENT_TASKS", "12")
    assert dataclasses.astuple(in_force(settings, "ceiling")) == (12, "environment, MAX_CONCURRENT_TASKS")
    monkeypatch.setenv("EVALSTUDIO_WORKSPACE", "/env")
    assert in_force(settings, "workspace").value == "/env"
    assert dataclasses.astuple(in_force(settings, "workspace", workspace_option="/o")) == (
        "/o", "option --workspace",
    )  # fmt: skip


def test_that_the_nearest_rates_hold() -> None:
    rates = {
        "openai": Rates(500), "openai/gpt-x": Rates(60), "https://h/v1/": Rates(7),
    }  # fmt: skip
    address = "https://api.openai.com/v1"
    assert rates_in_force(ModelSettings("openai", "gpt-y", address), rates) == Rates(500)
    assert rates_in_force(ModelSettings("openai", "gpt-x", address), rates) == Rates(60)
    assert rates_in_force(ModelSettings("openai", "gpt-x", "https://h/v1"), rates) == Rates(7)
    own = ModelSettings("openai", "gpt-x", address, tokens_per_minute=3.0)
    assert rates_in_force(own, rates) == Rates(None, 3.0)
    assert rates_in_force(ModelSettings("demo", "fast"), rates) == Rates()


def test_that_the_reference_page_is_up_to_date() -> None:
    assert reference.PAGE.read_text() == reference.page(), "run: python -m evalstudio.settings.reference"


def test_that_options_tell_the_ranges_of_the_schema() -> None:
    said = " ".join(CliRunner().invoke(commands, ["run", "--help"], terminal_width=500).output.split())
    for option in ("--workers", "--window", "--ceiling"):
        field = next(one for one in FIELDS if one.option == option)
        assert f"{field.help.split('. ')[0].rstrip('.')} ({field.range})" in said


def test_that_a_wrong_environment_is_refused_with_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAX_CONCURRENT_TASKS", "many")
    assert in_force(Settings(ceiling=9), "ceiling").value == 9
    with pytest.raises(EvalStudioError, match="MAX_CONCURRENT_TASKS"):
        ceiling_in_force(Settings())
