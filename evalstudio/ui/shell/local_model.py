"""Local model control: installs, starts and stops the local language model from the menu."""

from collections.abc import Callable

from evalstudio.core.errors import EvalStudioError
from evalstudio.models.providers import LOCAL_MODEL
from evalstudio.protocol import LocalModel, LocalModelStatus
from evalstudio.ui.kit.actions import Actions
from evalstudio.ui.kit.text import tr
from evalstudio.ui.state.engine_client import EngineState
from evalstudio.ui.state.notices import Offer
from evalstudio.ui.state.session import Session
from evalstudio.ui.state.tasks import spawn

KEY = "local-model"


class LocalModelControl:
    """Controls the model through the engine and reports the result. `use` makes it the model of the next run.

    Of its two commands only the one that can be done is enabled.
    """

    def __init__(self, session: Session, actions: Actions, use: Callable[[str], None]) -> None:
        self._session, self._actions, self._use = session, actions, use
        actions.connect("local_start", lambda: spawn(self.start()))
        actions.connect("local_stop", lambda: spawn(self.stop()))
        for signal in (session.local_model_changed, session.runs_changed):  # a run on it starts it, too
            signal.connect(self._look_soon)
        session.engine.state_changed.connect(lambda *_: self._look_soon())
        self._enable(None)

    def _look_soon(self) -> None:
        if self._session.engine.state is EngineState.READY:
            spawn(self._look())
        else:
            self._enable(None)

    async def _look(self) -> None:
        try:
            status = await self._session.engine.request(LocalModel("status"))
        except EvalStudioError:
            return  # the engine is shutting down
        self._enable(status)

    def _enable(self, status: LocalModelStatus | None) -> None:
        """Enables what is possible; None: the engine is not there to do either."""
        self._actions["local_start"].setEnabled(status is not None and not status.running)
        self._actions["local_stop"].setEnabled(status is not None and status.running)

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
