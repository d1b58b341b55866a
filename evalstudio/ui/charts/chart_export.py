"""Chart export: PNG at twice the screen's resolution, or SVG that stays sharp at any size."""

from functools import partial
from pathlib import Path

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QApplication, QFileDialog, QMenu, QWidget

from evalstudio.core.errors import StoreError
from evalstudio.ui.kit.sheet import Sheet
from evalstudio.ui.kit.text import mark, tr
from evalstudio.ui.state.file_dialogs import remember_folder

SHARPER = 2  # PNG pixels per screen pixel
FILTERS = {"png": mark("PNG picture (*.png)"), "svg": mark("SVG drawing (*.svg)")}


def save_chart(chart: QWidget, path: Path) -> None:
    """Saves a chart as shown: as SVG or, for any other file name, as PNG. Raises StoreError if it can't be written."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        written = (
            _save_svg(chart, path)
            if path.suffix.lower() == ".svg"
            else picture_of(chart).save(str(path), "PNG")  # type: ignore[call-overload]
        )
    except OSError as error:
        raise StoreError(
            tr("{path} cannot be written ({strerror}); choose another place.").format(
                path=path, strerror=error.strerror
            )
        ) from error
    if not written:
        raise StoreError(tr("{path} cannot be written; choose another place.").format(path=path))


def picture_of(chart: QWidget) -> QImage:
    """Renders a chart to pixels."""
    image = QImage(chart.size() * SHARPER, QImage.Format.Format_ARGB32)
    image.setDevicePixelRatio(SHARPER)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    chart.render(painter, QPoint())
    painter.end()
    return image


def offer_pictures(chart: QWidget, name: str) -> None:
    """Adds a context menu to a chart: save as PNG or SVG, or copy."""
    chart.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
    chart.customContextMenuRequested.connect(
        lambda place: picture_menu(chart, name).popup(chart.mapToGlobal(place))
    )


def picture_menu(chart: QWidget, name: str) -> QMenu:
    """Creates the menu of a chart; it is deleted when closed."""
    menu = QMenu(chart)
    menu.setObjectName(f"menu_{name}")
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    for suffix in FILTERS:
        menu.addAction(tr("Save as {suffix}…").format(suffix=suffix.upper())).triggered.connect(
            partial(_ask, chart, name, suffix)
        )
    menu.addAction(tr("Copy the picture")).triggered.connect(
        lambda: QApplication.clipboard().setImage(picture_of(chart))
    )
    return menu


def _ask(chart: QWidget, name: str, suffix: str, *_: object) -> None:
    dialog = QFileDialog(chart, tr("Save the chart"), "", tr(FILTERS[suffix]))
    dialog.setObjectName("chart_dialog")
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix(suffix)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    remember_folder(dialog, "export", f"{name}.{suffix}")
    dialog.fileSelected.connect(lambda path: _save(chart, Path(path)))
    dialog.open()


def _save(chart: QWidget, path: Path) -> None:
    try:
        save_chart(chart, path)
    except StoreError as error:
        Sheet(chart.window(), "chart_problem", tr("The chart can't be saved"), str(error)).open()


def _save_svg(chart: QWidget, path: Path) -> bool:
    # written here, because the generator does not report a file that it cannot open
    with path.open("wb"):
        pass
    generator = QSvgGenerator()
    generator.setFileName(str(path))
    generator.setSize(QSize(chart.width(), chart.height()))
    generator.setViewBox(QRect(0, 0, chart.width(), chart.height()))
    generator.setTitle(chart.accessibleName() or chart.objectName())
    painter = QPainter(generator)
    chart.render(painter, QPoint())
    return painter.end()
