"""Local model control: installs, starts and stops the local language model from the menu."""

from collections.abc import Callable

from evalstudio.models.providers import LOCAL_MODEL
from evalstudio.protocol import LocalModel
from evalstudio.ui.kit.text import tr
from evalstudio.ui.state.notices import Offer
from evalstudio.ui.state.session import Session

KEY = "local-model"


class LocalModelControl:
    """Controls the model through the engine and reports the result. `use` makes it the model of the next run."""

    def __init__(self, session: Session, use: Callable[[str], None]) -> None:
        self._session = session
        self._use = use

    async def start(self) -> None:
        """Installs the model if needed, starts it and offers to use it."""
        status = await self._session.ask_engine(LocalModel("status"))
        if status is None:
            return
        if not status.installed:
            self._session.tell(
                tr("Installing the local language model (130 MB); the log shows how it goes."), key=KEY
            )
            status = await self._session.ask_engine(LocalModel("install"))
            if status is None:
                return
            self._session.local_model_changed.emit()
        status = await self._session.ask_engine(LocalModel("start"))
        self._session.local_model_changed.emit()
        if status is not None and status.running:
            self._session.tell(
                tr("The local language model runs as {model}.").format(model=LOCAL_MODEL),
                "info",
                Offer(tr("Use it for the next run"), lambda: self._use(LOCAL_MODEL)),
                key=KEY,
            )

    async def stop(self) -> None:
        """Stops its server; runs on it can no longer reach it."""
        if await self._session.ask_engine(LocalModel("stop")) is not None:
            self._session.local_model_changed.emit()
            self._session.tell(tr("The local language model is stopped."), key=KEY)
