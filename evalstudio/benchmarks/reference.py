"""Benchmark references, as in `lm-eval:gsm8k`: which collection, and which task, group or tag of it."""

from dataclasses import dataclass

from evalstudio.core.errors import EvaluationError

PREFIX = "lm-eval:"


@dataclass(frozen=True, slots=True)
class BenchmarkName:
    """A task, group or tag, and the one task of it that is meant, where it holds several.

    Example:
        >>> BenchmarkName.parse("lm-eval:mmlu#mmlu_anatomy")
        BenchmarkName(name='mmlu', task='mmlu_anatomy')
    """

    name: str
    task: str | None = None

    @classmethod
    def parse(cls, reference: str) -> "BenchmarkName":
        """Reads a reference.

        Raises:
            EvaluationError: It does not begin with lm-eval:, or names nothing.
        """
        if not is_benchmark(reference):
            raise EvaluationError(
                f"The benchmark '{reference}' has to begin with {PREFIX}, as in {PREFIX}gsm8k."
            )
        name, mark, task = reference.removeprefix(PREFIX).partition("#")
        if not name.strip() or (mark and not task.strip()):
            raise EvaluationError(f"'{reference}' names no task; write it as in {PREFIX}gsm8k.")
        return cls(name.strip(), task.strip() or None)

    def __str__(self) -> str:
        return f"{PREFIX}{self.name}{f'#{self.task}' if self.task else ''}"


def is_benchmark(reference: str) -> bool:
    """Returns whether a reference means a benchmark."""
    return reference.startswith(PREFIX)
