"""Every page for people who use no mouse or hear the window: names everywhere, the Tab key goes to every control, and
text of one and a half times the size is not cut."""

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QMenuBar,
    QPushButton,
    QScrollArea,
    QScrollBar,
    QTabWidget,
    QToolButton,
    QWidget,
)

from evalstudio.settings.values import changed
from evalstudio.ui.kit.form_fields import IssueLabel
from evalstudio.ui.kit.navigation_button import NavigationButton
from evalstudio.ui.kit.tabs import Tabs
from evalstudio.ui.kit.theme import theme
from evalstudio.ui.kit.widgets import ElidedLabel
from evalstudio.ui.settings.settings import SettingsDialog
from tests.ui.driver import Driver

Opened = Callable[[], Driver]
PAGES = ("home", "runs", "results", "compare", "evaluations", "datasets", "models")
PARTS = (QScrollBar, QHeaderView, QMenuBar)  # of other controls; a menu bar has keys of its own


def tabs_of(page: QWidget) -> Iterator[None]:
    """Shows every tab of a page in turn, also those within tabs."""
    widgets = [one for one in page.findChildren(QTabWidget) if one.isVisibleTo(page)]
    yield
    for tabs in widgets:
        for place in range(tabs.count()):
            tabs.setCurrentIndex(place)
            QApplication.processEvents()
            yield


def controls(page: QWidget) -> list[QWidget]:
    """What is seen and can have the focus; of a compound control the whole."""
    return [
        widget
        for widget in page.findChildren(QWidget)
        if widget.isVisibleTo(page)
        and widget.isEnabledTo(page)
        and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and widget.focusProxy() is None
        and not isinstance(widget, PARTS)
        and not is_part(widget)
    ]


def is_part(widget: QWidget) -> bool:
    """The line of a combo box or spin box, the viewport of a view: their owner has the name and the focus."""
    parent = widget.parentWidget()
    if isinstance(parent, QComboBox | QAbstractSpinBox):
        return True
    return (isinstance(parent, QAbstractScrollArea) and widget is parent.viewport()) or (
        widget.window() is not None and widget.window().windowType() == Qt.WindowType.Popup
    )


def name_of(widget: QWidget) -> str:
    return widget.accessibleName() or (widget.text() if isinstance(widget, QAbstractButton | QLabel) else "")


def describe(widget: QWidget) -> str:
    parent = widget.parentWidget()
    return f"{type(widget).__name__} {widget.objectName()!r} in {type(parent).__name__}"


@pytest.fixture
def driver(open_filled: Opened) -> Driver:
    made = open_filled()
    made.window.resize(1280, 800)
    made.ready()
    made.session.look_at(1)
    made.wait(lambda: made.session.focused is not None and made.session.focused.snapshot is not None)
    return made


def test_that_all_that_can_have_the_focus_has_a_name_and_is_reached_by_the_tab_key(driver: Driver) -> None:
    driver.window.activateWindow()
    nameless: set[str] = set()
    missed: set[str] = set()
    for page in PAGES:
        driver.window.show_page(page)
        shown = driver.find(QWidget, f"page_{page}")
        seen: set[int] = set()
        for _ in tabs_of(shown):
            found = controls(shown)
            nameless |= {describe(widget) for widget in found if not name_of(widget)}
            reached = set(walk(driver.window, len(found) * 3 + 60))
            missed |= {f"{page}: {describe(widget)}" for widget in found if id(widget) not in reached}
            seen |= reached & set(map(id, found))
        assert len(seen) > 1, page
    assert not nameless, sorted(nameless)
    assert not missed, sorted(missed)


def test_that_a_screen_reader_gets_a_role_and_a_name_of_every_control(driver: Driver) -> None:
    vague = (QAccessible.Role.NoRole, QAccessible.Role.Pane)  # a painted chart is a client with a name
    missing: set[str] = set()
    heard: set[QAccessible.Role] = set()
    for page in PAGES:
        driver.window.show_page(page)
        shown = driver.find(QWidget, f"page_{page}")
        for _ in tabs_of(shown):
            for widget in controls(shown):
                spoken = QAccessible.queryAccessibleInterface(widget)
                if spoken is None or spoken.role() in vague or not spoken.text(QAccessible.Text.Name).strip():
                    missing.add(f"{page}: {describe(widget)}")
                else:
                    heard.add(spoken.role())
    assert not missing, sorted(missing)
    assert {QAccessible.Role.Button, QAccessible.Role.ComboBox, QAccessible.Role.Table} <= heard


