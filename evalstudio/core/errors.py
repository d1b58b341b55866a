"""Failures a person can act on.

Each ends in one clear sentence: what happened, to which thing, what to do. A front end shows `str(error)`
as it is; any other exception is a defect of the program and goes to the crash report.
"""


class EvalStudioError(Exception):
    """The base of every failure that a person can act on."""


class DatasetError(EvalStudioError):
    """A dataset cannot be read, or a selection of its samples makes no sense."""


class EvaluationError(EvalStudioError):
    """An evaluation's definition cannot be used: a field, a template, an evaluator."""


class ModelError(EvalStudioError):
    """A model cannot be reached, found or used."""


class LimitError(EvalStudioError):
    """A limit or strategy has a value that can't work."""


class StoreError(EvalStudioError):
    """The workspace or its database cannot be opened, read or written."""


class RunError(EvalStudioError):
    """A run cannot be started, changed or resumed."""


class SettingsError(EvalStudioError):
    """A setting has a value that can't work, or the file of settings cannot be read."""


class RequirementError(EvalStudioError):
    """This machine lacks something the program needs: a version, an extra, a library."""
