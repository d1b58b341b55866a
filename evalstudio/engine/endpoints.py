"""One set of limits for each endpoint, key and model, shared by all runs on it; what it learned outlives the engine."""

import hashlib
import sqlite3
import time

import msgspec

from evalstudio.engine.admission import Cap
from evalstudio.engine.limits.endpoint import EndpointController, Kind
from evalstudio.engine.limits.priors import MAX_AGE, Prior
from evalstudio.evaluation import ModelSettings
from evalstudio.keys import REFERENCE, find_key
from evalstudio.models import is_private_address


class Endpoints:
    """The controllers and caps of this engine, by endpoint."""

    def __init__(self) -> None:
        self._controllers: dict[str, EndpointController] = {}
        self._caps: dict[str, Cap] = {}

    def get(
        self,
        model: ModelSettings,
        identity: str,
        key: str | None,
        prior: Prior | None,
        now: float,
        *,
        maximum: int,
        start: int | None,
    ) -> tuple[EndpointController, Cap]:
        """The limits of a model's endpoint; `identity` is `identify(model, key)`."""
        controller = self._controllers.get(identity)
        if controller is None:
            controller = EndpointController(
                now=now,
                kind=kind_of(model),
                start=start,
                maximum=maximum,
                prior=prior,
                requests_per_minute=model.requests_per_minute,
                tokens_per_minute=model.tokens_per_minute,
            )
            self._controllers[identity] = controller
        place = f"{model.base_url or model.path}#{_digest(model, key)}"
        cap = self._caps.setdefault(place, Cap())
        if model.max_concurrency is not None:
            cap.limit = model.max_concurrency
        return controller, cap

    def controllers(self) -> list[EndpointController]:
        return list(self._controllers.values())


def identify(model: ModelSettings, key: str | None) -> str:
    """The name under which an endpoint's limits are kept. Holds no key; servers that the app starts have no fixed port.

    Raises ModelError where a secret that a header names is not there.
    """
    if model.provider == "python":
        return f"{model.path}::{model.name}"
    place = (
        model.provider if model.provider in ("demo", "local") else f"{model.base_url}#{_digest(model, key)}"
    )
    return f"{place}/{model.name}"


def kind_of(model: ModelSettings) -> Kind:
    """Whether a model is a function, a server on this machine or network, or a hosted API."""
    if model.provider == "python":
        return "function"
    return "local" if is_private_address(model.base_url) else "hosted"


def load_prior(connection: sqlite3.Connection, identity: str) -> Prior | None:
    """What was learned about an endpoint, unless that is too long ago."""
    row = connection.execute(
        "SELECT learned_at, prior FROM priors WHERE endpoint = ?", (identity,)
    ).fetchone()
    if row is None or time.time() - row[0] > MAX_AGE:
        return None
    try:
        return msgspec.json.decode(row[1], type=Prior)
    except msgspec.MsgspecError:
        return None  # of an older version: learned anew


def save_prior(connection: sqlite3.Connection, identity: str, prior: Prior) -> None:
    connection.execute(
        "INSERT OR REPLACE INTO priors (endpoint, learned_at, prior) VALUES (?, ?, ?)",
        (identity, time.time(), msgspec.json.encode(prior).decode()),
    )


def _digest(model: ModelSettings, key: str | None) -> str:
    """Tells accounts apart: by the key and by secrets in headers."""
    secrets = [key or ""]
    for name, value in sorted(model.headers.items()):
        if value.startswith(REFERENCE):
            secrets.append(f"{name.lower()}:{find_key(value.removeprefix(REFERENCE))}")
    if not any(secrets):
        return "-"
    return hashlib.sha256("\n".join(secrets).encode()).hexdigest()[:12]
