"""Fonts: the system's interface font, or Inter where the system has none of quality, with figures of one width."""

from PySide6.QtGui import QFont, QFontDatabase, QFontInfo

from evalstudio.workspace.resources import resource

FILES = ("Inter-Regular.ttf", "Inter-SemiBold.ttf")
INTER_POINTS = 9.75  # 13 pixels at 96 dpi
# What a system resolves its default font to if nobody has chosen one for interfaces.
PLAIN = (
    "dejavu",
    "bitstream vera",
    "liberation",
    "nimbus",
    "freesans",
    "arial",
    "helvetica",
    "luxi",
    "sans serif",
)


def interface_font(system: QFont) -> QFont:
    """Returns the font of the window, made of the system's.

    Example:
        application.setFont(interface_font(application.font()))
    """
    font = QFont(system)
    if needs_inter(QFontInfo(system).family()) and _load():
        font = QFont(["Inter", *system.families()])
        font.setPointSizeF(max(INTER_POINTS, system.pointSizeF()))
    font.setFeature(QFont.Tag.fromString("tnum"), 1)
    return font


def needs_inter(family: str) -> bool:
    """Returns whether a family is a stopgap rather than an interface font."""
    return not family or family.lower().startswith(PLAIN)


def _load() -> bool:
    if "Inter" in QFontDatabase.families():
        return True
    return all(QFontDatabase.addApplicationFont(str(resource("fonts", name))) >= 0 for name in FILES)
