"""Theme: the light or dark tokens in force, the size of text, and the palette made of them, switched live.

The palettes are our own and not the desktop's, because Qt's own switch does nothing where no desktop answers.
"""

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from evalstudio.ui.kit.fonts import interface_font
from evalstudio.ui.kit.quiet_style import QuietStyle
from evalstudio.ui.kit.styles import style_sheet
from evalstudio.ui.kit.tokens import DARK, LIGHT, RADIUS, SPACE_L, SPACE_M, SPACE_S, SPACE_XS, Tokens

__all__ = [
    "DARK", "LIGHT", "RADIUS", "SPACE_L", "SPACE_M", "SPACE_S", "SPACE_XS", "Theme", "Tokens", "contrast", "install",
    "line_height", "make_palette", "mixed", "scaled", "text_pairs", "theme", "tokens",
]  # fmt: skip


class Theme(QObject):
    """The theme in force. `changed` is emitted after the palette is set."""

    changed = Signal()

    def __init__(self, application: QApplication, choice: str = "system") -> None:
        super().__init__(application)
        self._application = application
        application.setFont(interface_font(application.font()))
        self._size = application.font().pointSizeF()
        self.percent = 100
        self.choice = choice
        self.tokens = LIGHT
        application.styleHints().colorSchemeChanged.connect(self._desktop_changed)
        self.choose(choice)

    @property
    def is_dark(self) -> bool:
        return self.tokens is DARK

    def choose(self, choice: str) -> None:
        """Sets the theme: system, light or dark."""
        self.choice = choice
        hints = self._application.styleHints()
        schemes = {"light": Qt.ColorScheme.Light, "dark": Qt.ColorScheme.Dark}
        hints.setColorScheme(schemes.get(choice, Qt.ColorScheme.Unknown))
        dark = choice == "dark" or (choice == "system" and hints.colorScheme() == Qt.ColorScheme.Dark)
        self.tokens = DARK if dark else LIGHT
        self._application.setPalette(make_palette(self.tokens))
        self._dress()

    def scale(self, percent: int) -> None:
        """Sets the size of all text, in per cent of its usual size."""
        if percent == self.percent:
            return
        self.percent = percent
        font = self._application.font()
        font.setPointSizeF(self._size * percent / 100)
        self._application.setFont(font)
        self._dress()

    def _dress(self) -> None:
        """Sets the style sheet, whose distances follow the text, and tells everyone who paints."""
        sheet = style_sheet(self.tokens, QFontMetrics(self._application.font()).height())
        if sheet != self._application.styleSheet():
            self._application.setStyleSheet(sheet)
        self.changed.emit()

    def _desktop_changed(self) -> None:
        if self.choice == "system":
            self.choose("system")


_theme: Theme | None = None


def install(application: QApplication, choice: str) -> Theme:
    """Creates the theme of this application, or changes the existing one."""
    global _theme  # noqa: PLW0603 - there is one application in a process, and one theme
    if not isinstance(application.style(), QuietStyle) and _theme is None:
        application.setStyle(QuietStyle())
    if _theme is None:
        _theme = Theme(application, choice)
    else:
        _theme.choose(choice)
    return _theme


def theme() -> Theme:
    """Returns the theme of this application; light if none is installed yet."""
    if _theme is not None:
        return _theme
    application = QGuiApplication.instance()
    assert isinstance(application, QApplication)
    return install(application, "light")


def tokens() -> Tokens:
    return theme().tokens


def make_palette(colours: Tokens) -> QPalette:
    """Creates a palette with every role that Fusion paints with, so that no colour of another palette remains."""
    palette = QPalette()
    role = QPalette.ColorRole
    for which, colour in (
        (role.Window, colours.window), (role.WindowText, colours.text), (role.Base, colours.field),
        (role.AlternateBase, colours.window), (role.Text, colours.text), (role.Button, colours.card),
        (role.ButtonText, colours.text), (role.BrightText, colours.bad), (role.ToolTipBase, colours.card),
        (role.ToolTipText, colours.text), (role.PlaceholderText, colours.muted), (role.Highlight, colours.accent),
        (role.HighlightedText, colours.on_accent), (role.Accent, colours.accent), (role.Link, colours.series[0]),
        (role.LinkVisited, colours.series[3]), (role.Mid, colours.border), (role.Midlight, colours.hover),
        (role.Light, colours.card), (role.Dark, colours.border), (role.Shadow, colours.border),
    ):  # fmt: skip
        palette.setColor(which, QColor(colour))
    for which in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, which, mixed(colours.muted, colours.card, 0.35))
    palette.setColor(
        QPalette.ColorGroup.Disabled, role.PlaceholderText, mixed(colours.muted, colours.field, 0.45)
    )
    palette.setColor(QPalette.ColorGroup.Disabled, role.Highlight, QColor(colours.border))
    palette.setColor(QPalette.ColorGroup.Inactive, role.Highlight, QColor(colours.accent))
    return palette


def mixed(first: str, second: str, share: float) -> QColor:
    """Mixes a share of `second` into `first`."""
    one, two = QColor(first), QColor(second)
    parts = zip(one.getRgb()[:3], two.getRgb()[:3], strict=True)  # type: ignore[index]
    return QColor(*(round(a + (b - a) * share) for a, b in parts))


def contrast(first: str, second: str) -> float:
    """Returns the contrast ratio of two colours, from 1 to 21 (WCAG 2.2, relative luminance)."""
    brighter, darker = sorted((_luminance(QColor(first)), _luminance(QColor(second))), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def text_pairs(colours: Tokens) -> list[tuple[str, str, str]]:
    """Returns the text and background combinations in use: (name, text colour, background colour)."""
    pairs = [
        (f"{name} on {ground}", getattr(colours, name), getattr(colours, ground))
        for name in ("text", "muted", "good", "warn", "bad", "accent_text")
        for ground in ("window", "card", "field", "hover", "selection", "selection_away")
    ]
    pairs += [
        ("added text", colours.text, colours.good_ground),
        ("missing text", colours.text, colours.bad_ground),
    ]
    return [
        *pairs,
        ("button text", colours.on_accent, colours.accent),
        ("danger text", colours.on_accent, colours.danger),
    ]


def line_height() -> int:
    """Returns the line height in pixels; during a change of size, a widget's own metrics are outdated."""
    return QFontMetrics(QApplication.font()).height()


def scaled(font: QFont, factor: float, *, bold: bool = False) -> QFont:
    """Returns the application's font in another size, in its own unit, so that a person's own size is kept."""
    other = QFont(font)
    other.setPointSizeF(font.pointSizeF() * factor)
    other.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
    return other


def _luminance(colour: QColor) -> float:
    def linear(part: float) -> float:
        return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4

    return 0.2126 * linear(colour.redF()) + 0.7152 * linear(colour.greenF()) + 0.0722 * linear(colour.blueF())
