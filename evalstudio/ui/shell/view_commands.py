"""View menu: the palette, the size of text and the theme."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QWidget

from evalstudio.settings.schema import BY_KEY
from evalstudio.settings.values import changed
from evalstudio.ui.kit.actions import Actions
from evalstudio.ui.shell.finder import Entry
from evalstudio.ui.state.session import Session

STEP = 10  # per cent of the usual text size
THEMES = ("light", "dark", "system")


class ViewCommands:
    """The commands of a window's View menu that change no page. `entries`: what the palette finds."""

    def __init__(
        self,
        window: QWidget,
        session: Session,
        actions: Actions,
        machine: QSettings,
        entries: Callable[[], list[Entry]],
    ) -> None:
        self._window, self._session, self._machine, self._entries = window, session, machine, entries
        actions.connect("palette", self.open_palette)
        for name, step in (("text_larger", STEP), ("text_smaller", -STEP)):
            actions.connect(name, partial(self.change_text, step))
        for choice in THEMES:
            actions.connect(f"theme_{choice}", partial(self._choose_theme, choice))

    def open_palette(self) -> None:
        """Opens the field that finds everything."""
        from evalstudio.ui.shell.palette import Palette

        if self._window.findChild(Palette) is None:
            Palette(self._window, self._entries(), self._machine)

    def change_text(self, step: int) -> None:
        """Makes all text larger or smaller, within the limits of the setting."""
        field = BY_KEY["text_scale"]
        low, high = int(field.low or 0), int(field.high or 0)
        scale = min(high, max(low, self._session.settings.text_scale + step))
        self._session.change_settings(changed(self._session.settings, text_scale=scale))

    def _choose_theme(self, choice: str) -> None:
        self._session.change_settings(changed(self._session.settings, theme=choice))
