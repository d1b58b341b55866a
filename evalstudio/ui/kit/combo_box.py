"""Combo box for texts that may be longer than the space available."""

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QHelpEvent, QWheelEvent
from PySide6.QtWidgets import QComboBox, QCompleter, QStyle, QStyleOptionComboBox, QToolTip

from evalstudio.ui.kit.text import tooltip

MOST_SHOWN = 20  # visible choices before the list scrolls
MARGINS = 14  # around the text, which the style does not count, in pixels


class ComboBox(QComboBox):
    """Combo box that elides its text, with the full text in the tooltip; the style itself cuts it anywhere."""

    def __init__(self) -> None:
        super().__init__()
        self.setMaxVisibleItems(MOST_SHOWN)

    @property
    def shown_text(self) -> str:
        """Returns the text as elided to the available width."""
        option = QStyleOptionComboBox()
        QComboBox.initStyleOption(self, option)
        return self._cut(option)

    def sizeHint(self) -> QSize:
        return super().sizeHint() + QSize(MARGINS, 0)

    def minimumSizeHint(self) -> QSize:
        return super().minimumSizeHint() + QSize(MARGINS, 0)

    def initStyleOption(self, option: QStyleOptionComboBox) -> None:
        super().initStyleOption(option)
        if not self.isEditable():
            option.currentText = self._cut(option)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip and not self.isEditable():
            whole = self.currentText()
            if whole and self.shown_text != whole:
                QToolTip.showText(event.globalPos(), tooltip(whole), self)
                return True
        return super().event(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()  # the wheel scrolls the page, and changes no choice on its way

    def _cut(self, option: QStyleOptionComboBox) -> str:
        part = QStyle.SubControl.SC_ComboBoxEditField
        room = self.style().subControlRect(QStyle.ComplexControl.CC_ComboBox, option, part, self).width() - 4
        return self.fontMetrics().elidedText(self.currentText(), Qt.TextElideMode.ElideRight, room)


def find_as_typed(box: QComboBox) -> None:
    """Makes an editable box suggest the choices that contain the typed text; typing does not select one."""
    box.setEditable(True)
    box.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
    completer = QCompleter(box.model(), box)
    completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
    completer.setFilterMode(Qt.MatchFlag.MatchContains)
    completer.setCompletionMode(QCompleter.CompletionMode.PopupCompletion)
    completer.setMaxVisibleItems(MOST_SHOWN)
    box.setCompleter(completer)
