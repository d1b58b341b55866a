"""Opening a benchmark: from its name to evaluations that the engine runs like any other."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import msgspec

from evalstudio.benchmarks.cache import cache_folder
from evalstudio.benchmarks.reference import BenchmarkName
from evalstudio.core.errors import EvaluationError
from evalstudio.engine.benchmarks.host_process import BenchmarkHost
from evalstudio.evaluations.loading import Evaluation
from evalstudio.evaluations.request import Options
from evalstudio.evaluations.spec import EvaluationSpec
from evalstudio.evaluators.build import BENCHMARK
from evalstudio.templating.templates import CONVERSATION, Message
from evalstudio.workspace.folder import Workspace

READ = "readable"
"""Marks the score of an answer in which the task's filter could find something; else it is unscored."""


class _Metric(msgspec.Struct, frozen=True):
    metric: str
    filter: str
    direction: Literal["higher", "lower"]
    may_find_nothing: bool


class TaskInfo(msgspec.Struct, frozen=True):
    """What the engine knows of an open task."""

    name: str
    path: str
    output: str
    api: Literal["chat", "completions"]
    documents: int
    repeats: int
    parameters: dict[str, Any]
    evaluators: tuple[_Metric, ...]
    fewshot: int
    usual_fewshot: int
    unsafe: bool
    task_version: str
    dataset: str | None = None

    @property
    def asks_logprobs(self) -> bool:
        """Whether log-probabilities are compared, and nothing is written."""
        return self.output != "generate_until"


class _Opened(msgspec.Struct, frozen=True):
    version: str
    groups: tuple[str, ...]
    tasks: tuple[TaskInfo, ...]


@dataclass(frozen=True, slots=True)
class BenchmarkTask:
    """An open task: the process that scores it, and its group's name where it is part of one."""

    host: BenchmarkHost
    info: TaskInfo
    in_group: bool = False


@dataclass(frozen=True, slots=True)
class OpenBenchmark:
    """The tasks of a benchmark as evaluations, each with the reference that loads it again."""

    host: BenchmarkHost
    tasks: tuple[tuple[str, Evaluation, BenchmarkTask], ...]


async def open_benchmark(
    evaluation: Evaluation, reference: str, options: Options, workspace: Workspace
) -> OpenBenchmark:
    """Opens the benchmark that an evaluation names.

    Raises:
        EvalStudioError: It can't be opened, or can't be run this way; the message says what to do.
    """
    spec = evaluation.spec
    name = BenchmarkName.parse(spec.benchmark)
    fewshot = options.fewshot if options.fewshot is not None else spec.fewshot
    include = _folders(evaluation.base, (*options.include, *spec.include))
    api = options.api or spec.api
    folder = workspace.folder / "benchmarks" / _folder_name(name, fewshot, api)
    folder.mkdir(parents=True, exist_ok=True)
    host = BenchmarkHost()
    try:
        described = await host.open(
            name=name.name, cache=str(cache_folder()), folder=str(folder), api=api, include=include,
            fewshot=fewshot, only=name.task,
        )  # fmt: skip
        opened = msgspec.convert(described, _Opened)
        for info in opened.tasks:
            _check(info)
        several = len(opened.tasks) > 1
        found = []
        for info in opened.tasks:
            own = spec if not several else msgspec.structs.replace(spec, name=f"{spec.name} [{info.name}]")
            filled = _filled(own, info, opened.version)
            task = BenchmarkTask(host, info, in_group=bool(opened.groups))
            where = f"{reference}#{info.name}" if several else reference
            found.append((where, Evaluation(filled, evaluation.base, evaluation.timeouts_set), task))
    except BaseException:
        await host.aclose()
        raise
    return OpenBenchmark(host, tuple(found))


def protocol_of(info: TaskInfo, version: str) -> str:
    """Returns the protocol in a sentence, with what differs from the task's own."""
    shots = f"{info.fewshot}-shot"
    if info.fewshot != info.usual_fewshot:
        shots += f" in place of {info.usual_fewshot}-shot"
    how = (
        "log-probabilities of given texts"
        if info.asks_logprobs
        else f"{'chat' if info.api == 'chat' else 'plain'} completions"
    )
    return f"{info.name} (version {info.task_version}) of lm-eval {version}, {shots}, {how}."


def _filled(spec: EvaluationSpec, info: TaskInfo, version: str) -> EvaluationSpec:
    parameters = info.parameters if info.asks_logprobs else {**info.parameters, **spec.parameters}
    differs = (
        "" if parameters == info.parameters else f" Parameters of your own: {', '.join(spec.parameters)}."
    )
    return msgspec.structs.replace(
        spec,
        dataset=msgspec.structs.replace(spec.dataset, path=info.path, format="jsonl"),
        messages=(Message(CONVERSATION, "{{ messages }}"),),
        parameters=parameters,
        evaluators=(*evaluator_tables(info), *spec.evaluators),
        repeats=spec.repeats if spec.repeats > 1 else info.repeats,
        api=info.api,
        description=spec.description or protocol_of(info, version) + differs,
    )


def evaluator_tables(info: TaskInfo) -> list[dict[str, Any]]:
    """Returns the evaluators of a task: for each metric and filter the score as published and, where the filter may
    find nothing, the score of the answers in which it found something."""
    alone = len({one.filter for one in info.evaluators}) == 1
    tables: list[dict[str, Any]] = []
    for one in info.evaluators:
        name = one.metric if alone else f"{one.metric} {one.filter}"
        table = {"type": BENCHMARK, "metric": one.metric, "filter": one.filter, "direction": one.direction}
        tables.append({**table, "name": name})
        if one.may_find_nothing:
            tables.append({**table, "name": f"{name}, {READ}", READ: True})
    return tables


def _folders(base: Path, folders: Sequence[str]) -> list[str]:
    return [str(base / Path(one).expanduser()) for one in folders]


def _check(info: TaskInfo) -> None:
    if info.unsafe:
        raise EvaluationError(
            f"The task '{info.name}' runs code that the model has written, which needs a sandbox; it can't be run yet."
        )


def _folder_name(name: BenchmarkName, fewshot: int | None, api: str) -> str:
    parts = [
        name.name,
        name.task or "",
        "" if fewshot is None else f"{fewshot}-shot",
        "" if api == "chat" else api,
    ]
    text = " ".join(part for part in parts if part)
    return "".join(one if one.isalnum() or one in "-_. " else "_" for one in text).replace(" ", "_")
