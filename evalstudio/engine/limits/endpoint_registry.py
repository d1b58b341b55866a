"""Endpoint registry: one set of limits for each endpoint, key and model, shared by all runs that call it.

What an endpoint's limits have learned is stored as a prior, so it outlives the engine.
"""

import hashlib
from collections.abc import Mapping

from evalstudio.engine.limits.admission import Cap
from evalstudio.engine.limits.endpoint import EndpointController
from evalstudio.engine.limits.priors import Kind
from evalstudio.models.keys import REFERENCE, find_key
from evalstudio.models.providers import is_private_address
from evalstudio.models.settings import ModelSettings
from evalstudio.settings.values import Rates, rates_in_force
from evalstudio.store.endpoint_memory import Prior


class Endpoints:
    """The controllers and caps of this engine, by endpoint.

    Args:
        rates: Requests and tokens per minute from the settings, by provider, provider/name or base URL.
    """

    def __init__(self, rates: Mapping[str, Rates]) -> None:
        self._rates = rates  # from the settings
        self._controllers: dict[str, EndpointController] = {}
        self._models: dict[str, ModelSettings] = {}
        self._set_by_user: set[str] = set()  # endpoints whose rates a person has set while a run was active
        self._caps: dict[str, Cap] = {}
        self._stored: set[str] = set()  # endpoints about which something is stored

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
        """Returns the limits of a model's endpoint, and creates them for its first run.

        Args:
            model: The model to call.
            identity: `identify(model, key)`.
            key: The API key; it tells accounts apart.
            prior: What earlier runs learned about the endpoint.
            now: Monotonic time, in seconds.
            maximum: The largest number of calls in flight.
            start: The first window that the user asks for; None: from the prior or the kind of endpoint.

        Returns:
            The endpoint's controller, and the cap on calls in flight that all models behind the same address and
            key share.
        """
        controller = self._controllers.get(identity)
        if prior is None and identity in self._stored and controller is not None and not controller.in_flight:
            controller = None  # a person had it forgotten, or it is too old
        self._stored -= {identity} if prior is None else set()
        if controller is None:
            rates = rates_in_force(model, self._rates)
            self._models[identity] = model
            controller = EndpointController(
                now=now,
                kind=kind_of(model),
                start=start,
                maximum=maximum,
                prior=prior,
                requests_per_minute=rates.requests_per_minute,
                tokens_per_minute=rates.tokens_per_minute,
            )
            self._controllers[identity] = controller
        place = f"{model.base_url or model.path}#{_digest(model, key)}"
        cap = self._caps.setdefault(place, Cap())
        if model.max_concurrency is not None:
            cap.limit = model.max_concurrency
        return controller, cap

    def stored(self, identity: str) -> None:
        """Notes that what was learned about an endpoint has been stored."""
        self._stored.add(identity)

    def steer(self, controller: EndpointController, now: float, rates: Rates) -> None:
        """Sets the rates of one endpoint as a person asks; from now on settings no longer change them."""
        controller.set_rates(now, rates.requests_per_minute, rates.tokens_per_minute)
        self._set_by_user |= {name for name, one in self._controllers.items() if one is controller}

    def apply_rates(self, rates: Mapping[str, Rates], now: float) -> None:
        """Applies new rates from the settings, except where a model or a person has set its own."""
        before, self._rates = self._rates, rates
        for identity, controller in self._controllers.items():
            model = self._models[identity]
            old, new = rates_in_force(model, before), rates_in_force(model, rates)
            if old != new and identity not in self._set_by_user:
                controller.set_rates(now, new.requests_per_minute, new.tokens_per_minute)

    def controllers(self) -> list[EndpointController]:
        return list(self._controllers.values())


def identify(model: ModelSettings, key: str | None) -> str:
    """Returns the name under which an endpoint's limits are stored.

    It holds a digest instead of the key, and no address for servers that the app starts: their port changes.

    Raises:
        ModelError: A secret that a header refers to can't be found.
    """
    if model.provider == "python":
        return f"{model.path}::{model.name}"
    place = (
        model.provider if model.provider in ("demo", "local") else f"{model.base_url}#{_digest(model, key)}"
    )
    return f"{place}/{model.name}"


def kind_of(model: ModelSettings) -> Kind:
    """Returns whether a model is a function, a server on this machine or network, or a hosted API."""
    if model.provider == "python":
        return "function"
    return "local" if is_private_address(model.base_url) else "hosted"


def _digest(model: ModelSettings, key: str | None) -> str:
    """A digest that tells accounts apart: of the key and of secrets in headers."""
    secrets = [key or ""]
    for name, value in sorted(model.headers.items()):
        if value.startswith(REFERENCE):
            secrets.append(f"{name.lower()}:{find_key(value.removeprefix(REFERENCE))}")
    if not any(secrets):
        return "-"
    return hashlib.sha256("\n".join(secrets).encode()).hexdigest()[:12]
