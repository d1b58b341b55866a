"""What an attempt (one call of the model) can come to. Stored in the database: values never change."""

from enum import StrEnum


class Outcome(StrEnum):
    """The class of an attempt's end; what is retried and what the limits learn follows from it."""

    OK = "ok"
    THROTTLED = "throttled"  # 429 and kin: the endpoint asks for fewer requests
    OVERLOADED = "overloaded"  # 5xx, connect, reset, timeout: the endpoint can't cope
    QUOTA = "quota exhausted"  # no money or daily quota left: stops the run
    CLIENT_ERROR = "client error"  # 400, 401, 403, 404, 413, 422: repeating can't help
    FILTERED = "refused or filtered"  # the provider's content filter
    BAD_ANSWER = "bad answer"  # a body that can't be read: tried once more
    CRASHED = "crashed the engine"  # was in flight, alone, when the engine died again
    CRASHED_WORKER = "crashed the worker"  # its worker process died, and again when it was called alone
    CANCELLED = "cancelled"  # abandoned by a person; what a stop cancels leaves no record
