"""Model factory: opens the model of a run, a judge or an endpoint from its settings."""

from pathlib import Path
from typing import Any, Protocol

from evalstudio.authoring.python_evaluation import PythonEvaluation
from evalstudio.authoring.user_code import is_async, load_function
from evalstudio.core.errors import ModelError
from evalstudio.core.workers import Threads
from evalstudio.engine.models.call import Model
from evalstudio.engine.models.function import FunctionModel
from evalstudio.engine.models.python_evaluation import BatchModel, EvaluationModel
from evalstudio.engine.models.recorded import RecordedModel
from evalstudio.engine.planning.plan import Plan
from evalstudio.engine.workers.protocol import Workers
from evalstudio.engine.workers.thread_workers import ThreadWorkers
from evalstudio.evaluations.spec import TimeOuts
from evalstudio.evaluators.judging.judge import Judge
from evalstudio.models.keys import find_key, remember_environment, with_secrets
from evalstudio.models.settings import ModelSettings

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


class EndpointModel(Model, Protocol):
    """A model behind an HTTP endpoint."""

    async def list_models(self) -> list[str]:
        """Returns the names of the models that the endpoint offers. Raises ModelError that says what is wrong."""


def open_model(
    plan: Plan, settings: ModelSettings, workers: Workers | None, parameters: tuple[str, ...] = ()
) -> Model:
    """Opens the model of a run.

    Args:
        plan: The run.
        settings: The plan's model, with the address of a server that the app has started.
        workers: The workers of a synchronous function.
        parameters: The parameters of a function that the workers have loaded.
    """
    if plan.evaluation is not None:
        return _open_evaluation(plan, plan.evaluation, workers)
    if plan.is_python:
        remember_environment()  # to redact the keys that user code reads there and puts into its errors
        timeout = plan.spec.timeouts.attempt
        return FunctionModel(plan.function, attempt_timeout=timeout, workers=workers, parameters=parameters)
    if plan.is_recorded:
        return RecordedModel(settings.name)
    return open_endpoint(
        settings, plan.spec.parameters, plan.spec.timeouts, stream=plan.spec.stream, api=plan.spec.api
    )


def _open_evaluation(plan: Plan, evaluation: PythonEvaluation, workers: Workers | None) -> Model:
    remember_environment()
    longest, marked = plan.spec.timeouts.attempt, evaluation.marked
    elsewhere = plan.pool is not None and not isinstance(plan.pool, Threads)
    function, arguments = evaluation.function, {} if elsewhere else evaluation.arguments  # workers have them
    if marked.batch_size is None:
        return EvaluationModel(
            function, arguments, attempt_timeout=longest, workers=workers, retries=marked.retries
        )
    return BatchModel(
        function, marked.columns, arguments,
        size=marked.batch_size, attempt_timeout=longest, workers=workers, retries=marked.retries,
    )  # fmt: skip


def open_judge(settings: ModelSettings, judge: Judge, timeouts: TimeOuts) -> Model:
    """Opens the model of a judge; its reply format is sent as a schema where the provider is known to accept one."""
    if settings.provider == "python":
        remember_environment()
        function = load_function(Path(settings.path), settings.name)
        workers = None if is_async(function) else ThreadWorkers(8, "judge")
        return FunctionModel(function, attempt_timeout=timeouts.attempt, workers=workers)
    parameters = dict(judge.parameters)
    if settings.provider in SCHEMAS:
        parameters.setdefault("response_format", judge.response_format)
    return open_endpoint(settings, parameters, timeouts, stream=False)


def open_endpoint(
    settings: ModelSettings,
    parameters: dict[str, Any],
    timeouts: TimeOuts,
    *,
    stream: bool,
    api: str = "chat",
) -> EndpointModel:
    """Opens the client of an endpoint, in the format of its provider. Raises ModelError that says what is wrong."""
    key = find_key(settings.key)
    parameters = with_secrets(parameters)
    # late: the HTTP client takes longer to import than the rest of the engine
    if api == "completions":
        if settings.provider == "anthropic":
            raise ModelError(
                f"{settings.label} answers messages only: it has no plain completions, and tells no log-probabilities."
            )
        from evalstudio.engine.models.completions import CompletionsModel

        return CompletionsModel(settings, key, parameters, timeouts)
    if settings.provider == "anthropic":
        from evalstudio.engine.models.anthropic import AnthropicModel

        return AnthropicModel(settings, key, parameters, timeouts, stream=stream)
    from evalstudio.engine.models.openai import OpenAIModel

    return OpenAIModel(settings, key, parameters, timeouts, stream=stream)
