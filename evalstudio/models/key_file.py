"""Key file: API keys as clear text that only their owner can read, for machines without a keychain.

It stands beside the settings, never in a workspace, and exists only where a person has asked for it.
"""

import json
import os
import stat
from pathlib import Path

from evalstudio.core.errors import ModelError
from evalstudio.workspace.folder import config_folder

PRIVATE = 0o600


def key_file() -> Path:
    """Returns the path of the key file, which need not exist."""
    return config_folder() / "keys.json"


def read_keys() -> dict[str, str]:
    """Returns the keys by name; none if there is no file.

    Raises:
        ModelError: The file can't be read, or other users can read it, too.
    """
    path = key_file()
    try:
        with path.open(encoding="utf-8") as file:
            if os.name == "posix" and stat.S_IMODE(os.fstat(file.fileno()).st_mode) & 0o077:
                raise ModelError(f"Other users can read the keys in {path}; run chmod 600 on it.")
            found = json.load(file)
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise ModelError(f"The keys in {path} can't be read ({type(error).__name__}).") from error
    if not isinstance(found, dict) or not all(isinstance(value, str) for value in found.values()):
        raise ModelError(f"The file {path} does not hold keys by name.")
    return found


def write_key(name: str, secret: str) -> None:
    """Writes one key, for its owner only; an empty secret removes it. Raises ModelError."""
    keys = read_keys()
    if not secret and name not in keys:
        return
    keys.pop(name, None)
    if secret:
        keys[name] = secret
    path = key_file()
    part = path.with_name(f"{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.unlink(missing_ok=True)
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(keys, file, indent=2)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        raise ModelError(f"The keys can't be written to {path} ({error.strerror}).") from error
