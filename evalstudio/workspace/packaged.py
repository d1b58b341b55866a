"""Packaged program: what it does not include, and how to install the engine into another Python interpreter."""

import runpy
import shlex
import subprocess
import sys
from pathlib import Path

from evalstudio.workspace.resources import resource

IN_SETTINGS = "choose a Python interpreter in the settings"
REQUIREMENTS = "engine-requirements.txt"


def is_packaged() -> bool:
    """Returns whether this is the packaged program, into whose Python no packages can be installed."""
    return bool(getattr(sys, "frozen", False))


def runs_own_module() -> bool:
    """Emulates `sys.executable -m evalstudio.MODULE ...` in the entry points of the packaged program.

    The program starts its own servers and workers that way. Any other command line does nothing and returns False.
    """
    if sys.argv[1:2] != ["-m"] or not sys.argv[2:3] or not sys.argv[2].startswith("evalstudio."):
        return False
    module = sys.argv[2]
    sys.argv = [module, *sys.argv[3:]]
    runpy.run_module(module, run_name="__main__", alter_sys=True)
    return True


def how_to_add(package: str) -> str:
    """Returns how to install `package` next to the engine, as the second half of a sentence."""
    if is_packaged():
        return f"the packaged program does not hold it: {IN_SETTINGS} that has it (pip install {package})"
    return f"install it with: pip install {package}"


def install_line(python: str) -> str:
    """Returns the command that installs this version of the engine into `python`: requirements without Qt, then EvalStudio."""
    pip = [python, "-m", "pip", "install"]
    requirements, program = str(resource(REQUIREMENTS)), _program()
    return f"{_join([*pip, '-r', requirements])} && {_join([*pip, '--no-deps', program])}"


def _program() -> str:
    """Returns what pip installs as EvalStudio: the bundled wheel, the running checkout, or this version by name."""
    if is_packaged():
        return str(next(resource("carried").glob("evalstudio-*.whl")))
    from importlib.metadata import version  # imported late: it takes a twentieth of the start time

    checkout = Path(__file__).resolve().parent.parent.parent
    return str(checkout) if (checkout / "pyproject.toml").exists() else f"evalstudio=={version('evalstudio')}"


def _join(words: list[str]) -> str:
    return subprocess.list2cmdline(words) if sys.platform == "win32" else shlex.join(words)
