"""Window entry point: checks requirements, opens the window, runs until it is closed, and shuts down in order."""

import asyncio
import contextlib
import gc
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

from evalstudio.ui.shell import preflight
from evalstudio.ui.shell.memory import keep_what_lasts, make_without_collecting

SETTLED_S = 2.0
STOP_S = 15.0  # stopping the engine in its escalating steps takes less


def main(workspace: str | None = None, lag_probe: str | None = None) -> int:
    """Opens the window and returns the exit status. Raises RequirementError if it can't run here."""
    preflight.check()
    make_without_collecting()
    from PySide6.QtGui import QGuiApplication
    from PySide6.QtWidgets import QApplication
    from qasync import QEventLoop

    from evalstudio.ui.shell.translation import install_translation

    existing = QApplication.instance()
    application = existing if isinstance(existing, QApplication) else QApplication(sys.argv[:1])
    application.setApplicationName("EvalStudio")
    application.setOrganizationName("EvalStudio")
    QGuiApplication.setDesktopFileName("evalstudio")
    application.setQuitOnLastWindowClosed(False)
    install_translation(application)
    try:
        with asyncio.Runner(loop_factory=lambda: QEventLoop(application)) as runner:
            return runner.run(_run(workspace, Path(lag_probe) if lag_probe else None))
    finally:
        gc.enable()  # for a window closed before `keep_what_lasts`


async def _run(workspace_option: str | None, probe_file: Path | None) -> int:
    from evalstudio.ui.shell.lag_probe import LagProbe
    from evalstudio.ui.shell.studio import open_studio

    reopens = True
    while reopens:
        closed = asyncio.Event()
        studio = open_studio(workspace_option, closed.set)
        with _interrupts(closed):
            probe = LagProbe() if probe_file is not None else None
            if probe is not None:
                probe.watch(studio.window, probe_file)
                probe.start()
            studio.window.show()
            asyncio.get_running_loop().call_later(SETTLED_S, keep_what_lasts)
            await closed.wait()
            if probe is not None and probe_file is not None:
                probe.stop()
                probe.write(probe_file)
        async with asyncio.timeout(STOP_S):
            await studio.close()
        reopens = studio.window.reopens
    return 0


@contextlib.contextmanager
def _interrupts(closed: asyncio.Event) -> Iterator[None]:
    """Makes SIGINT and SIGTERM close the window in order; a second one ends it at once."""
    loop = asyncio.get_running_loop()
    if sys.platform == "win32":
        before = signal.signal(signal.SIGINT, lambda *_: loop.call_soon_threadsafe(closed.set))
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, before)
        return

    def first(number: int) -> None:
        loop.remove_signal_handler(number)
        signal.signal(number, signal.SIG_DFL)
        closed.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, first, number)
    try:
        yield
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)
