"""Evaluator list: the evaluators of an evaluation, with the type of each and a field for each of its options."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from evalstudio.evaluations.draft import Issue
from evalstudio.evaluators import Option, evaluator_types, options_of
from evalstudio.ui.kit.form_fields import (
    IssueLabel,
    as_field,
    choice,
    from_field,
    show_in,
    small_button,
)
from evalstudio.ui.kit.text import mark, tr
from evalstudio.ui.kit.theme import SPACE_S, SPACE_XS
from evalstudio.ui.kit.widgets import Button, TextLabel, labelled

COMMON = {"exact_match": {"expected": "{{ expected }}", "normalise": True}}
ASK = {
    "expected": mark("{{ expected }} or a text"),
    "choices": '["A", "B"]',
    "fields": '["name"]',
    "scale": "[1, 5]",
}


class EvaluatorList(QWidget):
    """The list. `changed` is emitted with every change by a person."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("evaluators_list")
        self._rows: list[EvaluatorRow] = []
        self._add = Button(tr("Add an evaluator"))
        labelled(self._add, "add_evaluator", tr("Add an evaluator"), tr("Scores each answer and says why"))
        self._add.clicked.connect(self._append)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(SPACE_S)
        self._layout.addWidget(self._add, 0, Qt.AlignmentFlag.AlignLeft)

    @property
    def value(self) -> list[dict[str, Any]]:
        return [row.value for row in self._rows]

    def show_value(self, evaluators: Any) -> None:
        """Shows the evaluators from the text."""
        wanted = [one for one in evaluators if isinstance(one, dict)] if isinstance(evaluators, list) else []
        if [row.value for row in self._rows] == wanted:
            return
        while self._rows:
            self._take(self._rows[-1])
        for table in wanted:
            self._make(table)

    def show_issues(self, issues: Sequence[Issue]) -> None:
        for number, row in enumerate(self._rows):
            row.issue.show_sentences([issue.sentence for issue in issues if issue.number == number])

    def _append(self) -> None:
        row = self._make({"type": "exact_match", **COMMON["exact_match"]})
        row.type.setFocus()
        self.changed.emit()

    def _make(self, table: dict[str, Any]) -> "EvaluatorRow":
        row = EvaluatorRow(len(self._rows), table)
        row.changed.connect(self.changed)
        row.remove.clicked.connect(lambda: self._remove(row))
        self._rows.append(row)
        self._layout.insertWidget(len(self._rows) - 1, row)
        return row

    def _remove(self, row: "EvaluatorRow") -> None:
        values = self.value
        del values[self._rows.index(row)]
        self.show_value(values)
        self.changed.emit()

    def _take(self, row: "EvaluatorRow") -> None:
        self._rows.remove(row)
        self._layout.removeWidget(row)
        row.hide()
        row.deleteLater()


class EvaluatorRow(QWidget):
    """One evaluator. Its table keeps entries for which the form has no field."""

    changed = Signal()

    def __init__(self, number: int, table: dict[str, Any]) -> None:
        super().__init__()
        self._number = number
        self._table = dict(table)
        self.type = choice(
            f"evaluator_{number}_type",
            tr("Type of evaluator {number}").format(number=number + 1),
            tuple(evaluator_types()),
        )
        self.type.setMinimumContentsLength(16)
        self.remove = small_button(
            f"evaluator_{number}_remove", tr("Remove evaluator {number}").format(number=number + 1), "close"
        )
        self.issue = IssueLabel(f"evaluator_{number}")
        self._fields: QWidget | None = None
        head = QHBoxLayout()
        head.addWidget(self.type)
        head.addStretch(1)
        head.addWidget(self.remove)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(SPACE_XS)
        self._layout.addLayout(head)
        self._layout.addWidget(self.issue)
        show_in(self.type, str(table.get("type", "")))
        self._show_fields()
        self.type.currentTextChanged.connect(self._type_chosen)

    @property
    def value(self) -> dict[str, Any]:
        return dict(self._table)

    def _type_chosen(self, kind: str) -> None:
        known = {option.name for option in options_of(kind)} | {"name", "metrics", "unreadable"}
        kept = {name: value for name, value in self._table.items() if name in known}
        expected = COMMON["exact_match"]["expected"]
        if any(option.name == "expected" and option.required for option in options_of(kind)):
            kept.setdefault("expected", expected)
        self._table = {"type": kind, **kept}
        self._show_fields()
        self.changed.emit()

    def _show_fields(self) -> None:
        if self._fields is not None:
            self._layout.removeWidget(self._fields)
            self._fields.hide()
            self._fields.deleteLater()
        self._fields = QWidget()
        grid = QGridLayout(self._fields)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(SPACE_S)
        grid.setVerticalSpacing(SPACE_XS)
        grid.setColumnStretch(1, 1)
        options = options_of(self.type.currentText())
        line = 0
        for option in options:
            if option.kind == "truth":
                continue
            field = self._text_field(option)
            caption = TextLabel(
                option.name + ("" if option.required else " " + tr("(optional)")), "muted", 0.9
            )
            caption.setBuddy(field)
            grid.addWidget(caption, line, 0)
            grid.addWidget(field, line, 1)
            line += 1
        switches = QHBoxLayout()
        for option in options:
            if option.kind == "truth":
                switches.addWidget(self._switch(option))
        switches.addStretch(1)
        grid.addLayout(switches, line, 0, 1, 2)
        self._layout.insertWidget(1, self._fields)

    def _text_field(self, option: Option) -> QLineEdit:
        field = QLineEdit(as_field(self._table.get(option.name)))
        labelled(
            field,
            f"evaluator_{self._number}_{option.name}",
            tr("{name} of evaluator {number}").format(name=option.name, number=self._number + 1),
        )
        default = f"{option.default!r}" if option.default not in (None, "") else ""
        field.setPlaceholderText(tr(ASK[option.name]) if option.name in ASK else default)
        field.textEdited.connect(lambda text: self._set(option, text))
        return field

    def _switch(self, option: Option) -> QCheckBox:
        box = QCheckBox(option.name.replace("_", " "))
        labelled(
            box,
            f"evaluator_{self._number}_{option.name}",
            tr("{name} of evaluator {number}").format(name=option.name, number=self._number + 1),
        )
        box.setChecked(bool(self._table.get(option.name, option.default)))
        box.toggled.connect(lambda on: self._put(option, on if on != option.default else None))
        return box

    def _set(self, option: Option, text: str) -> None:
        if not text.strip():
            self._put(option, None)
        else:
            self._put(option, text if option.kind == "text" else from_field(text))

    def _put(self, option: Option, value: Any) -> None:
        if value is None:
            self._table.pop(option.name, None)
        else:
            self._table[option.name] = value
        self.changed.emit()
