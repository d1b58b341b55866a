"""API keys: in this session, an environment variable or the OS keychain; never in a file or the database."""

import os
import threading

import keyring
import keyring.errors

from evalstudio.errors import ModelError

SERVICE = "evalstudio"
SHORTEST_SECRET = 6  # shorter values would be found in ordinary text

_session: dict[str, str] = {}
_seen: set[str] = set()
_lock = threading.Lock()


def use_for_session(name: str, secret: str) -> None:
    """Keeps a key in memory, for this process only."""
    with _lock:
        _session[name] = secret
        _remember(secret)


def find_key(name: str) -> str | None:
    """The key called `name`: of this session, else the environment, else the keychain; None for an empty name.

    Raises ModelError where the name is given but no key is found.
    """
    if not name:
        return None
    secret = _session.get(name) or os.environ.get(name) or _from_keychain(name)
    if not secret:
        raise ModelError(
            f"There is no API key '{name}'; set the environment variable {name}, or add the key under Models."
        )
    with _lock:
        _remember(secret)
    return secret


def redact(text: str) -> str:
    """The text with every key that this process has used taken out."""
    with _lock:
        secrets = sorted(_seen, key=len, reverse=True)
    for secret in secrets:
        if secret in text:
            text = text.replace(secret, "[key removed]")
    return text


def _remember(secret: str) -> None:
    if len(secret) >= SHORTEST_SECRET:
        _seen.add(secret)


def _from_keychain(name: str) -> str | None:
    try:
        return keyring.get_password(SERVICE, name)
    except keyring.errors.KeyringError:
        return None  # no keychain on this machine: an environment variable or a session key is the way
