"""Window actions: the one list of commands that menus, buttons, shortcuts and the list of translatable texts use."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMainWindow

from evalstudio.ui.kit.icons import icon
from evalstudio.ui.kit.text import mark, tr


@dataclass(frozen=True, slots=True)
class ActionSpec:
    """A command: its name in code, menu text, menu, icon, shortcuts, and a sentence that explains it."""

    name: str
    text: str
    menu: str
    hint: str
    shortcuts: tuple[str, ...] = ()
    icon: str = ""
    checkable: bool = False
    short: str = ""  # button text, if the menu text is longer


MENUS = (mark("&File"), mark("&Edit"), mark("&Run"), mark("&View"))
COMMANDS = (
    ActionSpec("open_evaluation", "&Open evaluation…", "&File", "Choose an evaluation file (TOML or Python)", ("Ctrl+O",), "open"),
    ActionSpec("new_evaluation", "&New evaluation", "&File", "Write an evaluation, with a form or as text", ("Ctrl+N",), "add", short="New"),
    ActionSpec("save_evaluation", "Sa&ve the evaluation", "&File", "Write the text of the evaluation to its file", ("Ctrl+S",), "save", short="Save"),
    ActionSpec("import_dataset", "&Import a dataset…", "&File", "Take a file of samples into the workspace", ("Ctrl+I",), "add", short="Import…"),
    ActionSpec("export_run", "&Export the run…", "&File", "Write the run as an HTML report, JUnit XML, CSV or JSON lines", ("Ctrl+E",), "save"),
    ActionSpec("export_charts", "Save the &charts…", "&File", "Write the charts of the run as SVG or PNG pictures", ("Ctrl+Shift+E",)),
    ActionSpec("bin", "&Bin…", "&File", "Deleted runs: restore them, or delete them for good; and the size of the database"),
    ActionSpec("settings", "&Settings…", "&File", "Limits, appearance and the Python that runs the engine", ("Ctrl+,",), "settings"),
    ActionSpec("quit", "&Quit", "&File", "Close EvalStudio", ("Ctrl+Q",)),
    ActionSpec("start", "&Start", "&Run", "Start the chosen evaluation as a new run", ("F5", "Ctrl+R"), "start"),
    ActionSpec("run_example", "Run the &example", "&Run", "Run the example on the built-in demo model, and watch", (), "start"),
    ActionSpec("try_evaluation", "&Try on 3 samples", "&Run", "Save, call the model for three samples and show the answers here", ("Ctrl+T",), "try", short="Try on 3"),
    ActionSpec("run_evaluation", "Run this e&valuation", "&Run", "Save the evaluation, start a run of it and go to the Runs page", ("Ctrl+Return",), "start", short="Run"),
    ActionSpec("pause", "&Pause", "&Run", "Start no further call; those in flight end", ("F6",), "pause"),
    ActionSpec("stop", "S&top", "&Run", "End the run now; what is saved stays, and a resume does the rest", ("Ctrl+.",), "stop"),
    ActionSpec("resume", "&Resume", "&Run", "Do what is missing, and again what has no answer", ("F7",), "resume"),
    ActionSpec("duplicate_run", "Run it &again", "&Run", "Start a run like this one, beside it in its experiment, with its evaluation as it is now", ("Ctrl+D",), "copy"),
    ActionSpec("rename_experiment", "Re&name the experiment…", "&Run", "Give the experiment of this run another name", ("F2",)),
    ActionSpec("delete_run", "&Delete", "&Run", "Move the selected runs to the bin, where they can be restored for 30 days", ("Ctrl+Delete",)),
    ActionSpec("local_start", "Start the &local model", "&Run", "Start a small real language model on this machine; installs it first"),
    ActionSpec("local_stop", "Stop the l&ocal model", "&Run", "End the local model's server"),
    ActionSpec("use_model", "&Use for the next run", "&Run", "Make the model that is shown on the Models page that of the next run"),
    ActionSpec("undo", "&Undo", "&Edit", "Take back the last change", ("Ctrl+Z",)),
    ActionSpec("redo", "&Redo", "&Edit", "Do again what was taken back", ("Ctrl+Shift+Z", "Ctrl+Y")),
    ActionSpec("cut", "Cu&t", "&Edit", "Move the selected text to the clipboard", ("Ctrl+X",)),
    ActionSpec("copy", "&Copy", "&Edit", "Copy the selected text", ("Ctrl+C",)),
    ActionSpec("paste", "&Paste", "&Edit", "Insert what is in the clipboard", ("Ctrl+V",)),
    ActionSpec("select_all", "Select &all", "&Edit", "Select everything in the field or the table", ("Ctrl+A",)),
    ActionSpec("find", "&Find in records", "&Edit", "Search prompts and answers", ("Ctrl+F",), "search"),
    ActionSpec("copy_record", "C&opy record", "&Edit", "Copy the record that is shown, as text", ("Ctrl+Shift+C",), "copy"),
    ActionSpec("page_home", "&Home", "&View", "Where to begin, and what ran last", ("Ctrl+1",)),
    ActionSpec("page_runs", "R&uns", "&View", "What runs, live", ("Ctrl+2",)),
    ActionSpec("page_results", "R&esults", "&View", "Every record of one run", ("Ctrl+3",)),
    ActionSpec("page_compare", "&Compare", "&View", "Two runs side by side, or several ranked", ("Ctrl+4",)),
    ActionSpec("page_evaluations", "E&valuations", "&View", "What is asked, of whom, and how it is judged", ("Ctrl+5",)),
    ActionSpec("page_datasets", "&Datasets", "&View", "Files of samples: what is in them, and what is wrong", ("Ctrl+6",)),
    ActionSpec("page_models", "&Models", "&View", "What answers: endpoints, keys, limits and their capacity", ("Ctrl+7",)),
    ActionSpec("log", "&Log", "&View", "What the engine and your own code print", ("Ctrl+L",), "log"),
    ActionSpec("whole_run", "&Whole run on the charts", "&View", "Undo zooming and follow the run", ("Ctrl+0",)),
    ActionSpec("theme_light", "&Light", "&View", "Light appearance"),
    ActionSpec("theme_dark", "&Dark", "&View", "Dark appearance"),
    ActionSpec("theme_system", "As the &system", "&View", "The appearance of the desktop"),
)  # fmt: skip


class Actions:
    """The commands as QActions of one window: `actions["start"]`."""

    def __init__(self, window: QMainWindow) -> None:
        self._actions: dict[str, QAction] = {}
        menus = {}
        for menu in MENUS:
            menus[menu] = window.menuBar().addMenu(tr(menu))
            menus[menu].setObjectName(f"menu_{menu.strip('&').lower()}")
        for command in COMMANDS:
            action = _make(window, command)
            menus[command.menu].addAction(action)
            self._actions[command.name] = action

    def __getitem__(self, name: str) -> QAction:
        return self._actions[name]

    def connect(self, name: str, slot: Callable[[], object]) -> None:
        """Calls `slot` when the command is triggered."""
        self._actions[name].triggered.connect(lambda *_: slot())


def _make(window: QMainWindow, command: ActionSpec) -> QAction:
    action = QAction(tr(command.text), window)
    action.setObjectName(command.name)
    action.setCheckable(command.checkable)
    action.setProperty("icon_name", command.icon)
    if command.short:
        action.setIconText(tr(command.short))
    if command.icon:
        action.setIcon(icon(command.icon))
    action.setShortcuts([QKeySequence(keys) for keys in command.shortcuts])
    keys = ", ".join(
        QKeySequence(one).toString(QKeySequence.SequenceFormat.NativeText) for one in command.shortcuts
    )
    hint = tr(command.hint)
    action.setToolTip(f"{hint} ({keys})" if keys else hint)
    action.setStatusTip(hint)
    return action
