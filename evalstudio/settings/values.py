"""Settings values: limits, defaults and appearance that hold until changed.

They are stored in one JSON file that holds what differs from the defaults.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import msgspec

from evalstudio.core.atomic_file import atomic_file
from evalstudio.core.errors import EvalStudioError, SettingsError
from evalstudio.core.strategy import Adaptive, Sequential, SlidingWindow, Strategy, check_count
from evalstudio.core.workers import default_workers
from evalstudio.evaluations.spec import TimeOuts
from evalstudio.models.settings import ModelSettings
from evalstudio.settings.schema import BY_KEY, FIELDS
from evalstudio.workspace.folder import ENVIRONMENT_VARIABLE, Workspace, config_folder, find_workspace

CEILING_VARIABLE = "MAX_CONCURRENT_TASKS"
TIME_OUTS = TimeOuts.__struct_fields__
_PLAIN = (
    "ceiling", "workers", "processes", "threads_per_process", "cluster", "rates", "budget", "workspace", "log_folder", "theme", "text_scale", "python",
)  # fmt: skip


class Rates(msgspec.Struct, frozen=True, omit_defaults=True):
    """Rate limits of an endpoint per minute; None: no limit of our own."""

    requests_per_minute: float | None = None
    tokens_per_minute: float | None = None

    def __post_init__(self) -> None:
        for value in (self.requests_per_minute, self.tokens_per_minute):
            if value is not None and not 0 < value < 1e12:
                raise SettingsError(f"A rate a minute must be a number above 0; it is {value!r}.")


class Settings(msgspec.Struct, frozen=True, omit_defaults=True):
    """The settings of the program. Field defaults are the program's; ranges are in the settings schema."""

    ceiling: int = 256  # calls in flight, over all runs
    workers: int = 8  # threads for synchronous models
    processes: int = 0  # for synchronous models, instead of the engine's threads; 0: none
    threads_per_process: int = 1
    cluster: str = ""  # instead of both: a Dask scheduler's address, or local
    strategy: Strategy | None = None  # None: Adaptive; for synchronous models a window of the worker count
    theme: str = "system"  # system, light or dark
    workspace: str = ""  # the current one of the window
    python: str = ""  # the interpreter that runs the engine; empty: the program's own
    rates: dict[str, Rates] = {}  # by provider, provider/name or base URL
    timeouts: TimeOuts = TimeOuts()
    budget: float | None = None  # US dollars per run
    log_folder: str = ""
    text_scale: int = 100  # per cent

    def __post_init__(self) -> None:
        check_count("ceiling", self.ceiling)
        check_count("workers", self.workers)
        for name in _PLAIN:
            BY_KEY[name].check(getattr(self, name))
        for name in TIME_OUTS:
            BY_KEY[name].check(getattr(self.timeouts, name))
        for name in self.rates:
            _check_endpoint(name)
        default_workers(self)


def settings_path() -> Path:
    return config_folder() / "settings.json"


def load_settings() -> tuple[Settings, str | None]:
    """Loads the settings; the second value is a sentence if the file is unusable, which is then kept as .bad."""
    path = settings_path()
    try:
        return msgspec.json.decode(path.read_bytes(), type=Settings), None
    except FileNotFoundError:
        return Settings(), None
    except (msgspec.MsgspecError, EvalStudioError, ValueError, OSError, RecursionError) as error:
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
    """Writes what differs from the defaults, atomically. Raises SettingsError if the file can't be written."""
    export_settings(settings, settings_path())


def export_settings(settings: Settings, path: Path) -> None:
    """Exports settings to a file; it contains no API keys. Raises SettingsError."""
    text = json.dumps(msgspec.to_builtins(settings), indent=2, ensure_ascii=False) + "\n"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with atomic_file(path) as part:
            part.write_text(text, encoding="utf-8")
    except OSError as error:
        raise SettingsError(f"The settings cannot be written to {path} ({error.strerror}).") from error


