"""The local language model from the window: installed, started and stopped with a menu command."""

from collections.abc import Callable

from evalstudio.models.providers import LOCAL_MODEL
from evalstudio.protocol import LocalModel
from evalstudio.ui.kit.text import tr
from evalstudio.ui.state.notices import Offer
from evalstudio.ui.state.session import Session

KEY = "local-model"


class LocalModelControl:
    """Asks the engine for the model and says what became of it. `use` makes it the model of the next run."""

    def __init__(self, session: Session, use: Callable[[str], None]) -> None:
        self._session = session
        self._use = use

    async def start(self) -> None:
        """Installs the model where it is not, starts it and offers to use it."""
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
        status = await self._session.ask_engine(LocalModel("start"))
        if status is not None and status.running:
            self._session.tell(
                tr("The local language model runs as {model}.").format(model=LOCAL_MODEL),
                "info",
                Offer(tr("Use it for the next run"), lambda: self._use(LOCAL_MODEL)),
                key=KEY,
            )

    async def stop(self) -> None:
        """Ends its server; runs on it then fail to reach it."""
        if await self._session.ask_engine(LocalModel("stop")) is not None:
            self._session.tell(tr("The local language model is stopped."), key=KEY)
