"""Model form: address, key and limits of a model; saves it to the workspace, and tests it or lists its models."""

from collections.abc import Callable
from typing import Any, TypeVar

import msgspec
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFormLayout, QLineEdit, QVBoxLayout, QWidget

from evalstudio.advice.presets import advise, outside, preset_for
from evalstudio.core.errors import EvalStudioError, ModelError
from evalstudio.core.strategy import MAXIMUM
from evalstudio.models.providers import BUILT_IN, is_self_hosted
from evalstudio.models.registry import check
from evalstudio.models.settings import ModelSettings
from evalstudio.protocol import Command, ListModels, TestModel
from evalstudio.ui.kit.busy import Busy
from evalstudio.ui.kit.text import one_line, tr, trn
from evalstudio.ui.kit.theme import SPACE_M, SPACE_S
from evalstudio.ui.kit.widgets import Button, TextLabel, labelled
from evalstudio.ui.pages.models.endpoint_fields import EndpointFields
from evalstudio.ui.pages.models.form_parts import count_field, free_name, in_line
from evalstudio.ui.pages.models.function_fields import FunctionFields
from evalstudio.ui.pages.models.key_field import KeyField, NewKey
from evalstudio.ui.pages.models.key_offers import Found
from evalstudio.ui.pages.models.price_fields import PriceFields
from evalstudio.ui.state.model_book import ModelBook
from evalstudio.ui.state.session import Session
from evalstudio.ui.state.tasks import spawn
from evalstudio.ui.state.undo import Done

