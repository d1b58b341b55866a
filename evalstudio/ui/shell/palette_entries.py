"""Palette entries: everything that the palette can find, as it is when it opens."""

from collections.abc import Iterator
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from PySide6.QtGui import QKeySequence

from evalstudio.benchmarks.cache import latest_index
from evalstudio.benchmarks.catalogue import load_catalogue
from evalstudio.benchmarks.reference import PREFIX
from evalstudio.core.errors import EvaluationError
from evalstudio.settings.schema import FIELDS
from evalstudio.ui.kit.actions import COMMANDS, Actions
from evalstudio.ui.kit.text import one_line, tr
from evalstudio.ui.shell.finder import Entry
from evalstudio.ui.state.model_book import DEMO_MODELS, ModelBook
from evalstudio.ui.state.session import Session

if TYPE_CHECKING:
    from evalstudio.ui.pages.datasets.page import DatasetsPage
    from evalstudio.ui.pages.models.page import ModelsPage
    from evalstudio.ui.pages.runs.page import RunsPage


class Window(Protocol):
    """The main window, as far as the palette shows things in it."""

    book: ModelBook

    @property
    def runs_page(self) -> "RunsPage": ...

    @property
    def datasets_page(self) -> "DatasetsPage": ...

    @property
    def models_page(self) -> "ModelsPage": ...

    def show_page(self, name: str) -> None: ...

    def show_run(self, run_id: int) -> None: ...

    def show_evaluation(self, reference: str) -> None: ...

    def open_settings(self, key: str = "") -> None: ...


def entries_of(window: Window, session: Session, actions: Actions) -> list[Entry]:
    """Returns all entries: commands and pages first, then what the workspace holds."""
    return [
        *_commands(actions),
        *_runs(window, session),
        *_files(window),
        *_models(window),
        *_settings(window),
        *_benchmarks(window),
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


def _runs(window: Window, session: Session) -> Iterator[Entry]:
    for row in session.rows:
        detail = one_line(f"{row.evaluation} · {row.model} · {tr(row.true_state)}", 120)
        title = f"{row.experiment} · {row.id}"
        yield Entry(f"run:{row.id}", title, tr("Run"), partial(window.show_run, row.id), detail)


def _files(window: Window) -> Iterator[Entry]:
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


def _models(window: Window) -> Iterator[Entry]:
    for name in dict.fromkeys((*window.book.models, *DEMO_MODELS)):
        yield Entry(f"model:{name}", name, tr("Model"), partial(_show_model, window, name))


def _settings(window: Window) -> Iterator[Entry]:
    for field in FIELDS:
        yield Entry(
            f"setting:{field.key}",
            tr(field.title),
            tr("Setting"),
            partial(window.open_settings, field.key),
            tr(field.help),
        )


def _benchmarks(window: Window) -> Iterator[Entry]:
    index = latest_index()
    for name, detail in _names_of(index) if index is not None else ():
        yield Entry(
            f"benchmark:{name}", name, tr("Benchmark"), partial(_show_benchmark, window, name), detail
        )


@lru_cache(maxsize=1)
def _names_of(index: Path) -> tuple[tuple[str, str], ...]:
    """Returns the names and datasets of all benchmarks; none if the index can't be read, which a run of one reports."""
    try:
        catalogue = load_catalogue(index)
    except EvaluationError:
        return ()
    return tuple((name, entry.dataset or "") for name, entry in catalogue.items())


def _show_benchmark(window: Window, name: str) -> None:
    window.runs_page.start_bar.add_file(f"{PREFIX}{name}")
    window.show_page("runs")


def _show_dataset(window: Window, place: int) -> None:
    window.show_page("datasets")
    window.datasets_page.list.setCurrentRow(place)


def _show_model(window: Window, name: str) -> None:
    window.show_page("models")
    window.models_page.look_at(name)
