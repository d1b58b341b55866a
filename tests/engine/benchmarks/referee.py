"""The referee: lm-eval's own runner against an address; run with a Python that has lm-eval. Prints JSON.

The request comes as JSON on stdin: base_url, api, tasks, include, concurrent, and metrics that have no seed of their own.
"""

import json
import os
import sys
import time

request = json.load(sys.stdin)
replies = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)

import lm_eval  # noqa: E402
from lm_eval.tasks import TaskManager  # noqa: E402

is_chat = request["api"] == "chat"
path = "/v1/chat/completions" if is_chat else "/v1/completions"
arguments = {
    "base_url": request["base_url"] + path,
    "model": "m",
    "num_concurrent": request["concurrent"],
    "max_length": 1 << 20,
    "max_retries": 1,
    "tokenized_requests": False,
    "tokenizer_backend": None if is_chat else "remote",
}
manager = TaskManager(include_path=request["include"], include_defaults=False)
started = time.perf_counter()
results = lm_eval.simple_evaluate(
    model="local-chat-completions" if is_chat else "local-completions",
    model_args=arguments,
    tasks=request["tasks"],
    task_manager=manager,
    apply_chat_template=is_chat,
    fewshot_as_multiturn=is_chat,
    bootstrap_iters=1_000,
    limit=request.get("limit"),
)
seconds = time.perf_counter() - started
assert results is not None
found = {
    name: {key: value for key, value in metrics.items() if "," in key and isinstance(value, int | float)}
    for name, metrics in results["results"].items()
}
json.dump({"results": found, "seconds": seconds}, replies, default=float)
replies.close()
