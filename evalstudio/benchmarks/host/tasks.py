"""Open tasks: loads tasks by name, and writes the requests of each as a dataset for the engine.

The steps and seeds are those of lm-eval's own `simple_evaluate`, so that each prompt is the one that it would send.
"""

import json
import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from evalstudio.benchmarks.host.index import entries_from, index_file
from evalstudio.benchmarks.host.results import Results
from evalstudio.benchmarks.host.sentences import Problem
from evalstudio.benchmarks.host.writing import expected_text, row_of, storable

SEEDS = {"random": 0, "numpy": 1234, "fewshot": 1234, "request": 1234}  # lm-eval's defaults
MOST_NEW_TOKENS = 256  # the default of lm-eval's clients of an API
MOST_STOPS = 4  # that its client of chat completions sends


class OpenTasks:
    """The tasks of one benchmark, with their requests built.

    Args:
        name: A task, a group or a tag.
        cache: The folder of the index.
        folder: Where the datasets are written.
        api: chat or completions; tasks that compare log-probabilities always take completions.
        include: Folders with a person's own tasks.
        fewshot: The number of examples, in place of the task's own.
        only: Of a group, the one task to open.
    """

    def __init__(
        self,
        name: str,
        cache: str,
        folder: str,
        api: str = "chat",
        include: Sequence[str] = (),
        fewshot: int | None = None,
        only: str | None = None,
    ) -> None:
        index = index_file(cache)
        self._version = index["version"]
        self._folder = Path(folder)
        self._api = api
        _keep_templates()
        loaded = _load(name, index["path"], include)
        tasks = loaded["tasks"]
        if only is not None:
            if only not in tasks:
                raise Problem(f"'{name}' has no task '{only}'; it has {', '.join(list(tasks)[:20])}.")
            tasks = {only: tasks[only]}
        self._groups = loaded.get("groups", {})
        self._usual = {name: task.get_config("num_fewshot") for name, task in tasks.items()}
        self.tasks: dict[str, Any] = tasks
        _seed(tasks, fewshot)
        for task_name, task in tasks.items():
            _check(task_name, task)
            self._build(task, chat=self._chat(task))
        self._results = Results(self.tasks, self._groups)

    def describe(self) -> dict[str, Any]:
        """Writes the datasets; returns what the engine has to know of each task, and the names of the groups."""
        return {
            "version": self._version,
            "groups": list(self._groups),
            "tasks": [self._describe(name, task) for name, task in self.tasks.items()],
        }

    def score(self, **request: Any) -> Any:
        """Scores one document; see `Results.score`."""
        return self._results.score(**request)

    def finish(self, **request: Any) -> Any:
        """Computes the published metrics of a task; see `Results.finish`."""
        return self._results.finish(**request)

    def groups(self) -> Any:
        """Computes the metrics of the groups; see `Results.of_groups`."""
        return self._results.of_groups()

    def _chat(self, task: Any) -> bool:
        return self._api == "chat" and task.OUTPUT_TYPE == "generate_until"

    def _build(self, task: Any, *, chat: bool) -> None:
        from lm_eval.models.api_models import JsonChatStr

        def as_chat(history: Any, add_generation_prompt: bool = True) -> Any:
            return JsonChatStr(json.dumps(history, ensure_ascii=False))

        task.build_all_requests(
            apply_chat_template=chat, fewshot_as_multiturn=chat, chat_template=as_chat if chat else None
        )

    def _describe(self, name: str, task: Any) -> dict[str, Any]:
        chat = self._chat(task)
        by_document: dict[int, list[Any]] = defaultdict(list)
        for instance in task.instances:
            by_document[instance.doc_id].append(instance)
        path = self._folder / f"{_file_name(name)}.jsonl"
        part = path.with_suffix(".part")
        with part.open("w", encoding="utf-8") as file:
            for number, instances in by_document.items():
                row = row_of(number, instances, expected_text(task, instances[0].doc), chat=chat)
                file.write(json.dumps(storable(row), ensure_ascii=False) + "\n")
        part.replace(path)
        fewshot = task.get_config("num_fewshot") or 0
        usual = self._usual[name] or 0
        return {
            "name": name,
            "path": str(path),
            "output": task.OUTPUT_TYPE,
            "api": "chat" if chat else "completions",
            "documents": len(by_document),
            "repeats": task.get_config("repeats") or 1,
            "parameters": parameters_of(task.instances, chat=chat),
            "evaluators": self._results.evaluators(name),
            "fewshot": fewshot,
            "usual_fewshot": usual,
            "unsafe": bool(getattr(task, "UNSAFE_CODE", False)),
            "task_version": str(task.VERSION),
            "dataset": task.DATASET_PATH,
        }


