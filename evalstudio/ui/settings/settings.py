"""Settings dialog: built from the settings schema; edits a draft that takes effect only with Apply or OK."""

import os
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QDialogButtonBox,
    QFileDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from evalstudio.advice.presets import Machine, worker_warnings
from evalstudio.core.errors import EvalStudioError
from evalstudio.core.strategy import describe
from evalstudio.core.workers import Processes, default_workers
from evalstudio.settings.schema import FIELDS, PRIVACY, SECTIONS
from evalstudio.settings.values import (
    DEFAULTS,
    Settings,
    export_settings,
    import_settings,
    in_force,
    settings_of,
    values_of,
)
from evalstudio.ui.kit.sheet_frame import SheetFrame
from evalstudio.ui.kit.text import mark, one_line, tr
from evalstudio.ui.kit.theme import SPACE_L, SPACE_M, SPACE_S, SPACE_XS
from evalstudio.ui.kit.tokens import TITLE
from evalstudio.ui.kit.widgets import Button, TextLabel, labelled, quiet_selection
from evalstudio.ui.settings.advice_box import AdviceBox
from evalstudio.ui.settings.draft_history import DraftHistory
from evalstudio.ui.settings.interpreter_check import InterpreterCheck
from evalstudio.ui.settings.setting_rows import SettingRow
from evalstudio.ui.state.file_dialogs import remember_folder
from evalstudio.ui.state.session import Session

ADAPTIVE_KEYS = (
    "adaptive_min", "adaptive_start", "adaptive_max", "adaptive_p95", "adaptive_first_token_p95",
)  # fmt: skip
FILTER = mark("Settings (*.json)")


class _WholeWidth(QScrollArea):
    """Vertical scroll area that is never narrower than its contents: large text makes the dialog wider."""

    def minimumSizeHint(self) -> QSize:
        edges = 2 * self.frameWidth() + self.verticalScrollBar().sizeHint().width()
        inside = self.widget()
        wide = inside.minimumSizeHint().width() if inside is not None else 0
        return QSize(wide + edges, super().minimumSizeHint().height())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
        return super().eventFilter(watched, event)


