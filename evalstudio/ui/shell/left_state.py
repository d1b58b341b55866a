"""As it was left: page, run, filters, sorting and the next run's choices of a workspace, over a restart."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

import msgspec
from PySide6.QtCore import QSettings

from evalstudio.evaluations.loading import EXAMPLE
from evalstudio.ui.kit.tabs import Tabs
from evalstudio.ui.pages.runs.start_bar import NextRun
from evalstudio.ui.records.panel_state import PanelState, restore, state_of
from evalstudio.ui.records.records_panel import RecordsPanel
from evalstudio.ui.shell.page_loader import PagesBehindHome
from evalstudio.ui.state.session import Session


class LeftState(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a window showed when it was closed. `panels` are records panels by the name of their page."""

    page: str = "home"
    run_id: int | None = None
    next_run: NextRun | None = None
    evaluation: str = ""
    dataset: str = ""
    model: str = ""
    panels: Mapping[str, PanelState] = {}
    tabs: Mapping[str, int] = {}  # by the name of the tabs
    compared: tuple[int, int] | None = None
    run_filter: str = ""
    open_heads: tuple[str, ...] = ()  # of the run list


def save_left(machine: QSettings, session: Session, pages: PagesBehindHome, page: str) -> None:
    """Writes what a window shows; `page` is the name of the page."""
    state = LeftState(
        page,
        session.focus,
        pages.runs.start_bar.next_run,
        pages.evaluations.editor.reference,
        pages.datasets.shown,
        pages.models.current,
        {name: state_of(panel) for name, panel in _panels(pages).items()},
        {name: tabs.currentIndex() for name, tabs in _tabs(pages).items()},
        pages.compare.pair_shown,
        pages.runs.run_list.filter.text(),
        pages.runs.run_list.open_heads,
    )
    machine.setValue(_key(session), msgspec.json.encode(state).decode())


def restore_left(machine: QSettings, session: Session, pages: PagesBehindHome) -> str | None:
    """Shows again what was shown when the window was closed; returns the page, None if nothing is known."""
    text = machine.value(_key(session))
    if not isinstance(text, str):
        return None
    try:
        left = msgspec.json.decode(text, type=LeftState)
    except msgspec.MsgspecError:
        return None  # of another version
    session.first_run = left.run_id
    if left.next_run is not None:
        pages.runs.start_bar.restore(left.next_run)
    for name, panel in _panels(pages).items():
        if name in left.panels:
            restore(panel, left.panels[name])
    tabs = _tabs(pages)
    for name, place in left.tabs.items():
        if name in tabs and place < tabs[name].count():
            tabs[name].setCurrentIndex(place)
    if left.compared is not None:
        pages.compare.first = left.compared
    pages.runs.run_list.open(left.open_heads)
    pages.runs.run_list.filter.setText(left.run_filter)
    if left.model:
        pages.models.first = left.model
    if left.evaluation.startswith(EXAMPLE) or Path(left.evaluation).is_file():
        pages.evaluations.first = left.evaluation
    if left.dataset and Path(left.dataset).is_file():
        pages.datasets.first = Path(left.dataset)
    return left.page if left.page == "home" or hasattr(pages, left.page) else None


def _tabs(pages: PagesBehindHome) -> dict[str, Tabs]:
    found = (one for page in pages.by_name().values() for one in page.findChildren(Tabs))
    return {one.objectName(): one for one in found if one.objectName()}


def _panels(pages: PagesBehindHome) -> dict[str, RecordsPanel]:
    return {"runs": pages.runs.records, "results": pages.results.records}


def _key(session: Session) -> str:
    folder = str(session.workspace.folder)
    return f"left-{hashlib.sha256(folder.encode()).hexdigest()[:16]}"
