"""Evaluation discovery: lists the evaluations of a Python file, which is run in a process of its own."""

import asyncio
import sys

import msgspec

from evalstudio.core.errors import EvaluationError
from evalstudio.models.keys import redact
from evalstudio.protocol import EvaluationFile

LIST_S = 60.0  # for which the file may run


async def list_evaluations(path: str) -> EvaluationFile:
    """Returns the evaluations of a Python file. Raises EvaluationError where it can't be run in `LIST_S` seconds."""
    pipe = asyncio.subprocess.PIPE
    # -P: a module in the current folder must not shadow one of the standard library
    alone = [] if getattr(sys, "frozen", False) else ["-P"]
    command = [sys.executable, *alone, "-m", "evalstudio.engine_process.file_listing_main", path]
    process = await asyncio.create_subprocess_exec(
        *command, stdin=asyncio.subprocess.DEVNULL, stdout=pipe, stderr=pipe
    )
    try:
        async with asyncio.timeout(LIST_S):
            out, message = await process.communicate()
    except TimeoutError:
        raise EvaluationError(
            f"{path} did not end within {LIST_S:.0f} s when it was read; what takes long belongs into a fixture."
        ) from None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    try:
        return msgspec.json.decode(out, type=EvaluationFile)
    except msgspec.MsgspecError:
        last = redact(message.decode(errors="replace").strip()[-2000:])
        raise EvaluationError(
            f"Python ended with status {process.returncode} while it read {path}. {last}".strip()
        ) from None
