"""Model names and providers.

Examples of names: `openai/gpt-4o-mini`, `ollama/qwen3`, `demo/fast`, `local/smollm2`, `my_model.py::answer`.
"""

import ipaddress
import re
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import msgspec

from evalstudio.core.errors import ModelError
from evalstudio.models.key_names import check_key_name
from evalstudio.models.keys import REFERENCE, redact
from evalstudio.models.settings import ModelSettings


@dataclass(frozen=True, slots=True)
class Provider:
    """A provider with an OpenAI-compatible endpoint (or Anthropic's), and the usual place of its key."""

    base_url: str
    key: str = ""
    hosted: bool = True


PROVIDERS = {
    "openai": Provider("https://api.openai.com/v1", "OPENAI_API_KEY"),
    "anthropic": Provider("https://api.anthropic.com/v1", "ANTHROPIC_API_KEY"),
    "gemini": Provider("https://generativelanguage.googleapis.com/v1beta/openai", "GEMINI_API_KEY"),
    "mistral": Provider("https://api.mistral.ai/v1", "MISTRAL_API_KEY"),
    "groq": Provider("https://api.groq.com/openai/v1", "GROQ_API_KEY"),
    "openrouter": Provider("https://openrouter.ai/api/v1", "OPENROUTER_API_KEY"),
    "together": Provider("https://api.together.xyz/v1", "TOGETHER_API_KEY"),
    "deepseek": Provider("https://api.deepseek.com/v1", "DEEPSEEK_API_KEY"),
    "ollama": Provider("http://127.0.0.1:11434/v1", hosted=False),
    "vllm": Provider("http://127.0.0.1:8000/v1", hosted=False),
    "llamacpp": Provider("http://127.0.0.1:8080/v1", hosted=False),
}
LOCAL_MODEL = "local/smollm2-135m-instruct"
BUILT_IN = ("demo", "local")  # the app starts these itself
RECORDED = "recorded"  # not a provider: the name is a dataset column that holds the answers
_SECRET = re.compile(r"key|token|secret|passw|signature|^sig$|^code$|authori[sz]ation|cookie", re.IGNORECASE)


def resolve_model(
    reference: str | ModelSettings, base: Path, named: Mapping[str, ModelSettings] | None = None
) -> ModelSettings:
    """Resolves a model's name to its settings: an entry of `named`, else what the name itself describes.

    A relative path of a Python model is relative to `base`.

    Raises:
        ModelError: The name means no model, its address can't be used, or its key's name can't be one.
    """
    resolved = fill_in(reference, base, named)
    check_key_name(resolved.key)  # settings are stored with every run
    return resolved


def fill_in(
    reference: str | ModelSettings, base: Path, named: Mapping[str, ModelSettings] | None = None
) -> ModelSettings:
    """Resolves as `resolve_model` does, also a model whose key can't be used: a list of models shows it, to be mended."""
    named = named or {}
    if isinstance(reference, str):
        reference = named.get(reference) or _parsed(reference, named)
    if reference.provider == "python":
        path = Path(reference.path).expanduser()
        found = _changed(reference, path=str(path if path.is_absolute() else base / path))
        return named.get(f"{found.path}::{found.name}", found)
    if reference.provider in BUILT_IN:
        return reference
    if reference.provider == RECORDED:
        if not reference.name:
            raise ModelError("Recorded answers need the name of their column, as in recorded/answer.")
        return reference
    preset = PROVIDERS.get(reference.provider)
    if preset is None:
        known = ", ".join([*PROVIDERS, *BUILT_IN, "python", RECORDED])
        raise ModelError(f"There is no provider '{reference.provider}'; there are {known}.")
    if not reference.name:
        raise ModelError(f"A model of {reference.provider} needs a name, as in {reference.provider}/NAME.")
    settings = _changed(
        reference,
        base_url=reference.base_url.strip() or preset.base_url,
        key=reference.key or ("" if reference.base_url else preset.key),
    )
    check_address(settings)
    return settings


def check_address(settings: ModelSettings) -> None:
    """Raises ModelError if a base URL is invalid, or if it or a header contains a secret instead of its name.

    Settings are stored with every run, so secrets must not be in them.
    """
    if any(one.isspace() or not one.isprintable() for one in settings.base_url.strip()):
        raise ModelError(
            f"The base URL of {settings.label} holds a blank: '{redact(settings.base_url)}'; write it without."
        )
    try:
        parts = urlsplit(settings.base_url.strip())
        _ = parts.port
    except ValueError as error:
        raise ModelError(f"The base URL of {settings.label} can't be used ({error}).") from error
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ModelError(
            f"The model {settings.label} needs a base URL that begins with http:// or https:// and names a host, as in "
            f"https://api.example.com/v1; it is '{redact(settings.base_url)}'."
        )
    if parts.password:
        raise ModelError(
            f"The base URL of {settings.label} holds a password, which would be stored with every run; put it into a "
            f"header as {REFERENCE}NAME."
        )
    for name, value in [*parse_qsl(parts.query), *settings.headers.items()]:
        if _SECRET.search(name) and not value.startswith(REFERENCE):
            raise ModelError(
                f"'{name}' of {settings.label} looks like a secret, which would be stored with every run; write "
                f"{REFERENCE}NAME and set the environment variable NAME, or add the key under Models."
            )


def is_private_address(url: str) -> bool:
    """Returns whether a URL points to this machine or its local network, judging by the host name."""
    host = urlsplit(url).hostname or ""
    if host == "localhost" or host.endswith(".local") or host == socket.gethostname():
        return True
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return False


def is_self_hosted(model: ModelSettings) -> bool:
    """Returns whether the model's server is self-hosted, judging by its provider or address."""
    preset = PROVIDERS.get(model.provider)
    if model.provider in BUILT_IN or (preset is not None and not preset.hosted):
        return True
    return model.provider != "python" and is_private_address(model.base_url)


def _parsed(reference: str, named: Mapping[str, ModelSettings]) -> ModelSettings:
    if "::" in reference:
        path, function = reference.rsplit("::", 1)
        return ModelSettings("python", function, path=path)
    provider, slash, name = reference.partition("/")
    if not slash:
        own = f"; there are {', '.join(named)}" if named else ""
        raise ModelError(
            f"'{reference}' names no model; write provider/name, as in openai/gpt-4o-mini, file.py::function, or a name "
            f"from Models{own}."
        )
    return ModelSettings(provider, name)


def _changed(settings: ModelSettings, **changes: str) -> ModelSettings:
    return msgspec.structs.replace(settings, **changes)
