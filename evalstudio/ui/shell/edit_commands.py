"""Edit menu: undo and redo where the focus is, and cut, copy, paste and select all for fields and tables."""

from PySide6.QtCore import QEvent, QModelIndex, QObject, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QTextEdit,
    QWidget,
)
from shiboken6 import isValid

from evalstudio.ui.kit.actions import Actions
from evalstudio.ui.kit.text import tr
from evalstudio.ui.pages.evaluations.evaluation_editor import EvaluationEditor
from evalstudio.ui.state.undo import UndoHistory

WATCHED = "evalstudio_undo_watched"  # property of a field whose keys are watched
MOST_CELLS = 100_000  # copied at once
Field = QLineEdit | QPlainTextEdit | QTextEdit


class EditCommands(QObject):
    """The commands. An evaluation has one history for its form and its text; deletions have the session's."""

    def __init__(
        self, actions: Actions, history: UndoHistory, editor: EvaluationEditor, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._actions, self._history, self._editor = actions, history, editor
        for name, act in (
            ("undo", self.undo), ("redo", self.redo), ("cut", self.cut), ("copy", self.copy), ("paste", self.paste),
            ("select_all", self.select_all),
        ):  # fmt: skip
            actions.connect(name, act)
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.focusChanged.connect(self._focus_changed)
        history.changed.connect(self._name)
        editor.history_changed.connect(self._name)
        self._name()

    def undo(self) -> None:
        if self._is_in_editor():
            self._editor.undo()
        elif (field := self._field()) is not None and _can_undo(field):
            field.undo()
        else:
            self._history.undo()

    def redo(self) -> None:
        if self._is_in_editor():
            self._editor.redo()
        elif (field := self._field()) is not None and _can_redo(field):
            field.redo()
        else:
            self._history.redo()

    def cut(self) -> None:
        if (field := self._field()) is not None:
            field.cut()

    def paste(self) -> None:
        if (field := self._field()) is not None:
            field.paste()

    def copy(self) -> None:
        focus = QApplication.focusWidget()
        if (field := self._field()) is not None:
            field.copy()
        elif isinstance(focus, QAbstractItemView):
            if text := cells_as_text(focus):
                QApplication.clipboard().setText(text)
        elif isinstance(focus, QLabel) and focus.hasSelectedText():
            QApplication.clipboard().setText(focus.selectedText())

    def select_all(self) -> None:
        focus = QApplication.focusWidget()
        if (field := self._field()) is not None:
            field.selectAll()
        elif isinstance(focus, QAbstractItemView):
            focus.selectAll()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keeps Undo and Redo from a field of the form, so that they reach the evaluation's own history."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            keys = QKeySequence.StandardKey
            if event.matches(keys.Undo) or event.matches(keys.Redo):
                event.ignore()
                return True
        return False

    def _focus_changed(self, before: QWidget | None, now: QWidget | None) -> None:
        if not isValid(self._editor) or not isValid(self._actions["undo"]):
            return  # the window is going, and the focus with it
        if now is not None and not now.property(WATCHED) and self._editor.form.isAncestorOf(now):
            now.setProperty(WATCHED, True)
            now.installEventFilter(self)
        self._name()

    def _name(self) -> None:
        """Says in the menu what would be undone."""
        here = self._is_in_editor()
        undo, redo = ("", "") if here else (self._history.next_undo, self._history.next_redo)
        self._actions["undo"].setText(tr("&Undo {what}").format(what=undo) if undo else tr("&Undo"))
        self._actions["redo"].setText(tr("&Redo {what}").format(what=redo) if redo else tr("&Redo"))

    def _is_in_editor(self) -> bool:
        focus = QApplication.focusWidget()
        return focus is not None and self._editor.isVisible() and self._editor.isAncestorOf(focus)

    def _field(self) -> Field | None:
        """Returns the text field that has the focus; of a combo box or a number field, the one inside."""
        focus = QApplication.focusWidget()
        if isinstance(focus, QComboBox):
            return focus.lineEdit()
        if isinstance(focus, QAbstractSpinBox):
            return focus.findChild(QLineEdit)
        return focus if isinstance(focus, QLineEdit | QPlainTextEdit | QTextEdit) else None


def cells_as_text(view: QAbstractItemView) -> str:
    """Returns the selected cells as lines with tabs between the columns, as spreadsheets take them."""
    selection = view.selectionModel()
    if selection is None:
        return ""
    lines: dict[int, list[QModelIndex]] = {}
    cells = 0
    blocks = selection.selection()
    for block in (blocks.at(number) for number in range(blocks.count())):
        rows = min(block.height(), (MOST_CELLS - cells) // block.width())
        for row in range(block.top(), block.top() + rows):
            for column in range(block.left(), block.right() + 1):
                index = block.model().index(row, column, block.parent())
                lines.setdefault(row, []).append(index)
        cells += rows * block.width()
    texts = []
    for _, indexes in sorted(lines.items()):
        values = (
            index.data(Qt.ItemDataRole.DisplayRole) for index in sorted(indexes, key=lambda one: one.column())
        )
        texts.append("\t".join("" if value is None else str(value) for value in values))
    return "\n".join(texts)


def _can_undo(field: Field) -> bool:
    if isinstance(field, QLineEdit):
        return field.isUndoAvailable()
    return field.document().isUndoAvailable() and not field.isReadOnly()


def _can_redo(field: Field) -> bool:
    if isinstance(field, QLineEdit):
        return field.isRedoAvailable()
    return field.document().isRedoAvailable() and not field.isReadOnly()
