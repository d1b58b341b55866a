"""Grid form: the models, prompts and parameters that an evaluation varies, and the resulting runs."""

from collections.abc import Sequence
from typing import Any, TypeVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from evalstudio.ui.kit.form_fields import as_field, choice, from_field, refill, show_in, small_button
from evalstudio.ui.kit.text import one_line, tr, trn
from evalstudio.ui.kit.theme import SPACE_M, SPACE_S, SPACE_XS
from evalstudio.ui.kit.widgets import Button, TextLabel, labelled
from evalstudio.ui.pages.evaluations.message_list import MessageList

MOST_LISTED = 12
Row = TypeVar("Row", "ModelRow", "PromptRow", "ParameterRow")


class GridForm(QWidget):
    """The form. `changed` is emitted with every change by a person. Empty rows are ignored."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("grid_form")
        self._models: tuple[str, ...] = ()  # to choose from
        self._base: list[dict[str, str]] = []  # the evaluation's own messages, with which a new prompt starts
        self._model_rows: list[ModelRow] = []
        self._prompt_rows: list[PromptRow] = []
        self._parameter_rows: list[ParameterRow] = []
        self._runs: Sequence[str] = ()
        self._calls: int | None = None
        self.summary = TextLabel("", "muted", name="grid_runs")
        self.summary.setWordWrap(True)
        self._places: dict[str, QVBoxLayout] = {}
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACE_S)
        buttons = QHBoxLayout()
        buttons.setSpacing(SPACE_S)
        for part, words, hint, add in (
            ("models", tr("Add a model"), tr("A run for each model"), self._add_model),
            ("prompts", tr("Add a prompt"), tr("A run for each prompt; it begins as the messages above"), self._add_prompt),
            ("parameters", tr("Add a parameter"), tr("A run for each of its values"), self._add_parameter),
        ):  # fmt: skip
            self._places[part] = QVBoxLayout()
            self._places[part].setSpacing(SPACE_XS)
            layout.addLayout(self._places[part])
            button = Button(words)
            labelled(button, f"add_grid_{part}", tr("{words} to the grid").format(words=words), hint)
            button.clicked.connect(add)
            buttons.addWidget(button)
        buttons.addStretch(1)
        layout.addLayout(buttons)
        layout.addWidget(self.summary)
        self.show_runs(())

    @property
    def value(self) -> dict[str, Any] | None:
        """Returns the grid as a value for the text; None if nothing is varied."""
        found = {
            "models": [row.value for row in self._model_rows if row.value],
            "prompts": {row.name.text().strip(): row.messages.value for row in self._prompt_rows if row.name.text().strip()},
            "parameters": {row.name.text().strip(): row.values for row in self._parameter_rows if row.is_whole},
        }  # fmt: skip
        return {part: varied for part, varied in found.items() if varied} or None

    def show_value(self, grid: Any, base: Any) -> None:
        """Shows the grid from the text; the evaluation's own messages are the start of a new prompt."""
        self._base = (
            [dict(one) for one in base if isinstance(one, dict)] if isinstance(base, list | tuple) else []
        )
        grid = grid if isinstance(grid, dict) else {}
        if self.value == (grid or None):
            return
        models = grid.get("models")
        prompts, parameters = grid.get("prompts"), grid.get("parameters")
        models = models if isinstance(models, list) else []
        self._fit(self._model_rows, len(models), self._make_model)
        for model_row, model in zip(self._model_rows, models, strict=True):
            model_row.show_value(model)
        prompts = prompts if isinstance(prompts, dict) else {}
        self._fit(self._prompt_rows, len(prompts), self._make_prompt)
        for prompt_row, (name, messages) in zip(self._prompt_rows, prompts.items(), strict=True):
            prompt_row.show_value(str(name), messages)
        parameters = parameters if isinstance(parameters, dict) else {}
        self._fit(self._parameter_rows, len(parameters), self._make_parameter)
        for parameter_row, (name, values) in zip(self._parameter_rows, parameters.items(), strict=True):
            parameter_row.show_value(str(name), values)

    def know_models(self, models: Sequence[str]) -> None:
        """Sets the models to choose from."""
        self._models = tuple(models)
        for row in self._model_rows:
            refill(row.model, models)

    def show_runs(self, names: Sequence[str]) -> None:
        """Shows the runs of the grid by variant name."""
        if list(names) != list(self._runs):
            self._calls = None
        self._runs = list(names)
        self._tell()

    def know_calls(self, calls: int | None) -> None:
        """Sets the total number of samples of all runs; None: not known yet."""
        self._calls = calls
        self._tell()

    def _tell(self) -> None:
        if not self._runs:
            self.summary.show_text(
                tr("One run. Several models, prompts or values make one run for each combination.")
            )
            return
        head = trn("{n} run", "{n} runs", len(self._runs))
        if self._calls is not None:
            head += tr(", {calls:,} samples in all").format(calls=self._calls)
        lines = [f"{head}:", *(f"•  {one_line(name, 120)}" for name in self._runs[:MOST_LISTED])]
        if len(self._runs) > MOST_LISTED:
            lines.append(tr("and {runs:,} more").format(runs=len(self._runs) - MOST_LISTED))
        self.summary.show_text("\n".join(lines))

    # Adding and removing rows ------------------------------------------------------------------------------------------

    def _add_model(self) -> None:
        self._make_model().model.setFocus()

    def _add_prompt(self) -> None:
        row = self._make_prompt()
        row.show_value(
            f"prompt {len(self._prompt_rows)}",
            self._base or [{"role": "user", "content": ""}],
        )
        row.name.setFocus()
        row.name.selectAll()
        self.changed.emit()

    def _add_parameter(self) -> None:
        self._make_parameter().name.setFocus()

    def _make_model(self) -> "ModelRow":
        return self._take_in(ModelRow(len(self._model_rows), self._models), self._model_rows, "models")

    def _make_prompt(self) -> "PromptRow":
        return self._take_in(PromptRow(len(self._prompt_rows)), self._prompt_rows, "prompts")

    def _make_parameter(self) -> "ParameterRow":
        row = ParameterRow(len(self._parameter_rows))
        return self._take_in(row, self._parameter_rows, "parameters")

    def _take_in(self, row: Row, rows: list[Row], part: str) -> Row:
        rows.append(row)
        self._places[part].addWidget(row)
        row.changed.connect(self.changed)
        row.remove.clicked.connect(lambda: self._remove(row, rows))
        return row

    def _remove(self, row: Row, rows: list[Row]) -> None:
        self._let_go(row, rows)
        self.changed.emit()

    def _let_go(self, row: Row, rows: list[Row]) -> None:
        rows.remove(row)
        row.hide()
        row.setParent(None)
        row.deleteLater()

    def _fit(self, rows: list[Row], count: int, make: Any) -> None:
        while len(rows) > count:
            self._let_go(rows[-1], rows)
        while len(rows) < count:
            make()


