"""Run end notifier: reports the end of a long run that nobody watched.

It uses the tray or, where there is none, the window.
"""

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication, QSystemTrayIcon, QWidget

from evalstudio.core.format import duration
from evalstudio.protocol import Snapshot
from evalstudio.reports.score_text import short_score
from evalstudio.ui.kit.icons import application_icon
from evalstudio.ui.kit.text import one_line, tr
from evalstudio.ui.state.notices import Offer
from evalstudio.ui.state.session import Session

LONG_RUN_S = 60.0  # people wait for shorter runs


class EndNotes(QObject):
    """Notifier for the runs of this window's engine."""

    def __init__(self, session: Session, window: QWidget) -> None:
        super().__init__(window)
        self._session, self._window = session, window
        self._going: set[int] = set()
        self._run_id: int | None = None  # the run of the last tray message
        self._tray: QSystemTrayIcon | None = None
        session.run_changed.connect(self._look)

    def _look(self, run_id: int) -> None:
        model = self._session.models.get(run_id)
        if model is None or not model.is_live or model.snapshot is None:
            return
        if model.is_active:
            self._going.add(run_id)
        elif run_id in self._going:
            self._going.discard(run_id)
            watched = self._window.isActiveWindow() and self._session.focus == run_id
            if model.snapshot.elapsed >= LONG_RUN_S and not watched:
                self._tell(model.snapshot)

    def _tell(self, now: Snapshot) -> None:
        sentence = ended_words(now)
        if QSystemTrayIcon.isSystemTrayAvailable() and not self._window.isActiveWindow():
            if self._tray is None:
                self._tray = QSystemTrayIcon(application_icon(), self)
                self._tray.messageClicked.connect(self._open)
                self._tray.activated.connect(lambda *_: self._open())
            self._run_id = now.run_id
            self._tray.setToolTip("EvalStudio")
            self._tray.show()
            self._tray.showMessage("EvalStudio", sentence, application_icon())
            return
        run_id = now.run_id
        look = Offer(tr("Show it"), lambda: self._session.look_at(run_id))
        self._session.tell(sentence, "info", look, key=f"ended-{run_id}")
        QApplication.alert(self._window)

    def _open(self) -> None:
        """Shows the run in the window and hides the tray icon when a person returns."""
        if self._tray is not None:
            self._tray.hide()
        self._window.showNormal() if self._window.isMinimized() else self._window.show()
        self._window.raise_()
        self._window.activateWindow()
        if self._run_id is not None:
            self._session.look_at(self._run_id)


def ended_words(now: Snapshot) -> str:
    """Describes the end of a run in a sentence."""
    score = f", {short_score(now.scores[0])}" if now.scores and now.scores[0].value is not None else ""
    errored = tr(", {errored:,} errored").format(errored=now.errored) if now.errored else ""
    return tr(
        "“{experiment}” is {state} after {elapsed}: {saved:,} of {total:,} saved{errored}{score}."
    ).format(
        experiment=one_line(now.experiment, 60),
        state=tr(now.state),
        elapsed=duration(now.elapsed),
        saved=now.saved,
        total=now.total,
        errored=errored,
        score=score,
    )
