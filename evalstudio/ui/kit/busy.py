"""Busy controls: disabled while something is under way, without handing the focus to their neighbour."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget


class Busy:
    """Disables controls for a while; the focus comes back to the one that had it.

    Qt hands the focus of a disabled control to the next one, where Space would press what nobody meant to press.

    Example:
        busy = Busy(test_button, list_button)
        busy.begin()
        ...  # the answer is awaited
        busy.end()
    """

    def __init__(self, *controls: QWidget) -> None:
        self._controls = controls
        self._focused: QWidget | None = None

    def begin(self) -> None:
        focused = QApplication.focusWidget()
        self._focused = focused if focused in self._controls else None
        if self._focused is not None:
            self._focused.window().setFocus(Qt.FocusReason.OtherFocusReason)  # keys meet nothing meanwhile
        for control in self._controls:
            control.setEnabled(False)

    def end(self) -> None:
        for control in self._controls:
            control.setEnabled(True)
        before, self._focused = self._focused, None
        if before is not None and QApplication.focusWidget() in (None, before.window()):
            before.setFocus(Qt.FocusReason.OtherFocusReason)  # unless a person has gone elsewhere
