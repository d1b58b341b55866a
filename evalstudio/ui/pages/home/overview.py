"""Overview: the latest runs with their scores, what is left to resume, recent evaluations, and where to read on."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QHeaderView,
    QListWidget,
    QListWidgetItem,
    QSizePolicy,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from evalstudio.core.run_state import RunState
from evalstudio.evaluations.loading import EXAMPLE
from evalstudio.evaluations.request import StoredSpec
from evalstudio.reports.score_text import short_interval, short_score
from evalstudio.store.runs import RunRow
from evalstudio.ui.kit.actions import Actions
from evalstudio.ui.kit.icons import icon
from evalstudio.ui.kit.run_state_look import LOOKS
from evalstudio.ui.kit.table_style import fill_row, make_table, set_widths
from evalstudio.ui.kit.text import mark, one_line, tooltip, tr
from evalstudio.ui.kit.theme import SPACE_M, SPACE_S, SPACE_XS, line_height, theme
from evalstudio.ui.kit.tokens import HEADLINE
from evalstudio.ui.kit.widgets import (
    ActionButton,
    Button,
    Card,
    ElidedLabel,
    TextLabel,
    labelled,
    quiet_selection,
)
from evalstudio.ui.state.run_model import last_summary

MOST_UNDONE, MOST_EVALUATIONS = 3, 7
WIDE, NARROW = 1_060, 860  # pixels of the page with the lists at the right, and with all columns, at 100%
SIDE = 18  # width of the lists at the right, in lines of text
HEADINGS = (
    mark("Experiment"), mark("Evaluation"), mark("Model"), mark("State"), mark("Saved"), mark("Score"), mark("Started"),
)  # fmt: skip
EVALUATION, SAVED, SCORE = 1, 4, 5
UNDONE = (RunState.INTERRUPTED, RunState.STOPPED)
VALUE = Qt.ItemDataRole.UserRole
LEARN = {
    "concurrency": mark("See what limits the speed"), "compare": mark("Tell which model is better"), "models": mark("Connect your own endpoint"),
    "workers": mark("Evaluate a Python function"), "terminal": mark("Run in CI"),
}  # fmt: skip


class Overview(QWidget):
    """The Home page of a workspace that has runs. `resume_wanted` and `run_chosen` carry a run."""

    run_chosen = Signal(int)
    resume_wanted = Signal(int)
    evaluation_chosen = Signal(str)
    guide_wanted = Signal(str)

    def __init__(self, actions: Actions) -> None:
        super().__init__()
        self._shown: Sequence[RunRow] = ()
        self.resume_buttons: list[Button] = []
        self.recent = make_table(
            "recent_runs", tr("Recent runs"), [tr(heading) for heading in HEADINGS], stretched=0
        )
        self.evaluations = _side_list("recent_evaluations", tr("Recent evaluations"))
        self.learn = _side_list("learn", tr("Learn"))
        for page, words in LEARN.items():
            _add_item(self.learn, tr(words), page, "")
        self._lay_out(actions)
        for signal in (self.recent.cellActivated, self.recent.cellClicked):
            signal.connect(lambda row, _: self._open(row))
        for view, told in (
            (self.evaluations, self.evaluation_chosen),
            (self.learn, self.guide_wanted),
        ):
            view.itemActivated.connect(lambda item, told=told: told.emit(item.data(VALUE)))
            view.itemClicked.connect(lambda item, told=told: told.emit(item.data(VALUE)))
        theme().changed.connect(self._follow_theme)
        self._follow_theme()

    def show_runs(self, rows: Sequence[RunRow], every: Sequence[RunRow]) -> None:
        """Shows the latest runs, and of `every` run of the workspace those that can be resumed."""
        self._shown = rows
        self.recent.setVisible(True)
        self.recent.setRowCount(len(rows))
        for place, row in enumerate(rows):
            self._fill(place, row)
        self._show_undone([row for row in every if row.true_state in UNDONE][:MOST_UNDONE])
        self.evaluations.clear()
        for reference, name in _evaluations_of(rows):
            _add_item(self.evaluations, one_line(name, 60), reference, reference)
        self._evaluations_card.setVisible(self.evaluations.count() > 0)
        self._follow_theme()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share_room()

    def _share_room(self) -> None:
        """Shows the lists at the right and all columns where there is room for text of this size."""
        wide = self.width() * 100 / theme().percent
        self._side.setVisible(wide >= WIDE)
        for column in (EVALUATION, SAVED):
            self.recent.setColumnHidden(column, wide < NARROW)

    def _fill(self, place: int, row: RunRow) -> None:
        summary = last_summary(row)
        score = summary.scores[0] if summary is not None and summary.scores else None
        started = datetime.fromtimestamp(row.created_at).astimezone()
        today = started.date() == datetime.now().astimezone().date()
        words = (
            one_line(row.experiment), one_line(row.evaluation), one_line(row.model), tr(row.true_state),
            tr("{saved:,} of {total:,}").format(saved=row.saved, total=row.total),
            f"{short_score(score)}  {short_interval(score)}".strip() if score is not None else "–",
            started.strftime("%H:%M" if today else "%Y-%m-%d %H:%M"),
        )  # fmt: skip
        whole = f"{row.experiment}: {tr(row.true_state)}, {row.id}. {row.reason}".strip()
        fill_row(self.recent, place, words, whole)
        look = LOOKS[row.true_state]
        item = self.recent.item(place, 3)
        assert isinstance(item, QTableWidgetItem)
        item.setIcon(icon(look.icon, look.colour))

    def _show_undone(self, rows: Sequence[RunRow]) -> None:
        while (taken := self._undone.takeAt(0)) is not None:
            if (widget := taken.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        self.resume_buttons = []
        self._undone_card.setVisible(bool(rows))
        for place, row in enumerate(rows):
            look = LOOKS[row.true_state]
            name = TextLabel(one_line(row.experiment, 60))
            state = ElidedLabel(
                tr("{state}, {saved:,} of {total:,} saved").format(
                    state=tr(row.true_state), saved=row.saved, total=row.total
                ),
                look.colour,
            )
            button = Button(tr("Resume"))
            labelled(
                button,
                f"resume_{row.id}",
                tr("Resume {experiment}").format(experiment=row.experiment),
                tr("Runs what is missing; saved answers are kept"),
            )
            button.clicked.connect(lambda _, run_id=row.id: self.resume_wanted.emit(run_id))
            self.resume_buttons.append(button)
            for column, part in enumerate((name, state, button)):
                self._undone.addWidget(part, place, column)

    def _open(self, row: int) -> None:
        if row < len(self._shown):
            self.run_chosen.emit(self._shown[row].id)

    def _follow_theme(self) -> None:
        """Gives the lists the height of their rows, which grow with the text."""
        for view in (self.evaluations, self.learn):
            quiet_selection(view)
            view.setFixedHeight(view.count() * _row_height() + 4)
            for row in range(view.count()):
                hint = view.item(row).sizeHint()
                hint.setHeight(_row_height())
                view.item(row).setSizeHint(hint)
        self._side.setFixedWidth(SIDE * line_height())
        self._share_room()

    def _lay_out(self, actions: Actions) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(SPACE_XS, SPACE_XS, 0, SPACE_XS)
        head.setSpacing(SPACE_S)
        head.addWidget(TextLabel(tr("Home"), factor=HEADLINE, bold=True))
        head.addStretch(1)
        for name, words, primary in (
            ("run_example", tr("Run the example"), False), ("open_evaluation", tr("Open…"), False), ("import_dataset", tr("Import a dataset"), False),
            ("new_evaluation", tr("New evaluation"), True),
        ):  # fmt: skip
            head.addWidget(ActionButton(actions[name], name=f"home_{name}", words=words, primary=primary))
        self._undone_card, undone = _titled(tr("Continue"))
        self._undone = QGridLayout()
        self._undone.setColumnStretch(1, 1)
        self._undone.setHorizontalSpacing(SPACE_M)
        self._undone.setContentsMargins(SPACE_S, 0, 0, 0)
        undone.setContentsMargins(SPACE_XS, SPACE_M, SPACE_M, SPACE_M)
        undone.addLayout(self._undone)
        self._undone_card.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        recent, inside = _titled(tr("Recent runs"))
        set_widths(self.recent, (0, 0, 0, 120, 120, 170, 140))
        for place in range(3):
            self.recent.horizontalHeader().setSectionResizeMode(place, QHeaderView.ResizeMode.Stretch)
        inside.setContentsMargins(SPACE_XS, SPACE_M, SPACE_XS, 2)
        inside.addWidget(self.recent, 1)
        left, right = QVBoxLayout(), QVBoxLayout()
        left.setSpacing(SPACE_S)
        left.addWidget(self._undone_card)
        left.addWidget(recent, 1)
        self._side = QWidget()
        self._side.setLayout(right)
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(SPACE_S)
        self._evaluations_card, own = _titled(tr("Evaluations"))
        own.addWidget(self.evaluations)
        learn_card, learn = _titled(tr("Learn"))
        learn.addWidget(self.learn)
        for layout in (own, learn):
            layout.setContentsMargins(SPACE_XS, SPACE_M, SPACE_XS, SPACE_S)
        for card in (self._evaluations_card, learn_card):
            right.addWidget(card)
        right.addStretch(1)
        sides = QHBoxLayout()
        sides.setSpacing(SPACE_S)
        sides.addLayout(left, 1)
        sides.addWidget(self._side)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_S)
        column.addLayout(head)
        column.addLayout(sides, 1)


def _evaluations_of(rows: Sequence[RunRow]) -> list[tuple[str, str]]:
    """Returns the evaluations of the latest runs, each once, as reference and name."""
    found: dict[str, str] = {}
    for row in rows:
        reference = StoredSpec.decode(row.spec).reference
        if reference and "::" not in reference:
            found.setdefault(reference, row.evaluation)
    names = list(found.values())
    return [
        (reference, name if names.count(name) == 1 else _told_apart(reference, name))
        for reference, name in found.items()
    ][:MOST_EVALUATIONS]


def _told_apart(reference: str, name: str) -> str:
    """Returns the name of an evaluation beside others of the same name: with its folder."""
    if reference.startswith(EXAMPLE):
        return tr("{name} (example)").format(name=name)
    return f"{name} ({Path(reference).absolute().parent.name})"


def _titled(title: str) -> tuple[Card, QVBoxLayout]:
    card = Card()
    layout = QVBoxLayout(card)
    layout.setContentsMargins(SPACE_M, SPACE_M, SPACE_M, SPACE_M)
    layout.setSpacing(SPACE_S)
    label = TextLabel(title, bold=True)
    label.setContentsMargins(SPACE_S, 0, 0, 0)
    layout.addWidget(label)
    return card, layout


def _side_list(name: str, spoken: str) -> QListWidget:
    view = QListWidget()
    labelled(view, name, spoken)
    view.setFrameShape(QListWidget.Shape.NoFrame)
    view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    view.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    view.setCursor(Qt.CursorShape.PointingHandCursor)
    return view


def _add_item(view: QListWidget, words: str, value: str, whole: str) -> None:
    item = QListWidgetItem(words)
    item.setData(VALUE, value)
    if whole:
        item.setToolTip(tooltip(whole))
    view.addItem(item)


def _row_height() -> int:
    return line_height() + 12
