"""Error hierarchy: failures that a person can act on.

Each message is one clear sentence: what happened, to which thing, and what to do. A front end shows `str(error)` as
it is; any other exception is a defect of the program and goes to the crash report.
"""


class EvalStudioError(Exception):
    """Base class of all failures that a person can act on.

    Example:
        >>> from evalstudio.concurrency import SlidingWindow
        >>> from evalstudio.errors import EvalStudioError
        >>> try:
        ...     SlidingWindow(0)
        ... except EvalStudioError as error:
        ...     print(error)
        max_concurrency must be a whole number from 1 to 10,000; it is 0.
    """


class DatasetError(EvalStudioError):
    """A dataset cannot be read, or a selection of its samples is invalid."""


class EvaluationError(EvalStudioError):
    """An evaluation's definition is invalid: a field, a template, an evaluator."""


class ModelError(EvalStudioError):
    """A model cannot be reached, found or used."""


class LimitError(EvalStudioError):
    """A limit or strategy has an invalid value."""


class StoreError(EvalStudioError):
    """The workspace or its database cannot be opened, read or written."""


class RunError(EvalStudioError):
    """A run cannot be started, changed or resumed."""


class DifferentRunError(RunError):
    """The experiment has a run of this evaluation that was asked something else; a second run has to be wanted."""


class SettingsError(EvalStudioError):
    """A setting has an invalid value, or the settings file cannot be read."""


class RequirementError(EvalStudioError):
    """This machine lacks something that the program needs: a version, an extra, a library."""
