"""Live controls: what a person changes of the run in focus while it goes on."""

from evalstudio.protocol import AbandonCall, SetRates, SetWorkers
from evalstudio.ui.state.run_model import RunModel
from evalstudio.ui.state.session import Session
from evalstudio.ui.state.tasks import spawn


class LiveControls:
    """Commands to the engine about the run in focus. A run that has ended, or of another program, takes none."""

    def __init__(self, session: Session) -> None:
        self._session = session

    @property
    def _run(self) -> RunModel | None:
        model = self._session.focused
        return model if model is not None and model.is_live and model.is_active else None

    def set_workers(self, workers: int) -> None:
        """Changes the number of threads that run a synchronous function."""
        if (run := self._run) is not None:
            spawn(self._session.ask_engine(SetWorkers(run_id=run.run_id, workers=workers)))

    def set_requests(self, requests: float | None) -> None:
        """Changes the requests per minute of the endpoint; None: no limit."""
        run = self._run
        if run is None or run.snapshot is None:
            return
        tokens = run.snapshot.rates.tokens_set  # set on the Models page; not changed here
        rates = SetRates(run_id=run.run_id, requests_per_minute=requests, tokens_per_minute=tokens)
        spawn(self._session.ask_engine(rates))

    def abandon(self, record_id: int) -> None:
        """Gives up one call."""
        if self._session.focus is not None:
            spawn(self._session.ask_engine(AbandonCall(run_id=self._session.focus, record_id=record_id)))