class ModelRow(QWidget):
    """One model of the grid."""

    changed = Signal()

    def __init__(self, number: int, models: Sequence[str]) -> None:
        super().__init__()
        self._table: Any = None  # a model written as a table, which is edited in the text
        self.model: QComboBox = choice(
            f"grid_model_{number}", tr("Model {number} of the grid").format(number=number + 1), models, tr("A name from Models"), editable=True
        )  # fmt: skip
        show_in(self.model, "")
        self.remove = small_button(
            f"grid_model_{number}_remove", tr("Remove model {number}").format(number=number + 1), "close"
        )
        _in_a_row(self, tr("Model"), self.model, self.remove)
        self.model.currentTextChanged.connect(lambda *_: self.changed.emit())

    @property
    def value(self) -> Any:
        return self._table if self._table is not None else self.model.currentText().strip()

    def show_value(self, model: Any) -> None:
        self._table = None if isinstance(model, str) else model
        self.model.setEnabled(self._table is None)
        show_in(self.model, model if isinstance(model, str) else as_field(model))


class PromptRow(QWidget):
    """One prompt of the grid: its name and messages."""

    changed = Signal()

    def __init__(self, number: int) -> None:
        super().__init__()
        self.name = QLineEdit()
        labelled(
            self.name, f"grid_prompt_{number}_name", tr("Name of prompt {number}").format(number=number + 1)
        )
        self.remove = small_button(
            f"grid_prompt_{number}_remove", tr("Remove prompt {number}").format(number=number + 1), "close"
        )
        self.messages = MessageList(f"grid_prompt_{number}_")
        head = QWidget()
        _in_a_row(head, tr("Prompt"), self.name, self.remove)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, SPACE_XS, 0, SPACE_S)
        layout.setSpacing(SPACE_XS)
        layout.addWidget(head)
        inside = QVBoxLayout()
        inside.setContentsMargins(SPACE_M, 0, 0, 0)
        inside.addWidget(self.messages)
        layout.addLayout(inside)
        self.name.textEdited.connect(lambda *_: self.changed.emit())
        self.messages.changed.connect(self.changed)

    def show_value(self, name: str, messages: Any) -> None:
        if self.name.text() != name:
            self.name.setText(name)
        self.messages.show_value(messages)


class ParameterRow(QWidget):
    """One parameter of the grid and its values."""

    changed = Signal()

    def __init__(self, number: int) -> None:
        super().__init__()
        self.name = QLineEdit()
        self.name.setPlaceholderText("temperature")
        labelled(
            self.name,
            f"grid_parameter_{number}_name",
            tr("Name of parameter {number}").format(number=number + 1),
        )
        self.field = QLineEdit()
        self.field.setPlaceholderText("0, 0.5, 1")
        labelled(
            self.field, f"grid_parameter_{number}_values", tr("Values of parameter {number}").format(number=number + 1),
            tr("Separated by commas, as in TOML"),
        )  # fmt: skip
        self.remove = small_button(
            f"grid_parameter_{number}_remove",
            tr("Remove parameter {number}").format(number=number + 1),
            "close",
        )
        fields = QWidget()
        inside = QHBoxLayout(fields)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(SPACE_S)
        inside.addWidget(self.name, 1)
        inside.addWidget(TextLabel(tr("is"), "muted"))
        inside.addWidget(self.field, 2)
        _in_a_row(self, tr("Parameter"), fields, self.remove)
        for field in (self.name, self.field):
            field.textEdited.connect(lambda *_: self.changed.emit())

    @property
    def values(self) -> list[Any]:
        found = from_field(f"[{self.field.text()}]")
        return found if isinstance(found, list) else [self.field.text().strip()]

    @property
    def is_whole(self) -> bool:
        return bool(self.name.text().strip() and self.field.text().strip())

    def show_value(self, name: str, values: Any) -> None:
        if self.name.text() != name:
            self.name.setText(name)
        if not isinstance(values, list) or self.values != values:
            self.field.setText(as_field(values).removeprefix("[").removesuffix("]"))


def _in_a_row(box: QWidget, caption: str, field: QWidget, remove: QWidget) -> None:
    layout = QGridLayout(box)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setHorizontalSpacing(SPACE_S)
    label = TextLabel(caption, "muted")
    label.setMinimumWidth(label.fontMetrics().horizontalAdvance(tr("Parameter") + " "))
    layout.addWidget(label, 0, 0, Qt.AlignmentFlag.AlignVCenter)
    layout.addWidget(field, 0, 1)
    layout.addWidget(remove, 0, 2)
    layout.setColumnStretch(1, 1)