class SettingsDialog(SheetFrame):
    """The dialog, which edits a copy of the session's settings. Opened with `open()`, so it does not block."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("settings_dialog")
        self.setWindowTitle(tr("Settings"))
        self._session = session
        self.rows = {field.key: SettingRow(field, self) for field in FIELDS}
        editors = {key: row.editor for key, row in self.rows.items()}
        self.ceiling, self.workers, self.window_size = (
            editors["ceiling"],
            editors["workers"],
            editors["window"],
        )
        self.minimum, self.initial, self.maximum = (editors[key] for key in ADAPTIVE_KEYS[:3])
        self.theme, self.python = editors["theme"], editors["python"]
        self.adaptive = QCheckBox(tr("&Adaptive: find the best concurrency automatically"))
        labelled(self.adaptive, "setting_adaptive", tr("Adaptive"), tr("Off: a fixed concurrency"))
        now = session.focused.snapshot if session.focused is not None else None
        self.advice = AdviceBox(now.latency if now else None, now.binding_sentence or None if now else None)
        self.check = InterpreterCheck(session.checked_pythons)
        self._problem = TextLabel("", "bad", name="settings_problem")
        self._problem.setWordWrap(True)
        self._problem.setVisible(False)
        self._lay_out()
        self._connect()
        self.show_settings(session.settings)
        self.history = DraftHistory(self, self.rows)
        self.sections.setCurrentRow(0)
        self.resize(880, 660)

    def show_settings(self, settings: Settings) -> None:
        """Shows settings in the fields."""
        values = values_of(settings)
        for key, row in self.rows.items():
            if key != "strategy":
                row.set_value(values[key])
        self.rows["strategy"].set_value(
            values["strategy"]
        )  # last, because it follows changes of Adaptive's bounds
        self._adapt()

    def draft(self) -> Settings:
        """Returns the settings from the fields. Raises LimitError or SettingsError."""
        return settings_of({key: row.value for key, row in self.rows.items()})

    def apply(self) -> bool:
        """Saves and applies the draft; returns whether that succeeded."""
        try:
            self._session.change_settings(self.draft())
        except EvalStudioError as error:
            self._say(str(error))
            return False
        self._check()
        return True

    def show_setting(self, key: str) -> None:
        """Shows the section of a setting."""
        section = self.rows[key].field.section
        self.sections.setCurrentRow([title for title, _ in SECTIONS].index(section))

    def search(self, text: str) -> None:
        """Shows only settings whose title or help contains every word; without words, all of a section."""
        words = text.lower().split()
        for number, (title, _) in enumerate(SECTIONS):
            rows = [row for row in self.rows.values() if row.field.section == title]
            for row in rows:
                row.set_visible(not words or row.matches(words))
            found = any(row.matches(words) for row in rows) or all(
                word in tr(PRIVACY).lower() for word in words
            )
            shown = (
                found and (bool(rows) or title == "Privacy")
                if words
                else number == self.sections.currentRow()
            )
            self._pages[title].setVisible(shown if rows or not words else shown and not rows)
        for widget in (self.advice, self.adaptive, self.check):
            widget.setVisible(not words)
        visible = [page for page in self._pages.values() if page.isVisibleTo(self)]
        self._nothing.setVisible(not visible)

    def _ok(self) -> None:
        if self.apply():
            self.accept()

    def _check(self) -> None:
        """Validates while typing: an invalid value is reported and can't be applied."""
        applied = values_of(self._session.settings)
        for key, row in self.rows.items():
            row.show_source(*self._source(key, pending=row.differs_from(applied[key])))
        try:
            draft = self.draft()
        except EvalStudioError as error:
            self._say(str(error))
            return
        self._say("", differs=draft != self._session.settings)
        fresh = values_of(draft)
        self._show_workers(draft)
        self.advice.check(fresh["window"] if fresh["strategy"] == "sliding_window" else None)

    def _show_workers(self, draft: Settings) -> None:
        """Shows the workers' number of concurrent calls, with a warning if it is unusual."""
        row = self.rows["threads_per_process"]
        chosen = default_workers(draft)
        if not isinstance(chosen, Processes):
            row.show_note("")
            return
        warnings = worker_warnings(chosen, Machine(os.cpu_count() or 1, 0))
        row.show_note(
            " ".join(
                [
                    tr("{label}: {capacity:,} calls at once.").format(
                        label=chosen.label, capacity=chosen.capacity
                    ),
                    *warnings,
                ]
            ),
            "warn" if warnings else "muted",
        )

    def _source(self, key: str, *, pending: bool) -> tuple[str, str]:
        """Describes the source of the value in force, with its colour."""
        if pending:
            return tr("not applied yet"), "accent_text"
        now = in_force(self._session.settings, key, workspace_option=self._session.workspace_option)
        if now.source not in ("default", "settings"):
            return tr("in force: {value} ({source})").format(
                value=one_line(str(now.value), 40), source=tr(now.source)
            ), "warn"
        model = self._session.focused
        run = model.snapshot if model is not None and model.is_active else None
        if key == "strategy" and run is not None and run.strategy_source not in ("settings", "default", ""):
            return tr("run {run_id}: {strategy} ({strategy_source})").format(
                run_id=run.run_id, strategy=describe(run.strategy), strategy_source=tr(run.strategy_source)
            ), "muted"
        return tr(now.source), "muted"

    def _say(self, sentence: str, *, differs: bool = False) -> None:
        self._problem.show_text(sentence)
        self._problem.setVisible(bool(sentence))
        self._apply_button.setEnabled(not sentence and differs)
        self._ok_button.setEnabled(not sentence)

    def _adapt(self) -> None:
        """Disables the fields that the strategy does not use."""
        strategy = self.rows["strategy"].value
        adaptive = strategy in ("automatic", "adaptive")
        self.adaptive.setChecked(adaptive)
        for key in ADAPTIVE_KEYS:
            self.rows[key].set_enabled(adaptive)
        self.rows["window"].set_enabled(strategy == "sliding_window")
        self._check()

    def _adaptive_clicked(self, on: bool) -> None:
        self.rows["strategy"].set_value("automatic" if on else "sliding_window")

    def _bound_changed(self) -> None:
        """Selects Adaptive as the strategy of all runs when its bounds are changed."""
        row = self.rows["strategy"]
        if row.value == "automatic" and any(self.rows[key].value != DEFAULTS[key] for key in ADAPTIVE_KEYS):
            row.set_value("adaptive")

    def _use_preset(self, window: int) -> None:
        self.rows["strategy"].set_value("sliding_window")
        self.rows["window"].set_value(window)

    def _ask_for_file(self, title: str, *, save: bool) -> None:
        dialog = QFileDialog(self, title)
        dialog.setObjectName("settings_file")
        mode = QFileDialog.FileMode
        dialog.setFileMode(mode.AnyFile if save else mode.ExistingFile)
        if save:
            dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
            dialog.setDefaultSuffix("json")
        dialog.setNameFilters([tr(FILTER), tr("All files (*)")])
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        remember_folder(dialog, "settings", "evalstudio-settings.json" if save else "")
        dialog.fileSelected.connect(self.export_to if save else self.import_from)
        dialog.open()

    def export_to(self, path: str) -> None:
        """Exports the draft to a file."""
        try:
            export_settings(self.draft(), Path(path))
        except EvalStudioError as error:
            self._say(str(error))

    def import_from(self, path: str) -> None:
        """Imports a file's settings as the draft."""
        try:
            self.show_settings(import_settings(Path(path)))
        except EvalStudioError as error:
            self._say(str(error))

    # Construction -----------------------------------------------------------------------------------------------

    def _connect(self) -> None:
        for key, row in self.rows.items():
            row.changed.connect(self._adapt if key == "strategy" else self._check)
        for key in ADAPTIVE_KEYS:
            self.rows[key].changed.connect(self._bound_changed)
        self.rows["python"].changed.connect(lambda: self.check.show_path(self.rows["python"].value))
        self.adaptive.clicked.connect(self._adaptive_clicked)
        self.advice.chosen.connect(self._use_preset)
        self.sections.currentRowChanged.connect(lambda *_: self._choose_section())
        self._search.textChanged.connect(self.search)
        self._buttons.accepted.connect(self._ok)
        self._buttons.rejected.connect(self.reject)
        self._apply_button.clicked.connect(self.apply)

    def _choose_section(self) -> None:
        if self._search.text():
            self._search.clear()
        else:
            self.search("")
        self._scroll.verticalScrollBar().setValue(0)

    def _lay_out(self) -> None:
        self._search = QLineEdit()
        self._search.setPlaceholderText(tr("Search the settings"))
        self._search.setClearButtonEnabled(True)
        labelled(self._search, "settings_search", tr("Search the settings"))
        self.sections = QListWidget()
        labelled(self.sections, "settings_tabs", tr("Groups of settings"))
        self.sections.addItems([tr(title) for title, _ in SECTIONS])
        wide = max(180, self.sections.sizeHintForColumn(0) + 2 * SPACE_M)
        self.sections.setFixedWidth(wide)
        self.sections.setFrameShape(QFrame.Shape.NoFrame)
        quiet_selection(self.sections)
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(SPACE_M, 0, SPACE_M, SPACE_M)
        column.setSpacing(SPACE_L)
        self._pages = {title: self._page(title, about) for title, about in SECTIONS}
        for page in self._pages.values():
            column.addWidget(page)
        self._nothing = TextLabel(tr("No setting found."), "muted", name="settings_nothing")
        column.addWidget(self._nothing)
        column.addStretch(1)
        self._scroll = _WholeWidth()
        labelled(self._scroll, "settings_scroll", tr("Settings of the chosen group"))
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setWidget(inside)
        self._scroll.viewport().setAutoFillBackground(False)
        inside.setAutoFillBackground(False)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        left = QVBoxLayout()
        left.setSpacing(SPACE_M)
        title = TextLabel(tr("Settings"), factor=TITLE, bold=True)
        title.setContentsMargins(SPACE_XS, 0, 0, 0)
        left.addWidget(title)
        left.addWidget(self._search)
        left.addWidget(self.sections, 1)
        middle = QHBoxLayout()
        middle.setSpacing(SPACE_M)
        self._search.setFixedWidth(wide)
        middle.addLayout(left)
        middle.addWidget(self._scroll, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE_L, SPACE_L, SPACE_M, SPACE_L)
        layout.setSpacing(SPACE_M)
        layout.addLayout(middle, 1)
        layout.addWidget(self._problem)
        layout.addLayout(self._foot())

    def _page(self, title: str, about: str) -> QWidget:
        page = QWidget()
        page.setObjectName(f"settings_page_{title.split()[0].lower()}")
        column = QVBoxLayout(page)
        column.setContentsMargins(0, SPACE_S, 0, 0)
        column.setSpacing(SPACE_S)
        column.addWidget(TextLabel(tr(title), factor=1.25, bold=True))
        intro = TextLabel(
            tr(PRIVACY if title == "Privacy" else about), "text" if title == "Privacy" else "muted"
        )
        intro.setWordWrap(True)
        intro.setObjectName(f"about_{title.split()[0].lower()}")
        column.addWidget(intro)
        if title == "Concurrency":
            column.addWidget(self.adaptive)
        grid = QGridLayout()
        grid.setHorizontalSpacing(SPACE_M)
        grid.setVerticalSpacing(SPACE_S)
        grid.setColumnMinimumWidth(0, 140)
        grid.setColumnStretch(2, 1)
        for row in self.rows.values():
            if row.field.section == title:
                row.place(grid)
        column.addLayout(grid)
        if title == "Concurrency":
            column.addWidget(self.advice)
        if title == "Interpreter":
            column.addWidget(self.check)
        return page

    def _foot(self) -> QHBoxLayout:
        self._buttons = QDialogButtonBox()
        self._ok_button, self._apply_button = Button(tr("Save"), primary=True), Button(tr("Apply"))
        cancel = Button(tr("Cancel"))
        self._buttons.setObjectName("settings_buttons")
        role = QDialogButtonBox.ButtonRole
        for button, name, which in (
            (self._ok_button, "settings_ok", role.AcceptRole), (self._apply_button, "settings_apply", role.ApplyRole),
            (cancel, "settings_cancel", role.RejectRole),
        ):  # fmt: skip
            button.setObjectName(name)
            button.setAccessibleName(button.text())
            self._buttons.addButton(button, which)
        self._ok_button.setDefault(True)
        foot = QHBoxLayout()
        for text, name, save in (
            (tr("&Import…"), "settings_import", False), (tr("&Export…"), "settings_export", True),
        ):  # fmt: skip
            button = Button(text)
            labelled(
                button, name, text.strip("&…"), tr("Settings in a file of your own; keys are never in it")
            )
            title = tr("Export the settings") if save else tr("Import settings")
            button.clicked.connect(partial(self._ask, title, save))
            foot.addWidget(button)
        foot.addStretch(1)
        foot.addWidget(self._buttons)
        return foot

    def _ask(self, title: str, save: bool, *_: Any) -> None:
        self._ask_for_file(title, save=save)
