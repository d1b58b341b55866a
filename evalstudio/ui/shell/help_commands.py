"""Help menu: the guide, the keys, the log folder, a report of a problem, licences and what this program is."""

import platform
import tempfile
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QUrl, qVersion
from PySide6.QtGui import QDesktopServices, QKeySequence
from PySide6.QtWidgets import QApplication, QGridLayout, QPlainTextEdit, QWidget

from evalstudio.core.version import __version__
from evalstudio.ui.kit.actions import COMMANDS, MENUS, Actions
from evalstudio.ui.kit.sheet import Sheet
from evalstudio.ui.kit.text import tr
from evalstudio.ui.kit.theme import SPACE_L, SPACE_S, line_height
from evalstudio.ui.kit.tokens import SMALL
from evalstudio.ui.kit.widgets import TextLabel, labelled, scrolling
from evalstudio.ui.shell.guide import write_guide
from evalstudio.ui.state.session import Session

OTHER_KEYS = (("Space", "Open the selected record large, and close it"), ("J", "Next record"), ("K", "Previous record"))  # fmt: skip


class HelpCommands:
    """The commands of the Help menu. `browse` opens an address; by default in the system's browser or file manager."""

    def __init__(
        self,
        window: QWidget,
        session: Session,
        actions: Actions,
        browse: Callable[[QUrl], object] = QDesktopServices.openUrl,
    ) -> None:
        self._window, self._session, self.browse = window, session, browse
        self._guide: Path | None = None
        for name, act in (
            ("guide", self.open_guide), ("keys", self.show_keys), ("log_folder", self.open_logs), ("report", self.show_report),
            ("licences", self.show_licences), ("about", self.show_about),
        ):  # fmt: skip
            actions.connect(name, act)

    def open_guide(self, page: str = "") -> None:
        """Opens the guide of this version, without a network: a page by its name, else the first."""
        try:
            if self._guide is None or not self._guide.exists():
                # of a name that nobody else on this machine can have prepared
                self._guide = write_guide(Path(tempfile.mkdtemp(prefix="evalstudio-guide-")))
        except OSError as error:
            self._session.tell(
                tr("The guide can't be opened: {error}").format(error=error), "error", key="guide"
            )
            return
        place = self._guide.with_name(f"{page}.html") if page else self._guide
        self.browse(QUrl.fromLocalFile(str(place)))

    def open_logs(self) -> None:
        folder = self._session.workspace.logs
        folder.mkdir(parents=True, exist_ok=True)
        self.browse(QUrl.fromLocalFile(str(folder)))

    def show_keys(self) -> None:
        """Lists all keys by menu."""
        sheet = Sheet(self._window, "key_list", tr("Keyboard shortcuts"), "")
        inside = QWidget()
        grid = QGridLayout(inside)
        grid.setHorizontalSpacing(SPACE_L)
        grid.setVerticalSpacing(SPACE_S // 2)
        grid.setColumnStretch(1, 1)
        row = 0
        for menu in MENUS:
            listed = [command for command in COMMANDS if command.menu == menu and command.shortcuts]
            if listed:
                grid.addWidget(TextLabel(tr(menu).replace("&", ""), bold=True), row, 0, 1, 2)
                row += 1
            for command in listed:
                row = _add_keys(grid, row, ", ".join(map(_native, command.shortcuts)), tr(command.text))
        grid.addWidget(TextLabel(tr("Records"), bold=True), row, 0, 1, 2)
        row += 1
        for keys, words in OTHER_KEYS:
            row = _add_keys(grid, row, _native(keys), tr(words))
        area = scrolling(inside, "key_list_area", tr("Keyboard shortcuts"))
        area.setMinimumHeight(26 * line_height())
        sheet.add(area)
        sheet.open()

    def show_report(self) -> None:
        """Shows versions to paste into a report; it holds no data."""
        sheet = Sheet(
            self._window, "report", tr("Report a problem"),
            tr("Copy this text into your report and add what you did and what happened. It holds no data, names or keys."),
        )  # fmt: skip
        text = self.report()
        sheet.add(_text("report_text", tr("Report"), text, 9))
        sheet.add_button("report_copy", tr("Copy")).clicked.connect(
            lambda: QApplication.clipboard().setText(text)
        )
        sheet.open()

    def report(self) -> str:
        """Returns versions and the kind of machine."""
        hello = self._session.engine.hello
        engine = f"Python {hello.python}" if hello is not None else "-"
        screen = self._window.screen()
        return "\n".join((
            f"EvalStudio {__version__}", f"Window: Python {platform.python_version()}, Qt {qVersion()}", f"Engine: {engine}",
            f"System: {platform.platform()}",
            f"Screen: {screen.size().width()} x {screen.size().height()} at {screen.devicePixelRatio():g}",
        ))  # fmt: skip

    def show_licences(self) -> None:
        sheet = Sheet(
            self._window, "licences", tr("Licences"),
            tr("EvalStudio is built on the work of others. Each of these libraries is under its own licence."),
        )  # fmt: skip
        sheet.add(_text("licences_text", tr("Licences"), licences(), 18))
        sheet.open()

    def show_about(self) -> None:
        hello = self._session.engine.hello
        sheet = Sheet(
            self._window, "about", tr("EvalStudio {version}").format(version=__version__),
            tr("Evaluate language models as fast as your endpoint allows."),
        )  # fmt: skip
        facts = [
            (tr("Workspace"), str(self._session.workspace.folder)),
            (tr("Qt"), qVersion()),
            (tr("Python of the window"), platform.python_version()),
        ]
        if hello is not None:
            facts += [
                (tr("Python of the engine"), hello.python),
                (tr("Process of the engine"), str(hello.pid)),
            ]
        inside = QWidget()
        grid = QGridLayout(inside)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setColumnStretch(1, 1)
        for row, (name, value) in enumerate(facts):
            grid.addWidget(TextLabel(name, "muted"), row, 0)
            grid.addWidget(TextLabel(value, name=f"about_{row}"), row, 1)
        sheet.add(inside)
        sheet.open()


def licences() -> str:
    """Returns the installed libraries with version and licence, and the font's licence."""
    from importlib.metadata import distributions

    from evalstudio.workspace.resources import resource

    lines = set()
    for one in distributions():
        facts = one.metadata.json
        named = facts.get("classifier") or []
        kinds = [str(kind).split(" :: ")[-1] for kind in named if str(kind).startswith("License ::")]
        licence = (
            facts.get("license_expression")
            or ", ".join(kinds)
            or str(facts.get("license") or "").partition("\n")[0]
        )
        lines.add(f"{facts['name']} {one.version}: {licence or '-'}")
    font = resource("fonts", "OFL.txt").read_text("utf-8")
    return "\n".join(sorted(lines, key=str.casefold)) + f"\n\nInter\n{font}"


def _add_keys(grid: QGridLayout, row: int, keys: str, words: str) -> int:
    grid.addWidget(TextLabel(keys, "muted", SMALL), row, 0)
    grid.addWidget(TextLabel(words.replace("&", "").rstrip("…")), row, 1)
    return row + 1


def _native(keys: str) -> str:
    return QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)


def _text(name: str, spoken: str, text: str, lines: int) -> QPlainTextEdit:
    edit = QPlainTextEdit(text)
    edit.setReadOnly(True)
    labelled(edit, name, spoken)
    edit.setMinimumHeight(lines * line_height())
    return edit
