"""Takes symbols out of the frozen app's libraries, but for those that no strip survives."""

import subprocess
from pathlib import Path

# auditwheel has patched numpy's own libraries, and strip breaks what patchelf wrote; the executables carry an archive
PATCHED = ".libs"
ELF = b"\x7fELF"


def strip(app: Path) -> int:
    """Strips every library in the folder; returns the bytes that are gone. Raises CalledProcessError."""
    before = after = 0
    for path in libraries(app):
        before += path.stat().st_size
        subprocess.run(["strip", "--strip-unneeded", str(path)], check=True)
        after += path.stat().st_size
    return before - after


def libraries(app: Path) -> list[Path]:
    """The ELF files of the app that may be stripped."""
    inside = app / "_internal"
    return [
        path
        for path in sorted(inside.rglob("*"))
        if path.is_file()
        and not path.is_symlink()
        and not path.parent.name.endswith(PATCHED)
        and is_elf(path)
    ]


def is_elf(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) == ELF
