"""API keys: kept in this session, an environment variable or the system's keychain; never in a workspace.

Where there is no keychain, a person may ask for a file that only they can read (`key_file`).
"""

import contextlib
import json
import os
import re
import threading
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote, quote_plus

from evalstudio.core.errors import ModelError
from evalstudio.models.key_file import read_keys, write_key
from evalstudio.models.key_names import COMMAND, check_key_name, key_from_command

SERVICE = "evalstudio"
REFERENCE = "env:"
"""Before the name of a key where a value may be a secret: in headers and in the query of a base URL."""

SHORTEST_SECRET = 6  # shorter values would match ordinary text
SHORTEST_IN_ANSWERS = 20  # a local server's key may be an ordinary word, and answers must not be altered

REMOVED = "[key removed]"

_SHAPES = re.compile(
    r"\bsk-[A-Za-z0-9_-]{20,}|\bAIza[A-Za-z0-9_-]{35}|\bgsk_[A-Za-z0-9]{20,}|\bhf_[A-Za-z0-9]{30,}"
    r"|\bgh[opsur]_[A-Za-z0-9]{30,}|\bgithub_pat_[A-Za-z0-9_]{30,}|\bglpat-[A-Za-z0-9_-]{20,}|\bxox[abprs]-[A-Za-z0-9-]{20,}"
    r"|\b(?:xai|nvapi|pplx|r8)[-_][A-Za-z0-9_-]{30,}|\b(?:AKIA|ASIA)[A-Z0-9]{16}\b|\bya29\.[A-Za-z0-9_-]{20,}"
    r"|\bBearer [A-Za-z0-9._~+/-]{20,}=*"
)
_SECRET_VARIABLE = re.compile(
    r"(?:API|ACCESS|AUTH|SECRET|PRIVATE|MASTER)_?KEYS?(?:$|_(?!ID$))|SECRET|PASSW(?:OR)?D|PASSPHRASE|TOKENS?(?:$|_|\d)"
    r"|CREDENTIALS?(?:$|_)|BEARER|(?:^|_)(?:KEY|PAT|PASS|PWD|AUTH|AUTHORIZATION|DSN|COOKIE)(?:_?[A-Z]?\d*)?$|KEY\d*$",
    re.IGNORECASE,
)
_NO_SECRET_VARIABLE = re.compile(
    r"(?:^|_)(?:FILE|PATH|DIR|HOME|URL|ID)$|^(?:OLD)?PWD$|^TOKENIZERS?_|^SSH_", re.IGNORECASE
)
_SECRET_PARAMETER = re.compile(
    r"api_?-?key|secret|passw|authori[sz]ation|(?:access|auth|bearer|session|security|id)_?-?token|^token$|credential|bearer",
    re.IGNORECASE,
)

_session: dict[str, str] = {}
_lock = threading.Lock()


class NoKeychainError(ModelError):
    """The system's keychain is missing or locked."""


class _Seen:
    secrets: tuple[str, ...] = ()  # in all their forms, longest first; replaced as a whole


def use_for_session(name: str, secret: str) -> None:
    """Stores a key in memory, for this process only."""
    _session[name] = secret
    _remember([secret.strip()])


def keep_in_keychain(name: str, secret: str) -> None:
    """Stores a key in the system's keychain. Blocking. Raises ModelError if there is no keychain."""
    import keyring
    import keyring.errors

    _remember([secret])  # before anything that may fail with the secret in its message
    try:
        keyring.set_password(SERVICE, name, secret)
        if keyring.get_password(SERVICE, name) != secret:
            raise keyring.errors.KeyringError("it keeps nothing")
    except keyring.errors.KeyringError as error:
        raise NoKeychainError(
            "This machine has no keychain that is open, so the key can be kept for this session only. Start a "
            "keychain (on Linux a Secret Service such as GNOME Keyring or KWallet), or set the environment variable "
            f"{name}."
        ) from error
    _session.pop(name, None)  # an older session key must not take precedence


def keep_in_file(name: str, secret: str) -> None:
    """Stores a key in the key file, as clear text that only its owner can read. Blocking. Raises ModelError."""
    _remember([secret])
    write_key(name, secret)
    _session.pop(name, None)


def forget(name: str) -> None:
    """Removes a key from the session, the keychain and the key file. Blocking."""
    import keyring
    import keyring.errors

    _session.pop(name, None)
    write_key(name, "")
    with contextlib.suppress(keyring.errors.KeyringError):  # it was not there, or there is no keychain
        keyring.delete_password(SERVICE, name)


