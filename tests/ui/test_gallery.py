"""The page of all controls looks as its pictures, in both themes. `python -m tests.ui.test_gallery` draws them anew."""

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent
from PySide6.QtGui import QFont, QFontMetrics, QImage
from PySide6.QtWidgets import QApplication

from evalstudio.ui.gallery import Gallery
from evalstudio.ui.kit import theme
from evalstudio.ui.kit.fonts import INTER_POINTS, interface_font, needs_inter
from evalstudio.ui.kit.styles import style_sheet
from evalstudio.ui.kit.tokens import DARK, LIGHT

PICTURES = Path(__file__).with_name("pictures")
SIZE = (1180, 860)
CLEARLY = 48  # of 255: what is more than a smoothed edge
MOST_CHANGED = (
    0.004  # the share of pixels that may differ clearly: edges of letters, drawn by another version of Qt
)


def picture(application: QApplication, name: str) -> QImage:
    look = theme.install(application, name)
    look.scale(100)
    before = application.font()
    font = interface_font(QFont("DejaVu Sans"))
    font.setPointSizeF(INTER_POINTS)
    application.setFont(font)
    application.setStyleSheet(
        style_sheet(look.tokens, QFontMetrics(font).height())
    )  # heights follow the font
    try:
        gallery = Gallery()
        gallery.resize(*SIZE)
        image = gallery.grab().toImage().convertToFormat(QImage.Format.Format_RGB888)
        gallery.deleteLater()
        application.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        return image
    finally:
        application.setFont(before)
        look.choose(name)


def changed_share(one: QImage, other: QImage) -> float:
    """The share of pixels that differ clearly."""
    assert one.size() == other.size()
    a, b = (
        np.asarray(image.constBits(), dtype=np.int16).reshape(image.height(), -1) for image in (one, other)
    )
    return float((np.abs(a - b) > CLEARLY).mean())


@pytest.mark.parametrize("name", ["light", "dark"])
def test_that_every_control_looks_as_in_its_picture(qapp: QApplication, name: str) -> None:
    kept = QImage(str(PICTURES / f"gallery-{name}.png")).convertToFormat(QImage.Format.Format_RGB888)
    assert changed_share(picture(qapp, name), kept) < MOST_CHANGED


def test_that_the_picture_shows_a_control_without_its_style(qapp: QApplication) -> None:
    kept = QImage(str(PICTURES / "gallery-light.png")).convertToFormat(QImage.Format.Format_RGB888)
    theme.install(qapp, "light")
    sheet = qapp.styleSheet()
    qapp.setStyleSheet("")
    try:
        gallery = Gallery()
        gallery.resize(*SIZE)
        bare = gallery.grab().toImage().convertToFormat(QImage.Format.Format_RGB888)
        gallery.deleteLater()
    finally:
        qapp.setStyleSheet(sheet)
    assert changed_share(bare, kept) > MOST_CHANGED


def test_that_a_style_sheet_follows_colours_and_text() -> None:
    usual = style_sheet(LIGHT, 16)
    assert style_sheet(LIGHT, 24) != usual != style_sheet(DARK, 16)
    assert "#123456" in style_sheet(replace(LIGHT, edge="#123456"), 16)
    assert "$" not in usual


@pytest.mark.parametrize(
    ("family", "inter"),
    [
        ("DejaVu Sans", True), ("Bitstream Vera Sans", True), ("Liberation Sans", True), ("Nimbus Sans", True), ("FreeSans", True),
        ("", True), ("Noto Sans", False), ("Segoe UI", False), (".AppleSystemUIFont", False), ("Cantarell", False),
        ("Ubuntu", False), ("Inter", False), ("Adwaita Sans", False),
    ],
)  # fmt: skip
def test_that_inter_stands_in_for_stopgaps_only(family: str, inter: bool) -> None:
    assert needs_inter(family) is inter


def main() -> int:
    """Draws the pictures anew."""
    application = QApplication(sys.argv[:1])
    PICTURES.mkdir(exist_ok=True)
    saved = [
        picture(application, name).save(str(PICTURES / f"gallery-{name}.png"), "PNG", 0)
        for name in ("light", "dark")
    ]  # type: ignore[call-overload]
    return 0 if all(saved) else 1


if __name__ == "__main__":
    sys.exit(main())
