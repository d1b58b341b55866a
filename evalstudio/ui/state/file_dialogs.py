"""File dialogs: each kind opens in the folder in which it was last used, also in the next session."""

from pathlib import Path

from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QFileDialog

from evalstudio.settings.values import settings_path


def window_memory() -> QSettings:
    """Returns what windows remember beside the settings: places, sizes and folders."""
    return QSettings(str(settings_path().with_name("window.ini")), QSettings.Format.IniFormat)


def remember_folder(dialog: QFileDialog, kind: str, proposed: str = "") -> None:
    """Opens a dialog where its kind was last used, with a proposed file name if given.

    Example:
        remember_folder(dialog, "export", "run-7.html")
        dialog.open()
    """
    memory = window_memory()
    key = f"folder-{kind}"
    folder = memory.value(key)
    if isinstance(folder, str) and Path(folder).is_dir():
        dialog.setDirectory(folder)
    if proposed:
        dialog.selectFile(proposed)
    dialog.fileSelected.connect(lambda path: memory.setValue(key, str(Path(path).absolute().parent)))