def where_is(name: str) -> str:
    """Returns where a key is found: session, environment, keychain, file, command, or empty. Blocking."""
    if not name:
        return ""
    if name.startswith(COMMAND):
        return "command"
    if _session.get(name):
        return "session"
    if os.environ.get(name):
        return "environment"
    if _from_keychain(name):
        return "keychain"
    return "file" if name in read_keys() else ""


def find_key(name: str) -> str | None:
    """Returns a key; None for an empty name. Blocking.

    It is taken from the session, else the environment, the keychain or the key file. A name that begins with
    `command:` is a command, which runs once a process.

    Raises:
        ModelError: No key is found, the name can't be one, or the command fails.
    """
    if not name:
        return None
    check_key_name(name)
    secret = _session.get(name)
    if not secret and name.startswith(COMMAND):
        secret = _session[name] = key_from_command(name.removeprefix(COMMAND))
    secret = secret or os.environ.get(name) or _from_keychain(name) or read_keys().get(name)
    secret = secret.strip() if secret else None  # a pasted line end would make it an invalid header
    if not secret:
        raise ModelError(
            f"There is no API key '{name}'; set the environment variable {name}, or add the key under Models."
        )
    if not secret.isascii() or not secret.isprintable():
        raise ModelError(f"The API key '{name}' holds characters that no key has; copy it anew.")
    _remember([secret])
    return secret


def remember_environment() -> None:
    """Registers the secrets among the environment variables with `redact`, since user code may use them."""
    _remember(
        value
        for name, value in os.environ.items()
        if is_secret_name(name) and len(value) >= SHORTEST_IN_ANSWERS
    )


def is_secret_name(variable: str) -> bool:
    """Whether an environment variable holds a secret, by its name.

    Example:
        >>> is_secret_name("OPENAI_APIKEY"), is_secret_name("GH_PAT"), is_secret_name("AWS_ACCESS_KEY_ID")
        (True, True, False)
    """
    return _NO_SECRET_VARIABLE.search(variable) is None and _SECRET_VARIABLE.search(variable) is not None


def check_no_secret(parameters: Any, whose: str) -> None:
    """Raises ModelError if a parameter holds a secret instead of its name: parameters are stored with every run."""
    if isinstance(parameters, Mapping):
        for name, value in parameters.items():
            named = isinstance(value, str) and value and not value.startswith(REFERENCE)
            if named and _SECRET_PARAMETER.search(str(name)):
                raise ModelError(
                    f"The parameter '{name}' of {whose} looks like a secret, which would be stored with every run; write "
                    f"{REFERENCE}NAME and set the environment variable NAME, or add the key under Models."
                )
            check_no_secret(value, whose)
    elif isinstance(parameters, list | tuple):
        for one in parameters:
            check_no_secret(one, whose)


def with_secrets(parameters: Any) -> Any:
    """Returns parameters with each secret in the place of its name, as they are sent. Raises ModelError if one is missing."""
    if isinstance(parameters, Mapping):
        return {
            name: find_key(value.removeprefix(REFERENCE)) or ""
            if isinstance(value, str) and value.startswith(REFERENCE) and _SECRET_PARAMETER.search(str(name))
            else with_secrets(value)
            for name, value in parameters.items()
        }
    return [with_secrets(one) for one in parameters] if isinstance(parameters, list | tuple) else parameters


def redact(text: str) -> str:
    """Removes from a text every key that this process has used, and whatever has the shape of a key."""
    for secret in _Seen.secrets:
        if secret in text:
            text = text.replace(secret, REMOVED)
    return _SHAPES.sub(REMOVED, text)


def redact_answer(text: str) -> str:
    """Removes the keys of this process from a model's answer; returns the same object if there are none."""
    for secret in _Seen.secrets:
        if len(secret) < SHORTEST_IN_ANSWERS:
            break
        if secret in text:
            text = text.replace(secret, REMOVED)
    return text


def _remember(secrets: Iterable[str]) -> None:
    forms = {
        form
        for secret in secrets
        if len(secret) >= SHORTEST_SECRET
        # as it may be echoed in a URL or in JSON
        for form in (secret, quote(secret, safe=""), quote_plus(secret), json.dumps(secret)[1:-1])
    }
    with _lock:
        if not forms.issubset(_Seen.secrets):
            _Seen.secrets = tuple(sorted({*_Seen.secrets, *forms}, key=len, reverse=True))


def _from_keychain(name: str) -> str | None:
    import keyring  # imported late: it looks for the desktop's keychain, which takes time
    import keyring.errors

    try:
        return keyring.get_password(SERVICE, name)
    except keyring.errors.KeyringError:
        return None  # no keychain on this machine: use an environment variable or a session key
