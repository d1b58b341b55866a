"""Dataset view: rows with detected types, problems by line, the users of the file, and its reading options."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QCheckBox,
    QHBoxLayout,
    QHeaderView,
    QTableWidget,
    QVBoxLayout,
    QWidget,
)

from evalstudio.datasets import DatasetSource, Preview, Problem
from evalstudio.datasets.empty_cells import LIKELY as LIKELY_EXPECTED
from evalstudio.datasets.formats import format_named
from evalstudio.datasets.survey import Survey
from evalstudio.ui.kit.form_fields import MOST_SAMPLES, CalmSpinBox, captioned, choice, refill, show_in
from evalstudio.ui.kit.table_style import fill_row, make_table, quieten, set_widths
from evalstudio.ui.kit.tabs import Tabs
from evalstudio.ui.kit.text import mark, one_line, plain, tooltip, tr, trn
from evalstudio.ui.kit.theme import SPACE_M, SPACE_S
from evalstudio.ui.kit.widgets import Button, Card, ElidedLabel, labelled

FOUND = mark("Auto")
DELIMITERS = {
    FOUND: None,
    mark("comma ,"): ",",
    mark("semicolon ;"): ";",
    mark("tab"): "\t",
    mark("pipe |"): "|",
}
ENCODINGS = (
    "utf-8", "utf-16", "cp1252", "latin-1", "cp1250", "cp1251", "gb18030", "big5", "shift_jis", "euc_jp", "euc_kr",
)  # fmt: skip
NONE = mark("(none)")
MOST_COLUMNS = 60
NARROWEST_LONG = 160  # minimum width in pixels of a column that does not fit
LIKELY_INPUT = ("text", "question", "prompt", "input", "query", "instruction", "review")


class DatasetView(QWidget):
    """View of one dataset. `source_changed` is emitted when reading options change, the other signals by their buttons."""

    source_changed = Signal()
    copy_wanted = Signal()
    place_wanted = Signal()
    evaluation_wanted = Signal()
    use_chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("dataset_view")
        self._path = Path()
        self._references: list[str] = []
        self._title = ElidedLabel("", factor=1.2, bold=True, name="dataset_title")
        self.status = ElidedLabel("", "muted", name="dataset_status")
        self.copy = Button(tr("Copy into the workspace"), primary=True)
        labelled(
            self.copy,
            "copy_dataset",
            tr("Copy into the workspace"),
            tr("Later changes of the original file do not affect results"),
        )
        self.place = Button(tr("Use where it is"))
        labelled(
            self.place, "use_in_place", tr("Use where it is"), tr("For large files: only the path is kept")
        )
        self.header = QCheckBox(tr("Header row"))
        self.header.setChecked(True)
        labelled(
            self.header,
            "dataset_header",
            tr("Header row"),
            tr("The first row holds the names of the columns"),
        )
        self.delimiter = choice("dataset_delimiter", tr("Delimiter"), [tr(words) for words in DELIMITERS])
        self.encoding = choice("dataset_encoding", tr("Encoding"), (tr(FOUND), *ENCODINGS), editable=True)
        self.input = choice("input_column", tr("Input column"), (), tr("The column for the prompt"))
        self.expected = choice(
            "expected_column",
            tr("Column with the expected answer"),
            (),
            tr("The column that evaluators compare with"),
        )
        self.samples = CalmSpinBox()
        self.samples.setRange(0, MOST_SAMPLES)
        self.samples.setSpecialValueText(tr("All"))
        self.samples.setGroupSeparatorShown(True)
        labelled(self.samples, "dataset_samples", tr("Samples"), tr("How many samples a run takes; 0: all"))
        self.evaluation = Button(tr("New evaluation with it"), primary=True)
        labelled(self.evaluation, "dataset_evaluation", tr("New evaluation with this dataset"))
        self.rows = QTableWidget()
        quieten(self.rows)
        labelled(self.rows, "dataset_rows", tr("First rows of the dataset"))
        self.problems = make_table(
            "dataset_problems", tr("Problems of the dataset"), (tr("Line"), tr("What is wrong")), stretched=1
        )
        self.uses = make_table(
            "dataset_uses",
            tr("Where the dataset is used"),
            (tr("Kind"), tr("Name"), tr("File since then")),
            stretched=1,
        )
        self._lay_out()
        self._connect()

    @property
    def source(self) -> DatasetSource:
        """Returns the dataset source with the reading options, names and number of samples chosen here."""
        expected = self.expected.currentText()
        encoding, delimiter = self.encoding.currentText().strip(), self.delimiter.currentText()
        return DatasetSource(
            path=str(self._path),
            columns={"expected": expected} if expected not in ("", tr(NONE)) else {},
            samples=self.samples.value() or None,
            delimiter=next((one for words, one in DELIMITERS.items() if tr(words) == delimiter), None),
            encoding=None if encoding in ("", tr(FOUND)) else encoding,
            header=self.header.isChecked(),
        )

    def show_file(self, path: Path, *, imported: bool, in_place: bool) -> None:
        """Starts with a file; rows and the rest follow as they are read."""
        if self._path not in (None, path):
            self.tabs.setCurrentIndex(0)
            self.rows.scrollToTop()
        self._path = path
        for box in (self.delimiter, self.encoding):
            show_in(box, tr(FOUND))
        self.header.blockSignals(True)
        self.header.setChecked(True)
        self.header.blockSignals(False)
        for widget in (self.header, self.delimiter):
            widget.setEnabled(format_named(path) not in ("json", "jsonl", "parquet"))
        self.samples.setValue(0)
        self.input.clear()
        self.expected.clear()
        self.evaluation.setEnabled(False)  # until its columns are known
        self.show_import(imported=imported, in_place=in_place)
        self.say(tr("Reading…"))

    def show_taken(self, path: Path, *, in_place: bool) -> None:
        """Switches to the imported file and keeps the options chosen for it."""
        self._path = path
        self.show_import(imported=True, in_place=in_place)

    def show_import(self, *, imported: bool, in_place: bool) -> None:
        words = (
            ""
            if imported and not in_place
            else " " + tr("· used where it is")
            if imported
            else " " + tr("· not imported yet")
        )
        self._title.show_text(one_line(self._path.name, 120) + words)
        self.copy.setVisible(not imported)
        self.place.setVisible(not imported)
        self.evaluation.setVisible(imported)

    def say(self, text: str, colour: str = "muted") -> None:
        self.status.set_colour(colour)
        self.status.show_text(plain(text, 600))

    def show_preview(self, found: Preview) -> None:
        """Shows the first rows and proposes the roles of columns."""
        columns = found.columns[:MOST_COLUMNS]
        names = [column.name for column in found.columns]
        self._choose(self.input, names, LIKELY_INPUT, names[0] if names else "")
        self._choose(self.expected, [tr(NONE), *names], LIKELY_EXPECTED, tr(NONE))
        self.rows.setColumnCount(len(columns))
        self.rows.setRowCount(len(found.rows))
        self.rows.setHorizontalHeaderLabels(
            [f"{one_line(column.name, 40)} · {column.type}" for column in columns]
        )
        for row, values in enumerate(found.rows):
            whole = "\n".join(f"{name}: {one_line(str(value), 300)}" for name, value in values.items())
            words = [
                "" if values[column.name] is None else one_line(str(values[column.name]))
                for column in columns
            ]
            fill_row(self.rows, row, words, whole)
        self._share_width(len(columns))
        self.show_problems(found.problems, len(found.problems))
        self.evaluation.setEnabled(bool(names))

    def _share_width(self, columns: int) -> None:
        """Sets each column to the width of its contents if there is room; long ones are narrowed."""
        self.rows.resizeColumnsToContents()
        wanted = [self.rows.columnWidth(place) + 12 for place in range(columns)]
        fair = max(NARROWEST_LONG, self.rows.viewport().width() // max(1, columns))
        spare = self.rows.viewport().width() - sum(min(fair, width) for width in wanted)
        for place, width in enumerate(wanted):
            more = max(0, spare) if width > fair else 0
            spare -= more if width > fair else 0
            self.rows.setColumnWidth(place, min(width, fair + more))

    def show_survey(self, found: Survey) -> None:
        """Shows the results of reading the whole file."""
        words = [
            trn("{n} row", "{n} rows", found.rows),
            size_in_words(found.size),
        ]
        if found.problem_count:
            words.append(tr("{problem_count:,} left out").format(problem_count=found.problem_count))
        self.say(
            f"{' · '.join(words)} · SHA-256 {found.content_hash[:12]}",
            "warn" if found.problem_count else "muted",
        )
        self.status.setToolTip(tooltip(f"{self._path}\nSHA-256 {found.content_hash}"))
        self.show_problems(found.problems, found.problem_count)

    def show_failure(self, sentence: str) -> None:
        """Shows why a file can't be used, without rows."""
        self.say(sentence, "bad")
        self.rows.setRowCount(0)
        self.rows.setColumnCount(0)
        self.show_problems((), 0)
        self.evaluation.setEnabled(False)

    def show_problems(self, problems: Sequence[Problem], count: int) -> None:
        count = max(count, len(problems))
        self.problems.setVisible(True)
        self.problems.setRowCount(len(problems))
        for row, problem in enumerate(problems):
            line = "" if problem.line is None else f"{problem.line:,}"
            fill_row(self.problems, row, (line, one_line(problem.message, 400)), str(problem))
        self.tabs.setTabText(1, tr("Problems ({count:,})").format(count=count) if count else tr("Problems"))

    def show_uses(self, uses: Sequence[tuple[str, str, str, str]]) -> None:
        """Shows the users: kind, name, change of the file since then, and the evaluation's reference or ""."""
        self._references = [reference for *_, reference in uses]
        self.uses.setVisible(True)
        self.uses.setRowCount(len(uses))
        for row, (kind, name, since, reference) in enumerate(uses):
            fill_row(self.uses, row, (kind, one_line(name), since), reference or name)
        self.tabs.setTabText(2, tr("Used by ({uses:,})").format(uses=len(uses)) if uses else tr("Used by"))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        ways = QBoxLayout.Direction
        fits = sum(self._group_widths()) + SPACE_S + 4 * SPACE_M <= self.width()
        self._fields.setDirection(ways.LeftToRight if fits else ways.TopToBottom)

    def minimumSizeHint(self) -> QSize:
        """The size with the fields in two lines, which is the minimum width."""
        return QSize(max(self._group_widths()) + 4 * SPACE_M, super().minimumSizeHint().height())

    def _group_widths(self) -> list[int]:
        items = (self._fields.itemAt(place) for place in range(self._fields.count()))
        return [item.minimumSize().width() for item in items if item is not None]

    def _choose(self, box: QWidget, names: Sequence[str], likely: Sequence[str], other: str) -> None:
        before = box.currentText()  # type: ignore[attr-defined]
        found = next(
            (name for word in likely for name in names if name.lower().replace("_", " ") == word), other
        )
        refill(box, names)  # type: ignore[arg-type]
        show_in(box, before if before in names and before else found)  # type: ignore[arg-type]

    def _connect(self) -> None:
        self.copy.clicked.connect(self.copy_wanted)
        self.place.clicked.connect(self.place_wanted)
        self.evaluation.clicked.connect(self.evaluation_wanted)
        self.header.toggled.connect(lambda *_: self.source_changed.emit())
        self.delimiter.currentTextChanged.connect(lambda *_: self.source_changed.emit())
        self.encoding.currentTextChanged.connect(lambda *_: self.source_changed.emit())
        self.uses.cellActivated.connect(lambda row, _: self.use_chosen.emit(self._references[row]))

    def _lay_out(self) -> None:
        card = Card()
        inside = QVBoxLayout(card)
        inside.setContentsMargins(SPACE_M, SPACE_S, SPACE_M, SPACE_M)
        inside.setSpacing(SPACE_S)
        head = QHBoxLayout()
        head.addWidget(self._title, 1)
        for button in (self.copy, self.place, self.evaluation):
            head.addWidget(button)
        inside.addLayout(head)
        inside.addWidget(self.status)
        # what it means and how it is read: one line, or two if there is no room
        self._fields = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._fields.setSpacing(SPACE_S)
        meaning, reading = QHBoxLayout(), QHBoxLayout()
        for group, share in ((meaning, 5), (reading, 2)):
            group.setSpacing(SPACE_S)
            self._fields.addLayout(group, share)
        for caption, widget, stretch in (
            (tr("Input"), self.input, 2), (tr("Expected"), self.expected, 2), (tr("Samples"), self.samples, 1),
            (tr("Delimiter"), self.delimiter, 1), (tr("Encoding"), self.encoding, 1), (" ", self.header, 0),
        ):  # fmt: skip
            group = meaning if widget in (self.input, self.expected, self.samples) else reading
            group.addWidget(captioned(caption, widget), stretch)
        inside.addLayout(self._fields)
        self.rows.verticalHeader().show()  # with row numbers
        self.rows.horizontalHeader().setStretchLastSection(True)
        self.rows.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.tabs = Tabs("dataset_tabs", tr("Rows, problems and users of the dataset"))
        for table, title in (
            (self.rows, tr("First rows")),
            (self.problems, tr("Problems")),
            (self.uses, tr("Used by")),
        ):
            self.tabs.addTab(table, title)
        set_widths(self.uses, (110, 0, 170))
        lower = Card()
        below = QVBoxLayout(lower)
        below.setContentsMargins(2, 2, 2, 2)
        below.addWidget(self.tabs)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACE_S)
        layout.addWidget(card)
        layout.addWidget(lower, 1)


def size_in_words(size: int) -> str:
    """Formats a size in bytes: 14 kB, 1.3 GB."""
    number = float(size)
    for unit in (tr("bytes"), "kB", "MB", "GB"):
        if number < 1000 or unit == "GB":
            return f"{number:,.0f} {unit}" if unit == tr("bytes") or number >= 10 else f"{number:.1f} {unit}"
        number /= 1000
    return ""
