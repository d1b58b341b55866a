"""What the environment and names can get wrong: one sentence each, never a traceback."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from evalstudio.cli.main import command_line
from tests.engine.support import write_evaluation

BROKEN = os.fsdecode(b"bro\xffken")  # a name that is no UTF-8
HTTPS = '{ provider = "openai", name = "x", base_url = "https://127.0.0.1:9/v1" }'
PEM = "-----BEGIN CERTIFICATE-----\nbm90IG9uZQ==\n-----END CERTIFICATE-----\n"

Case = tuple[Callable[[Path], dict[str, str]], str]


def env(name: str, value: Callable[[Path], Path]) -> Callable[[Path], dict[str, str]]:
    return lambda folder: {name: str(value(folder))}


def written(text: str) -> Callable[[Path], Path]:
    def write(folder: Path) -> Path:
        (folder / "given").write_text(text)
        return folder / "given"

    return write


def folder_inside(folder: Path) -> Path:
    (folder / "inside").mkdir()
    return folder / "inside"


ENVIRONMENT: dict[str, Case] = {
    "authorities missing": (env("SSL_CERT_FILE", lambda folder: folder / "no.pem"), "which does not exist"),
    "authorities a folder": (env("SSL_CERT_FILE", folder_inside), "the variable is SSL_CERT_DIR"),
    "authorities empty": (env("SSL_CERT_FILE", written("")), "holds no certificates"),
    "authorities no PEM": (env("SSL_CERT_FILE", written("hello")), "holds no certificates"),
    "authorities damaged": (env("SSL_CERT_FILE", written(PEM)), "holds no certificates"),
    "authorities below a file": (
        env("SSL_CERT_FILE", lambda folder: Path(f"{written('')(folder)}/x")),
        "does not exist",
    ),
    "key log in no folder": (env("SSLKEYLOGFILE", lambda folder: folder / "no" / "log"), "can't be written"),
    "key log a folder": (env("SSLKEYLOGFILE", folder_inside), "can't be written"),
    "key log a full device's folder": (
        env("SSLKEYLOGFILE", lambda folder: Path("/proc/1/no/log")),
        "can't be written",
    ),
}


def run(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *arguments: str
) -> tuple[object, str]:
    monkeypatch.setattr(sys, "argv", ["evalstudio", *arguments])
    status = command_line()
    said = capsys.readouterr()
    assert "Traceback" not in said.err
    return status, " ".join((said.out + said.err).split())


@pytest.mark.parametrize(("variables", "wanted"), ENVIRONMENT.values(), ids=ENVIRONMENT)
def test_that_an_environment_that_breaks_tls_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch,
    variables: Callable[[Path], dict[str, str]], wanted: str,
) -> None:  # fmt: skip
    (name, value), *_ = variables(tmp_path).items()
    monkeypatch.setenv(name, value)
    status, said = run(capsys, monkeypatch, "run", write_evaluation(tmp_path, HTTPS))
    assert status == 2
    assert f"{name} names {value}" in said
    assert wanted in said


def model(header: str, value: str) -> str:
    return f'{{ provider = "openai", name = "x", base_url = "http://127.0.0.1:9", headers = {{ "{header}" = "{value}" }} }}'


HEADERS = {
    "umlaut": ("X-Team", "Köln", "'X-Team' holds characters"),
    "another script": ("X-Team", "команда", "'X-Team' holds characters"),
    "emoji": ("X-Team", "🚀", "'X-Team' holds characters"),
    "line end": ("X-Team", "a\\nX-Other: b", "'X-Team' holds characters"),
    "null": ("X-Team", "a\\u0000", "'X-Team' holds characters"),
    "tab": ("X-Team", "a\\tb", "'X-Team' holds characters"),
    "name with umlaut": ("X-Größe", "a", "a name that no header can have"),
    "name with a space": ("X Team", "a", "a name that no header can have"),
    "name with a colon": ("X-Team:", "a", "a name that no header can have"),
    "no name": ("", "a", "a name that no header can have"),
}


@pytest.mark.parametrize(("name", "value", "wanted"), HEADERS.values(), ids=HEADERS)
def test_that_a_header_that_cannot_be_sent_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, name: str, value: str, wanted: str
) -> None:  # fmt: skip
    status, said = run(capsys, monkeypatch, "run", write_evaluation(tmp_path, model(name, value)))
    assert (status, wanted in said) == (2, True), said


NAMES = {
    "experiment": ("run", "example:sentiment", "--experiment", BROKEN),
    "evaluation": ("run", f"{BROKEN}.toml"),
    "folder": ("run", f"{BROKEN}/x.toml"),
    "workspace": ("list", "--workspace", BROKEN),
    "report": ("export", "x", "--output", f"{BROKEN}.csv"),
    "renamed": ("rename", "a", BROKEN),
    "compared": ("compare", BROKEN, "b"),
    "shown": ("show", BROKEN),
    "deleted": ("delete", BROKEN),
    "model": ("run", "example:sentiment", "--model", BROKEN),
}


@pytest.mark.parametrize("arguments", NAMES.values(), ids=NAMES)
def test_that_a_name_that_is_no_text_is_told(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
) -> None:
    status, said = run(capsys, monkeypatch, *arguments)
    assert status == 2
    assert r"bro\udcffken" in said
    assert "no UTF-8" in said


@pytest.mark.parametrize(
    "command", [("list",), ("run", "example:sentiment-8"), ("show", "x"), ("compare", "a", "b")]
)
@pytest.mark.parametrize(
    ("name", "wanted"),
    [("w" * 400, "File name too long"), (BROKEN, "no UTF-8"), ("/".join("w" * 2100), "File name too long")],
    ids=["too long", "no text", "too deep"],
)
def test_that_a_workspace_with_an_impossible_name_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...],
    name: str, wanted: str,
) -> None:  # fmt: skip
    monkeypatch.setenv("EVALSTUDIO_WORKSPACE", str(tmp_path / name))
    status, said = run(capsys, monkeypatch, *command)
    assert status == 2
    assert wanted in said
    assert "choose another folder" in said
    assert len(said) < 600


def test_that_a_folder_whose_name_is_no_text_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / BROKEN
    folder.mkdir()
    write_evaluation(folder, '"demo/instant"')
    monkeypatch.chdir(folder)
    status, said = run(capsys, monkeypatch, "run", "test.toml")
    assert status == 2
    assert "holds bytes that are no UTF-8, which can't be kept" in said


@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&-", ">&- 2>&-", "<&- >&- 2>&-"])
def test_that_closed_streams_change_nothing(tmp_path: Path, closed: str) -> None:
    evaluation = write_evaluation(tmp_path, '"demo/instant"', 2)
    command = f'"$@" run {evaluation} --workspace {tmp_path / "w"} {closed}'
    done = subprocess.run(
        ["sh", "-c", command, "sh", sys.executable, "-m", "evalstudio"], capture_output=True, text=True, check=False
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr


TEMPLATES = {
    "keyword twice": "{{ text | replace(old='a', old='b') }}",
    "keyword twice in a call": "{{ dict(a=1, a=2) }}",
    "loops in loops": "{% for a in 'ab' %}" * 25 + "x" + "{% endfor %}" * 25,
    "5,000 digits": "{{ " + "7" * 5000 + " }}",
    "hexadecimal digits": "{{ text * 0x" + "f" * 5000 + " }}",
    "brackets": "{{ " + "(" * 3000 + "1" + ")" * 3000 + " }}",
    "lists": "{{ " + "[" * 3000 + "]" * 3000 + " }}",
    "ifs": "{% if text %}" * 300 + "{% endif %}" * 300,
    "exponent": "{{ 1e999999999999 }}" + "{{ " + "9" * 6000 + " }}",
    "not, not": "{{ " + "not " * 5000 + "text }}",
    "minus": "{{ " + "-" * 5000 + "1 }}",
    "attributes": "{{ text" + ".a" * 20_000 + " }}",
}


@pytest.mark.parametrize("template", TEMPLATES.values(), ids=TEMPLATES)
def test_that_a_template_that_python_does_not_compile_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, template: str
) -> None:
    write_evaluation(tmp_path, '"demo/instant"', 2)
    path = tmp_path / "test.toml"
    text = path.read_text()
    path.write_text(text.replace('content = "{{ text }}"', f'content = """{template}"""'))
    status, said = run(capsys, monkeypatch, "run", str(path))
    assert status in (1, 2), said
    assert "Message 2 (user)" in said


@pytest.mark.parametrize(
    "name", ["undefined", "hex", "base64", "rot13", "zlib", "", "utf-99", "a" * 9000, "\\u0000", "mbcs"]
)
def test_that_what_is_no_encoding_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    path = Path(write_evaluation(tmp_path, '"demo/instant"', 2))
    path.write_text(path.read_text().replace('.jsonl" }', f'.jsonl", encoding = "{name}" }}'))
    status, said = run(capsys, monkeypatch, "run", str(path))
    assert status == 2
    assert "is not an encoding" in said
