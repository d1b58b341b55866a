"""One set of limits for each endpoint, key and model, shared by all runs on it; what it learned outlives the engine."""

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
    """The controllers and caps of this engine, by endpoint."""

    def __init__(self, rates: Mapping[str, Rates]) -> None:
        self._rates = rates  # of the settings
        self._controllers: dict[str, EndpointController] = {}
        self._models: dict[str, ModelSettings] = {}
        self._steered: set[str] = set()  # whose rates a person has set while it ran
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

    def steer(self, controller: EndpointController, now: float, rates: Rates) -> None:
        """A person sets the rates of one endpoint now; settings no longer change them."""
        controller.set_rates(now, rates.requests_per_minute, rates.tokens_per_minute)
        self._steered |= {name for name, one in self._controllers.items() if one is controller}

    def apply_rates(self, rates: Mapping[str, Rates], now: float) -> None:
        """Rates of the settings hold from now on, where no model and no person set others."""
        before, self._rates = self._rates, rates
        for identity, controller in self._controllers.items():
            model = self._models[identity]
            old, new = rates_in_force(model, before), rates_in_force(model, rates)
            if old != new and identity not in self._steered:
                controller.set_rates(now, new.requests_per_minute, new.tokens_per_minute)

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


def _digest(model: ModelSettings, key: str | None) -> str:
    """Tells accounts apart: by the key and by secrets in headers."""
    secrets = [key or ""]
    for name, value in sorted(model.headers.items()):
        if value.startswith(REFERENCE):
            secrets.append(f"{name.lower()}:{find_key(value.removeprefix(REFERENCE))}")
    if not any(secrets):
        return "-"
    return hashlib.sha256("\n".join(secrets).encode()).hexdigest()[:12]
