"""Evaluation editor: an evaluation file as text and as a form, with its issues and a preview on real rows.

The text is the single source: the form changes one entry of it at a time, and the text is what is saved.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import (
    QHBoxLayout,
    QPlainTextEdit,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from evalstudio.core.errors import EvalStudioError, EvaluationError
from evalstudio.datasets import Preview
from evalstudio.evaluations.draft import (
    Draft,
    Issue,
    check_model,
    check_samples,
    read_draft,
    render_messages,
    values_of,
)
from evalstudio.evaluations.library import save_text
from evalstudio.evaluations.loading import EXAMPLE
from evalstudio.evaluations.toml_edit import set_entry
from evalstudio.models.settings import ModelSettings
from evalstudio.ui.kit.form_fields import IssueLabel, exact_text
from evalstudio.ui.kit.tabs import Tabs
from evalstudio.ui.kit.text import plain, tr
from evalstudio.ui.kit.theme import SPACE_S
from evalstudio.ui.kit.widgets import Button, Card, GivingLabel, labelled
from evalstudio.ui.pages.evaluations.evaluation_form import EvaluationForm
from evalstudio.ui.pages.evaluations.sample_preview import Parts, SamplePreview, message_parts
from evalstudio.ui.pages.evaluations.text_histories import TextHistories
from evalstudio.ui.state.dataset_reader import DatasetReader
from evalstudio.ui.state.tasks import spawn
from evalstudio.workspace.resources import resource

CHECK_MS = 250  # after the last change


class ChangedElsewhere(EvaluationError):
    """The file has changed since it was read."""


Checked = tuple[tuple[Issue, ...], Parts, str, int]


class EvaluationEditor(QWidget):
    """The editor. `changed` is emitted when text, issues or file change; `copy_wanted` when a person edits an example."""

    changed = Signal()
    checked = Signal()
    history_changed = Signal()  # what can be undone or redone
    copy_wanted = Signal(str)
    browse = Signal()

    def __init__(self, datasets: DatasetReader) -> None:
        super().__init__()
        self.setObjectName("evaluation_editor")
        self._datasets = datasets
        self.reference = ""
        self.draft: Draft = read_draft("")
        self.issues: tuple[Issue, ...] = ()
        self._file = ""  # the file's text when last read or written
        self._saved = ""  # the same text as shown here
        self._row = 0
        self.named: Mapping[str, ModelSettings] = {}  # the workspace's own models
        self._round = 0  # number of the newest check; older ones are dropped
        self.is_checked = False
        self.dataset_size = 0  # bytes
        self.form = EvaluationForm()
        self.text = QPlainTextEdit()
        labelled(self.text, "evaluation_text", tr("The evaluation as TOML"))
        self.text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.text.setTabChangesFocus(True)
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.text.setFrameShape(QPlainTextEdit.Shape.NoFrame)
        self._histories = TextHistories(self.text)
        self._histories.changed.connect(self.history_changed)
        self.text_issue = IssueLabel("text")
        self.preview = SamplePreview()
        self._lay_out()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(CHECK_MS)
        self._timer.timeout.connect(lambda: spawn(self._check()))
        self.text.textChanged.connect(self._text_changed)
        self.form.entry_changed.connect(self._entry_changed)
        self.form.browse.connect(self.browse)
        self.preview.row_wanted.connect(self._show_row)

    @property
    def is_example(self) -> bool:
        return self.reference.startswith(EXAMPLE)

    @property
    def is_dirty(self) -> bool:
        return bool(self.reference) and exact_text(self.text) != self._saved

    @property
    def file_text(self) -> str:
        """The file's text when it was last read or written."""
        return self._file

    @property
    def path(self) -> Path:
        """The path of the file; an example's is read-only."""
        if self.is_example:
            return resource("examples", f"{self.reference.removeprefix(EXAMPLE)}.toml")
        return Path(self.reference)

    def open(self, reference: str) -> None:
        """Opens a file. Raises EvaluationError if it can't be read."""
        before, self.reference = self.reference, reference
        # what is shown keeps its own history, also when another file is opened in between
        try:
            text = self.path.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            self.reference = before
            raise EvaluationError(
                tr("The evaluation file {reference} cannot be read ({error}).").format(
                    reference=reference, error=error
                )
            ) from error
        self._row = 0
        if before and before != reference:
            self.tabs.setCurrentIndex(0)
            self.form.verticalScrollBar().setValue(0)
        self._show_document()
        self.text.setReadOnly(self.is_example)
        self._example.setVisible(self.is_example)
        self.preview.show_answers(())
        self.preview.tabs.setCurrentIndex(0)
        self._show_file(text)

    def save(self, *, over_others: bool = False) -> None:
        """Writes the text to its file.

        Raises ChangedElsewhere if another program has changed the file since, unless it is to be overwritten, and
        EvaluationError if it can't be written.
        """
        if self.is_example:
            return
        if not over_others and self._on_disk() not in (self._file, None):
            raise ChangedElsewhere(
                tr("{name} was changed by another program since it was opened here.").format(
                    name=self.path.name
                )
            )
        text = exact_text(self.text)
        save_text(self.path, text)
        self._file = self._saved = text
        self.changed.emit()

    def look_again(self) -> None:
        """Reloads after other programs may have changed the file or its dataset. Unsaved edits are never dropped."""
        text = self._on_disk()
        if self.reference and not self.is_dirty and text is not None and text != self._file:
            self._show_file(text)
        self._timer.start()

    def undo(self) -> None:
        """Takes back the last change of this file, made in the form or in the text."""
        if not self.is_example:
            self.text.undo()

    def redo(self) -> None:
        if not self.is_example:
            self.text.redo()

    def take_text(self, reference: str, text: str) -> None:
        """Makes a former text that of a file and saves it; undoable. Raises EvaluationError."""
        if reference == self.reference:
            self._histories.replace(text)
            self.save(over_others=True)
        else:
            save_text(Path(reference), text)

    def _show_document(self) -> None:
        self.text.blockSignals(True)
        self._histories.show(self.reference)
        self.text.blockSignals(False)

    def _show_file(self, text: str) -> None:
        self._file = text
        self.text.blockSignals(True)
        self._histories.replace(text)
        self.text.blockSignals(False)
        self._saved = exact_text(self.text)
        self._text_changed()

    def _on_disk(self) -> str | None:
        """Returns the file's current text; None if it is gone or cannot be read."""
        try:
            return self.path.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError):
            return None

    # Checking ---------------------------------------------------------------------------------

    def _entry_changed(self, key: str, value: object) -> None:
        """Applies a change of the form: sets one entry of the text, as an undoable edit."""
        try:
            text = set_entry(exact_text(self.text), key, value)
        except (ValueError, TypeError):
            return  # invalid TOML at the moment: the form is disabled
        self.text.blockSignals(True)
        self._histories.replace(text, step=key)
        self.text.blockSignals(False)
        self.draft = read_draft(text)
        self.form.show_runs(self.draft)
        self._begin_check()

    def _text_changed(self) -> None:
        self.draft = read_draft(exact_text(self.text))
        self.form.show_draft(self.draft)
        self.form.setEnabled(not self.is_example)
        self._begin_check()

    def know_models(self, named: Mapping[str, ModelSettings]) -> None:
        """Sets the workspace's own models and repeats the check."""
        self.named = named
        if self.reference:
            self._timer.start()

    async def check_now(self) -> None:
        """Checks at once what is checked a moment after typing otherwise."""
        while not self.is_checked and self.reference:
            self._timer.stop()
            await self._check()

    def _begin_check(self) -> None:
        self.is_checked = False
        self._show_issues(self.draft.issues)
        self._timer.start()
        self.changed.emit()

    async def _check(self) -> None:
        self._round += 1
        this, draft, base, row = self._round, self.draft, self.path.absolute().parent, self._row
        source, preview, problem = draft.source, None, ""
        issues = list(draft.issues)
        if source is not None:
            try:
                preview = await self._datasets.preview(source, base)
                self.dataset_size = await self._datasets.size(source, base)
            except EvalStudioError as error:
                issues.append(Issue("dataset", str(error)))
        named = self.named
        found = await self._datasets.worker.do(lambda: _checked(draft, preview, base, row, named))
        if this != self._round:
            return  # it has changed meanwhile
        more, parts, problem, rows = found
        self.is_checked = True
        self._show_issues((*issues, *more))
        self.preview.show_row(min(row, max(0, rows - 1)), rows, parts, problem)
        if preview is not None:
            self.form.columns.know_columns([column.name for column in preview.columns])
        self.checked.emit()

    def _show_row(self, row: int) -> None:
        self._row = max(0, row)
        self._timer.stop()
        spawn(self._check())

    def _show_issues(self, issues: Sequence[Issue]) -> None:
        self.issues = tuple(issues)
        self.form.show_issues(issues)
        syntax = [issue for issue in issues if issue.part == "text"]
        self.text_issue.show_sentences([issue.sentence for issue in syntax])
        count = len(issues)
        self.tabs.setTabText(0, tr("Form ({count} to fix)").format(count=count) if count else tr("Form"))
        self.tabs.setTabText(1, tr("Text (an error)") if syntax else tr("Text"))

    def _lay_out(self) -> None:
        text = QWidget()
        inside = QVBoxLayout(text)
        inside.setContentsMargins(SPACE_S, SPACE_S, SPACE_S, SPACE_S)
        inside.addWidget(self.text, 1)
        self.tabs = Tabs("evaluation_tabs", tr("The evaluation as a form, and as text"))
        self.tabs.addTab(self.form, tr("Form"))
        self.tabs.addTab(text, tr("Text"))
        self._example = self._example_bar()
        card = Card()
        column = QVBoxLayout(card)
        column.setContentsMargins(2, 2, 2, 2)
        column.setSpacing(0)
        column.addWidget(self._example)
        self.text_issue.setContentsMargins(SPACE_S, SPACE_S, SPACE_S, 0)
        column.addWidget(self.text_issue)
        column.addWidget(self.tabs, 1)
        self.splitter = QSplitter()
        self.splitter.setObjectName("evaluation_splitter")
        self.splitter.setChildrenCollapsible(False)
        self.splitter.setHandleWidth(SPACE_S)
        self.splitter.addWidget(card)
        self.splitter.addWidget(self.preview)
        self.splitter.setStretchFactor(0, 3)
        self.splitter.setStretchFactor(1, 2)
        self.splitter.setSizes([560, 400])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.splitter)

    def _example_bar(self) -> QWidget:
        bar = QWidget()
        layout = QHBoxLayout(bar)
        layout.setContentsMargins(SPACE_S, SPACE_S, SPACE_S, 0)
        layout.addWidget(
            GivingLabel(tr("This example ships with EvalStudio. Read it, try it, run it."), "muted"), 1
        )
        copy = Button(tr("Make a copy to change"))
        labelled(
            copy,
            "copy_example",
            tr("Make a copy to change"),
            tr("Copies the example and its dataset into the workspace"),
        )
        copy.clicked.connect(lambda: self.copy_wanted.emit(self.reference))
        layout.addWidget(copy)
        return bar


def _checked(
    draft: Draft, preview: Preview | None, base: Path, row: int, named: Mapping[str, ModelSettings]
) -> Checked:
    """Returns the issues beyond the text itself, and a row's messages. Runs in the background thread."""
    issues = [*check_model(draft, base, named)]
    source = draft.source
    if preview is None or source is None:
        return tuple(issues), (), "", 0
    issues += check_samples(draft, preview, base)
    rows = len(preview.rows)
    values = dict(preview.rows[min(row, rows - 1)])
    try:
        values = values_of(source, preview, min(row, rows - 1))
        shown = draft.messages or next(iter(draft.prompts.values()), ())
        messages = render_messages(shown, values) if shown else []
    except EvalStudioError as error:
        return tuple(issues), tuple(message_parts((), values)), plain(str(error), 1_000), rows
    return tuple(issues), tuple(message_parts(messages, values)), "", rows
