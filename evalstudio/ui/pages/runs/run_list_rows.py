"""Rows of the run list: runs, and the heads under which the runs of a grid and archived runs are folded."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from evalstudio.core.run_state import ACTIVE, RunState
from evalstudio.store.runs import RunRow
from evalstudio.ui.kit.text import tr, trn

ARCHIVE = "archive"  # key of the head of archived runs


@dataclass(frozen=True, slots=True)
class RunListEntry:
    """A run in the list."""

    run_id: int
    experiment: str
    evaluation: str
    model: str
    state: RunState
    saved: int
    total: int
    score: str
    created: str
    spark: tuple[float, ...] | None = None  # records per second over its time; None: not known yet
    note: str = ""
    tags: tuple[str, ...] = ()
    pinned: bool = False
    archived: bool = False
    group: str = ""  # key of its head; empty: it stands by itself

    @property
    def run_ids(self) -> tuple[int, ...]:
        return (self.run_id,)

    @property
    def spoken(self) -> str:
        words = tr("{experiment}: {evaluation} on {model}, {state}, {saved} of {total} saved").format(
            experiment=self.experiment,
            evaluation=self.evaluation,
            model=self.model,
            state=tr(self.state),
            saved=self.saved,
            total=self.total,
        )
        marks = [
            self.score,
            tr("pinned") if self.pinned else "",
            *(f"#{tag}" for tag in self.tags),
            self.note,
        ]
        return ", ".join([words, *(mark for mark in marks if mark)])


@dataclass(frozen=True, slots=True)
class RunHead:
    """A head with runs under it, which folds. `entries` are its runs, shown or not."""

    key: str
    title: str
    entries: tuple[RunListEntry, ...]
    is_open: bool

    @property
    def run_ids(self) -> tuple[int, ...]:
        return tuple(entry.run_id for entry in self.entries)

    @property
    def about(self) -> str:
        return trn("{n} run", "{n} runs", len(self.entries))

    @property
    def states(self) -> str:
        """The states of its runs with their numbers, active ones first."""
        counts: dict[RunState, int] = defaultdict(int)
        for entry in self.entries:
            counts[entry.state] += 1
        order = sorted(counts, key=lambda state: (state not in ACTIVE, -counts[state]))
        return ", ".join(f"{counts[state]:,} {tr(state)}" for state in order)

    @property
    def spoken(self) -> str:
        fold = tr("shown") if self.is_open else tr("folded")
        return f"{self.title}, {self.about}, {self.states}, {fold}"


Row = RunListEntry | RunHead


def group_keys(rows: Sequence[RunRow]) -> dict[int, str]:
    """Returns the key of the head of each run that has one: archived runs, and those of a grid that has several."""
    keys = {row.id: _key(row) for row in rows}
    sizes: dict[str, int] = defaultdict(int)
    for key in keys.values():
        sizes[key] += 1
    return {run_id: key for run_id, key in keys.items() if key == ARCHIVE or (key and sizes[key] > 1)}


def arrange(entries: Iterable[RunListEntry], is_open: dict[str, bool]) -> list[Row]:
    """Returns the rows of the list: pinned runs, then runs and heads by their newest run, the archive last.

    `is_open` tells by key which heads show their runs; the others are folded.
    """
    rows: list[Row] = []
    groups: dict[str, list[RunListEntry]] = defaultdict(list)
    order: list[str | RunListEntry] = []
    for entry in entries:
        if entry.group:
            if entry.group not in groups and entry.group != ARCHIVE:
                order.append(entry.group)
            groups[entry.group].append(entry)
        else:
            order.append(entry)
    order = [
        *(one for one in order if isinstance(one, RunListEntry) and one.pinned),
        *(one for one in order if isinstance(one, str) or not one.pinned),
        *((ARCHIVE,) if ARCHIVE in groups else ()),
    ]
    for one in order:
        if isinstance(one, RunListEntry):
            rows.append(one)
            continue
        inside = tuple(groups[one])
        title = tr("Archived") if one == ARCHIVE else inside[0].experiment
        rows.append(RunHead(one, title, inside, is_open.get(one, False)))
        if is_open.get(one, False):
            rows += inside
    return rows


def _key(row: RunRow) -> str:
    if row.archived_at is not None:
        return ARCHIVE
    base, mark, _ = row.evaluation.partition(" [")
    return f"{row.experiment}\n{base}" if mark and row.pinned_at is None else ""
