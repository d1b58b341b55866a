"""A run as a person asks for it: an evaluation, and what was said beside its file."""

from datetime import datetime

import msgspec

from evalstudio.core.strategy import Strategy
from evalstudio.evaluations.spec import EvaluationSpec


class Options(msgspec.Struct, frozen=True):
    """What a person may say beside the evaluation file; None: as the file or the settings have it."""

    experiment: str | None = None
    strategy: Strategy | None = None
    workers: int | None = None
    samples: int | None = None
    model: str | None = None
    new_run: bool = False
    retry_classes: tuple[str, ...] | None = None  # errored records to make again; None: all
    cache: bool | None = None
    processes: int | None = None
    threads_per_process: int | None = None
    cluster: str | None = None
    timeout: float | None = None  # seconds for one sample; of a batch, for one call
    resume: int | None = None  # the very run to go on with; None: the newest that is the same


class StoredSpec(msgspec.Struct, frozen=True):
    """A run as asked for, enough to go on with it later."""

    spec: EvaluationSpec
    options: Options
    reference: str
    base: str


def automatic_name() -> str:
    """A name for an experiment that nobody named; such names sort by time."""
    return datetime.now().astimezone().strftime("%Y-%m-%d %H.%M.%S")
