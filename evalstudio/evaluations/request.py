"""Run request: an evaluation, and the options given in addition to its file."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

import msgspec

from evalstudio.core.errors import EvaluationError
from evalstudio.core.strategy import Strategy
from evalstudio.evaluations.spec import EvaluationSpec


class Options(msgspec.Struct, frozen=True):
    """Run options in addition to the evaluation file; None: as in the file or the settings."""

    experiment: str | None = None
    strategy: Strategy | None = None
    workers: int | None = None
    samples: int | None = None
    model: str | None = None
    new_run: bool = False
    retry_classes: tuple[str, ...] | None = None  # outcome classes of errored records to retry; None: all
    cache: bool | None = None
    processes: int | None = None
    threads_per_process: int | None = None
    cluster: str | None = None
    timeout: float | None = None  # seconds per sample; for a batch, per call
    fewshot: int | None = None  # of a benchmark, like the two below
    include: tuple[str, ...] = ()
    api: Literal["chat", "completions"] | None = None
    resume: int | None = None  # id of the run to resume; None: the newest equal one
    repeats: int | None = None  # of each sample


class StoredSpec(msgspec.Struct, frozen=True):
    """A run as requested, sufficient to resume it later: the JSON in the column `runs.spec`.

    `spec` and `options` are tables as written, so that those of another version can still be shown.
    `reference` is empty if unknown.

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
        """Encodes the specification as JSON.

        Raises:
            EvaluationError: a name in it is no text: a file's or folder's name with bytes that are no UTF-8.
        """
        try:
            return msgspec.json.encode(self).decode()
        except UnicodeEncodeError as error:
            name = ascii(error.object).strip("'")
            raise EvaluationError(
                f"'{name}' holds bytes that are no UTF-8, which can't be kept; give the file, folder or experiment another name."
            ) from None

    @classmethod
    def decode(cls, text: str) -> "StoredSpec":
        """Decodes the output of `encode`, also of older versions; the first one wrote only the spec.

        Raises:
            msgspec.MsgspecError: it is not a JSON object, or a part of it has the wrong type.
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
        """Returns the tables of the evaluators.

        Raises:
            msgspec.ValidationError: they are not tables.
        """
        return msgspec.convert(self.spec.get("evaluators", ()), tuple[dict[str, Any], ...])

    @property
    def strategy(self) -> Strategy | None:
        """Returns the requested strategy: the option, else the evaluation's; None: the default.

        Raises:
            msgspec.ValidationError: another version wrote a strategy unknown to this one.
        """
        option, own = (msgspec.convert(table, _Asked).strategy for table in (self.options, self.spec))
        return option or own

    def run_options(self) -> Options:
        """Returns the options for resuming.

        Raises:
            msgspec.ValidationError: another version wrote options unknown to this one.
        """
        return msgspec.convert(self.options, Options)


class _Asked(msgspec.Struct):
    """The strategy field of options or a spec, ignoring all other fields."""

    strategy: Strategy | None = None


def automatic_name() -> str:
    """Returns a name for an unnamed experiment; such names sort by time."""
    return datetime.now().astimezone().strftime("%Y-%m-%d %H.%M.%S")
