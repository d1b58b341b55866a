"""Start bar: the evaluation, model, number of samples and experiment name of the next run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QLineEdit, QWidget

from evalstudio.core.errors import EvalStudioError
from evalstudio.core.strategy import SlidingWindow, Strategy
from evalstudio.evaluations.library import LibraryEntry
from evalstudio.evaluations.loading import EXAMPLE, examples, load_evaluation, variants
from evalstudio.evaluations.spec import EvaluationSpec
from evalstudio.models.settings import ModelSettings
from evalstudio.ui.kit.actions import Actions
from evalstudio.ui.kit.combo_box import ComboBox, find_as_typed
from evalstudio.ui.kit.form_fields import MOST_SAMPLES, CalmSpinBox
from evalstudio.ui.kit.text import one_line, tooltip, tr
from evalstudio.ui.kit.theme import SPACE_M, SPACE_S, SPACE_XS
from evalstudio.ui.kit.widgets import ActionButton, Card, TextLabel, labelled
from evalstudio.ui.state.model_book import DEMO_MODELS

SAMPLES_WIDTH = 84  # pixels; its hint would make room for ten million
FIRST_EXAMPLE = "sentiment"


@dataclass(frozen=True, slots=True)
class Choice:
    """Options of the next run; None: as in the evaluation."""

    evaluation: str
    experiment: str
    model: str | None
    samples: int | None


class NextRun(msgspec.Struct, frozen=True):
    """What was chosen for the next run, over a restart; an empty model is the evaluation's own."""

    evaluation: str
    model: str = ""
    samples: int = 0
    experiment: str = ""  # as a person typed it; empty: as proposed


