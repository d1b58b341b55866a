"""Evaluation form: one section for each part of an evaluation, with its issues below."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QLineEdit, QScrollArea, QSpinBox, QVBoxLayout, QWidget

from evalstudio.evaluations.draft import Draft, Issue
from evalstudio.evaluations.loading import variants
from evalstudio.ui.kit.form_fields import (
    MOST_SAMPLES,
    CalmSpinBox,
    Section,
    as_field,
    choice,
    from_field,
    refill,
    show_in,
)
from evalstudio.ui.kit.tab_order import focus_in_order
from evalstudio.ui.kit.text import mark, tr
from evalstudio.ui.kit.theme import SPACE_L, SPACE_M
from evalstudio.ui.kit.widgets import Button, labelled
from evalstudio.ui.pages.evaluations.column_map import ColumnMap
from evalstudio.ui.pages.evaluations.evaluator_list import EvaluatorList
from evalstudio.ui.pages.evaluations.grid_form import GridForm
from evalstudio.ui.pages.evaluations.message_list import MessageList

STRATEGIES = {mark("Default from Settings"): None, mark("Sequential"): "sequential", mark("Sliding window"): "sliding_window", mark("Adaptive"): "adaptive"}  # fmt: skip
LIMITS = {"sliding_window": "max_concurrency", "adaptive": "max"}
USUAL_WINDOW = 10
NUMBERED = ("messages", "evaluators")
GROWING = (*NUMBERED, "grid")  # parts with rows that a person adds


class EvaluationForm(QScrollArea):
    """The form. `entry_changed` is emitted with the changed entry of the text and its value; None removes it."""

    entry_changed = Signal(str, object)
    browse = Signal()

    def __init__(self) -> None:
        super().__init__()
        labelled(self, "evaluation_form", tr("The evaluation as a form"))
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._table: dict[str, Any] = {}
        self._showing = False
        self.sections: dict[str, Section] = {}
        self._body = QWidget()
        self._layout = QVBoxLayout(self._body)
        self._layout.setContentsMargins(SPACE_M, SPACE_M, SPACE_M, SPACE_M)
        self._layout.setSpacing(SPACE_L)
        self._make_what()
        self._make_dataset()
        self._make_messages()
        self._make_evaluators()
        self._make_grid()
        self._make_running()
        self._layout.addStretch(1)
        self.setWidget(self._body)
        self._body.setAutoFillBackground(False)
        self.viewport().setAutoFillBackground(False)

    def show_draft(self, draft: Draft) -> None:
        """Shows the draft; for a text that cannot be parsed, the form is left unchanged and disabled."""
        self._body.setEnabled(draft.table is not None)
        if draft.table is None:
            return
        self._table = draft.table
        self.show_runs(draft)
        self._showing = True
        try:
            self._show_table(draft.table)
        finally:
            self._showing = False
        focus_in_order(self._body)

    def show_runs(self, draft: Draft) -> None:
        """Shows the runs of the grid."""
        if draft.spec is not None:
            self.grid.show_runs(list(variants(draft.spec)))

    def show_issues(self, issues: Sequence[Issue]) -> None:
        """Shows each issue below its part."""
        places = {"name": "what", "model": "what", "description": "what", "parameters": "what"}
        by_section: dict[str, list[str]] = {name: [] for name in self.sections}
        for issue in issues:
            section = places.get(issue.part, issue.part)
            if issue.part in NUMBERED and issue.number is not None:
                continue
            by_section[section if section in by_section else "running"].append(issue.sentence)
        for name, sentences in by_section.items():
            self.sections[name].issue.show_sentences(sentences)
        self.messages.show_issues([issue for issue in issues if issue.part == "messages"])
        self.evaluators.show_issues([issue for issue in issues if issue.part == "evaluators"])

    def know(self, models: Sequence[str], datasets: Sequence[str]) -> None:
        """Sets the models and datasets to choose from."""
        refill(self.model, models)
        refill(self.dataset, datasets)
        self.grid.know_models(models)

    # Construction -----------------------------------------------------------------------------------------------

    def _section(self, name: str, title: str) -> Section:
        section = self.sections[name] = Section(title, name)
        self._layout.addWidget(section)
        return section

    def _make_what(self) -> None:
        self.name = self._line("eval_name", tr("Name of the evaluation"), "name")
        self.about = self._line("eval_about", tr("Description"), "description", optional=True)
        self.model = choice(
            "eval_model", tr("Model"), (), tr("A name from Models, as openai/gpt-4o-mini"), editable=True
        )
        self.model.currentTextChanged.connect(self._model_edited)
        self.temperature = QLineEdit()
        labelled(self.temperature, "eval_temperature", tr("Temperature"), tr("Empty: the endpoint's default"))
        self.max_tokens = CalmSpinBox()
        self.max_tokens.setRange(0, 1_000_000)
        self.max_tokens.setSpecialValueText(tr("Not set"))
        labelled(
            self.max_tokens,
            "eval_max_tokens",
            tr("Max tokens"),
            tr("0: the endpoint's default"),
        )
        self.more = QLineEdit()
        self.more.setPlaceholderText(tr("as in: top_p = 0.9, seed = 1"))
        labelled(self.more, "eval_parameters", tr("More parameters"), tr("As in TOML, separated by commas"))
        self.temperature.textEdited.connect(lambda *_: self._parameters_edited())
        self.max_tokens.valueChanged.connect(lambda *_: self._parameters_edited())
        self.more.textEdited.connect(lambda *_: self._parameters_edited())
        section = self._section("what", tr("Model and parameters"))
        section.add((tr("Name"), self.name, 2), (tr("Description"), self.about, 3))
        section.add((tr("Model"), self.model, 1))
        section.add(
            (tr("Temperature"), self.temperature, 1), (tr("Max tokens"), self.max_tokens, 1),
            (tr("More parameters"), self.more, 3),
        )  # fmt: skip

    def _make_dataset(self) -> None:
        self.dataset = choice(
            "eval_dataset", tr("Dataset file"), (), tr("A file; relative paths start from the evaluation's folder"),
            editable=True,
        )  # fmt: skip
        self.dataset.currentTextChanged.connect(lambda text: self._dataset_edited(path=text.strip()))
        browse = Button(tr("Browse…"))
        labelled(
            browse, "browse_dataset", tr("Browse for a dataset"), tr("Choose a file; it is used where it is")
        )
        browse.clicked.connect(self.browse)
        self.samples = self._count(
            "eval_samples", tr("Samples"), tr("How many samples to run; 0: all"), tr("All")
        )
        self.samples.valueChanged.connect(lambda number: self._dataset_edited(samples=number or None))
        self.seed = self._count(
            "eval_seed", tr("Seed"), tr("Selects samples at random, the same ones for the same seed. 0: the first rows."), tr("First rows")
        )  # fmt: skip
        self.seed.valueChanged.connect(lambda number: self._dataset_edited(seed=number or None))
        self.columns = ColumnMap()
        self.columns.changed.connect(lambda: self._dataset_edited(columns=self.columns.value or None))
        section = self._section("dataset", tr("Dataset"))
        section.add((tr("File"), self.dataset, 1), (" ", browse, 0))
        section.add((tr("Samples"), self.samples, 1), (tr("Random sample, seed"), self.seed, 1))
        section.add_widget(self.columns)

    def _make_messages(self) -> None:
        self.messages = MessageList()
        self.messages.changed.connect(lambda: self._tell("messages", self.messages.value))
        self._section("messages", tr("Messages")).add_widget(self.messages)

    def _make_evaluators(self) -> None:
        self.evaluators = EvaluatorList()
        self.evaluators.changed.connect(lambda: self._tell("evaluators", self.evaluators.value))
        self._section("evaluators", tr("Evaluators")).add_widget(self.evaluators)

    def _make_grid(self) -> None:
        self.grid = GridForm()
        self.grid.changed.connect(lambda: self._tell("grid", self.grid.value))
        self._section("grid", tr("Grid: several runs at once")).add_widget(self.grid)

    def _make_running(self) -> None:
        self.repeats = CalmSpinBox()
        self.repeats.setRange(1, 1000)
        labelled(self.repeats, "eval_repeats", tr("Repeats"), tr("How many times each sample is run"))
        self.repeats.valueChanged.connect(
            lambda number: self._tell("repeats", number if number > 1 else None)
        )
        self.strategy = choice(
            "eval_strategy",
            tr("Strategy"),
            [tr(words) for words in STRATEGIES],
            tr("The largest number of calls in flight"),
        )
        self.strategy.currentIndexChanged.connect(lambda *_: self._strategy_edited())
        self.window_size = self._count(
            "eval_window", tr("Max concurrency"), tr("0: the strategy's default"), tr("Automatic")
        )
        self.window_size.setMaximum(10_000)
        self.window_size.valueChanged.connect(lambda *_: self._strategy_edited())
        section = self._section("running", tr("Running"))
        section.add(
            (tr("Repeats"), self.repeats, 1),
            (tr("Strategy"), self.strategy, 2),
            (tr("Max concurrency"), self.window_size, 1),
        )

    def _line(self, name: str, spoken: str, key: str, *, optional: bool = False) -> QLineEdit:
        field = QLineEdit()
        labelled(field, name, spoken)
        field.textEdited.connect(lambda text: self._tell(key, text if text or not optional else None))
        return field

    def _count(self, name: str, spoken: str, hint: str, nothing: str) -> QSpinBox:
        box = CalmSpinBox()
        box.setRange(0, MOST_SAMPLES)
        box.setGroupSeparatorShown(True)
        box.setSpecialValueText(nothing)
        labelled(box, name, spoken, hint)
        return box

    # From the text to the fields ----------------------------------------------------------------------------------

    def _show_table(self, table: dict[str, Any]) -> None:
        for field, key in ((self.name, "name"), (self.about, "description")):
            text = str(table.get(key, ""))
            if field.text() != text:
                field.setText(text)
                field.setCursorPosition(0)
        model = table.get("model", "")
        self.model.setEnabled(isinstance(model, str))
        show_in(self.model, model if isinstance(model, str) else as_field(model))
        parameters = table.get("parameters")
        self._show_parameters(parameters if isinstance(parameters, dict) else {})
        dataset = table.get("dataset")
        dataset = dataset if isinstance(dataset, dict) else {}
        show_in(self.dataset, str(dataset.get("path", "")))
        self.samples.setValue(_whole(dataset.get("samples")))
        self.seed.setValue(_whole(dataset.get("seed")))
        self.columns.show_value(dataset.get("columns"))
        self.messages.show_value(table.get("messages"))
        self.evaluators.show_value(table.get("evaluators"))
        self.grid.show_value(table.get("grid"), table.get("messages"))
        self.repeats.setValue(_whole(table.get("repeats", 1)) or 1)
        strategy = table.get("strategy")
        strategy = strategy if isinstance(strategy, dict) else {}
        kind = strategy.get("type")
        show_in(self.strategy, next((tr(text) for text, one in STRATEGIES.items() if one == kind), str(kind)))
        self.window_size.setValue(_whole(strategy.get(LIMITS.get(str(kind), ""))))
        self.window_size.setEnabled(kind in LIMITS)

    def _show_parameters(self, parameters: dict[str, Any]) -> None:
        rest = {
            name: value for name, value in parameters.items() if name not in ("temperature", "max_tokens")
        }
        temperature = as_field(parameters.get("temperature"))
        if from_field(self.temperature.text()) != parameters.get("temperature", ""):
            self.temperature.setText(temperature)
        self.max_tokens.setValue(_whole(parameters.get("max_tokens")))
        if _entries(self.more.text()) != rest:
            self.more.setText(", ".join(f"{name} = {as_toml(value)}" for name, value in rest.items()))

    # From the fields to the text ----------------------------------------------------------------------------------

    def _tell(self, key: str, value: Any) -> None:
        if not self._showing:
            if value is None:
                self._table.pop(key, None)
            else:
                self._table[key] = value
            if key in GROWING:
                focus_in_order(self._body)  # rows may have been added
            self.entry_changed.emit(key, value)

    def _model_edited(self, text: str) -> None:
        if self.model.isEnabled():
            self._tell("model", text.strip())

    def _dataset_edited(self, **changes: Any) -> None:
        if self._showing:
            return
        dataset = self._table.get("dataset")
        dataset = {**dataset, **changes} if isinstance(dataset, dict) else changes
        self._tell("dataset", {name: value for name, value in dataset.items() if value is not None})

    def _parameters_edited(self) -> None:
        parameters: dict[str, Any] = {}
        if self.temperature.text().strip():
            parameters["temperature"] = from_field(self.temperature.text())
        if self.max_tokens.value():
            parameters["max_tokens"] = self.max_tokens.value()
        more = _entries(self.more.text())
        if more is None:
            self.sections["what"].issue.show_sentences(
                [tr("More parameters are written as in TOML: top_p = 0.9, seed = 1.")]
            )
            return
        self._tell("parameters", {**parameters, **more} or None)

    def _strategy_edited(self) -> None:
        if self._showing:
            return
        chosen = self.strategy.currentText()
        kind = next((one for text, one in STRATEGIES.items() if tr(text) == chosen), None)
        self.window_size.setEnabled(kind in LIMITS)
        if kind is None:
            self._tell("strategy", None)
            return
        size = self.window_size.value() or (USUAL_WINDOW if kind == "sliding_window" else 0)
        self._tell("strategy", {"type": kind, **({LIMITS[kind]: size} if kind in LIMITS and size else {})})


def as_toml(value: Any) -> str:
    from evalstudio.evaluations.toml_edit import write_value

    return write_value(value).replace("\n", " ")


def _entries(text: str) -> dict[str, Any] | None:
    """Parses entries separated by commas; None if they are invalid."""
    found = from_field("{ " + text + " }") if text.strip() else {}
    return found if isinstance(found, dict) else None


def _whole(value: Any) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0
