"""How many files one Start goes through: from the window's command in the engine to the first call of the model.

Usage: python -m benchmarks.start_walk. Runs an example in this process and notes each of our files whose code runs
meanwhile, imports apart. Prints the files by room, in the order in which they are first reached.
"""

import asyncio
import sys
import tempfile
from collections import Counter
from pathlib import Path
from types import FrameType

import evalstudio
from evalstudio.engine.engine import Engine
from evalstudio.engine.models.openai import OpenAIModel
from evalstudio.engine_process.dispatcher import Commander
from evalstudio.protocol import Request, StartRun
from evalstudio.settings.values import Settings
from evalstudio.workspace.folder import Workspace

PACKAGE = Path(evalstudio.__file__).parent


class Walk:
    """The files of the package in the order in which a function of theirs first runs."""

    def __init__(self) -> None:
        self.files: dict[str, None] = {}

    def __call__(self, frame: FrameType, event: str, _: object) -> None:
        code = frame.f_code
        if event == "call" and code.co_name != "<module>" and code.co_filename.startswith(str(PACKAGE)):
            self.files.setdefault(str(Path(code.co_filename).relative_to(PACKAGE)))


async def walk(folder: Path) -> list[str]:
    """The files from the command to the first call."""
    engine = Engine(Workspace(folder), Settings())
    await engine.start()
    called, seen = asyncio.Event(), Walk()
    call = OpenAIModel.call

    def first_call(self: OpenAIModel, *values: object) -> object:
        sys.setprofile(None)
        called.set()
        return call(self, *values)  # type: ignore[arg-type]

    OpenAIModel.call = first_call  # type: ignore[method-assign,assignment]
    commander = Commander(engine, lambda event: None)
    sys.setprofile(seen)
    try:
        commander.carry_out(Request(1, StartRun("example:sentiment", samples=1)))
        await called.wait()
    finally:
        sys.setprofile(None)
        OpenAIModel.call = call  # type: ignore[method-assign]
    for run in list(engine.runs.values()):
        await engine.finished(run)
    await commander.aclose()
    await engine.aclose()
    return list(seen.files)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        files = asyncio.run(walk(Path(folder)))
    for file in files:
        print(file)
    rooms = Counter(str(Path(file).parent) for file in files)
    print(
        f"{len(files)} files in {len(rooms)} rooms: "
        + ", ".join(f"{room} {n}" for room, n in rooms.most_common())
    )


if __name__ == "__main__":
    main()
