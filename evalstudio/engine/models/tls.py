"""TLS settings of a client, with what the environment names checked: its own authorities, and a log of the keys."""

import os
import ssl
from pathlib import Path

import httpx

from evalstudio.core.errors import ModelError

_FILE, _FOLDER, _KEY_LOG = "SSL_CERT_FILE", "SSL_CERT_DIR", "SSLKEYLOGFILE"


def tls_context(*, verify: bool) -> ssl.SSLContext:
    """Returns the context for connections; without `verify` no certificates are loaded, which takes long.

    Raises:
        ModelError: an environment variable names something that can't be used.
    """
    try:
        return httpx.create_ssl_context(verify=verify)
    except (OSError, ValueError) as error:  # SSLError is an OSError
        raise ModelError(_sentence(error)) from error


def _sentence(error: Exception) -> str:
    key_log = os.environ.get(_KEY_LOG)
    if key_log and not _writable(Path(key_log)):
        return f"{_KEY_LOG} names {key_log}, which can't be written; name a file that can, or unset the variable."
    name = _FILE if os.environ.get(_FILE) else _FOLDER
    value = os.environ.get(name)
    if not value:
        return f"TLS can't be set up on this machine ({error})."
    path = Path(value)
    if not path.exists():
        why = "does not exist"
    elif path.is_dir() and name == _FILE:
        why = f"is a folder; of a folder the variable is {_FOLDER}"
    else:
        why = f"holds no certificates in PEM form ({getattr(error, 'reason', None) or error})"
    return f"{name} names {value}, which {why}. Name a file of trusted certificates, or unset the variable."


def _writable(path: Path) -> bool:
    try:
        with path.open("ab"):
            return True
    except OSError:
        return False
