"""From a model's settings to something that answers."""

from typing import Any, Protocol

from evalstudio.engine.executors.threads import ThreadWorkers
from evalstudio.engine.models.call import Model
from evalstudio.engine.models.function import FunctionModel
from evalstudio.engine.plan import Plan
from evalstudio.evaluation import ModelSettings, TimeOuts
from evalstudio.keys import find_key, remember_environment


class EndpointModel(Model, Protocol):
    """A model behind an HTTP endpoint."""

    async def list_models(self) -> list[str]:
        """The names of the models that the endpoint offers. Raises ModelError with what is wrong."""


def open_model(plan: Plan, settings: ModelSettings, workers: ThreadWorkers | None) -> Model:
    """The model of a run. `settings` are the plan's, with the address of a server that the app has started."""
    if plan.function is not None:
        remember_environment()  # a person's code finds its own keys there, and its errors may hold them
        return FunctionModel(plan.function, attempt_timeout=plan.spec.timeouts.attempt, workers=workers)
    return open_endpoint(settings, plan.spec.parameters, plan.spec.timeouts, stream=plan.spec.stream)


def open_endpoint(
    settings: ModelSettings, parameters: dict[str, Any], timeouts: TimeOuts, *, stream: bool
) -> EndpointModel:
    """The client of an endpoint, in the format of its provider. Raises ModelError with what is wrong."""
    key = find_key(settings.key)
    # late: the HTTP client takes longer to import than all the rest of the engine
    if settings.provider == "anthropic":
        from evalstudio.engine.models.anthropic import AnthropicModel

        return AnthropicModel(settings, key, parameters, timeouts, stream=stream)
    from evalstudio.engine.models.openai import OpenAIModel

    return OpenAIModel(settings, key, parameters, timeouts, stream=stream)
