"""API key field: the name of a key, where it was found, and a field to enter it once. The key is never shown."""

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from evalstudio.core.errors import EvalStudioError
from evalstudio.protocol import FindKey
from evalstudio.ui.kit.text import mark, tr
from evalstudio.ui.kit.theme import SPACE_S, SPACE_XS
from evalstudio.ui.kit.widgets import Button, TextLabel, labelled
from evalstudio.ui.state.engine_client import EngineState
from evalstudio.ui.state.model_book import ModelBook
from evalstudio.ui.state.session import Session
from evalstudio.ui.state.tasks import spawn

SETTLE_MS = 300
FOUND = {
    "session": (mark("✓ Held in memory for this session."), "good"),
    "environment": (mark("✓ Found in the environment."), "good"),
    "keychain": (mark("✓ Found in your system's keychain."), "good"),
    "": (mark("Not found: type it below, or set an environment variable of this name."), "warn"),
}


class KeyField(QWidget):
    """The field. `changed` is emitted when the name changes; the secret is cleared as soon as it is submitted."""

    changed = Signal()

    def __init__(self, session: Session, book: ModelBook) -> None:
        super().__init__()
        self._session = session
        self._book = book
        self.name = QLineEdit()
        labelled(
            self.name, "key_name", tr("Name of the key"),
            tr("The environment variable or the entry of the keychain that holds it; empty: no key"),
        )  # fmt: skip
        self.state = TextLabel("", "muted", name="key_state")
        self.state.setWordWrap(True)
        self.secret = QLineEdit()
        self.secret.setEchoMode(QLineEdit.EchoMode.Password)
        self.secret.setPlaceholderText(tr("Paste the key"))
        labelled(
            self.secret,
            "key_secret",
            tr("The key itself"),
            tr("Is given to the engine and then forgotten here"),
        )
        self.keep = Button(tr("&Keep in the keychain"))
        labelled(self.keep, "key_keep", tr("Keep the key in the system's keychain"))
        self.hold = Button(tr("This &session only"))
        labelled(self.hold, "key_hold", tr("Hold the key in memory for this session"))
        self.drop = Button(tr("&Forget"))
        labelled(self.drop, "key_drop", tr("Take the key out of the session and the keychain"))
        upper, lower = QHBoxLayout(), QHBoxLayout()
        for layout, parts in (
            (upper, (self.name, self.state)),
            (lower, (self.secret, self.keep, self.hold, self.drop)),
        ):
            layout.setSpacing(SPACE_S)
            for part in parts:
                layout.addWidget(part, 1 if part in (self.secret, self.state) else 0)
        self.name.setMinimumWidth(200)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_XS)
        column.addLayout(upper)
        column.addLayout(lower)
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(SETTLE_MS)
        self._settle.timeout.connect(lambda: spawn(self.look()))
        self.name.textChanged.connect(self._renamed)
        self.secret.textChanged.connect(lambda *_: self._adapt())
        self.keep.clicked.connect(lambda: self._take(keychain=True))
        self.hold.clicked.connect(lambda: self._take(keychain=False))
        self.drop.clicked.connect(lambda: spawn(self._forget()))
        self._where = ""
        self._adapt()

    @property
    def value(self) -> str:
        return self.name.text().strip()

    def show_key(self, name: str, usual: str) -> None:
        """Shows another model's key; `usual` is the provider's default when no name is given."""
        self.secret.clear()
        self.name.setText(name)
        self.name.setPlaceholderText(usual or tr("No key"))
        self._usual = usual
        self._renamed()

    _usual = ""

    async def look(self) -> None:
        """Asks the engine where the key is found."""
        name = self.value or self._usual
        if not name or self._session.engine.state is not EngineState.READY:
            self._show(None)
            return
        try:
            where = await self._session.engine.request(FindKey(name=name))
        except EvalStudioError:
            return  # the engine is shutting down; the query is repeated when it is back
        if name == (self.value or self._usual):
            self._show(where)

    def _renamed(self) -> None:
        self._show(None)
        self._settle.start()
        self.changed.emit()

    def _take(self, *, keychain: bool) -> None:
        secret = self.secret.text()
        self.secret.clear()
        spawn(self._give(self.value or self._usual, secret, keychain=keychain))

    async def _give(self, name: str, secret: str, *, keychain: bool) -> None:
        try:
            self._show(await self._book.set_key(name, secret, keychain=keychain))
        except EvalStudioError as error:
            self.state.show_text(str(error))
            self.state.set_colour("bad")

    async def _forget(self) -> None:
        try:
            self._show(await self._book.set_key(self.value or self._usual, "", keychain=False))
        except EvalStudioError as error:
            self._session.tell(str(error), "error", key="key")

    def _show(self, where: str | None) -> None:
        self._where = where or ""
        words, colour = FOUND[where] if where is not None else ("", "muted")
        self.state.show_text(tr(words) if words else "")
        self.state.set_colour(colour)
        self._adapt()

    def _adapt(self) -> None:
        has_name = bool(self.value or self._usual)
        self.secret.setEnabled(has_name)
        for button in (self.keep, self.hold):
            button.setEnabled(has_name and bool(self.secret.text().strip()))
        self.drop.setEnabled(self._where in ("session", "keychain"))
