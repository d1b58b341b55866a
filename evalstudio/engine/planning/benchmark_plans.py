"""Plans of a benchmark: one for each task of a group, on one host process."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

import msgspec

from evalstudio.engine.benchmarks.opening import open_benchmark
from evalstudio.engine.planning.plan import Plan
from evalstudio.evaluations.loading import Evaluation
from evalstudio.evaluations.request import Options, automatic_name
from evalstudio.workspace.folder import Workspace


async def plan_benchmark(
    evaluation: Evaluation,
    reference: str,
    options: Options,
    workspace: Workspace,
    make: Callable[[Evaluation, str, Options], Plan],
) -> list[Plan]:
    """Opens a benchmark and plans its tasks, as one experiment where there are several.

    Args:
        make: Plans one task; blocking.

    Raises:
        EvalStudioError: there is no such benchmark, or a task of it can't be run; its process has been ended.
    """
    opened = await open_benchmark(evaluation, reference, options, workspace)
    if len(opened.tasks) > 1:
        options = msgspec.structs.replace(options, experiment=options.experiment or automatic_name())
    plans: list[Plan] = []
    try:
        for where, one, task in opened.tasks:
            plans.append(replace(await asyncio.to_thread(make, one, where, options), benchmark=task))
    except BaseException:
        await opened.host.aclose()
        raise
    for _ in plans:
        opened.host.use()
    return plans
