"""Choices that are cut where there is no room, and found by a part of their name."""

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolTip
from pytestqt.qtbot import QtBot

from evalstudio.ui.kit.combo_box import ComboBox, find_as_typed

LONG = "12 · a long name of an experiment <b>of reviews</b> · an evaluation · a model · completed"


def test_that_a_text_without_room_ends_in_an_ellipsis_and_is_whole_in_the_tooltip(qtbot: QtBot) -> None:
    box = ComboBox()
    qtbot.addWidget(box)
    box.setSizeAdjustPolicy(ComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    box.addItems([LONG, LONG[:40] + "…", "short"])
    box.resize(240, 28)
    box.show()
    assert box.shown_text.endswith("…")
    assert box.currentText() == LONG
    cut = box.grab().toImage()
    box.setItemText(0, box.shown_text)
    assert box.grab().toImage() == cut  # what is drawn is what is told to be
    box.setItemText(0, LONG)
    place = box.rect().center()
    QApplication.sendEvent(box, QHelpEvent(QEvent.Type.ToolTip, place, box.mapToGlobal(place)))
    assert "&lt;b&gt;of reviews" in QToolTip.text()
    QToolTip.hideText()
    box.setCurrentIndex(2)
    assert box.shown_text == "short"


@pytest.mark.qt_log_ignore("This plugin does not support")  # the one without a screen, of any list that opens
def test_that_two_hundred_choices_are_found_by_any_part_and_typing_adds_none(qtbot: QtBot) -> None:
    box = ComboBox()
    qtbot.addWidget(box)
    find_as_typed(box)
    box.addItems([f"vendor/{'Tiny' if number % 50 == 7 else 'large'}-{number}" for number in range(200)])
    box.setCurrentText("")
    box.show()
    line, completer = box.lineEdit(), box.completer()
    assert line is not None
    assert completer is not None
    QTest.keyClicks(line, "tiny")
    popup = completer.popup()
    assert popup is not None
    assert popup.isVisible()
    shown = popup.model()
    assert [shown.index(row, 0).data() for row in range(shown.rowCount())] == [
        f"vendor/Tiny-{number}" for number in (7, 57, 107, 157)
    ]
    popup.hide()
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert box.count() == 200
    assert box.currentText() == "tiny"
