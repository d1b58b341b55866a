"""Snapshots: the present state of a run, for the front ends that show it."""

from evalstudio.advice.overload_signs import Load, LoadNow, Sign
from evalstudio.core.run_state import RunState
from evalstudio.engine.limits.vocabulary import Binding
from evalstudio.engine.planning.worker_advice import advice_on
from evalstudio.engine.run.pace import eta
from evalstudio.engine.run.run import Run
from evalstudio.protocol import CallNow, LimitChange, RatesNow, ScoreNow, SecondBucket, Snapshot

MOST_CALLS = 256
MOST_WORKERS = 64

SENTENCES = {
    Binding.DATASET: "All remaining samples are in flight.",
    Binding.PROBING: "Adaptive is finding the best concurrency.",
    Binding.PLATEAU: "The server is the limit: more concurrency brings no more throughput.",
    Binding.REQUESTS: "The rate limit (requests per minute) is reached.",
    Binding.TOKENS: "The rate limit (tokens per minute) is reached.",
    Binding.CAP: "The endpoint's own concurrency limit is reached.",
    Binding.LATENCY: "The latency bound is reached: more concurrency would make answers too slow.",
    Binding.OVERLOAD: "The endpoint is overloaded; calls resume slowly.",
    Binding.LOADING: "The server is not ready yet; it is asked every few seconds.",
    Binding.BACKOFF: "The endpoint asked to wait.",
    Binding.CLIENT: "This machine is the limit: its processor is busy.",
    Binding.MAXIMUM: "All {limit:,} slots are in use.",
    Binding.WORKERS: "All workers are busy.",
    Binding.APPLICATION: "The application's concurrency limit is reached.",
    Binding.CRASHED: "Samples that were in flight during a crash run one at a time.",
    Binding.JUDGES: "The judge is the limit: new samples wait until it has caught up.",
    Binding.DISK: "The disk is the limit: calls wait until answers are saved.",
}


def take_snapshot(
    run: Run,
    buckets: list[SecondBucket],
    changes: list[LimitChange],
    loop_lag: float,
    cpu: float,
    machine: tuple[float, float] = (0.0, 0.0),
) -> Snapshot:
    """Returns the snapshot of one run. Its size does not depend on the number of samples.

    Args:
        run: The run.
        buckets: The seconds of its charts that have closed since the last snapshot.
        changes: The changes of limits since then.
        loop_lag: Of the event loop, in seconds.
        cpu: Of this process, as a share of one core.
        machine: Shares of the memory and of the open files that are in use.
    """
    now = run.services.clock()
    waiting = run.queue.waiting
    left = run.total - run.keeper.counts.saved
    pace = run.telemetry.pace(run.now)
    latency = run.telemetry.latency.percentiles()
    binding = _binding(run, now)
    gate_until = run.controller.gate_until(now)
    return Snapshot(
        run_id=run.id,
        experiment=run.plan.experiment,
        evaluation=run.plan.spec.name,
        model=run.plan.model.label,
        state=run.state,
        reason=run.reason,
        total=run.total,
        saved=run.keeper.counts.saved,
        scored=run.keeper.counts.scored,
        unscored=run.keeper.counts.unscored,
        errored=run.keeper.counts.errored,
        in_flight=len(run.in_flight),
        backing_off=waiting,
        queued=max(0, left - len(run.in_flight) - waiting - run.keeper.unsaved),
        judging=run.scoring.waiting + run.rescoring,
        strategy=run.controls.strategy,
        limit=run.controls.limit,
        workers=run.workers.size if run.workers else None,
        ceiling=run.services.admission.ceiling,
        binding=binding.value if binding else "",
        binding_sentence=SENTENCES[binding].format(limit=run.controls.limit) if binding else "",
        elapsed=run.clock.elapsed,
        eta=eta(left, pace, latency.p95 if latency else 0.0) if run.state is RunState.RUNNING else None,
        rate=pace.rate,
        latency=latency,
        first_token=run.telemetry.first_token.percentiles(),
        tokens_in=run.telemetry.tokens_in,
        tokens_out=run.telemetry.tokens_out,
        cost=run.telemetry.cost if run.telemetry.latency.n > run.telemetry.unpriced else None,
        cost_is_partial=run.telemetry.unpriced > 0,
        loop_lag=loop_lag,
        cpu=cpu,
        repeated=run.repeated,
        scores=_scores(run),
        errors=run.telemetry.errors(),
        calls=_calls(run, now),
        buckets=tuple(buckets),
        changes=tuple(changes),
        signs=_signs(run, latency.p50 if latency else None, Load(cpu, loop_lag, *machine)),
        worker_advice=advice_on(run.plan.pool, run.blocking),
        workers_label=run.workers.label if run.workers else "",
        worker_list=run.workers.worker_status()[:MOST_WORKERS] if run.workers else (),
        workers_waiting=run.workers.waiting if run.workers else 0,
        strategy_source=run.controls.source,
        cached=run.keeper.counts.cached,
        ends=dict(run.keeper.counts.ends),
        rates=RatesNow(
            *run.controller.rates_set, run.controller.requests_per_minute, run.controller.tokens_per_minute
        ),
        gate=run.controller.gate_cause if gate_until else "",
        gate_wait=max(0.0, gate_until - now) if gate_until else None,
    )


def _binding(run: Run, now: float) -> Binding | None:
    if run.state is not RunState.RUNNING or run.blocked is None:
        return None
    if run.blocked.binding is Binding.MAXIMUM and run.adaptive:
        return run.controller.binding(now, run.queue.waiting + run.queue.has_new)
    return run.blocked.binding


def _signs(run: Run, latency: float | None, load: Load) -> tuple[Sign, ...]:
    load_now = LoadNow(run.controls.limit, run.adaptive, latency, run.controller.requests_per_minute)
    return run.signs.look(run.now, load_now, load)


def _scores(run: Run) -> tuple[ScoreNow, ...]:
    scores = []
    for name, aggregate in run.keeper.aggregates.items():
        now = aggregate.snapshot()
        scores.append(
            ScoreNow(
                name,
                now.metric,
                now.value,
                now.low,
                now.high,
                now.n,
                now.total - now.n,
                direction=now.direction,
            )
        )
    return tuple(scores)


def _calls(run: Run, now: float) -> tuple[CallNow, ...]:
    calls = [
        CallNow(
            item.sample.id,
            item.turn_attempts + 1,
            item.state,
            now - item.started,
            record_id=item.record_id,
        )
        for item in list(run.in_flight)[:MOST_CALLS]
    ]
    room = MOST_CALLS - len(calls)
    calls += [
        CallNow(
            item.sample.id,
            item.turn_attempts + 1,
            "backing off",
            now - item.started,
            max(0.0, due - now),
            item.cause,
            item.record_id,
        )
        for due, item in run.queue.backing_off()[:room]
    ]
    return tuple(calls)
