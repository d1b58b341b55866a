"""Attempt outcomes: the classes in which one call of the model can end.

They are stored in the database, so values never change.
"""

from enum import StrEnum


class Outcome(StrEnum):
    """Outcome class of an attempt; it determines what is retried and what the limits learn."""

    OK = "ok"
    THROTTLED = "throttled"  # 429 and kin: the endpoint asks for fewer requests
    OVERLOADED = "overloaded"  # 5xx, connect, reset, timeout: the endpoint can't cope
    QUOTA = "quota exhausted"  # no credit or daily quota left: stops the run
    CLIENT_ERROR = "client error"  # 400, 401, 403, 404, 413, 422: repeating can't help
    FILTERED = "refused or filtered"  # the provider's content filter
    BAD_ANSWER = "bad answer"  # a body that can't be parsed: tried once more
    CRASHED = "crashed the engine"  # was the only one in flight when the engine died again
    CRASHED_WORKER = "crashed the worker"  # its worker process died, and died again when it was called alone
    CANCELLED = "cancelled"  # abandoned by a person; calls cancelled by a stop leave no record
