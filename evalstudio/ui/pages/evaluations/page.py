"""Evaluations page: write, try and run evaluations."""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from evalstudio.core.errors import EvalStudioError, RunError
from evalstudio.datasets import DatasetSource
from evalstudio.evaluations.library import (
    FIRST_MODEL,
    copy_example,
    find_datasets,
    find_evaluations,
    free_name,
    new_evaluation,
    relative,
    telling_name,
)
from evalstudio.evaluations.loading import EXAMPLE, variants
from evalstudio.models.settings import ModelSettings
from evalstudio.protocol import EvaluationFile, ForecastRun, ListEvaluations, StartRun
from evalstudio.ui.kit.actions import Actions
from evalstudio.ui.kit.folding import Folding
from evalstudio.ui.kit.form_fields import exact_text
from evalstudio.ui.kit.text import tr, trn
from evalstudio.ui.kit.theme import SPACE_S
from evalstudio.ui.pages.evaluations.evaluation_bar import EvaluationBar, forecast_sentence
from evalstudio.ui.pages.evaluations.evaluation_editor import ChangedElsewhere, EvaluationEditor
from evalstudio.ui.pages.evaluations.evaluation_list import EvaluationList
from evalstudio.ui.pages.evaluations.function_forecasts import function_forecasts
from evalstudio.ui.pages.evaluations.python_file import PythonFile
from evalstudio.ui.pages.evaluations.save_and_tell import save_and_tell
from evalstudio.ui.pages.evaluations.trial import Trial
from evalstudio.ui.state.engine_client import EngineState
from evalstudio.ui.state.file_dialogs import remember_folder
from evalstudio.ui.state.model_book import DEMO_MODELS
from evalstudio.ui.state.notices import Offer
from evalstudio.ui.state.run_start import start_run
from evalstudio.ui.state.session import Session, references_of
from evalstudio.ui.state.tasks import spawn

FORECAST_MS = 400  # after a check without an issue
LARGE = 16 << 20  # bytes; the engine does not read a larger dataset in full at each change
FIRST = "example:sentiment"


