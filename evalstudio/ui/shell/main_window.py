"""Main window: navigation on the left, one page, messages above it, the engine's state in the status bar."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QSettings, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QApplication,
    QFileDialog,
    QHBoxLayout,
    QMainWindow,
    QStackedWidget,
    QWidget,
)

from evalstudio.core.run_state import RunState
from evalstudio.core.strategy import Strategy
from evalstudio.datasets import DatasetSource
from evalstudio.ui.kit.actions import Actions
from evalstudio.ui.kit.icons import application_icon
from evalstudio.ui.kit.quiet_style import AccessKeys
from evalstudio.ui.kit.sheet import Sheet
from evalstudio.ui.kit.tab_order import focus_in_order
from evalstudio.ui.kit.text import tr, trn
from evalstudio.ui.kit.theme import SPACE_XS, Theme
from evalstudio.ui.pages.home.page import HomePage
from evalstudio.ui.pages.runs.log_pane import LogPane
from evalstudio.ui.shell.dropped_files import file_of, is_evaluation
from evalstudio.ui.shell.finder import Entry
from evalstudio.ui.shell.first_paint import after_first_paint
from evalstudio.ui.shell.geometry import restore_geometry
from evalstudio.ui.shell.help_commands import HelpCommands
from evalstudio.ui.shell.keep_awake import Awake
from evalstudio.ui.shell.local_model import LocalModelControl
from evalstudio.ui.shell.message_bar import MessageBar
from evalstudio.ui.shell.navigation import PAGES, Navigation
from evalstudio.ui.shell.page_history import PageHistory
from evalstudio.ui.shell.page_loader import PagesBehindHome
from evalstudio.ui.shell.run_end_notifier import EndNotes
from evalstudio.ui.shell.status_line import StatusLine
from evalstudio.ui.shell.view_commands import ViewCommands
from evalstudio.ui.shell.workspaces import Workspaces
from evalstudio.ui.state.engine_client import EngineState
from evalstudio.ui.state.file_dialogs import remember_folder
from evalstudio.ui.state.model_book import ModelBook
from evalstudio.ui.state.notices import Notice
from evalstudio.ui.state.session import Session
from evalstudio.ui.state.tasks import spawn

if TYPE_CHECKING:
    from evalstudio.ui.pages.compare.page import ComparePage
    from evalstudio.ui.pages.datasets.page import DatasetsPage
    from evalstudio.ui.pages.evaluations.page import EvaluationsPage
    from evalstudio.ui.pages.models.page import ModelsPage
    from evalstudio.ui.pages.results.page import ResultsPage
    from evalstudio.ui.pages.runs.page import RunsPage


class MainWindow(QMainWindow):
    """The main window. `leave` is called once when the window may close, after a confirmation if a run is active.

    Home exists immediately. The other pages are created after the first paint, or when one of them is requested.
    """

    def __init__(self, session: Session, theme: Theme, machine: QSettings, leave: Callable[[], None]) -> None:
        super().__init__()
        self.setObjectName("main_window")
        self.setWindowIcon(application_icon())
        self._session = session
        self._theme = theme
        self._machine = machine
        self._leave = leave
        self._may_leave = False
        self.reopens = False  # closed only to be reopened
        self.actions_ = Actions(self)
        self.messages = MessageBar()
        self.log = LogPane()
        self.home_page = HomePage(session, self.actions_)
        self.book = ModelBook(session, self)
        self._others = PagesBehindHome(session, self.actions_, self.log, self.book)
        self._making = self._others.make()
        self.is_complete = False
        self._has_chosen_page = False
        self._first: dict[str, QWidget] = {}
        self.setAcceptDrops(True)
        AccessKeys(self)
        self.awake = Awake(self)
        self._end_notes = EndNotes(session, self)
        self._lay_out()
        self._connect()
        restore_geometry(self, machine)
        after_first_paint(self, lambda: session.when_read(self._make_next))  # Home has its runs first

    @property
    def runs_page(self) -> "RunsPage":
        return self.complete().runs

    @property
    def results_page(self) -> "ResultsPage":
        return self.complete().results

    @property
    def compare_page(self) -> "ComparePage":
        return self.complete().compare

    @property
    def evaluations_page(self) -> "EvaluationsPage":
        return self.complete().evaluations

    @property
    def datasets_page(self) -> "DatasetsPage":
        return self.complete().datasets

    @property
    def models_page(self) -> "ModelsPage":
        return self.complete().models

    def complete(self) -> PagesBehindHome:
        """Creates the missing pages, which would otherwise be created after the first paint."""
        if not self.is_complete:
            for _ in self._making:
                pass
            self._add_pages()
        return self._others

    def show_notice(self, notice: Notice) -> None:
        self.messages.show_notice(notice)
        QApplication.alert(self) if notice.level == "error" and not self.isActiveWindow() else None

    def closeEvent(self, event: QCloseEvent) -> None:
        if not self._may_leave and self._session.active_here:
            event.ignore()
            self._ask_before_leaving()
            return
        self._remember()
        self.awake.hold(False)
        event.accept()
        self._leave()

    # Commands -----------------------------------------------------------------------------------------

    def open_evaluation(self) -> None:
        """Asks for an evaluation file without blocking."""
        dialog = QFileDialog(self, tr("Open an evaluation"))
        dialog.setObjectName("open_dialog")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters([tr("Evaluations (*.toml eval_*.py *.py)"), tr("All files (*)")])
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.take_evaluation)
        remember_folder(dialog, "evaluation")
        dialog.open()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if file_of(event.mimeData()) is not None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        path = file_of(event.mimeData())
        if path is None:
            return
        event.acceptProposedAction()
        if is_evaluation(path):
            self.take_evaluation(str(path))
            self.show_page("evaluations")
        else:
            self.show_page("datasets")
            self.datasets_page.look_at(path)

    def take_evaluation(self, path: str) -> None:
        """Takes a selected evaluation: it is ready to run, and open on its page."""
        if not path.endswith(".py"):
            self.runs_page.start_bar.add_file(path)
        self.evaluations_page.open(path)
        if path.endswith(".py") or not self.runs_page.isVisible():  # whose form shows it
            self.show_page("evaluations")

    def new_evaluation(self, source: DatasetSource | None = None, column: str = "text") -> None:
        self.evaluations_page.new(source, column)
        self.show_page("evaluations")

    def show_run(self, run_id: int) -> None:
        self._session.look_at(run_id)
        self.show_page("runs")

    def show_evaluation(self, reference: str) -> None:
        self.evaluations_page.open(reference)
        self.show_page("evaluations")

    def add_endpoint(self) -> None:
        """Opens the form of a new OpenAI-compatible endpoint."""
        self.show_page("models")
        self.models_page.begin("endpoint")

    def open_settings(self, key: str = "") -> None:
        """Opens the settings, at the one called `key` if given."""
        from evalstudio.ui.settings.settings import SettingsDialog

        dialog = SettingsDialog(self._session, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if key:
            dialog.show_setting(key)
        dialog.open()

    def show_page(self, name: str) -> None:
        """Shows the page called `name`, such as home or runs."""
        self._has_chosen_page = True
        if name != "home":
            self.complete()
        self._history.visit(name)
        self._navigation.show_page(name)
        self._pages.setCurrentIndex(PAGES.index(name))
        if name in self._first:
            self._first[name].setFocus()  # so that its keys work immediately

    def _palette_entries(self) -> list[Entry]:
        from evalstudio.ui.shell.palette_entries import entries_of

        self.complete()
        return entries_of(self, self._session, self.actions_)

    def _reopen(self) -> None:
        self.reopens = True
        self.close()

    def _prepare_run(self, model: str, strategy: Strategy | None) -> None:
        self.runs_page.prepare(model, strategy)
        self.show_page("runs")

    def _compare(self, run_ids: list[int]) -> None:
        self.compare_page.choose_runs(run_ids)
        self.show_page("compare")

    def _use_model(self, name: str) -> None:
        self.runs_page.start_bar.choose_model(name)

    def _ask_before_leaving(self) -> None:
        if self.findChild(Sheet, "leave_question") is not None:
            return
        running = trn("A run is active.", "{n} runs are active.", len(self._session.active_here))
        saved = tr("Saved answers are kept. You can resume later.")
        question = Sheet(
            self,
            "leave_question",
            tr("Stop and quit?"),
            f"{running} {saved}",
            tr("Stop and quit"),
            danger=True,
        )

        def leave() -> None:
            self._may_leave = True
            self.close()

        question.agreed.connect(leave)
        question.rejected.connect(lambda: setattr(self, "reopens", False))
        question.open()

    # Construction -----------------------------------------------------------------------------------------------

    def _connect(self) -> None:
        session, actions = self._session, self.actions_
        session.notice.connect(self.show_notice)
        session.run_changed.connect(lambda *_: self._keep_awake())
        session.engine.state_changed.connect(lambda *_: self._keep_awake())
        session.settings_changed.connect(self._settings_changed)
        session.settings_wanted.connect(self.open_settings)
        session.run_wanted.connect(self.show_run)
        session.compare_wanted.connect(self._compare)
        session.settled.connect(self.messages.dismiss_key)
        session.progress.connect(self.messages.change_text)
        session.reopen_wanted.connect(self._reopen)
        session.engine.log.connect(self.log.add)
        session.engine.state_changed.connect(self._show_engine)
        actions.connect("quit", self.close)
        actions.connect("open_evaluation", self.open_evaluation)
        actions.connect("settings", self.open_settings)
        for name in PAGES:
            actions.connect(f"page_{name}", partial(self.show_page, name))
        actions.connect("new_evaluation", self.new_evaluation)
        self.home_page.run_started.connect(lambda *_: self.show_page("runs"))
        self.home_page.run_chosen.connect(self.show_run)
        self.home_page.overview.evaluation_chosen.connect(self.show_evaluation)
        actions.connect("add_endpoint", self.add_endpoint)
        actions.connect("import_dataset", partial(self.show_page, "datasets"))
        actions.connect("log", partial(self.show_page, "runs"))
        self._local = LocalModelControl(session, actions, self._use_model)
        self._help = HelpCommands(self, session, actions)
        self._workspaces = Workspaces(self, session, actions, self._machine)
        self.home_page.overview.guide_wanted.connect(self._help.open_guide)
        self._history = PageHistory(actions, self.show_page)
        self._view = ViewCommands(self, session, actions, self._machine, self._palette_entries)
        self._settings_changed()

    def _make_next(self) -> None:
        """Runs the next step of creating pages, each in its own turn of the event loop."""
        if self.is_complete or not self.isVisible():
            return
        try:
            next(self._making)
        except StopIteration:
            self._add_pages()
        else:
            QTimer.singleShot(0, self._make_next)

    def _add_pages(self) -> None:
        from evalstudio.ui.shell.edit_commands import EditCommands
        from evalstudio.ui.shell.left_state import restore_left

        self.is_complete = True
        others = self._others
        pages = others.by_name()
        for name in PAGES[1:]:
            self._pages.addWidget(pages[name])
        self._first = others.first_fields()
        others.evaluations.run_started.connect(lambda *_: self.show_page("runs"))
        start_bar = others.runs.start_bar
        others.evaluations.file_run.connect(start_bar.add_file)
        others.datasets.evaluation_wanted.connect(self.new_evaluation)
        others.datasets.use_chosen.connect(self.show_evaluation)
        others.models.next_run.connect(self._prepare_run)
        others.models.form.saved.connect(others.evaluations.prefer_model)

        def know_models() -> None:
            start_bar.know_models(self.book.models)
            others.evaluations.know_models(self.book.models)

        def know_evaluations() -> None:
            others.models.capacity.know_evaluations(start_bar.evaluations)

        self.book.changed.connect(know_models)
        start_bar.changed.connect(know_evaluations)
        know_models()  # the engine may have been ready, and the models read, before these pages were made
        know_evaluations()
        self._edit = EditCommands(self.actions_, self._session.history, others.evaluations.editor, self)
        others.restore(self._machine)
        page = restore_left(self._machine, self._session, others)
        if page is not None and not self._has_chosen_page:
            self.show_page(page)
        self._session.look_around()
        spawn(others.datasets.refresh())  # for the palette

    def _keep_awake(self) -> None:
        """Keeps the machine awake while calls are made; a paused run lets it sleep."""
        going = (RunState.RUNNING, RunState.QUEUED)
        self.awake.hold(any(model.state in going for model in self._session.active_here))

    def _settings_changed(self) -> None:
        choice = self._session.settings.theme
        if choice != self._theme.choice:
            self._theme.choose(choice)
        self._theme.scale(self._session.settings.text_scale)
        for one in ("light", "dark", "system"):
            self.actions_[f"theme_{one}"].setChecked(one == choice)

    def _show_engine(self, state: EngineState) -> None:
        self._status.show_engine(state, self._session.engine.hello)
        if state is EngineState.READY:
            self.messages.dismiss_key("refusal")

    def _lay_out(self) -> None:
        self._pages = QStackedWidget()
        self._pages.addWidget(self.home_page)
        focus_in_order(self.home_page)
        centre = QWidget()
        layout = QHBoxLayout(centre)
        layout.setContentsMargins(SPACE_XS, 0, 0, 0)
        layout.setSpacing(0)
        self._navigation = Navigation(self.actions_)
        self._navigation.chosen.connect(self.show_page)
        layout.addWidget(self._navigation)
        layout.addWidget(self._pages, 1)
        self.setCentralWidget(centre)
        self.messages.lie_over(self._pages)
        self._status = StatusLine(self.statusBar(), str(self._session.workspace.folder))

    def _remember(self) -> None:
        self._machine.setValue("geometry", self.saveGeometry())
        if self.is_complete:  # otherwise it was closed immediately, and the saved layout is kept
            from evalstudio.ui.shell.left_state import save_left

            self._others.evaluations.leave()
            self._others.remember(self._machine)
            save_left(self._machine, self._session, self._others, PAGES[self._pages.currentIndex()])
