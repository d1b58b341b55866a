"""Models page: models with their keys and limits, their endpoint's capacity, and what was learned about it."""

from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QSplitter, QVBoxLayout, QWidget

from evalstudio.core.errors import EvalStudioError, StoreError
from evalstudio.core.strategy import SlidingWindow
from evalstudio.models.settings import ModelSettings
from evalstudio.protocol import ForgetEndpoint, LocalModel
from evalstudio.ui.kit.actions import Actions
from evalstudio.ui.kit.tabs import Tabs
from evalstudio.ui.kit.text import mark, one_line, tr
from evalstudio.ui.kit.theme import SPACE_M, SPACE_S
from evalstudio.ui.kit.widgets import ActionButton, Card, ElidedLabel, TextLabel
from evalstudio.ui.pages.models.capacity_panel import CapacityPanel
from evalstudio.ui.pages.models.key_offers import find_keys
from evalstudio.ui.pages.models.learned_panel import LearnedPanel
from evalstudio.ui.pages.models.model_form import ModelForm
from evalstudio.ui.pages.models.model_list import ENDPOINT, TITLES, ModelList
from evalstudio.ui.state.engine_client import EngineState
from evalstudio.ui.state.model_book import ModelBook
from evalstudio.ui.state.notices import Offer
from evalstudio.ui.state.session import Session
from evalstudio.ui.state.tasks import spawn

FIRST = "demo/fast"
ABOUT = {
    "demo": mark(
        "A model server that the program brings along and starts when it is first called. It behaves as a real one."
    ),
    "local": mark("A small real language model that runs on this machine: 130 MB, installed once."),
}


