"""Model list of the session: the workspace's own models and the session's keys, as the window knows them."""

from collections.abc import Mapping
from typing import Literal

import msgspec
from PySide6.QtCore import QObject, Signal

from evalstudio.core.errors import EvalStudioError, ModelError
from evalstudio.models.keys import use_for_session
from evalstudio.models.providers import LOCAL_MODEL, resolve_model
from evalstudio.models.registry import load_models, own_name, save_models
from evalstudio.models.settings import ModelSettings
from evalstudio.protocol import SetKey
from evalstudio.ui.kit.text import tr
from evalstudio.ui.state.engine_client import EngineState
from evalstudio.ui.state.session import Session
from evalstudio.ui.state.tasks import spawn

DEMO_MODELS = ("demo/fast", "demo/instant", "demo/one-second", "demo/hosted-500rpm", "demo/vllm-32", "demo/ollama-1",
               "demo/flaky", LOCAL_MODEL)  # fmt: skip

KeyPlace = Literal["session", "keychain", "file"]


class ModelBook(QObject):
    """The list. `changed` is emitted when a model was added, changed or removed."""

    changed = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._session_keys: dict[str, str] = {}  # for a restarted engine
        self.models: Mapping[str, ModelSettings] = {}
        session.engine.state_changed.connect(self._engine_state)

    def load(self) -> None:
        """Reads the file again, because another program may have written it."""
        try:
            models = load_models(self._session.workspace)
        except EvalStudioError as error:
            self._session.tell(str(error), "error", key="models")
            return
        if models != self.models:
            self.models = models
            self.changed.emit()

    def save(self, name: str, model: ModelSettings, before: str | None = None) -> None:
        """Saves a model under a name; `before` is its previous name. Raises ModelError."""
        models = load_models(self._session.workspace)
        if name != before and name in models:
            raise ModelError(tr("There is a model '{name}' already; choose another name.").format(name=name))
        models.pop(before or "", None)
        self._write(models | {name: model})

    def remove(self, name: str) -> None:
        """Removes a model. Raises ModelError if the file can't be written."""
        models = load_models(self._session.workspace)
        models.pop(name, None)
        self._write(models)

    def resolve(self, reference: str) -> ModelSettings:
        """Resolves a name to model settings. Raises ModelError."""
        return resolve_model(reference, self._session.workspace.folder, self.models)

    def keep_window(self, reference: str, window: int) -> str:
        """Sets the window for runs on a model that set no strategy; returns the name of the model's entry."""
        models = load_models(self._session.workspace)
        model = resolve_model(reference, self._session.workspace.folder, models)
        name = reference if reference in models else own_name(model)
        self._write(models | {name: msgspec.structs.replace(model, window=window)})
        return name

    async def set_key(self, name: str, secret: str, keep: KeyPlace = "session") -> str:
        """Passes a key to the engine; returns where it is found now. Raises RunError."""
        secret = secret.strip()
        if secret:
            # so that it is redacted from everything that this window shows or copies
            use_for_session(name, secret)
        where = await self._session.engine.request(SetKey(name, secret, keep))
        if secret and where == "session":
            self._session_keys[name] = secret
        else:
            self._session_keys.pop(name, None)
        return where

    def session_key(self, name: str) -> str:
        """Returns a key that is held for this session; empty if there is none."""
        return self._session_keys.get(name, "")

    def _write(self, models: Mapping[str, ModelSettings]) -> None:
        save_models(self._session.workspace, models)
        self.load()

    def _engine_state(self, state: EngineState) -> None:
        if state is EngineState.READY:
            self.load()
            for name, secret in self._session_keys.items():
                spawn(self._session.ask_engine(SetKey(name=name, secret=secret)))
