"""Window actions: the one list of commands that menus, palette, list of keys, buttons and the list of translatable texts use."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu

from evalstudio.ui.kit.icons import icon
from evalstudio.ui.kit.text import mark, tr


@dataclass(frozen=True, slots=True)
class ActionSpec:
    """A command: its name in code, menu text, menu, a sentence that explains it, shortcuts and icon."""

    name: str
    text: str
    menu: str
    hint: str
    shortcuts: tuple[str, ...] = ()
    icon: str = ""
    checkable: bool = False
    begins: bool = False  # after a line in the menu
    group: str = ""  # a menu in the menu, of which one is ticked
    short: str = ""  # button text, if the menu text is longer


MENUS = (mark("&File"), mark("&Edit"), mark("&Run"), mark("&View"), mark("&Help"))
COMMANDS = (
    ActionSpec("open_evaluation", "&Open evaluation…", "&File", "Choose an evaluation file (TOML or Python)", ("Ctrl+O",), "open"),
    ActionSpec("new_evaluation", "&New evaluation", "&File", "Create an evaluation with a form or as text", ("Ctrl+N",), "add", short="New"),
    ActionSpec("save_evaluation", "Sa&ve the evaluation", "&File", "Write the text of the evaluation to its file", ("Ctrl+S",), "save", short="Save"),
    ActionSpec("open_workspace", "Open a wo&rkspace…", "&File", "Open a window on another folder of runs, evaluations and datasets", ("Ctrl+Shift+O",), "open", begins=True),
    ActionSpec("import_dataset", "&Import a dataset…", "&File", "Import a file of samples into the workspace", ("Ctrl+I",), "add", short="Import…", begins=True),
    ActionSpec("add_endpoint", "Add an en&dpoint…", "&File", "Connect an OpenAI-compatible endpoint: its URL, key and model", (), "models"),
    ActionSpec("export_run", "&Export the run…", "&File", "Write the run as an HTML report, JUnit XML, CSV or JSON lines", ("Ctrl+E",), "save", begins=True),
    ActionSpec("export_charts", "Save the &charts…", "&File", "Write the charts of the run as SVG or PNG pictures", ("Ctrl+Shift+E",)),
    ActionSpec("bin", "&Bin…", "&File", "Deleted runs: restore them, or delete them for good; and the size of the database", begins=True),
    ActionSpec("settings", "&Settings…", "&File", "Limits, appearance and the Python that runs the engine", ("Ctrl+,",), "settings", begins=True),
    ActionSpec("quit", "&Quit", "&File", "Close EvalStudio", ("Ctrl+Q",), begins=True),
    ActionSpec("start", "&Start", "&Run", "Start the chosen evaluation as a new run", ("F5", "Ctrl+R"), "start"),
    ActionSpec("run_example", "Run the &example", "&Run", "Run the example on the built-in demo model", (), "start"),
    ActionSpec("try_evaluation", "Tr&y on 3 samples", "&Run", "Save, run three samples and show the answers here", ("Ctrl+T",), "try", short="Try on 3", begins=True),
    ActionSpec("run_evaluation", "Run this e&valuation", "&Run", "Save the evaluation, start a run of it and go to the Runs page", ("Ctrl+Return",), "start", short="Run"),
    ActionSpec("pause", "&Pause", "&Run", "Start no new calls; calls in flight finish", ("F6",), "pause", begins=True),
    ActionSpec("stop", "S&top", "&Run", "Stop the run. Saved answers are kept; resume later.", ("Ctrl+.",), "stop"),
    ActionSpec("resume", "&Resume", "&Run", "Run what is missing, and retry errored samples", ("F7",), "resume"),
    ActionSpec("duplicate_run", "Run it &again", "&Run", "Start a copy of this run in the same experiment, with the evaluation as it is now", ("Ctrl+D",), "copy", begins=True),
    ActionSpec("rename_experiment", "Re&name the experiment…", "&Run", "Give the experiment of this run another name", ("F2",)),
    ActionSpec("compare_runs", "&Compare", "&Run", "Compare the selected runs: two side by side, more as a ranking", ("Ctrl+Shift+D",), "compare"),
    ActionSpec("note", "Note and ta&gs…", "&Run", "Write a note and tags for the selected runs or records", ("Ctrl+M",), begins=True),
    ActionSpec("pin_run", "P&in", "&Run", "Keep the selected runs at the top of the list", checkable=True),
    ActionSpec("archive_run", "Arc&hive", "&Run", "Put the selected runs away under a head at the end of the list", checkable=True),
    ActionSpec("delete_run", "&Delete", "&Run", "Move the selected runs to the bin, where they can be restored for 30 days", ("Ctrl+Delete",), begins=True),
    ActionSpec("local_start", "Start the &local model", "&Run", "Install and start a small language model on this machine", begins=True),
    ActionSpec("local_stop", "Stop the l&ocal model", "&Run", "Stop the local model's server"),
    ActionSpec("use_model", "&Use for the next run", "&Run", "Use the model shown on the Models page for the next run"),
    ActionSpec("undo", "&Undo", "&Edit", "Take back the last change", ("Ctrl+Z",)),
    ActionSpec("redo", "&Redo", "&Edit", "Do again what was taken back", ("Ctrl+Shift+Z", "Ctrl+Y")),
    ActionSpec("cut", "Cu&t", "&Edit", "Move the selected text to the clipboard", ("Ctrl+X",), begins=True),
    ActionSpec("copy", "&Copy", "&Edit", "Copy the selected text", ("Ctrl+C",)),
    ActionSpec("paste", "&Paste", "&Edit", "Insert what is in the clipboard", ("Ctrl+V",)),
    ActionSpec("select_all", "Select &all", "&Edit", "Select everything in the field or the table", ("Ctrl+A",)),
    ActionSpec("find", "&Find in records", "&Edit", "Search prompts and answers", ("Ctrl+F",), "search", begins=True),
    ActionSpec("copy_record", "C&opy record", "&Edit", "Copy the record that is shown, as text", ("Ctrl+Shift+C",), "copy"),
    ActionSpec("page_home", "&Home", "&View", "Start here: recent runs and shortcuts", ("Ctrl+1",)),
    ActionSpec("page_runs", "R&uns", "&View", "Live runs", ("Ctrl+2",)),
    ActionSpec("page_results", "R&esults", "&View", "All records of a run", ("Ctrl+3",)),
    ActionSpec("page_compare", "&Compare", "&View", "Two runs side by side, or a ranking", ("Ctrl+4",)),
    ActionSpec("page_evaluations", "E&valuations", "&View", "Prompts, models and scoring", ("Ctrl+5",)),
    ActionSpec("page_datasets", "&Datasets", "&View", "Files with samples, and their problems", ("Ctrl+6",)),
    ActionSpec("page_models", "&Models", "&View", "Endpoints, keys, limits and capacity", ("Ctrl+7",)),
    ActionSpec("palette", "Find an&ything…", "&View", "Find a command, page, run, evaluation, dataset, model or setting", ("Ctrl+K",), "search", begins=True),
    ActionSpec("back", "&Back", "&View", "Go back to the page before", ("Alt+Left",), "back"),
    ActionSpec("forward", "&Forward", "&View", "Go forward to the next page", ("Alt+Right",), "forward"),
    ActionSpec("list", "Show or hide the l&ist", "&View", "Give the page the room of the list at its left, or show the list again", ("Ctrl+B",), "list", begins=True),
    ActionSpec("log", "Lo&g", "&View", "Output of the engine and of your code", ("Ctrl+L",), "log"),
    ActionSpec("whole_run", "&Whole run on the charts", "&View", "Undo zooming and follow the run", ("Ctrl+0",)),
    ActionSpec("text_larger", "La&rger text", "&View", "Make all text larger", ("Ctrl++", "Ctrl+="), begins=True),
    ActionSpec("text_smaller", "Smaller te&xt", "&View", "Make all text smaller", ("Ctrl+-",)),
    ActionSpec("theme_light", "&Light", "&View", "Light appearance", group="&Theme"),
    ActionSpec("theme_dark", "&Dark", "&View", "Dark appearance", group="&Theme"),
    ActionSpec("theme_system", "As the &system", "&View", "The appearance of the desktop", group="&Theme"),
    ActionSpec("guide", "&Guide", "&Help", "Open the guide in the browser; no network is needed", ("F1",), "help"),
    ActionSpec("keys", "&Keyboard shortcuts", "&Help", "List all keys", ("Ctrl+?",)),
    ActionSpec("report", "&Report a problem…", "&Help", "Copy versions for a report; no data is in it", begins=True),
    ActionSpec("log_folder", "Open the &log folder", "&Help", "Show the folder of the log files"),
    ActionSpec("licences", "Li&cences…", "&Help", "The libraries that EvalStudio is built on", begins=True),
    ActionSpec("about", "&About EvalStudio", "&Help", "Version, workspace and engine"),
)  # fmt: skip


class Actions:
    """The commands as QActions of one window: `actions["start"]`."""

    def __init__(self, window: QMainWindow) -> None:
        self._actions: dict[str, QAction] = {}
        menus: dict[str, QMenu] = {}
        for title in MENUS:
            menus[title] = window.menuBar().addMenu(tr(title))
            menus[title].setObjectName(f"menu_{title.strip('&').lower()}")
        groups: dict[str, tuple[QMenu, QActionGroup]] = {}
        for command in COMMANDS:
            action = _make(window, command)
            menu = menus[command.menu]
            if command.begins:
                menu.addSeparator()
            if command.group and command.group not in groups:
                inner = menu.addMenu(tr(command.group))
                inner.setObjectName(f"menu_{command.group.strip('&').lower()}")
                groups[command.group] = inner, QActionGroup(window)
            if command.group:
                menu, group = groups[command.group]
                action.setCheckable(True)
                group.addAction(action)
            menu.addAction(action)
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
        action.setIconVisibleInMenu(False)
    action.setShortcuts([QKeySequence(keys) for keys in command.shortcuts])
    keys = ", ".join(
        QKeySequence(one).toString(QKeySequence.SequenceFormat.NativeText) for one in command.shortcuts
    )
    hint = tr(command.hint)
    action.setToolTip(f"{hint} ({keys})" if keys else hint)
    action.setStatusTip(hint)
    return action
