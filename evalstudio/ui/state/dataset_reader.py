"""Dataset reader of the window: first rows from a thread, whole files from a process.

Both results are kept as long as the file is unchanged.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
from PySide6.QtCore import QObject, QProcess

from evalstudio.core.errors import DatasetError, RequirementError
from evalstudio.datasets import DatasetSource, Preview, preview
from evalstudio.datasets.dataset import resolve
from evalstudio.datasets.formats import format_of
from evalstudio.datasets.survey import ROWS_SHOWN, Survey, how_read
from evalstudio.evaluations.library import BY_LINES, SMALL
from evalstudio.ui.kit.text import tr
from evalstudio.ui.state.background_thread import BackgroundThread
from evalstudio.ui.state.engine_command import clean_environment, module_command

KEPT = 32
LARGE_LIBRARY = (".parquet", ".pq")  # read by the interpreter that a person has chosen, if any
Key = tuple[str, int, int]


class DatasetReader(QObject):
    """Reader with coroutine methods, which raise DatasetError or RequirementError.

    `python` returns the interpreter that a person has chosen, if any: it may read formats that this program can't.
    """

    def __init__(self, python: Callable[[], str] = str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._python = python
        self.worker = BackgroundThread("datasets")
        self._previews: OrderedDict[Key, Preview] = OrderedDict()
        self._surveys: OrderedDict[Key, Survey] = OrderedDict()
        self._under_way: dict[Key, asyncio.Future[Survey]] = {}
        self._processes: list[QProcess] = []

    async def preview(self, source: DatasetSource, base: Path) -> Preview:
        """Reads the first rows, and the problems found in them."""
        key, path = await self.worker.do(lambda: _key(source, base))
        if key in self._surveys:
            return self._surveys[key].preview
        if key not in self._previews:
            if format_of(path, source) not in BY_LINES and key[2] > SMALL:
                return (await self.survey(source, base)).preview
            plain = how_read(source)
            try:
                _keep(self._previews, key, await self.worker.do(lambda: preview(plain, base, ROWS_SHOWN)))
            except RequirementError:
                if not self._python():
                    raise
                return (await self.survey(source, base)).preview
        return self._previews[key]

    async def size(self, source: DatasetSource, base: Path) -> int:
        """Returns the size of the file in bytes."""
        return (await self.worker.do(lambda: _key(source, base)))[0][2]

    async def survey(self, source: DatasetSource, base: Path) -> Survey:
        """Reads the whole file: number of rows, problems, hash."""
        key, _ = await self.worker.do(lambda: _key(source, base))
        if key in self._surveys:
            return self._surveys[key]
        if key not in self._under_way:
            self._under_way[key] = self._read_whole(how_read(source), base)
        try:
            found = await asyncio.shield(self._under_way[key])
        finally:
            if key in self._under_way and self._under_way[key].done():
                del self._under_way[key]
        if found.error:
            raise DatasetError(found.error)
        _keep(self._surveys, key, found)
        return found

    def drop_surveys(self) -> None:
        """Cancels the reading of whole files, and its callers, because another file is requested."""
        processes, self._processes = self._processes, []
        for process in processes:
            process.kill()
        for future in self._under_way.values():
            future.cancel()
        self._under_way.clear()

    def close(self) -> None:
        """Stops the thread and all reading processes."""
        processes = list(self._processes)
        self.drop_surveys()
        for process in processes:
            process.waitForFinished(1_000)
        self.worker.close()

    def _read_whole(self, source: DatasetSource, base: Path) -> "asyncio.Future[Survey]":
        future: asyncio.Future[Survey] = asyncio.get_running_loop().create_future()
        process = QProcess(self)
        lent = self._python() if source.path.lower().endswith(LARGE_LIBRARY) else ""
        program, arguments = module_command("evalstudio.datasets.survey", lent)
        process.setProgram(program)
        process.setArguments([*arguments, msgspec.json.encode(source).decode(), str(base)])
        process.setProcessEnvironment(clean_environment())
        self._processes.append(process)

        def ended(*_: Any) -> None:
            if process.property("ended"):
                return
            process.setProperty("ended", True)
            if process in self._processes:
                self._processes.remove(process)
            out = bytes(process.readAllStandardOutput().data())
            process.deleteLater()
            if future.done():
                return
            try:
                future.set_result(msgspec.json.decode(out, type=Survey))
            except msgspec.MsgspecError:
                message = bytes(process.readAllStandardError().data()).decode(errors="replace").strip()[-400:]
                future.set_exception(
                    DatasetError(
                        tr("{path} could not be read to its end. {message}").format(
                            path=source.path, message=message
                        )
                    )
                )

        process.finished.connect(ended)
        process.errorOccurred.connect(ended)
        process.start()
        return future


def _key(source: DatasetSource, base: Path) -> tuple[Key, Path]:
    path = resolve(source, base)
    status = path.stat()
    description = f"{path} {msgspec.json.encode(how_read(source)).decode()}"
    return (description, status.st_mtime_ns, status.st_size), path


def _keep(kept: "OrderedDict[Key, Any]", key: Key, value: Any) -> None:
    kept[key] = value
    while len(kept) > KEPT:
        kept.popitem(last=False)
