"""Names of keys: what may be one, what looks like a key itself, and commands that print one."""

import os
import sys
from pathlib import Path

import pytest

from evalstudio.errors import EvaluationError, ModelError
from evalstudio.evaluations.loading import load_evaluation
from evalstudio.models.key_file import key_file, read_keys
from evalstudio.models.key_names import check_key_name, key_name_for, looks_like_key
from evalstudio.models.keys import find_key, forget, keep_in_file, where_is
from tests.engine.support import write_evaluation

NAMES = (
    "OPENAI_API_KEY", "ANTHROPIC_API_KEY", "HF_TOKEN", "hf_token", "sk_test", "MY_VLLM_KEY_2", "_PRIVATE", "key",
    "AZURE_OPENAI_API_KEY_WESTEUROPE_2024", "Llm1", "KEY_FOR_GPT4O", "TEAM42_STAGING_TOKEN", "eyJ", "ASIA_KEY",
)  # fmt: skip
KEYS = (
    "sk-proj-8Jq2", "sk-ant-api03-Zx81Qp0", "gsk_9fX2mLq81Tz0", "hf_QwErTyUiOpAsDfGhJkLzXcVb", "xai-10Fq", "r8-9dk2",
    "AIzaSyD3k9q0Lm2Xc8Vb7N", "AKIAQX7T2JPLM4ZC9DRA", "ghp_7Yh3Kd82mNq0Zx5Lw1Pt", "glpat-Qz83mX", "nvapi-88x",
    "2b7e151628aed2a6abf7158809cf4f3c", "f81d4fae7dec11d0a76500a0c91e6bf6", "Zk9Xq2Lm8Vb4Nc7Rt1Yw", "pplx-1",
    "eyJhbGciOiJIUzI1NiJ9.e30.abc", "9f86d081-884c-4d65-9a2f-eaa0c55ad015a3bf4f1b2b0b822c",
)  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_that_a_name_is_taken_as_one(name: str) -> None:
    assert not looks_like_key(name)
    check_key_name(name)


@pytest.mark.parametrize("key", KEYS)
def test_that_a_key_is_no_name_and_is_not_repeated(key: str) -> None:
    assert looks_like_key(key)
    with pytest.raises(ModelError, match="looks like the key itself") as told:
        check_key_name(key)
    assert key not in str(told.value)


@pytest.mark.parametrize(
    "name", ["two words", "A-B", "9LIVES", "a.b", "Ä", "x" * 81, "$KEY", "env:KEY", "a/b", "k\n"]
)
def test_that_what_is_no_identifier_is_no_name(name: str) -> None:
    with pytest.raises(ModelError, match="letters, digits and underscores"):
        check_key_name(name)


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("my vLLM", "MY_VLLM_API_KEY"),
        ("llm.example.com:8000", "LLM_EXAMPLE_COM_8000_API_KEY"),
        ("127.0.0.1:80", "_127_0_0_1_80_API_KEY"),
        ("", "MODEL_API_KEY"),
        ("模型", "MODEL_API_KEY"),
        ("x" * 200, "X" * 70 + "_API_KEY"),
    ],
)
def test_that_a_title_makes_a_name(title: str, name: str) -> None:
    assert key_name_for(title) == name
    check_key_name(name)


def test_that_a_key_as_a_name_ends_the_evaluation_before_a_run_is_stored(tmp_path: Path) -> None:
    from evalstudio.models.providers import resolve_model

    path = write_evaluation(
        tmp_path,
        f'{{ provider = "openai", name = "m", base_url = "http://127.0.0.1:9/v1", key = "{KEYS[0]}" }}',
    )
    with pytest.raises(ModelError, match="looks like the key itself"):
        resolve_model(load_evaluation(path).spec.model, tmp_path)


def test_that_a_command_prints_the_key_once(tmp_path: Path) -> None:
    count = tmp_path / "count"
    script = tmp_path / "keys.py"
    script.write_text(
        f"import pathlib\np = pathlib.Path({str(count)!r})\np.write_text(p.read_text() + 'x' if p.exists() else 'x')\n"
        "print('first-line-0123456789')\nprint('second')\n"
    )
    name = f"command:{sys.executable} {script}"
    assert where_is(name) == "command"
    assert find_key(name) == find_key(name) == "first-line-0123456789"
    assert count.read_text() == "x"


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("", "is empty"), ("'open", "can't be read"), ("no-such-program-here -x", "can't be run"),
        (f"{sys.executable} -c 'import sys; print(\"sk-leak\"); sys.exit(3)'", "exit code 3"),
        (f"{sys.executable} -c pass", "printed no key"),
    ],
)  # fmt: skip
def test_that_a_command_that_gives_no_key_is_told(command: str, words: str) -> None:
    with pytest.raises(ModelError, match=words) as told:
        find_key(f"command:{command}")
    assert "sk-leak" not in str(told.value)


@pytest.mark.parametrize(
    "part",
    [
        'model = { provider = "openai", name = "m", key = "command:touch made" }',
        'model = "demo/fast"\n[[evaluators]]\ntype = "judge"\nprompt = "?"\n'
        'model = { provider = "openai", name = "m", key = "command:touch made" }',
        '[grid]\nmodels = [{ provider = "openai", name = "m", key = "command:touch made" }]',
    ],
)
def test_that_an_evaluation_executes_no_command(tmp_path: Path, part: str) -> None:
    path = tmp_path / "foreign.toml"
    path.write_text(f'name = "x"\ndataset = {{ path = "rows.jsonl" }}\n{part}\n')
    with pytest.raises(EvaluationError, match="from a command"):
        load_evaluation(str(path))


@pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")
def test_that_the_key_file_is_for_its_owner_only() -> None:
    keep_in_file("FILE_KEY", "planted-in-a-file-0123456789")
    assert key_file().stat().st_mode & 0o777 == 0o600
    assert where_is("FILE_KEY") == "file"
    assert find_key("FILE_KEY") == "planted-in-a-file-0123456789"
    keep_in_file("SECOND_KEY", "planted-in-a-file-9876543210")
    forget("FILE_KEY")
    assert read_keys() == {"SECOND_KEY": "planted-in-a-file-9876543210"}
    key_file().chmod(0o644)
    with pytest.raises(ModelError, match="chmod 600"):
        find_key("SECOND_KEY")
