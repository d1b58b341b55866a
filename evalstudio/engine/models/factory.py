"""From a model's settings to something that answers."""

from evalstudio.engine.executors.threads import ThreadWorkers
from evalstudio.engine.models.call import Model
from evalstudio.engine.models.function import FunctionModel
from evalstudio.engine.models.openai import OpenAIModel
from evalstudio.engine.plan import Plan
from evalstudio.evaluation import ModelSettings
from evalstudio.keys import find_key


def open_model(plan: Plan, settings: ModelSettings, workers: ThreadWorkers | None) -> Model:
    """The model of a run. `settings` are the plan's, with the address of a server that the app has started."""
    if plan.function is not None:
        return FunctionModel(plan.function, attempt_timeout=plan.spec.timeouts.attempt, workers=workers)
    key = find_key(settings.key)
    return OpenAIModel(settings, key, plan.spec.parameters, plan.spec.timeouts, stream=plan.spec.stream)
