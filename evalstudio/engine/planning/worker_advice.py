"""Worker advice: tells the user whether more workers help a run, and of which kind."""

from collections.abc import Callable

from evalstudio.advice.presets import measure_machine, processes_range, worker_warnings
from evalstudio.core.workers import Processes, Threads, WorkerKind
from evalstudio.engine.limits.blocking import BlockingShare, ThreadUse
from evalstudio.engine.planning.plan import Plan

ENOUGH_CALLS = 8
MUCH_S = 0.05


def blocking_of(pool: WorkerKind | None) -> BlockingShare:
    """Returns the blocking-share meter of a run: each process has an interpreter lock of its own."""
    if isinstance(pool, Processes):
        return BlockingShare(cores=min(pool.processes, measure_machine().cores))
    return BlockingShare()


def advice_on(pool: WorkerKind | None, blocking: BlockingShare) -> str:
    """Returns a sentence on the workers in force, from measurements; "" where there is nothing to advise."""
    if isinstance(pool, Threads) and blocking.sentence is not None:
        low, high = processes_range(measure_machine().cores)
        return (
            f"{blocking.sentence}: {low} to {high} of them for the cores of this machine (--processes {low})"
        )
    if isinstance(pool, Processes) and blocking.share is not None:
        computes = blocking.verdict is ThreadUse.DO_NOT_HELP
        if computes and pool.threads_per_process > 1:
            return (
                f"more than 1 thread a process does not help this model: a call computes for "
                f"{1 - blocking.share:.0%} of its time; more processes would, up to the number of cores"
            )
        if blocking.verdict is ThreadUse.HELP and pool.threads_per_process == 1 and pool.processes > 1:
            return (
                f"this model waits for {blocking.share:.0%} of a call's time: more threads a process take as many "
                "calls with less memory"
            )
    return ""


class EvaluatorAdvice:
    """Advises once to use more processes when user-written evaluators compute much in one and there are free cores."""

    def __init__(self, plan: Plan, log: Callable[[str, str], None]) -> None:
        self._log = log
        one = plan.cluster is None and plan.judging.processes == 1
        self._alone = one and measure_machine().cores > 1
        self._calls = 0
        self._computed = 0.0

    def judged(self, processor: float) -> None:
        """A call took so many seconds of processor time."""
        self._calls += 1
        self._computed += processor
        mean = self._computed / self._calls
        if self._alone and self._calls >= ENOUGH_CALLS and mean >= MUCH_S:
            self._alone = False
            low, _ = processes_range(measure_machine().cores)
            self._log(
                "warning",
                f"Your evaluators compute for {mean:.2g} s an answer, in one process; --processes {low} has {low} of them.",
            )


def notes_on(plan: Plan) -> list[str]:
    """Returns the advice at the start of a run; none of it prevents the run."""
    notes = []
    if plan.pool is not None and not plan.model.thread_safe:
        notes.append(f"{plan.model.label} is marked as not thread-safe: no two threads of a process call it.")
    if isinstance(plan.pool, Processes):
        notes += worker_warnings(plan.pool, measure_machine())
    return notes
