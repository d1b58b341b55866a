"""State of a records panel over a restart: filter, sorting, and the selected record."""

from typing import Any

import msgspec
from PySide6.QtCore import QSignalBlocker, Qt

from evalstudio.store.query import RecordQuery
from evalstudio.ui.records.record_cells import column_of
from evalstudio.ui.records.records_panel import RecordsPanel


class PanelState(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a panel shows; `record` is the selected one, `scroll` the place of the table in pixels."""

    query: RecordQuery = RecordQuery()
    record: int | None = None
    scroll: int = 0


def state_of(panel: RecordsPanel) -> PanelState:
    return PanelState(panel.query, panel.shown_record, panel.table.verticalScrollBar().value())


def restore(panel: RecordsPanel, state: PanelState) -> None:
    """Sets the filter and the sorting before a run is shown; the record is selected once it is there."""
    query = state.query
    with QSignalBlocker(panel.search):
        panel.search.setText(query.search)
    if query.outcome is not None:
        panel.know_classes((query.outcome,) if panel.outcome.findData(query.outcome) < 0 else ())
        with QSignalBlocker(panel.outcome):
            panel.outcome.setCurrentIndex(max(0, panel.outcome.findData(query.outcome)))
    header = panel.table.horizontalHeader()
    order = Qt.SortOrder.DescendingOrder if query.descending else Qt.SortOrder.AscendingOrder
    with QSignalBlocker(header):
        header.setSortIndicator(column_of(query.sort, panel.model.more), order)
    changes: dict[str, Any] = msgspec.structs.asdict(query)
    panel.ask(**changes)
    panel.select_when_there(state.record, state.scroll)
