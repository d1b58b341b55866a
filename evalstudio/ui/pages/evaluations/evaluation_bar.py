"""Evaluation toolbar: the file, the forecast of a run, and the commands."""

from dataclasses import dataclass

from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLineEdit

from evalstudio.core.format import duration, money
from evalstudio.core.strategy import describe
from evalstudio.protocol import RunForecast
from evalstudio.ui.kit.actions import Actions
from evalstudio.ui.kit.text import one_line, tr, trn
from evalstudio.ui.kit.theme import SPACE_M, SPACE_S, SPACE_XS
from evalstudio.ui.kit.widgets import ActionButton, Card, ElidedLabel, TextLabel, labelled


@dataclass(frozen=True, slots=True)
class Wanted:
    """Requested run: the experiment name, and models in addition to the evaluation's own."""

    experiment: str
    models: tuple[str, ...]


class EvaluationBar(Card):
    """The evaluation toolbar. It proposes an experiment name until a person enters another one."""

    def __init__(self, actions: Actions) -> None:
        super().__init__()
        self.setObjectName("evaluation_bar")
        self._proposed = ""
        self.title = ElidedLabel("", factor=1.2, bold=True, name="evaluation_title")
        self.forecast = ElidedLabel("", "muted", name="forecast")
        self.experiment = QLineEdit()
        self.experiment.setMaxLength(120)
        labelled(
            self.experiment,
            "evaluation_experiment",
            tr("Experiment"),
            tr("A run with the name of an earlier one continues it"),
        )
        self.also = QLineEdit()
        self.also.setPlaceholderText(tr("more models, separated by commas"))
        labelled(
            self.also, "also_on", tr("Also run on these models"),
            tr("More models, separated by commas. Each gets a run in the same experiment."),
        )  # fmt: skip
        head = QHBoxLayout()
        head.setSpacing(SPACE_S)
        head.addWidget(self.title, 1)
        for name in ("save_evaluation", "try_evaluation"):
            button = ActionButton(actions[name])
            head.addWidget(button)
        head.addWidget(ActionButton(actions["run_evaluation"], primary=True))
        fields = QGridLayout()
        fields.setHorizontalSpacing(SPACE_S)
        for column, (caption, widget, stretch) in enumerate(
            ((tr("E&xperiment"), self.experiment, 2), (tr("Also run on"), self.also, 3))
        ):
            label = TextLabel(caption, "muted", 0.9)
            label.setBuddy(widget)
            fields.addWidget(label, 0, 2 * column)
            fields.addWidget(widget, 0, 2 * column + 1)
            fields.setColumnStretch(2 * column + 1, stretch)
        layout = QGridLayout(self)
        layout.setContentsMargins(SPACE_M, SPACE_S, SPACE_M, SPACE_M)
        layout.setVerticalSpacing(SPACE_XS)
        layout.addLayout(head, 0, 0)
        layout.addWidget(self.forecast, 1, 0)
        layout.addLayout(fields, 2, 0)

    @property
    def wanted(self) -> Wanted:
        models = (name.strip() for name in self.also.text().split(",")) if self.also.isEnabled() else ()
        return Wanted(
            self.experiment.text().strip() or self._proposed, tuple(name for name in models if name)
        )

    def propose(self, name: str) -> None:
        """Proposes an unused name, unless a person has entered one."""
        if self.experiment.text().strip() in ("", self._proposed):
            self.experiment.setText(name)
        self._proposed = name

    def know_grid(self, runs: int) -> None:
        """Sets the number of runs of a grid, which defines its own models; 0 without a grid."""
        self.also.setEnabled(not runs)
        self.also.setPlaceholderText(
            trn("the grid sets the models of its run", "the grid sets the models of its {n} runs", runs)
            if runs
            else tr("more models, separated by commas")
        )

    def show_title(self, text: str, *, dirty: bool) -> None:
        self.title.show_text(one_line(text, 120) + (" " + tr("· changed") if dirty else ""))

    def say(self, text: str, colour: str = "muted") -> None:
        self.forecast.set_colour(colour)
        self.forecast.show_text(one_line(text, 300))


def forecast_sentence(found: RunForecast) -> str:
    """Formats the forecast of a run in one line."""
    words = [trn("{n} run", "{n} runs", found.runs)] if found.runs > 1 else []
    words.append(trn("{n} sample", "{n} samples", found.samples))
    if found.seconds is not None:
        low, likely, high = found.seconds
        words.append(
            tr("about {likely} ({low} to {high})").format(
                likely=duration(likely), low=duration(low), high=duration(high)
            )
        )
    if found.cost is not None:
        low, likely, high = found.cost
        words.append(
            money(0.0)
            if high == 0
            else tr("about {likely} ({low} to {high})").format(
                likely=money(likely), low=money(low), high=money(high)
            )
        )
    elif found.seconds is not None:
        words.append(tr("price not set"))
    return f"{', '.join(words)} · {describe(found.strategy)} · {tr(found.basis)}"


def short_forecast(found: RunForecast) -> str:
    """Formats the likely time and cost for a table cell."""
    if found.seconds is None:
        return tr(found.basis)
    words = [duration(found.seconds[1])]
    if found.cost is not None and found.cost[1] > 0:
        words.append(money(found.cost[1]))
    return ", ".join(words)