def walk(window: QWidget, most: int) -> Iterator[int]:
    """What has the focus after each press of the Tab key, once around; a text that takes Tab for itself ends it."""
    first: QWidget | None = None
    for _ in range(most):
        window.focusNextChild()
        widget = QApplication.focusWidget()
        if widget is None or widget is first:
            return
        first = first or widget
        proxied = widget
        while is_part(proxied) and proxied.parentWidget() is not None:
            proxied = proxied.parentWidget()
        yield id(proxied)


def test_that_larger_text_is_not_cut(driver: Driver) -> None:
    cut: set[str] = set()
    try:
        driver.session.change_settings(changed(driver.session.settings, text_scale=150))
        for page in PAGES:
            driver.window.show_page(page)
            shown = driver.find(QWidget, f"page_{page}")
            for _ in tabs_of(shown):
                cut |= {f"{page}: {one}" for one in settled(shown)}
    finally:
        theme().scale(100)
    assert not cut, "\n".join(sorted(cut))


def test_that_the_tabs_of_a_run_need_no_arrows_where_text_is_large(driver: Driver) -> None:
    tabs, lights = driver.find(Tabs, "run_tabs"), driver.find(QWidget, "sign_lights")
    driver.window.resize(1280, 800)
    driver.window.show_page("runs")
    settled(driver.find(QWidget, "page_runs"))
    (first, *_) = light_buttons = lights.findChildren(QToolButton)
    assert first.toolButtonStyle() == Qt.ToolButtonStyle.ToolButtonTextBesideIcon
    try:
        driver.session.change_settings(changed(driver.session.settings, text_scale=150))
        settled(driver.find(QWidget, "page_runs"))
        assert tabs.tabBar().width() >= tabs.tabBar().sizeHint().width()
        assert all(light.isVisible() and light.toolTip() for light in light_buttons)
    finally:
        theme().scale(100)
    settled(driver.find(QWidget, "page_runs"))
    assert first.toolButtonStyle() == Qt.ToolButtonStyle.ToolButtonTextBesideIcon


def settled(page: QWidget) -> list[str]:
    """What is cut once the page has found its places; a layout takes some turns of the loop."""
    for _ in range(30):
        QApplication.processEvents()
        if not (cut := list(cut_in(page))):
            break
    return cut


def cut_in(page: QWidget) -> Iterator[str]:
    for button in page.window().findChildren(NavigationButton):
        if button.width() < button.fontMetrics().horizontalAdvance(button.text()) + 4:
            yield f"{describe(button)} {button.text()!r}"
    for widget in page.findChildren(QWidget):
        if not widget.isVisibleTo(page) or isinstance(widget, ElidedLabel | IssueLabel):
            continue
        if isinstance(widget, QPushButton | QToolButton) and widget.text():
            wanted = widget.sizeHint()
            if widget.width() < wanted.width() - 2 or widget.height() < wanted.height() - 2:
                yield f"{describe(widget)} {widget.text()!r}: {widget.size()} of {wanted}"
        elif isinstance(widget, QLabel) and widget.text() and not widget.wordWrap():
            wanted = widget.sizeHint()
            if widget.width() < wanted.width() - 1:
                yield f"{describe(widget)} {widget.text()!r}: {widget.width()} of {wanted.width()}"
        elif isinstance(widget, QScrollArea) and widget.horizontalScrollBar().maximum():
            yield f"{describe(widget)} scrolls sideways"
        elif isinstance(widget, QLineEdit | QComboBox | QAbstractSpinBox) and not is_part(widget):
            wanted_height = widget.fontMetrics().height() + 2
            if widget.height() < wanted_height:
                yield f"{describe(widget)}: {widget.height()} high, of {wanted_height}"


def test_that_the_settings_have_names_too(driver: Driver) -> None:
    driver.window.open_settings()
    dialog = driver.find(SettingsDialog, "settings_dialog")
    nameless: set[str] = set()
    for row in range(dialog.sections.count()):
        dialog.sections.setCurrentRow(row)
        nameless |= {describe(widget) for widget in controls(dialog) if not name_of(widget)}
    assert not nameless, sorted(nameless)
    dialog.reject()
