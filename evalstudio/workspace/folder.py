"""Workspace folder: holds one database, evaluation files and datasets."""

import os
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from evalstudio.core.errors import StoreError

ENVIRONMENT_VARIABLE = "EVALSTUDIO_WORKSPACE"
CONFIG_VARIABLE = "EVALSTUDIO_CONFIG"
PRIVATE = 0o700
ADVICE = "choose another folder with --workspace or EVALSTUDIO_WORKSPACE"


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


def check_name(workspace: Workspace) -> None:
    """Refuses a folder whose name no file system or database takes. Raises StoreError with what to do."""
    try:
        str(workspace.folder).encode()
        workspace.database.stat()
    except UnicodeEncodeError:
        name = ascii(str(workspace.folder)).strip("'")
        raise StoreError(
            f"The name of the workspace {name} holds bytes that are no UTF-8; {ADVICE}."
        ) from None
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return  # told by whoever needs it
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else error
        raise StoreError(
            f"The workspace {_short(workspace.folder)} cannot be used ({why}); {ADVICE}."
        ) from None


def has_database(workspace: Workspace) -> bool:
    """Whether anything was ever run in a workspace. Raises StoreError where its name is one that no folder can have."""
    check_name(workspace)
    return workspace.database.exists()


def _short(path: Path) -> str:
    text = str(path)
    return text if len(text) <= 200 else f"{text[:150]}..."


def prepare(workspace: Workspace) -> None:
    """Creates the folder, for its owner only, and checks that it is writable. Raises StoreError with what to do."""
    check_name(workspace)
    folder, advice = workspace.folder, ADVICE
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
