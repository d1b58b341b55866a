"""The packaged program: what it does not hold, and what puts the engine into a Python of a person's own."""

import runpy
import shlex
import subprocess
import sys
from pathlib import Path

from evalstudio.workspace.resources import resource

IN_SETTINGS = "choose a Python interpreter in the settings"
REQUIREMENTS = "engine-requirements.txt"


def is_packaged() -> bool:
    """Whether this is the packaged program, whose Python takes no packages."""
    return bool(getattr(sys, "frozen", False))


def runs_own_module() -> bool:
    """For the mains of the packaged program: runs what `sys.executable -m evalstudio.MODULE ...` asks for, as Python would.

    So are the program's own servers and workers started. False, and nothing done, for any other command line.
    """
    if sys.argv[1:2] != ["-m"] or not sys.argv[2:3] or not sys.argv[2].startswith("evalstudio."):
        return False
    module = sys.argv[2]
    sys.argv = [module, *sys.argv[3:]]
    runpy.run_module(module, run_name="__main__", alter_sys=True)
    return True


def how_to_add(package: str) -> str:
    """What a person does to get `package` beside the engine, as the second half of a sentence."""
    if is_packaged():
        return f"the packaged program does not hold it: {IN_SETTINGS} that has it (pip install {package})"
    return f"install it with: pip install {package}"


def install_line(python: str) -> str:
    """The line for a terminal that puts this very engine into `python`: its requirements, without Qt, then EvalStudio."""
    pip = [python, "-m", "pip", "install"]
    requirements, program = str(resource(REQUIREMENTS)), _program()
    return f"{_join([*pip, '-r', requirements])} && {_join([*pip, '--no-deps', program])}"


def _program() -> str:
    """What pip installs as EvalStudio: the wheel that is carried, the checkout that runs, or this version by name."""
    if is_packaged():
        return str(next(resource("carried").glob("evalstudio-*.whl")))
    from importlib.metadata import version  # not at every start: it is a twentieth of one

    checkout = Path(__file__).resolve().parent.parent.parent
    return str(checkout) if (checkout / "pyproject.toml").exists() else f"evalstudio=={version('evalstudio')}"


def _join(words: list[str]) -> str:
    return subprocess.list2cmdline(words) if sys.platform == "win32" else shlex.join(words)
