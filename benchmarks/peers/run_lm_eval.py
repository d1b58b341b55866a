"""lm-eval: a task from a JSON file on a chat endpoint."""

import json
import sys
import time
from pathlib import Path

import lm_eval
from lm_eval.tasks import TaskManager

TASK = """
task: bench
dataset_path: json
dataset_kwargs: {{ data_files: {{ test: {data} }} }}
test_split: test
output_type: generate_until
description: "{system}"
doc_to_text: "{{{{text}}}}"
doc_to_target: "{{{{label}}}}"
generation_kwargs: {{ max_gen_toks: 16, until: ["\\n"] }}
metric_list:
  - {{ metric: exact_match, aggregation: mean, higher_is_better: true }}
"""
folder = Path(sys.argv[1])
work = json.loads((folder / "work.json").read_text())
(folder / "bench.yaml").write_text(TASK.format(data=folder / "d.jsonl", system=work["system"]))
started = time.perf_counter()
found = lm_eval.simple_evaluate(
    model="local-chat-completions",
    model_args={
        "base_url": f"{work['url']}/chat/completions",
        "model": "raw",
        "num_concurrent": work["in_flight"],
        "tokenized_requests": False,
        "tokenizer_backend": None,
    },
    tasks=["bench"],
    task_manager=TaskManager(include_path=str(folder), include_defaults=False),
    apply_chat_template=True,
    bootstrap_iters=0,
)
seconds = time.perf_counter() - started
assert found is not None
print(seconds)
