"""Results page: every record of one run over the full window, with a breakdown of where its time went."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QHeaderView,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from evalstudio.ui.kit.actions import Actions
from evalstudio.ui.kit.text import tr, trn
from evalstudio.ui.kit.theme import SPACE_S, theme
from evalstudio.ui.kit.widgets import ActionButton, Button, Card, TextLabel, labelled
from evalstudio.ui.pages.results.waterfall import Waterfall
from evalstudio.ui.records.distributions import DistributionsPanel
from evalstudio.ui.records.record_cells import HIDDEN_AT_FIRST, HIDDEN_BESIDE_CHARTS
from evalstudio.ui.records.record_commands import RecordCommands
from evalstudio.ui.records.records_panel import RecordsPanel
from evalstudio.ui.records.run_choice import RunChoice
from evalstudio.ui.state.export_job import export_records
from evalstudio.ui.state.export_progress import export_with_progress
from evalstudio.ui.state.file_dialogs import remember_folder
from evalstudio.ui.state.session import Session
from evalstudio.ui.state.tasks import spawn

LARGE_TEXT = 120  # per cent; from this text size on, fewer columns fit
PREFIX = "results_"
# hidden with large text
GIVE_WAY = tuple(column for column in HIDDEN_BESIDE_CHARTS if column not in HIDDEN_AT_FIRST)


class ResultsPage(QWidget):
    """The Results page for the selected run, the same as on the Runs page; reads nothing while it is hidden."""

    def __init__(self, session: Session, actions: Actions) -> None:
        super().__init__()
        self.setObjectName("page_results")
        self._session = session
        self._shown: int | None = None
        self.run = RunChoice("results_run", tr("Run"))
        self.distributions = DistributionsPanel(session.store)
        self.records = RecordsPanel(
            session.store, PREFIX, HIDDEN_BESIDE_CHARTS if theme().percent > LARGE_TEXT else HIDDEN_AT_FIRST
        )
        self.waterfall = Waterfall("waterfall")
        self.clear = Button(tr("Clear filters"))
        labelled(self.clear, "clear_filters", tr("Clear filters"), tr("Show all records of the run again"))
        self.export_button = Button(tr("Export…"))
        labelled(
            self.export_button, "export_records", tr("Export records"),
            tr("Write the selected records, or all that are shown, as CSV or JSON lines"),
        )  # fmt: skip
        self._lay_out(actions)
        self._connect(actions)
        self._has_large_text = theme().percent > LARGE_TEXT
        self._gave_way = set(GIVE_WAY) if self._has_large_text else set()
        theme().changed.connect(self._follow_theme)

    def _follow_theme(self) -> None:
        """Hides the columns that do not fit with large text, and shows them again with smaller text."""
        is_large = theme().percent > LARGE_TEXT
        if is_large != self._has_large_text:
            self._has_large_text = is_large
            table = self.records.table
            if is_large:
                self._gave_way = {column for column in GIVE_WAY if not table.isColumnHidden(column)}
            for column in self._gave_way:  # columns hidden by a person stay hidden
                table.setColumnHidden(column, is_large)

    @property
    def kept(self) -> list[QSplitter | QHeaderView]:
        """Widgets whose layout is saved and restored."""
        return [self.records.splitter, self.records.table.horizontalHeader()]

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._show_focus()

    def _show_focus(self) -> None:
        if not self.isVisible():
            return
        run_id = self._session.focus
        self.run.show_runs(self._session.rows)
        if run_id != self.run.run_id:
            self.run.choose(run_id)
        saved = self._saved(run_id)
        if run_id != self._shown:
            before, self._shown = self._shown, run_id
            if before is not None:
                self.records.clear_filters()
                self.records.ask(evaluator=None)
                self.distributions.latency.pick(None)
                self.distributions.score.pick(None)
        self.records.know_classes(self._classes(run_id))
        self.records.know_evaluators(self._evaluators(run_id))
        self.records.show_run(run_id, saved)
        self.distributions.show_run(run_id, saved)

    def _classes(self, run_id: int | None) -> list[str]:
        model = self._session.models.get(run_id) if run_id is not None else None
        errors = model.snapshot.errors if model is not None and model.snapshot is not None else ()
        return [error.name.value for error in errors if error.records]

    def _evaluators(self, run_id: int | None) -> list[str]:
        model = self._session.models.get(run_id) if run_id is not None else None
        return (
            [one.evaluator for one in model.snapshot.scores]
            if model is not None and model.snapshot is not None
            else []
        )

    def _saved(self, run_id: int | None) -> int:
        model = self._session.models.get(run_id) if run_id is not None else None
        if model is None or model.snapshot is None:
            return 0
        # a finished run is read once more, because its last records arrived with its end
        saved = model.snapshot.saved
        return saved if model.is_active else -saved - 1

    def _evaluator_chosen(self, name: str | None) -> None:
        self.records.ask(evaluator=name, score=None)
        self.records.know_evaluators(self._evaluators(self._session.focus))

    def _filters_changed(self) -> None:
        query = self.records.query
        self.distributions.latency.pick(query.latency)
        self.distributions.score.pick(query.score)
        filtered = query.outcome or query.search or query.score or query.latency
        self.clear.setEnabled(filtered is not None and filtered != "")

    def _ask_for_file(self) -> None:
        """Asks for a file without blocking; the file name determines CSV or JSON Lines."""
        dialog = QFileDialog(self, tr("Export records"))
        dialog.setObjectName("export_dialog")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilters([tr("Spreadsheet (*.csv)"), tr("JSON lines (*.jsonl)")])
        dialog.setDefaultSuffix("csv")
        dialog.filterSelected.connect(
            lambda kind: dialog.setDefaultSuffix("jsonl" if "jsonl" in kind else "csv")
        )
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        remember_folder(dialog, "export", f"records-{self.records.run_id}.csv")
        dialog.fileSelected.connect(lambda path: spawn(self.export(Path(path))))
        dialog.open()

    async def export(self, path: Path) -> None:
        """Writes the selected records if there are several, else all that are shown."""
        run_id, ids = self.records.run_id, self.records.chosen_ids()
        if run_id is None:
            return
        await export_with_progress(
            self._session,
            path,
            lambda progress: export_records(self._session.workspace, run_id, ids, path, progress),
            lambda count: trn(
                "{n} record of run {run_id} written to {path}.",
                "{n} records of run {run_id} written to {path}.",
                count,
            ).format(run_id=run_id, path=path),
        )

    def _connect(self, actions: Actions) -> None:
        session, records, spread = self._session, self.records, self.distributions
        session.runs_changed.connect(self._show_focus)
        session.focus_changed.connect(self._show_focus)
        session.run_changed.connect(lambda run_id: self._show_focus() if run_id == session.focus else None)
        self.run.chosen.connect(session.look_at)
        spread.latency_chosen.connect(lambda span: records.ask(latency=span))
        spread.score_chosen.connect(lambda span: records.ask(score=span))
        spread.evaluator_chosen.connect(self._evaluator_chosen)
        records.query_changed.connect(self._filters_changed)
        records.large_changed.connect(lambda large: spread.setVisible(not large))
        records.details_shown.connect(self.waterfall.show_record)
        self.export_button.clicked.connect(self._ask_for_file)
        self.clear.clicked.connect(records.clear_filters)
        self._filters_changed()
        for panel in (records, spread):
            panel.problem.connect(lambda text: session.tell(text, "error", key="store"))
        self._commands = RecordCommands(session, actions, records, self)
        for key, rows in (("J", 1), ("K", -1)):
            shortcut = QShortcut(QKeySequence(key), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(lambda rows=rows: records.step(rows))

    def _lay_out(self, actions: Actions) -> None:
        head = QHBoxLayout()
        head.setSpacing(SPACE_S)
        label = TextLabel(tr("Run"))
        label.setBuddy(self.run)
        head.addWidget(label)
        head.addWidget(self.run, 1)
        head.addWidget(self.clear)
        head.addWidget(self.export_button)
        head.addWidget(ActionButton(actions["copy_record"]))
        card = Card()
        inside = QVBoxLayout(card)
        inside.setContentsMargins(2, 2, 2, 2)
        inside.addWidget(self.records)
        detail = self.records.detail.layout()
        assert isinstance(detail, QVBoxLayout)
        detail.insertWidget(0, self.waterfall)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE_S, SPACE_S, SPACE_S, SPACE_S)
        layout.setSpacing(SPACE_S)
        layout.addLayout(head)
        layout.addWidget(self.distributions)
        layout.addWidget(card, 1)
