"""Engine command: the program, arguments and environment of the processes that the window starts."""

import os
import sys
from pathlib import Path

from PySide6.QtCore import QProcessEnvironment

from evalstudio.workspace.folder import Workspace
from evalstudio.workspace.packaged import is_packaged


def engine_command(workspace: Workspace, python: str = "") -> tuple[str, list[str]]:
    """Returns the program and arguments that start the engine with a person's own Python or the program's."""
    arguments = ["engine", "--workspace", str(workspace.folder)]
    if python or not is_packaged():
        # -P: a module in the current folder must not shadow one of Python's own
        return python or sys.executable, ["-P", "-m", "evalstudio", *arguments]
    return _frozen_engine(), arguments


def module_command(module: str, python: str = "") -> tuple[str, list[str]]:
    """Returns the program and arguments that run one of our modules in a separate process, optionally with `python`."""
    if python or not is_packaged():
        return python or sys.executable, ["-P", "-m", module]
    return _frozen_engine(), ["-m", module]


def _frozen_engine() -> str:
    return str(Path(sys.executable).with_name("evalstudio-engine").with_suffix(Path(sys.executable).suffix))


def clean_environment() -> QProcessEnvironment:
    """Returns our environment without variables of the window or of a frozen program's own Python."""
    environment = QProcessEnvironment.systemEnvironment()
    for name in os.environ:
        if name.startswith(("_PYI_", "_MEIPASS")) or name in ("PYTHONHOME", "QT_PLUGIN_PATH"):
            environment.remove(name)
    original = os.environ.get("LD_LIBRARY_PATH_ORIG")
    if original is not None:
        environment.insert("LD_LIBRARY_PATH", original)
    elif is_packaged():
        environment.remove("LD_LIBRARY_PATH")
    return environment
