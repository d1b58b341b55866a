"""Keys: where they are found, and that they come out nowhere. Tests plant one and search everything for it."""

import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from evalstudio.cli.main import evalstudio as commands
from evalstudio.concurrency import SlidingWindow
from evalstudio.errors import ModelError
from evalstudio.evaluations.request import Options
from evalstudio.models import keys
from evalstudio.models.keys import (
    REMOVED,
    check_no_secret,
    find_key,
    is_secret_name,
    redact,
    redact_answer,
    remember_environment,
    use_for_session,
    with_secrets,
)
from evalstudio.workspace.folder import Workspace
from tests.engine.models.calls import call
from tests.engine.models.scripted import Connection, chunk, completion, number_of, reply, scripted
from tests.engine.support import Heard, engine_in, finish, write_evaluation

PLANTED = "planted/Key+0123456789-abcdefghij"
QUERY = "query-planted-9876543210-zyxwvu"
HEADER = "header-planted-5550123456-mnopqr"
OWN = "own-planted-7778889990-stuvwxyz"
FORMS = [
    form
    for secret in (PLANTED, QUERY, HEADER, OWN)
    for form in (secret, secret[:20], secret[-20:], secret.replace("/", "%2F").replace("+", "%2B"))
]


@pytest.fixture(autouse=True)
def planted(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("PLANTED_KEY", PLANTED)
    monkeypatch.setenv("QUERY_KEY", QUERY)
    monkeypatch.setenv("HEADER_KEY", HEADER)
    monkeypatch.setenv("SOME_SERVICE_API_KEY", OWN)
    monkeypatch.setattr(keys._Seen, "secrets", ())
    yield
    keys._session.clear()


def hits(data: bytes) -> list[str]:
    return [form for form in FORMS if form.encode() in data]


def search(workspace: Workspace, heard: Heard, logged: str) -> dict[str, list[str]]:
    """Where in a workspace, an engine's events, the commands' output and the log a planted key is."""
    places = {str(path): path.read_bytes() for path in workspace.folder.rglob("*") if path.is_file()}
    assert any(name.endswith(".db") or "sqlite" in name for name in places), places.keys()
    places["events"] = b"\n".join(map(msgspec.json.encode, heard.events))
    places["log"] = logged.encode()
    for arguments in (["list", "--json"], ["show", "one"], ["show", "one", "--json"]):
        output = CliRunner().invoke(commands, [*arguments, "--workspace", str(workspace.folder)])
        assert output.exit_code == 0, output.output
        places[" ".join(arguments)] = output.output.encode()
    return {name: found for name, data in places.items() if (found := hits(data))}


async def echo(connection: Connection) -> None:
    """Gives back, in one place or another, all that a request holds."""
    asked = connection.asked
    everything = f"{asked.target} {asked.headers}"
    for secret in (PLANTED, QUERY, HEADER):
        assert secret in everything.replace("%2F", "/").replace("%2B", "+"), (
            "the request must hold what is planted"
        )
    cut = "x" * 370 + PLANTED  # a sentence that is cut in the middle of a key
    match number_of(asked.json):
        case 0:
            await reply(completion(everything, model=everything))(connection)
        case 1:
            await reply({"error": {"message": everything}}, 413)(connection)
        case 2:
            await reply({"error": {"message": cut}}, 422)(connection)
        case 3:
            await reply(f"<html><title>{everything}</title></html>", 500, X_Echo=PLANTED)(connection)
        case 4:
            await reply({"error": {"message": everything, "code": "content_filter"}})(connection)
        case 5:
            await connection.head(kind="text/event-stream")
            await connection.events(chunk(everything), {"error": {"message": everything}})
        case 6:
            await reply(json.dumps(everything)[:-1])(connection)
        case _:
            await connection.send(f"HTTP/1.1 {everything}\r\n\r\n")


@pytest.mark.parametrize("stream", [False, True])
async def test_that_an_endpoint_that_repeats_its_keys_brings_them_nowhere(
    stream: bool,
    tmp_path: Path,
    workspace: Workspace,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    async with scripted(echo) as server, engine_in(workspace) as (engine, heard):
        model = (
            f'{{ provider = "openai", name = "m-1", base_url = "{server.url}?api-version=1&token=env:QUERY_KEY", '
            'key = "PLANTED_KEY", headers = { api-key = "env:HEADER_KEY" } }'
        )
        extra = f"stream = {str(stream).lower()}\ntimeouts = {{ attempts = 1 }}"
        run = await engine.start_run(
            write_evaluation(tmp_path, model, 8, extra=extra), Options("one", SlidingWindow(2))
        )
        final = await finish(engine, run)
        # while the write-ahead log is still there
        assert search(workspace, heard, caplog.text) == {}
    assert final.saved == 8
    assert search(workspace, heard, caplog.text + "".join(capfd.readouterr())) == {}


async def test_that_a_key_that_stops_the_run_is_not_in_the_reason(
    tmp_path: Path, workspace: Workspace
) -> None:
    async def script(connection: Connection) -> None:
        said = f"Incorrect API key provided: {connection.asked.headers['authorization']}"
        await reply({"error": {"message": said}}, 401)(connection)

    async with scripted(script) as server, engine_in(workspace) as (engine, heard):
        model = f'{{ provider = "openai", name = "m-1", base_url = "{server.url}", key = "PLANTED_KEY" }}'
        run = await engine.start_run(write_evaluation(tmp_path, model, 2), Options("one"))
        final = await finish(engine, run)
    assert final.state == "stopped"
    assert f"Incorrect API key provided: {REMOVED}" in final.reason.replace("Bearer ", "")
    assert search(workspace, heard, "") == {}


@pytest.mark.parametrize("kind", ["async def", "def"])
async def test_that_keys_in_errors_and_answers_of_python_models_come_out_nowhere(
    kind: str, tmp_path: Path, workspace: Workspace, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "mine.py").write_text(
        f"import os\nKEY = os.environ['SOME_SERVICE_API_KEY']\n"
        f"{kind} answer(prompt):\n"
        "    if '(0)' in prompt: return f'the key is {KEY}'\n"
        "    if '(1)' in prompt: raise ConnectionError(f'no connection with {KEY}')\n"
        "    if '(2)' in prompt: raise ValueError('x' * 464 + KEY)\n"
        "    return {'text': KEY, 'thinking': 'sk-' + 'a1B2' * 10} if '(3)' in prompt else 7\n"
        "def judge(answer):\n    raise ValueError(f'no score with {KEY}')\n"
    )
    extra = "timeouts = { attempts = 1 }"
    async with engine_in(workspace) as (engine, heard):
        path = write_evaluation(tmp_path, '"mine.py::answer"', 5, extra=extra)
        text = (
            Path(path)
            .read_text()
            .replace(
                "evaluators = [", 'evaluators = [ { type = "python", path = "mine.py", function = "judge" },'
            )
        )
        Path(path).write_text(text)
        run = await engine.start_run(path, Options("one"))
        final = await finish(engine, run)
    assert (final.saved, final.errored) == (5, 3)
    assert search(workspace, heard, caplog.text) == {}


def test_that_a_key_is_found_in_the_session_and_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    assert find_key("") is None
    assert find_key("PLANTED_KEY") == PLANTED
    use_for_session("PLANTED_KEY", "of-the-session")
    assert find_key("PLANTED_KEY") == "of-the-session"
    monkeypatch.setenv("WITH_SPACE", f" {QUERY}\n")
    assert find_key("WITH_SPACE") == QUERY
    with pytest.raises(
        ModelError, match="There is no API key 'NOT_THERE'; set the environment variable NOT_THERE"
    ):
        find_key("NOT_THERE")
    monkeypatch.setenv("ODD", "kéy-with-accents")
    with pytest.raises(ModelError, match="characters that no key has"):
        find_key("ODD")


def test_that_a_key_is_found_in_the_keychain(monkeypatch: pytest.MonkeyPatch) -> None:
    import keyring
    import keyring.errors

    monkeypatch.setattr(keyring, "get_password", lambda service, name: f"{service}:{name}:secret")
    assert find_key("IN_KEYCHAIN") == "evalstudio:IN_KEYCHAIN:secret"

    def none(service: str, name: str) -> str:
        raise keyring.errors.NoKeyringError

    monkeypatch.setattr(keyring, "get_password", none)
    with pytest.raises(ModelError, match="There is no API key"):
        find_key("IN_KEYCHAIN")


def test_that_short_words_are_no_secrets_and_answers_keep_a_local_servers_key() -> None:
    use_for_session("LOCAL", "ollama")
    use_for_session("SHORT", "EMPTY")
    assert redact("ollama says EMPTY") == f"{REMOVED} says EMPTY"
    text = "ollama is a server"
    assert redact_answer(text) is text


def test_that_secrets_of_the_environment_and_shapes_of_keys_are_removed() -> None:
    assert redact(OWN) == OWN
    remember_environment()
    assert redact(f"with {OWN}.") == f"with {REMOVED}."
    for shape in ("sk-proj-" + "aB3_" * 8, "AIza" + "b" * 35, "gsk_" + "c4" * 15, "hf_" + "d" * 34):
        assert redact(f"key={shape}, so") == f"key={REMOVED}, so"
    assert redact("ask-me and a risk-free skip") == "ask-me and a risk-free skip"


@given(
    st.text(st.characters(codec="ascii", categories=["L", "N", "P", "S"]), min_size=6, max_size=60),
    st.text(),
    st.text(),
)
def test_that_no_form_of_a_key_survives(secret: str, before: str, after: str) -> None:
    use_for_session("K", secret)
    for form in (secret, json.dumps(secret)[1:-1]):
        assert secret not in redact(before + form + after) or secret in REMOVED


def test_that_settings_hold_names_of_keys_only(tmp_path: Path) -> None:
    from evalstudio.evaluations.loading import parse_evaluation
    from evalstudio.models.providers import resolve_model

    table: Any = '{ provider = "openai", name = "m", base_url = "http://127.0.0.1/v1", headers = { x-api-key = "abc" } }'
    text = f'name = "a"\ndataset = {{ path = "a.csv" }}\nmodel = {table}\nmessages = [ {{ role = "user", content = "x" }} ]'
    spec = parse_evaluation(text, tmp_path / "a.toml").spec
    with pytest.raises(ModelError, match="'x-api-key' of openai/m looks like a secret"):
        resolve_model(spec.model, tmp_path)


@pytest.mark.parametrize(
    "name",
    [
        "OPENAI_API_KEY", "OPENAI_APIKEY", "OPENAI_KEY", "OPENAIKEY", "OPENAI_API_KEY_2", "OPENAI_KEY2", "API_KEY_PROD", "GH_PAT",
        "GITHUB_TOKEN", "TOKEN", "HF_TOKEN_READ", "AWS_SECRET_ACCESS_KEY", "DB_PASSWORD", "DB_PASSWD", "PGPASSWORD", "MY_SECRETS",
        "AZURE_CLIENT_SECRET", "SSH_PASSPHRASE"[4:], "SENTRY_DSN", "MY_PASS", "BASIC_AUTH", "SERVICE_CREDENTIALS", "openai_apikey",
    ],
)  # fmt: skip
def test_that_variables_of_secrets_are_known_by_their_names(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert is_secret_name(name)
    secret = f"value-of-{name}-{'x' * 20}"
    monkeypatch.setenv(name, secret)
    remember_environment()
    assert redact(f"it is {secret}.") == f"it is {REMOVED}."


@pytest.mark.parametrize(
    "name",
    [
        "PATH", "HOME", "PWD", "OLDPWD", "AWS_ACCESS_KEY_ID", "TOKENIZERS_PARALLELISM", "SSH_AUTH_SOCK", "KEYBOARD", "MONKEY_ISLAND",
        "AWS_WEB_IDENTITY_TOKEN_FILE", "PASSENGERS", "PATIENCE", "AUTHOR", "KEYMAP", "COMPATIBILITY", "MAX_TOKENSIZE",
    ],
)  # fmt: skip
def test_that_other_variables_are_no_secrets(name: str) -> None:
    assert not is_secret_name(name)


@pytest.mark.parametrize(
    "parameters",
    [
        {"api_key": "abcdef"}, {"apikey": "abcdef"}, {"extra_body": {"api-key": "abcdef"}}, {"headers": [{"Authorization": "Basic x"}]},
        {"client_secret": "x"}, {"auth_token": "x"}, {"access_token": "x"}, {"password": "x"}, {"token": "x"}, {"aws_secret_access_key": "x"},
    ],
)  # fmt: skip
def test_that_a_secret_among_parameters_is_refused(parameters: dict[str, Any]) -> None:
    with pytest.raises(ModelError, match="looks like a secret"):
        check_no_secret(parameters, "'x'")


@pytest.mark.parametrize(
    "parameters",
    [
        {"max_tokens": 5}, {"stop_token": "<eos>"}, {"prompt_cache_key": "mine"}, {"key": "x"}, {"api_key": "env:NAME"}, {"api_key": ""},
        {"logit_bias": {"50256": -100}}, {"response_format": {"properties": {"token_count": {"type": "integer"}}}}, {"tokenizer": "bpe"},
        {"safety_identifier": "u-1"},
    ],
)  # fmt: skip
def test_that_other_parameters_are_no_secrets(parameters: dict[str, Any]) -> None:
    check_no_secret(parameters, "'x'")


def test_that_a_named_secret_is_sent_and_not_stored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PARAMETER_KEY_HERE", "the-real-one")
    parameters = {"extra_body": {"api_key": "env:PARAMETER_KEY_HERE"}, "note": "env:PARAMETER_KEY_HERE"}
    assert with_secrets(parameters) == {
        "extra_body": {"api_key": "the-real-one"},
        "note": "env:PARAMETER_KEY_HERE",
    }
    assert parameters["extra_body"] == {"api_key": "env:PARAMETER_KEY_HERE"}


@pytest.mark.parametrize("length", [250, 280, 299, 300, 301, 350, 390, 400, 410, 1000])
async def test_that_a_key_is_removed_before_a_message_is_cut(length: int) -> None:
    secret = "k3y" + "q7" * 15
    use_for_session("CUT", secret)
    words = "x" * (length - 20) + f" {secret} " + "y" * 500
    bodies: list[Any] = [
        reply({"error": {"message": words}}, 500),
        reply({"choices": [{"message": {"refusal": words}}]}),
        reply(words),
        reply({"hello": words}),
        reply(completion("a", f"error {words}")),
    ]
    for body in bodies:
        message = (await call(body)).message
        assert secret[:8] not in message
