"""Run export: the selected run as one file, and its charts as pictures, without blocking the window."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QWidget

from evalstudio.core.errors import StoreError
from evalstudio.store.runs import RunRow
from evalstudio.ui.charts.chart_export import FILTERS, save_chart
from evalstudio.ui.kit.actions import Actions
from evalstudio.ui.kit.text import mark, tr, trn
from evalstudio.ui.pages.runs.board import ChartBoard
from evalstudio.ui.state.export_job import export_run
from evalstudio.ui.state.export_progress import export_with_progress
from evalstudio.ui.state.file_dialogs import remember_folder
from evalstudio.ui.state.session import Session
from evalstudio.ui.state.tasks import spawn

KINDS = (
    mark("HTML report (*.html)"),
    mark("JUnit XML (*.xml)"),
    mark("CSV (*.csv)"),
    mark("JSON lines (*.jsonl)"),
)
SUFFIXES = ("html", "xml", "csv", "jsonl")


class RunExport:
    """Export commands of runs. `parent` is the widget that dialogs belong to, `rows` returns the selected runs."""

    def __init__(
        self,
        session: Session,
        actions: Actions,
        charts: ChartBoard,
        parent: QWidget,
        rows: Callable[[], list[RunRow]],
    ) -> None:
        self._session, self._actions, self._charts, self._parent = session, actions, charts, parent
        self._rows = rows
        actions.connect("export_run", self.ask_for_file)
        actions.connect("export_charts", self.ask_for_charts)
        session.focus_changed.connect(self.update)
        self.update()

    def update(self) -> None:
        for name in ("export_run", "export_charts"):
            self._actions[name].setEnabled(self._session.focus is not None)

    def ask_for_file(self) -> None:
        """Asks for the file of the selected run; its name determines the format. Several runs have a file each beside it."""
        run_ids = sorted(row.id for row in self._rows())
        if not run_ids:
            return
        several = len(run_ids) > 1
        dialog = self._dialog(
            "export_run_dialog",
            tr("Export the runs: a file each, NAME-RUN") if several else tr("Export the run"),
            "run.html" if several else f"run-{run_ids[0]}.html",
            tuple(tr(kind) for kind in KINDS),
            SUFFIXES,
        )
        dialog.fileSelected.connect(lambda path: spawn(self.export_all(run_ids, Path(path))))
        dialog.open()

    async def export_all(self, run_ids: list[int], path: Path) -> None:
        """Writes runs, several as `NAME-7.html` and so on."""
        if len(run_ids) == 1:
            await self.export(run_ids[0], path)
            return
        for run_id in run_ids:
            if not await self.export(run_id, path.with_name(f"{path.stem}-{run_id}{path.suffix}")):
                return
        self._session.tell(
            tr("{runs} runs written beside {path}.").format(runs=len(run_ids), path=path), key="export"
        )

    async def export(self, run_id: int, path: Path) -> bool:
        """Writes a run and reports the result; returns whether it was written."""
        return await export_with_progress(
            self._session,
            path,
            lambda progress: export_run(self._session.workspace, run_id, path, progress),
            lambda count: trn(
                "Run {run_id} written to {path}, with {n} record.",
                "Run {run_id} written to {path}, with {n} records.",
                count,
            ).format(run_id=run_id, path=path),
        )

    def ask_for_charts(self) -> None:
        """Asks for a file name, to which the name of each chart is appended."""
        if (run_id := self._session.focus) is not None:
            dialog = self._dialog(
                "export_charts_dialog", tr("Save the charts"), f"run-{run_id}.svg",
                tuple(tr(one) for one in reversed(FILTERS.values())), ("svg", "png"),
            )  # fmt: skip
            dialog.fileSelected.connect(lambda path: self.save_charts(Path(path)))
            dialog.open()

    def save_charts(self, path: Path) -> None:
        """Writes the charts as `NAME-latency.svg` and so on; the file name determines SVG or PNG."""
        charts = self._charts.pictures()
        try:
            for chart in charts:
                save_chart(chart, path.with_name(f"{path.stem}-{chart.kind.name}{path.suffix or '.svg'}"))
        except StoreError as error:
            self._session.tell(str(error), "error", key="export")
            return
        self._session.tell(
            tr("{charts} charts written beside {path}.").format(charts=len(charts), path=path),
            key="export",
        )

    def _dialog(
        self, name: str, title: str, proposed: str, filters: tuple[str, ...], suffixes: tuple[str, ...]
    ) -> QFileDialog:
        dialog = QFileDialog(self._parent, title)
        dialog.setObjectName(name)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilters(list(filters))
        dialog.setDefaultSuffix(suffixes[0])
        remember_folder(dialog, "export", proposed)
        by_filter = dict(zip(filters, suffixes, strict=True))
        dialog.filterSelected.connect(
            lambda chosen: dialog.setDefaultSuffix(by_filter.get(chosen, suffixes[0]))
        )
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        return dialog
