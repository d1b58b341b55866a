"""Settings that hold until changed: limits, defaults, appearance. One JSON file that holds what differs from the defaults."""

import json
import os
from pathlib import Path
from typing import Any

import msgspec
import platformdirs

from evalstudio.concurrency import Strategy, check_count
from evalstudio.errors import SettingsError
from evalstudio.workers import default_workers

CEILING_VARIABLE = "MAX_CONCURRENT_TASKS"


class Settings(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a person has chosen. Each field's default is the program's."""

    ceiling: int = 256  # calls in flight at once, over all runs
    workers: int = 8  # threads for synchronous models
    processes: int = 0  # for synchronous models, instead of the engine's threads; 0: none
    threads_per_process: int = 1
    cluster: str = ""  # instead of both: a Dask scheduler's address, or local
    strategy: Strategy | None = None  # None: Adaptive; for synchronous models a window of the worker count
    theme: str = "system"  # system, light or dark
    workspace: str = ""  # the window's current one
    python: str = ""  # the interpreter that runs the engine; empty: the program's own

    def __post_init__(self) -> None:
        check_count("ceiling", self.ceiling)
        check_count("workers", self.workers)
        if self.processes:
            check_count("processes", self.processes)
        check_count("threads_per_process", self.threads_per_process)
        default_workers(self)
        if self.theme not in ("system", "light", "dark"):
            raise SettingsError(f"theme must be system, light or dark; it is '{self.theme}'.")


def settings_path() -> Path:
    folder = os.environ.get("EVALSTUDIO_CONFIG") or platformdirs.user_config_dir(
        "evalstudio", appauthor=False
    )
    return Path(folder) / "settings.json"


def load_settings() -> tuple[Settings, str | None]:
    """The settings, and a sentence if the file could not be used: it is then kept beside as .bad."""
    path = settings_path()
    try:
        return msgspec.json.decode(path.read_bytes(), type=Settings), None
    except FileNotFoundError:
        return Settings(), None
    except (msgspec.MsgspecError, SettingsError, ValueError, OSError) as error:
        bad = path.with_suffix(".bad")
        try:
            path.replace(bad)
        except OSError:
            return Settings(), f"The settings in {path} cannot be read ({error}); the defaults hold."
        return (
            Settings(),
            f"The settings could not be read ({error}); the defaults hold, the file is kept as {bad}.",
        )


def save_settings(settings: Settings) -> None:
    """Writes what differs from the defaults, all or nothing. Raises SettingsError where it can't be written."""
    path = settings_path()
    fresh = path.with_suffix(".new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh.write_text(json.dumps(msgspec.to_builtins(settings), indent=2) + "\n", encoding="utf-8")
        fresh.replace(path)
    except OSError as error:
        raise SettingsError(f"The settings cannot be written to {path} ({error.strerror}).") from error


def changed(settings: Settings, **changes: Any) -> Settings:
    """The settings with some fields changed, checked anew."""
    return msgspec.structs.replace(settings, **changes)


def ceiling_in_force(settings: Settings, option: int | None = None) -> int:
    """The application's ceiling: the option, else MAX_CONCURRENT_TASKS, else the setting."""
    if option is not None:
        return check_count("The ceiling", option)
    text = os.environ.get(CEILING_VARIABLE)
    if text is None:
        return settings.ceiling
    try:
        return check_count(CEILING_VARIABLE, int(text))
    except ValueError as error:
        raise SettingsError(f"{CEILING_VARIABLE} must be a whole number; it is '{text}'.") from error
