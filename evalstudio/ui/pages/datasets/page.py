"""Datasets page: preview files of samples, and import them into the workspace."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from evalstudio.core.errors import EvalStudioError
from evalstudio.datasets import DatasetSource
from evalstudio.evaluations.library import SUFFIXES, find_datasets, find_evaluations, import_dataset, uses_of
from evalstudio.store.runs import RunRow
from evalstudio.ui.kit.actions import Actions
from evalstudio.ui.kit.text import one_line, tooltip, tr
from evalstudio.ui.kit.theme import SPACE_M, SPACE_S, theme
from evalstudio.ui.kit.widgets import ActionButton, Card, TextLabel, labelled, quiet_selection
from evalstudio.ui.pages.datasets.dataset_view import DatasetView
from evalstudio.ui.state.file_dialogs import remember_folder
from evalstudio.ui.state.session import Session, references_of
from evalstudio.ui.state.tasks import spawn
from evalstudio.workspace.folder import Workspace
from evalstudio.workspace.packaged import IN_SETTINGS

MOST_RUNS = 100
PATH = Qt.ItemDataRole.UserRole


class DatasetsPage(QWidget):
    """The Datasets page. `evaluation_wanted` requests a new evaluation of a column, `use_chosen` to show an existing one."""

    evaluation_wanted = Signal(object, str)  # DatasetSource
    use_chosen = Signal(str)

    def __init__(self, session: Session, actions: Actions) -> None:
        super().__init__()
        self.setObjectName("page_datasets")
        self._session = session
        self._path: Path | None = None
        self.first: Path | None = None  # what is shown at first; None: the first dataset
        self._imported: list[Path] = []
        self._round = 0
        self._hash = ""  # of the current file, once it is fully read
        self.list = QListWidget()
        labelled(self.list, "dataset_list", tr("Datasets"))
        self.view = DatasetView()
        self._lay_out(actions)
        self.list.currentItemChanged.connect(self._chosen)
        self.view.source_changed.connect(lambda: spawn(self._read()))
        self.view.copy_wanted.connect(lambda: spawn(self._import(copy=True)))
        self.view.place_wanted.connect(lambda: spawn(self._import(copy=False)))
        self.view.evaluation_wanted.connect(self._want_evaluation)
        self.view.use_chosen.connect(lambda reference: self.use_chosen.emit(reference) if reference else None)
        actions.connect("import_dataset", self.choose_file)
        theme().changed.connect(self._follow_theme)
        self._follow_theme()

    @property
    def splitters(self) -> list[QSplitter]:
        """Splitters whose layout is saved and restored."""
        return [self.sides]

    @property
    def shown(self) -> str:
        """The path of the file that is shown; empty if there is none."""
        return str(self._path or "")

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        spawn(self.refresh())

    def choose_file(self) -> None:
        """Asks for a file without blocking."""
        dialog = QFileDialog(self, tr("Import a dataset"))
        dialog.setObjectName("import_dialog")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters(
            [tr("Datasets (*{suffixes})").format(suffixes=" *".join(SUFFIXES)), tr("All files (*)")]
        )
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        remember_folder(dialog, "dataset")
        dialog.fileSelected.connect(lambda path: self.look_at(Path(path)))
        dialog.open()

    def look_at(self, path: Path) -> None:
        """Shows a file, imported or not."""
        self._path = path.absolute()
        known = self._path in self._imported
        self._stack.setCurrentWidget(self.view)
        self.view.show_file(self._path, imported=known, in_place=known and self._is_in_place(self._path))
        self._mark()
        spawn(self._read())

    async def refresh(self) -> None:
        """Reads the list of datasets."""
        workspace = self._session.workspace
        self._imported = await self._session.datasets.worker.do(lambda: find_datasets(workspace))
        self._fill()
        if not self.isVisible():
            return  # only the list is wanted
        if self._path is None and (self.first is not None or self._imported):
            self.look_at(self.first or self._imported[0])
        elif self._path is not None:
            spawn(self._show_uses(self._path))

    async def _read(self) -> None:
        """Reads the first rows, then the whole file, then its users; earlier requests are dropped."""
        path = self._path
        if path is None:
            return
        self._round += 1
        this = self._round
        self._hash = ""
        self._session.datasets.drop_surveys()
        datasets, source = self._session.datasets, self.view.source
        spawn(self._show_uses(path))
        try:
            first = await datasets.preview(source, path.parent)
            if this != self._round:
                return
            self.view.show_preview(first)
            self.view.say(tr("Reading the whole file…"))
            whole = await datasets.survey(source, path.parent)
        except EvalStudioError as error:
            if this == self._round:
                self.view.show_failure(str(error))
                if IN_SETTINGS in str(error):
                    self._session.refuse(error, key="dataset")
            return
        if this == self._round:
            self.view.show_survey(whole)
            self._hash = whole.content_hash
            await self._show_uses(path)

    async def _show_uses(self, path: Path) -> None:
        workspace, rows, content_hash = self._session.workspace, list(self._session.rows), self._hash
        uses = await self._session.datasets.worker.do(lambda: users_of(workspace, rows, path, content_hash))
        if path != self._path:
            return
        self.view.show_uses(uses)

    async def _import(self, *, copy: bool) -> None:
        path, workspace = self._path, self._session.workspace
        if path is None:
            return
        try:
            taken = await self._session.datasets.worker.do(lambda: import_dataset(workspace, path, copy=copy))
        except EvalStudioError as error:
            self._session.tell(str(error), "error", key="dataset")
            return
        self._imported.append(taken)
        source = self.view.source
        self._path = taken
        self.view.show_taken(taken, in_place=not copy)
        if source.path != str(taken):
            spawn(self._read())
        await self.refresh()

    def _want_evaluation(self) -> None:
        source: DatasetSource = self.view.source
        self.evaluation_wanted.emit(source, self.view.input.currentText())

    def _is_in_place(self, path: Path) -> bool:
        return path.parent != self._session.workspace.datasets.absolute()

    def _chosen(self, item: QListWidgetItem | None, _: QListWidgetItem | None) -> None:
        if item is not None and Path(item.data(PATH)) != self._path:
            self.look_at(Path(item.data(PATH)))

    def _fill(self) -> None:
        shown = [self.list.item(row).data(PATH) for row in range(self.list.count())]
        if shown != [str(path) for path in self._imported]:
            self.list.blockSignals(True)
            self.list.clear()
            for path in self._imported:
                in_place = self._is_in_place(path)
                item = QListWidgetItem(
                    one_line(path.name, 60) + ("\n" + tr("used where it is") if in_place else "")
                )
                item.setData(PATH, str(path))
                item.setData(Qt.ItemDataRole.AccessibleTextRole, path.name)
                item.setToolTip(tooltip(str(path)))
                item.setSizeHint(QSize(0, self.list.fontMetrics().height() * (2 if in_place else 1) + 12))
                self.list.addItem(item)
            self.list.blockSignals(False)
        self._mark()

    def _mark(self) -> None:
        self.list.blockSignals(True)
        place = next(
            (row for row in range(self.list.count()) if self.list.item(row).data(PATH) == str(self._path)), -1
        )
        self.list.setCurrentRow(place)
        self.list.blockSignals(False)

    def _follow_theme(self) -> None:
        quiet_selection(self.list)

    def _lay_out(self, actions: Actions) -> None:
        left = Card()
        column = QVBoxLayout(left)
        column.setContentsMargins(1, SPACE_M, 1, SPACE_S)
        column.setSpacing(SPACE_S)
        title = TextLabel(tr("Datasets"), factor=1.15, bold=True)
        title.setContentsMargins(SPACE_M, 0, SPACE_M, 0)
        row = QHBoxLayout()
        row.setContentsMargins(SPACE_M, 0, SPACE_M, 0)
        row.addWidget(ActionButton(actions["import_dataset"]))
        row.addStretch(1)
        self.list.setFrameShape(QListWidget.Shape.NoFrame)
        for part in (title, self.list):
            column.addWidget(part)
        column.insertLayout(1, row)
        left.setMinimumWidth(190)
        empty = TextLabel(
            tr("No dataset yet.\n\nImport a file, or drop one anywhere on this window: CSV, JSON, JSON lines, Excel or Parquet.\n"
            "Rows and problems are shown before it is imported."),
            "muted", name="datasets_empty",
        )  # fmt: skip
        empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        empty.setWordWrap(True)
        self._stack = QStackedWidget()
        self._stack.addWidget(empty)
        self._stack.addWidget(self.view)
        self.sides = QSplitter()
        self.sides.setObjectName("datasets_splitter")
        self.sides.setChildrenCollapsible(False)
        self.sides.setHandleWidth(SPACE_S)
        self.sides.addWidget(left)
        self.sides.addWidget(self._stack)
        self.sides.setStretchFactor(1, 1)
        self.sides.setSizes([200, 1000])
        layout = QHBoxLayout(self)
        layout.setContentsMargins(SPACE_S, SPACE_S, SPACE_S, SPACE_S)
        layout.addWidget(self.sides)


def users_of(
    workspace: Workspace, rows: Sequence[RunRow], path: Path, content_hash: str
) -> list[tuple[str, str, str, str]]:
    """Returns users of a file: kind, name, change of the file since then, the evaluation's reference. Blocking."""
    entries = uses_of(path, find_evaluations(workspace, references_of(rows)))
    uses = [(tr("evaluation"), entry.name, "", entry.reference) for entry in entries]
    place = path.resolve()
    for row in [row for row in rows if Path(row.dataset_path).resolve() == place][:MOST_RUNS]:
        same = tr("the same") if row.dataset_hash == content_hash else tr("changed since")
        name = f"{row.id} · {row.experiment} · {row.model}"
        uses.append((tr("run"), name, same if content_hash else "", ""))
    return uses
