"""Icons: monochrome SVGs, tinted with the theme's colours and drawn at the screen's resolution."""

from functools import lru_cache

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QIconEngine, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from evalstudio.ui.kit.theme import mixed, tokens
from evalstudio.workspace.resources import resource


def icon(name: str, colour: str = "text") -> QIcon:
    """Returns an icon in the token colour `colour` of the theme in force when it is drawn."""
    return QIcon(_Engine(name, colour))


def application_icon() -> QIcon:
    return QIcon(str(resource("icons", "evalstudio.svg")))


class _Engine(QIconEngine):
    """Icon engine that draws on demand, so that a change of theme needs no new icons."""

    def __init__(self, name: str, colour: str) -> None:
        super().__init__()
        self._name = name
        self._colour = colour

    def paint(self, painter, rect, mode, state) -> None:  # type: ignore[no-untyped-def]
        colours = tokens()
        shade: str = getattr(colours, self._colour)
        if mode == QIcon.Mode.Disabled:
            shade = mixed(colours.muted, colours.card, 0.45).name()
        side = min(rect.width(), rect.height())
        box = QRectF(rect.x() + (rect.width() - side) / 2, rect.y() + (rect.height() - side) / 2, side, side)
        _renderer(self._name, shade).render(painter, box)

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        pixmap = QPixmap(size)
        if pixmap.isNull():
            return pixmap  # invisible: a button without a size yet
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        self.paint(painter, pixmap.rect(), mode, state)
        painter.end()
        return pixmap

    def clone(self) -> QIconEngine:
        return _Engine(self._name, self._colour)


@lru_cache(maxsize=256)
def _renderer(name: str, colour: str) -> QSvgRenderer:
    drawing = resource("icons", f"{name}.svg").read_bytes().replace(b"currentColor", colour.encode())
    return QSvgRenderer(QByteArray(drawing))


def draw_icon(painter: QPainter, name: str, colour: QColor, box: QRectF) -> None:
    """Draws an icon in the given colour."""
    _renderer(name, colour.name()).render(painter, box)
