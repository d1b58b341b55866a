"""Rules that hold for all of the window's code and widgets."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractScrollArea, QLabel, QLineEdit, QScrollBar, QTabBar, QWidget

import evalstudio.ui
from evalstudio.ui.kit.text import one_line, plain, tooltip
from evalstudio.ui.kit.theme import DARK, LIGHT, Tokens, contrast, make_palette, text_pairs
from evalstudio.ui.settings.settings import SettingsDialog
from evalstudio.ui.state.notices import Offer
from tests.ui.driver import Driver

SOURCES = sorted(Path(evalstudio.ui.__file__).parent.rglob("*.py"))
BLOCKING = re.compile(
    r"\.exec\(|\.exec_\(|QMessageBox\.(question|information|warning|critical)\(|QFileDialog\.get|QInputDialog\.get|processEvents|time\.sleep"
)


def test_that_nothing_in_the_window_blocks() -> None:
    assert len(SOURCES) > 20
    found = [
        f"{path.name}: {line.strip()}"
        for path in SOURCES
        if path.name != "gallery.py"  # a program of its own
        for line in path.read_text().splitlines()
        if BLOCKING.search(line)
    ]
    assert not found


def test_that_no_file_of_the_window_is_long() -> None:
    assert not [path.name for path in SOURCES if len(path.read_text().splitlines()) >= 400]


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_that_text_can_be_read(colours: Tokens) -> None:
    faint = {
        name: round(contrast(ink, ground), 2)
        for name, ink, ground in text_pairs(colours)
        if contrast(ink, ground) < 4.5
    }
    assert not faint


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_that_lines_of_charts_can_be_seen_and_told_apart(colours: Tokens) -> None:
    assert all(contrast(colour, colours.card) >= 3 for colour in colours.series)
    assert len(set(colours.series)) == len(colours.series)
    assert make_palette(colours).windowText().color().name() == colours.text


def test_that_widgets_have_names_to_speak_and_labels_take_no_text_for_markup(
    open_window: Callable[[], Driver],
) -> None:
    driver = open_window()
    dialog = SettingsDialog(driver.session, driver.window)
    driver.session.tell("a message", "error", Offer("Act", lambda: None))
    widgets = driver.window.findChildren(QWidget)
    assert dialog.ceiling in widgets
    assert not [_path(widget) for widget in widgets if _needs_name(widget) and not widget.accessibleName()]
    rich = [
        label for label in driver.window.findChildren(QLabel) if label.textFormat() != Qt.TextFormat.PlainText
    ]
    # legends are made of our own words; captions of forms are, too, and QLabel decides by their first characters
    foreign = [
        _path(label)
        for label in rich
        if not label.objectName().startswith("legend_") and "&" not in label.text() and label.text()
    ]
    assert not foreign


def test_that_text_from_outside_is_made_plain() -> None:
    assert plain("a\x1b[31mb\u202ec\td\n") == "a\ufffd[31mb\ufffdc\td\n"
    assert plain("x" * 30, 10) == "x" * 10 + "\n… 20 more characters are in the store."
    assert one_line("a\n\n  b\x00", 10) == "a b\ufffd"
    assert one_line("x" * 30, 10) == "x" * 9 + "…"
    assert "<b>" not in tooltip("<b>bold</b>")
    assert one_line(None) == ""


def _needs_name(widget: QWidget) -> bool:
    inside = isinstance(widget, (QScrollBar, QTabBar)) or widget.objectName().startswith("qt_")
    if isinstance(widget, QLineEdit) and not isinstance(widget.parent(), (QAbstractScrollArea, type(None))):
        inside = inside or widget.objectName() == "" or widget.objectName().startswith("qt_")
    return widget.focusPolicy() != Qt.FocusPolicy.NoFocus and not inside


def _path(widget: QWidget) -> str:
    parts: list[str] = []
    at: object = widget
    while isinstance(at, QWidget):
        parts.append(at.objectName() or type(at).__name__)
        at = at.parent()
    return "/".join(parts[::-1])
