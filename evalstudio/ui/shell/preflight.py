"""Preflight check before any heavy import: can this Python and this Qt run the window at all?"""

import sys

from evalstudio.core.errors import RequirementError

OLDEST_PYTHON = (3, 11)
IMMORTAL_NONE = (3, 12)  # from this version on, the fault of PySide6 below is harmless
FAULTY_PYSIDE = (6, 12, 0)
OLDEST_PYSIDE = (6, 8)
QT_PACKAGES = ("PySide6-Essentials", "PySide6")


def problem(python: tuple[int, ...], pyside: str | None) -> str | None:
    """Returns what keeps the window from opening, with what to do, as a sentence; None if nothing does.

    `python` is the version as numbers, `pyside` the version of PySide6 or None if it is not installed.
    """
    if python[:2] < OLDEST_PYTHON:
        return (
            f"EvalStudio needs Python 3.11 or later; this is Python {_dotted(python)}. Install a newer one."
        )
    if pyside is None:
        return (
            "The window needs PySide6, which is not installed; run: python -m pip install PySide6-Essentials"
        )
    found = _numbers(pyside)
    if found[:2] < OLDEST_PYSIDE:
        return f"The window needs PySide6 6.8 or later; this is {pyside}. Run: python -m pip install -U PySide6-Essentials"
    if found == FAULTY_PYSIDE and python[:2] < IMMORTAL_NONE:
        return (
            f"PySide6 {pyside} ends Python {_dotted(python)} without a word after a while. Run: "
            "python -m pip install 'PySide6-Essentials<6.12', or use Python 3.12 or later."
        )
    return None


def check() -> None:
    """Raises RequirementError if the window can't run. The packaged program includes its own Qt."""
    if getattr(sys, "frozen", False):
        return
    sentence = problem(tuple(sys.version_info[:3]), installed_pyside())
    if sentence is not None:
        raise RequirementError(sentence)


def installed_pyside() -> str | None:
    """Returns the version of PySide6 without importing it."""
    from importlib import metadata

    for package in QT_PACKAGES:
        try:
            return metadata.version(package)
        except metadata.PackageNotFoundError:
            continue
    return None


def _numbers(version: str) -> tuple[int, ...]:
    numbers = []
    for part in version.split(".")[:3]:
        digits = "".join(character for character in part if character.isdigit())
        numbers.append(int(digits or 0))
    return tuple(numbers)


def _dotted(version: tuple[int, ...]) -> str:
    return ".".join(str(part) for part in version)
