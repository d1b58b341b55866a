"""Keys that are there already: in usual environment variables, and in .env files of the current folder and workspace."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from dotenv import dotenv_values

_KEY = re.compile(r"[A-Z][A-Z0-9_]*_(?:API_?KEY|TOKEN)$|HF_TOKEN$")
_ADDRESS = re.compile(r"[A-Z][A-Z0-9_]*_(?:BASE_URL|API_BASE)$")
_LARGEST = 1 << 20  # bytes


@dataclass(frozen=True, slots=True, repr=False)
class KeyOffer:
    """A key that was found. `secret` is empty if it is in the environment, where the engine finds it by its name."""

    name: str
    where: str
    secret: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class Found:
    """What was found: keys, and base URLs by the name of their variable."""

    keys: tuple[KeyOffer, ...]
    addresses: Mapping[str, str]

    @property
    def address(self) -> str:
        """Returns the usual base URL of an OpenAI-compatible endpoint; empty if none was found."""
        return self.addresses.get("OPENAI_BASE_URL") or self.addresses.get("OPENAI_API_BASE") or ""


def find_keys(*folders: Path) -> Found:
    """Looks at the environment, and at the `.env` file of each folder; a file that can't be read offers nothing."""
    keys = [KeyOffer(name, "") for name, value in sorted(os.environ.items()) if _KEY.match(name) and value]
    addresses = {name: value for name, value in os.environ.items() if _ADDRESS.match(name) and value}
    for path in dict.fromkeys(folder.absolute() / ".env" for folder in folders):
        for name, text in _values(path).items():
            value = (text or "").strip()
            if value and _KEY.match(name):
                keys.append(KeyOffer(name, str(path), value))
            elif value and _ADDRESS.match(name):
                addresses.setdefault(name, value)
    return Found(tuple(keys), addresses)


def _values(path: Path) -> Mapping[str, str | None]:
    try:
        if not path.is_file() or path.stat().st_size > _LARGEST:
            return {}
        return dotenv_values(path, interpolate=False)
    except (OSError, ValueError):  # another program's file, and only an offer
        return {}
