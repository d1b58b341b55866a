"""Page history: back and forward through the pages, as in a browser."""

from collections.abc import Callable

from evalstudio.ui.kit.actions import Actions

MOST = 100


class PageHistory:
    """The pages in the order in which they were shown. `show` shows one by its name."""

    def __init__(self, actions: Actions, show: Callable[[str], None]) -> None:
        self._actions, self._show = actions, show
        self._pages: list[str] = ["home"]
        self._place = 0
        self._is_moving = False
        actions.connect("back", lambda: self._move(-1))
        actions.connect("forward", lambda: self._move(1))
        self._tell()

    def visit(self, name: str) -> None:
        """Notes that a page is shown; what was ahead is forgotten."""
        if self._is_moving or name == self._pages[self._place]:
            return
        self._pages = [*self._pages[: self._place + 1], name][-MOST:]
        self._place = len(self._pages) - 1
        self._tell()

    def _move(self, step: int) -> None:
        place = self._place + step
        if 0 <= place < len(self._pages):
            self._place = place
            self._is_moving = True
            try:
                self._show(self._pages[place])
            finally:
                self._is_moving = False
            self._tell()

    def _tell(self) -> None:
        self._actions["back"].setEnabled(self._place > 0)
        self._actions["forward"].setEnabled(self._place < len(self._pages) - 1)
