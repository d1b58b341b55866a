"""A run as a person asks for it: an evaluation, and what was said beside its file."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

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
    """A run as asked for, enough to go on with it later: the JSON in the column `runs.spec`.

    `spec` and `options` are tables as they were written, so that what another version wrote can still be shown.
    `reference` is empty where it is not known.

    Example:
        text = StoredSpec.of(spec, options, "sheet.toml", "/data").encode()
        StoredSpec.decode(text).run_options() == options
    """

    spec: dict[str, Any]
    options: dict[str, Any]
    reference: str
    base: str

    @classmethod
    def of(cls, spec: EvaluationSpec, options: Options, reference: str, base: str) -> "StoredSpec":
        return cls(msgspec.to_builtins(spec), msgspec.to_builtins(options), reference, base)

    def encode(self) -> str:
        """The JSON to store."""
        return msgspec.json.encode(self).decode()

    @classmethod
    def decode(cls, text: str) -> "StoredSpec":
        """Reads what `encode` wrote, of an older version, too: the first one wrote the spec alone.

        Raises:
            msgspec.MsgspecError: it is no JSON object, or a part of it has the wrong type.
        """
        table = msgspec.json.decode(text, type=dict[str, Any])
        parts = {
            "spec": table.get("spec", table),
            "options": table.get("options", {}),
            "reference": table.get("reference") or "",
            "base": table.get("base") or "",
        }
        return msgspec.convert(parts, cls)

    @property
    def evaluators(self) -> Sequence[dict[str, Any]]:
        """The tables of the evaluators.

        Raises:
            msgspec.ValidationError: they are something else.
        """
        return msgspec.convert(self.spec.get("evaluators", ()), tuple[dict[str, Any], ...])

    @property
    def strategy(self) -> Strategy | None:
        """The one that was asked for: the option, else the evaluation's; None: the default.

        Raises:
            msgspec.ValidationError: another version wrote one that this one does not know.
        """
        option, own = (msgspec.convert(table, _Asked).strategy for table in (self.options, self.spec))
        return option or own

    def run_options(self) -> Options:
        """The options to go on with.

        Raises:
            msgspec.ValidationError: another version wrote some that this one does not know.
        """
        return msgspec.convert(self.options, Options)


class _Asked(msgspec.Struct):
    """The one part of options or a spec, whatever else is in them."""

    strategy: Strategy | None = None


def automatic_name() -> str:
    """A name for an experiment that nobody named; such names sort by time."""
    return datetime.now().astimezone().strftime("%Y-%m-%d %H.%M.%S")
