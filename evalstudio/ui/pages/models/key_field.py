"""API key field: one masked field for the key, where it is kept, and a variable or a command under Advanced."""

import os
from dataclasses import dataclass

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QCheckBox, QGridLayout, QHBoxLayout, QLineEdit, QMenu, QVBoxLayout, QWidget

from evalstudio.core.errors import EvalStudioError
from evalstudio.models.key_file import key_file
from evalstudio.models.key_names import COMMAND, key_name_for, looks_like_key
from evalstudio.protocol import FindKey
from evalstudio.ui.kit.text import mark, tr
from evalstudio.ui.kit.theme import SPACE_S, SPACE_XS
from evalstudio.ui.kit.widgets import Button, TextLabel, labelled
from evalstudio.ui.pages.models.key_offers import Found, KeyOffer
from evalstudio.ui.state.engine_client import EngineState
from evalstudio.ui.state.model_book import KeyPlace, ModelBook
from evalstudio.ui.state.session import Session
from evalstudio.ui.state.tasks import spawn

SETTLE_MS = 300
FOUND = {
    "session": (mark("✓ Held in memory for this session."), "good"),
    "environment": (mark("✓ Found in the environment variable {name}."), "good"),
    "keychain": (mark("✓ Kept in your system's keychain."), "good"),
    "file": (mark("✓ Kept in {file}, which only you can read."), "good"),
    "command": (mark("Comes from the command when it is needed."), "muted"),
    "": (mark("{name} is not set. Paste the key, or set the environment variable."), "warn"),
}
NO_KEYCHAIN = mark("This machine has no keychain that is open: the key is held for this session only.")
IN_CLEAR = mark("This key stood in models.toml as clear text. Save moves it out of the file.")


@dataclass(frozen=True, slots=True, repr=False)
class NewKey:
    """A key that was typed, its name, and where it is to be kept."""

    name: str
    secret: str
    keep: KeyPlace


