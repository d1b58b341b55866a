"""Dask worker code: receives a user's file, loads a function from it once, and calls it.

Imported only where `distributed` is installed: by the workers of a cluster, and by the engine when a run uses one.
"""

import asyncio
import hashlib
import platform
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, ClassVar

from distributed import WorkerPlugin

from evalstudio.authoring.user_code import parameters_of, sentence_of
from evalstudio.core.errors import EvalStudioError
from evalstudio.core.outcome import Outcome
from evalstudio.core.version import __version__
from evalstudio.engine.workers.target import CallFailure, Done, Place, Target, carry_out
from evalstudio.models.keys import remember_environment

PACKAGES = ("msgspec", "distributed", "dask", "cloudpickle")


@dataclass(frozen=True, slots=True)
class About:
    """What a worker reports: its versions, and the function's parameters or why it can't call the function."""

    versions: dict[str, str]
    parameters: tuple[str, ...] = ()
    problem: str | None = None


class Code(WorkerPlugin):
    """Worker plugin that copies a file to every worker, including those that join later."""

    idempotent = True

    def __init__(self, path: Path) -> None:
        self.file = path.name
        self.source = path.read_bytes()
        self.digest = hashlib.sha256(self.file.encode() + self.source).hexdigest()[:16]
        self.name = f"evalstudio {self.file} {self.digest}"

    def setup(self, worker: Any) -> None:
        folder = Path(worker.local_directory) / f"evalstudio-{self.digest}"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / self.file).write_bytes(self.source)
        Here.files[self.digest] = folder / self.file
        Place.is_worker = True
        remember_environment()


class Here:
    """The state of this worker process: files by digest, functions by digest and target."""

    files: ClassVar[dict[str, Path]] = {}
    functions: ClassVar[dict[tuple[str, Target], Callable[..., Any]]] = {}
    lock = threading.Lock()


def versions() -> dict[str, str]:
    """Returns the versions that should be the same on all workers, by package."""
    found = {"python": platform.python_version(), "evalstudio": __version__}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "missing"
    return found


async def prepare(digest: str, target: Target) -> About:
    """Loads the function, in a thread, so that the worker keeps answering its scheduler."""
    try:
        function = await asyncio.to_thread(_function, digest, target)
    except EvalStudioError as error:
        return About(versions(), problem=str(error))
    except Exception as error:  # noqa: BLE001 - user code may raise anything while it is set up
        return About(versions(), problem=f"{Path(target.path).name}: {sentence_of(error)}")
    return About(versions(), parameters_of(function))


def call(digest: str, target: Target, arguments: bytes) -> Done:
    """Makes one call, in one of the worker's threads; `arguments` is a pickled dict."""
    try:
        function = _function(digest, target)
    except Exception as error:  # noqa: BLE001 - as above
        message = f"{Path(target.path).name} can't be used on a worker of the cluster: {sentence_of(error)}"
        return Done(b"", CallFailure(Outcome.CLIENT_ERROR, message))
    return carry_out(function, arguments)


def _function(digest: str, target: Target) -> Callable[..., Any]:
    with Here.lock:  # loaded once, by the first caller
        key = digest, target
        if key not in Here.functions:
            path = Here.files.get(digest, Path(target.path))
            Here.functions[key] = replace(target, path=str(path)).load()  # type: ignore[type-var]
        return Here.functions[key]
