"""Arguments and results on their way to another process and back."""

import contextlib
import pickle
from collections.abc import Mapping
from typing import Any

from evalstudio.authoring.user_code import sentence_of
from evalstudio.core.outcome import Outcome
from evalstudio.engine.workers.protocol import CallFailed, WorkerResult
from evalstudio.engine.workers.target import Done
from evalstudio.models.keys import redact


def pickled(arguments: Mapping[str, Any]) -> bytes:
    """The arguments of a call. Raises CallFailed where they can't be sent."""
    try:
        return pickle.dumps(dict(arguments), pickle.HIGHEST_PROTOCOL)
    except Exception as error:
        message = f"The sample can't be sent to a worker process: {sentence_of(error)}"
        raise CallFailed(Outcome.CLIENT_ERROR, message) from error


def read_done(done: Done) -> WorkerResult:
    """What a call gave back. Raises CallFailed where it failed, or what it gave can't be read here."""
    failure = done.failure
    if failure is not None:
        error = None
        if failure.error:
            with contextlib.suppress(
                Exception
            ):  # a class that this process does not have: its words are enough
                error = pickle.loads(failure.error)
        raise CallFailed(failure.outcome, redact(failure.message), failure.hint, error)
    try:
        return WorkerResult(pickle.loads(done.value), done.spent)
    except Exception as error:  # an object of a person's own may raise anything when it is made again
        message = f"What the function returned can't be read by the engine: {sentence_of(error)}"
        raise CallFailed(Outcome.CLIENT_ERROR, message) from error
