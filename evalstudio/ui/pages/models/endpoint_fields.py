"""Endpoint fields: base URL, API key, and the model, chosen from what the endpoint lists."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import msgspec
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from evalstudio.core.errors import EvalStudioError
from evalstudio.models.providers import PROVIDERS, check_address, fill_in, is_private_address
from evalstudio.models.settings import ModelSettings
from evalstudio.ui.kit.combo_box import ComboBox, find_as_typed
from evalstudio.ui.kit.text import one_line, tr
from evalstudio.ui.kit.widgets import Button, labelled
from evalstudio.ui.pages.models.form_parts import in_line
from evalstudio.ui.pages.models.key_field import KeyField
from evalstudio.ui.pages.models.key_offers import Found
from evalstudio.ui.state.model_book import ModelBook
from evalstudio.ui.state.session import Session
from evalstudio.ui.state.tasks import spawn


class EndpointFields(QObject):
    """The fields, each for a row of the form.

    Args:
        fetch: Asks an endpoint for its models; None if it was refused, which is then told.

    `changed` is emitted with every change.
    """

    changed = Signal()

    def __init__(
        self,
        session: Session,
        book: ModelBook,
        fetch: Callable[[ModelSettings], Awaitable[list[str] | None]],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._fetch = fetch
        self._shown = ModelSettings("openai")
        self.own_address = False  # there is no provider whose address is known
        self._listed: tuple[str, str, bool] | None = None  # the endpoint that was last asked
        self.base_url = QLineEdit()
        labelled(self.base_url, "base_url", tr("Base URL"), tr("Empty: the provider's own"))
        self.key = KeyField(session, book)
        self.model_id = ComboBox()
        find_as_typed(self.model_id)
        self.model_id.setMinimumContentsLength(24)
        labelled(self.model_id, "model_id", tr("Model"), tr("Its name at the endpoint"))
        self.list_models = Button(tr("&List models"))
        labelled(self.list_models, "list_models", tr("List the endpoint's models"))
        self.model_line = in_line(self.model_id, self.list_models, stretched=self.model_id)
        self.base_url.textChanged.connect(lambda *_: self.changed.emit())
        self.model_id.editTextChanged.connect(lambda *_: self.changed.emit())
        self.key.changed.connect(self.changed)
        self.base_url.editingFinished.connect(self._complete_address)
        self.key.entered.connect(self._list_if_new)
        self.list_models.clicked.connect(lambda: spawn(self._list()))

    def show_endpoint(self, model: ModelSettings, name: str) -> None:
        """Shows a model; `name` is that of its entry."""
        self._shown, self._listed, self.own_address = model, None, False
        self.model_id.clear()
        self.model_id.setCurrentText(model.name)
        preset = PROVIDERS.get(model.provider)
        self.base_url.setText(
            "" if preset is not None and model.base_url == preset.base_url else model.base_url
        )
        self.base_url.setPlaceholderText(preset.base_url if preset is not None else "")
        usual = self._usual_key()
        self.key.show_key("" if model.key == usual else model.key, usual, self._key_title(name))

    def begin(self, found: Found, *, own_address: bool) -> None:
        """Prepares the fields of a new model, with what the environment and .env files offer."""
        self.key.show_offers(found)
        self.own_address = own_address
        if own_address:
            self.base_url.setPlaceholderText(tr("http://127.0.0.1:8000/v1"))
            self.base_url.setText(found.address)
        hosted = PROVIDERS[self._shown.provider].hosted
        (self.base_url if own_address or not hosted else self.key.secret).setFocus()
        self._list_if_new()

    def apply(self, model: ModelSettings) -> ModelSettings:
        """Returns the model with what the fields hold."""
        return msgspec.structs.replace(
            model,
            name=self.model_id.currentText().strip(),
            base_url=self.base_url.text().strip(),
            key=self.key.value,
        )

    def suit(self, name: str) -> None:
        """Follows the entry's name: a new key is named after it."""
        self.key.suit(self._usual_key(), self._key_title(name))

    def _usual_key(self) -> str:
        """Returns the variable of the provider's key, which is for the provider's own address only."""
        preset = PROVIDERS.get(self._shown.provider)
        own = self.own_address or bool(self.base_url.text().strip())
        return preset.key if preset is not None and not own else ""

    def _key_title(self, name: str) -> str:
        address = self.base_url.text().strip().partition("://")[2].partition("/")[0]
        return name.strip() or address.rpartition("@")[2]

    def _complete_address(self) -> None:
        """Adds the scheme to an address that was typed without one, and asks the endpoint for its models."""
        text = self.base_url.text().strip()
        if text and "://" not in text:
            scheme = "http" if is_private_address(f"http://{text}") else "https"
            self.base_url.setText(f"{scheme}://{text}")
        self._list_if_new()

    def _list_if_new(self) -> None:
        """Asks for the models once address and key are given, and no model is chosen yet."""
        preset = PROVIDERS.get(self._shown.provider)
        if preset is None or self.model_id.currentText().strip() or not self.list_models.isEnabled():
            return
        asked = (self.base_url.text().strip(), self.key.value, self.key.peek() is not None)
        if asked == self._listed or ((self.own_address or preset.hosted) and not any(asked)):
            return
        try:
            check_address(fill_in(msgspec.structs.replace(self.apply(self._shown), name="any"), Path()))
        except EvalStudioError:
            return  # what is wrong with it is told when it is saved
        self._listed = asked
        spawn(self._list())

    async def _list(self) -> None:
        model = self.apply(self._shown)
        if not model.name:
            model = msgspec.structs.replace(model, name="any")  # the list does not depend on the name
        names = await self._fetch(model)
        if names is None:
            return
        current = self.model_id.currentText()
        self.model_id.clear()
        self.model_id.addItems([one_line(name) for name in names])
        self.model_id.setCurrentText(current or (names[0] if names else ""))
