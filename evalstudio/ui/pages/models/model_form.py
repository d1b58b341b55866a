"""Model form: address, key and limits of a model; saves it to the workspace, and tests it or lists its models."""

from pathlib import Path
from typing import Any, TypeVar

import msgspec
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QSpinBox,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from evalstudio.advice.presets import advise, outside, preset_for
from evalstudio.core.errors import EvalStudioError
from evalstudio.core.strategy import MAXIMUM
from evalstudio.models.providers import BUILT_IN, PROVIDERS, is_self_hosted
from evalstudio.models.registry import check
from evalstudio.models.settings import ModelSettings
from evalstudio.protocol import Command, ListModels, TestModel
from evalstudio.ui.kit.busy import Busy
from evalstudio.ui.kit.combo_box import ComboBox, find_as_typed
from evalstudio.ui.kit.icons import icon
from evalstudio.ui.kit.text import one_line, tr, trn
from evalstudio.ui.kit.theme import SPACE_M, SPACE_S
from evalstudio.ui.kit.widgets import Button, TextLabel, labelled
from evalstudio.ui.pages.models.function_check import function_problem
from evalstudio.ui.pages.models.key_field import KeyField
from evalstudio.ui.pages.models.price_fields import PriceFields
from evalstudio.ui.state.model_book import ModelBook
from evalstudio.ui.state.session import Session
from evalstudio.ui.state.tasks import spawn

MOST_A_MINUTE = 1_000_000_000
WIDEST = 1_000  # pixels
T = TypeVar("T")


