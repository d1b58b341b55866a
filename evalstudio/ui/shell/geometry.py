"""Geometry: size and place of a window, restored inside the screen that there is."""

from PySide6.QtCore import QByteArray, QSettings, QSize
from PySide6.QtWidgets import QMainWindow

FIRST_SIZE, LEAST_SIZE = QSize(1280, 800), QSize(900, 560)
FRAME = QSize(16, 48)  # of the window manager, at most


def restore_geometry(window: QMainWindow, machine: QSettings) -> None:
    """Restores the last size and position of a window."""
    window.setMinimumSize(LEAST_SIZE)
    geometry = machine.value("geometry")
    if not isinstance(geometry, QByteArray) or not window.restoreGeometry(geometry):
        window.resize(FIRST_SIZE)
    room = window.screen().availableGeometry()
    if not window.isMaximized() and room.isValid():
        window.resize(window.size().boundedTo(room.size() - FRAME).expandedTo(window.minimumSize()))
