"""Palette entries: everything that the palette can find, as it is when it opens."""

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtGui import QKeySequence

from evalstudio.settings.schema import FIELDS
from evalstudio.ui.kit.actions import COMMANDS, Actions
from evalstudio.ui.kit.text import one_line, tr
from evalstudio.ui.shell.finder import Entry
from evalstudio.ui.state.model_book import DEMO_MODELS
from evalstudio.ui.state.session import Session

if TYPE_CHECKING:
    from evalstudio.ui.shell.main_window import MainWindow


def entries_of(window: "MainWindow", session: Session, actions: Actions) -> list[Entry]:
    """Returns all entries: commands and pages first, then what the workspace holds."""
    return [
        *_commands(actions),
        *_runs(window, session),
        *_files(window),
        *_models(window),
        *_settings(window),
    ]


def _commands(actions: Actions) -> Iterator[Entry]:
    for command in COMMANDS:
        action = actions[command.name]
        is_page = command.name.startswith("page_")
        keys = (
            QKeySequence(command.shortcuts[0]).toString(QKeySequence.SequenceFormat.NativeText)
            if command.shortcuts
            else ""
        )
        title = action.text().replace("&", "").rstrip("…")
        yield Entry(
            f"command:{command.name}", title, tr("Page") if is_page else tr("Command"), action.trigger, tr(command.hint),
            keys, action.isEnabled(),
        )  # fmt: skip


def _runs(window: "MainWindow", session: Session) -> Iterator[Entry]:
    for row in session.rows:
        detail = one_line(f"{row.evaluation} · {row.model} · {tr(row.true_state)}", 120)
        title = f"{row.experiment} · {row.id}"
        yield Entry(f"run:{row.id}", title, tr("Run"), partial(window.show_run, row.id), detail)


def _files(window: "MainWindow") -> Iterator[Entry]:
    for name, reference in window.runs_page.start_bar.evaluations:
        yield Entry(
            f"evaluation:{reference}",
            name,
            tr("Evaluation"),
            partial(window.show_evaluation, reference),
            reference,
        )
    listed = window.datasets_page.list
    for place in range(listed.count()):
        name = listed.item(place).text().split("\n")[0]
        yield Entry(f"dataset:{name}", name, tr("Dataset"), partial(_show_dataset, window, place))


def _models(window: "MainWindow") -> Iterator[Entry]:
    for name in dict.fromkeys((*window.book.models, *DEMO_MODELS)):
        yield Entry(f"model:{name}", name, tr("Model"), partial(_show_model, window, name))


def _settings(window: "MainWindow") -> Iterator[Entry]:
    for field in FIELDS:
        yield Entry(
            f"setting:{field.key}",
            tr(field.title),
            tr("Setting"),
            partial(window.open_settings, field.key),
            tr(field.help),
        )


def _show_dataset(window: "MainWindow", place: int) -> None:
    window.show_page("datasets")
    window.datasets_page.list.setCurrentRow(place)


def _show_model(window: "MainWindow", name: str) -> None:
    window.show_page("models")
    window.models_page.look_at(name)
