"""From a model's settings to something that answers."""

from pathlib import Path

from evalstudio.engine.executors.threads import ThreadWorkers
from evalstudio.engine.models.call import Model
from evalstudio.engine.models.function import FunctionModel, load_function
from evalstudio.engine.models.openai import OpenAIModel
from evalstudio.engine.plan import Plan, is_async
from evalstudio.evaluation import ModelSettings, TimeOuts
from evalstudio.evaluators.judge import Judge
from evalstudio.keys import find_key

SCHEMAS = (
    "openai",
    "demo",
    "local",
    "vllm",
    "llamacpp",
    "ollama",
    "gemini",
    "mistral",
    "groq",
    "openrouter",
    "together",
)


def open_judge(settings: ModelSettings, judge: Judge, timeouts: TimeOuts) -> Model:
    """The model of a judge; its reply's form goes along as a schema where the provider is known to take one."""
    if settings.provider == "python":
        function = load_function(Path(settings.path), settings.name)
        workers = None if is_async(function) else ThreadWorkers(8, "judge")
        return FunctionModel(function, attempt_timeout=timeouts.attempt, workers=workers)
    parameters = dict(judge.parameters)
    if settings.provider in SCHEMAS:
        parameters.setdefault("response_format", judge.response_format)
    return OpenAIModel(settings, find_key(settings.key), parameters, timeouts, stream=False)


def open_model(plan: Plan, settings: ModelSettings, workers: ThreadWorkers | None) -> Model:
    """The model of a run. `settings` are the plan's, with the address of a server that the app has started."""
    if plan.function is not None:
        return FunctionModel(plan.function, attempt_timeout=plan.spec.timeouts.attempt, workers=workers)
    key = find_key(settings.key)
    return OpenAIModel(settings, key, plan.spec.parameters, plan.spec.timeouts, stream=plan.spec.stream)
