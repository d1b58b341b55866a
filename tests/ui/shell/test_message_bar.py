"""Messages: over the page, so that nothing moves under the mouse, and never out of the window."""

from collections.abc import Callable

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QApplication, QPushButton, QToolButton, QWidget

from evalstudio.ui.state.notices import Offer
from tests.ui.driver import Driver

OpenWindow = Callable[[], Driver]


def test_that_a_message_moves_no_control_and_stays_in_the_window(open_window: OpenWindow) -> None:
    driver = open_window()
    driver.ready()
    start = driver.find(QToolButton, "start_button")
    before = start.mapToGlobal(QPoint())
    driver.session.tell("One thing has happened.", "error", Offer("Undo", lambda: None), key="one")
    driver.session.tell("Another thing. " * 60, "warning", key="other")
    QApplication.processEvents()
    assert start.mapToGlobal(QPoint()) == before
    bar = driver.window.messages
    page = driver.find(QWidget, "page_runs")
    shown = [item.mapTo(driver.window, item.rect().bottomRight()) for item in bar.items()]
    assert all(driver.window.rect().contains(corner) for corner in shown)
    heights = [item.height() for item in bar.items()]
    assert heights[1] > 1.5 * heights[0]  # the long one has all the lines that it needs
    assert bar.mapTo(driver.window, QPoint()).y() > page.mapTo(driver.window, QPoint()).y()
    button = bar.findChild(QPushButton, "offer_undo")
    at = button.mapTo(driver.window, button.rect().center())
    assert driver.window.childAt(at) is button
    driver.window.resize(1150, 720)
    QApplication.processEvents()
    assert all(
        driver.window.rect().contains(item.mapTo(driver.window, item.rect().bottomRight()))
        for item in bar.items()
    )
    for item in bar.items():
        bar.dismiss(item)
    assert not bar.isVisible()
    assert start.isVisible()
