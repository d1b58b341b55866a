"""Names of API keys: an identifier, or a command that prints the key; never the key itself."""

import math
import re
import shlex
import subprocess
from collections import Counter
from collections.abc import Mapping
from typing import Any

from evalstudio.core.errors import ModelError

COMMAND = "command:"
"""Before a command that prints a key, as in `command:pass show work/openai`. Only models.toml may have one."""

LONGEST_NAME = 80
LONGEST_COMMAND_S = 20.0
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_PREFIXES = re.compile(
    r"(?:sk|pk|rk|gsk|hf|xai|nvapi|pplx|r8|fw|csk|tgp|ghp|gho|github_pat|glpat|xox[abp])"
    r"(?:-|_(?=.{20})|_(?=[A-Za-z]*[0-9].{5}))|(?:AIza|AKIA|ASIA|eyJ)(?=.{12})|ya29\."
)
_SHORTEST_KEY = 16


def looks_like_key(text: str) -> bool:
    """Returns whether a text is probably a key rather than the name of one.

    Example:
        >>> looks_like_key("sk-proj-4f8a1c"), looks_like_key("OPENAI_API_KEY")
        (True, False)
    """
    text = text.strip()
    if _PREFIXES.match(text):
        return True
    return any(_is_random(part) for part in re.split(r"[_\W]+", text))


def check_key_name(name: str) -> None:
    """Raises ModelError unless a text can be the name of a key. The message never repeats the text.

    Example:
        >>> check_key_name("OPENAI_API_KEY")
    """
    if not name or name.startswith(COMMAND):
        return
    if looks_like_key(name):
        raise ModelError(
            "What is given as the name of the API key looks like the key itself, which would be stored as clear text. "
            "Write the name of an environment variable, as in OPENAI_API_KEY, or add the key under Models."
        )
    if len(name) > LONGEST_NAME or not _NAME.fullmatch(name):
        raise ModelError(
            "The name of an API key has only letters, digits and underscores and does not begin with a digit, as in "
            "OPENAI_API_KEY."
        )


def refuse_commands(table: Any) -> None:
    """Raises ModelError if a table of an evaluation has a model whose key comes from a command.

    An evaluation may be somebody else's file, so it can't say what is executed here.
    """
    if isinstance(table, Mapping):
        key = table.get("key")
        if "provider" in table and isinstance(key, str) and key.startswith(COMMAND):
            raise ModelError(
                "An evaluation can't get an API key from a command; add the model under Models, and use its name here."
            )
        for value in table.values():
            refuse_commands(value)
    elif isinstance(table, list | tuple):
        for value in table:
            refuse_commands(value)


def key_from_command(command: str) -> str:
    """Runs a command without a shell and returns the first line that it prints. Blocking.

    Raises:
        ModelError: The command can't be run, fails, takes longer than 20 s or prints nothing.
    """
    try:
        words = shlex.split(command)
    except ValueError as error:
        raise ModelError(f"The command for the API key can't be read ({error}).") from error
    if not words:
        raise ModelError("The command for the API key is empty.")
    try:
        done = subprocess.run(
            words, stdin=subprocess.DEVNULL, capture_output=True, timeout=LONGEST_COMMAND_S, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise ModelError(
            f"The command for the API key, {words[0]}, did not end within {LONGEST_COMMAND_S:g} s."
        ) from error
    except OSError as error:
        raise ModelError(
            f"The command for the API key, {words[0]}, can't be run ({error.strerror})."
        ) from error
    if done.returncode != 0:
        raise ModelError(f"The command for the API key, {words[0]}, failed with exit code {done.returncode}.")
    lines = done.stdout.decode(errors="replace").splitlines()
    if not lines or not lines[0].strip():
        raise ModelError(f"The command for the API key, {words[0]}, printed no key.")
    return lines[0].strip()


def key_name_for(title: str) -> str:
    """Returns a key name made from a model's name or its server's host.

    Example:
        >>> key_name_for("llm.example.com:8000")
        'LLM_EXAMPLE_COM_8000_API_KEY'
    """
    words = re.sub(r"[^A-Za-z0-9]+", "_", title).strip("_").upper()[: LONGEST_NAME - 10]
    if not words:
        return "MODEL_API_KEY"
    return f"{'_' if words[0].isdigit() else ''}{words}_API_KEY"


def _is_random(text: str) -> bool:
    """Returns whether a word is long, mixes letters and digits, and repeats few characters."""
    if len(text) < _SHORTEST_KEY or text.isalpha() or text.isdigit():
        return False
    counts = Counter(text).values()
    return -sum(n / len(text) * math.log2(n / len(text)) for n in counts) > 2.8
