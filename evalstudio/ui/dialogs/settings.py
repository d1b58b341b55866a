"""The settings: a draft that acts only on Apply or OK."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QGroupBox,
    QLabel,
    QLineEdit,
    QSpinBox,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from evalstudio.concurrency import MAXIMUM, Adaptive, SlidingWindow, Strategy
from evalstudio.errors import EvalStudioError
from evalstudio.settings import CEILING_VARIABLE, Settings, changed
from evalstudio.ui.session import Session
from evalstudio.ui.theme import SPACE_M, SPACE_S
from evalstudio.ui.widgets import TextLabel, labelled

THEMES = (("As the system", "system"), ("Light", "light"), ("Dark", "dark"))
AUTOMATIC = 0  # of a number box: no value of one's own


class SettingsDialog(QDialog):
    """Edits a copy of the session's settings. Opened with `open()`: nothing waits for it."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("settings_dialog")
        self.setWindowTitle("Settings")
        self._session = session
        self._make_fields()
        self._problem = TextLabel("", "bad", name="settings_problem")
        self._problem.setWordWrap(True)
        self._problem.setVisible(False)
        tabs = QTabWidget()
        tabs.setObjectName("settings_tabs")
        tabs.setAccessibleName("Groups of settings")
        tabs.addTab(self._concurrency_tab(), "Concurrency")
        tabs.addTab(self._appearance_tab(), "Appearance")
        tabs.addTab(self._engine_tab(), "Engine")
        self._buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok
            | QDialogButtonBox.StandardButton.Apply
            | QDialogButtonBox.StandardButton.Cancel
        )
        self._buttons.setObjectName("settings_buttons")
        self._name_buttons()
        layout = QVBoxLayout(self)
        layout.setSpacing(SPACE_M)
        layout.addWidget(tabs)
        layout.addWidget(self._problem)
        layout.addWidget(self._buttons)
        self._buttons.accepted.connect(self._ok)
        self._buttons.rejected.connect(self.reject)
        self._apply_button.clicked.connect(self.apply)
        self.show_settings(session.settings)
        self._watch()
        self.resize(480, 0)

    def show_settings(self, settings: Settings) -> None:
        """Puts values into the fields."""
        self.ceiling.setValue(settings.ceiling)
        self.workers.setValue(settings.workers)
        strategy = settings.strategy if settings.strategy is not None else Adaptive()
        self.adaptive.setChecked(isinstance(strategy, Adaptive))
        if isinstance(strategy, Adaptive):
            self.minimum.setValue(strategy.min)
            self.initial.setValue(strategy.initial or AUTOMATIC)
            self.maximum.setValue(strategy.max or AUTOMATIC)
        self.window_size.setValue(strategy.max_concurrency if isinstance(strategy, SlidingWindow) else 10)
        self.theme.setCurrentIndex([value for _, value in THEMES].index(settings.theme))
        self.python.setText(settings.python)
        self._adapt()

    def draft(self) -> Settings:
        """The settings as the fields stand. Raises LimitError or SettingsError with a sentence."""
        return changed(
            self._session.settings,
            ceiling=self.ceiling.value(),
            workers=self.workers.value(),
            strategy=self._strategy(),
            theme=str(self.theme.currentData()),
            python=self.python.text().strip(),
        )

    def apply(self) -> bool:
        """Saves the draft and lets it act. Whether it could."""
        try:
            self._session.change_settings(self.draft())
        except EvalStudioError as error:
            self._say(str(error))
            return False
        self._check()
        return True

    def _ok(self) -> None:
        if self.apply():
            self.accept()

    def _strategy(self) -> Strategy | None:
        if not self.adaptive.isChecked():
            return SlidingWindow(self.window_size.value())
        chosen = Adaptive(self.initial.value() or None, self.minimum.value(), self.maximum.value() or None)
        return None if chosen == Adaptive() else chosen

    def _check(self) -> None:
        """Checked as typed: what can't work is said, and can't be applied."""
        try:
            draft = self.draft()
        except EvalStudioError as error:
            self._say(str(error))
            return
        self._say("", differs=draft != self._session.settings)

    def _say(self, sentence: str, *, differs: bool = False) -> None:
        self._problem.show_text(sentence)
        self._problem.setVisible(bool(sentence))
        self._apply_button.setEnabled(not sentence and differs)
        self._ok_button.setEnabled(not sentence)

    def _adapt(self) -> None:
        adaptive = self.adaptive.isChecked()
        for widget in (self.minimum, self.initial, self.maximum):
            widget.setEnabled(adaptive)
        self.window_size.setEnabled(not adaptive)
        self._check()

    # How it is made -----------------------------------------------------------------------------------------------

    def _make_fields(self) -> None:
        self.ceiling = _number(1)
        labelled(
            self.ceiling,
            "setting_ceiling",
            "Application ceiling",
            f"Calls in flight at once over all runs, 1 to {MAXIMUM:,}",
        )
        self.workers = _number(1)
        labelled(
            self.workers,
            "setting_workers",
            "Worker count",
            f"Threads for synchronous models, 1 to {MAXIMUM:,}",
        )
        self.window_size = _number(1)
        labelled(
            self.window_size, "setting_window", "Window size", f"Calls in flight of a run, 1 to {MAXIMUM:,}"
        )
        self.adaptive = QCheckBox("&Adaptive: find by itself how many calls the endpoint can take")
        labelled(self.adaptive, "setting_adaptive", "Adaptive")
        self.minimum = _number(1)
        labelled(self.minimum, "setting_min", "Adaptive minimum", "Never fewer calls than this")
        self.initial = _number(AUTOMATIC, "automatic")
        labelled(
            self.initial,
            "setting_initial",
            "Adaptive start",
            "Where it starts; automatic: by experience with the endpoint",
        )
        self.maximum = _number(AUTOMATIC, "the ceiling")
        labelled(self.maximum, "setting_max", "Adaptive maximum", "Never more calls than this")
        self.theme = QComboBox()
        for text, value in THEMES:
            self.theme.addItem(text, value)
        labelled(self.theme, "setting_theme", "Theme")
        self.python = QLineEdit()
        self.python.setPlaceholderText("The program's own")
        labelled(
            self.python,
            "setting_python",
            "Python interpreter",
            "The Python that has your packages and EvalStudio; acts at the next start of the engine",
        )

    def _concurrency_tab(self) -> QWidget:
        page = QWidget()
        layout = QVBoxLayout(page)
        layout.setSpacing(SPACE_M)
        everywhere = QGroupBox("All runs")
        form = _form(everywhere)
        form.addRow("Application &ceiling", self.ceiling)
        form.addRow(
            "",
            _note(
                f"Over all runs together. The environment variable {CEILING_VARIABLE} takes its place when it is set at the start."
            ),
        )
        form.addRow("&Worker count", self.workers)
        default = QGroupBox("Strategy of runs that set none")
        form = _form(default)
        form.addRow(self.adaptive)
        form.addRow("Mi&nimum", self.minimum)
        form.addRow("&Start", self.initial)
        form.addRow("Ma&ximum", self.maximum)
        form.addRow("Window si&ze", self.window_size)
        layout.addWidget(everywhere)
        layout.addWidget(default)
        layout.addStretch(1)
        return page

    def _appearance_tab(self) -> QWidget:
        page = QWidget()
        _form(page).addRow("&Theme", self.theme)
        return page

    def _engine_tab(self) -> QWidget:
        page = QWidget()
        form = _form(page)
        form.addRow("&Python interpreter", self.python)
        form.addRow(
            "",
            _note("Its own packages are there for Python models. EvalStudio must be installed in it, too."),
        )
        return page

    def _name_buttons(self) -> None:
        which = QDialogButtonBox.StandardButton
        self._ok_button = self._buttons.button(which.Ok)
        self._apply_button = self._buttons.button(which.Apply)
        for button, name in (
            (self._ok_button, "settings_ok"), (self._apply_button, "settings_apply"), (self._buttons.button(which.Cancel), "settings_cancel"),
        ):  # fmt: skip
            button.setObjectName(name)
            button.setAccessibleName(button.text().replace("&", ""))

    def _watch(self) -> None:
        for box in (self.ceiling, self.workers, self.window_size, self.minimum, self.initial, self.maximum):
            box.valueChanged.connect(lambda *_: self._check())
        self.adaptive.toggled.connect(lambda *_: self._adapt())
        self.theme.currentIndexChanged.connect(lambda *_: self._check())
        self.python.textChanged.connect(lambda *_: self._check())


def _number(lowest: int, special: str = "") -> QSpinBox:
    box = QSpinBox()
    box.setRange(lowest, MAXIMUM)
    box.setSpecialValueText(special)
    box.setGroupSeparatorShown(True)
    box.setMinimumWidth(130)
    return box


def _form(parent: QWidget) -> QFormLayout:
    form = QFormLayout(parent)
    form.setContentsMargins(SPACE_M, SPACE_M, SPACE_M, SPACE_M)
    form.setSpacing(SPACE_S)
    form.setFormAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
    form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.FieldsStayAtSizeHint)
    form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    return form


def _note(text: str) -> QLabel:
    note = TextLabel(text, "muted", 0.9)
    note.setWordWrap(True)
    return note
