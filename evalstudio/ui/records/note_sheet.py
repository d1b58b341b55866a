"""Note sheet: a field for a note and one for tags, of a run or a record."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from evalstudio.protocol import tags_in
from evalstudio.ui.kit.form_fields import GrowingText
from evalstudio.ui.kit.sheet import Sheet
from evalstudio.ui.kit.text import tr
from evalstudio.ui.kit.widgets import TextLabel, labelled


def with_added(
    note: str, tags: tuple[str, ...], more: str, more_tags: tuple[str, ...]
) -> tuple[str, tuple[str, ...]]:
    """Returns a note and its tags with what was written for several at once added.

    Example:
        >>> with_added("slow", ("gpu",), "", ("gpu", "night"))
        ('slow', ('gpu', 'night'))
    """
    return "\n".join(filter(None, (note, more))), tags_in(" ".join((*tags, *more_tags)))


class NoteSheet(Sheet):
    """The sheet. Ctrl+Return saves, as Return does in the field of tags."""

    def __init__(self, parent: QWidget, about: str, note: str, tags: tuple[str, ...]) -> None:
        super().__init__(parent, "note_sheet", tr("Note and tags"), about, tr("Save"))
        self._note = GrowingText("note_text", tr("Note"))
        self._note.setPlainText(note)
        self._tags = QLineEdit(" ".join(tags))
        labelled(self._tags, "note_tags", tr("Tags"), tr("Words with blanks between them"))
        self._tags.setPlaceholderText(tr("Words with blanks between them"))
        for caption, field in ((tr("&Note"), self._note), (tr("&Tags"), self._tags)):
            label = TextLabel(caption, "muted")
            label.setBuddy(field)
            self.add(label)
            self.add(field)
        self._note.setFocus()

    @property
    def note(self) -> str:
        return self._note.toPlainText().strip()

    @property
    def tags(self) -> tuple[str, ...]:
        return tags_in(self._tags.text())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.verb.click()
        else:
            super().keyPressEvent(event)
