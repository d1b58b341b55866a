"""Draws the icon in the sizes that desktops ask for. Usage: python icons.py SVG FOLDER (with PySide6; no screen needed)."""

import os
import sys
from pathlib import Path

SIZES = (16, 32, 48, 64, 128, 256)

if __name__ == "__main__":
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from PySide6.QtCore import Qt
    from PySide6.QtGui import QGuiApplication, QImage, QPainter
    from PySide6.QtSvg import QSvgRenderer

    application = QGuiApplication(sys.argv[:1])
    drawing, folder = QSvgRenderer(sys.argv[1]), Path(sys.argv[2])
    for size in SIZES:
        image = QImage(size, size, QImage.Format.Format_ARGB32)
        image.fill(Qt.GlobalColor.transparent)
        painter = QPainter(image)
        drawing.render(painter)
        painter.end()
        path = folder / f"{size}x{size}" / "apps" / "evalstudio.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        if not image.save(str(path)):
            sys.exit(f"{path} could not be written.")
