"""What was measured, kept in files beside the benchmarks: the charts of the documents are drawn from them."""

import os
import platform
import shlex
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

FOLDER = Path(__file__).parent / "results"


class Kept(msgspec.Struct, frozen=True):
    """One measurement: the command that repeats it, where and when it was made, and its figures."""

    command: str
    machine: str
    day: str
    load: float  # of the last minute, when it began; virtual time does not mind
    values: dict[str, Any]

    @property
    def source(self) -> str:
        return f"{self.command} · {self.machine} · {self.day} · load {self.load:.1f}"


def keep(name: str, module: str, load: float, values: dict[str, Any]) -> Path:
    """Writes `results/NAME.json`; paths among the command's arguments are left out, for they are this machine's."""
    words = [word if os.sep not in word else "..." for word in sys.argv[1:]]
    kept = Kept(
        shlex.join(["python", "-m", module, *words]),
        f"{platform.system()}, {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
        f"{datetime.now(UTC):%Y-%m-%d}",
        round(load, 1),
        values,
    )
    FOLDER.mkdir(exist_ok=True)
    path = FOLDER / f"{name}.json"
    path.write_bytes(msgspec.json.format(msgspec.json.encode(kept), indent=1) + b"\n")
    return path


def read(name: str) -> Kept:
    return msgspec.json.decode((FOLDER / f"{name}.json").read_bytes(), type=Kept)
