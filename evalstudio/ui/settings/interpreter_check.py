"""Interpreter check: the version of a Python interpreter, and whether EvalStudio is installed in it.

It runs in a process of its own; nothing waits for it.
"""

import json
import sys

from PySide6.QtCore import QProcess, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from evalstudio.protocol import VERSION
from evalstudio.ui.kit.busy import Busy
from evalstudio.ui.kit.text import mark, tr
from evalstudio.ui.kit.theme import SPACE_S
from evalstudio.ui.kit.widgets import Button, TextLabel, labelled
from evalstudio.ui.state.engine_command import clean_environment
from evalstudio.workspace.packaged import install_line, is_packaged

LONGEST_MS = 20_000
OWN = mark(
    "The program's own: it runs evaluations of files in CSV, JSON and Excel. For Parquet, a cluster, the local model and your own packages, choose a Python of yours."
)
FITS = mark("it can run the engine.")
PROGRAM = """
import json, sys
found = {"python": sys.version.split()[0]}
try:
    import evalstudio
    from evalstudio.protocol import VERSION
    found |= {"evalstudio": evalstudio.__version__, "protocol": VERSION}
except ImportError as error:
    found["missing"] = str(error)
print(json.dumps(found))
"""


class InterpreterCheck(QWidget):
    """A button, the result, and the command that installs what is missing."""

    checked = Signal(str, str)  # the path and the result

    def __init__(self, known: dict[str, str]) -> None:
        super().__init__()
        self._known = known  # results of earlier checks by path
        self._path = ""
        self._process: QProcess | None = None
        self._asked = ""
        self.button = Button(tr("&Check"))
        self._busy = Busy(self.button)
        labelled(
            self.button,
            "check_python",
            tr("Check the interpreter"),
            tr("Starts it once and asks for its version"),
        )
        self.result = TextLabel("", name="python_result")
        self.result.setWordWrap(True)
        self.install = QLineEdit()
        self.install.setReadOnly(True)
        labelled(self.install, "python_install", tr("The line that installs EvalStudio there"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, SPACE_S, 0, 0)
        line = QHBoxLayout()
        line.addWidget(self.button)
        line.addWidget(self.result, 1)
        layout.addLayout(line)
        self._how = TextLabel(tr("To install EvalStudio there, in a terminal:"), "muted", 0.9)
        layout.addWidget(self._how)
        layout.addWidget(self.install)
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(LONGEST_MS)
        self._patience.timeout.connect(self._give_up)
        self.button.clicked.connect(self.check)
        self.show_path("")

    def show_path(self, path: str) -> None:
        """Sets the interpreter in the field; empty: the program's own."""
        self._path = path
        own = is_packaged() and not path
        if self._process is None:
            self._busy.end()
        self.button.setEnabled(not own and self._process is None)
        for part in (self.install, self._how):
            part.setVisible(not own)
        if not own:
            self.install.setText(install_line(path or sys.executable))
            self.install.setCursorPosition(0)
        if own:
            self.result.show_text(tr(OWN))
            self.result.set_colour("muted")
        else:
            self._tell(self._known.get(path, ""))

    def check(self) -> None:
        if self._process is not None:
            return
        self._asked = self._path
        program = self._path or sys.executable
        self._busy.begin()
        self._tell(tr("Looking…"))
        process = self._process = QProcess(self)
        process.setProcessEnvironment(clean_environment())
        process.finished.connect(lambda *_: self._finished())
        process.errorOccurred.connect(self._failed)
        self._patience.start()
        process.start(program, ["-P", "-c", PROGRAM])

    def _failed(self, error: QProcess.ProcessError) -> None:
        if error == QProcess.ProcessError.FailedToStart:
            self._end(tr("It can't be started; choose the python program itself, as in .venv/bin/python."))

    def _give_up(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._end(tr("It did not answer within {seconds} s.").format(seconds=LONGEST_MS // 1000))

    def _finished(self) -> None:
        if self._process is None:
            return
        output = bytes(self._process.readAllStandardOutput().data())
        errors = bytes(self._process.readAllStandardError().data()).decode(errors="replace").strip()
        try:
            message = json.loads(output)
            version = message["python"]
        except (ValueError, KeyError, TypeError):
            last = errors.splitlines()[-1] if errors else tr("it printed nothing")
            self._end(tr("It is no Python that can run the engine ({last}).").format(last=last))
            return
        if "missing" in message:
            self._end(
                tr("Python {version}, but EvalStudio is not there ({missing}).").format(
                    version=version, missing=message["missing"]
                )
            )
        elif message["protocol"] != VERSION:
            self._end(
                tr("Python {version}, but EvalStudio {evalstudio} there is of another version.").format(
                    version=version, evalstudio=message["evalstudio"]
                )
            )
        else:
            self._end(
                tr("Python {version} with EvalStudio {evalstudio}: it can run the engine.").format(
                    version=version, evalstudio=message["evalstudio"]
                )
            )

    def _end(self, words: str) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.deleteLater()
        self._patience.stop()
        self._known[self._asked] = words
        self.show_path(self._path)
        self.checked.emit(self._asked, words)

    def _tell(self, words: str) -> None:
        self.result.show_text(words or tr("Not checked yet."))
        good = words.endswith(tr(FITS))
        self.result.set_colour("good" if good else "muted" if words in ("", tr("Looking…")) else "bad")
