"""Python function fields: the file, the function in it, and whether threads may share it."""

from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QFileDialog, QLineEdit, QToolButton, QWidget

from evalstudio.ui.kit.icons import icon
from evalstudio.ui.kit.text import tr
from evalstudio.ui.kit.widgets import labelled
from evalstudio.ui.pages.models.form_parts import in_line
from evalstudio.ui.pages.models.function_check import function_problem
from evalstudio.ui.state.file_dialogs import remember_folder
from evalstudio.ui.state.session import Session
from evalstudio.ui.state.tasks import spawn


class FunctionFields(QObject):
    """The fields, each for a row of the form. `changed` is emitted with every change, and when `trouble` changes."""

    changed = Signal()

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self._session = session
        self._form = parent
        self.trouble = ""  # what is wrong with the file or the function, which may be written later
        self.path = QLineEdit()
        labelled(self.path, "function_path", tr("Python file"))
        self.function = QLineEdit()
        labelled(
            self.function,
            "function_name",
            tr("Function"),
            tr("Takes prompt, messages or columns; returns the answer"),
        )
        self.thread_safe = QCheckBox(tr("Several threads may call it at once"))
        labelled(
            self.thread_safe,
            "thread_safe",
            tr("Thread-safe"),
            tr("Off: one worker calls it, one call after the other"),
        )
        browse = QToolButton()
        browse.setIcon(icon("open"))
        labelled(browse, "browse_function", tr("Choose the Python file"))
        browse.clicked.connect(self._browse)
        self.path_line = in_line(self.path, browse, stretched=self.path)
        for line in (self.path, self.function):
            line.textChanged.connect(lambda *_: self.changed.emit())
            line.editingFinished.connect(lambda: spawn(self._look()))

    def show_function(self, path: str, name: str, *, thread_safe: bool) -> None:
        self.path.setText(path)
        self.function.setText(name)
        self.thread_safe.setChecked(thread_safe)
        self.trouble = ""

    def _browse(self) -> None:
        dialog = QFileDialog(self._form.window(), tr("A Python file with the function"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters([tr("Python (*.py)"), tr("All files (*)")])
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        remember_folder(dialog, "function")
        dialog.fileSelected.connect(self.path.setText)
        dialog.fileSelected.connect(lambda *_: spawn(self._look()))
        dialog.open()

    async def _look(self) -> None:
        asked = path, name = self.path.text().strip(), self.function.text().strip()
        trouble, folder = "", self._session.workspace.folder
        if path and name:
            trouble = await self._session.datasets.worker.do(
                lambda: function_problem(folder / Path(path).expanduser(), name)
            )
        if asked == (self.path.text().strip(), self.function.text().strip()):  # still the current question
            self.trouble = trouble
            self.changed.emit()
