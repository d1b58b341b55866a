"""Serialisation of call arguments and results between processes."""

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
    """Pickles the arguments of a call. Raises CallFailed where they can't be pickled."""
    try:
        return pickle.dumps(dict(arguments), pickle.HIGHEST_PROTOCOL)
    except Exception as error:
        message = f"The sample can't be sent to a worker process: {sentence_of(error)}"
        raise CallFailed(Outcome.CLIENT_ERROR, message) from error


def read_done(done: Done) -> WorkerResult:
    """Returns the result of a call. Raises CallFailed where it failed, or its value can't be unpickled here."""
    failure = done.failure
    if failure is not None:
        error = None
        if failure.error:
            with contextlib.suppress(
                Exception
            ):  # a class that this process does not have: the message is enough
                error = pickle.loads(failure.error)
        raise CallFailed(failure.outcome, redact(failure.message), failure.hint, error, fatal=failure.fatal)
    try:
        return WorkerResult(pickle.loads(done.value), done.spent)
    except Exception as error:  # a user's object may raise anything when it is unpickled
        message = f"What the function returned can't be read by the engine: {sentence_of(error)}"
        raise CallFailed(Outcome.CLIENT_ERROR, message) from error
