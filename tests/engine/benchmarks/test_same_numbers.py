"""lm-eval's own runner is the referee: the same prompts byte for byte, and the same metrics, on 32 of its tasks."""

import asyncio
import json
import math
import os
import subprocess
import sys
import time
from collections import Counter
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import httpx
import pytest

from evalstudio.engine.benchmarks.host_process import PYTHON_VARIABLE
from evalstudio.engine.benchmarks.published import PUBLISHED
from evalstudio.engine.engine import Engine
from evalstudio.evaluations.request import Options
from evalstudio.protocol import Snapshot
from evalstudio.workspace.folder import Workspace
from tests.engine.benchmarks.made_tasks import COMPARED, WRITTEN, Made, write_tasks

ROOT = Path(__file__).parents[3]
CONCURRENT = 16
pytestmark = [pytest.mark.proof, pytest.mark.timeout(1200)]


def lm_eval_python() -> str:
    """The Python with lm-eval; skips the test where there is none."""
    python = os.environ.get(PYTHON_VARIABLE) or (sys.executable if find_spec("lm_eval") else "")
    if not python:
        pytest.skip(f"lm-eval is not installed here, and {PYTHON_VARIABLE} names no Python that has it")
    return python


def published_tasks(python: str) -> Path:
    code = "import importlib.util as u; print(u.find_spec('lm_eval').submodule_search_locations[0])"
    found = subprocess.run([python, "-c", code], capture_output=True, text=True, check=True)
    return Path(found.stdout.strip()) / "tasks"


@pytest.fixture(params=[0.0])
def server(request: pytest.FixtureRequest) -> Any:
    command = [sys.executable, "-m", "tests.engine.benchmarks.scripted_server", "--delay", str(request.param)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT, text=True
    ) as process:
        assert process.stdout is not None
        yield json.loads(process.stdout.readline())["url"]
        assert process.stdin is not None
        process.stdin.close()


def referee(python: str, **request: Any) -> dict[str, Any]:
    """Runs lm-eval itself."""
    done = subprocess.run(
        [python, str(Path(__file__).with_name("referee.py"))], input=json.dumps(request), capture_output=True,
        text=True, check=False, env={**os.environ, "HF_HUB_OFFLINE": "1", "OPENAI_API_KEY": "none"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    found: dict[str, Any] = json.loads(done.stdout)
    return found


async def ours(workspace: Path, url: str, group: str, options: Options) -> tuple[list[Snapshot], float]:
    """Runs a group here; returns the runs' ends and the seconds from the first call to the last."""
    workspace.mkdir()
    (workspace / "models.toml").write_text(
        f'[models.m]\nprovider = "vllm"\nname = "m"\nbase_url = "{url}/v1"\n'
    )
    engine = Engine(Workspace(workspace))
    await engine.start()
    try:
        runs = await engine.start_all(f"lm-eval:{group}", options)
        started = time.perf_counter()
        await asyncio.gather(*(run.finished.wait() for run in runs))
        seconds = time.perf_counter() - started
        return [await engine.finished(run) for run in runs], seconds
    finally:
        await engine.aclose()


def prompts(url: str) -> Counter[str]:
    return Counter(json.dumps(one, sort_keys=True) for one in httpx.get(f"{url}/log").json())


def as_results(finals: list[Snapshot]) -> dict[str, dict[str, float]]:
    """Published metrics by the evaluation's and the evaluator's name."""
    found: dict[str, dict[str, float]] = {}
    for final in finals:
        for score in final.scores:
            if score.metric == PUBLISHED and score.value is not None:
                found.setdefault(final.evaluation, {})[score.evaluator] = score.value
    return found


@pytest.mark.parametrize(
    ("api", "tasks"),
    [("chat", WRITTEN), ("completions", WRITTEN), ("completions", COMPARED)],
    ids=["chat", "completions", "log-probabilities"],
)
async def test_that_prompts_and_metrics_are_those_of_lm_eval_itself(
    api: str, tasks: dict[str, Made], server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    python = lm_eval_python()
    monkeypatch.setenv(PYTHON_VARIABLE, python)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    folder = tmp_path / "tasks"
    names = write_tasks(folder, published_tasks(python), tasks, "made_group")

    judged = await asyncio.to_thread(
        referee,
        python,
        base_url=server,
        api=api,
        tasks=["made_group"],
        include=str(folder),
        concurrent=CONCURRENT,
    )
    sent_by_referee = prompts(server)
    options = Options(experiment="proof", model="m", include=(str(folder),), api=api)  # type: ignore[arg-type]
    finals, seconds = await ours(tmp_path / "workspace", server, "made_group", options)
    sent = prompts(server)

    assert sent == sent_by_referee
    published = as_results(finals)
    compared = 0
    for name in names:
        own = published[f"made_group [{name}]"]
        for key, value in judged["results"][name].items():
            metric, _, pipeline = key.partition(",")
            if "_stderr" in metric:
                continue
            here = own[metric if f"{metric} {pipeline}" not in own else f"{metric} {pipeline}"]
            assert math.isclose(here, value, rel_tol=1e-12, abs_tol=1e-12), (name, key, here, value)
            compared += 1
    of_group = {
        key.removesuffix(",none").replace(",", " "): value
        for key, value in judged["results"]["made_group"].items()
        if "_stderr" not in key
    }
    ours_of_group = {
        score.evaluator.removeprefix("made_group "): score.value
        for final in finals
        for score in final.scores
        if score.evaluator.startswith("made_group ")
    }
    assert of_group
    assert ours_of_group == pytest.approx(of_group, rel=1e-12)
    with capsys.disabled():
        print(
            f"\n{api}: {len(names)} tasks, {sum(sent.values())} prompts the same, {compared} metrics the same; "
            f"lm-eval {judged['seconds']:.1f} s, EvalStudio {seconds:.1f} s"
        )
