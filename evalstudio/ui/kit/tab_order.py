"""Tab order: the Tab key follows the layout, whatever the order in which widgets were created."""

from collections.abc import Iterator
from itertools import pairwise

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLayout, QScrollArea, QSplitter, QTabWidget, QWidget


def focus_in_order(root: QWidget) -> None:
    """Sets the tab order of a part to its layout order, including rows that were added later."""
    for one, following in pairwise(list(_in_widget(root))):
        QWidget.setTabOrder(one, following)


def _in_widget(widget: QWidget) -> Iterator[QWidget]:
    if isinstance(widget, QTabWidget):
        yield widget.tabBar()
        for part in (widget.cornerWidget(), *(widget.widget(place) for place in range(widget.count()))):
            if part is not None:
                yield from _in_widget(part)
    elif isinstance(widget, QSplitter):
        for place in range(widget.count()):
            if (part := widget.widget(place)) is not None:
                yield from _in_widget(part)
    elif isinstance(widget, QScrollArea) and (inside := widget.widget()) is not None:
        yield from _in_widget(inside)
    elif widget.focusPolicy() != Qt.FocusPolicy.NoFocus:
        yield widget
    elif (layout := widget.layout()) is not None:
        yield from _in_items(layout)


def _in_items(layout: QLayout) -> Iterator[QWidget]:
    for place in range(layout.count()):
        item = layout.itemAt(place)
        if item is None:
            continue
        if (widget := item.widget()) is not None:
            yield from _in_widget(widget)
        elif (inner := item.layout()) is not None:
            yield from _in_items(inner)