def import_settings(path: Path) -> Settings:
    """Reads settings from a file written by `export_settings`. Raises SettingsError with what is wrong."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Settings)
    except OSError as error:
        raise SettingsError(f"The settings in {path} cannot be read ({error.strerror}).") from error
    except (msgspec.MsgspecError, EvalStudioError, ValueError, RecursionError) as error:
        raise SettingsError(f"{path.name} holds no settings that can be used: {error}") from error


def changed(settings: Settings, **changes: Any) -> Settings:
    """Returns a validated copy of the settings with some fields changed."""
    return msgspec.structs.replace(settings, **changes)


def values_of(settings: Settings) -> dict[str, Any]:
    """Returns the settings by schema key, with the strategy and the time-outs split into their parts."""
    values: dict[str, Any] = {name: getattr(settings, name) for name in _PLAIN}
    values |= {name: getattr(settings.timeouts, name) for name in TIME_OUTS}
    values |= {"strategy": "automatic", "window": SlidingWindow().max_concurrency}
    adaptive = Adaptive()
    match settings.strategy:
        case SlidingWindow(max_concurrency=size):
            values |= {"strategy": "sliding_window", "window": size}
        case Sequential():
            values["strategy"] = "sequential"
        case Adaptive() as adaptive:
            values["strategy"] = "adaptive"
    values |= {
        "adaptive_min": adaptive.min, "adaptive_start": adaptive.initial, "adaptive_max": adaptive.max,
        "adaptive_p95": adaptive.p95, "adaptive_first_token_p95": adaptive.first_token_p95,
    }  # fmt: skip
    return {field.key: values[field.key] for field in FIELDS}


def settings_of(values: Mapping[str, Any]) -> Settings:
    """Builds settings from values by schema key. Raises LimitError or SettingsError."""
    for field in FIELDS:
        field.check(values[field.key])
    strategy: Strategy | None = None
    match values["strategy"]:
        case "sliding_window":
            strategy = SlidingWindow(values["window"])
        case "sequential":
            strategy = Sequential()
        case "adaptive":
            strategy = Adaptive(
                values["adaptive_start"], values["adaptive_min"], values["adaptive_max"],
                values["adaptive_p95"], values["adaptive_first_token_p95"],
            )  # fmt: skip
    timeouts = TimeOuts(**{name: values[name] for name in TIME_OUTS})
    return Settings(**{name: values[name] for name in _PLAIN}, strategy=strategy, timeouts=timeouts)


DEFAULTS = values_of(Settings())


@dataclass(frozen=True, slots=True)
class InForce:
    """A value in force and its source: option, environment, settings or default."""

    value: Any
    source: str


def in_force(settings: Settings, key: str, *, workspace_option: str | None = None) -> InForce:
    """Returns the value in force for a schema key, unless a run overrides it."""
    value = values_of(settings)[key]
    field = BY_KEY[key]
    if key == "workspace" and workspace_option:
        return InForce(workspace_option, f"option {field.option}")
    if key == "workspace" and (set_there := os.environ.get(ENVIRONMENT_VARIABLE)):
        return InForce(set_there, f"environment, {ENVIRONMENT_VARIABLE}")
    if key == "ceiling" and CEILING_VARIABLE in os.environ:
        try:
            return InForce(ceiling_in_force(settings), f"environment, {CEILING_VARIABLE}")
        except EvalStudioError:
            pass  # the engine refuses to start with it and reports that
    return InForce(value, "default" if value == DEFAULTS[key] else "settings")


def ceiling_in_force(settings: Settings, option: int | None = None) -> int:
    """Returns the application's ceiling of calls in flight: the option, else MAX_CONCURRENT_TASKS, else the setting."""
    if option is not None:
        return check_count("The ceiling", option)
    text = os.environ.get(CEILING_VARIABLE)
    if text is None:
        return settings.ceiling
    try:
        return check_count(CEILING_VARIABLE, int(text))
    except ValueError as error:
        raise SettingsError(f"{CEILING_VARIABLE} must be a whole number; it is '{text}'.") from error


def rates_in_force(model: ModelSettings, rates: Mapping[str, Rates]) -> Rates:
    """Returns the rate limits of a model's endpoint: the model's own, else those in the settings.

    The most specific entry counts: the base URL, else provider/name, else the provider.
    """
    if model.requests_per_minute is not None or model.tokens_per_minute is not None:
        return Rates(model.requests_per_minute, model.tokens_per_minute)
    by_name = {name.rstrip("/"): one for name, one in rates.items()}
    for name in (model.base_url.rstrip("/"), model.label, model.provider):
        if name and name in by_name:
            return by_name[name]
    return Rates()


def _check_endpoint(name: str) -> None:
    """Rejects secrets in an address: settings are a plain text file and can be exported."""
    try:
        parts = urlsplit(name)
    except ValueError as error:
        raise SettingsError(f"'{name}' is no endpoint ({error}).") from error
    if not name.strip() or parts.password or parse_qsl(parts.query):
        raise SettingsError(
            "An endpoint is named by its provider, by provider/name or by its base URL without a password and a query."
        )


def workspace_of(option: str | None) -> Workspace:
    """Returns the workspace named by an option, the environment or the settings."""

    return find_workspace(option, load_settings()[0].workspace or None)
