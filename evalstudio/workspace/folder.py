"""Workspace folder: holds one database, evaluation files and datasets."""

import os
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from evalstudio.core.errors import StoreError

ENVIRONMENT_VARIABLE = "EVALSTUDIO_WORKSPACE"
CONFIG_VARIABLE = "EVALSTUDIO_CONFIG"
PRIVATE = 0o700


@dataclass(frozen=True, slots=True)
class Workspace:
    """A folder with everything the program stores for a person."""

    folder: Path

    @property
    def database(self) -> Path:
        return self.folder / "evalstudio.db"

    @property
    def models(self) -> Path:
        return self.folder / "models.toml"

    @property
    def flights(self) -> Path:
        return self.folder / "in-flight"

    @property
    def evaluations(self) -> Path:
        """The folder for evaluations written in the window."""
        return self.folder / "evaluations"

    @property
    def datasets(self) -> Path:
        """The folder to which imported datasets are copied."""
        return self.folder / "datasets"

    @property
    def logs(self) -> Path:
        return self.folder / "logs"


def config_folder() -> Path:
    """Returns the folder of settings: what the environment names, else the platform's."""
    return Path(
        os.environ.get(CONFIG_VARIABLE) or platformdirs.user_config_dir("evalstudio", appauthor=False)
    )


def find_workspace(option: str | os.PathLike[str] | None = None, current: str | None = None) -> Workspace:
    """Returns the workspace to use: the option, else the environment, else `current`, else the platform's data folder."""
    chosen = option or os.environ.get(ENVIRONMENT_VARIABLE) or current
    folder = (
        Path(chosen).expanduser()
        if chosen
        else Path(platformdirs.user_data_dir("evalstudio", appauthor=False))
    )
    return Workspace(folder.absolute())


def prepare(workspace: Workspace) -> None:
    """Creates the folder, for its owner only, and checks that it is writable. Raises StoreError with what to do."""
    folder = workspace.folder
    advice = "choose another folder with --workspace or EVALSTUDIO_WORKSPACE"
    try:
        folder.mkdir(
            mode=PRIVATE, parents=True, exist_ok=True
        )  # prompts and answers are for their owner alone
        probe = folder / f".write-test-{os.getpid()}"
        probe.write_bytes(b"")
        probe.unlink()
    except PermissionError as error:
        raise StoreError(f"The workspace {folder} cannot be written (no permission); {advice}.") from error
    except OSError as error:
        raise StoreError(f"The workspace {folder} cannot be used ({error.strerror}); {advice}.") from error
