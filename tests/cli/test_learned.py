"""`evalstudio learned`: what is remembered of endpoints, for a person, as JSON, and forgotten."""

import json

import pytest
from click.testing import CliRunner

from evalstudio.cli.main import evalstudio
from evalstudio.store.database import change
from evalstudio.store.endpoint_memory import Prior, save_prior
from evalstudio.workspace.folder import Workspace

ENDPOINTS = {
    "https://h.example/v1#0123456789ab/org/gpt-x": Prior(window=12, throughput=3.5, concurrency_cap=20),
    "http://127.0.0.1:8000/v1#-/m": Prior(requests_per_minute=500.0, crashed_at=41),
}


@pytest.fixture
def known(workspace: Workspace) -> Workspace:
    with change(workspace) as connection:
        for endpoint, prior in ENDPOINTS.items():
            save_prior(connection, endpoint, prior)
    return workspace


def call(workspace: Workspace, *words: str) -> str:
    result = CliRunner().invoke(evalstudio, ["learned", *words, "--workspace", str(workspace.folder)])
    assert result.exit_code == 0, result.output
    return result.output


def test_that_what_is_remembered_is_shown_without_the_account(known: Workspace) -> None:
    told = call(known)
    assert "window 12, 3.5 answers/s, at most 20 at once" in told
    assert "500 requests/min, went down at 41 in flight" in told
    assert "0123456789ab" not in told + call(known, "--json")


@pytest.mark.parametrize("name", ["m", "http://127.0.0.1:8000/v1"])
def test_that_one_endpoint_is_forgotten_and_the_others_stay(known: Workspace, name: str) -> None:
    assert "Forgotten: 1 endpoint." in call(known, name, "--forget")
    left = json.loads(call(known, "--json"))["learned"]
    assert [one["name"] for one in left] == ["org/gpt-x"]


def test_that_all_are_forgotten_without_a_name(known: Workspace) -> None:
    assert "Forgotten: 2 endpoints." in call(known, "--forget")
    assert call(known) == "Nothing is remembered yet.\n"


def test_that_an_unknown_name_is_refused(known: Workspace) -> None:
    result = CliRunner().invoke(evalstudio, ["learned", "x", "--forget", "--workspace", str(known.folder)])
    assert result.exit_code != 0
    assert len(json.loads(call(known, "--json"))["learned"]) == 2
