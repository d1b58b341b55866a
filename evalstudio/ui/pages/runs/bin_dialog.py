"""Bin dialog: deleted runs with their size, to restore or to delete for good; and the size of the database."""

from collections.abc import Awaitable, Callable
from datetime import datetime

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QVBoxLayout, QWidget

from evalstudio.core.errors import EvalStudioError, StoreError
from evalstudio.core.format import byte_size
from evalstudio.protocol import CompactDatabase, DeleteRun, RestoreRuns
from evalstudio.store.bin import BinContents
from evalstudio.ui.kit.busy import Busy
from evalstudio.ui.kit.sheet_frame import SheetFrame
from evalstudio.ui.kit.table_style import fill_row, make_table
from evalstudio.ui.kit.text import one_line, tr, trn
from evalstudio.ui.kit.theme import SPACE_L, SPACE_S
from evalstudio.ui.kit.tokens import TITLE
from evalstudio.ui.kit.widgets import Button, TextLabel, labelled
from evalstudio.ui.state.engine_client import EngineState
from evalstudio.ui.state.session import Session
from evalstudio.ui.state.tasks import spawn


class BinDialog(SheetFrame):
    """The dialog. Opened with `open()`, so it does not block."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("bin_dialog")
        self.setWindowTitle(tr("Bin"))
        self._session = session
        self._contents = BinContents()
        self._is_busy = False
        headings = (
            tr("Run"), tr("Experiment"), tr("Evaluation"), tr("Model"), tr("Records"), tr("Size"), tr("Deleted"),
        )  # fmt: skip
        self.table = make_table("bin_runs", tr("Deleted runs"), headings, 1)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.table.setVisible(True)
        self.about = TextLabel("", "muted", name="bin_about")
        self.about.setWordWrap(True)
        self.size_line = TextLabel("", name="bin_size")
        self.size_line.setWordWrap(True)
        self.restore = Button(tr("&Restore"))
        labelled(self.restore, "bin_restore", tr("Restore the selected runs"))
        self.delete = Button(tr("&Delete for good"))
        labelled(
            self.delete, "bin_delete", tr("Delete the selected runs for good"), tr("This can't be undone")
        )
        self.empty = Button(tr("&Empty the bin"))
        labelled(self.empty, "bin_empty", tr("Empty the bin"), tr("This can't be undone"))
        self.compact = Button(tr("&Compact"))
        labelled(
            self.compact,
            "bin_compact",
            tr("Compact the database"),
            tr("Gives free space in the database back to the disk; possible while no run is active"),
        )
        self.shut = Button(tr("Close"))
        labelled(self.shut, "bin_close", tr("Close"))
        self._lay_out()
        self.table.itemSelectionChanged.connect(self._adapt)
        self.restore.clicked.connect(lambda: spawn(self._restore(self._chosen())))
        self.delete.clicked.connect(lambda: spawn(self._delete(self._chosen())))
        self.empty.clicked.connect(lambda: spawn(self._delete(tuple(run.id for run in self._contents.runs))))
        self.compact.clicked.connect(lambda: spawn(self._compact()))
        self.shut.clicked.connect(self.accept)
        session.engine.state_changed.connect(self._adapt)
        self.resize(820, 460)
        self._adapt()
        spawn(self._read())

    async def _read(self) -> None:
        try:
            self._show(await self._session.store.bin())
        except StoreError as error:
            self._say(str(error), "bad")

    async def _restore(self, run_ids: tuple[int, ...]) -> None:
        await self._do(lambda: self._session.engine.request(RestoreRuns(run_ids)))
        await self._session.refresh()

    async def _delete(self, run_ids: tuple[int, ...]) -> None:
        async def one_by_one() -> None:
            for done, run_id in enumerate(run_ids):
                self._say(tr("Deleting {done} of {all}…").format(done=done + 1, all=len(run_ids)))
                await self._session.engine.request(DeleteRun(run_id))

        await self._do(one_by_one)

    async def _compact(self) -> None:
        self._say(tr("Compacting {size}…").format(size=byte_size(self._contents.size)))
        freed = 0

        async def compact() -> None:
            nonlocal freed
            freed = await self._session.engine.request(CompactDatabase())

        if await self._do(compact):
            self._say(tr("{size} given back to the disk.").format(size=byte_size(freed)), "good")

    async def _do(self, act: Callable[[], Awaitable[object]]) -> bool:
        """Carries out a command with the buttons disabled, and shows the bin again."""
        busy = Busy(self.restore, self.delete, self.empty, self.compact)
        busy.begin()
        self._is_busy = True
        trouble = ""
        try:
            await act()
        except EvalStudioError as error:
            trouble = str(error)
        finally:
            self._is_busy = False
            busy.end()
        await self._read()
        if trouble:
            self._say(trouble, "bad")
        return not trouble

    def _show(self, contents: BinContents) -> None:
        self._contents = contents
        self.table.setRowCount(len(contents.runs))
        for row, run in enumerate(contents.runs):
            day = datetime.fromtimestamp(run.deleted_at).astimezone().strftime("%Y-%m-%d %H:%M")
            words = (
                str(run.id), one_line(run.experiment), one_line(run.evaluation), one_line(run.model), f"{run.saved:,}",
                byte_size(run.size), day,
            )  # fmt: skip
            fill_row(self.table, row, words, f"{run.experiment}\n{run.evaluation}\n{run.model}")
        size = sum(run.size for run in contents.runs)
        self.about.show_text(
            trn("{n} run", "{n} runs", len(contents.runs))
            + tr(", about {size}. A run is deleted for good 30 days after it was moved here.").format(
                size=byte_size(size)
            )
            if contents.runs
            else tr("The bin is empty. Deleted runs stay here for 30 days.")
        )
        self._say(
            tr("The database takes {size}, of which {free} are free.").format(
                size=byte_size(contents.size), free=byte_size(contents.free)
            )
        )
        self._adapt()

    def _say(self, words: str, colour: str = "text") -> None:
        self.size_line.show_text(words)
        self.size_line.set_colour(colour)

    def _chosen(self) -> tuple[int, ...]:
        rows = sorted({index.row() for index in self.table.selectedIndexes()})
        return tuple(self._contents.runs[row].id for row in rows)

    def _adapt(self, *_: object) -> None:
        if self._is_busy:
            return
        ready = self._session.engine.state is EngineState.READY
        for button in (self.restore, self.delete):
            button.setEnabled(ready and bool(self._chosen()))
        self.empty.setEnabled(ready and bool(self._contents.runs))
        self.compact.setEnabled(ready and self._contents.free > 0 and not self._session.active_here)

    def _lay_out(self) -> None:
        upper, lower = QHBoxLayout(), QHBoxLayout()
        for button in (self.restore, self.delete, self.empty):
            upper.addWidget(button)
        upper.addStretch(1)
        lower.addWidget(self.size_line, 1)
        lower.addWidget(self.compact, 0, Qt.AlignmentFlag.AlignTop)
        lower.addWidget(self.shut, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_L, SPACE_L, SPACE_L, SPACE_L)
        column.setSpacing(SPACE_S)
        column.addWidget(TextLabel(tr("Bin"), factor=TITLE, bold=True))
        column.addWidget(self.about)
        column.addWidget(self.table, 1)
        column.addLayout(upper)
        column.addLayout(lower)