class KeyField(QWidget):
    """The field. `changed` is emitted when the key or its name changes, `entered` when one was given completely."""

    changed = Signal()
    entered = Signal()

    def __init__(self, session: Session, book: ModelBook) -> None:
        super().__init__()
        self._session = session
        self._book = book
        self._usual = ""  # the provider's usual variable
        self._title = ""  # what a new key is named after
        self._where = ""
        self._make_fields()
        self._lay_out()
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(SETTLE_MS)
        self._settle.timeout.connect(lambda: spawn(self.look()))
        for line in (self.name, self.command):
            line.textChanged.connect(self._renamed)
            line.editingFinished.connect(self.entered)
        self.secret.textChanged.connect(lambda *_: self.changed.emit())
        self.secret.editingFinished.connect(self.entered)
        self.drop.clicked.connect(lambda: spawn(self._set("", "session")))
        self.to_file.clicked.connect(lambda: spawn(self._keep_in_file()))
        self.advanced.toggled.connect(self._details.setVisible)
        self._show(None)

    @property
    def value(self) -> str:
        """The model's key as the file holds it: a name, a command, or nothing."""
        if command := self.command.text().strip():
            return COMMAND + command
        if name := self.name.text().strip():
            return name
        new = self._new_name() if self.secret.text().strip() else ""
        return "" if new == self._usual else new

    def show_key(self, key: str, usual: str, title: str) -> None:
        """Shows another model's key. `usual`: the provider's variable; `title`: what a new key is named after."""
        in_clear = looks_like_key(key) and not key.startswith(COMMAND)
        self._usual, self._title = usual, title
        self.secret.setText(key if in_clear else "")
        is_command = key.startswith(COMMAND)
        self.name.setText("" if in_clear or is_command else key)
        self.command.setText(key.removeprefix(COMMAND) if is_command else "")
        self.advanced.setChecked(is_command)
        self.remember.setChecked(True)
        self._renamed()
        if in_clear:
            self._tell(tr(IN_CLEAR), "warn")
            self._settle.stop()

    def suit(self, usual: str, title: str) -> None:
        """Follows the form: what a key without a name is called."""
        if (usual, title) != (self._usual, self._title):
            changed_usual, self._usual, self._title = usual != self._usual, usual, title
            if changed_usual and not self.secret.text():
                self._renamed()

    def show_offers(self, found: Found) -> None:
        """Offers the keys that are in the environment and in .env files."""
        self._menu.clear()
        for number, offer in enumerate(found.keys):
            where = offer.where or tr("environment")
            action = self._menu.addAction(
                tr("{name} ({where})").format(name=offer.name, where=where).replace("&", "&&")
            )
            action.setObjectName(f"key_offer_{number}")
            action.triggered.connect(lambda *_, offer=offer: self._take(offer))
        self.offers.setVisible(bool(found.keys))

    def take(self) -> NewKey | None:
        """Returns the key that was typed, and clears the field; None if there is none."""
        new = self.peek()
        if new is not None:
            if new.name != self._usual:
                self.name.setText(new.name)
            self.secret.clear()
        return new

    def peek(self) -> NewKey | None:
        """Returns the key that was typed."""
        secret = self.secret.text().strip()
        if not secret or self.command.text().strip():
            return None
        keep: KeyPlace = "keychain" if self.remember.isChecked() else "session"
        return NewKey(self.name.text().strip() or self._new_name(), secret, keep)

    async def give(self, new: NewKey, keep: KeyPlace | None = None) -> None:
        """Passes a typed key to the engine. Raises EvalStudioError."""
        keep = keep or new.keep
        where = await self._book.set_key(new.name, new.secret, keep)
        self._show(where, new.name)
        if keep == "keychain" and where == "session":
            self._tell(tr(NO_KEYCHAIN), "warn")
            self.to_file.setVisible(True)

    async def look(self) -> str:
        """Asks the engine where the key is found, shows it and returns it."""
        name = self._current()
        if not name or looks_like_key(name) or self._session.engine.state is not EngineState.READY:
            self._show(None)
            return ""
        try:
            where = await self._session.engine.request(FindKey(name=name))
        except EvalStudioError as error:
            if self._session.engine.state is EngineState.READY:
                self._tell(str(error), "bad")
            return ""  # or the engine is shutting down; the query is repeated when it is back
        if name == self._current():
            self._show(where, name)
        return where

    def _current(self) -> str:
        return self.value or self._usual

    def _new_name(self) -> str:
        """Returns the name for a key that has none: an environment variable of this name would hide it."""
        if self._usual and self._usual not in os.environ:
            return self._usual
        name = key_name_for(self._title)
        while name in os.environ:
            name += "_2"
        return name

    def _take(self, offer: KeyOffer) -> None:
        self.command.clear()
        self.name.setText("" if offer.secret or offer.name == self._usual else offer.name)
        self.secret.setText(offer.secret)
        self.entered.emit()

    def _renamed(self) -> None:
        self._show(None)
        self._settle.start()
        self.changed.emit()

    async def _set(self, secret: str, keep: KeyPlace) -> None:
        name = self._current()
        try:
            self._show(await self._book.set_key(name, secret, keep), name)
        except EvalStudioError as error:
            self._tell(str(error), "bad")

    async def _keep_in_file(self) -> None:
        await self._set(self._book.session_key(self._current()), "file")

    def _tell(self, words: str, colour: str) -> None:
        self.state.show_text(words)
        self.state.set_colour(colour)

    def _show(self, where: str | None, name: str = "") -> None:
        self._where = where or ""
        words, colour = FOUND[where] if where is not None else ("", "muted")
        self._tell(tr(words).format(name=name, file=key_file()) if words else "", colour)
        self.to_file.setVisible(False)
        kept = self._where in ("session", "keychain", "file")
        self.drop.setEnabled(kept)
        self.secret.setPlaceholderText(
            tr("Paste another key to replace it") if kept else tr("Paste the key; leave empty for none")
        )

    # Construction -----------------------------------------------------------------------------------------------

    def _make_fields(self) -> None:
        self.secret = QLineEdit()
        self.secret.setEchoMode(QLineEdit.EchoMode.Password)
        labelled(
            self.secret,
            "key_secret",
            tr("API key"),
            tr("The key itself. It is never written into a workspace"),
        )
        self.offers = Button(tr("Found &keys"))
        labelled(
            self.offers, "key_offers", tr("Keys found"), tr("Keys in environment variables and .env files")
        )
        self._menu = QMenu(self.offers)
        self._menu.setObjectName("key_offers_menu")
        self.offers.setMenu(self._menu)
        self.offers.setVisible(False)
        self.drop = Button(tr("&Forget"))
        labelled(
            self.drop, "key_drop", tr("Forget the key"), tr("Removes it from session, keychain and file")
        )
        self.remember = QCheckBox(tr("Remember in keychain"))
        labelled(
            self.remember,
            "key_remember",
            tr("Remember in keychain"),
            tr("Off: the key is held in memory until EvalStudio is closed"),
        )
        self.state = TextLabel("", "muted", name="key_state")
        self.state.setWordWrap(True)
        self.to_file = Button(tr("Keep it in a &file"))
        labelled(
            self.to_file,
            "key_to_file",
            tr("Keep the key in a file"),
            tr("As clear text, in a file beside the settings that only you can read"),
        )
        self.advanced = Button(tr("Ad&vanced"))
        self.advanced.setCheckable(True)
        labelled(self.advanced, "key_advanced", tr("Advanced"), tr("A variable or a command for the key"))
        self.name = QLineEdit()
        self.name.setPlaceholderText(tr("The provider's usual one"))
        labelled(
            self.name,
            "key_name",
            tr("Variable with the key"),
            tr("The environment variable, or the entry of the keychain, that holds the key"),
        )
        self.command = QLineEdit()
        self.command.setPlaceholderText(tr("pass show work/api-key"))
        labelled(
            self.command,
            "key_command",
            tr("Command that prints the key"),
            tr("Runs without a shell when the key is first needed"),
        )

    def _lay_out(self) -> None:
        upper, lower, told = QHBoxLayout(), QHBoxLayout(), QHBoxLayout()
        for layout, parts in (
            (upper, (self.secret, self.offers, self.drop)),
            (lower, (self.remember, self.advanced)),
            (told, (self.state, self.to_file)),
        ):
            layout.setSpacing(SPACE_S)
            for part in parts:
                layout.addWidget(part, 1 if part in (self.secret, self.remember, self.state) else 0)
        self._details = QWidget()
        details = QGridLayout(self._details)
        details.setContentsMargins(0, 0, 0, 0)
        details.setSpacing(SPACE_S)
        for row, (caption, field) in enumerate(((tr("Variable"), self.name), (tr("Command"), self.command))):
            label = TextLabel(caption, "muted")
            label.setBuddy(field)
            details.addWidget(label, row, 0)
            details.addWidget(field, row, 1)
        self._details.setVisible(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_XS)
        column.addLayout(upper)
        column.addLayout(lower)
        column.addLayout(told)
        column.addWidget(self._details)