def parameters_of(instances: Sequence[Any], *, chat: bool) -> dict[str, Any]:
    """Returns the parameters of the requests, as lm-eval's clients of an API send them.

    Raises:
        Problem: They differ from document to document.
    """
    if instances[0].request_type != "generate_until":
        return {"temperature": 0, "max_tokens": 1, "logprobs": 1, "seed": SEEDS["request"], "echo": True}
    given = instances[0].args[1]
    if any(one.args[1] != given for one in instances):
        raise Problem("The task sets other parameters for each document, which can't be run yet.")
    options = dict(given)
    options.pop("do_sample", None)
    most = options.pop("max_gen_toks", MOST_NEW_TOKENS)
    until = options.pop("until", None) or []
    stops = [until] if isinstance(until, str) else list(until)
    parameters = {
        "max_tokens": options.pop("max_tokens", most),
        "temperature": options.pop("temperature", 0),
        "seed": SEEDS["request"],
        **options,
    }
    if stops:
        parameters["stop"] = stops[:MOST_STOPS] if chat else stops
    return parameters


def _keep_templates() -> None:
    """Has lm-eval keep the templates that it compiles: it makes each anew for every document, most of its time."""
    from lm_eval import utils

    if not hasattr(utils.env.from_string, "cache_info"):
        utils.env.from_string = lru_cache(maxsize=1024)(utils.env.from_string)


def _load(name: str, index: str, include: Sequence[str]) -> Mapping[str, Any]:
    from lm_eval.tasks import TaskManager

    for folder in include:
        if not Path(folder).is_dir():
            raise Problem(f"There is no folder {folder} with tasks.")
    manager = TaskManager(include_path=list(include) or None, include_defaults=False)
    own = dict(manager._index)
    manager._index = {**entries_from(index), **own}
    if name not in manager._index:
        broken = _broken(name, include)
        if broken:
            raise Problem(broken)
        raise Problem(
            f"There is no task, group or tag '{name}'; search with: evalstudio benchmarks {name[:12]}"
        )
    loaded: Mapping[str, Any] = manager.load([name])
    return loaded


def _broken(name: str, include: Sequence[str]) -> str | None:
    """The sentence about an own task file that lm-eval leaves out silently because it can't be read."""
    from lm_eval.tasks._yaml_loader import load_yaml

    for folder in include:
        for path in sorted(Path(folder).rglob("*.yaml")):
            try:
                load_yaml(path, resolve_func=False, recursive=True)
            except Exception as error:  # noqa: BLE001 - whatever a YAML file holds
                lines = " ".join(str(error).split())
                return f"The task file {path} can't be read, and no other one is '{name}': {lines[:300]}"
    return None


def _seed(tasks: Mapping[str, Any], fewshot: int | None) -> None:
    import numpy as np

    random.seed(SEEDS["random"])
    np.random.seed(SEEDS["numpy"])
    for task in tasks.values():
        if fewshot is not None and task.get_config("num_fewshot") != 0:
            task.set_config(key="num_fewshot", value=fewshot)
        elif task.get_config("num_fewshot") is None:
            task.set_config(key="num_fewshot", value=0)
        task.set_fewshot_seed(seed=SEEDS["fewshot"])


def _check(name: str, task: Any) -> None:
    if getattr(task, "MULTIMODAL", False):
        raise Problem(f"The task '{name}' sends images or sound, which can't be sent yet.")


def _file_name(name: str) -> str:
    return "".join(one if one.isalnum() or one in "-_." else "_" for one in name)