class StartBar(Card):
    """The form for the next run. `changed` is emitted when another evaluation is selected."""

    changed = Signal()
    problem = Signal(str)

    def __init__(self, actions: Actions) -> None:
        super().__init__()
        self.setObjectName("start_bar")
        self.spec: EvaluationSpec | None = None
        self._names: set[str] = set()
        self._models: Mapping[str, ModelSettings] = {}
        self._proposed = ""
        self._wanted: NextRun | None = None  # to be chosen once its evaluation is known
        self.evaluation = ComboBox()
        labelled(self.evaluation, "evaluation", tr("Evaluation"), tr("An example, or a file that you opened"))
        self.evaluation.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.evaluation.setMinimumContentsLength(14)
        self.model = ComboBox()
        find_as_typed(self.model)
        self.model.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.model.setMinimumContentsLength(13)
        labelled(
            self.model,
            "model",
            tr("Model"),
            tr("The evaluation's model, or another one such as openai/gpt-4o-mini"),
        )
        self.samples = CalmSpinBox()
        self.samples.setRange(0, MOST_SAMPLES)
        self.samples.setSpecialValueText(tr("All"))
        self.samples.setGroupSeparatorShown(True)
        self.samples.setMinimumWidth(SAMPLES_WIDTH)
        labelled(self.samples, "samples", tr("Samples"), tr("How many samples to run; 0: all"))
        self.experiment = QLineEdit()
        self.experiment.setMaxLength(120)
        labelled(
            self.experiment,
            "experiment",
            tr("Experiment"),
            tr("A run with the name of an earlier one continues it"),
        )
        self.start_button = ActionButton(actions["start"], primary=True)
        self._lay_out(actions)
        self.evaluation.currentIndexChanged.connect(self._chosen)
        self.evaluation.activated.connect(lambda *_: self._give_up_wanted())
        for name in examples():
            self.evaluation.addItem(name, EXAMPLE + name)
        self.evaluation.setCurrentIndex(max(0, self.evaluation.findText(FIRST_EXAMPLE)))

    @property
    def choice(self) -> Choice:
        model = self.model.currentText().strip()
        return Choice(
            str(self.evaluation.currentData()),
            self.experiment.text().strip() or self._proposed,
            None if not model or self.spec is None or model == _name_of(self.spec) else model,
            self.samples.value() or None,
        )

    @property
    def evaluations(self) -> list[tuple[str, str]]:
        """Returns the available evaluations by name and reference."""
        combo = self.evaluation
        return [(combo.itemText(row), str(combo.itemData(row))) for row in range(combo.count())]

    @property
    def strategy(self) -> Strategy | None:
        """Returns the evaluation's own strategy, else the window of the selected model, if it has one."""
        if self.spec is not None and self.spec.strategy is not None:
            return self.spec.strategy
        model = self._models.get(self.model.currentText().strip())
        return SlidingWindow(model.window) if model is not None and model.window is not None else None

    def add_file(self, path: str) -> None:
        """Adds an evaluation file to the list and selects it; an invalid file is reported."""
        try:
            load_evaluation(path)
        except EvalStudioError as error:
            self.problem.emit(str(error))
            return
        index = self.evaluation.findData(path)
        if index < 0:
            self.evaluation.addItem(Path(path).name, path)
            index = self.evaluation.count() - 1
            self.evaluation.setItemData(index, tooltip(path), Qt.ItemDataRole.ToolTipRole)
        if index == self.evaluation.currentIndex():
            self._chosen(index)  # the file may have changed
        self.evaluation.setCurrentIndex(index)

    def know_files(self, entries: Sequence[LibraryEntry]) -> None:
        """Sets the workspace's own evaluations to choose from, beside the examples and files that were opened."""
        for entry in entries:
            if entry.kind == "toml" and self.evaluation.findData(entry.reference) < 0:
                self.evaluation.addItem(entry.name, entry.reference)
                row = self.evaluation.count() - 1
                self.evaluation.setItemData(row, tooltip(entry.reference), Qt.ItemDataRole.ToolTipRole)
        if self._wanted is not None:
            self.restore(self._wanted)

    @property
    def next_run(self) -> NextRun:
        """Returns what is chosen, to be restored after a restart."""
        choice = self.choice
        typed = choice.experiment if choice.experiment != self._proposed else ""
        return NextRun(choice.evaluation, choice.model or "", choice.samples or 0, typed)

    def restore(self, wanted: NextRun) -> None:
        """Chooses again what was chosen; an evaluation that is not known yet is chosen as soon as it is."""
        index = self.evaluation.findData(wanted.evaluation)
        self._wanted = wanted if index < 0 else None
        if index < 0:
            return
        self.evaluation.setCurrentIndex(index)
        if wanted.model and self.model.isEnabled():
            self.model.setCurrentText(wanted.model)
        self.samples.setValue(wanted.samples)
        if wanted.experiment:
            self.experiment.setText(wanted.experiment)

    def choose_model(self, name: str) -> None:
        """Sets the model of the next run."""
        self.model.setCurrentText(name)

    def know_models(self, models: Mapping[str, ModelSettings]) -> None:
        """Sets the workspace's own models to choose from."""
        self._models = models
        text = self.model.currentText()
        self._offer_models()
        self.model.setCurrentText(text)

    def know_experiments(self, names: set[str]) -> None:
        """Sets the names in use: an unused one is proposed, unless a person has entered a name."""
        self._names = names
        if self.experiment.text().strip() in ("", self._proposed):
            self._propose()

    def propose_next(self) -> None:
        """Proposes a new experiment name after a start, since the current one is in use now."""
        self._names = self._names | {self.experiment.text().strip()}
        self._propose()

    def _give_up_wanted(self) -> None:
        self._wanted = None  # a person has chosen

    def _chosen(self, index: int) -> None:
        if index < 0:
            return
        try:
            self.spec = load_evaluation(str(self.evaluation.itemData(index))).spec
        except EvalStudioError as error:
            self.spec = None
            self.problem.emit(str(error))
            return
        self._offer_models()
        self.evaluation.setToolTip(
            tooltip(self.spec.description) or tr("An example, or a file that you opened")
        )
        self._propose()
        self.changed.emit()

    def _offer_models(self) -> None:
        runs = len(variants(self.spec)) if self.spec is not None else 0
        self.model.setEnabled(not runs)  # a grid defines its own models
        line = self.model.lineEdit()
        assert line is not None
        line.setPlaceholderText(tr("A grid: {runs:,} runs").format(runs=runs) if runs else "")
        self.model.clear()
        if runs:
            self.model.setCurrentText("")
            return
        own = [_name_of(self.spec)] if self.spec is not None else []
        self.model.addItems(list(dict.fromkeys([*own, *self._models, *DEMO_MODELS])))

    def _propose(self) -> None:
        base = one_line(self.spec.name, 100) if self.spec is not None else "experiment"
        number = 1
        while f"{base}-{number}" in self._names:
            number += 1
        self._proposed = f"{base}-{number}"
        self.experiment.setText(self._proposed)

    def _lay_out(self, actions: Actions) -> None:
        layout = QGridLayout(self)
        layout.setContentsMargins(SPACE_M, SPACE_S, SPACE_M, SPACE_M)
        layout.setHorizontalSpacing(SPACE_S)
        layout.setVerticalSpacing(SPACE_XS)
        fields: list[tuple[str, QWidget, int]] = [
            (tr("&Evaluation"), self.evaluation, 3), ("", ActionButton(actions["open_evaluation"], icon_only=True), 0),
            (tr("&Model"), self.model, 3), (tr("Sam&ples"), self.samples, 1), (tr("E&xperiment"), self.experiment, 3),
            ("", self.start_button, 0),
        ]  # fmt: skip
        for column, (caption, widget, stretch) in enumerate(fields):
            if caption:
                label = TextLabel(caption, "muted", 0.85)
                label.setBuddy(widget)
                layout.addWidget(label, 0, column)
                widget.setMinimumHeight(30)
            layout.addWidget(widget, 1, column)
            layout.setColumnStretch(column, stretch)


def _name_of(spec: EvaluationSpec) -> str:
    return spec.model if isinstance(spec.model, str) else spec.model.label
