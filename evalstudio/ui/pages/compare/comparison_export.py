"""Comparison export: a button that writes the comparison of two runs to a file."""

import asyncio
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QWidget

from evalstudio.core.errors import StoreError
from evalstudio.reports.comparison import write_comparison
from evalstudio.store.comparison import RunComparison
from evalstudio.ui.kit.text import tr
from evalstudio.ui.kit.widgets import Button, labelled
from evalstudio.ui.state.file_dialogs import remember_folder
from evalstudio.ui.state.session import Session
from evalstudio.ui.state.tasks import spawn


class ComparisonExport(Button):
    """The button. `parent` is the widget that its dialog belongs to."""

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(tr("Export…"))
        labelled(
            self, "export_comparison", tr("Export the comparison"),
            tr("Write scores, speed, differences and changed samples as Markdown, or the changed samples as CSV"),
        )  # fmt: skip
        self._session, self._parent = session, parent
        self._comparison: RunComparison | None = None
        self.setEnabled(False)
        self.clicked.connect(self._ask)

    def show_comparison(self, comparison: RunComparison) -> None:
        """Sets what is written."""
        self._comparison = comparison
        self.setEnabled(True)

    def _ask(self) -> None:
        comparison = self._comparison
        if comparison is None:
            return
        dialog = QFileDialog(self._parent, tr("Export the comparison"))
        dialog.setObjectName("export_comparison_dialog")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilters([tr("Markdown (*.md)"), tr("CSV of the changed samples (*.csv)")])
        dialog.setDefaultSuffix("md")
        dialog.filterSelected.connect(lambda kind: dialog.setDefaultSuffix("csv" if "csv" in kind else "md"))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        remember_folder(dialog, "export", f"compare-{comparison.a.id}-{comparison.b.id}.md")
        dialog.fileSelected.connect(lambda path: spawn(self._write(comparison, Path(path))))
        dialog.open()

    async def _write(self, comparison: RunComparison, path: Path) -> None:
        try:
            await asyncio.to_thread(write_comparison, comparison, path)
        except StoreError as error:
            self._session.tell(str(error), "error", key="export")
            return
        self._session.tell(tr("Comparison written to {path}.").format(path=path), key="export")
