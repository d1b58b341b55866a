"""The workspace's own models: a file that a person can read, and what its names stand for."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evalstudio.errors import EvalStudioError, ModelError
from evalstudio.models.providers import resolve_model
from evalstudio.models.registry import HEAD, load_models, own_name, save_models
from evalstudio.models.settings import ModelSettings
from evalstudio.workspace.folder import Workspace

OPENAI = ModelSettings("openai", "gpt-x", "https://api.openai.com/v1", "OPENAI_API_KEY")


def test_that_a_model_comes_back_and_the_file_can_be_read(workspace: Workspace) -> None:
    judge = ModelSettings(
        "openai", "gpt-x", "https://gate.example/v1", "MY_KEY", requests_per_minute=500.0, max_concurrency=9,
        headers={"X-Api-Key": "env:OTHER"}, window=7,
    )  # fmt: skip
    function = ModelSettings("python", "answer", path=str(workspace.folder / "m.py"), thread_safe=False)
    save_models(workspace, {"judge": judge, own_name(function): function, "openai/gpt-x": OPENAI})
    assert load_models(workspace) == {"judge": judge, own_name(function): function, "openai/gpt-x": OPENAI}
    text = workspace.models.read_text()
    assert text.startswith(HEAD)
    assert '[models."judge"]\nprovider = "openai"\nname = "gpt-x"\n' in text
    assert 'headers = { "X-Api-Key" = "env:OTHER" }' in text


def test_that_names_stand_for_their_entries(workspace: Workspace, tmp_path: Path) -> None:
    tuned = ModelSettings("openai", "gpt-x", "https://api.openai.com/v1", "OPENAI_API_KEY", window=3)
    function = ModelSettings("python", "f", path=str(tmp_path / "m.py"), window=2)
    named = {"judge": OPENAI, "openai/gpt-x": tuned, f"{tmp_path / 'm.py'}::f": function}
    assert resolve_model("judge", tmp_path, named) == OPENAI
    assert resolve_model("openai/gpt-x", tmp_path, named) == tuned
    assert resolve_model("m.py::f", tmp_path, named) == function
    assert resolve_model("openai/gpt-y", tmp_path, named).window is None
    with pytest.raises(ModelError, match="there are judge"):
        resolve_model("nobody", tmp_path, named)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("not TOML", "cannot be read"),
        ("[models.x]\nname = 'y'", "lacks the field 'provider'"),
        ("[models.x]\nprovider = 'nobody'\nname = 'y'", "no provider 'nobody'"),
        ("[models.x]\nprovider = 'openai'\nname = 'y'\nwindow = 0", "window must be a whole number"),
        (
            "[models.x]\nprovider = 'openai'\nname = 'y'\nsecret = 'sk-1'",
            "no field 'secret'; it has provider, name, ",
        ),
        ("models = 3", "can't be used"),
    ],
)
def test_that_a_file_that_cannot_be_used_is_told(workspace: Workspace, content: str, words: str) -> None:
    workspace.folder.mkdir()
    workspace.models.write_text(content)
    with pytest.raises(ModelError, match=words):
        load_models(workspace)


@pytest.mark.parametrize("name", ["", " x", "a/b", "a::b", "a\nb", '"', "demo/other", "_x"])
def test_that_a_name_that_would_hide_another_is_refused(workspace: Workspace, name: str) -> None:
    with pytest.raises(ModelError, match="name"):
        save_models(workspace, {name: OPENAI})
    assert not workspace.models.exists()


def test_that_a_secret_never_gets_into_the_file(workspace: Workspace) -> None:
    secret = "sk-planted-0123456789abcdefghij"
    for bad in (
        ModelSettings("openai", "m", "https://h/v1", headers={"X-Api-Key": secret}),
        ModelSettings("openai", "m", f"https://u:{secret}@h/v1"),
        ModelSettings("openai", "m", f"https://h/v1?api_key={secret}"),
    ):
        with pytest.raises(ModelError) as told:
            save_models(workspace, {"bad": bad})
        assert secret not in str(told.value)
    assert not workspace.models.exists()


@given(
    name=st.text(min_size=1, max_size=30), model=st.text(min_size=1, max_size=30),
    header=st.dictionaries(st.text(min_size=1, max_size=8), st.text(max_size=8), max_size=2),
    rate=st.none() | st.floats(min_value=0.001, max_value=1e9),
)  # fmt: skip
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150, deadline=None)
def test_that_whatever_is_saved_comes_back(
    workspace: Workspace, name: str, model: str, header: dict[str, str], rate: float | None
) -> None:
    wanted = ModelSettings("ollama", model, "http://h/v1", headers=header, requests_per_minute=rate)
    try:
        save_models(workspace, {name: wanted})
    except EvalStudioError:
        return
    assert load_models(workspace) == {name: wanted}


def test_that_a_model_in_the_wrong_place_is_told_and_not_lost(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    text = '["judge"]\nprovider = "openai"\nname = "gpt-4o-mini"\n'
    workspace.models.write_text(text)
    with pytest.raises(ModelError, match=r'has "judge" beside its models; write it as \[models\."judge"\]'):
        load_models(workspace)
    workspace.models.write_text(text.replace('["judge"]', '[models."judge"]'))
    assert list(load_models(workspace)) == ["judge"]
