"""Undo history of the settings dialog: every change of its draft, taken back with Ctrl+Z."""

import time
from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog, QWidget

from evalstudio.core.errors import SettingsError
from evalstudio.ui.settings.setting_rows import SettingRow

ONE_STEP_S = 1.0  # changes of one field that follow each other sooner are undone together
Draft = dict[str, Any]


class DraftHistory(QObject):
    """The history of a dialog's rows. One change may alter several rows; they are undone together."""

    def __init__(self, dialog: QDialog, rows: Mapping[str, SettingRow]) -> None:
        super().__init__(dialog)
        self._rows = rows
        self._past: list[Draft] = []
        self._future: list[Draft] = []
        self._now = self._draft() or {}
        self._last: tuple[frozenset[str], float] = (frozenset(), 0.0)  # fields of the last step, and its time
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(0)  # a change may bring others with it in the same turn
        self._settle.timeout.connect(self._take)
        keys = QKeySequence.StandardKey
        for key, act in ((keys.Undo, self.undo), (keys.Redo, self.redo)):
            for binding in QKeySequence.keyBindings(key):
                QShortcut(binding, dialog).activated.connect(act)
        for row in rows.values():
            row.changed.connect(self._settle.start)
            for widget in (row.editor, *row.editor.findChildren(QWidget)):
                widget.installEventFilter(self)

    def undo(self) -> None:
        self._take()
        if self._past:
            self._future.append(self._now)
            self._show(self._past.pop())

    def redo(self) -> None:
        self._take()
        if self._future:
            self._past.append(self._now)
            self._show(self._future.pop())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keeps Undo and Redo from the fields, which have histories of their own."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            keys = QKeySequence.StandardKey
            if event.matches(keys.Undo) or event.matches(keys.Redo):
                event.ignore()
                return True
        return False

    def _take(self) -> None:
        """Adds the current draft as a step, unless nothing has changed or it can't be read."""
        self._settle.stop()
        draft = self._draft()
        if draft is None or draft == self._now:
            return
        fields = frozenset(key for key in draft if draft[key] != self._now.get(key))
        now = time.monotonic()
        if fields != self._last[0] or now - self._last[1] > ONE_STEP_S or not self._past:
            self._past.append(self._now)
        self._last = fields, now
        self._future.clear()
        self._now = draft

    def _show(self, draft: Draft) -> None:
        for key, row in self._rows.items():
            if key != "strategy":
                row.set_value(draft[key])
        self._rows["strategy"].set_value(draft["strategy"])  # last: it follows changes of Adaptive's bounds
        self._settle.stop()
        self._now = self._draft() or draft
        self._last = frozenset(), 0.0

    def _draft(self) -> Draft | None:
        try:
            return {key: row.value for key, row in self._rows.items()}
        except SettingsError:
            return None  # an entry is being typed
