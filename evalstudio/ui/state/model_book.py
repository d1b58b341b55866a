"""The workspace's own models and the session's keys, as the window knows them."""

from collections.abc import Mapping

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


class ModelBook(QObject):
    """`changed` comes when a model was added, changed or removed."""

    changed = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._session_keys: dict[str, str] = {}  # for an engine that is started again
        self.models: Mapping[str, ModelSettings] = {}
        session.engine.state_changed.connect(self._engine_state)

    def load(self) -> None:
        """Reads the file anew: another program may have written it."""
        try:
            models = load_models(self._session.workspace)
        except EvalStudioError as error:
            self._session.tell(str(error), "error", key="models")
            return
        if models != self.models:
            self.models = models
            self.changed.emit()

    def save(self, name: str, model: ModelSettings, before: str | None = None) -> None:
        """Keeps a model under a name; `before` is the one it had. Raises ModelError with a sentence."""
        models = load_models(self._session.workspace)
        if name != before and name in models:
            raise ModelError(tr("There is a model '{name}' already; choose another name.").format(name=name))
        models.pop(before or "", None)
        self._write(models | {name: model})

    def remove(self, name: str) -> None:
        """Raises ModelError where the file can't be written."""
        models = load_models(self._session.workspace)
        models.pop(name, None)
        self._write(models)

    def resolve(self, reference: str) -> ModelSettings:
        """What a name stands for. Raises ModelError."""
        return resolve_model(reference, self._session.workspace.folder, self.models)

    def keep_window(self, reference: str, window: int) -> str:
        """Makes a window that of all runs on a model that set no strategy; returns the name of the model's entry."""
        models = load_models(self._session.workspace)
        model = resolve_model(reference, self._session.workspace.folder, models)
        name = reference if reference in models else own_name(model)
        self._write(models | {name: msgspec.structs.replace(model, window=window)})
        return name

    async def set_key(self, name: str, secret: str, *, keychain: bool) -> str:
        """Gives the engine a key; where it is found now. Raises RunError with a sentence."""
        secret = secret.strip()
        if secret:
            use_for_session(name, secret)  # so that nothing that this window shows or copies holds it
        where = await self._session.engine.request(SetKey(name, secret, keychain=keychain))
        if secret and not keychain:
            self._session_keys[name] = secret
        else:
            self._session_keys.pop(name, None)
        return where

    def _write(self, models: Mapping[str, ModelSettings]) -> None:
        save_models(self._session.workspace, models)
        self.load()

    def _engine_state(self, state: EngineState) -> None:
        if state is EngineState.READY:
            self.load()
            for name, secret in self._session_keys.items():
                spawn(self._session.ask_engine(SetKey(name=name, secret=secret)))
