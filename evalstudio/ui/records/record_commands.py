"""Record commands: find, copy and note of the records panel of one page, while that page is shown."""

from collections.abc import Callable

from PySide6.QtWidgets import QApplication, QWidget

from evalstudio.ui.kit.actions import Actions
from evalstudio.ui.records.record_notes import RecordNotes
from evalstudio.ui.records.records_panel import RecordsPanel
from evalstudio.ui.state.session import Session


class RecordCommands:
    """The commands.

    Args:
        page: The page; its commands rest while it is hidden.
        before_find: Called before the search gets the focus.
        elsewhere: Takes notes while the focus is not in the panel; None: they are always about records.
    """

    def __init__(
        self,
        session: Session,
        actions: Actions,
        panel: RecordsPanel,
        page: QWidget,
        before_find: Callable[[], object] = lambda: None,
        elsewhere: Callable[[], object] | None = None,
    ) -> None:
        self._panel, self._page, self._before_find, self._elsewhere = panel, page, before_find, elsewhere
        self._notes = RecordNotes(session, panel, page)
        actions.connect("find", self.find)
        actions.connect("copy_record", self.copy)
        actions.connect("note", self.note)

    def find(self) -> None:
        if self._page.isVisible():
            self._before_find()
            self._panel.search.setFocus()
            self._panel.search.selectAll()

    def copy(self) -> None:
        text = self._panel.detail.text()
        if self._page.isVisible() and text:
            QApplication.clipboard().setText(text)

    def note(self) -> None:
        focus = QApplication.focusWidget()
        if not self._page.isVisible():
            return
        if self._elsewhere is not None and (focus is None or not self._panel.isAncestorOf(focus)):
            self._elsewhere()
        else:
            self._notes.open()