MOST_A_MINUTE = 1_000_000_000
WIDEST = 760  # pixels
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
        self._before: str | None = None  # the current entry; None: not saved yet
        self._proposed = ""  # the name that was filled in for a person
        self._make_fields(session, book)
        self._lay_out()
        self._connect()

    @property
    def key(self) -> KeyField:
        return self._endpoint.key

    def show_model(self, name: str, model: ModelSettings, *, kept: bool) -> None:
        """Shows a model; `kept`: it is an entry of the workspace."""
        self._shown, self._before, self._proposed = model, name if kept else None, ""
        self.name.setText(name)
        self._endpoint.show_endpoint(model, name)
        self._function.show_function(model.path, model.name, thread_safe=model.thread_safe)
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
        self._check()

    def begin(self, found: Found, *, own_address: bool) -> None:
        """Prepares the form of a new model, with what the environment and .env files offer."""
        if self._shown.provider == "python":
            self._function.path.setFocus()
            return
        self._endpoint.begin(found, own_address=own_address)
        if own_address:
            self.provider.show_text(tr("OpenAI-compatible"))
        self._check()

    def draft(self) -> ModelSettings:
        """Returns the model from the form. Raises ModelError or LimitError."""
        model = self._model()
        if self._is_endpoint:
            if self._endpoint.own_address and not model.base_url:
                raise ModelError(tr("Give the endpoint's base URL, as in http://127.0.0.1:8000/v1."))
            model = msgspec.structs.replace(model, prices=self.prices.value())
        return check(self.name.text().strip(), model, self._session.workspace)

    @property
    def _is_endpoint(self) -> bool:
        return self._shown.provider not in (*BUILT_IN, "python")

    def _model(self) -> ModelSettings:
        changes: dict[str, Any] = {
            "requests_per_minute": float(self.requests.value()) or None,
            "tokens_per_minute": float(self.tokens.value()) or None,
            "max_concurrency": self.cap.value() or None,
            "window": self.window_size.value() or None,
        }
        if self._shown.provider == "python":
            changes |= {
                "path": self._function.path.text().strip(), "name": self._function.function.text().strip(),
                "thread_safe": self._function.thread_safe.isChecked(),
            }  # fmt: skip
        model = msgspec.structs.replace(self._shown, **changes)
        return self._endpoint.apply(model) if self._is_endpoint else model

    # Commands -------------------------------------------------------------------------------------------

    def _save(self) -> None:
        """Saves the model, keeps its key, and tests it with one call."""
        name = self.name.text().strip()
        try:
            model = self.draft()
            self._book.save(name, model, self._before)
        except EvalStudioError as error:
            self._tell(str(error), "bad")
            return
        new = self.key.take()
        self._before = name
        self.saved.emit(name)
        saved = tr("Saved in {name} of the workspace.").format(name=self._session.workspace.models.name)
        self._tell(saved, "good")
        if self._is_endpoint:
            spawn(self._keep_and_test(name, new))

    async def _keep_and_test(self, name: str, new: NewKey | None) -> None:
        if new is not None:
            try:
                await self.key.give(new)
            except EvalStudioError as error:
                self._tell(str(error), "bad")
                return
        try:
            answer = await self._session.engine.request(TestModel(name))
        except EvalStudioError as error:
            words, colour = tr("Saved. The test call failed: {error}").format(error=error), "warn"
        else:
            words, colour = tr("✓ Saved. {answer}").format(answer=one_line(answer)), "good"
        if self._before == name:  # still the form of this model
            self._tell(words, colour)

    def _remove(self) -> None:
        name, self._before = self._before, None
        if name is None:
            return
        model = self._book.models.get(name)
        try:
            self._book.remove(name)
        except EvalStudioError as error:
            self._tell(str(error), "bad")
            return
        self.removed.emit(name)
        if model is not None:
            self._offer_undo(name, model)

    def _offer_undo(self, name: str, model: ModelSettings) -> None:
        async def do(change: Callable[[], None]) -> bool:
            try:
                change()
            except EvalStudioError as error:
                self._session.tell(str(error), "error", key="models")
                return False
            return True

        async def restore() -> bool:
            done = await do(lambda: self._book.save(name, model))
            if done:
                self.saved.emit(name)
            return done

        async def remove() -> bool:
            done = await do(lambda: self._book.remove(name))
            if done:
                self.removed.emit(name)
            return done

        self._session.tell_done(
            tr("The model {name} is removed; its runs and its key stay.").format(name=one_line(name, 60)),
            Done(tr("remove model"), restore, remove),
        )

    async def _ask(self, command: Command[T], doing: str) -> T | None:
        """Sends a request about the model in the form; returns None if it was refused."""
        self._tell(doing, "muted")
        busy = Busy(self.test, self._endpoint.list_models)
        busy.begin()
        try:
            if (new := self.key.peek()) is not None:
                await self.key.give(new, "session")  # Save keeps it where it is wanted
            return await self._session.engine.request(command)
        except EvalStudioError as error:
            self._tell(str(error), "bad")
            return None
        finally:
            busy.end()

    async def _test(self) -> None:
        if (message := await self._ask(TestModel(self._model()), tr("One small call…"))) is not None:
            self._tell(f"✓ {one_line(message)}", "good")

    async def _fetch(self, model: ModelSettings) -> list[str] | None:
        names = await self._ask(ListModels(model), tr("Asking for its models…"))
        if names is not None:
            words = trn(
                "It offers one model.",
                "{n} models found. Type to filter.",
                len(names),
            )
            self._tell(words, "good")
        return names

    def _advise(self) -> None:
        """Shows the recommended window for the provider, and a warning if the value is outside it."""
        model = self._model()
        window = model.window
        if model.provider == "python":
            words = tr("A synchronous function gets a window of the worker count, unless you set one here.")
            self.advice.show_text(self._function.trouble or words)
            self.advice.set_colour("warn" if self._function.trouble else "muted")
            return
        preset = preset_for(model)
        words = f"{tr(preset.name)}: {preset.range}. {tr(preset.reason)}"
        if is_self_hosted(model):
            words = advise(model).reason
        warning = outside(preset, window) if window is not None else None
        self.advice.show_text(warning or words)
        self.advice.set_colour("warn" if warning else "muted")

    def _propose_name(self) -> None:
        """Fills in a free name, made from the model's, until a person writes one."""
        if self._before is not None or self.name.text() != self._proposed:
            return
        model = self._model().name
        self._proposed = free_name(model, self._book.models)
        self.name.setText(self._proposed)

    def _changed(self) -> None:
        self._propose_name()
        self._check()

    def _check(self) -> None:
        """Validates while typing; an empty form has no errors."""
        self._endpoint.suit(self.name.text())
        self._advise()
        try:
            self.draft()
        except EvalStudioError as error:
            empty = not self.name.text().strip() or not self._model().name
            self._problem.show_text("" if empty else str(error))
            self.save.setEnabled(False)
        else:
            self._problem.show_text("")
            self.save.setEnabled(True)

    def _tell(self, words: str, colour: str) -> None:
        self.result.show_text(words)
        self.result.set_colour(colour)

    def _show_kind(self, provider: str) -> None:
        for field in (self._endpoint.model_line, self._endpoint.base_url, self.key, self.prices):
            self._form.setRowVisible(field, self._is_endpoint)
        for field in (self._function.path_line, self._function.function, self._function.thread_safe):
            self._form.setRowVisible(field, provider == "python")
        for field in (self._rates_line, self.cap):
            self._form.setRowVisible(field, provider != "python")
        self.test.setVisible(provider != "python")

    # Construction -----------------------------------------------------------------------------------------------

    def _make_fields(self, session: Session, book: ModelBook) -> None:
        self.name = QLineEdit()
        labelled(self.name, "model_name", tr("Name"), tr("The name in evaluations and on the Runs page"))
        self.provider = TextLabel("", name="model_provider")
        self._endpoint = EndpointFields(session, book, self._fetch, self)
        self._function = FunctionFields(session, self)
        self.requests = count_field(
            "requests_per_minute", tr("Requests per minute"), tr("no limit"), MOST_A_MINUTE
        )
        self.tokens = count_field("tokens_per_minute", tr("Tokens per minute"), tr("no limit"), MOST_A_MINUTE)
        self.cap = count_field(
            "model_cap", tr("In flight at most, all runs together"), tr("no limit"), MAXIMUM
        )
        self.window_size = count_field(
            "model_window", tr("Window of runs that set no strategy"), tr("as the settings"), MAXIMUM
        )
        self.prices = PriceFields()
        self.save = Button(tr("&Save"), primary=True)
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
        self._rates_line = in_line(
            self.requests,
            TextLabel(tr("requests"), "muted"),
            self.tokens,
            TextLabel(tr("tokens per minute"), "muted"),
        )
        self._form = QFormLayout()
        self._form.setHorizontalSpacing(SPACE_M)
        self._form.setVerticalSpacing(SPACE_S)
        self._form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self._form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        for caption, field in (
            (tr("Provider"), self.provider), (tr("Base URL"), self._endpoint.base_url), (tr("API key"), self.key),
            (tr("Model"), self._endpoint.model_line), (tr("File"), self._function.path_line), (tr("Function"), self._function.function),
            (tr("Name"), self.name), ("", self._function.thread_safe),
            (tr("Rates"), self._rates_line), (tr("Max concurrency"), self.cap), (tr("Default concurrency"), self.window_size),
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
        buttons = in_line(self.save, self.test, self.remove)
        column.addWidget(buttons)
        column.addWidget(self.result)
        column.addStretch(1)

    def _connect(self) -> None:
        self.name.textChanged.connect(lambda *_: self._check())
        self.window_size.valueChanged.connect(lambda *_: self._check())
        self._endpoint.changed.connect(self._changed)
        self._function.changed.connect(self._changed)
        self.prices.changed.connect(self._check)
        self.save.clicked.connect(self._save)
        self.remove.clicked.connect(self._remove)
        self.test.clicked.connect(lambda: spawn(self._test()))
