"""Which runs share limits: those on one address with one account."""

from pathlib import Path

import pytest

from evalstudio.engine.limits.endpoint_registry import Endpoints, identify
from evalstudio.engine.planning.plan import make_plan
from evalstudio.evaluations.loading import load_evaluation
from evalstudio.evaluations.request import Options
from evalstudio.models.settings import ModelSettings
from evalstudio.settings.values import Settings
from tests.engine.support import write_evaluation

URL = "https://api.example.com/v1"


def with_header(name: str) -> ModelSettings:
    return ModelSettings("openai", "m", base_url=URL, headers={"X-Api-Key": f"env:{name}"})


def test_that_secret_headers_tell_accounts_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FIRST", "planted-secret-one")
    monkeypatch.setenv("SECOND", "planted-secret-two")
    monkeypatch.setenv("SAME", "planted-secret-one")
    names = {name: identify(with_header(name), None) for name in ("FIRST", "SECOND", "SAME")}
    assert names["FIRST"] == names["SAME"] != names["SECOND"]
    assert "planted" not in "".join(names.values())
    endpoints = Endpoints({})
    caps = [
        endpoints.get(with_header(name), names[name], None, None, 0.0, maximum=8, start=None)[1]
        for name in ("FIRST", "SECOND", "SAME")
    ]
    assert caps[0] is caps[2]
    assert caps[0] is not caps[1]


def test_that_plain_headers_do_not() -> None:
    plain = ModelSettings("openai", "m", base_url=URL, headers={"X-Trace": "a"})
    assert identify(plain, "k" * 20) == identify(ModelSettings("openai", "m", base_url=URL), "k" * 20)


def test_that_headers_are_part_of_what_resume_compares(tmp_path: Path) -> None:
    def fingerprint(headers: str) -> dict[str, str]:
        model = f'{{ provider = "openai", name = "m", base_url = "{URL}"{headers} }}'
        path = write_evaluation(tmp_path, model, 2)
        return make_plan(load_evaluation(path), path, Options("x"), Settings()).new_run().fingerprint

    assert "headers" not in fingerprint("")
    assert "X-Beta" in fingerprint(', headers = { "X-Beta" = "1" }')["headers"]
