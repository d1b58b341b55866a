"""A run as asked for is stored as JSON, and read again: by this version and of an older one."""

import json
from datetime import date
from typing import Any

import msgspec
import pytest

from evalstudio.core.strategy import Adaptive, Sequential, SlidingWindow, Strategy
from evalstudio.datasets import DatasetSource
from evalstudio.evaluations.request import Options, StoredSpec
from evalstudio.evaluations.spec import EvaluationSpec, TimeOuts
from evalstudio.models.settings import ModelSettings
from evalstudio.templating.templates import Message


def spec_with(**parts: Any) -> EvaluationSpec:
    return EvaluationSpec(
        name="capitals",
        dataset=DatasetSource(path="capitals.csv"),
        messages=(Message("user", "Where is {{ city }}?"),),
        **{"model": "demo/fast", **parts},
    )


SPECS = [
    spec_with(),
    spec_with(model=ModelSettings("openai", "small", "https://h.example/v1", headers={"X-Team": "blue"})),
    spec_with(evaluators=({"type": "exact_match"}, {"type": "regex", "pattern": "[Ää]+"})),
    spec_with(parameters={"temperature": 0.2, "stop": ["\n"], "seed": 2**40, "since": date(2031, 5, 6)}),
    spec_with(strategy=Adaptive(4, 2, 64)),
    spec_with(strategy=SlidingWindow(3), workers=2),
    spec_with(repeats=3, stream=True, cache=True, budget=1.5),
    spec_with(timeouts=TimeOuts(attempt=5.0, attempts=2)),
    spec_with(processes=2, threads_per_process=4, cluster="local"),
    spec_with(description='Says "hello"\n— in two lines'),
]
OPTIONS = [
    Options(),
    Options(experiment="first", strategy=SlidingWindow(7), samples=20),
    Options(strategy=Adaptive(), retry_classes=("timeout", "refused"), cache=False, new_run=True),
    Options(strategy=Sequential(), workers=3, model="demo/slow", timeout=2.5),
    Options(processes=2, threads_per_process=3, cluster="local", retry_classes=(), resume=4),
]


@pytest.mark.parametrize("spec", SPECS)
@pytest.mark.parametrize("options", OPTIONS)
def test_that_what_is_stored_is_read_again(spec: EvaluationSpec, options: Options) -> None:
    stored = StoredSpec.of(spec, options, "sheet.toml#a", "/data")
    again = StoredSpec.decode(stored.encode())
    assert again.run_options() == options
    assert (again.reference, again.base) == ("sheet.toml#a", "/data")
    assert list(again.evaluators) == list(spec.evaluators)
    assert again.strategy == (options.strategy or spec.strategy)
    assert again.encode() == stored.encode()


@pytest.mark.parametrize("spec", SPECS)
def test_that_the_column_holds_the_parts_by_name(spec: EvaluationSpec) -> None:
    options = OPTIONS[1]
    stored = json.loads(StoredSpec.of(spec, options, "sheet.toml", "/data").encode())
    assert stored == {
        "spec": json.loads(msgspec.json.encode(spec)),
        "options": json.loads(msgspec.json.encode(options)),
        "reference": "sheet.toml",
        "base": "/data",
    }


OLDER: list[tuple[dict[str, Any], dict[str, Any], dict[str, Any], str]] = [
    ({}, {}, {}, ""),
    ({"name": "a", "repeats": 2}, {"name": "a", "repeats": 2}, {}, ""),  # the spec alone
    ({"spec": {"name": "a"}}, {"name": "a"}, {}, ""),
    ({"spec": {}, "options": {}}, {}, {}, ""),
    ({"spec": {}, "reference": "sheet.toml"}, {}, {}, "sheet.toml"),
    ({"spec": {}, "reference": None}, {}, {}, ""),
    ({"spec": {}, "reference": ""}, {}, {}, ""),
    ({"spec": {"gone_since": 1}, "options": {"gone_since": 2}}, {"gone_since": 1}, {"gone_since": 2}, ""),
    ({"spec": {"repeats": "two"}, "reference": "x"}, {"repeats": "two"}, {}, "x"),
    ({"spec": {}, "options": {}, "reference": "x", "base": "/", "later": [1]}, {}, {}, "x"),
]


@pytest.mark.parametrize(("written", "spec", "options", "reference"), OLDER)
def test_that_what_another_version_wrote_can_be_shown(
    written: dict[str, Any], spec: dict[str, Any], options: dict[str, Any], reference: str
) -> None:
    stored = StoredSpec.decode(json.dumps(written))
    assert (stored.spec, stored.options, stored.reference) == (spec, options, reference)


@pytest.mark.parametrize(
    "text", ["", "no JSON", "[]", "3", "null", '"text"', "{", '{"spec": 3}', '{"options": []}', '{"base": 1}']
)
def test_that_what_is_no_run_is_refused(text: str) -> None:
    with pytest.raises(msgspec.MsgspecError):
        StoredSpec.decode(text)


WINDOW = {"type": "sliding_window", "max_concurrency": 5}
ADAPTIVE = {"type": "adaptive"}


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ({}, None),
        ({"spec": {}, "options": {"strategy": None}}, None),
        ({"spec": {"strategy": WINDOW}}, SlidingWindow(5)),
        ({"spec": {}, "options": {"strategy": WINDOW}}, SlidingWindow(5)),
        ({"spec": {"strategy": ADAPTIVE}, "options": {"strategy": WINDOW}}, SlidingWindow(5)),
        ({"spec": {"strategy": WINDOW}, "options": {"strategy": ADAPTIVE}}, Adaptive()),
        ({"spec": {"strategy": WINDOW}, "options": {"strategy": None}}, SlidingWindow(5)),
        ({"spec": {"strategy": {"type": "sequential"}, "gone_since": 1}}, Sequential()),
        ({"spec": {"gone_since": 1}, "options": {"gone_since": 1}}, None),
        ({"strategy": WINDOW, "name": "a"}, SlidingWindow(5)),
    ],
)
def test_that_the_option_comes_before_the_evaluations_strategy(
    written: dict[str, Any], wanted: Strategy | None
) -> None:
    assert StoredSpec.decode(json.dumps(written)).strategy == wanted


@pytest.mark.parametrize("strategy", [{"type": "unheard of"}, {}, 3, "adaptive", [], {"max_concurrency": 3}])
@pytest.mark.parametrize("place", ["spec", "options"])
def test_that_a_strategy_nobody_knows_is_refused(strategy: Any, place: str) -> None:
    stored = StoredSpec.decode(json.dumps({"spec": {}, place: {"strategy": strategy}}))
    with pytest.raises(msgspec.ValidationError):
        _ = stored.strategy


@pytest.mark.parametrize("options", [{"samples": "many"}, {"retry_classes": 3}, {"strategy": {"type": "?"}}])
def test_that_options_nobody_knows_are_refused_where_a_run_goes_on(options: dict[str, Any]) -> None:
    stored = StoredSpec.decode(json.dumps({"spec": {}, "options": options}))
    with pytest.raises(msgspec.ValidationError):
        stored.run_options()