class ModelForm(QWidget):
    """Form of one model. `saved` is emitted with its name, `removed` when it was deleted."""

    saved = Signal(str)
    removed = Signal(str)

    def __init__(self, session: Session, book: ModelBook) -> None:
        super().__init__()
        self.setObjectName("model_form")
        self.setMaximumWidth(WIDEST)
        self._session = session
        self._book = book
        self._shown = ModelSettings("openai")
        self._function_trouble = ""
        self._before: str | None = None  # the current entry; None: not saved yet
        self._make_fields(session, book)
        self._lay_out()
        self._connect()

    def show_model(self, name: str, model: ModelSettings, *, kept: bool) -> None:
        """Shows a model; `kept`: it is an entry of the workspace."""
        self._shown, self._before = model, name if kept else None
        self.name.setText(name)
        self.model_id.clear()
        self.model_id.setCurrentText(model.name)
        preset = PROVIDERS.get(model.provider)
        self.base_url.setText(
            "" if preset is not None and model.base_url == preset.base_url else model.base_url
        )
        self.base_url.setPlaceholderText(preset.base_url if preset is not None else "")
        usual = preset.key if preset is not None else ""
        self.key.show_key("" if model.key == usual else model.key, usual)
        self.path.setText(model.path)
        self.function.setText(model.name)
        self.thread_safe.setChecked(model.thread_safe)
        for box, value in (
            (self.requests, model.requests_per_minute), (self.tokens, model.tokens_per_minute),
            (self.cap, model.max_concurrency), (self.window_size, model.window),
        ):  # fmt: skip
            box.setValue(int(value or 0))
        self.prices.show_prices(model.prices)
        self.provider.show_text(model.provider)
        self._show_kind(model.provider)
        self._tell("", "muted")
        self.remove.setEnabled(kept)
        self._function_trouble = ""
        self._check()

    def draft(self) -> ModelSettings:
        """Returns the model from the form. Raises ModelError or LimitError."""
        model = self._model()
        if model.provider not in (*BUILT_IN, "python"):
            model = msgspec.structs.replace(model, prices=self.prices.value())
        return check(self.name.text().strip(), model, self._session.workspace)

    def _model(self) -> ModelSettings:
        changes: dict[str, Any] = {
            "requests_per_minute": float(self.requests.value()) or None,
            "tokens_per_minute": float(self.tokens.value()) or None,
            "max_concurrency": self.cap.value() or None,
            "window": self.window_size.value() or None,
        }
        if self._shown.provider == "python":
            changes |= {
                "path": self.path.text().strip(), "name": self.function.text().strip(),
                "thread_safe": self.thread_safe.isChecked(),
            }  # fmt: skip
        elif self._shown.provider not in BUILT_IN:
            changes |= {
                "name": self.model_id.currentText().strip(), "base_url": self.base_url.text().strip(),
                "key": self.key.value,
            }  # fmt: skip
        return msgspec.structs.replace(self._shown, **changes)

    # Commands -------------------------------------------------------------------------------------------

    def _save(self) -> None:
        name = self.name.text().strip()
        try:
            self._book.save(name, self.draft(), self._before)
        except EvalStudioError as error:
            self._tell(str(error), "bad")
            return
        self._before = name
        self.saved.emit(name)
        self._tell(
            tr("Saved in {name} of the workspace.").format(name=self._session.workspace.models.name), "good"
        )

    def _remove(self) -> None:
        name, self._before = self._before, None
        if name is None:
            return
        try:
            self._book.remove(name)
        except EvalStudioError as error:
            self._tell(str(error), "bad")
            return
        self.removed.emit(name)

    async def _ask(self, command: Command[T], doing: str) -> T | None:
        """Sends a request about the model in the form; returns None if it was refused."""
        self._tell(doing, "muted")
        busy = Busy(self.test, self.list_models)
        busy.begin()
        try:
            return await self._session.engine.request(command)
        except EvalStudioError as error:
            self._tell(str(error), "bad")
            return None
        finally:
            busy.end()

    async def _test(self) -> None:
        if (message := await self._ask(TestModel(self._model()), tr("One small call…"))) is not None:
            self._tell(f"✓ {one_line(message)}", "good")

    async def _list(self) -> None:
        model = self._model()
        if not model.name:
            model = msgspec.structs.replace(model, name="any")  # the list does not depend on the name
        names = await self._ask(ListModels(model), tr("Asking for its models…"))
        if names is None:
            return
        current = self.model_id.currentText()
        self.model_id.clear()
        self.model_id.addItems([one_line(name) for name in names])
        self.model_id.setCurrentText(current or (names[0] if names else ""))
        self._tell(
            trn(
                "It offers one model.",
                "It offers {n} models; a part of a name, typed above, shows those that have it.",
                len(names),
            ),
            "good",
        )

    def _browse(self) -> None:
        dialog = QFileDialog(self.window(), tr("A Python file with the function"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters([tr("Python (*.py)"), tr("All files (*)")])
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.path.setText)
        dialog.fileSelected.connect(lambda *_: spawn(self._look_at_function()))
        dialog.open()

    def _advise(self) -> None:
        """Shows the recommended window for the provider, and a warning if the value is outside it."""
        model = self._model()
        window = model.window
        if model.provider == "python":
            words = tr("A synchronous function gets a window of the worker count, unless you set one here.")
            self.advice.show_text(self._function_trouble or words)
            self.advice.set_colour("warn" if self._function_trouble else "muted")
            return
        preset = preset_for(model)
        words = f"{tr(preset.name)}: {preset.range}. {tr(preset.reason)}"
        if is_self_hosted(model):
            words = advise(model).reason
        warning = outside(preset, window) if window is not None else None
        self.advice.show_text(warning or words)
        self.advice.set_colour("warn" if warning else "muted")

    async def _look_at_function(self) -> None:
        """Checks that the file defines the function; it may be written later, so this is only a warning."""
        path, name = self.path.text().strip(), self.function.text().strip()
        trouble, folder = "", self._session.workspace.folder
        if path and name:
            trouble = await self._session.datasets.worker.do(
                lambda: function_problem(folder / Path(path).expanduser(), name)
            )
        if (path, name) == (
            self.path.text().strip(),
            self.function.text().strip(),
        ):  # still the current question
            self._function_trouble = trouble
            self._advise()

    def _check(self) -> None:
        """Validates while typing; an empty form has no errors."""
        self._advise()
        try:
            self.draft()
        except EvalStudioError as error:
            empty = not self.name.text().strip() or not (self.model_id.currentText() or self.function.text())
            self._problem.show_text("" if empty else str(error))
            self.save.setEnabled(False)
        else:
            self._problem.show_text("")
            self.save.setEnabled(True)

    def _tell(self, words: str, colour: str) -> None:
        self.result.show_text(words)
        self.result.set_colour(colour)

    def _show_kind(self, provider: str) -> None:
        endpoint = provider not in (*BUILT_IN, "python")
        for field in (self._model_line, self.base_url, self.key, self.prices):
            self._form.setRowVisible(field, endpoint)
        for field in (self._path_line, self.function, self.thread_safe):
            self._form.setRowVisible(field, provider == "python")
        for field in (self._rates_line, self.cap):
            self._form.setRowVisible(field, provider != "python")
        self.test.setVisible(provider != "python")

    # Construction -----------------------------------------------------------------------------------------------

    def _make_fields(self, session: Session, book: ModelBook) -> None:
        self.name = QLineEdit()
        labelled(
            self.name, "model_name", tr("Name"), tr("What evaluations, --model and the Runs page call it")
        )
        self.provider = TextLabel("", name="model_provider")
        self.model_id = ComboBox()
        find_as_typed(self.model_id)
        self.model_id.setMinimumContentsLength(24)
        labelled(self.model_id, "model_id", tr("Model"), tr("Its name at the endpoint"))
        self.list_models = Button(tr("&List models"))
        labelled(self.list_models, "list_models", tr("List the endpoint's models"))
        self.base_url = QLineEdit()
        labelled(self.base_url, "base_url", tr("Base URL"), tr("Empty: the provider's own"))
        self.key = KeyField(session, book)
        self.path = QLineEdit()
        labelled(self.path, "function_path", tr("Python file"))
        self.function = QLineEdit()
        labelled(
            self.function,
            "function_name",
            tr("Function"),
            tr("Takes prompt, messages or columns; returns the answer"),
        )
        self.thread_safe = QCheckBox(tr("Several threads may call it at once"))
        labelled(
            self.thread_safe,
            "thread_safe",
            tr("Thread-safe"),
            tr("Off: one worker calls it, one call after the other"),
        )
        self.requests = _count("requests_per_minute", tr("Requests a minute"), tr("no limit"), MOST_A_MINUTE)
        self.tokens = _count("tokens_per_minute", tr("Tokens a minute"), tr("no limit"), MOST_A_MINUTE)
        self.cap = _count("model_cap", tr("In flight at most, all runs together"), tr("no limit"), MAXIMUM)
        self.window_size = _count(
            "model_window", tr("Window of runs that set no strategy"), tr("as the settings"), MAXIMUM
        )
        self.prices = PriceFields()
        self.save = Button(tr("&Save"))
        labelled(self.save, "save_model", tr("Save the model"))
        self.test = Button(tr("&Test connection"))
        labelled(self.test, "test_model", tr("Test the connection"), tr("Makes one small call"))
        self.remove = Button(tr("&Remove"))
        labelled(
            self.remove,
            "remove_model",
            tr("Remove the model"),
            tr("Takes the entry away; runs and keys stay"),
        )
        self.result = TextLabel("", name="model_result")
        self.result.setWordWrap(True)
        self.advice = TextLabel("", "muted", 0.9, name="model_advice")
        self.advice.setWordWrap(True)
        self._problem = TextLabel("", "bad", name="model_problem")
        self._problem.setWordWrap(True)

    def _lay_out(self) -> None:
        self._model_line = _line(self.model_id, self.list_models, stretched=self.model_id)
        browse = QToolButton()
        browse.setIcon(icon("open"))
        labelled(browse, "browse_function", tr("Choose the Python file"))
        browse.clicked.connect(self._browse)
        self._path_line = _line(self.path, browse, stretched=self.path)
        self._rates_line = _line(
            self.requests,
            TextLabel(tr("requests"), "muted"),
            self.tokens,
            TextLabel(tr("tokens a minute"), "muted"),
        )
        self._form = QFormLayout()
        self._form.setHorizontalSpacing(SPACE_M)
        self._form.setVerticalSpacing(SPACE_S)
        self._form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self._form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        for caption, field in (
            (tr("Name"), self.name), (tr("Provider"), self.provider), (tr("Model"), self._model_line), (tr("Base URL"), self.base_url),
            (tr("Key"), self.key), (tr("File"), self._path_line), (tr("Function"), self.function), ("", self.thread_safe),
            (tr("Rates"), self._rates_line), (tr("At most in flight"), self.cap), (tr("Default window"), self.window_size),
            (tr("Prices"), self.prices),
        ):  # fmt: skip
            label = TextLabel(caption)
            self._form.addRow(label, field)
            label.setBuddy(field)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_M, SPACE_M, SPACE_M, SPACE_M)
        column.setSpacing(SPACE_M)
        column.addLayout(self._form)
        column.addWidget(self.advice)
        column.addWidget(self._problem)
        buttons = _line(self.save, self.test, self.remove)
        column.addWidget(buttons)
        column.addWidget(self.result)
        column.addStretch(1)

    def _connect(self) -> None:
        for line in (self.name, self.base_url, self.path, self.function):
            line.textChanged.connect(lambda *_: self._check())
        for line in (self.path, self.function):
            line.editingFinished.connect(lambda: spawn(self._look_at_function()))
        self.window_size.valueChanged.connect(lambda *_: self._check())
        self.model_id.editTextChanged.connect(lambda *_: self._check())
        self.key.changed.connect(self._check)
        self.prices.changed.connect(self._check)
        self.save.clicked.connect(self._save)
        self.remove.clicked.connect(self._remove)
        self.test.clicked.connect(lambda: spawn(self._test()))
        self.list_models.clicked.connect(lambda: spawn(self._list()))


def _count(name: str, spoken: str, none: str, most: int) -> QSpinBox:
    box = QSpinBox()
    box.setRange(0, most)
    box.setSpecialValueText(none)
    box.setGroupSeparatorShown(True)
    box.setMinimumWidth(150)
    labelled(box, name, spoken, f"0: {none}")
    return box


def _line(*parts: QWidget, stretched: QWidget | None = None) -> QWidget:
    line = QWidget()
    layout = QHBoxLayout(line)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(SPACE_S)
    for part in parts:
        layout.addWidget(part, 1 if part is stretched else 0)
    if stretched is None:
        layout.addStretch(1)
    return line