class ModelsPage(QWidget):
    """The Models page. `next_run` requests a model and a strategy for the next run."""

    next_run = Signal(str, object)  # model, strategy

    def __init__(self, session: Session, book: ModelBook, actions: Actions) -> None:
        super().__init__()
        self.setObjectName("page_models")
        self._session = session
        self._book = book
        self.current = ""
        self.first = ""  # the model to look at when the page is first shown
        self.list = ModelList()
        self.form = ModelForm(session, book)
        self.capacity = CapacityPanel(session)
        self.learned = LearnedPanel()
        self._title = ElidedLabel("", "text", 1.25, bold=True, name="model_title")
        self._about = ElidedLabel("", "muted", name="model_about")
        self._local = TextLabel("", "muted", name="local_state")
        self._local_line = QWidget()
        self._use = ActionButton(actions["use_model"])
        self._import = ActionButton(
            actions["import_dataset"], name="models_import_dataset", words=tr("Import a dataset")
        )
        self._import.setVisible(False)
        self._lay_out(actions)
        self.list.chosen.connect(self.look_at)
        self.list.add.connect(self.begin)
        self.form.saved.connect(self._saved)
        self.form.removed.connect(lambda *_: self.look_at(FIRST))
        self.capacity.apply_wanted.connect(self._keep_window)
        self.learned.forget_wanted.connect(lambda endpoint: spawn(self._forget(endpoint)))
        book.changed.connect(self._models_changed)
        session.runs_changed.connect(self._read_soon)
        for signal in (session.local_model_changed, session.runs_changed):  # a run on it starts it, too
            signal.connect(self._look_at_local_soon)
        session.engine.state_changed.connect(self._engine_state)
        actions.connect("use_model", lambda: self.next_run.emit(self.current, None))
        self._reading = QTimer(self)
        self._reading.setSingleShot(True)
        self._reading.setInterval(0)
        self._reading.timeout.connect(lambda: spawn(self._read()))
        self.look_at(FIRST)

    @property
    def kept(self) -> list[QSplitter]:
        """Widgets whose layout is saved and restored."""
        return [self._sides]

    def look_at(self, name: str) -> None:
        """Shows a model of the workspace or a built-in one."""
        kept = name in self._book.models
        try:
            model = self._book.models[name] if kept else self._book.resolve(name)
        except EvalStudioError as error:
            self._session.tell(str(error), "error", key="models")
            return
        self.current = name
        self.list.show_models(self._book.models, name)
        self._show(name, model, kept=kept)

    def begin(self, kind: str) -> None:
        """Opens an empty form for an OpenAI-compatible `endpoint`, a model of a provider, or a Python function."""
        self.current = ""
        self.list.show_models(self._book.models, None)
        self._show("", ModelSettings("openai" if kind == ENDPOINT else kind), kept=False)
        self._title.show_text(tr("New: {provider}").format(provider=tr(TITLES.get(kind, kind))))
        self.tabs.setCurrentIndex(0)
        self.form.begin(find_keys(Path.cwd(), self._session.workspace.folder), own_address=kind == ENDPOINT)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._book.load()
        first, self.first = self.first, ""
        if first:
            self.look_at(first)
        self._read_soon()
        spawn(self._look_at_local())

    # Contents ------------------------------------------------------------------------------------------------

    def _show(self, name: str, model: ModelSettings, *, kept: bool) -> None:
        self._title.show_text(one_line(name))
        about = tr(ABOUT[model.provider]) if model.provider in ABOUT else ""
        if not about:
            about = model.label if model.name and model.label != name else model.base_url or model.path
        self._about.show_text(one_line(about))
        self._local_line.setVisible(model.provider == "local")
        self._use.defaultAction().setEnabled(bool(name))
        self._import.setVisible(False)
        self.form.show_model(name, model, kept=kept)
        self.capacity.show_model(name)
        self.learned.show_model(model.label if model.name else "")

    def _saved(self, name: str) -> None:
        """Shows the saved model, and the way on from a new one: to a dataset for it."""
        self.look_at(name)
        self._import.setVisible(True)

    def _models_changed(self) -> None:
        if self.current in self._book.models or not self.current:
            self.list.show_models(self._book.models, self.current or None)
        else:
            self.look_at(self.current if "/" in self.current else FIRST)

    def _keep_window(self, name: str, window: int) -> None:
        try:
            entry = self._book.keep_window(name, window)
        except EvalStudioError as error:
            self._session.tell(str(error), "error", key="models")
            return
        self.look_at(entry)
        self._session.tell(
            tr(
                "{entry} has a window of {window} now: runs on it that set no strategy of their own use it. An "
                "evaluation's own strategy still goes first."
            ).format(entry=one_line(entry), window=window),
            "info",
            Offer(
                tr("Next run with {window} in flight").format(window=window),
                lambda: self.next_run.emit(entry, SlidingWindow(window)),
            ),
            key="capacity",
        )

    def _read_soon(self) -> None:
        if self.isVisible() and not self._reading.isActive():
            self._reading.start()

    async def _forget(self, endpoint: str) -> None:
        if await self._session.engine_did(ForgetEndpoint(endpoint)):
            await self._read()

    async def _read(self) -> None:
        try:
            self.learned.show_known(*await self._session.store.learned())
        except StoreError as error:
            self._session.tell(str(error), "error", key="store")

    def _engine_state(self, state: EngineState) -> None:
        if state is EngineState.READY and self.isVisible():
            spawn(self.form.key.look())
            spawn(self._look_at_local())

    def _look_at_local_soon(self) -> None:
        if self.isVisible():
            spawn(self._look_at_local())

    async def _look_at_local(self) -> None:
        if self._session.engine.state is not EngineState.READY:
            return
        try:
            status = await self._session.engine.request(LocalModel(action="status"))
        except EvalStudioError:
            return  # the engine is shutting down
        words = (
            "runs"
            if status.running
            else tr("installed, not running")
            if status.installed
            else tr("not installed")
        )
        self._local.show_text(
            tr("The local model is {words}.").format(words=words)
            if words != "runs"
            else tr("The local model runs.")
        )

    # Construction -----------------------------------------------------------------------------------------------

    def _lay_out(self, actions: Actions) -> None:
        local = QHBoxLayout(self._local_line)
        local.setContentsMargins(SPACE_M, 0, SPACE_M, 0)
        local.addWidget(self._local)
        for name in ("local_start", "local_stop"):
            local.addWidget(ActionButton(actions[name]))
        local.addStretch(1)
        names = QVBoxLayout()
        names.setSpacing(0)
        names.addWidget(self._title)
        names.addWidget(self._about)
        head = QHBoxLayout()
        head.setContentsMargins(SPACE_M, SPACE_S, SPACE_M, 0)
        head.addLayout(names, 1)
        head.setSpacing(SPACE_S)
        head.addWidget(self._import)
        head.addWidget(self._use)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(self.form)
        scroll.viewport().setAutoFillBackground(False)
        self.form.setAutoFillBackground(False)
        self.tabs = Tabs("model_tabs", tr("Set-up, capacity, and what was learned"))
        for widget, title in (
            (scroll, tr("Set-up")), (self.capacity, tr("Capacity finder")), (self.learned, tr("Measured")),
        ):  # fmt: skip
            self.tabs.addTab(widget, title)
        card = Card()
        inside = QVBoxLayout(card)
        inside.setContentsMargins(2, 2, 2, 2)
        inside.setSpacing(SPACE_S)
        inside.addLayout(head)
        inside.addWidget(self._local_line)
        inside.addWidget(self.tabs, 1)
        self._sides = QSplitter(Qt.Orientation.Horizontal)
        self._sides.setObjectName("models_splitter")
        self._sides.setChildrenCollapsible(False)
        self._sides.setHandleWidth(SPACE_S)
        self._sides.addWidget(self.list)
        self._sides.addWidget(card)
        self._sides.setStretchFactor(1, 1)
        self._sides.setSizes([240, 1000])
        layout = QHBoxLayout(self)
        layout.setContentsMargins(SPACE_S, SPACE_S, SPACE_S, SPACE_S)
        layout.addWidget(self._sides)