class EvaluationsPage(QWidget):
    """The Evaluations page. `run_started` is emitted when a run has started, `file_run` with its file."""

    run_started = Signal(int)
    file_run = Signal(str)

    def __init__(self, session: Session, actions: Actions) -> None:
        super().__init__()
        self.setObjectName("page_evaluations")
        self._session = session
        self._actions = actions
        self.first = FIRST  # what is opened when the page is first shown
        self._opened: list[str] = []  # files outside the workspace
        self._preferred = ""  # the model of the next new evaluation
        self._starting = False
        self._forecast_round = 0
        self.list = EvaluationList(actions)
        self.bar = EvaluationBar(actions)
        self.editor = EvaluationEditor(session.datasets)
        self.trial = Trial(session, self.editor.preview)
        self.python = PythonFile()
        self._python_path = ""
        self._python_read = False
        self._forecast_due = True  # also for a large dataset
        self._forecast_timer = QTimer(self)
        self._forecast_timer.setSingleShot(True)
        self._forecast_timer.setInterval(FORECAST_MS)
        self._lay_out()
        self._connect()
        self._update_actions()

    @property
    def splitters(self) -> list[QSplitter]:
        """Splitters whose layout is saved and restored."""
        return [self.sides, self.editor.splitter]

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self.editor.reference and not self._python_path:
            self.open(self.first)
        spawn(self.refresh())
        self.editor.look_again()
        self._update_actions()

    # Commands -----------------------------------------------------------------------------------------

    def open(self, reference: str) -> None:
        """Opens an evaluation: a path of a TOML or Python file, or an example. Earlier edits are saved first."""
        if self.editor.is_dirty and not self._kept():
            spawn(self.refresh())  # the list shows the evaluation that is still open
            return
        if not reference.startswith(EXAMPLE) and reference not in self._opened:
            self._opened.append(reference)
        if reference.endswith(".py"):
            self._python_path = reference
            self._stack.setCurrentWidget(self.python)
            spawn(self._read_python())
        else:
            try:
                self.editor.open(reference)
            except EvalStudioError as error:
                self._session.tell(str(error), "error", key="evaluation")
                return
            self._python_path = ""
            self._forecast_due = True
            self._stack.setCurrentWidget(self._toml)
            self._propose()
        spawn(self.refresh())
        self._update_actions()

    def new(self, source: DatasetSource | None = None, column: str = "text") -> None:
        """Creates an evaluation in the workspace and opens it; the model is asked `column`."""
        name = telling_name(Path(source.path)) if source is not None else "new-evaluation"
        model = self._model_for_new()
        spawn(self._make(lambda: new_evaluation(self._session.workspace, name, source, column, model)))

    def save(self, *, over_others: bool = False) -> None:
        try:
            self.editor.save(over_others=over_others)
        except ChangedElsewhere as error:
            offers = (
                Offer(tr("Overwrite"), partial(self.save, over_others=True)),
                Offer(tr("Reload"), lambda: self.editor.open(self.editor.reference)),
            )
            self._session.tell(str(error), "warning", *offers, key="evaluation")
        except EvalStudioError as error:
            self._session.tell(str(error), "error", key="evaluation")

    async def try_out(self) -> None:
        """Saves, and calls the model for three samples; for a grid, for three of each of its first variants."""
        if await self._is_sound() and self._kept():
            await self.trial.begin(self.editor.reference, self._name, self.editor.draft.spec)

    async def run(self) -> None:
        """Saves, starts a run for each model, and shows the first."""
        wanted = self.bar.wanted
        if not await self._is_sound():
            return
        first = await self._start(wanted.experiment, new_run=bool(wanted.models))
        if first is None:
            return
        for model in wanted.models:
            await self._start(wanted.experiment, model=model, new_run=True)
        if not self.editor.is_example:
            self.file_run.emit(self.editor.reference)
        self._session.look_at(first)
        self.run_started.emit(first)

    def prefer_model(self, name: str) -> None:
        """Makes the next new evaluation use a model."""
        self._preferred = name

    def know_models(self, named: Mapping[str, ModelSettings]) -> None:
        """Sets the workspace's own models to choose from."""
        self.editor.know_models(named)
        spawn(self.refresh())

    async def refresh(self) -> None:
        """Reads the lists of evaluations and datasets."""
        workspace, used = self._session.workspace, self._used()
        worker = self._session.datasets.worker
        entries = await worker.do(lambda: find_evaluations(workspace, used))
        datasets = await worker.do(lambda: find_datasets(workspace))
        self.list.show_entries(entries, self._python_path or self.editor.reference)
        folder = self.editor.path.absolute().parent if self.editor.reference else workspace.evaluations
        models = dict.fromkeys(
            [
                *self.editor.named,
                *DEMO_MODELS,
                *(row.model for row in self._session.rows if "::" not in row.model),
            ]
        )
        self.editor.form.know(tuple(models), [relative(path, folder) for path in datasets])

    @property
    def _name(self) -> str:
        table = self.editor.draft.table or {}
        return str(table.get("name", "")) or "evaluation"

    def _model_for_new(self) -> str:
        """Returns the model that was saved last, else that of the latest run if it is an own one, else any own one."""
        named = self.editor.named
        if self._preferred in named:
            return self._preferred
        latest = self._session.rows[0].model if self._session.rows else ""
        own = [name for name, model in named.items() if latest in (name, model.label)]
        return (own or [*named, FIRST_MODEL])[0]

    async def _start(self, experiment: str, *, model: str | None = None, new_run: bool = False) -> int | None:
        if not self._kept():
            return None
        self._starting = True
        self._update_actions()
        try:
            return await start_run(
                self._session, StartRun(self.editor.reference, experiment, model=model, new_run=new_run)
            )
        finally:
            self._starting = False
            self._update_actions()

    async def _run_function(self, name: str) -> None:
        path = self._python_path
        experiment = free_name(Path(path).stem, {row.experiment for row in self._session.rows})
        reference = f"{path}::{name}" if name else path
        try:
            run_id = await self._session.engine.request(StartRun(evaluation=reference, experiment=experiment))
        except RunError as error:
            sentence, _, trace = str(error).partition("\n")
            self.python.show_file(EvaluationFile((), sentence, trace))
            return
        self._session.look_at(run_id)
        self.run_started.emit(run_id)

    async def _read_python(self) -> None:
        path, self._python_read = self._python_path, False
        self.python.show_waiting(path)
        try:
            found = await self._session.engine.request(ListEvaluations(path=path))
        except RunError as error:
            self.python.show_problem(str(error))
            return
        if path == self._python_path:
            self._python_read = True
            self.python.show_file(found)
            spawn(self._forecast_functions(path, found))

    async def _forecast_functions(self, path: str, file: EvaluationFile) -> None:
        async for name, words, sentence in function_forecasts(self._session, path, file):
            if path != self._python_path:
                return
            self.python.show_forecast(name, words, sentence)

    async def _is_sound(self) -> bool:
        """Waits for the check of what was just typed; returns whether nothing is left to fix."""
        await self.editor.check_now()
        return self.editor.is_checked and not self.editor.issues

    def _tried(self) -> None:
        self._forecast_timer.start()
        self._update_actions()

    def _engine_changed(self, state: EngineState) -> None:
        if state is not EngineState.READY:
            self.trial.end()
        elif self._python_path and not self._python_read:
            spawn(self._read_python())
        elif not self.editor.issues and self.editor.is_checked:
            self._forecast_timer.start()
        self._update_actions()

    def _checked(self) -> None:
        if self.editor.issues:
            count = len(self.editor.issues)
            self.bar.say(
                trn("{n} problem to fix before it can run.", "{n} problems to fix before it can run.", count),
                "bad",
            )
        elif self.isVisible() and (self._forecast_due or self.editor.dataset_size < LARGE):
            self._forecast_due = False
            self._forecast_timer.start()
        self._update_actions()

    async def _forecast(self) -> None:
        if self.editor.issues or not self.editor.reference:
            return
        self._forecast_round += 1
        this = self._forecast_round
        text = exact_text(self.editor.text)
        try:
            found = await self._session.engine.request(ForecastRun(str(self.editor.path), text=text))
            message, colour, samples = forecast_sentence(found), "muted", found.samples
        except RunError as error:
            message, colour, samples = str(error), "warn", None
        if this == self._forecast_round and not self.editor.issues:
            self.bar.say(message, colour)
            self.editor.form.grid.know_calls(samples)

    def _changed(self) -> None:
        if self.editor.issues:
            self.bar.say("")
        self.bar.show_title(
            f"{self.editor.path.name}{' · ' + tr('example') if self.editor.is_example else ''}",
            dirty=self.editor.is_dirty,
        )
        spec = self.editor.draft.spec
        if spec is not None:
            self.bar.know_grid(len(variants(spec)))
        self._propose()
        self._update_actions()

    def _propose(self) -> None:
        taken = {row.experiment for row in self._session.rows}
        self.bar.propose(free_name(self._name, taken))

    def _update_actions(self) -> None:
        ready = self._session.engine.state is EngineState.READY and not self._starting
        toml = self._stack.currentWidget() is self._toml and bool(self.editor.reference) and self.isVisible()
        sound = toml and not self.editor.issues  # also while it is checked: a click just after typing counts
        self._actions["save_evaluation"].setEnabled(
            toml and self.editor.is_dirty and not self.editor.is_example
        )
        self._actions["try_evaluation"].setEnabled(ready and sound and not self.trial.is_under_way)
        self._actions["run_evaluation"].setEnabled(ready and sound)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._update_actions()  # their shortcuts belong to this page

    def leave(self) -> None:
        """Saves edits before another file is opened or the window closes."""
        if self.editor.is_dirty and not self.editor.is_example:
            self.save()

    def _kept(self) -> bool:
        """Saves and returns whether that succeeded; a failure is reported."""
        save_and_tell(self._session, self.editor, self.leave)
        return not self.editor.is_dirty or self.editor.is_example

    def _used(self) -> list[str]:
        """Returns the files that are open, and those of earlier runs."""
        return list(dict.fromkeys([*self._opened, *references_of(self._session.rows)]))

    async def _make(self, make: Callable[[], Path]) -> None:
        try:
            path = await self._session.datasets.worker.do(make)
        except EvalStudioError as error:
            self._session.tell(str(error), "error", key="evaluation")
            return
        self.open(str(path))
        self.editor.form.name.setFocus()

    def _browse(self) -> None:
        dialog = QFileDialog(self, tr("Choose a dataset"), str(self.editor.path.absolute().parent))
        dialog.setObjectName("dataset_dialog")
        remember_folder(dialog, "dataset")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.use_dataset)
        dialog.open()

    def use_dataset(self, path: str) -> None:
        """Uses a file in place as the dataset of the evaluation."""
        self.editor.form.dataset.setEditText(relative(Path(path), self.editor.path.absolute().parent))

    def _connect(self) -> None:
        session, actions, editor = self._session, self._actions, self.editor
        self.list.chosen.connect(self.open)
        editor.changed.connect(self._changed)
        editor.checked.connect(self._checked)
        editor.browse.connect(self._browse)
        editor.copy_wanted.connect(
            lambda reference: spawn(self._make(partial(copy_example, session.workspace, reference)))
        )
        self.python.run.connect(lambda name: spawn(self._run_function(name)))
        self.python.read_again.connect(lambda: spawn(self._read_python()))
        self._forecast_timer.timeout.connect(lambda: spawn(self._forecast()))
        self.trial.changed.connect(self._update_actions)
        self.trial.answered.connect(self._tried)
        session.runs_changed.connect(self._propose)
        session.engine.state_changed.connect(self._engine_changed)
        actions.connect("save_evaluation", self.save)
        actions.connect("list", Folding(self, self.list).turn)
        actions.connect("try_evaluation", lambda: spawn(self.try_out()))
        actions.connect("run_evaluation", lambda: spawn(self.run()))

    def _lay_out(self) -> None:
        self._toml = QWidget()
        column = QVBoxLayout(self._toml)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_S)
        column.addWidget(self.bar)
        column.addWidget(self.editor, 1)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._toml)
        self._stack.addWidget(self.python)
        self.sides = QSplitter()
        self.sides.setObjectName("evaluations_splitter")
        self.sides.setChildrenCollapsible(False)
        self.sides.setHandleWidth(SPACE_S)
        self.sides.addWidget(self.list)
        self.sides.addWidget(self._stack)
        self.sides.setStretchFactor(1, 1)
        self.sides.setSizes([200, 1000])
        layout = QHBoxLayout(self)
        layout.setContentsMargins(SPACE_S, SPACE_S, SPACE_S, SPACE_S)
        layout.addWidget(self.sides)
